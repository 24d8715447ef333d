//! Any stream can be walked through without its Rust types: each byte is explained once, each value met in its order.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use pickle_core::inspect::{
    Composite, DeferredCell, Object, Reference, Run, Scalar, Span, Step, Stream, Type, TypeTable, Visitor, What,
};
use pickle_core::{ErrorKind, Pickle, Pickler, Result, Schema, Unpickler, dumps};
use pickle_tests::animals::Owner;
use pickle_tests::by_hand::{LAST, block, header_of};
use pickle_tests::golden;

/// Writes down all that it is told.
#[derive(Default)]
struct Log {
    lines: Vec<String>,
    spans: Vec<Span>,
    step: String,
}

impl Log {
    fn line(&mut self, what: String) -> Result<()> {
        self.lines.push(std::mem::take(&mut self.step) + &what);
        Ok(())
    }
}

impl Visitor<'_> for Log {
    fn span(&mut self, span: Span) -> Result<()> {
        self.spans.push(span);
        Ok(())
    }
    fn types(&mut self, number: usize, name: &str, types: &Arc<TypeTable>) -> Result<()> {
        self.line(format!("type {number} {name}: {}", types.root().name()))
    }
    fn objects(&mut self, count: usize) -> Result<()> {
        self.line(format!("{count} objects"))
    }
    fn open_object(&mut self, object: Object<'_>) -> Result<()> {
        self.line(format!("open #{}", object.id))
    }
    fn begin_object(&mut self, object: Object<'_>) -> Result<()> {
        self.line(format!("#{} {}", object.id, object.kind.name()))
    }
    fn begin_fill(&mut self, cell: DeferredCell, content: Type<'_>) -> Result<()> {
        self.line(format!("fill #{}.{} {}", cell.object, cell.ordinal, content.name()))
    }
    fn begin_root(&mut self, root: Type<'_>) -> Result<()> {
        self.line(format!("root {}", root.name()))
    }
    fn step(&mut self, step: Step<'_>) -> Result<()> {
        self.step = match step {
            Step::Field(name) => format!("{name}: "),
            Step::Position(position) => format!(".{position}: "),
            Step::Index(index) => format!("[{index}]: "),
            Step::Key(index) => format!("[key {index}]: "),
        };
        Ok(())
    }
    fn begin(&mut self, composite: Composite<'_>) -> Result<()> {
        let what = match composite {
            Composite::Variant(_, number) => format!(" variant {number}"),
            Composite::Sequence { length, .. } | Composite::Map { length, .. } | Composite::Set { length, .. } => {
                format!(" of {length}")
            }
            Composite::Absent(_) => " none".into(),
            Composite::Dynamic { name, .. } => format!(" {name}"),
            _ => String::new(),
        };
        self.line(format!("{}{what} {{", composite.kind().name()))
    }
    fn end(&mut self) -> Result<()> {
        self.line("}".into())
    }
    fn scalar(&mut self, scalar: Scalar, _: Type<'_>) -> Result<()> {
        self.line(scalar.to_string())
    }
    fn string(&mut self, text: &str) -> Result<()> {
        self.line(format!("{text:?}"))
    }
    fn function(&mut self, name: &str) -> Result<()> {
        self.line(format!("fn {name}"))
    }
    fn run(&mut self, run: Run<'_, '_>) -> Result<()> {
        self.line(format!("{} {} from {}", run.iter().count(), run.kind.name(), run.first))
    }
    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> Result<()> {
        self.line(format!("{reference:?} {}", kind.name()))
    }
    fn deferred(&mut self, cell: DeferredCell, _: Type<'_>) -> Result<()> {
        self.line(format!("deferred #{}.{}", cell.object, cell.ordinal))
    }
}

/// Walks through a stream, and checks that its spans are all of it.
fn walk(bytes: &[u8]) -> Log {
    let mut log = Log::default();
    let stream = Stream::open(bytes).unwrap();
    stream.walk(&mut log).unwrap();
    let mut spans = log.spans.clone();
    spans.sort_by_key(|span| span.offset);
    let mut end = 0;
    for span in spans {
        assert_eq!(span.offset, end, "{span:?} begins elsewhere than where the one before it ends");
        assert!(span.length > 0, "{span:?}");
        end = span.offset + span.length;
    }
    assert_eq!(end, stream.length() as u64);
    log
}

#[test]
fn golden_files_are_explained_to_the_last_byte() {
    for name in golden::names() {
        let bytes = golden::read(&name);
        if Stream::open(&bytes).unwrap().is_embedded() {
            walk(&bytes);
        }
    }
}

#[test]
fn a_last_block_without_bytes_is_explained_too() {
    let mut bytes = header_of(&dumps(&7u8).unwrap());
    bytes.extend([block(&[7], &[], 0), block(&[], &[], LAST)].concat());
    assert_eq!(walk(&bytes).lines, ["root u8", "7"]);
}

#[derive(Pickle)]
struct Player {
    name: String,
    position: (f64, f32),
    pet: Option<Box<Pet>>,
    items: Vec<u16>,
    #[pickle(compact)]
    score: i32,
}

#[derive(Pickle)]
enum Pet {
    Cat,
    Dog { name: String, good: bool },
}

#[test]
fn values_come_in_their_order() {
    let player = |pet| Player { name: "Ann".into(), position: (1.5, -2.0), pet, items: vec![1, 2, 3], score: -3 };
    let rex = Pet::Dog { name: "Rex".into(), good: true };
    let bytes = dumps(&vec![player(Some(Box::new(rex))), player(Some(Box::new(Pet::Cat)))]).unwrap();
    let expected = "root Vec<Player>
Vec<Player> of 2 {
[0]: Player {
name: \"Ann\"
position: (f64, f32) {
.0: 1.5
.1: -2.0
}
pet: Option<Box<Pet>> {
Box<Pet> {
Pet variant 1 {
name: \"Rex\"
good: true
}
}
}
items: Vec<u16> of 3 {
3 u16 from 0
}
score: Box<compact i32> {
-3
}
}";
    let log = walk(&bytes).lines.join("\n");
    assert!(log.starts_with(expected), "{log}");
    assert!(log.contains("pet: Option<Box<Pet>> {\nBox<Pet> {\nPet variant 0 {\n}\n}\n}"), "{log}");
}

#[test]
fn maps_and_sets_have_keys() {
    let map = BTreeMap::from([("a".to_owned(), vec![1u8]), ("b".to_owned(), vec![])]);
    let log = walk(&dumps(&(map, BTreeSet::from(['x', 'y']))).unwrap()).lines.join("\n");
    assert!(
        log.contains(
            "Map<String, Vec<u8>> of 2 {\n[key 0]: \"a\"\n[0]: Vec<u8> of 1 {\n1 u8 from 0\n}\n[key 1]: \"b\""
        ),
        "{log}"
    );
    assert!(log.contains("Set<char> of 2 {\n[key 0]: 'x'\n[key 1]: 'y'\n}"), "{log}");
}

#[test]
fn a_long_run_of_numbers_comes_by_the_block() {
    let log = walk(&dumps(&vec![0.5f64; 100_000]).unwrap());
    let runs: Vec<_> = log.lines.iter().filter(|line| line.contains("f64 from")).collect();
    assert!((2..20).contains(&runs.len()), "{runs:?}");
    let bytes: u64 = log.spans.iter().filter(|span| span.what == What::Run).map(|span| span.length).sum();
    assert_eq!(bytes, 800_000);
}

#[test]
fn graphs_are_explained_to_the_last_byte() {
    let owner = Owner::with_dogs(|dog| Box::new(dog));
    assert_eq!(owner.boxed.as_ref().unwrap().legs(), 3);
    let log = walk(&dumps(&owner).unwrap()).lines.join("\n");
    for line in ["3 objects", "type 0 Dog: Dog", "owner: Cell<Weak<Owner>> {", "next: Cell<Option<Rc<Owner>>> {"] {
        assert!(log.contains(line), "{line} is not in\n{log}");
    }
    assert!(log.contains("deferred #0.1\n}") && log.contains("fill #0.1 Option<"), "{log}");
}

#[derive(Pickle)]
struct Tree {
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

#[test]
fn what_is_opened_first_is_told_of_first() {
    let leaf = |parent: &Weak<Tree>| Rc::new(Tree { parent: parent.clone(), children: vec![] });
    let tree = Rc::new_cyclic(|weak| Tree { parent: Weak::new(), children: vec![leaf(weak), leaf(weak)] });
    let log = walk(&dumps(&tree).unwrap()).lines;
    assert!(log[0] == "3 objects" && log[1] == "open #0" && log[2].ends_with(" Tree"), "{log:?}");
    assert!(log.contains(&"parent: Weak(0) Weak<Tree>".to_owned()), "{log:?}");
    assert!(log.contains(&"parent: Dangling Weak<Tree>".to_owned()), "{log:?}");
}

#[test]
fn a_stream_without_its_schema_says_so() {
    let error = Stream::open(&golden::read("fingerprint-checksum")).unwrap().walk(&mut Log::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSchema);
    assert!(error.to_string().contains("Schema::Embedded"), "{error}");
}

#[test]
fn a_checksum_is_verified_first() {
    let mut bytes = Pickler::new().checksum(true).dumps(&vec!["text"]).unwrap();
    let log = walk(&bytes);
    assert!(log.spans.iter().any(|span| span.what == What::Checksum && span.length == 4));
    let at = bytes.len() - 6;
    bytes[at] ^= 1;
    let mut log = Log::default();
    let error = Stream::open(&bytes).unwrap().walk(&mut log).unwrap_err();
    assert_eq!((error.kind(), log.lines.len()), (ErrorKind::Checksum, 0));
    // Even where nothing else can be checked.
    let mut bytes = Pickler::new().checksum(true).schema(Schema::Fingerprint).dumps("text").unwrap();
    assert_eq!(
        Unpickler::new().inspect(&bytes).unwrap().walk(&mut Log::default()).unwrap_err().kind(),
        ErrorKind::NoSchema
    );
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    assert_eq!(
        Unpickler::new().inspect(&bytes).unwrap().walk(&mut Log::default()).unwrap_err().kind(),
        ErrorKind::Checksum
    );
}

#[test]
fn a_key_that_comes_twice_is_refused_with_its_path() {
    let mut map = dumps(&HashMap::from([("a".to_owned(), 1u8), ("b".to_owned(), 2)])).unwrap();
    for byte in map.iter_mut().rev().take(2) {
        *byte = b'c';
    }
    let error = Stream::open(&map).unwrap().walk(&mut Log::default()).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::DuplicateKey, "[key 1]"));
    let mut set = dumps(&BTreeSet::from([1u32, 2])).unwrap();
    let at = set.len() - 4;
    set[at] = 1;
    let error = Stream::open(&set).unwrap().walk(&mut Log::default()).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::DuplicateKey, "[key 1]"));
}

#[test]
fn paths_are_those_of_the_errors_of_a_load() {
    let mut bytes = dumps(&vec![Some((1u8, 'a')), Some((2, 'b'))]).unwrap();
    let at = bytes.len() - 1;
    bytes[at] = 0xff;
    let walked = Stream::open(&bytes).unwrap().walk(&mut Log::default()).unwrap_err();
    let loaded = pickle_core::loads::<Vec<Option<(u8, char)>>>(&bytes).unwrap_err();
    assert_eq!(walked.to_string(), loaded.to_string());
}

#[test]
fn limits_are_those_of_an_unpickler() {
    let bytes = dumps(&vec![vec![vec!["deep".to_owned()]]]).unwrap();
    let walk = |unpickler: Unpickler<'_>| unpickler.inspect(&bytes).unwrap().walk(&mut Log::default());
    assert!(walk(Unpickler::new().max_depth(3)).is_ok());
    assert_eq!(walk(Unpickler::new().max_depth(2)).unwrap_err().kind(), ErrorKind::Limit);
    // The types alone, and what a walk keeps beside them.
    let opens = |limit: usize| Unpickler::new().max_memory(limit).inspect(&bytes).map(drop);
    assert_eq!(opens(2).unwrap_err().kind(), ErrorKind::Limit);
    let least = (3..).find(|limit| opens(*limit).is_ok()).unwrap();
    assert_eq!(walk(Unpickler::new().max_memory(least)).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn a_schema_that_its_fingerprint_is_not_of_is_refused() {
    let mut bytes = dumps(&Some(1u8)).unwrap();
    bytes[6] ^= 1;
    let error = Stream::open(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let bare = Pickler::new().schema(Schema::Fingerprint).dumps(&1u8).unwrap();
    assert!(Stream::open(&bare).is_ok());
}

mod halves {
    #[allow(clippy::ptr_arg, reason = "the adapter of a `String` field")]
    pub(super) fn dump(text: &String) -> String {
        text.clone()
    }
    pub(super) fn load(text: String) -> Result<String, String> {
        Ok(text)
    }
}

#[derive(Pickle)]
struct Adapted {
    #[pickle(with = halves)]
    text: String,
    #[pickle(compact)]
    number: u32,
    next: Option<Box<Adapted>>,
}

#[test]
fn what_loads_at_a_depth_is_walked_through_at_that_depth() {
    let mut list = Adapted { text: "end".into(), number: 0, next: None };
    for number in 1..40 {
        list = Adapted { text: "x".into(), number, next: Some(Box::new(list)) };
    }
    let bytes = dumps(&list).unwrap();
    let depth = (1..256).find(|depth| Unpickler::new().max_depth(*depth).loads::<Adapted>(&bytes).is_ok()).unwrap();
    Unpickler::new().max_depth(depth).inspect(&bytes).unwrap().walk(&mut Log::default()).unwrap();
    let shallow = Unpickler::new().max_depth(depth / 2).inspect(&bytes).unwrap().walk(&mut Log::default());
    assert_eq!(shallow.unwrap_err().kind(), ErrorKind::Limit);
}

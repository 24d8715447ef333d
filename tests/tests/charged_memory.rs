//! Every impl for a type of std that allocates charges for it: the least limit that a load succeeds under is no less than
//! what it takes. One test, because it counts for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]
#![allow(clippy::box_collection, clippy::linkedlist, clippy::rc_buffer, reason = "they are what is tested")]

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;
use std::rc::{self, Rc};
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use peak_alloc::PeakAlloc;
use pickle_core::{Pickle, Reduced, Unpickler, Value, dumps, func, function, object};
use pickle_tests::by_hand::{
    OBJECTS, TYPE, U8, cell, named, option, record, sequence, shared, stream, structure, tables, tuple, varint,
};
use pickle_tests::memory::{MIB, check, least_limit, many, peak};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How many small values lie side by side: what is not charged of each adds up.
const COUNT: usize = 2_000;
/// How large the one value is that a second copy would show in.
const LARGE: usize = 120_000;

#[test]
fn what_is_taken_is_charged() {
    sequences();
    maps_and_sets();
    text();
    pointers();
    cells();
    shared_pointers();
    cycles();
    what_a_stream_names();
    cows();
    an_older_shape();
    a_large_plan();
    a_plan_of_many_defaults();
    what_is_kept_is_charged_again();
    values_within();
    boxes_that_become_plain();
    kept_variants();
    types_of_kept_variants();
    tables_of_classes();
}

fn sequences() {
    many("Vec", |i| vec![i as u64; 3]);
    many("Vec of bytes", |i| vec![i as u8; 3]);
    many("Vec of Vecs", |i| vec![vec![i as u16]; 2]);
    many("VecDeque", |i| VecDeque::from([i as u64; 3]));
    many("LinkedList", |_| LinkedList::from([1u8, 2, 3]));
    many("BinaryHeap", |i| BinaryHeap::from([i as u64; 3]));
    many("BinaryHeap of strings", |i| BinaryHeap::from([i.to_string()]));
    many("boxed slice", |i| vec![i as u64; 3].into_boxed_slice());
    many("boxed slice of strings", |i| vec![i.to_string()].into_boxed_slice());
    many("array", |i| [vec![i as u64], vec![]]);
    check("one Vec", vec![1u64; LARGE]);
    check("one Vec of bytes", vec![1u8; LARGE]);
    check("one Vec of Cells", vec![Cell::new(1u8); LARGE]);
    check("one VecDeque", VecDeque::from(vec![1u64; LARGE]));
    check("one LinkedList", vec![1u32; LARGE / 10].into_iter().collect::<LinkedList<_>>());
    check("one BinaryHeap", BinaryHeap::from(vec![1u64; LARGE]));
    check("one boxed slice", vec![1u64; LARGE].into_boxed_slice());
    check("one boxed slice of boxes", vec![Box::new(1u64); LARGE / 10].into_boxed_slice());
    check("one boxed array", Box::new([1u64; 1000]));
}

fn maps_and_sets() {
    type Hasher = BuildHasherDefault<DefaultHasher>;
    many("HashSet", |_| HashSet::from([1u8, 2]));
    many("HashMap", |_| HashMap::from([(1u16, 2u32)]));
    many("HashMap of another hasher", |i| HashMap::<u8, u64, Hasher>::from_iter([(1, i as u64)]));
    many("HashMap of HashMaps", |i| HashMap::from([(i.to_string(), HashMap::from([(1u8, vec![1u8])]))]));
    many("BTreeSet", |_| (0..12u8).collect::<BTreeSet<_>>());
    many("BTreeMap", |_| (0..40u32).map(|i| (i, i)).collect::<BTreeMap<_, _>>());
    many("BTreeMap of one", |_| BTreeMap::from([(1u64, [2u64; 8])]));
    many("BTreeMap of BTreeMaps", |i| BTreeMap::from([(i.to_string(), BTreeMap::from([(1u8, vec![1u8])]))]));
    let numbers = || 0..LARGE as u32 / 4;
    check("one HashSet", numbers().collect::<HashSet<_>>());
    check("one HashMap", numbers().map(|i| (i, u64::from(i))).collect::<HashMap<_, _>>());
    check("one BTreeSet", numbers().collect::<BTreeSet<_>>());
    check("one BTreeMap", numbers().map(|i| (i, u64::from(i))).collect::<BTreeMap<_, _>>());
    // In another order than a tree's: it is built by insertion.
    let mixed: HashMap<u32, u64> = (0..20_000).map(|i| (i, u64::from(i))).collect();
    let bytes = dumps(&mixed).unwrap();
    least_limit("a BTreeMap in the order of a HashMap", |unpickler| unpickler.loads::<BTreeMap<u32, u64>>(&bytes));
    let mixed: HashSet<u32> = mixed.into_keys().collect();
    let bytes = dumps(&mixed).unwrap();
    least_limit("a BTreeSet in the order of a HashSet", |unpickler| unpickler.loads::<BTreeSet<u32>>(&bytes));
}

fn text() {
    many("String", |_| "a string".to_owned());
    many("boxed str", |_| Box::<str>::from("a string"));
    many("CString", |_| c"a string".to_owned());
    many("OsString", |_| OsString::from("a string"));
    many("PathBuf", |_| PathBuf::from("a/path"));
    many("char", |_| Some('c'));
    let long = || "long ".repeat(LARGE / 5);
    check("one String", long());
    check("one boxed str", long().into_boxed_str());
    check("one CString", CString::new(long()).unwrap());
    check("one OsString", OsString::from(long()));
    check("one PathBuf", PathBuf::from(long()));
    #[cfg(unix)]
    {
        let no_text = |n: usize| <OsString as std::os::unix::ffi::OsStringExt>::from_vec(vec![0xff; n]);
        many("OsString that is no text", |_| no_text(9));
        check("one OsString that is no text", no_text(LARGE));
    }
}

fn pointers() {
    many("Box", |_| Box::new([1u64; 4]));
    many("Box of a byte", |_| Box::new(1u8));
    many("Box of a Vec", |_| Box::new(vec![1u8]));
    many("Cow", |_| Cow::<'static, String>::Owned("text".to_owned()));
    many("Option", |_| Some(Box::new("text".to_owned())));
    many("Result", |_| Err::<u8, String>("error".to_owned()));
    many("tuple", |i| (vec![i as u8], "text".to_owned(), [Box::new(1u8)]));
    many("Range", |i| i.to_string()..i.to_string());
}

fn cells() {
    many("Cell", |_| Cell::new([1u64; 2]));
    many("RefCell", |_| RefCell::new(vec![1u64]));
    many("Mutex", |_| Mutex::new(vec![1u64]));
    many("RwLock", |_| RwLock::new("text".to_owned()));
    many("OnceCell", |_| OnceCell::from(vec![1u64]));
    many("OnceLock", |_| OnceLock::from(vec![1u64]));
}

fn shared_pointers() {
    many("Rc", |i| Rc::new(i as u64));
    many("Rc of a byte", |_| Rc::new(1u8));
    many("Rc of nothing", |_| Rc::new(()));
    many("Arc", |i| Arc::new(i as u64));
    many("Arc of a String", |i| Arc::new(i.to_string()));
    many("Rc of a str", |_| Rc::<str>::from("text"));
    many("Arc of a str", |_| Arc::<str>::from("text"));
    many("Rc of a slice", |i| Rc::<[u64]>::from([i as u64; 3]));
    many("Arc of a slice", |i| Arc::<[String]>::from([i.to_string()]));
    many("Rc in an Rc", |_| Rc::new(Rc::new(1u8)));
    many("Weak", |_| rc::Weak::<u64>::new());
    many("an Rc and its Weak", |i| {
        let strong = Rc::new(i as u64);
        (Rc::downgrade(&strong), strong)
    });
    let shared = Rc::new("text".to_owned());
    check("one Rc shared by all", (0..COUNT).map(|_| shared.clone()).collect::<Vec<_>>());
    check("one Rc of a str", Rc::<str>::from("long ".repeat(LARGE / 5)));
    check("one Arc of a slice", Arc::<[u64]>::from(vec![1; LARGE]));
    check("one Rc of a Vec", Rc::new(vec![1u64; LARGE]));
}

#[derive(Pickle, Default)]
struct Node {
    next: RefCell<Option<Rc<Node>>>,
    parent: rc::Weak<Node>,
    by_name: HashMap<u32, RefCell<Option<Rc<Node>>>>,
}

/// Objects in cycles: cells that wait, maps whose keys are read twice, owners that are open.
fn cycles() {
    let nodes: Vec<Rc<Node>> = (0..COUNT as u32)
        .map(|i| Rc::new(Node { by_name: HashMap::from([(i, RefCell::default())]), ..Node::default() }))
        .collect();
    for (node, next) in nodes.iter().zip(nodes.iter().skip(1).chain(nodes.first())) {
        *node.next.borrow_mut() = Some(next.clone());
        *node.by_name.values().next().unwrap().borrow_mut() = Some(next.clone());
    }
    let bytes = dumps(&nodes).unwrap();
    // What comes back are cycles, which nobody takes apart: they are let go of here, and those below stay.
    nodes.iter().for_each(|node| drop((node.next.take(), node.by_name.values().for_each(|cell| drop(cell.take())))));
    least_limit("a cycle", |unpickler| unpickler.loads::<Unlinked>(&bytes));

    let by_name = (0..LARGE as u32 / 6).map(|i| (i, RefCell::default())).collect();
    let hub = Rc::new(Node { by_name, ..Node::default() });
    hub.by_name.values().for_each(|cell| drop(cell.replace(Some(hub.clone()))));
    let bytes = dumps(&vec![hub.clone()]).unwrap();
    drop(Unlinked(vec![hub]));
    least_limit("a map of cells that wait", |unpickler| unpickler.loads::<Unlinked>(&bytes));

    let hub = Rc::new(Hub { spokes: vec![RefCell::default(); LARGE / 8] });
    hub.spokes.iter().for_each(|spoke| *spoke.borrow_mut() = Some(hub.clone()));
    let bytes = dumps(&hub).unwrap();
    drop(Wheeled(hub));
    least_limit("cells that wait", |unpickler| unpickler.loads::<Wheeled>(&bytes));

    let family = |_| Rc::new_cyclic(|owner| Family { children: vec![Rc::new(Child { owner: owner.clone() })] });
    many("an owner and what points back to it", family);
}

/// A ring that lets go of itself.
#[derive(Pickle)]
#[pickle(transparent)]
struct Unlinked(Vec<Rc<Node>>);

impl Drop for Unlinked {
    fn drop(&mut self) {
        for node in &self.0 {
            drop(node.next.take());
            node.by_name.values().for_each(|cell| drop(cell.take()));
        }
    }
}

/// One object of many cells that wait.
#[derive(Pickle)]
struct Hub {
    spokes: Vec<RefCell<Option<Rc<Hub>>>>,
}

/// One that lets go of itself.
#[derive(Pickle)]
#[pickle(transparent)]
struct Wheeled(Rc<Hub>);

impl Drop for Wheeled {
    fn drop(&mut self) {
        self.0.spokes.iter().for_each(|spoke| drop(spoke.take()));
    }
}

#[derive(Pickle)]
struct Family {
    children: Vec<Rc<Child>>,
}

#[derive(Pickle)]
struct Child {
    owner: rc::Weak<Family>,
}

#[object]
trait Part {}

#[derive(Pickle)]
struct Wheel([u64; 4]);

#[object]
impl Part for Wheel {}

#[derive(Pickle)]
#[pickle(reduce = Self::parts)]
struct Chosen(u64);

#[function]
fn choose(number: u64) -> Result<Chosen, String> {
    Ok(Chosen(number))
}

impl Chosen {
    fn parts(&self) -> Reduced<Chosen> {
        Reduced::new(func!(choose), self.0)
    }
}

fn what_a_stream_names() {
    let sample = Wheel([0; 4]);
    assert_eq!(sample.0, [0; 4]);
    many("Box of a trait object", |i| Box::new(Wheel([i as u64; 4])) as Box<dyn Part>);
    many("Rc of a trait object", |i| Rc::new(Wheel([i as u64; 4])) as Rc<dyn Part>);
    many("Arc of a trait object", |i| Arc::new(Wheel([i as u64; 4])) as Arc<dyn Part + Send + Sync>);
    many("a value that chose its rebuilder", |i| Chosen(i as u64));
    many("a function", |_| func!(choose));
    let value = pickle_core::loads::<Value>(&dumps(&(1u8, vec!["text".to_owned(); 3])).unwrap()).unwrap();
    check("Values as parts", vec![value; COUNT / 10]);
}

fn cows() {
    type Numbers<'a> = Cow<'a, [u64]>;
    type Names<'a> = Cow<'a, [String]>;
    let bytes = dumps(&vec![vec![1u64; 3]; COUNT]).unwrap();
    least_limit("Cow of a slice", |unpickler| unpickler.loads::<Vec<Numbers<'_>>>(&bytes).map(drop));
    let bytes = dumps(&vec![vec!["text"]; COUNT]).unwrap();
    least_limit("Cow of a slice of strings", |unpickler| unpickler.loads::<Vec<Names<'_>>>(&bytes).map(drop));
    let bytes = dumps(&vec![1u64; LARGE]).unwrap();
    least_limit("one Cow of a slice", |unpickler| unpickler.loads::<Numbers<'_>>(&bytes).map(drop));
    let bytes = dumps(&vec!["text"; COUNT]).unwrap();
    least_limit("Cow of a str", |unpickler| unpickler.loads::<Vec<Cow<'_, str>>>(&bytes).map(drop));
    let bytes = dumps(&vec![vec![1u8; 30]; COUNT]).unwrap();
    least_limit("Cow of bytes", |unpickler| unpickler.loads::<Vec<Cow<'_, [u8]>>>(&bytes).map(drop));
}

/// What nobody takes any more is in the plan as well, which is too large to be kept.
fn a_large_plan() {
    macro_rules! rows {
        ($($name:ident),*) => {
            $(#[derive(Pickle)] struct $name { id: u8 })*
            type Rows = ($($name,)*);
            const NAMES: &[&str] = &[$(stringify!($name)),*];
        };
    }
    rows!(A, B, C, D, E);
    let gone: Vec<String> = (0..1000).map(|i| format!("gone {i}")).collect();
    let fields: Vec<(&str, u64)> = [("id", U8)].into_iter().chain(gone.iter().map(|name| (&**name, U8))).collect();
    let types = NAMES.iter().map(|name| structure(name, &fields));
    let root = tuple(&(1..=NAMES.len() as u64).map(|i| TYPE + i).collect::<Vec<_>>());
    let bytes = stream(&[root].into_iter().chain(types).collect::<Vec<_>>(), 0, &[7; 5005]);
    let rows: Rows = pickle_core::loads(&bytes).unwrap();
    assert_eq!([rows.0.id, rows.1.id, rows.2.id, rows.3.id, rows.4.id], [7; 5]);
    let (_, taken) = peak(|| pickle_core::loads::<Rows>(&bytes).map(drop));
    let least = least_limit("a large plan", |unpickler| unpickler.loads::<Rows>(&bytes));
    assert!(taken > MIB / 4 && least > taken, "{least} bytes are charged for {taken}");
}

/// A plan is not made where there is no room for it.
fn a_plan_of_many_defaults() {
    macro_rules! wide {
        ($($field:ident)*) => {
            #[derive(Pickle)]
            struct Wide { a: u8, $(#[pickle(default)] $field: u8),* }
        };
    }
    wide!(b c d e f g h i j k l m n o p q r s t u v w x y z ba bb bc bd be bf bg bh bi bj bk bl bm bn bo bp bq br bs bt bu);
    let bytes = stream(&[structure("Wide", &[("a", U8)])], 0, &[7]);
    let load = |limit: usize| Unpickler::new().max_memory(limit).loads::<Wide>(&bytes).map(drop);
    // What the type says of itself is worked out once.
    assert!(load(0).is_err());
    for limit in [1000, 6000, 10_000] {
        let (loaded, taken) = peak(|| load(limit));
        assert!(loaded.is_err() && taken <= limit + 2048, "{taken} bytes were taken under {limit}: {loaded:?}");
    }
    assert_eq!(pickle_core::loads::<Wide>(&bytes).unwrap().a, 7);
}

/// The first load of an older shape and one that finds its plan are charged alike.
fn what_is_kept_is_charged_again() {
    #[derive(Pickle)]
    struct Small {
        a: u16,
        #[allow(dead_code, reason = "it is in the schema")]
        v: Option<Vec<Vec<u8>>>,
    }
    let types = [structure("Small", &[("a", U8), ("v", TYPE + 1)]), option(TYPE + 2), sequence(TYPE + 3), sequence(U8)];
    let bytes = stream(&types, 0, &[7, 0]);
    let loads = |limit: usize| Unpickler::new().max_memory(limit).loads::<Small>(&bytes);
    let least = (0..).step_by(8).find(|limit| loads(*limit).is_ok()).unwrap();
    assert_eq!(loads(least).unwrap().a, 7);
    assert!(least > 1000 && loads(least - 8).is_err());
}

/// Small values of their own schemas, of more than a reader keeps at hand.
fn values_within() {
    macro_rules! values {
        ($($value:expr),*) => { [$(pickle_core::loads::<Value>(&dumps(&$value).unwrap()).unwrap()),*] };
    }
    let values = values!(
        1u8,
        1u16,
        1u32,
        1u64,
        1u128,
        1usize,
        1i8,
        1i16,
        1i32,
        1i64,
        1i128,
        1isize,
        1f32,
        1f64,
        'c',
        "text",
        (),
        true,
        [1u8]
    );
    many("Value of a number", |i| values[i % 2].clone());
    many("Values of many types", |i| values[i % values.len()].clone());
}

/// A box that holds itself, where a plain value is read: at each level the reader has a place to come back to.
fn boxes_that_become_plain() {
    let bytes = stream(&[cell(TYPE)], 0, &[0]);
    for limit in [6 << 10, 12 << 10, 24 << 10, 48 << 10, 96 << 10] {
        let (loaded, taken) = peak(|| Unpickler::new().max_memory(limit).loads::<Vec<u8>>(&bytes).map(drop));
        assert!(loaded.is_err() && taken <= limit + 4096, "{taken} bytes were taken under {limit}: {loaded:?}");
    }
}

/// Variants that the program does not know: read with the whole stream, copied, written, and read again.
fn kept_variants() {
    #[derive(Pickle)]
    #[pickle(name = "Event")]
    enum Newer {
        Started,
        Bytes(Vec<u8>),
        Numbers(Vec<u64>, [u128; 3], Vec<Option<u16>>),
        Array(Box<[u32; 1000]>),
        Text(String, HashMap<String, Box<Vec<String>>>),
        Deep(Option<Box<Newer>>),
        Shared(Rc<u64>, Rc<String>, rc::Weak<u64>),
        Ring(Rc<Node>),
        Parts(Box<dyn Part>, Rc<dyn Part>),
    }
    #[derive(Pickle)]
    #[pickle(name = "Event")]
    enum Older {
        Started,
        #[pickle(other)]
        Unknown(Value),
    }
    use Newer::*;
    let check = |name: &str, events: Vec<Newer>| {
        let count = events.len();
        let bytes = dumps(&events).unwrap();
        for event in &events {
            if let Ring(node) = event {
                drop((node.next.take(), node.by_name.values().for_each(|cell| drop(cell.take()))));
            }
        }
        drop(events);
        let loaded: Vec<Older> = pickle_core::loads(&bytes).unwrap();
        assert!(loaded.len() == count && loaded.iter().all(|event| matches!(event, Older::Unknown(_))), "{name}");
        drop(loaded);
        least_limit(name, |unpickler| unpickler.loads::<Vec<Older>>(&bytes));
    };
    assert!(matches!(pickle_core::loads(&dumps(&Started).unwrap()), Ok(Older::Started)));
    let many = |name: &str, make: &dyn Fn(usize) -> Newer| check(name, (0..COUNT / 10).map(make).collect());
    check("one variant of bytes", vec![Bytes(vec![7; 10 * LARGE])]);
    check("one variant of numbers", vec![Numbers(vec![7; LARGE], [1; 3], vec![Some(1); LARGE / 10])]);
    check("one variant of text", vec![Text("text".repeat(LARGE), HashMap::new())]);
    check("one large variant before another", vec![Text("text".repeat(LARGE), HashMap::new()), Bytes(vec![7; LARGE])]);
    check("one variant of objects", {
        let shared =
            |i: usize| Rc::new(Node { by_name: HashMap::from([(i as u32, RefCell::default())]), ..Node::default() });
        let hub = Rc::new(Node {
            by_name: (0..LARGE as u32 / 100).map(|i| (i, RefCell::new(Some(shared(i as usize))))).collect(),
            ..Node::default()
        });
        vec![Ring(hub)]
    });
    many("variants of bytes", &|i| Bytes(vec![i as u8; i]));
    many("variants of numbers", &|i| Numbers(vec![i as u64; i % 40], [1; 3], vec![None, Some(7)]));
    many("variants of arrays", &|i| Array(Box::new([i as u32; 1000])));
    many("variants of maps", &|i| {
        Text(i.to_string(), HashMap::from([("key".to_owned(), Box::new(vec!["text".to_owned()]))]))
    });
    many("variants in variants", &|_| (0..20).fold(Started, |inner, _| Deep(Some(Box::new(inner)))));
    many("variants of objects", &|i| {
        let shared = Rc::new(i as u64);
        Shared(shared.clone(), Rc::new(i.to_string()), Rc::downgrade(&shared))
    });
    many("variants of what is named", &|i| Parts(Box::new(Wheel([i as u64; 4])), Rc::new(Wheel([1; 4]))));
    many("variants of rings", &|i| {
        let node = Rc::new(Node { by_name: HashMap::from([(i as u32, RefCell::default())]), ..Node::default() });
        *node.next.borrow_mut() = Some(node.clone());
        *node.by_name.values().next().unwrap().borrow_mut() = Some(node.clone());
        Ring(node)
    });
}

/// Variants of many enums, of which each reaches all that follow.
fn types_of_kept_variants() {
    #[derive(Pickle)]
    enum Event {
        #[pickle(other)]
        Unknown(Value),
    }
    type Row = (Event, Event, Event, Event, Event, Event, Event, Event, Event, Event);
    const ROW: u64 = 10;
    const ROWS: u64 = 4;
    let (links, chain) = (500, TYPE + 4);
    // The first enum meets what all of them reach.
    let event = |i: u64| TYPE + 2 + 2 * i + i / ROW + if i > 0 { links } else { 0 };
    let row = |row: u64| event(row * ROW) - 1;
    let mut types = vec![tuple(&(0..ROWS).map(row).collect::<Vec<_>>())];
    for i in 0..ROWS * ROW {
        if i % ROW == 0 {
            types.push(tuple(&(i..i + ROW).map(event).collect::<Vec<_>>()));
        }
        types.push([&[10][..], &named("Event"), &[1], &named("Gone"), &[1, 1], &varint(event(i) + 1)].concat());
        // No two enums are one.
        types.push(tuple(&vec![chain; i as usize + 1]));
        if i == 0 {
            types.extend((1..links).map(|link| sequence(chain + link)).chain([sequence(U8)]));
        }
    }
    // Each tag, then as many sequences without elements.
    let count = (ROWS * ROW) as usize;
    let bodies = (1..=count).flat_map(|length| vec![0; length]);
    let data: Vec<u8> = vec![0; count].into_iter().chain(bodies).collect();
    let bytes = stream(&types, 0, &data);
    let all: (Row, Row, Row, Row) = pickle_core::loads(&bytes).unwrap();
    assert!(matches!(&all.3.9, Event::Unknown(value) if value.to_string().starts_with("Gone(([], [], ")));
    drop(all);
    least_limit("types of kept variants", |unpickler| unpickler.loads::<(Row, Row, Row, Row)>(&bytes));
}

fn an_older_shape() {
    mod old {
        #[derive(pickle_core::Pickle)]
        #[pickle(name = "Row")]
        pub(super) struct Row {
            pub(super) id: u16,
            pub(super) text: String,
            pub(super) gone: Vec<u8>,
        }
    }
    #[derive(Pickle)]
    #[pickle(name = "Row")]
    struct Row {
        text: String,
        id: u64,
        #[pickle(default = vec![7; 40])]
        new: Vec<u8>,
    }
    #[derive(Pickle)]
    #[pickle(name = "Row")]
    struct Grown<const LENGTH: usize> {
        id: u16,
        #[pickle(default = vec![7; LENGTH])]
        new: Vec<u8>,
    }
    let rows: Vec<_> =
        (0..COUNT).map(|i| old::Row { id: i as u16, text: i.to_string(), gone: vec![1; i % 9] }).collect();
    let bytes = dumps(&rows).unwrap();
    let back: Vec<Row> = pickle_core::loads(&bytes).unwrap();
    assert!(back.iter().enumerate().all(|(i, row)| row.id == i as u64 && row.text == i.to_string()));
    assert!(back.iter().all(|row| row.new == [7; 40]));
    drop((rows, back));
    least_limit("an older shape", |unpickler| unpickler.loads::<Vec<Row>>(&bytes));

    let shared = |i: usize| Rc::new(old::Row { id: i as u16, text: String::new(), gone: vec![] });
    let bytes = dumps(&(0..COUNT).map(shared).collect::<Vec<_>>()).unwrap();
    least_limit("objects of an older shape", |unpickler| unpickler.loads::<Vec<Rc<Row>>>(&bytes));
    // Each is larger than a chunk of those that records are gathered in, or much smaller.
    let bytes = dumps(&(0..20).map(shared).collect::<Vec<_>>()).unwrap();
    least_limit("objects that grow", |unpickler| unpickler.loads::<Vec<Rc<Grown<200_000>>>>(&bytes));
    let bytes = dumps(&(0..COUNT).map(shared).collect::<Vec<_>>()).unwrap();
    least_limit("objects that grow a little", |unpickler| unpickler.loads::<Vec<Rc<Grown<2000>>>>(&bytes));
    let bytes = dumps(&(0..COUNT).map(|i| Rc::new(i as u8)).collect::<Vec<_>>()).unwrap();
    least_limit("objects that are parts now", |unpickler| unpickler.loads::<Vec<u8>>(&bytes));
    least_limit("objects of wider numbers", |unpickler| unpickler.loads::<Vec<Rc<u64>>>(&bytes));
    let bytes = dumps(&vec![1u8; COUNT]).unwrap();
    least_limit("parts that are objects now", |unpickler| unpickler.loads::<Vec<Rc<u8>>>(&bytes));
    let bytes = dumps(&vec![1u8; LARGE]).unwrap();
    least_limit("bytes that are numbers now", |unpickler| unpickler.loads::<Vec<u64>>(&bytes));
    let bytes = dumps(&(0..COUNT as u32).map(|i| (i, 1u8)).collect::<HashMap<_, _>>()).unwrap();
    least_limit("a map of an older shape", |unpickler| unpickler.loads::<BTreeMap<u64, u16>>(&bytes));
}

/// A stream may say of each object that it is of a class of its own.
fn tables_of_classes() {
    let types = [shared(U8)];
    let classes = vec![0; LARGE];
    let mut data = tables(&classes, 1);
    data.extend(record(0, 0, &[7]));
    data.push(6);
    data.extend(0u32.to_le_bytes());
    let bytes = stream(&types, OBJECTS, &data);
    assert_eq!(TYPE, 32, "the first type of a table is number 0 there");
    least_limit("a table of classes", |unpickler| unpickler.loads::<Rc<u8>>(&bytes));
    least_limit("a table of classes in an older shape", |unpickler| unpickler.loads::<Rc<u16>>(&bytes));
}

//! The bytes of a set of values, as FORMAT.md describes them: they may not change without a new format version.
//!
//! `PICKLE_BLESS=1 cargo test -p pickle-tests --test golden` writes the files anew.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::fmt::Debug;
use std::net::IpAddr;
use std::num::NonZero;
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::Duration;
use std::{fs, ops};

use pickle_core::{Function, Pickle, Pickler, Reduced, Schema, UnpickleOwned, dumps, func, function, loads, object};
use pickle_tests::golden::{folder, path, read};

/// Compares a stream with the file of its name, and loads the file.
fn check<T: Pickle + UnpickleOwned + Debug + PartialEq>(name: &str, value: &T, bytes: &[u8]) {
    if std::env::var_os("PICKLE_BLESS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(path(name), bytes).unwrap();
    }
    let golden = read(name);
    assert!(golden == bytes, "{name} is written in other bytes than before: FORMAT.md promises the old ones");
    assert_eq!(loads::<T>(&golden).unwrap(), *value, "{name}");
}

#[derive(Pickle, Debug, PartialEq)]
struct Everything {
    unit: (),
    flags: [bool; 3],
    integers: (u8, i16, u32, i64, u128, usize),
    floats: (f32, f64),
    letter: char,
    name: String,
    long: String,
    bytes: Vec<u8>,
    numbers: Vec<u16>,
    nested: Vec<Option<Vec<String>>>,
    map: BTreeMap<String, Vec<Kind>>,
    kinds: Vec<Kind>,
    boxed: Box<(u8, String)>,
    range: std::ops::Range<u32>,
    wait: Duration,
    outcome: Result<u8, String>,
    #[pickle(compact)]
    compact: i64,
    #[pickle(rename = "type")]
    kind: Plain,
    #[pickle(skip)]
    skipped: u8,
}

#[derive(Pickle, Debug, PartialEq, Clone)]
enum Kind {
    Unit,
    Tuple(u8, String),
    Named { left: Option<Box<Kind>>, right: f32 },
}

#[derive(Pickle, Debug, PartialEq)]
enum Plain {
    First,
    Second,
}

fn everything() -> Everything {
    let deep = Kind::Named { left: Some(Box::new(Kind::Tuple(7, "leaf".into()))), right: 0.5 };
    Everything {
        unit: (),
        flags: [true, false, true],
        integers: (u8::MAX, i16::MIN, 0x0102_0304, -5, 1 << 100, 99),
        floats: (-0.0, f64::MAX),
        letter: '√',
        name: "naïve café".into(),
        long: "long ".repeat(60),
        bytes: (0..=255).collect(),
        numbers: (0..300).collect(),
        nested: vec![None, Some(vec![]), Some(vec!["a".into(), String::new(), "b".into()])],
        map: BTreeMap::from([("one".into(), vec![Kind::Unit]), ("two".into(), vec![deep.clone(), Kind::Unit])]),
        kinds: vec![Kind::Tuple(1, "x".into()), deep],
        boxed: Box::new((3, "boxed".into())),
        range: 4..9,
        wait: Duration::new(3, 250_000_000),
        outcome: Err("no".into()),
        compact: -300,
        kind: Plain::Second,
        skipped: 0,
    }
}

#[test]
fn a_struct_of_everything() {
    check("everything", &everything(), &dumps(&everything()).unwrap());
}

#[test]
fn with_a_fingerprint_and_a_checksum() {
    let bytes = Pickler::new().schema(Schema::Fingerprint).checksum(true).dumps(&everything()).unwrap();
    check("fingerprint-checksum", &everything(), &bytes);
}

#[test]
fn several_blocks_and_a_run_with_a_block_of_its_own() {
    let lines: Vec<String> = (0..400).map(|i| format!("line {i} {}", "é".repeat(i % 40))).collect();
    let value = (lines, vec![1u8; 131_061], "end".to_owned());
    check("blocks", &value, &dumps(&value).unwrap());
}

#[object]
trait Animal: Debug {
    fn name(&self) -> &str;
}

#[derive(Pickle, Debug)]
struct Dog {
    name: String,
}

#[object]
impl Animal for Dog {
    fn name(&self) -> &str {
        &self.name
    }
}

#[derive(Pickle, Debug)]
struct Fish(u8);

#[object(name = "Goldfish")]
impl Animal for Fish {
    fn name(&self) -> &str {
        if self.0 == 0 { "nobody" } else { "fish" }
    }
}

#[function]
fn double(x: f64) -> f64 {
    2.0 * x
}

#[derive(Pickle, Debug)]
#[pickle(reduce = Self::reduce)]
struct Handle(String);

impl Handle {
    fn reduce(&self) -> Reduced<Handle> {
        Reduced::new(func!(reopen), self.0.clone())
    }
}

#[function]
fn reopen(name: String) -> Result<Handle, String> {
    Ok(Handle(name))
}

#[derive(Pickle, Debug)]
struct Named {
    animals: Vec<Box<dyn Animal + Send>>,
    function: Function<fn(f64) -> f64>,
    handle: Handle,
}

/// Trait objects have no equality of their own: what they show is compared.
impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

#[test]
fn what_is_saved_by_name() {
    let animals: Vec<Box<dyn Animal + Send>> =
        vec![Box::new(Dog { name: "Rex".into() }), Box::new(Fish(1)), Box::new(Dog { name: "Ivy".into() })];
    assert_eq!(animals.iter().map(|animal| animal.name()).collect::<Vec<_>>(), ["Rex", "fish", "Ivy"]);
    let value = Named { animals, function: func!(double), handle: Handle("log".into()) };
    check("named", &value, &dumps(&value).unwrap());
}

/// As [`check`], for what has no equality: what is loaded is looked at, and its dump is the file again.
fn check_graph<T: Pickle + UnpickleOwned>(name: &str, value: &T, look: impl Fn(&T)) {
    let bytes = dumps(value).unwrap();
    if std::env::var_os("PICKLE_BLESS").is_some() {
        fs::write(path(name), &bytes).unwrap();
    }
    let golden = read(name);
    assert!(golden == bytes, "{name} is written in other bytes than before: FORMAT.md promises the old ones");
    look(value);
    let back = loads::<T>(&golden).unwrap();
    look(&back);
    assert!(dumps(&back).unwrap() == golden, "{name}");
}

#[derive(Pickle)]
struct Leaf {
    label: Rc<str>,
    numbers: Arc<[u16]>,
}

#[derive(Pickle)]
struct Branch {
    name: String,
    left: Rc<Leaf>,
    right: Option<Rc<Leaf>>,
    below: Vec<Rc<Branch>>,
}

type Dag = (Rc<Branch>, [Rc<Leaf>; 2], Weak<Leaf>, Weak<Leaf>, Weak<str>, BTreeSet<Rc<str>>);

#[test]
fn objects_that_are_shared() {
    let label: Rc<str> = "shared".into();
    let numbers: Arc<[u16]> = [1, 500].into();
    let leaf =
        |own: bool| Rc::new(Leaf { label: if own { "own".into() } else { label.clone() }, numbers: numbers.clone() });
    let (one, two, gone) = (leaf(false), leaf(true), leaf(false));
    let branch = |name: &str, below: &[&Rc<Branch>]| {
        let below = below.iter().map(|&one| one.clone()).collect();
        Rc::new(Branch { name: name.into(), left: one.clone(), right: Some(two.clone()), below })
    };
    let low = branch("low", &[]);
    let middle = branch("middle", &[&low, &low]);
    let top = branch("top", &[&low, &middle]);
    let dangling = Rc::downgrade(&gone);
    drop(gone);
    let text = Rc::downgrade(&label);
    let value: Dag = (top, [two.clone(), one], Rc::downgrade(&two), dangling, text, BTreeSet::from([label]));
    check_graph("graph-shared", &value, |(top, [two, one], weak, dangling, text, labels)| {
        assert!(Rc::ptr_eq(&top.below[0], &top.below[1].below[1]) && Rc::ptr_eq(&top.left, one));
        assert!(Rc::ptr_eq(top.right.as_ref().unwrap(), two) && Rc::ptr_eq(&weak.upgrade().unwrap(), two));
        assert!(dangling.upgrade().is_none() && Rc::ptr_eq(&text.upgrade().unwrap(), labels.first().unwrap()));
        assert!(Arc::ptr_eq(&one.numbers, &two.numbers) && *two.label == *"own" && top.name == "top");
    });
}

#[derive(Pickle)]
struct Node {
    id: u32,
    next: RefCell<Option<Rc<Node>>>,
    prev: RefCell<Weak<Node>>,
}

#[test]
fn a_ring_through_cells() {
    let nodes: Vec<_> =
        (10..13).map(|id| Rc::new(Node { id, next: RefCell::default(), prev: RefCell::default() })).collect();
    for (i, node) in nodes.iter().enumerate() {
        *node.next.borrow_mut() = Some(nodes[(i + 1) % 3].clone());
        *nodes[(i + 1) % 3].prev.borrow_mut() = Rc::downgrade(node);
    }
    check_graph("graph-ring", &nodes[1], |start| {
        let mut at = start.clone();
        for id in [11, 12, 10] {
            assert_eq!(at.id, id);
            let next = at.next.borrow().clone().unwrap();
            assert!(Rc::ptr_eq(&next.prev.borrow().upgrade().unwrap(), &at));
            at = next;
        }
        assert!(Rc::ptr_eq(&at, start));
    });
    nodes[0].next.take();
}

#[derive(Pickle)]
struct Tree {
    id: u32,
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
    notes: RefCell<Vec<Weak<Tree>>>,
}

/// The root and its first child are open when they are referred to; the second child notes what comes after it.
#[test]
fn a_tree_that_knows_its_parents() {
    let tree = Rc::new_cyclic(|root: &Weak<Tree>| {
        let leaf = |id: u32, parent: &Weak<Tree>| {
            Rc::new(Tree { id, parent: parent.clone(), children: vec![], notes: RefCell::default() })
        };
        let first = Rc::new_cyclic(|first| Tree {
            id: 1,
            parent: root.clone(),
            children: vec![leaf(3, first), leaf(4, first)],
            notes: RefCell::default(),
        });
        let second = leaf(2, root);
        second.notes.borrow_mut().extend([Rc::downgrade(&first.children[1]), Rc::downgrade(&second)]);
        first.children[0].notes.borrow_mut().push(Rc::downgrade(&second));
        Tree { id: 0, parent: Weak::new(), children: vec![first, second], notes: RefCell::new(vec![root.clone()]) }
    });
    check_graph("graph-tree", &tree, |root| {
        let (first, second) = (&root.children[0], &root.children[1]);
        let is = |weak: &Weak<Tree>, tree: &Rc<Tree>| assert!(Rc::ptr_eq(&weak.upgrade().unwrap(), tree));
        is(&first.parent, root);
        is(&first.children[1].parent, first);
        is(&second.notes.borrow()[0], &first.children[1]);
        is(&first.children[0].notes.borrow()[0], second);
        is(&root.notes.borrow()[0], root);
        assert!(root.parent.upgrade().is_none());
    });
}

#[object]
trait Speak {
    fn speak(&self) -> String;
}

#[object]
trait Walk {
    fn legs(&self) -> u32;
}

#[derive(Pickle)]
struct Cat {
    name: String,
    friend: RefCell<Option<Rc<dyn Speak>>>,
    collar: Option<Rc<str>>,
}

#[object]
impl Speak for Cat {
    fn speak(&self) -> String {
        self.name.clone()
    }
}

#[object]
impl Walk for Cat {
    fn legs(&self) -> u32 {
        4
    }
}

type Views = (Rc<dyn Speak>, Rc<dyn Walk>, Rc<Cat>, Weak<dyn Speak>, Rc<str>);

#[test]
fn views_of_one_object() {
    let collar: Rc<str> = "red".into();
    let cat = Rc::new(Cat { name: "Tom".into(), friend: RefCell::default(), collar: Some(collar.clone()) });
    let other = Rc::new(Cat { name: "Kit".into(), friend: RefCell::new(Some(cat.clone())), collar: None });
    *cat.friend.borrow_mut() = Some(other);
    let speak: Rc<dyn Speak> = cat.clone();
    let views: Views = (speak.clone(), cat.clone(), cat.clone(), Rc::downgrade(&speak), collar);
    check_graph("graph-views", &views, |(speak, walk, cat, weak, collar)| {
        let thin = Rc::as_ptr(cat).cast::<()>();
        assert!(Rc::as_ptr(speak).cast() == thin && Rc::as_ptr(walk).cast() == thin && weak.as_ptr().cast() == thin);
        assert_eq!((speak.speak().as_str(), walk.legs()), ("Tom", 4));
        assert_eq!(cat.friend.borrow().as_ref().unwrap().speak(), "Kit");
        assert!(Rc::ptr_eq(cat.collar.as_ref().unwrap(), collar));
    });
    cat.friend.take();
}

type HubList = RefCell<Vec<RefCell<Weak<Hub>>>>;

#[derive(Pickle, Default)]
struct Hub {
    name: String,
    spokes: BTreeMap<String, RefCell<Option<Rc<Hub>>>>,
    lists: BTreeMap<u8, (u8, HubList)>,
    once: OnceCell<Weak<Hub>>,
}

#[test]
fn cells_in_the_values_of_maps() {
    let mut hub = Hub { name: "hub".into(), ..Hub::default() };
    for key in ["a", "b", "c"] {
        hub.spokes.insert(key.into(), RefCell::default());
    }
    hub.lists.insert(5, (50, RefCell::default()));
    hub.lists.insert(6, (60, RefCell::default()));
    let hub = Rc::new(hub);
    hub.once.set(Rc::downgrade(&hub)).unwrap();
    let other = Rc::new(Hub { name: "other".into(), ..Hub::default() });
    *hub.spokes["b"].borrow_mut() = Some(hub.clone());
    *hub.spokes["c"].borrow_mut() = Some(other.clone());
    hub.lists[&6].1.borrow_mut().extend([RefCell::new(Rc::downgrade(&other)), RefCell::new(Rc::downgrade(&hub))]);
    check_graph("graph-maps", &hub, |hub| {
        assert!(Rc::ptr_eq(hub.spokes["b"].borrow().as_ref().unwrap(), hub) && hub.spokes["a"].borrow().is_none());
        assert!(Rc::ptr_eq(&hub.lists[&6].1.borrow()[1].borrow().upgrade().unwrap(), hub));
        assert_eq!(hub.lists[&6].1.borrow()[0].borrow().upgrade().unwrap().name, "other");
        assert!(Rc::ptr_eq(&hub.once.get().unwrap().upgrade().unwrap(), hub));
    });
    hub.spokes["b"].take();
}

#[derive(Pickle)]
struct Band {
    label: Rc<str>,
    members: Vec<Box<dyn Speak>>,
    guest: Option<Rc<dyn Speak>>,
}

#[object]
impl Speak for Band {
    fn speak(&self) -> String {
        let mut names = vec![self.label.to_string()];
        names.extend(self.members.iter().map(|one| one.speak()).chain(self.guest.iter().map(|one| one.speak())));
        format!("({})", names.join(" "))
    }
}

#[derive(Pickle)]
#[pickle(reduce = Self::chosen)]
struct Job {
    labels: [Rc<str>; 2],
}

impl Job {
    fn chosen(&self) -> Reduced<Job> {
        Reduced::new(func!(resume), self.labels.clone())
    }
}

#[function]
fn resume(labels: [Rc<str>; 2]) -> Result<Job, String> {
    Ok(Job { labels })
}

#[test]
fn boxes_that_hold_pointers() {
    let label: Rc<str> = "x".into();
    let cat = |name: &str, collar: Option<&Rc<str>>| -> Box<dyn Speak> {
        Box::new(Cat { name: name.into(), friend: RefCell::default(), collar: collar.cloned() })
    };
    let guest = Rc::new(Band { label: "guest".into(), members: vec![cat("a", Some(&label))], guest: None });
    let inner: Box<dyn Speak> =
        Box::new(Band { label: label.clone(), members: vec![cat("b", None)], guest: Some(guest.clone()) });
    let outer: Box<dyn Speak> = Box::new(Band { label: label.clone(), members: vec![inner], guest: None });
    let job = Job { labels: [label.clone(), "y".into()] };
    let value = (outer, [cat("c", Some(&label)), cat("d", None)], guest, job, label);
    check_graph("graph-scopes", &value, |(outer, cats, guest, job, label)| {
        assert_eq!(outer.speak(), "(x (x b (guest a)))");
        assert_eq!([cats[0].speak(), cats[1].speak()], ["c", "d"]);
        assert!(Rc::ptr_eq(&job.labels[0], label) && &*job.labels[1] == "y");
        assert_eq!((&*guest.label, Rc::strong_count(guest)), ("guest", 2));
    });
}

#[test]
fn cells_locks_and_atomics() {
    let value = (
        (Cell::new(7u16), Cell::new(Some(true)), RefCell::new("in".to_owned()), RefCell::new(vec![RefCell::new(1u8)])),
        (Mutex::new(Some(-2i32)), RwLock::new([1u8, 2]), AtomicU64::new(9)),
        (OnceCell::<u8>::new(), OnceCell::from("set".to_owned()), OnceLock::from(vec![(1u8, ())])),
    );
    check_graph("cells", &value, |((number, option, text, list), (mutex, lock, atomic), (unset, set, once))| {
        assert!(number.get() == 7 && option.get() == Some(true) && *text.borrow() == "in");
        assert!(*list.borrow()[0].borrow() == 1 && *mutex.lock().unwrap() == Some(-2));
        assert!(*lock.read().unwrap() == [1, 2] && atomic.load(Ordering::Relaxed) == 9);
        assert!(unset.get().is_none() && set.get().unwrap() == "set" && once.get().unwrap() == &[(1, ())]);
    });
}

#[derive(Pickle, Debug, PartialEq)]
struct Compacts(
    #[pickle(compact)] u8,
    #[pickle(compact)] u128,
    #[pickle(compact)] i128,
    #[pickle(compact)] usize,
    #[pickle(compact)] isize,
);

#[test]
fn what_the_others_leave_out() {
    let value = (
        (i8::MIN, u64::MAX, i128::MIN, -5isize, NonZero::new(-3i16).unwrap(), NonZero::new(u128::MAX).unwrap()),
        (f32::NAN, f64::NEG_INFINITY, f32::MIN_POSITIVE, 0.1f64, [1u8; 4]),
        (
            BTreeSet::from(["a".to_owned(), "b".repeat(255)]),
            BTreeMap::from([((1u8, 'é'), Some(Some(()))), ((1, 'z'), None)]),
        ),
        (Compacts(255, u128::MAX, i128::MIN, 128, -64), VecDeque::from([true]), Some(None::<u8>)),
        (IpAddr::from([127, 0, 0, 1]), OsString::from("os"), c"c".to_owned(), ops::Bound::Excluded(3u8), Reverse(1u8)),
    );
    check_graph("others", &value, |(_, floats, ..)| assert!(floats.0.is_nan()));
}

/// The second type is defined in the midst of the stream.
#[test]
fn a_type_that_is_met_late() {
    let dog = |i: usize| -> Box<dyn Animal + Send> { Box::new(Dog { name: format!("dog {i} {}", "x".repeat(i)) }) };
    let mut animals: Vec<_> = (0..60).map(dog).collect();
    animals.push(Box::new(Fish(1)));
    check_graph("types", &animals, |animals| {
        assert_eq!((animals.len(), animals[60].name()), (61, "fish"));
        assert!(animals[59].name().starts_with("dog 59 x"));
    });
}

#[test]
fn records_in_several_blocks() {
    let hub = |i: usize| {
        let spokes =
            BTreeMap::from([("first".to_owned(), RefCell::default()), ("next".to_owned(), RefCell::default())]);
        Rc::new(Hub { name: "é".repeat(i), spokes, ..Hub::default() })
    };
    let hubs: Vec<_> = (0..40).map(hub).collect();
    for (i, hub) in hubs.iter().enumerate() {
        *hub.spokes["first"].borrow_mut() = Some(hubs[0].clone());
        *hub.spokes["next"].borrow_mut() = Some(hubs[(i + 1) % 40].clone());
    }
    check_graph("graph-blocks", &hubs, |hubs| {
        for (i, hub) in hubs.iter().enumerate() {
            assert_eq!(hub.name, "é".repeat(i));
            assert!(Rc::ptr_eq(hub.spokes["first"].borrow().as_ref().unwrap(), &hubs[0]));
            assert!(Rc::ptr_eq(hub.spokes["next"].borrow().as_ref().unwrap(), &hubs[(i + 1) % 40]));
        }
    });
    hubs.iter().flat_map(|hub| hub.spokes.values()).for_each(|spoke| drop(spoke.take()));
}

//! A `Value` is written as the stream that it was read from: byte for byte, but for where the blocks of a stream with
//! shared objects end.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZero;
use std::rc::{Rc, Weak};
use std::sync::{self, Arc, Mutex};

use pickle_core::inspect::Stream;
use pickle_core::{ErrorKind, Pickle, Pickler, Schema, Unpickler, Value, dump, dumps, load, loads, object};
use pickle_tests::animals::{Animal, Owner};
use pickle_tests::golden;

fn again(bytes: &[u8]) -> Value {
    let value: Value = loads(bytes).unwrap();
    let written = dumps(&value).unwrap();
    assert!(written == bytes, "{value} is written in other bytes");
    assert_eq!(value, load::<Value, _>(bytes).unwrap(), "a reader gives another value than a slice");
    value
}

#[test]
fn golden_files() {
    let mut count = 0;
    for name in golden::names() {
        let bytes = golden::read(&name);
        let stream = Stream::open(&bytes).unwrap();
        if !stream.is_embedded() {
            continue;
        }
        count += 1;
        let value: Value = loads(&bytes).unwrap();
        let mut pickler = Pickler::new().checksum(stream.has_checksum());
        let written = pickler.dumps(&value).unwrap();
        assert!(written == bytes || stream.has_objects() && bytes.len() > 512, "{value} is written in other bytes");
        assert_eq!(loads::<Value>(&written).unwrap(), value);
    }
    assert!(count > 2);
}

#[derive(Pickle)]
struct Wide {
    integers: (i8, u16, i32, u64, i128, u128, isize),
    non_zero: (NonZero<u8>, NonZero<i128>),
    #[pickle(compact)]
    compact: i128,
    cell: Cell<u8>,
    once: OnceCell<String>,
    map: HashMap<(u8, String), Vec<[f32; 3]>>,
    set: BTreeSet<char>,
    nested: Vec<Option<Result<(), String>>>,
    units: Vec<()>,
    boxes: [Box<()>; 3],
    points: Vec<(u8, [u16; 2])>,
    bits: Vec<bool>,
    strings: [String; 2],
}

#[test]
fn every_kind_of_type() {
    let wide = Wide {
        integers: (-1, 2, -3, 4, i128::MIN, u128::MAX, -5),
        non_zero: (NonZero::new(7).unwrap(), NonZero::new(-7).unwrap()),
        compact: i128::MIN,
        cell: Cell::new(8),
        once: OnceCell::from("once".to_owned()),
        map: HashMap::from([((1, "a".into()), vec![[0.5; 3]; 400]), ((2, "b".into()), vec![])]),
        set: BTreeSet::from(['x', 'é']),
        nested: vec![None, Some(Ok(())), Some(Err("no".into()))],
        units: vec![(); 300],
        boxes: Default::default(),
        points: (0..2000).map(|i| (i as u8, [i, i + 1])).collect(),
        bits: vec![true; 1000],
        strings: ["long ".repeat(100), String::new()],
    };
    again(&dumps(&wide).unwrap());
}

#[test]
fn roots_that_are_not_structs() {
    again(&dumps(&7u8).unwrap());
    again(&dumps("text").unwrap());
    again(&dumps(&()).unwrap());
    again(&dumps(&vec![0u8; 300_000]).unwrap());
    again(&dumps(&"word ".repeat(100_000)).unwrap());
    again(&dumps(&(0..100_000u32).map(|i| (i, i.to_string())).collect::<Vec<_>>()).unwrap());
    again(&dumps(&(0..30_000u32).map(|i| (i, i.to_string())).collect::<BTreeMap<_, _>>()).unwrap());
}

#[test]
fn as_many_values_as_a_stream_may_have() {
    // Those that its bytes account for, and as many more as may take none.
    let bytes = dumps(&vec![Some("text"); 100]).unwrap();
    assert_eq!(Unpickler::new().max_empty_elements(0).loads::<Value>(&bytes).unwrap().root().len(), 100);
    again(&dumps(&vec![Box::new(()); 8_000]).unwrap());
}

#[test]
fn with_the_options_of_a_pickler() {
    let bytes = Pickler::new().checksum(true).dumps(&vec!["a", "b"]).unwrap();
    let value: Value = loads(&bytes).unwrap();
    assert_eq!(Pickler::new().checksum(true).dumps(&value).unwrap(), bytes);
    let bare = Pickler::new().schema(Schema::Fingerprint).dumps(&value).unwrap();
    assert_eq!(loads::<Vec<String>>(&bare).unwrap(), ["a", "b"]);
    assert_eq!(loads::<Value>(&bare).unwrap_err().kind(), ErrorKind::NoSchema);
    let mut file = Vec::new();
    dump(&value, &mut file).unwrap();
    dump(&7u8, &mut file).unwrap();
    let values: Vec<Value> = Unpickler::new().iter(&file[..]).collect::<Result<_, _>>().unwrap();
    assert_eq!((values[0].clone(), values[1].to_string()), (value, "7".to_owned()));
    assert_eq!(loads::<Value>(&file).unwrap_err().kind(), ErrorKind::Trailing);
}

#[derive(Pickle)]
struct Cage(Vec<Box<dyn Animal>>);

#[object]
impl Animal for Cage {
    fn legs(&self) -> u32 {
        self.0.iter().map(|animal| animal.legs()).sum()
    }
}

#[test]
fn graphs_with_cycles_and_traits() {
    let owner = Owner::with_dogs(|dog| Box::new(Cage(vec![Box::new(dog), Box::new(Cage(vec![]))])));
    owner.pets.borrow_mut().push(Rc::new(Cage(vec![])));
    owner.by_name.borrow_mut().insert("nobody".into(), RefCell::default());
    let value = again(&dumps(&owner).unwrap());
    let back: Rc<Owner> = loads(&dumps(&value).unwrap()).unwrap();
    assert!(Rc::ptr_eq(back.by_name.borrow()["me"].borrow().as_ref().unwrap(), &back));
    assert_eq!(back.boxed.as_ref().unwrap().legs(), 3);
    owner.let_go();
    back.let_go();
}

#[derive(Pickle)]
struct Tree {
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

#[test]
fn trees_that_point_back() {
    fn grow(parent: &Weak<Tree>, depth: usize) -> Rc<Tree> {
        let parent = parent.clone();
        Rc::new_cyclic(|own| Tree { parent, children: (0..depth).map(|_| grow(own, depth - 1)).collect() })
    }
    let tree = grow(&Weak::new(), 3);
    let value = again(&dumps(&tree).unwrap());
    let back: Rc<Tree> = loads(&dumps(&value).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&back.children[1].children[0].parent.upgrade().unwrap(), &back.children[1]));
}

#[derive(Pickle, Default)]
struct Ring {
    number: u32,
    next: Mutex<Option<Arc<Ring>>>,
    far: Mutex<sync::Weak<Ring>>,
}

#[test]
fn a_ring_of_thousands() {
    let ring: Vec<Arc<Ring>> = (0..5000).map(|number| Arc::new(Ring { number, ..Ring::default() })).collect();
    for (i, node) in ring.iter().enumerate() {
        *node.next.lock().unwrap() = Some(ring[(i + 1) % ring.len()].clone());
        *node.far.lock().unwrap() = Arc::downgrade(&ring[(i * 7) % ring.len()]);
    }
    let bytes = dumps(&ring[0]).unwrap();
    let value: Value = loads(&bytes).unwrap();
    let written = dumps(&value).unwrap();
    assert_eq!(loads::<Value>(&written).unwrap(), value);
    let back: Arc<Ring> = loads(&written).unwrap();
    let mut node = back.clone();
    for number in 0..5000 {
        assert_eq!(node.number, number);
        let next = node.next.lock().unwrap().take().unwrap();
        node = next;
    }
    assert!(Arc::ptr_eq(&node, &back));
    ring.iter().for_each(|node| drop(node.next.lock().unwrap().take()));
}

//! A variant that the program does not know, kept in a `Value`; and a `Value` as a field.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use pickle_core::{ErrorKind, Pickle, Pickler, UnpickleOwned, Unpickler, Value, dump, dumps, loads, object};
use pickle_tests::by_hand::{LAST, block, header_of, long};
use pickle_tests::random::Random;
use pickle_tests::{patch, round_trip, same};

fn open<T: UnpickleOwned>(newer: &impl Pickle) -> T {
    loads(&dumps(newer).unwrap()).unwrap()
}

mod newer {
    use super::*;

    #[derive(Pickle, Debug, PartialEq, Clone)]
    pub(super) enum Event {
        Started,
        Moved { to: (f64, f64), via: Vec<String> },
        Renamed(String),
        Nested(Box<Event>, Option<Box<Event>>),
        Stopped,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) struct Log {
        pub(super) events: Vec<Event>,
        pub(super) last: [Event; 3],
        pub(super) by_name: BTreeMap<String, Event>,
        pub(super) pending: Option<Event>,
    }
}

mod older {
    use super::*;

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) enum Event {
        #[pickle(other)]
        Unknown(Value),
        Started,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) struct Log {
        pub(super) pending: Option<Event>,
        pub(super) last: [Event; 3],
        pub(super) events: Vec<Event>,
        pub(super) by_name: BTreeMap<String, Event>,
    }
}

fn log() -> newer::Log {
    use newer::Event::*;
    let moved = Moved { to: (1.5, -2.0), via: vec!["home".into(), String::new()] };
    newer::Log {
        events: vec![Started, moved.clone(), Stopped, Stopped, Renamed("Bo".into())],
        last: [Stopped, Renamed("last".into()), Started],
        by_name: [("a".into(), moved.clone()), ("b".into(), Started)].into(),
        pending: Some(Nested(Box::new(moved), Some(Box::new(Stopped)))),
    }
}

/// What an older program kept, as the newer one would have it again.
fn again(kept: &older::Event) -> newer::Event {
    match kept {
        older::Event::Unknown(value) => loads(&dumps(value).unwrap()).unwrap(),
        older::Event::Started => newer::Event::Started,
    }
}

#[test]
fn an_unknown_variant_keeps_its_name_and_what_it_held() {
    let older: older::Log = open(&log());
    let older::Event::Unknown(value) = &older.events[1] else { panic!("{:?}", older.events[1]) };
    assert_eq!(value.to_string(), r#"Moved { to: (1.5, -2.0), via: ["home", ""] }"#);
    assert_eq!(value.root().variant(), Some("Moved"));
    assert_eq!(value.at("via[0]").unwrap().as_str(), Some("home"));
    assert_eq!(older.events[0], older::Event::Started);

    // Through the older program's own file, and back into the newer types.
    let older: older::Log = round_trip(&older);
    let newer = log();
    assert_eq!(older.events.iter().map(again).collect::<Vec<_>>(), newer.events);
    assert_eq!(older.last.each_ref().map(again), newer.last);
    assert_eq!(
        older.by_name.into_iter().map(|(key, kept)| (key, again(&kept))).collect::<BTreeMap<_, _>>(),
        newer.by_name
    );
    assert_eq!(again(&older.pending.unwrap()), newer.pending.unwrap());
}

#[test]
fn a_stream_of_many_blocks_from_a_reader_keeps_them_too() {
    let newer: Vec<newer::Event> = (0..20_000).map(|i| newer::Event::Renamed("x".repeat(i % 50))).collect();
    let mut file = Vec::new();
    dump(&newer, &mut file).unwrap();
    let older: Vec<older::Event> = Unpickler::new().max_memory(1 << 30).load(&file[..]).unwrap();
    assert_eq!(older.iter().map(again).collect::<Vec<_>>(), newer);
}

/// What would go through all blocks for each of them never ends here.
#[test]
fn kept_variants_of_very_many_blocks() {
    const COUNT: usize = 300_000;
    // `Stopped`, each in a block of its own.
    let mut file = header_of(&dumps(&vec![newer::Event::Stopped]).unwrap());
    file.extend(block(&long(COUNT as u64), &[], 0));
    (1..=COUNT).for_each(|i| file.extend(block(&[4], &[], if i == COUNT { LAST } else { 0 })));
    let events: Vec<older::Event> = Unpickler::trusted().load(&file[..]).unwrap();
    assert_eq!(events.len(), COUNT);
}

/// Nor what would go through all objects.
#[test]
fn kept_variants_of_very_many_objects() {
    #[derive(Pickle)]
    #[pickle(name = "Event")]
    enum Newer {
        One(Rc<u8>),
    }
    #[derive(Pickle)]
    #[pickle(name = "Event")]
    enum Older {
        #[pickle(other)]
        Unknown(Value),
    }
    let newer: Vec<Newer> = (0..100_000).map(|_| Newer::One(Rc::new(7))).collect();
    let events: Vec<Older> = Unpickler::trusted().loads(&dumps(&newer).unwrap()).unwrap();
    assert!(events.len() == newer.len());
    assert!(events.iter().all(|Older::Unknown(value)| value.object_count() == 1));
}

#[test]
fn what_is_kept_takes_its_objects_along() {
    #[object]
    trait Shape {
        fn sides(&self) -> usize;
    }
    #[derive(Pickle)]
    struct Polygon {
        corners: Rc<RefCell<Vec<(i32, i32)>>>,
    }
    #[object]
    impl Shape for Polygon {
        fn sides(&self) -> usize {
            self.corners.borrow().len()
        }
    }
    #[derive(Pickle)]
    struct Node {
        next: RefCell<Option<Rc<Node>>>,
        owner: RefCell<Weak<Node>>,
        shape: Option<Rc<dyn Shape>>,
    }
    #[derive(Pickle)]
    #[pickle(name = "Part")]
    enum Newer {
        Plain,
        Ring { first: Rc<Node>, second: Rc<Node>, stray: Weak<Node>, boxed: Box<dyn Shape> },
    }
    #[derive(Pickle)]
    #[pickle(name = "Part")]
    enum Older {
        #[pickle(other)]
        Other(Value),
        Plain,
    }
    let corners = Rc::new(RefCell::new(vec![(0, 0), (1, 0), (0, 1)]));
    let polygon: Rc<dyn Shape> = Rc::new(Polygon { corners: corners.clone() });
    let node = |shape: Option<Rc<dyn Shape>>| Rc::new(Node { next: None.into(), owner: Weak::new().into(), shape });
    let (first, second, stray) = (node(Some(polygon.clone())), node(Some(polygon)), node(None));
    *first.next.borrow_mut() = Some(second.clone());
    *second.next.borrow_mut() = Some(first.clone());
    *second.owner.borrow_mut() = Rc::downgrade(&first);
    let ring = Newer::Ring {
        first: first.clone(),
        second,
        stray: Rc::downgrade(&stray),
        boxed: Box::new(Polygon { corners }),
    };
    // The rest of the stream holds what only it keeps alive, and an object of the ring.
    let kept: (Rc<Node>, Rc<Node>, Older, Older) = open(&(stray, first.clone(), ring, Newer::Plain));
    *first.next.borrow_mut() = None;

    let (_, again, Older::Other(value), Older::Plain) = kept else { panic!("not as dumped") };
    *again.next.borrow_mut() = None;
    let value: Value = round_trip(&value);
    let Newer::Ring { first, second, stray, boxed } = loads(&dumps(&value).unwrap()).unwrap() else {
        panic!("{value}")
    };
    assert!(Rc::ptr_eq(first.next.borrow().as_ref().unwrap(), &second));
    assert!(Rc::ptr_eq(second.next.borrow().as_ref().unwrap(), &first));
    assert!(Rc::ptr_eq(&second.owner.borrow().upgrade().unwrap(), &first));
    assert!(Rc::ptr_eq(first.shape.as_ref().unwrap(), second.shape.as_ref().unwrap()));
    assert!(stray.upgrade().is_none(), "only the rest of the stream kept it alive");
    assert_eq!((boxed.sides(), first.shape.as_ref().unwrap().sides()), (3, 3));
    *first.next.borrow_mut() = None;
}

#[test]
fn a_kept_variant_of_a_version_stays_of_that_version() {
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "State", version = 2, migrate(0 => from_zero))]
    enum Newer {
        Off,
        Dimmed { percent: u8 },
    }
    #[derive(Pickle)]
    #[pickle(name = "State")]
    enum Zero {
        Off,
    }
    fn from_zero(Zero::Off: Zero) -> Result<Newer, std::convert::Infallible> {
        Ok(Newer::Off)
    }
    #[derive(Pickle)]
    #[pickle(name = "State", version = 2)]
    enum Older {
        Off,
        #[pickle(other)]
        Other {
            kept: Value,
        },
    }
    let kept: Older = open(&Newer::Dimmed { percent: 40 });
    let Older::Other { kept } = kept else { panic!("known") };
    assert_eq!(loads::<Newer>(&dumps(&kept).unwrap()).unwrap(), Newer::Dimmed { percent: 40 });
    assert!(matches!(open::<Older>(&Newer::Off), Older::Off));
}

#[test]
fn a_value_is_a_field_as_any_other() {
    #[derive(Pickle, Debug, PartialEq)]
    struct Document {
        title: String,
        body: Value,
        parts: Vec<Value>,
        by_name: BTreeMap<u8, Option<Value>>,
    }
    let value = |x: &dyn Fn() -> Vec<u8>| loads::<Value>(&x()).unwrap();
    let shared = Rc::new(5u8);
    let graph = value(&|| dumps(&(shared.clone(), shared.clone())).unwrap());
    let numbers = value(&|| dumps(&vec![1.5f64; 1000]).unwrap());
    same(Document {
        title: "t".into(),
        body: graph.clone(),
        parts: vec![numbers.clone(), graph.clone(), numbers.clone()],
        by_name: [(1, None), (2, Some(graph))].into(),
    });
    same(vec![numbers; 3]);
}

/// How long the stream of a `Value` will be is told beforehand, which a debug build checks.
#[test]
fn a_value_within_fits_whatever_the_lengths_of_what_it_holds() {
    let mut random = Random(7);
    for _ in 0..1000 {
        let mut length = || random.below(1000) >> random.below(10) << random.below(8);
        let strings: Vec<(Box<[u8]>, String)> =
            (0..length() % 20).map(|_| (vec![7; length()].into(), "a".repeat(length()))).collect();
        let value: Value = loads(&dumps(&strings).unwrap()).unwrap();
        let within = dumps(&Some(&value)).unwrap();
        assert_eq!(loads::<Option<Value>>(&within).unwrap(), Some(value));
    }
}

#[test]
fn a_damaged_value_within_says_where_it_stands() {
    #[derive(Pickle, Debug)]
    struct Holder {
        id: u8,
        held: Vec<Value>,
    }
    let value: Value = loads(&dumps("text").unwrap()).unwrap();
    let bytes = dumps(&Holder { id: 1, held: vec![value.clone(), value] }).unwrap();
    let within: Vec<usize> = (6..bytes.len()).filter(|at| bytes[*at..].starts_with(b"\x89PKL")).collect();
    assert_eq!(within.len(), 2);
    let mut bad = bytes.clone();
    bad[within[1]] ^= 1;
    let error = loads::<Holder>(&bad).unwrap_err();
    assert_eq!((error.kind(), error.path().to_string()), (ErrorKind::NotAStream, "held[1]".to_owned()), "{error}");
    assert_eq!(error.offset(), Some(within[1] as u64 - 1));

    // No damage does more than that.
    for at in within[0]..bytes.len() {
        for bit in 0..8 {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << bit;
            if let Ok(holder) = loads::<Holder>(&bad) {
                assert!(!holder.held.is_empty());
            }
        }
    }
}

#[test]
fn every_damage_of_a_stream_with_unknown_variants_is_an_error_or_another_value() {
    let bytes = dumps(&log()).unwrap();
    for end in 0..bytes.len() {
        assert!(loads::<older::Log>(&bytes[..end]).is_err(), "{end} bytes");
    }
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << bit;
            if let Ok(older) = loads::<older::Log>(&bad) {
                same(older);
            }
        }
    }
}

#[test]
fn what_is_kept_is_charged() {
    let newer: Vec<newer::Event> = (0..1000).map(|_| newer::Event::Stopped).collect();
    let bytes = dumps(&newer).unwrap();
    let error = Unpickler::new().max_memory(100_000).loads::<Vec<older::Event>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    assert_eq!(Unpickler::new().max_memory(2_000_000).loads::<Vec<older::Event>>(&bytes).unwrap().len(), 1000);
}

#[test]
fn what_is_wrong_behind_a_kept_variant_is_told_by_its_own_path() {
    type All<Event> = (Vec<Event>, Vec<bool>);
    let mut bytes = dumps(&(vec![newer::Event::Started, newer::Event::Stopped], vec![true, false, true])).unwrap();
    patch(&mut bytes, &[1, 0, 1], &[1, 0, 7]);
    assert_eq!(loads::<All<older::Event>>(&bytes).unwrap_err().path(), "1[2]");
}

#[test]
fn what_is_kept_is_counted_once() {
    type Newer = (Vec<Rc<u8>>, Vec<()>, Vec<newer::Event>);
    type Older = (Vec<Rc<u8>>, Vec<()>, Vec<older::Event>);
    let newer: Newer = ((0..100).map(Rc::new).collect(), vec![(); 100], vec![newer::Event::Stopped; 2]);
    let bytes = dumps(&newer).unwrap();
    let limited = |objects, empty| {
        let unpickler = Unpickler::new().max_objects(objects).max_empty_elements(empty);
        unpickler.loads::<Older>(&bytes).map(|(_, _, events)| events.len()).map_err(|error| error.kind())
    };
    assert_eq!(limited(100, 100), Ok(2));
    assert_eq!((limited(99, 100), limited(100, 99)), (Err(ErrorKind::Limit), Err(ErrorKind::Limit)));
}

#[test]
fn how_deep_a_kept_variant_lies_takes_nothing_of_the_depth() {
    #[derive(Pickle)]
    #[pickle(name = "Node")]
    struct Node<Event> {
        next: Option<Box<Node<Event>>>,
        event: Event,
    }
    let mut newer = Node { next: None, event: newer::Event::Stopped };
    for _ in 1..130 {
        newer = Node { next: Some(Box::new(newer)), event: newer::Event::Started };
    }
    let bytes = Pickler::new().max_depth(400).dumps(&newer).unwrap();
    let older: Node<older::Event> = Unpickler::new().max_depth(400).loads(&bytes).unwrap();
    let last = std::iter::successors(Some(&older), |node| node.next.as_deref()).last().unwrap();
    assert!(matches!(last.event, older::Event::Unknown(_)));
}

#[test]
fn a_part_is_a_value_of_its_own() {
    let value: Value = loads(&dumps(&(1u8, vec![2u128, 3], "text", Some([4i16, 5]))).unwrap()).unwrap();
    let part = |path: &str| value.at(path).unwrap().to_value().unwrap();
    assert_eq!(loads::<Vec<u128>>(&dumps(&part("1")).unwrap()).unwrap(), [2, 3]);
    assert_eq!(loads::<u128>(&dumps(&part("1[1]")).unwrap()).unwrap(), 3);
    assert_eq!(loads::<String>(&dumps(&part("2")).unwrap()).unwrap(), "text");
    assert_eq!(loads::<Option<[i16; 2]>>(&dumps(&part("3")).unwrap()).unwrap(), Some([4, 5]));
    assert_eq!(part(""), value);
}

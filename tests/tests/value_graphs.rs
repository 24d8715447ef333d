//! A `Value` of objects that share and lead in a ring: it is shown to an end, compared with its sharing, and followed.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc, Weak};

use pickle_core::inspect::Reference;
use pickle_core::value::Data;
use pickle_core::{Pickle, Value, dumps, loads, object};
use pickle_tests::on_small_stack;

fn value<T: Pickle>(value: &T) -> Value {
    loads(&dumps(value).unwrap()).unwrap()
}

#[derive(Pickle)]
struct Ring {
    number: u8,
    next: RefCell<Option<Rc<Ring>>>,
}

fn ring(numbers: &[u8]) -> Rc<Ring> {
    let nodes: Vec<_> =
        numbers.iter().map(|number| Rc::new(Ring { number: *number, next: RefCell::default() })).collect();
    for (i, node) in nodes.iter().enumerate() {
        *node.next.borrow_mut() = Some(nodes[(i + 1) % nodes.len()].clone());
    }
    nodes[0].clone()
}

#[test]
fn a_ring_is_shown_once() {
    let ring = value(&ring(&[1, 2]));
    let shown = "#0 Ring { number: 1, next: Some(#1 Ring { number: 2, next: Some(#0) }) }";
    assert_eq!((ring.to_string().as_str(), format!("{ring:?}").as_str()), (shown, shown));
    assert_eq!(
        format!("{ring:#}"),
        "#0 Ring {\n    number: 1,\n    next: Some(#1 Ring {\n        number: 2,\n        next: Some(#0)\n    })\n}"
    );
}

#[test]
fn a_path_goes_round_a_ring() {
    let ring = value(&ring(&[1, 2, 3]));
    let round = ring.at("next.next.next.next").unwrap();
    assert_eq!(round.at("number").unwrap().as_u64(), Some(2));
    assert_eq!(round.inner(), ring.at("#1").unwrap());
    let Data::InCell(option) = round.data() else { panic!("it is a cell") };
    assert!(matches!(option.data(), Data::Present(pointer) if pointer.reference() == Some(Reference::Strong(1))));
}

#[test]
fn equality_follows_cycles_and_counts_sharing() {
    assert_eq!(value(&ring(&[1, 2, 3])), value(&ring(&[1, 2, 3])));
    assert_ne!(value(&ring(&[1, 2, 3])), value(&ring(&[1, 2, 4])));
    // A ring of two and one of four look the same from within.
    assert_ne!(value(&ring(&[1, 2])), value(&ring(&[1, 2, 1, 2])));
    let text = Rc::new("text".to_owned());
    let (one, two) = ((text.clone(), text.clone()), (text.clone(), Rc::new("text".to_owned())));
    assert_eq!(value(&one), value(&one));
    assert_ne!(value(&one), value(&two));
    assert_ne!(value(&two), value(&one));
}

#[test]
fn equality_of_plain_values() {
    assert_eq!(value(&f64::NAN), value(&f64::NAN));
    assert_ne!(value(&0.0f64), value(&-0.0f64));
    assert_ne!(value(&1u8), value(&1u16));
    assert_ne!(value(&Vec::<u8>::new()), value(&Vec::<String>::new()));
    let map = |order: &[u32]| order.iter().map(|i| (*i, format!("{i}"))).collect::<HashMap<_, _>>();
    let up: Vec<u32> = (0..100).collect();
    let down: Vec<u32> = (0..100).rev().collect();
    assert_eq!(value(&map(&up)), value(&map(&down)));
    assert_ne!(value(&map(&up)), value(&map(&down[1..])));
}

#[object]
trait Animal {}

#[derive(Pickle)]
struct Dog {
    name: String,
    friend: RefCell<Weak<Dog>>,
}

#[object]
impl Animal for Dog {}

#[test]
fn an_object_behind_its_trait_is_the_object() {
    let dog = Rc::new(Dog { name: "Rex".into(), friend: RefCell::default() });
    *dog.friend.borrow_mut() = Rc::downgrade(&dog);
    let animals: (Rc<dyn Animal>, Weak<Dog>, Box<dyn Animal>) =
        (dog.clone(), Rc::downgrade(&dog), Box::new(Dog { name: "Ivy".into(), friend: RefCell::default() }));
    let value = value(&animals);
    assert_eq!(value.at("0.friend.friend.name").unwrap().as_str(), Some("Rex"));
    assert_eq!(value.at("1.name").unwrap().as_str(), Some("Rex"));
    assert!(
        matches!(value.at("2").unwrap().data(), Data::Dynamic("Dog", dog) if dog.at("name").unwrap().as_str() == Some("Ivy"))
    );
    let shown = r##"(#0 Dog { name: "Rex", friend: Weak(#0) }, Weak(#0), Dog { name: "Ivy", friend: Weak() })"##;
    assert_eq!(value.to_string(), shown);
    assert!(value.at("2.friend").unwrap().is_none());
}

#[derive(Pickle)]
struct Tree {
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

#[test]
fn a_tree_that_points_back() {
    let tree = Rc::new_cyclic(|weak: &Weak<Tree>| Tree {
        parent: Weak::new(),
        children: vec![Rc::new(Tree { parent: weak.clone(), children: vec![] })],
    });
    let value = value(&tree);
    assert_eq!(value.to_string(), "#0 Tree { parent: Weak(), children: [#1 Tree { parent: Weak(#0), children: [] }] }");
    assert_eq!(value.at("children[0].parent.children").unwrap().len(), 1);
}

#[test]
fn a_list_of_a_million_objects_takes_no_stack() {
    const LENGTH: u32 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
    let mut list: Option<Rc<Link>> = None;
    for number in 0..LENGTH {
        list = Some(Rc::new(Link { number, next: list }));
    }
    let bytes = dumps(&list).unwrap();
    let work = move || {
        let value: Value = loads(&bytes).unwrap();
        assert!(value == value.clone() && value.to_string().len() > LENGTH as usize * 10);
        assert_eq!(loads::<Value>(&dumps(&value).unwrap()).unwrap(), value);
        assert_eq!(value.at("next.next.number").unwrap().as_u64(), Some(u64::from(LENGTH) - 3));
    };
    on_small_stack(work);
    while let Some(link) = list {
        list = Rc::into_inner(link).and_then(|link| link.next);
    }
}

#[derive(Pickle)]
struct Link {
    number: u32,
    next: Option<Rc<Link>>,
}

#[test]
fn keys_of_maps_have_paths() {
    let map = BTreeMap::from([("Ann".to_owned(), (1u8, 'a')), ("Bo".into(), (2, 'b'))]);
    let value = value(&map);
    assert_eq!(value.at("[key 1]").unwrap().as_str(), Some("Bo"));
    assert_eq!(value.at("[1].0").unwrap().as_u64(), Some(2));
    assert_eq!(value.root().entry("Ann").unwrap().at("1").unwrap().to_string(), "'a'");
    assert_eq!(value.to_string(), r#"{ "Ann": (1, 'a'), "Bo": (2, 'b') }"#);
    for nowhere in ["[2]", "[key 2]", "[0].2", "x", "[", "[0]x", "#0"] {
        assert!(value.at(nowhere).is_none(), "{nowhere}");
    }
}

#[test]
fn keys_that_are_shared_are_told_apart_by_what_they_hold() {
    let map = |last: &str| -> HashMap<Rc<str>, Vec<Rc<str>>> {
        let keys = (0..30).map(|i| Rc::from(format!("{i}"))).chain([Rc::from(last)]);
        keys.map(|key: Rc<str>| (key.clone(), vec![key])).collect()
    };
    // Each map has its own order.
    let (one, two, other) = (value(&map("last")), value(&map("last")), value(&map("other")));
    assert!(one == one.clone() && one == two && one != other);
}

//! A `Value` that was changed is written as what the real types load; what does not fit is refused with its path.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::rc::{Rc, Weak};

use pickle_core::value::New;
use pickle_core::{Error, ErrorKind, Pickle, Value, dumps, loads, object};

#[derive(Pickle, Debug, PartialEq, Clone)]
struct World {
    name: String,
    players: Vec<Player>,
    scores: BTreeMap<String, i64>,
    tags: BTreeSet<char>,
    heights: Vec<f32>,
    seed: NonZero<u32>,
    #[pickle(compact)]
    turn: u64,
    cell: RefCell<Option<Box<Player>>>,
    grid: [[u8; 2]; 2],
    wide: u128,
}

#[derive(Pickle, Debug, PartialEq, Clone)]
struct Player {
    name: String,
    level: u8,
    pet: Option<Pet>,
    path: (f64, i16),
}

#[derive(Pickle, Debug, PartialEq, Clone)]
enum Pet {
    Cat,
    Dog { name: String, good: bool },
    Fish(u8),
}

fn world() -> World {
    let pet = Some(Pet::Dog { name: "Rex".into(), good: true });
    World {
        name: "Terra".into(),
        players: vec![Player { name: "Ann".into(), level: 1, pet, path: (0.5, -3) }],
        scores: BTreeMap::from([("Ann".into(), 250)]),
        tags: BTreeSet::from(['x']),
        heights: vec![1.5],
        seed: NonZero::new(7).unwrap(),
        turn: 1,
        cell: RefCell::new(None),
        grid: [[1, 2], [3, 4]],
        wide: 5,
    }
}

fn edited(edit: impl FnOnce(&mut Value) -> Result<(), Error>) -> World {
    let mut value: Value = loads(&dumps(&world()).unwrap()).unwrap();
    edit(&mut value).unwrap();
    let back: Value = loads(&dumps(&value).unwrap()).unwrap();
    assert_eq!(back, value);
    loads(&dumps(&value).unwrap()).unwrap()
}

#[test]
fn scalars_and_strings_are_set() {
    let world = edited(|value| {
        value.set("name", "Mars")?;
        value.set("players[0].level", 200)?;
        value.set("players[0].pet.good", false)?;
        value.set("players[0].path.0", 3)?;
        value.set("players[0].path.1", -300i64)?;
        value.set("heights[0]", 2.5)?;
        value.set("seed", 9)?;
        value.set("turn", 1_000_000)?;
        value.set("grid[1][0]", 9)?;
        value.set("wide", u128::MAX)?;
        value.set("scores[0]", -1)
    });
    let mut expected = super_world(|world| {
        world.name = "Mars".into();
        world.players[0].level = 200;
        world.players[0].pet = Some(Pet::Dog { name: "Rex".into(), good: false });
        world.players[0].path = (3.0, -300);
    });
    expected.heights[0] = 2.5;
    expected.seed = NonZero::new(9).unwrap();
    expected.turn = 1_000_000;
    expected.grid[1][0] = 9;
    expected.wide = u128::MAX;
    expected.scores.insert("Ann".into(), -1);
    assert_eq!(world, expected);
}

fn super_world(change: impl FnOnce(&mut World)) -> World {
    let mut world = world();
    change(&mut world);
    world
}

#[test]
fn options_and_variants_are_set() {
    let back = edited(|value| {
        value.set("players[0].pet", New::Absent)?;
        value.set("cell", New::Blank)
    });
    assert_eq!((back.players[0].pet.clone(), back.cell.take()), (None, None));
    let back = edited(|value| {
        value.set_variant("players[0].pet", "Fish")?;
        value.set("players[0].pet.0", 3)
    });
    assert_eq!(back.players[0].pet, Some(Pet::Fish(3)));
    let back = edited(|value| value.copy("players[0]", "cell"));
    assert_eq!(back.cell.take(), Some(Box::new(world().players[0].clone())));
}

#[test]
fn elements_come_and_go() {
    let back = edited(|value| {
        value.push("players", New::Blank)?;
        value.set("players[1].name", "Bo")?;
        value.insert("players", 0, New::Blank)?;
        value.remove("players", 1)?;
        value.push("heights", 3)?;
        value.insert("heights", 0, 0.25)?;
        value.remove("heights", 1)?;
        value.push("tags", 'y')?;
        value.insert_entry("scores", "Bo", 7)?;
        value.remove("scores", 0)
    });
    let names: Vec<_> = back.players.iter().map(|player| player.name.as_str()).collect();
    assert_eq!(names, ["", "Bo"]);
    assert_eq!(back.players[0], Player { name: String::new(), level: 0, pet: None, path: (0.0, 0) });
    assert_eq!((back.heights, back.tags), (vec![0.25, 3.0], BTreeSet::from(['x', 'y'])));
    assert_eq!(back.scores, BTreeMap::from([("Bo".to_owned(), 7)]));
}

#[test]
fn parts_of_another_value_are_taken_over() {
    let other = dumps(&vec![Player { name: "Cy".into(), level: 3, pet: Some(Pet::Cat), path: (1.0, 2) }]).unwrap();
    let other: Value = loads(&other).unwrap();
    let back = edited(|value| value.push("players", other.at("[0]").unwrap()));
    assert_eq!((back.players.len(), back.players[1].name.as_str()), (2, "Cy"));
    assert_eq!(back.players[1].pet, Some(Pet::Cat));
}

#[test]
fn what_does_not_fit_is_refused_with_its_path() {
    let mut value: Value = loads(&dumps(&world()).unwrap()).unwrap();
    let before = value.clone();
    let refused = |error: Result<(), Error>, kind: ErrorKind, path: &str, says: &str| {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.path().as_str()), (kind, path), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    };
    let value = &mut value;
    refused(
        value.set("players[0].level", 256),
        ErrorKind::InvalidValue,
        "players[0].level",
        "256 is no value of a `u8`",
    );
    refused(value.set("players[0].level", "x"), ErrorKind::WrongType, "players[0].level", "`u8` can't be a string");
    refused(value.set("name", 3), ErrorKind::WrongType, "name", "`String` can't be `3`");
    refused(value.set("seed", 0), ErrorKind::InvalidValue, "seed", "NonZero<u32>");
    refused(value.set("heights[0]", 1e-200), ErrorKind::InvalidValue, "heights[0]", "f32");
    refused(value.set("players[0].path", 1), ErrorKind::WrongType, "players[0].path", "(f64, i16)");
    refused(value.set("players[7].name", "x"), ErrorKind::InvalidValue, "players[7].name", "no such part");
    refused(value.set("name", New::Absent), ErrorKind::WrongType, "name", "`None`");
    refused(
        value.set_variant("players[0].pet", "Bird"),
        ErrorKind::UnknownName,
        "players[0].pet",
        "`Cat`, `Dog`, `Fish`",
    );
    refused(value.set_variant("name", "Cat"), ErrorKind::WrongType, "name", "an enum");
    refused(value.push("players", 3), ErrorKind::WrongType, "players[1]", "`Player` can't be `3`");
    refused(value.push("heights", "x"), ErrorKind::WrongType, "heights[1]", "f32");
    refused(value.push("tags", 'x'), ErrorKind::DuplicateKey, "tags[key 1]", "'x'");
    refused(value.insert_entry("scores", "Ann", 1), ErrorKind::DuplicateKey, "scores[key 1]", "\"Ann\"");
    refused(value.insert("heights", 5, 1), ErrorKind::InvalidValue, "heights", "no place 5");
    refused(value.remove("players", 1), ErrorKind::InvalidValue, "players", "none with number 1");
    refused(value.copy("name", "players"), ErrorKind::WrongType, "players", "`Vec<Player>` can't be a `String`");
    assert_eq!(*value, before);
}

#[test]
fn keys_that_become_one_are_refused_when_they_are_written() {
    let mut value: Value = loads(&dumps(&BTreeMap::from([(1u8, "a"), (2, "b")])).unwrap()).unwrap();
    value.set("[key 1]", 1).unwrap();
    let error = dumps(&value).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::DuplicateKey, "[key 1]"));
    value.set("[key 1]", 3).unwrap();
    assert_eq!(loads::<BTreeMap<u8, String>>(&dumps(&value).unwrap()).unwrap()[&3], "b");
}

#[object]
trait Shape {
    fn area(&self) -> f64;
}

#[derive(Pickle)]
struct Square(f64);

#[object]
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

#[derive(Pickle)]
struct Node {
    name: Rc<str>,
    links: RefCell<Vec<Rc<Node>>>,
    parent: RefCell<Weak<Node>>,
    shapes: Vec<Box<dyn Shape>>,
}

fn graph() -> Rc<Node> {
    let node = |name: &str, links| {
        let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(2.0))];
        Rc::new(Node { name: name.into(), links: RefCell::new(links), parent: RefCell::default(), shapes })
    };
    let (b, c) = (node("b", vec![]), node("c", vec![]));
    let a = node("a", vec![b.clone(), c.clone()]);
    *b.parent.borrow_mut() = Rc::downgrade(&a);
    c.links.borrow_mut().push(b);
    a
}

#[test]
fn a_graph_is_changed_and_written_again() {
    let mut value: Value = loads(&dumps(&graph()).unwrap()).unwrap();
    // "b" is one object, whichever way leads to it.
    value.set("links[1].links[0].name", "changed").unwrap();
    value.set("shapes[0].0", 5).unwrap();
    value.push("links[0].shapes", value.clone().at("shapes[0]").unwrap()).unwrap();
    let a: Rc<Node> = loads(&dumps(&value).unwrap()).unwrap();
    let b = a.links.borrow()[0].clone();
    assert!(&*b.name == "changed" && Rc::ptr_eq(&b, &a.links.borrow()[1].links.borrow()[0]));
    assert!(Rc::ptr_eq(&b.parent.borrow().upgrade().unwrap(), &a));
    assert_eq!(a.shapes[0].area() + b.shapes[1].area(), 50.0);
}

#[test]
fn what_nothing_refers_to_any_more_is_left_out() {
    let mut value: Value = loads(&dumps(&graph()).unwrap()).unwrap();
    value.remove("links", 1).unwrap();
    value.set("links[0].parent", New::Absent).unwrap();
    let bytes = dumps(&value).unwrap();
    assert_eq!(loads::<Value>(&bytes).unwrap().object_count(), 4);
    let a: Rc<Node> = loads(&bytes).unwrap();
    assert!(a.links.borrow().len() == 1 && a.links.borrow()[0].parent.borrow().upgrade().is_none());
}

#[test]
fn a_pointer_is_changed_to_one_that_comes_later() {
    let mut value: Value = loads(&dumps(&graph()).unwrap()).unwrap();
    // "b", which was built first, now refers to "a" and "c": a cycle that its cell must wait for.
    value.push("links[0].links", New::Node(value.clone().at("links[0]").unwrap())).unwrap_err();
    value.copy("links", "links[0].links").unwrap();
    let a: Rc<Node> = loads(&dumps(&value).unwrap()).unwrap();
    let b = a.links.borrow()[0].clone();
    assert!(Rc::ptr_eq(&b.links.borrow()[0], &b) && Rc::ptr_eq(&b.links.borrow()[1], &a.links.borrow()[1]));
    b.links.take();
}

//! A `Value` that was changed is written as what the real types load; what does not fit is refused with its path.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::rc::{Rc, Weak};
use std::time::Duration;

use pickle_core::value::New;
use pickle_core::{Error, ErrorKind, Pickle, Value, dumps, func, function, loads, object};

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
    let blank = Player { name: String::new(), level: 0, pet: None, path: (0.0, 0) };
    let back = edited(|value| {
        value.set("cell", New::Present)?;
        value.set("cell.pet", New::Present)?;
        value.set_variant("cell.pet", "Fish")?;
        // What an option has in it already becomes blank.
        value.set("players[0].pet", New::Present)
    });
    assert_eq!(back.cell.take(), Some(Box::new(Player { pet: Some(Pet::Fish(0)), ..blank })));
    assert_eq!(back.players[0].pet, Some(Pet::Cat));
    let mut value: Value = loads(&dumps(&vec![Some(Some(1u8)), None]).unwrap()).unwrap();
    value.set("[1]", New::Present).unwrap();
    value.set("[0]", New::Present).unwrap();
    value.push("", New::Present).unwrap();
    assert_eq!(loads::<Vec<Option<Option<u8>>>>(&dumps(&value).unwrap()).unwrap(), [Some(None); 3]);
    let mut value: Value = loads(&dumps(&(None::<Rc<u8>>, [0u8; 2])).unwrap()).unwrap();
    refused(
        value.set("0", New::Present),
        ErrorKind::Unrepresentable,
        "0",
        "a `Rc<u8>` has no blank value; give it one of another value, or copy one of this: `Value::copy`",
    );
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

#[derive(Pickle, Debug, PartialEq)]
enum Expr {
    Add(Box<Expr>, Box<Expr>),
    Call(Box<Called>),
    Num(f64),
}

/// It holds an `Expr`, and an `Expr` holds it.
#[derive(Pickle, Debug, PartialEq)]
enum Called {
    With(Expr),
    Of(Box<Called>, Vec<Expr>),
    Named { name: String, given: [Option<Expr>; 2] },
}

/// It leads to what holds itself, and does not hold itself.
#[derive(Pickle, Debug, PartialEq)]
enum Line {
    Let(String, Expr),
    Empty,
}

#[derive(Pickle, Debug, PartialEq)]
enum Endless {
    Again(Box<Endless>),
    With(Box<Endless>, Rc<u8>),
}

#[test]
fn what_holds_itself_is_blank_where_that_ends() {
    let blank = |bytes: Vec<u8>| {
        let mut value: Value = loads(&bytes).unwrap();
        value.push("", New::Blank).unwrap();
        dumps(&value).unwrap()
    };
    let expressions = blank(dumps(&Vec::<Expr>::new()).unwrap());
    assert_eq!(loads::<Vec<Expr>>(&expressions).unwrap(), [Expr::Num(0.0)]);
    let calls = blank(dumps(&Vec::<Called>::new()).unwrap());
    let called = || Called::Named { name: String::new(), given: [None, None] };
    assert_eq!(loads::<Vec<Called>>(&calls).unwrap(), [called()]);
    // The first variant is taken where it does not hold its own type.
    let lines = blank(dumps(&Vec::<Line>::new()).unwrap());
    assert_eq!(loads::<Vec<Line>>(&lines).unwrap(), [Line::Let(String::new(), Expr::Num(0.0))]);

    let mut value: Value = loads(&expressions).unwrap();
    value.set_variant("[0]", "Add").unwrap();
    value.set_variant("[0].0", "Call").unwrap();
    let call = Expr::Call(Box::new(called()));
    let expected = Expr::Add(Box::new(call), Box::new(Expr::Num(0.0)));
    assert_eq!(loads::<Vec<Expr>>(&dumps(&value).unwrap()).unwrap(), [expected]);

    let mut value: Value = loads(&dumps(&Vec::<Endless>::new()).unwrap()).unwrap();
    refused(
        value.push("", New::Blank),
        ErrorKind::Unrepresentable,
        "[0]",
        "a `Endless` has no blank value; give it one of another value, or copy one of this: `Value::copy`",
    );
}

/// The first variant is larger than any blank value is made.
#[derive(Pickle, Debug, PartialEq)]
enum Room {
    Full(Box<[[[String; 60]; 60]; 60]>),
    Empty,
}

#[test]
fn a_blank_value_of_too_much_is_refused_before_it_is_made() {
    // 13 million strings.
    let mut value: Value = loads(&dumps(&Vec::<[[[[String; 60]; 60]; 60]; 60]>::new()).unwrap()).unwrap();
    refused(
        value.push("", New::Blank),
        ErrorKind::Limit,
        "[0]",
        "a blank `[[[[String; 60]; 60]; 60]; 60]` is made of more than 65536 values; give it one of another value, or copy one of this: `Value::copy`",
    );
    // Numbers side by side count as their bytes.
    let mut value: Value = loads(&dumps(&Vec::<[[u64; 1 << 12]; 1 << 10]>::new()).unwrap()).unwrap();
    assert_eq!(value.push("", New::Blank).unwrap_err().kind(), ErrorKind::Limit);
    let mut value: Value = loads(&dumps(&Vec::<[[u64; 1 << 12]; 1 << 8]>::new()).unwrap()).unwrap();
    value.push("", New::Blank).unwrap();
    assert_eq!(value.at("[0][255]").unwrap().len(), 1 << 12);

    let mut value: Value = loads(&dumps(&Vec::<Room>::new()).unwrap()).unwrap();
    value.push("", New::Blank).unwrap();
    assert_eq!(value.set_variant("[0]", "Full").unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(loads::<Vec<Room>>(&dumps(&value).unwrap()).unwrap(), [Room::Empty]);
}

#[test]
fn lists_side_by_side_grow_and_shrink_apart() {
    let mut lists = vec![vec![("a".to_owned(), 0u32)], vec![], vec![], vec![("b".to_owned(), 1), ("c".to_owned(), 2)]];
    let mut value: Value = loads(&dumps(&lists).unwrap()).unwrap();
    let mut random = 1u32;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % limit
    };
    for number in 0..3000 {
        let list = below(lists.len());
        let path = format!("[{list}]");
        let length = lists[list].len();
        // More is added at first, and more is removed later.
        if below(10) < if number < 1500 { 7 } else { 3 } {
            let index = below(length + 1);
            value.insert(&path, index, New::Blank).unwrap();
            value.set(&format!("{path}[{index}].1"), number).unwrap();
            lists[list].insert(index, (String::new(), number));
        } else if length > 0 {
            let index = below(length);
            value.remove(&path, index).unwrap();
            lists[list].remove(index);
        }
        if number % 300 == 0 {
            value.push("", New::Blank).unwrap();
            lists.push(vec![]);
        }
        if number % 100 == 0 {
            assert_eq!(loads::<Vec<Vec<(String, u32)>>>(&dumps(&value).unwrap()).unwrap(), lists);
        }
    }
    assert_eq!(loads::<Vec<Vec<(String, u32)>>>(&dumps(&value).unwrap()).unwrap(), lists);
}

#[test]
fn parts_of_another_value_are_taken_over() {
    let other = dumps(&vec![Player { name: "Cy".into(), level: 3, pet: Some(Pet::Cat), path: (1.0, 2) }]).unwrap();
    let other: Value = loads(&other).unwrap();
    let back = edited(|value| value.push("players", other.at("[0]").unwrap()));
    assert_eq!((back.players.len(), back.players[1].name.as_str()), (2, "Cy"));
    assert_eq!(back.players[1].pet, Some(Pet::Cat));
}

/// Checks what kind of error it is, and how it reads from the path to the remedy.
#[track_caller]
fn refused(result: Result<(), Error>, kind: ErrorKind, path: &str, says: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (kind, path), "{error}");
    let shown = if path.is_empty() { says.to_owned() } else { format!("`{path}`: {says}") };
    assert_eq!(error.to_string(), shown);
}

#[test]
fn what_is_of_another_type_is_refused_with_what_would_fit() {
    let mut value: Value = loads(&dumps(&world()).unwrap()).unwrap();
    let before = value.clone();
    let mut wrong = |path: &str, new: New<'_>, says: &str| {
        refused(value.set(path, new), ErrorKind::WrongType, path, says);
    };
    wrong("players[0].level", "x".into(), "a `u8` can't be a string; set it to a number");
    wrong("heights[0]", "x".into(), "a `f32` can't be a string; set it to a number");
    wrong("turn", true.into(), "a `compact u64` can't be `true`; set it to a number");
    wrong("name", 3.into(), "a `String` can't be `3`; set it to a string");
    wrong("name", New::Absent, "a `String` can't be `None`; set it to a string");
    wrong("name", New::Present, "a `String` can't be `Some`; set it to a string");
    wrong("heights[0]", New::Present, "a `f32` can't be `Some`; set it to a number");
    wrong("players[0].pet.good", 1.into(), "a `bool` can't be `1`; set it to a `bool`");
    wrong("tags[key 0]", "x".into(), "a `char` can't be a string; set it to a `char`");
    wrong(
        "players[0].path",
        1.into(),
        "a `(f64, i16)` can't be `1`; `set` its parts, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type",
    );
    wrong(
        "players[0].pet",
        1.into(),
        "a `Pet` can't be `1`; `set_variant` it, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type",
    );
    wrong(
        "players",
        1.into(),
        "a `Vec<Player>` can't be `1`; `push` to it, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type",
    );
    wrong(
        "scores",
        1.into(),
        "a `Map<String, i64>` can't be `1`; `insert_entry` into it, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type",
    );
    let level = value.clone();
    refused(
        value.push("players", level.at("name").unwrap()),
        ErrorKind::WrongType,
        "players[1]",
        "a `Player` can't be a `String`; `set` its parts, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type",
    );
    refused(
        value.push("heights", "x"),
        ErrorKind::WrongType,
        "heights[1]",
        "a `f32` can't be a string; set it to a number",
    );
    refused(
        value.copy("players", "heights[0]"),
        ErrorKind::WrongType,
        "heights[0]",
        "a `f32` can't be a `Vec<Player>`; set it to a number",
    );
    refused(
        value.copy("players", "name"),
        ErrorKind::WrongType,
        "name",
        "a `String` can't be a `Vec<Player>`; set it to a string",
    );
    assert_eq!(value, before);
}

#[function]
fn square(x: f64) -> f64 {
    x * x
}

#[test]
fn pointers_units_and_functions_are_refused_with_what_would_fit() {
    let mut value: Value = loads(&dumps(&((), Weak::<u8>::new(), vec![Rc::new(1u8)])).unwrap()).unwrap();
    refused(
        value.set("0", 1),
        ErrorKind::WrongType,
        "0",
        "a `()` can't be `1`; set it to `New::Blank`, the one value that it has",
    );
    refused(
        value.set("1", 1),
        ErrorKind::WrongType,
        "1",
        "a `Weak<u8>` can't be `1`; `copy` a pointer of this value to it, or set it to `New::Absent`",
    );
    refused(
        value.push("2", 1),
        ErrorKind::WrongType,
        "2[1]",
        "a `Rc<u8>` can't be `1`; `copy` a pointer of this value to it",
    );
    refused(
        value.push("1", 1),
        ErrorKind::WrongType,
        "1",
        "a `Weak<u8>` that points to nothing is not a sequence or set; `copy` a pointer of this value there first",
    );
    refused(
        value.push("2", New::Blank),
        ErrorKind::Unrepresentable,
        "2[1]",
        "a `Rc<u8>` has no blank value; give it one of another value, or copy one of this: `Value::copy`",
    );
    let mut value: Value = loads(&dumps(&func!(square)).unwrap()).unwrap();
    refused(value.set("", 1), ErrorKind::WrongType, "", "a `Function` can't be `1`; set it to the name of a function");
    let mut value: Value = loads(&dumps(&graph()).unwrap()).unwrap();
    refused(
        value.push("shapes", 1),
        ErrorKind::WrongType,
        "shapes[1]",
        "a `dyn Shape` can't be `1`; `copy` one of this value to it, or give it a `Node` of its type",
    );
}

#[test]
fn a_number_that_does_not_fit_is_refused_with_those_that_do() {
    type Numbers = (u8, i16, NonZero<u32>, NonZero<i8>, f32, Duration, (i128, u128));
    let numbers: Numbers = (0, 0, NonZero::new(1).unwrap(), NonZero::new(1).unwrap(), 0.0, Duration::ZERO, (0, 0));
    let mut value: Value = loads(&dumps(&numbers).unwrap()).unwrap();
    let mut unfit = |path: &str, new: New<'_>, says: &str| {
        refused(value.set(path, new), ErrorKind::InvalidValue, path, says);
    };
    unfit("0", 256.into(), "256 is no value of a `u8`; give it an integer from 0 to 255");
    unfit("0", 1.5.into(), "1.5 is no value of a `u8`; give it an integer from 0 to 255");
    unfit("1", 32_768.into(), "32768 is no value of a `i16`; give it an integer from -32768 to 32767");
    unfit("2", 0.into(), "0 is no value of a `NonZero<u32>`; give it an integer from 1 to 4294967295");
    unfit("3", 0.into(), "0 is no value of a `NonZero<i8>`; give it an integer from -128 to 127, but not 0");
    unfit("4", 1e-200.into(), "1e-200 is no value of a `f32`; give it a number that a `f32` has exactly");
    unfit(
        "5.nanos",
        1_000_000_000.into(),
        "1000000000 is no value of a `Nanos`; give it an integer from 0 to 999999999",
    );
    unfit(
        "6.0",
        u128::MAX.into(),
        &format!("{} is no value of a `i128`; give it an integer from {} to {}", u128::MAX, i128::MIN, i128::MAX),
    );
    unfit("6.1", (-1).into(), &format!("-1 is no value of a `u128`; give it an integer from 0 to {}", u128::MAX));
}

#[test]
fn an_integer_becomes_a_float_that_is_the_same_or_is_refused() {
    let mut value: Value = loads(&dumps(&(0.0f64, 0.0f32, vec![0.0f64], vec![0.0f32])).unwrap()).unwrap();
    let mut set = |new: New<'_>, double: Option<f64>, single: Option<f32>| {
        for (path, expected) in
            [("0", double), ("1", single.map(f64::from)), ("2[0]", double), ("3[0]", single.map(f64::from))]
        {
            let result = value.set(path, new);
            match expected {
                Some(expected) => {
                    result.unwrap();
                    assert_eq!(value.at(path).unwrap().as_f64(), Some(expected), "{new:?} at {path}");
                }
                None => assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidValue, "{new:?} at {path}"),
            }
        }
    };
    let mut exact = |new: New<'_>, x: f64| set(new, Some(x), Some(x as f32));
    exact(0u128.into(), 0.0);
    exact((1u128 << 127).into(), 2f64.powi(127));
    exact(i128::MIN.into(), -(2f64.powi(127)));
    exact((1i128 << 126).into(), 2f64.powi(126));
    exact((0xff_ffffu128 << 104).into(), f64::from(f32::MAX));
    exact((-(0xff_ffffi128 << 103)).into(), f64::from(-f32::MAX / 2.0));
    set(((1u128 << 53) - 1).into(), Some(2f64.powi(53) - 1.0), None);
    set((((1u128 << 53) - 1) << 75).into(), Some((2f64.powi(53) - 1.0) * 2f64.powi(75)), None);
    set((-(((1i128 << 53) - 1) << 74)).into(), Some(-(2f64.powi(53) - 1.0) * 2f64.powi(74)), None);
    set((0x1ff_ffffu128 << 103).into(), Some(f64::from(0x1ff_ffffu32) * 2f64.powi(103)), None);
    for new in [i128::MAX, i128::MAX - 1, i128::MIN + 1, (1 << 53) + 1, -(1 << 53) - 1, ((1 << 53) + 1) << 70] {
        set(new.into(), None, None);
    }
    for new in [u128::MAX, (1 << 127) + 1, ((1 << 53) + 1) << 74] {
        set(new.into(), None, None);
    }
    set(u64::MAX.into(), None, None);
    set(i64::MAX.into(), None, None);
}

#[test]
fn a_path_to_nothing_is_refused_with_what_there_is() {
    let mut value: Value = loads(&dumps(&world()).unwrap()).unwrap();
    let mut missing = |path: &str, says: &str| {
        let says = format!("the value has no such part; {says}");
        refused(value.set(path, 1), ErrorKind::InvalidValue, path, &says);
    };
    missing("players[7].name", "`players`, a `Vec<Player>`, has 1, counted from `[0]`");
    missing("tags[key 7]", "`tags`, a `Set<char>`, has 1, counted from `[key 0]`");
    missing("scores[7]", "`scores`, a `Map<String, i64>`, has 1, counted from `[key 0]`, with the value at `[0]`");
    missing("players[0].rank", "`players[0]`, a `Player`, has `name`, `level`, `pet`, `path`");
    missing("players[0].pet.age", "`players[0].pet`, a `Option<Pet>`, has `name`, `good`");
    missing("players[0].path.2", "`players[0].path`, a `(f64, i16)`, has `0`, `1`");
    missing("name.length", "`name`, a `String`, has no parts");
    missing(
        "cell.name",
        "`cell`, a `Cell<Option<Box<Player>>>`, is `None`: put something there first: `set` it to `New::Present` or a `Node`, or `copy` it from elsewhere",
    );
    missing(
        "title",
        "the root, a `World`, has `name`, `players`, `scores`, `tags`, `heights`, `seed`, `turn`, `cell`, `grid`, `wide`",
    );
    missing(
        "[0]",
        "the root, a `World`, has `name`, `players`, `scores`, `tags`, `heights`, `seed`, `turn`, `cell`, `grid`, `wide`",
    );
    missing("#3.name", "its objects are numbered from `#0`, and there are 0");
    value.set_variant("players[0].pet", "Cat").unwrap();
    refused(
        value.set("players[0].pet.name", "x"),
        ErrorKind::InvalidValue,
        "players[0].pet.name",
        "the value has no such part; `players[0].pet`, a `Option<Pet>`, is a `Cat`, which has no parts",
    );
    refused(
        value.copy("players[7]", "cell"),
        ErrorKind::InvalidValue,
        "players[7]",
        "the value has no such part; `players`, a `Vec<Player>`, has 1, counted from `[0]`",
    );
    refused(
        value.set("players[x]", 1),
        ErrorKind::InvalidValue,
        "players",
        "`players[x]` is no path; paths are those of errors: `players[3].pet`, `scores[key 0]`, `.0`",
    );
    let mut value: Value = loads(&dumps(&(Weak::<(u8,)>::new(),)).unwrap()).unwrap();
    refused(
        value.set("0.0", 1),
        ErrorKind::InvalidValue,
        "0.0",
        "the value has no such part; `0`, a `Weak<(u8,)>`, points to nothing: `copy` a pointer of this value there first",
    );
}

#[test]
fn what_is_no_variant_sequence_or_map_is_refused_with_what_is() {
    let mut value: Value = loads(&dumps(&world()).unwrap()).unwrap();
    let before = value.clone();
    refused(
        value.set_variant("players[0].pet", "Bird"),
        ErrorKind::UnknownName,
        "players[0].pet",
        "`Pet` has no variant `Bird`, it has `Cat`, `Dog`, `Fish`; give the name of one of them",
    );
    let mut wrong = |edit: fn(&mut Value, &str) -> Result<(), Error>, path: &str, says: &str| {
        refused(edit(&mut value, path), ErrorKind::WrongType, path, says);
    };
    let set_variant = |value: &mut Value, path: &str| value.set_variant(path, "Cat");
    let push = |value: &mut Value, path: &str| value.push(path, 1);
    let insert_entry = |value: &mut Value, path: &str| value.insert_entry(path, "Ann", 1);
    let remove = |value: &mut Value, path: &str| value.remove(path, 0);
    wrong(set_variant, "name", "a `String` is not an enum; give the path of an enum");
    wrong(
        set_variant,
        "cell",
        "a `Cell<Option<Box<Player>>>` that is `None` is not an enum; put something there first: `set` it to `New::Present` or a `Node`, or `copy` it from elsewhere",
    );
    wrong(push, "name", "a `String` is not a sequence or set; give the path of a sequence or set");
    wrong(push, "scores", "a `Map<String, i64>` is not a sequence or set; `insert_entry` adds to a map");
    wrong(push, "grid[0]", "a `[u8; 2]` is not a sequence or set; its length is fixed: `set` its elements");
    wrong(insert_entry, "players", "a `Vec<Player>` is not a map; `push` and `insert` add to it");
    wrong(insert_entry, "tags", "a `Set<char>` is not a map; `push` and `insert` add to it");
    wrong(insert_entry, "name", "a `String` is not a map; give the path of a map");
    wrong(remove, "grid[0]", "a `[u8; 2]` is not a sequence, set or map; its length is fixed: `set` its elements");
    wrong(remove, "name", "a `String` is not a sequence, set or map; give the path of a sequence, set or map");
    assert_eq!(value, before);
}

#[test]
fn a_place_or_key_that_can_not_be_is_refused_with_what_can() {
    let mut value: Value = loads(&dumps(&world()).unwrap()).unwrap();
    let before = value.clone();
    refused(
        value.insert("heights", 5, 1),
        ErrorKind::InvalidValue,
        "heights",
        "there are 1 elements, and no place 5; the last place is 1, the end, where `push` puts it",
    );
    refused(
        value.remove("players", 1),
        ErrorKind::InvalidValue,
        "players",
        "there are 1, and none with number 1; they are counted from 0, so the last is 0",
    );
    refused(
        value.push("tags", 'x'),
        ErrorKind::DuplicateKey,
        "tags[key 1]",
        "there is a key 'x' already; a set has each key once: give it another",
    );
    refused(
        value.insert_entry("scores", "Ann", 1),
        ErrorKind::DuplicateKey,
        "scores[key 1]",
        "there is a key \"Ann\" already; `set` its value, which is at `[0]` of the map",
    );
    assert_eq!(value, before);
    value.remove("players", 0).unwrap();
    refused(
        value.remove("players", 0),
        ErrorKind::InvalidValue,
        "players",
        "there are 0, and none with number 0; it is empty already",
    );
}

#[derive(Pickle)]
enum Many {
    A0,
    A1,
    A2,
    A3,
    A4,
    A5,
    A6,
    A7,
    A8,
    A9,
    A10,
    A11,
    A12,
    A13,
}

#[test]
fn of_many_names_the_first_are_told() {
    let every = [
        Many::A0,
        Many::A1,
        Many::A2,
        Many::A3,
        Many::A4,
        Many::A5,
        Many::A6,
        Many::A7,
        Many::A8,
        Many::A9,
        Many::A10,
        Many::A11,
        Many::A12,
        Many::A13,
    ];
    let mut value: Value = loads(&dumps(&every).unwrap()).unwrap();
    let error = value.set_variant("[3]", "B").unwrap_err().to_string();
    assert!(error.ends_with("`A10`, `A11` and 2 more; give the name of one of them"), "{error}");
}

#[test]
fn keys_that_become_one_are_refused_when_they_are_written() {
    let mut value: Value = loads(&dumps(&BTreeMap::from([(1u8, "a"), (2, "b")])).unwrap()).unwrap();
    value.set("[key 1]", 1).unwrap();
    let error = dumps(&value).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::DuplicateKey, "[key 1]"));
    assert_eq!(
        error.to_string(),
        "`[key 1]`: the key 1 is there twice; `set` one of the two to another key, or `remove` it"
    );
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
    refused(
        value.push("links[0].links", New::Node(value.clone().at("links[0]").unwrap())),
        ErrorKind::Unrepresentable,
        "links[0].links[0]",
        "it holds a pointer, and the object that it points to is of another `Value`; copy within one `Value`, or set what is around the pointer",
    );
    value.copy("links", "links[0].links").unwrap();
    let a: Rc<Node> = loads(&dumps(&value).unwrap()).unwrap();
    let b = a.links.borrow()[0].clone();
    assert!(Rc::ptr_eq(&b.links.borrow()[0], &b) && Rc::ptr_eq(&b.links.borrow()[1], &a.links.borrow()[1]));
    b.links.take();
}

#[derive(Pickle)]
struct Link {
    next: Option<Rc<Link>>,
}

#[test]
fn a_pointer_is_not_changed_to_a_cycle_that_no_loader_can_build() {
    let list = Rc::new(Link { next: Some(Rc::new(Link { next: None })) });
    let mut value: Value = loads(&dumps(&list).unwrap()).unwrap();
    value.copy("", "next.next").unwrap();
    refused(
        dumps(&value).map(drop),
        ErrorKind::Unrepresentable,
        "#1",
        "a pointer was changed to an object that can't be built before this one, and lies in no cell that can wait; change it to an object that the old one refers to, or to one that refers to nothing",
    );
    value.set("next.next", New::Absent).unwrap();
    assert!(loads::<Rc<Link>>(&dumps(&value).unwrap()).unwrap().next.as_ref().unwrap().next.is_none());
}

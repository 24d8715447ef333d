//! Streams that were changed in a few places, at random from a seed: each is an error, or a value that can be dumped and
//! loaded again, and a reader gives the same as a slice. A panic or an overflow of the small stack fails the test.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use pickle_core::{ErrorKind, Function, Pickle, Unpickler, dumps, func, function, load, loads, object};
use pickle_tests::on_small_stack;
use pickle_tests::random::Random;

#[object]
trait Animal: Debug {
    fn legs(&self) -> u32;
}

#[derive(Pickle, Debug)]
struct Dog {
    name: String,
    good: bool,
}

#[object]
impl Animal for Dog {
    fn legs(&self) -> u32 {
        u32::from(self.good) * 4 + self.name.len() as u32
    }
}

#[derive(Pickle, Debug)]
struct Cage(Vec<Box<dyn Animal>>);

#[object]
impl Animal for Cage {
    fn legs(&self) -> u32 {
        self.0.iter().map(|animal| animal.legs()).fold(0, u32::wrapping_add)
    }
}

#[function]
fn half(x: f64) -> f64 {
    x / 2.0
}

#[derive(Pickle, Debug, Clone)]
enum Tree {
    Leaf,
    Number(char, Option<bool>),
    Node { left: Option<Box<Tree>>, right: Vec<Tree>, label: String },
    Map(BTreeMap<String, Tree>),
}

#[derive(Pickle, Debug)]
#[pickle(reduce = Self::parts, rebuild = Self::from_parts)]
struct Reduced {
    parts: (String, u16),
}

impl Reduced {
    fn parts(&self) -> (&str, u16) {
        (&self.parts.0, self.parts.1)
    }

    fn from_parts(parts: (String, u16)) -> Result<Self, String> {
        if parts.1 == 13 { Err("unlucky".into()) } else { Ok(Reduced { parts }) }
    }
}

#[derive(Pickle, Debug)]
#[pickle(before_dump = Self::ready, after_load = Self::check)]
struct Hooked {
    cell: RefCell<Vec<u16>>,
    #[pickle(compact)]
    number: i128,
}

impl Hooked {
    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn check(&mut self) -> Result<(), String> {
        if self.number == 0 { Err("zero".into()) } else { Ok(()) }
    }
}

#[derive(Pickle, Debug)]
struct Everything {
    trees: Vec<Tree>,
    animals: Vec<Box<dyn Animal>>,
    function: Function<fn(f64) -> f64>,
    reduced: Reduced,
    hooked: Hooked,
    set: BTreeSet<(u8, String)>,
    bytes: Vec<u8>,
    numbers: Vec<(u16, bool)>,
    names: [String; 3],
    result: Result<Option<u32>, String>,
    wait: std::time::Duration,
}

fn everything(random: &mut Random) -> Everything {
    let tree = |random: &mut Random, depth: usize| {
        let mut tree = Tree::Leaf;
        for i in 0..depth {
            tree = match random.below(3) {
                0 => Tree::Node { left: Some(Box::new(tree)), right: vec![Tree::Leaf], label: "é".repeat(i) },
                1 => Tree::Map(BTreeMap::from([("key".into(), tree)])),
                _ => {
                    Tree::Node { left: None, right: vec![tree, Tree::Number('√', Some(true))], label: String::new() }
                }
            };
        }
        tree
    };
    let dog = || Dog { name: "Rex".into(), good: true };
    Everything {
        trees: (0..4).map(|_| tree(random, 5)).collect(),
        animals: vec![Box::new(dog()), Box::new(Cage(vec![Box::new(dog()), Box::new(Cage(vec![]))])), Box::new(dog())],
        function: func!(half),
        reduced: Reduced { parts: ("part".into(), 7) },
        hooked: Hooked { cell: RefCell::new(vec![1, 2, 3]), number: -1 << 70 },
        set: BTreeSet::from([(1, "a".into()), (2, "b".into())]),
        bytes: (0..random.below(700)).map(|i| i as u8).collect(),
        numbers: (0..300).map(|i| (i, i % 3 == 0)).collect(),
        names: ["x".into(), "y".repeat(300), String::new()],
        result: Ok(Some(9)),
        wait: std::time::Duration::from_millis(1500),
    }
}

/// Changes a stream: bits, bytes, lengths, its end, a piece of another place.
fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = [0, 1, 2, 254, 255][random.below(5)],
            2 => bytes.truncate(at.max(1)),
            3 => bytes.insert(at, random.number() as u8),
            4 => {
                let end = (at + 8).min(bytes.len());
                bytes[at..end].fill(255);
            }
            _ => {
                let from = random.below(bytes.len());
                let piece = bytes[from..(from + random.below(40)).min(bytes.len())].to_vec();
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece);
            }
        }
    }
}

#[derive(Pickle, Debug)]
struct Lent<'a> {
    text: &'a str,
    bytes: &'a [u8],
    cows: Vec<Cow<'a, str>>,
}

#[test]
fn a_changed_stream_is_an_error_or_a_value() {
    let work = || {
        let mut random = Random(2026);
        let (mut errors, mut values) = (0, 0);
        for _ in 0..60 {
            let stream = dumps(&everything(&mut random)).unwrap();
            let lent = dumps(&Lent { text: "lent", bytes: &[1; 300], cows: vec!["a".into(), "b".into()] }).unwrap();
            for _ in 0..60 {
                let mut bytes = stream.clone();
                mutate(&mut random, &mut bytes);
                let from_slice = Unpickler::new().max_memory(1 << 20).loads::<Everything>(&bytes);
                let from_reader = Unpickler::new().max_memory(1 << 20).load::<Everything, _>(&bytes[..]);
                match from_slice {
                    Ok(value) => {
                        values += 1;
                        assert_eq!(format!("{value:?}"), format!("{:?}", from_reader.unwrap()));
                        let again: Everything = loads(&dumps(&value).unwrap()).unwrap();
                        assert_eq!(format!("{value:?}"), format!("{again:?}"));
                        assert_eq!(value.animals.iter().map(|animal| animal.legs()).max(), {
                            again.animals.iter().map(|animal| animal.legs()).max()
                        });
                    }
                    Err(error) => {
                        errors += 1;
                        assert!(error.offset().is_none_or(|offset| offset <= bytes.len() as u64), "{error}");
                        assert!(from_reader.is_err() || error.kind() == ErrorKind::Trailing, "{error}");
                    }
                }
                let mut bytes = lent.clone();
                mutate(&mut random, &mut bytes);
                if let Ok(value) = loads::<Lent<'_>>(&bytes) {
                    let again = dumps(&value).unwrap();
                    assert_eq!(format!("{value:?}"), format!("{:?}", loads::<Lent<'_>>(&again).unwrap()));
                }
                // Bytes of one type are never another.
                assert!(load::<Tree, _>(&bytes[..]).is_err());
            }
        }
        assert!(errors > 1_000 && values > 100, "{errors} errors, {values} values: too few of one to mean anything");
    };
    on_small_stack(work);
}

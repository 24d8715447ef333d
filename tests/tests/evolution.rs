//! Files of older shapes open: each change that loses nothing, with the values as they were.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use pickle_core::{Error, ErrorKind, Pickle, UnpickleOwned, dumps, load, loads, object};
use pickle_tests::assert_says;

/// Loads what `old` dumps as a `T`, from bytes and from a reader.
fn open<T: UnpickleOwned>(old: &(impl Pickle + ?Sized)) -> T {
    let bytes = dumps(old).unwrap();
    let _: T = load(&bytes[..]).unwrap();
    loads(&bytes).unwrap()
}

fn refused<T: UnpickleOwned>(old: &(impl Pickle + ?Sized)) -> Error {
    loads::<T>(&dumps(old).unwrap()).map(drop).unwrap_err()
}

mod v1 {
    use super::{BTreeMap, Pickle};

    #[derive(Pickle, Clone)]
    pub(super) struct World {
        pub(super) name: String,
        pub(super) size: (u8, u16),
        pub(super) players: Vec<Player>,
        pub(super) scores: BTreeMap<String, u32>,
        pub(super) seed: u32,
    }

    #[derive(Pickle, Clone)]
    pub(super) struct Player {
        pub(super) nick: String,
        pub(super) health: u8,
        pub(super) note: Vec<String>,
        pub(super) pet: Pet,
    }

    #[derive(Pickle, Clone)]
    pub(super) enum Pet {
        Nothing,
        Dog(String, u8),
        Fish { color: String },
    }

    pub(super) fn world() -> World {
        let player = |nick: &str, pet| Player { nick: nick.into(), health: 9, note: vec!["n".into(); 3], pet };
        World {
            name: "Terra".into(),
            size: (3, 400),
            players: vec![
                player("Ann", Pet::Dog("Rex".into(), 4)),
                player("Bob", Pet::Nothing),
                player("Cid", Pet::Fish { color: "red".into() }),
            ],
            scores: BTreeMap::from([("Ann".into(), 250), ("Bob".into(), 7)]),
            seed: 99,
        }
    }
}

mod v2 {
    use super::{HashMap, Pickle};

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(alias = "World")]
    pub(super) struct Universe {
        pub(super) players: Vec<Player>,
        #[pickle(default)]
        pub(super) rules: Vec<String>,
        #[pickle(alias = "name")]
        pub(super) title: String,
        pub(super) size: (u64, i32),
        #[pickle(default = 0.5)]
        pub(super) gravity: f64,
        pub(super) scores: HashMap<String, f64>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) struct Player {
        #[pickle(rename = "name", alias = "nick")]
        pub(super) called: String,
        pub(super) pet: Pet,
        pub(super) health: Option<Box<u16>>,
        #[pickle(default = "fresh".to_owned())]
        pub(super) state: String,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) enum Pet {
        Bird {
            wings: u8,
        },
        #[pickle(alias = "Fish")]
        Swimmer {
            #[pickle(default)]
            fins: Option<u8>,
            color: String,
        },
        Nothing {
            #[pickle(default = 3)]
            since: u64,
        },
        Dog(String, i64, #[pickle(default = "bone".to_owned())] String),
    }
}

#[test]
fn fields_and_variants_added_removed_reordered_renamed_and_widened() {
    use v2::{Pet, Player, Universe};
    let player =
        |called: &str, pet| Player { called: called.into(), pet, health: Some(Box::new(9)), state: "fresh".into() };
    let expected = Universe {
        players: vec![
            player("Ann", Pet::Dog("Rex".into(), 4, "bone".into())),
            player("Bob", Pet::Nothing { since: 3 }),
            player("Cid", Pet::Swimmer { fins: None, color: "red".into() }),
        ],
        rules: vec![],
        title: "Terra".into(),
        size: (3, 400),
        gravity: 0.5,
        scores: HashMap::from([("Ann".into(), 250.0), ("Bob".into(), 7.0)]),
    };
    assert_eq!(open::<Universe>(&v1::world()), expected);
    let worlds = open::<Vec<Universe>>(&vec![v1::world(); 300]);
    assert!(worlds.len() == 300 && worlds.iter().all(|world| *world == expected));
}

#[test]
fn numbers_widen_without_loss() {
    assert_eq!(open::<u64>(&7u8), 7);
    assert_eq!(open::<i16>(&200u8), 200);
    assert_eq!(open::<i128>(&i64::MIN), i128::from(i64::MIN));
    assert_eq!(open::<f32>(&-9i16), -9.0);
    assert_eq!(open::<f64>(&u32::MAX), f64::from(u32::MAX));
    assert_eq!(open::<Vec<f64>>(&vec![1.5f32, -0.0]), [1.5, -0.0]);
    assert_eq!(open::<usize>(&9u32), 9);
    assert_eq!(open::<u32>(&std::num::NonZeroU16::new(3).unwrap()), 3);
    assert_eq!(open::<[u16; 3]>(&[1u8, 2, 3]), [1, 2, 3]);
}

mod compact {
    use super::Pickle;

    #[derive(Pickle)]
    pub(super) struct Plain {
        pub(super) a: u16,
        pub(super) text: String,
        pub(super) b: i32,
    }

    pub(super) mod after {
        use super::Pickle;
        #[derive(Pickle, Debug, PartialEq)]
        pub(in super::super) struct Plain {
            #[pickle(compact)]
            pub(in super::super) a: u64,
            pub(in super::super) text: String,
            #[pickle(compact)]
            pub(in super::super) b: i64,
        }
    }

    pub(super) mod back {
        use super::Pickle;
        #[derive(Pickle, Debug, PartialEq)]
        pub(in super::super) struct Plain {
            pub(in super::super) b: i64,
            pub(in super::super) text: String,
            pub(in super::super) a: u128,
        }
    }
}

#[test]
fn numbers_become_compact_and_plain_again() {
    let plain = compact::Plain { a: 300, text: "between".into(), b: -70_000 };
    let after: compact::after::Plain = open(&plain);
    assert_eq!(after, compact::after::Plain { a: 300, text: "between".into(), b: -70_000 });
    let back: compact::back::Plain = open(&after);
    assert_eq!(back, compact::back::Plain { b: -70_000, text: "between".into(), a: 300 });
}

#[test]
fn values_get_wrapped_and_unwrapped() {
    assert_eq!(open::<Option<u8>>(&5u8), Some(5));
    assert_eq!(open::<Box<String>>(&"x".to_owned()), Box::new("x".to_owned()));
    assert_eq!(open::<String>(&Box::new("x".to_owned())), "x");
    assert_eq!(open::<(String, u8, String)>(&("a", Box::new(7u8), "b")), ("a".into(), 7, "b".into()));
    assert_eq!(*open::<Rc<u64>>(&5u8), 5);
    assert_eq!(&*open::<Arc<str>>(&"text"), "text");
    assert_eq!(*open::<(u8, Rc<Vec<String>>)>(&(1u8, vec!["a", "b"])).1, ["a", "b"]);
    assert_eq!(open::<Vec<u16>>(&Rc::new(vec![1u8, 2])), [1, 2]);
    assert_eq!(open::<(String, u16, u8)>(&("s", Rc::new(300u16), 2u8)), ("s".into(), 300, 2));
    assert_eq!(open::<RefCell<Vec<u8>>>(&vec![1u8]).into_inner(), [1]);
    assert_eq!(open::<Mutex<String>>(&RefCell::new("m".to_owned())).into_inner().unwrap(), "m");
    assert_eq!(open::<Box<String>>(&RefCell::new("m".to_owned())), Box::new("m".to_owned()));
    assert_eq!(open::<Option<Box<Option<u16>>>>(&Some(3u8)), Some(Box::new(Some(3))));
    assert_eq!(open::<Vec<Option<String>>>(&["a", "b"]), [Some("a".into()), Some("b".into())]);
}

#[test]
fn an_option_may_become_what_it_holds() {
    assert_eq!(open::<u16>(&Some(5u8)), 5);
    assert_eq!(open::<Vec<String>>(&[Some("a"), Some("b")]), ["a", "b"]);
    assert_eq!(open::<Option<u8>>(&Some(Some(5u8))), Some(5));
    assert_eq!(*open::<Rc<String>>(&Some("x")), "x");

    #[derive(Pickle)]
    #[pickle(name = "Player")]
    struct Before {
        nick: Vec<Option<String>>,
        id: u8,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Player")]
    struct Player {
        id: u8,
        nick: Vec<String>,
    }
    assert_eq!(
        open::<Player>(&Before { nick: vec![Some("a".into())], id: 7 }),
        Player { id: 7, nick: vec!["a".into()] }
    );
    let error = refused::<Player>(&Before { nick: vec![Some("a".into()), None], id: 7 });
    assert_eq!((error.kind(), error.path().to_string()), (ErrorKind::WrongType, "nick[1]".into()));
    assert_says(error, &["`None`", "`Option<String>`", "`migrate`"]);
    let error = refused::<Option<u8>>(&Some(None::<u8>));
    assert_eq!(error.kind(), ErrorKind::WrongType);
}

#[test]
fn sequences_and_maps_of_other_kinds() {
    assert_eq!(open::<Vec<u8>>(&[1u8, 2, 3]), [1, 2, 3]);
    assert_eq!(open::<std::collections::VecDeque<u32>>(&[1u8; 300]), [1; 300]);
    assert_eq!(open::<Vec<u16>>(&BTreeSet::from([1u8, 2])), [1, 2]);
    assert_eq!(open::<BTreeSet<u16>>(&BTreeSet::from([1u8, 2])), BTreeSet::from([1, 2]));
    assert_eq!(open::<BTreeMap<u64, String>>(&HashMap::from([(1u8, "a")])), BTreeMap::from([(1, "a".into())]));
    let map = HashMap::from([("k".to_owned(), Box::new(3u8))]);
    assert_eq!(open::<HashMap<Box<String>, u64>>(&map), HashMap::from([(Box::new("k".to_owned()), 3)]));
}

#[object]
trait Part {
    fn number(&self) -> u8;
}

#[derive(Pickle)]
struct Wheel(u8);

#[derive(Pickle)]
struct Lamp(u8, Option<String>);

#[object]
impl Part for Wheel {
    fn number(&self) -> u8 {
        self.0
    }
}

#[object]
impl Part for Lamp {
    fn number(&self) -> u8 {
        self.0
    }
}

/// Types behind `dyn` are defined where they are first met, here in one of the later blocks. A reader passes it, comes back for
/// what now stands elsewhere, and passes it again.
#[test]
fn trait_objects_that_have_moved_behind_other_fields() {
    mod old {
        #[derive(pickle_core::Pickle)]
        #[pickle(name = "Machine")]
        pub(super) struct Machine {
            pub(super) long: String,
            pub(super) parts: Vec<Box<dyn super::Part>>,
            pub(super) notes: Vec<String>,
            pub(super) more: Vec<Box<dyn super::Part>>,
        }
    }
    #[derive(Pickle)]
    struct Machine {
        notes: Vec<String>,
        long: String,
        more: Vec<Box<dyn Part>>,
        parts: Vec<Box<dyn Part>>,
    }
    let notes = vec!["a note".repeat(20); 40];
    let bytes = dumps(&old::Machine {
        long: "long ".repeat(200),
        parts: vec![Box::new(Wheel(1))],
        notes: notes.clone(),
        more: vec![Box::new(Lamp(2, None)), Box::new(Wheel(3))],
    })
    .unwrap();
    let machine: Machine = loads(&bytes).unwrap();
    assert_eq!((machine.long.len(), machine.notes), (1000, notes));
    assert_eq!(machine.parts.iter().chain(&machine.more).map(|part| part.number()).collect::<Vec<_>>(), [1, 2, 3]);
}

//! Trait objects come back as the types that they were.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use pickle_core::{ErrorKind, Pickle, Pickler, Schema, loads, object, register};
use pickle_tests::plugin::{Add, Chain, Effect};
use pickle_tests::{assert_says, bytes_of, dump_error, load_error, patch, round_trip};

#[object]
trait Animal: Debug {
    fn sound(&self) -> String;
}

#[derive(Pickle, Debug)]
struct Dog {
    name: String,
}

#[derive(Pickle, Debug)]
struct Cat(u8);

#[derive(Pickle, Debug)]
enum Bird {
    Owl,
    Parrot { words: Vec<String> },
}

#[derive(Pickle, Debug)]
struct Ant;

#[object]
impl Animal for Dog {
    fn sound(&self) -> String {
        format!("{}: woof", self.name)
    }
}

#[object(name = "FelisCatus")]
impl Animal for Cat {
    fn sound(&self) -> String {
        "meow ".repeat(self.0.into())
    }
}

#[object]
impl Animal for Bird {
    fn sound(&self) -> String {
        match self {
            Bird::Owl => "hoot".into(),
            Bird::Parrot { words } => words.join(" "),
        }
    }
}

#[object]
impl Animal for Ant {
    fn sound(&self) -> String {
        String::new()
    }
}

fn zoo() -> Vec<Box<dyn Animal>> {
    vec![
        Box::new(Dog { name: "Rex".into() }),
        Box::new(Cat(2)),
        Box::new(Ant),
        Box::new(Bird::Owl),
        Box::new(Dog { name: "Ida".into() }),
        Box::new(Bird::Parrot { words: vec!["hello".into(), "you".into()] }),
    ]
}

fn sounds(animals: &[Box<dyn Animal>]) -> Vec<String> {
    animals.iter().map(|animal| animal.sound()).collect()
}

#[test]
fn a_mixed_sequence() {
    assert_eq!(sounds(&round_trip(&zoo())), sounds(&zoo()));
}

#[test]
fn thousands_of_mixed_objects() {
    let many: Vec<Box<dyn Animal>> = (0..2000).flat_map(|_| zoo()).collect();
    let back = round_trip(&many);
    assert!(sounds(&back) == sounds(&many));
    assert!(format!("{back:?}") == format!("{many:?}"));
    let mut written = Vec::new();
    pickle_core::dump(&many, &mut written).unwrap();
    assert!(written == bytes_of(&many));
    assert!(sounds(&pickle_core::load::<Vec<Box<dyn Animal>>, _>(&written[..]).unwrap()) == sounds(&many));
}

#[test]
fn a_stream_with_fingerprints_only() {
    let bytes = Pickler::new().schema(Schema::Fingerprint).dumps(&zoo()).unwrap();
    assert_eq!(sounds(&loads::<Vec<Box<dyn Animal>>>(&bytes).unwrap()), sounds(&zoo()));
    assert!(bytes.len() < bytes_of(&zoo()).len());
}

#[test]
fn objects_at_every_place() {
    #[derive(Pickle)]
    struct Farm {
        guard: Box<dyn Animal>,
        maybe: Option<Box<dyn Animal>>,
        by_name: BTreeMap<String, Box<dyn Animal>>,
        pair: (Box<dyn Animal>, u8),
        array: [Box<dyn Animal>; 2],
    }
    let farm = Farm {
        guard: Box::new(Dog { name: "Rex".into() }),
        maybe: Some(Box::new(Ant)),
        by_name: BTreeMap::from([("a".into(), Box::new(Cat(1)) as Box<dyn Animal>)]),
        pair: (Box::new(Bird::Owl), 5),
        array: [Box::new(Cat(2)), Box::new(Ant)],
    };
    let back = round_trip(&farm);
    assert_eq!((back.guard.sound().as_str(), back.maybe.unwrap().sound().as_str()), ("Rex: woof", ""));
    assert_eq!((back.by_name["a"].sound().as_str(), back.pair.0.sound().as_str(), back.pair.1), ("meow ", "hoot", 5));
    assert_eq!(back.array[0].sound(), "meow meow ");
}

#[test]
fn with_send_and_sync() {
    let send: Box<dyn Animal + Send> = Box::new(Cat(1));
    let sync: Box<dyn Animal + Sync> = Box::new(Cat(2));
    let both: Box<dyn Animal + Send + Sync> = Box::new(Cat(3));
    let turned: Box<dyn Animal + Sync + Send> = Box::new(Cat(4));
    let back = round_trip(&(send, sync, both, turned));
    let sounds = [back.0.sound(), back.1.sound(), back.2.sound(), back.3.sound()];
    assert_eq!(sounds.map(|sound| sound.len()), [5, 10, 15, 20]);
    let moved = std::thread::spawn(move || back.0.sound()).join().unwrap();
    assert_eq!(moved, "meow ");
}

#[test]
fn markers_are_no_part_of_the_stream() {
    let plain: Box<dyn Animal> = Box::new(Cat(3));
    let back: Box<dyn Animal + Send + Sync> = loads(&bytes_of(&plain)).unwrap();
    assert_eq!(back.sound().len(), 15);
}

/// Not `Send`, not `Sync`.
#[derive(Pickle, Debug)]
struct Local {
    count: Cell<u8>,
    marker: PhantomData<*const u8>,
}

/// `Send`, not `Sync`.
#[derive(Pickle, Debug)]
struct Counter(Cell<u8>);

#[object]
impl Animal for Local {
    fn sound(&self) -> String {
        self.count.get().to_string()
    }
}

#[object]
impl Animal for Counter {
    fn sound(&self) -> String {
        self.0.get().to_string()
    }
}

#[test]
fn an_implementor_stands_behind_the_views_that_its_type_allows() {
    let local: Box<dyn Animal> = Box::new(Local { count: Cell::new(3), marker: PhantomData });
    assert_eq!(round_trip(&local).sound(), "3");
    let counter: Box<dyn Animal + Send> = Box::new(Counter(Cell::new(4)));
    assert_eq!(round_trip(&counter).sound(), "4");
}

#[test]
fn a_stream_cannot_put_a_type_behind_a_view_that_its_type_forbids() {
    let local: Box<dyn Animal> = Box::new(Local { count: Cell::new(3), marker: PhantomData });
    load_error::<Box<dyn Animal + Send>>(&bytes_of(&local));
    let counter: Box<dyn Animal> = Box::new(Counter(Cell::new(4)));
    assert!(loads::<Box<dyn Animal + Send>>(&bytes_of(&counter)).is_ok());
    load_error::<Box<dyn Animal + Sync>>(&bytes_of(&counter));
}

trait Named {
    fn name(&self) -> String;
}

#[object]
trait Employee: Named + Debug + Send
where
    Self: Sync,
{
    fn wage(&self) -> u32;
}

#[derive(Pickle, Debug)]
struct Clerk(String);

impl Named for Clerk {
    fn name(&self) -> String {
        self.0.clone()
    }
}

#[object]
impl Employee for Clerk {
    fn wage(&self) -> u32 {
        10
    }
}

#[test]
fn supertraits() {
    let clerk: Box<dyn Employee> = Box::new(Clerk("Ann".into()));
    let back = round_trip(&clerk);
    assert_eq!((back.name(), back.wage(), format!("{back:?}")), ("Ann".into(), 10, "Clerk(\"Ann\")".into()));
}

#[object]
trait Shape<T> {
    fn area(&self) -> T;
}

#[derive(Pickle)]
struct Square<T>(T);

impl Shape<u32> for Square<u32> {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}

impl Shape<f64> for Square<f64> {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

impl Shape<u32> for Square<String> {
    fn area(&self) -> u32 {
        self.0.len() as u32
    }
}

register!(Square<u32> as dyn Shape<u32>);
register!(Square<f64> as dyn Shape<f64>);
register!(Square<String> as dyn Shape<u32>, name = "text square");

#[derive(Pickle)]
struct Line;

#[object]
impl Shape<u32> for Line {
    fn area(&self) -> u32 {
        0
    }
}

#[test]
fn generic_traits_and_generic_implementors() {
    let of_u32: Vec<Box<dyn Shape<u32>>> =
        vec![Box::new(Square(3u32)), Box::new(Square("four".to_owned())), Box::new(Line)];
    assert_eq!(round_trip(&of_u32).iter().map(|shape| shape.area()).collect::<Vec<_>>(), [9, 4, 0]);
    let of_f64: Box<dyn Shape<f64> + Send> = Box::new(Square(1.5));
    assert_eq!(round_trip(&of_f64).area(), 2.25);
}

#[derive(Pickle, Debug)]
struct Cage {
    inhabitants: Vec<Box<dyn Animal>>,
    inner: Option<Box<dyn Animal>>,
}

#[object]
impl Animal for Cage {
    fn sound(&self) -> String {
        let inner = self.inner.iter().map(|inner| format!("[{}]", inner.sound()));
        self.inhabitants.iter().map(|one| one.sound()).chain(inner).collect::<Vec<_>>().join("|")
    }
}

#[test]
fn objects_in_objects() {
    let inner = Cage { inhabitants: vec![Box::new(Bird::Owl), Box::new(Cat(1))], inner: None };
    let cage: Box<dyn Animal> = Box::new(Cage { inhabitants: zoo(), inner: Some(Box::new(inner)) });
    assert_eq!(round_trip(&cage).sound(), cage.sound());
    assert!(cage.sound().ends_with("|hello you|[hoot|meow ]"));
}

mod unregistered {
    #[derive(pickle_core::Pickle, Debug)]
    pub(crate) struct Ghost;
    impl super::Animal for Ghost {
        fn sound(&self) -> String {
            "boo".into()
        }
    }
}

#[derive(Pickle)]
struct House {
    rooms: Vec<Box<dyn Animal>>,
}

#[test]
fn an_implementor_that_is_not_registered_is_refused_when_it_is_dumped() {
    let house = House { rooms: vec![Box::new(Ant), Box::new(unregistered::Ghost)] };
    assert_eq!(house.rooms[1].sound(), "boo");
    let error = dump_error(&house);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unregistered, "rooms[1]"));
    assert_says(
        error,
        &["`rooms[1]`", "Ghost", "dyn Animal", "#[pickle_core::object]", "register!(Ghost as dyn Animal)"],
    );
}

#[test]
fn an_implementor_that_this_program_does_not_know_is_refused() {
    let mut bytes = bytes_of(&zoo());
    patch(&mut bytes, b"FelisCatus", b"FelisCaius");
    let error = load_error::<Vec<Box<dyn Animal>>>(&bytes);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::UnknownName, "[1]"));
    assert!(error.offset().is_some());
    assert_says(error, &["`FelisCaius`", "dyn Animal", "`FelisCatus`", "use the_crate as _;"]);
}

mod one {
    #[derive(pickle_core::Pickle, Debug)]
    pub(crate) struct Twin(pub(crate) u8);
    #[pickle_core::object]
    impl super::Animal for Twin {
        fn sound(&self) -> String {
            format!("one {}", self.0)
        }
    }
}

mod other {
    #[derive(pickle_core::Pickle, Debug)]
    pub(crate) struct Twin(pub(crate) u8);
    #[pickle_core::object]
    impl super::Animal for Twin {
        fn sound(&self) -> String {
            format!("other {}", self.0)
        }
    }
    #[pickle_core::object]
    impl super::Effect for Twin {
        fn apply(&self, x: i64) -> i64 {
            -x
        }
    }
}

#[test]
fn two_implementors_of_one_name_are_refused_naming_both_places() {
    let twins: [Box<dyn Animal>; 2] = [Box::new(one::Twin(1)), Box::new(other::Twin(2))];
    for twin in twins {
        assert!(!twin.sound().is_empty());
        let error = dump_error(&twin);
        assert_eq!(error.kind(), ErrorKind::DuplicateName);
        assert_says(error, &["`Twin`", "dyn Animal", "trait_objects::one (", "trait_objects::other (", "name = "]);
    }
}

#[test]
fn one_name_may_stand_for_a_type_of_each_trait() {
    let effect: Box<dyn Effect> = Box::new(other::Twin(1));
    assert_eq!(round_trip(&effect).apply(5), -5);
}

#[derive(Pickle, Debug)]
struct Multiply {
    factor: i64,
}

#[object]
impl Effect for Multiply {
    fn apply(&self, x: i64) -> i64 {
        x * self.factor
    }
}

#[test]
fn implementors_of_several_crates() {
    let chain: Box<dyn Effect> = Box::new(Chain(vec![
        Box::new(Add(2)),
        Box::new(Multiply { factor: 10 }),
        Box::new(Chain(vec![Box::new(Add(-1))])),
    ]));
    assert_eq!(round_trip(&chain).apply(1), 29);
}

#[test]
fn what_is_behind_dyn_is_checked_against_the_type_of_this_program() {
    mod wide {
        use pickle_core::{Pickle, object};

        #[object(name = "Sized")]
        pub(crate) trait Writing {}
        #[derive(Pickle)]
        pub(crate) struct Part {
            pub(crate) size: u32,
        }
        #[object]
        impl Writing for Part {}
    }
    mod narrow {
        use pickle_core::{Pickle, object};

        #[object(name = "Sized")]
        pub(crate) trait Reading {
            fn size(&self) -> u16;
        }
        #[derive(Pickle)]
        pub(crate) struct Part {
            size: u16,
        }
        #[object]
        impl Reading for Part {
            fn size(&self) -> u16 {
                self.size
            }
        }
    }
    for schema in [Schema::Embedded, Schema::Fingerprint] {
        let part: Vec<Box<dyn wide::Writing>> = vec![Box::new(wide::Part { size: 1 })];
        let bytes = Pickler::new().schema(schema).dumps(&part).unwrap();
        let Err(error) = loads::<Vec<Box<dyn narrow::Reading>>>(&bytes).map(|parts| parts[0].size()) else {
            panic!("a part of another shape was loaded");
        };
        assert_eq!(error.kind(), ErrorKind::WrongType);
        assert_says(&error, &["Part"]);
        if schema == Schema::Embedded {
            assert_eq!(error.path(), "[0].size");
            assert_says(&error, &["`u16`", "`u32`"]);
        }
    }
}

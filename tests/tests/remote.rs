//! Types of other crates by a mirror of them: `#[pickle(remote = path::Type)]`.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;

use pickle_core::{ErrorKind, Pickle, Value, dumps, loads};
use pickle_tests::{round_trip, same};

/// Stands for another crate: nothing here knows of pickles.
mod geometry {
    use std::collections::BTreeMap;
    use std::marker::PhantomData;
    use std::rc::Rc;

    #[derive(Debug, PartialEq, Clone)]
    pub(crate) struct Point {
        pub(crate) x: f64,
        pub(crate) y: f64,
    }

    #[derive(Debug, PartialEq, Clone, Copy)]
    pub(crate) enum Unit {
        Meter,
        Foot,
    }

    #[derive(Debug, PartialEq)]
    pub(crate) enum Shape<T> {
        Empty,
        Circle { center: Point, radius: T },
        Polygon(Vec<T>, BTreeMap<String, T>),
    }

    #[derive(Debug, PartialEq)]
    pub(crate) struct Cached(pub(crate) u32, pub(crate) Option<u64>, pub(crate) Rc<str>);

    #[derive(Debug, PartialEq)]
    pub(crate) struct Marker;

    #[derive(Debug, PartialEq)]
    pub(crate) struct Id<'a, T>(pub(crate) Option<&'a str>, pub(crate) u32, pub(crate) PhantomData<T>);

    #[derive(Debug, PartialEq)]
    pub(crate) enum Lookup<T> {
        Found { at: u32, cached: Option<T> },
        Failed(Option<T>),
        Waiting,
    }

    #[derive(Debug, PartialEq)]
    pub(crate) struct Token<T> {
        pub(crate) of: PhantomData<T>,
    }
}

#[derive(Pickle)]
#[pickle(remote = geometry::Point)]
struct Point {
    x: f64,
    y: f64,
}

/// A point wherever one may stand.
#[derive(Pickle, Debug, PartialEq, Clone)]
#[pickle(transparent)]
struct AnyPoint(#[pickle(with = Point)] geometry::Point);

#[derive(Pickle)]
#[pickle(remote = geometry::Unit)]
enum Unit {
    Meter,
    Foot,
}

#[derive(Pickle)]
#[pickle(remote = geometry::Cached)]
struct Cached(u32, #[pickle(skip)] Option<u64>, Rc<str>);

#[derive(Pickle)]
#[pickle(remote = geometry::Marker)]
struct Marker;

#[derive(Pickle, Debug, PartialEq)]
struct Drawing {
    #[pickle(with = Point)]
    origin: geometry::Point,
    points: Vec<AnyPoint>,
    #[pickle(with = Unit)]
    unit: geometry::Unit,
    #[pickle(with = Cached)]
    cached: geometry::Cached,
    #[pickle(with = Marker)]
    marker: geometry::Marker,
    name: Rc<str>,
}

fn drawing() -> Drawing {
    let name: Rc<str> = "drawing".into();
    let point = |x| geometry::Point { x, y: -x };
    Drawing {
        origin: point(0.5),
        points: vec![AnyPoint(point(1.0)), AnyPoint(point(2.0))],
        unit: geometry::Unit::Foot,
        cached: geometry::Cached(7, None, name.clone()),
        marker: geometry::Marker,
        name,
    }
}

#[test]
fn a_mirror_saves_and_makes_the_other_type() {
    same(drawing());
    let back = round_trip(&Drawing { cached: geometry::Cached(7, Some(5), "own".into()), ..drawing() });
    assert_eq!(back.cached, geometry::Cached(7, None, "own".into()), "what is skipped is not saved");
    let back = round_trip(&drawing());
    assert!(Rc::ptr_eq(&back.name, &back.cached.2), "what it shares with others stays shared");
    let value: Value = loads(&dumps(&drawing()).unwrap()).unwrap();
    assert_eq!(value.at("origin").unwrap().to_string(), "Point { x: 0.5, y: -0.5 }");
}

/// For numbers of any kind.
#[derive(Pickle)]
#[pickle(remote = geometry::Shape<T>)]
enum Shape<T> {
    Empty,
    Circle {
        #[pickle(with = Point)]
        center: geometry::Point,
        #[pickle(rename = "r")]
        radius: T,
    },
    Polygon(Vec<T>, BTreeMap<String, T>),
}

#[derive(Pickle, Debug, PartialEq)]
struct Shapes {
    #[pickle(with = Shape)]
    first: geometry::Shape<u8>,
    #[pickle(with = Shape)]
    second: geometry::Shape<String>,
    #[pickle(with = Shape)]
    third: geometry::Shape<Option<u16>>,
}

fn shapes() -> Shapes {
    Shapes {
        first: geometry::Shape::Circle { center: geometry::Point { x: 1.0, y: 2.0 }, radius: 3 },
        second: geometry::Shape::Polygon(vec!["a".into()], [("b".into(), "c".into())].into()),
        third: geometry::Shape::Empty,
    }
}

#[test]
fn generic_enums_have_mirrors_and_mirrors_have_mirrors() {
    same(shapes());
    let value: Value = loads(&dumps(&shapes()).unwrap()).unwrap();
    assert_eq!(value.at("first.center.y").unwrap().as_f64(), Some(2.0));
    assert_eq!(value.at("first.r").unwrap().as_u64(), Some(3));
}

#[derive(Pickle)]
#[pickle(remote = geometry::Id<'a, T>)]
struct Id<'a, T>(#[pickle(skip)] Option<&'a str>, u32, #[pickle(skip)] PhantomData<T>);

#[derive(Pickle)]
#[pickle(remote = geometry::Lookup<T>)]
enum Lookup<T> {
    Found {
        at: u32,
        #[pickle(skip)]
        cached: Option<T>,
    },
    Failed(#[pickle(skip)] Option<T>),
    Waiting,
}

#[derive(Pickle)]
#[pickle(remote = geometry::Token<T>)]
struct Token<T> {
    #[pickle(skip)]
    of: PhantomData<T>,
}

#[derive(Pickle, Debug, PartialEq)]
struct Entry<'a> {
    #[pickle(with = Id)]
    id: geometry::Id<'a, Unsaved>,
    #[pickle(with = Token)]
    token: geometry::Token<Unsaved>,
    #[pickle(with = Lookup)]
    found: geometry::Lookup<Unsaved>,
    #[pickle(with = Lookup)]
    failed: geometry::Lookup<Unsaved>,
    #[pickle(with = Lookup)]
    waiting: geometry::Lookup<Unsaved>,
}

#[derive(Debug, PartialEq)]
struct Unsaved;

#[test]
fn parameters_that_only_skipped_fields_have() {
    let entry = |cached: fn() -> Option<Unsaved>| Entry {
        id: geometry::Id(cached().map(|_| "cached"), 7, PhantomData),
        token: geometry::Token { of: PhantomData },
        found: geometry::Lookup::Found { at: 5, cached: cached() },
        failed: geometry::Lookup::Failed(cached()),
        waiting: geometry::Lookup::Waiting,
    };
    let bytes = dumps(&entry(|| Some(Unsaved))).unwrap();
    assert_eq!(loads::<Entry<'_>>(&bytes).unwrap(), entry(|| None));
}

#[test]
fn a_mirror_changes_as_any_type_does() {
    #[derive(Pickle)]
    #[pickle(name = "Config")]
    struct Older {
        threads: u8,
    }
    #[derive(Debug, PartialEq)]
    struct Foreign {
        threads: u32,
        name: String,
    }
    #[derive(Pickle)]
    #[pickle(name = "Config", remote = Foreign, after_load = Self::check)]
    struct Config {
        threads: u32,
        #[pickle(default = "new".into())]
        name: String,
    }
    impl Config {
        fn check(&mut self) -> Result<(), &'static str> {
            if self.threads == 0 { Err("no threads") } else { Ok(()) }
        }
    }
    #[derive(Pickle)]
    #[pickle(name = "App")]
    struct Before {
        config: Older,
    }
    #[derive(Pickle, Debug, PartialEq)]
    struct App {
        #[pickle(with = Config)]
        config: Foreign,
    }
    let app: App = loads(&dumps(&Before { config: Older { threads: 4 } }).unwrap()).unwrap();
    assert_eq!(app, App { config: Foreign { threads: 4, name: "new".into() } });
    same(app);
    let error = loads::<App>(&dumps(&Before { config: Older { threads: 0 } }).unwrap()).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "config"), "{error}");
}

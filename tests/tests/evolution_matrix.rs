//! Pairs of an older and a newer type, picked at random with random values: what opens is what a conversion written by
//! hand gives, wherever the value stands.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::box_collection, reason = "what was in a box once is what is tested")]

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt::Debug;
use std::num::NonZeroU16;
use std::rc::Rc;
use std::sync::Arc;

use pickle_core::{ErrorKind, Pickle, Pickler, Schema, UnpickleOwned, Unpickler, dump, dumps, load, loads};
use pickle_tests::random::Random;

/// An older type, the newer one, a random value of the older and what it becomes.
trait Case {
    type Old: Pickle + UnpickleOwned + Clone + 'static;
    type New: Pickle + UnpickleOwned + PartialEq + Debug + 'static;
    fn make(random: &mut Random) -> Self::Old;
    fn convert(old: &Self::Old) -> Self::New;
}

/// A case that keeps the value as it is.
struct Same;

impl Case for Same {
    type Old = String;
    type New = String;
    fn make(random: &mut Random) -> String {
        let length =
            [0, 3, 254, 255, 256, 40_000, 140_000][random.below(20).min(6) * usize::from(random.below(3) == 0)];
        "ä".repeat(length / 2)
    }
    fn convert(old: &String) -> String {
        old.clone()
    }
}

macro_rules! case {
    ($name:ident: $old:ty => $new:ty, |$random:ident| $make:expr, |$value:ident| $convert:expr) => {
        struct $name;
        impl Case for $name {
            type Old = $old;
            type New = $new;
            fn make($random: &mut Random) -> $old {
                $make
            }
            fn convert($value: &$old) -> $new {
                $convert
            }
        }
    };
}

case!(Widened: i16 => i64, |r| r.number() as i16, |v| i64::from(*v));
case!(Floated: u32 => f64, |r| r.number() as u32, |v| f64::from(*v));
case!(Zeroable: NonZeroU16 => u32, |r| NonZeroU16::new(r.number() as u16 | 1).unwrap(), |v| u32::from(v.get()));
case!(Boxed: String => Box<String>, |r| Same::make(r), |v| Box::new(v.clone()));
case!(Unboxed: Box<String> => String, |r| Box::new(Same::make(r)), |v| (**v).clone());
case!(UnboxedPlain: Box<u8> => u16, |r| Box::new(r.number() as u8), |v| u16::from(**v));
case!(Optional: u16 => Option<u32>, |r| r.number() as u16, |v| Some((*v).into()));
case!(Unwrapped: Option<u16> => u32, |r| Some(r.number() as u16), |v| v.unwrap().into());
case!(UnwrappedText: Option<Option<Box<String>>> => Option<String>, |r| Some(Some(Box::new(Same::make(r)))), |v| v.clone().unwrap().map(|text| *text));
case!(Required: Option<Vec<u8>> => Box<Vec<u16>>, |r| Some(vec![r.number() as u8; r.below(300)]), |v| Box::new(v.iter().flatten().map(|n| (*n).into()).collect()));
case!(InCell: Vec<u8> => RefCell<Vec<u8>>, |r| vec![r.number() as u8; r.below(300)], |v| RefCell::new(v.clone()));
case!(OutOfCell: RefCell<String> => String, |r| RefCell::new(Same::make(r)), |v| v.borrow().clone());
case!(IntoRc: Box<i8> => Rc<i32>, |r| Box::new(r.number() as i8), |v| Rc::new((**v).into()));
case!(IntoText: String => Arc<str>, |r| Same::make(r), |v| v.as_str().into());
case!(Queue: [u8; 3] => VecDeque<u64>, |r| [r.number() as u8; 3], |v| v.iter().map(|n| (*n).into()).collect());
case!(Array: [Box<u8>; 2] => [u64; 2], |r| [Box::new(r.number() as u8), Box::new(9)], |v| [(*v[0]).into(), (*v[1]).into()]);
case!(SetToList: BTreeSet<u8> => Vec<i16>, |r| (0..r.below(9)).map(|n| n as u8).collect(), |v| v.iter().map(|n| (*n).into()).collect());
case!(Units: Vec<()> => Vec<()>, |r| vec![(); r.below(20)], |v| v.clone());
case!(LateEntries: BTreeMap<Box<u8>, Box<String>> => HashMap<u32, String>,
    |r| (0..r.below(9)).map(|n| (Box::new(n as u8), Box::new(Same::make(r)))).collect(),
    |v| v.iter().map(|(k, v)| ((**k).into(), (**v).clone())).collect());

mod old {
    use super::*;

    #[derive(Pickle, Clone)]
    pub(super) struct Record {
        pub(super) name: String,
        pub(super) gone: Vec<(String, Box<u8>)>,
        pub(super) size: Box<u16>,
        #[pickle(compact)]
        pub(super) count: u32,
        pub(super) kind: Kind,
        pub(super) inner: (u8, Box<Inner>),
        pub(super) array: [Inner; 2],
    }

    #[derive(Pickle, Clone)]
    pub(super) struct Inner {
        pub(super) a: Box<u8>,
        pub(super) b: String,
    }

    #[derive(Pickle, Clone)]
    pub(super) enum Kind {
        Empty,
        Gone { a: String, b: Box<Vec<Kind>> },
        Pair(Box<u8>, String),
        Named { x: Inner, y: String },
    }

    #[derive(Pickle, Clone)]
    pub(super) struct Hooked {
        pub(super) word: String,
        pub(super) n: u8,
    }

    #[derive(Pickle, Clone)]
    #[pickle(before_dump = Self::check)]
    pub(super) struct Unhooked {
        pub(super) word: String,
        pub(super) n: u8,
    }

    impl Unhooked {
        fn check(&self) -> Result<(), String> {
            Ok(())
        }
    }
}

mod new {
    use super::*;

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) struct Record {
        #[pickle(default = vec!["first".to_owned()])]
        pub(super) first: Vec<String>,
        pub(super) array: [Inner; 2],
        pub(super) inner: (u64, Inner),
        #[pickle(default = 7)]
        pub(super) seven: u64,
        pub(super) kind: Kind,
        pub(super) count: u64,
        #[pickle(default)]
        pub(super) late: (String, Vec<u8>, Option<String>),
        pub(super) size: i32,
        pub(super) name: Option<String>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) struct Inner {
        #[pickle(default = "c".repeat(300))]
        pub(super) c: String,
        pub(super) b: String,
        #[pickle(compact, default = -3)]
        pub(super) d: i32,
        pub(super) a: u64,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) enum Kind {
        Named {
            #[pickle(default = Some("z".to_owned()))]
            z: Option<String>,
            y: Rc<String>,
            x: Inner,
        },
        Pair(u8, Box<String>, #[pickle(default = "third".to_owned())] String),
        Empty {
            #[pickle(default = vec![1, 2])]
            numbers: Vec<u8>,
        },
        #[pickle(other)]
        Unknown,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(before_dump = Self::check)]
    pub(super) struct Hooked {
        pub(super) n: u16,
        #[pickle(default = "new".to_owned())]
        pub(super) new: String,
        pub(super) word: String,
    }

    impl Hooked {
        fn check(&self) -> Result<(), String> {
            Ok(())
        }
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) struct Unhooked {
        pub(super) n: u16,
        pub(super) word: String,
    }
}

fn inner(random: &mut Random) -> old::Inner {
    old::Inner { a: Box::new(random.number() as u8), b: Same::make(random) }
}

fn new_inner(old: &old::Inner) -> new::Inner {
    new::Inner { a: (*old.a).into(), b: old.b.clone(), c: "c".repeat(300), d: -3 }
}

fn kind(random: &mut Random) -> old::Kind {
    match random.below(5) {
        0 => old::Kind::Empty,
        1 => old::Kind::Gone { a: Same::make(random), b: Box::new(vec![kind(random)]) },
        2 => old::Kind::Pair(Box::new(random.number() as u8), Same::make(random)),
        _ => old::Kind::Named { x: inner(random), y: Same::make(random) },
    }
}

fn new_kind(old: &old::Kind) -> new::Kind {
    match old {
        old::Kind::Empty => new::Kind::Empty { numbers: vec![1, 2] },
        old::Kind::Gone { .. } => new::Kind::Unknown,
        old::Kind::Pair(a, b) => new::Kind::Pair(**a, Box::new(b.clone()), "third".into()),
        old::Kind::Named { x, y } => new::Kind::Named { z: Some("z".into()), y: Rc::new(y.clone()), x: new_inner(x) },
    }
}

case!(Records: old::Record => new::Record,
|r| old::Record {
    name: Same::make(r),
    gone: (0..r.below(4)).map(|_| (Same::make(r), Box::new(1))).collect(),
    size: Box::new(r.number() as u16),
    count: r.number() as u32 >> r.below(32),
    kind: kind(r),
    inner: (r.number() as u8, Box::new(inner(r))),
    array: [inner(r), inner(r)],
},
|v| new::Record {
    first: vec!["first".into()],
    array: [new_inner(&v.array[0]), new_inner(&v.array[1])],
    inner: (v.inner.0.into(), new_inner(&v.inner.1)),
    seven: 7,
    kind: new_kind(&v.kind),
    count: v.count.into(),
    late: Default::default(),
    size: (*v.size).into(),
    name: Some(v.name.clone()),
});
case!(Kinds: old::Kind => new::Kind, |r| kind(r), |v| new_kind(v));
case!(HookAdded: old::Hooked => new::Hooked,
    |r| old::Hooked { word: Same::make(r), n: r.number() as u8 },
    |v| new::Hooked { n: v.n.into(), new: "new".into(), word: v.word.clone() });
case!(HookRemoved: old::Unhooked => new::Unhooked,
    |r| old::Unhooked { word: Same::make(r), n: r.number() as u8 },
    |v| new::Unhooked { n: v.n.into(), word: v.word.clone() });

#[track_caller]
fn opens<T: UnpickleOwned + PartialEq + Debug>(old: &impl Pickle, expected: &T) {
    let bytes = dumps(old).unwrap();
    assert!(loads::<T>(&bytes).unwrap() == *expected, "{}", std::any::type_name::<T>());
    let summed = Pickler::new().checksum(true).dumps(old).unwrap();
    assert!(load::<T, _>(&summed[..]).unwrap() == *expected);
    assert!(loads::<T>(&summed).unwrap() == *expected);
    let bare = Pickler::new().schema(Schema::Fingerprint).dumps(old).unwrap();
    match loads::<T>(&bare) {
        Ok(same) => assert!(same == *expected),
        Err(error) => assert_eq!(error.kind(), ErrorKind::WrongType),
    }
}

/// The two types side by side, and in each kind of container.
fn check<A: Case, B: Case>(random: &mut Random) {
    let (a, b) = (A::make(random), B::make(random));
    let new = || (A::convert(&a), B::convert(&b));
    opens(&(a.clone(), b.clone()), &new());
    let rows: Vec<(A::Old, B::Old)> = (0..random.below(5)).map(|_| (A::make(random), B::make(random))).collect();
    let expected: Vec<_> = rows.iter().map(|(a, b)| (A::convert(a), B::convert(b))).collect();
    opens(&rows, &expected);
    opens(&BTreeMap::from([(1u8, (a.clone(), b.clone()))]), &HashMap::from([(1u16, new())]));
    opens(&[(a.clone(), b.clone()), (a.clone(), b.clone())], &[new(), new()]);
    opens(&[(a.clone(), b.clone()), (a.clone(), b.clone())], &vec![new(), new()]);
    opens(&(Some((a.clone(), 1u8)), Box::new(b.clone())), &(Some((A::convert(&a), 1u8)), B::convert(&b)));
    opens(&Rc::new((a.clone(), b.clone())), &Rc::new(new()));
    opens(&(Rc::new((a.clone(), b.clone())), 1u8), &(new(), 1u8));
    opens(&(1u8, (a.clone(), b.clone())), &(1u8, Rc::new(new())));
    let result: Result<(A::Old, B::Old), u8> = Ok((a.clone(), b.clone()));
    opens(&result, &Ok::<_, u32>(new()));
}

/// Each case beside those whose heads and bodies differ most.
fn beside_others<A: Case>(random: &mut Random) {
    let partners: [fn(&mut Random); 3] = [check::<A, Same>, check::<A, UnboxedPlain>, check::<A, Records>];
    for partner in partners {
        if !cfg!(debug_assertions) || random.below(2) == 0 {
            partner(random);
        }
    }
}

macro_rules! all {
    ($random:ident: $($case:ty)*) => {
        $(beside_others::<$case>(&mut $random);)*
    };
}

#[test]
fn what_opens_is_what_a_conversion_gives() {
    let rounds = if cfg!(debug_assertions) { 1 } else { 10 };
    for seed in 0..rounds {
        let mut random = Random(seed);
        all!(random: Same Widened Floated Zeroable Boxed Unboxed UnboxedPlain Optional Unwrapped UnwrappedText Required
            InCell OutOfCell IntoRc IntoText Queue Array SetToList Units LateEntries Records Kinds HookAdded HookRemoved);
    }
}

#[test]
fn streams_of_several_shapes_in_one_file() {
    let mut random = Random(5);
    let mut file = Vec::new();
    let mut expected = Vec::new();
    for _ in 0..6 {
        let old = Records::make(&mut random);
        dump(&old, &mut file).unwrap();
        expected.push(Records::convert(&old));
        dump(expected.last().unwrap(), &mut file).unwrap();
        expected.push(Records::convert(&old));
    }
    let found: Vec<new::Record> = Unpickler::new().iter(&file[..]).collect::<Result<_, _>>().unwrap();
    assert!(found == expected);
}

#[test]
fn borrowing_types() {
    #[derive(Pickle, Debug)]
    #[pickle(name = "Hooked")]
    struct Borrowed<'a> {
        n: u8,
        word: &'a str,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Hooked")]
    struct Owning<'a> {
        n: u16,
        word: Cow<'a, str>,
        #[pickle(default = Cow::Borrowed("by default"))]
        more: Cow<'a, str>,
    }
    let old = old::Hooked { word: "a word".into(), n: 3 };
    let bytes = dumps(&old).unwrap();
    let error = loads::<Borrowed<'_>>(&bytes).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::CannotBorrow, "word"));
    assert!(error.to_string().contains("use `String`") && !error.to_string().contains("from a slice"), "{error}");
    let owning: Owning<'_> = loads(&bytes).unwrap();
    assert_eq!(owning, Owning { n: 3, word: "a word".into(), more: "by default".into() });
    let current = dumps(&Borrowed { n: 1, word: "lent" }).unwrap();
    let current: Borrowed<'_> = loads(&current).unwrap();
    assert_eq!((current.n, current.word), (1, "lent"));

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Bytes")]
    struct Before {
        bytes: Vec<u8>,
        text: String,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Bytes")]
    struct After<'a> {
        text: Cow<'a, str>,
        bytes: Cow<'a, [u8]>,
    }
    for length in [0, 3, 300, 200_000] {
        let old = Before { bytes: (0..length).map(|n| n as u8).collect(), text: "t".repeat(length) };
        let bytes = dumps(&old).unwrap();
        let new: After<'_> = loads(&bytes).unwrap();
        assert!(*new.bytes == old.bytes && new.text == old.text);
    }
}

//! Types that know only serde, by `#[pickle(serde)]`.

#![cfg(feature = "serde")]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;

use pickle_core::{Error, ErrorKind, Pickle, Pickler, Unpickler, Value, dump, dumps, load, loads};
use pickle_tests::{assert_says, on_small_stack, patch, round_trip, same};
use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

/// Any value, by what it knows of serde.
#[derive(Pickle, Debug, PartialEq)]
#[pickle(transparent)]
struct By<T>(#[pickle(serde)] T);

/// What another type makes of a value.
fn read<T: Serialize + DeserializeOwned>(value: impl Serialize + DeserializeOwned) -> Result<T, Error> {
    loads::<By<T>>(&dumps(&By(value)).unwrap()).map(|by| by.0)
}

fn shown(value: &impl Pickle) -> String {
    loads::<Value>(&dumps(value).unwrap()).unwrap().to_string()
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
enum Choice {
    Unit,
    New(u8),
    NewUnit(()),
    Pair(i8, String),
    Named { x: f32, y: Option<Box<Choice>> },
    Empty {},
}

fn choices() -> Vec<Choice> {
    let named = Choice::Named { x: 0.5, y: Some(Box::new(Choice::Pair(-1, "one".into()))) };
    vec![Choice::Unit, Choice::New(1), Choice::NewUnit(()), Choice::Pair(2, "two".into()), named, Choice::Empty {}]
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone, Default)]
struct Unit;

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone, Copy, PartialOrd, Eq, Ord)]
struct Meters(i64);

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Everything {
    numbers: (bool, u8, u16, u32, u64, u128, i8, i16, i32, i64, i128),
    floats: (f32, f64),
    text: (char, String),
    bytes: serde_bytes::ByteBuf,
    nothing: ((), Unit),
    option: [Option<Option<u8>>; 3],
    meters: Meters,
    choices: Vec<Choice>,
    by_text: BTreeMap<String, i32>,
    by_number: BTreeMap<u8, Vec<u8>>,
    by_pair: BTreeMap<(i8, char), Meters>,
    by_choice: HashMap<Option<bool>, String>,
    address: IpAddr,
}

fn everything() -> Everything {
    Everything {
        numbers: (true, 1, 2, 3, 4, u128::MAX, -1, -2, -3, -4, i128::MIN),
        floats: (0.1, f64::MIN_POSITIVE),
        text: ('ß', "text".into()),
        bytes: serde_bytes::ByteBuf::from(vec![0, 255, 7]),
        nothing: ((), Unit),
        option: [None, Some(None), Some(Some(3))],
        meters: Meters(-5),
        choices: choices(),
        by_text: [("one".into(), 1), ("two".into(), 2)].into(),
        by_number: [(1, vec![1, 2]), (2, vec![])].into(),
        by_pair: [((-1, 'a'), Meters(1))].into(),
        by_choice: [(None, "none".into()), (Some(true), "yes".into())].into(),
        address: "::1".parse().unwrap(),
    }
}

#[test]
fn all_of_the_data_model_comes_back() {
    same(By(everything()));
    same(vec![By(choices())]);
    same(By(vec![everything(); 50]));
    assert_eq!(
        shown(&By(vec![Choice::New(1), Choice::Pair(2, "two".into())])),
        r#"Seq([Variant("New", U8(1)), Variant("Pair", Seq([I8(2), Str("two")]))])"#
    );
    assert_eq!(
        shown(&By(Choice::Named { x: 0.5, y: None })),
        r#"Variant("Named", Struct([("x", F32(0.5)), ("y", None)]))"#
    );
}

#[test]
fn numbers_side_by_side_are_a_run() {
    for length in [0usize, 1, 2, 254, 255, 256, 100_000] {
        let bytes: Vec<u8> = (0..length).map(|i| i as u8).collect();
        let floats: Vec<f64> = bytes.iter().map(|byte| f64::from(*byte) / 3.0).collect();
        same(By((bytes.clone(), floats.clone())));
        same(By((
            floats.iter().map(|x| *x as f32).collect::<Vec<_>>(),
            bytes.iter().map(|x| *x as i16).collect::<Vec<_>>(),
        )));
        same(By(bytes.iter().map(|x| -i128::from(*x)).collect::<Vec<_>>()));
        same(By(bytes.iter().map(|x| Meters(i64::from(*x))).collect::<Vec<_>>()));
    }
    let length = |count| dumps(&By(vec![1.5f64; count])).unwrap().len();
    assert_eq!(length(50) - length(20), 30 * 8, "nothing but the numbers");
    assert_eq!(
        shown(&By((vec![1u16, 2], [1.5f32, 2.5], (7u8, 8u8)))),
        "Seq([U16s([1, 2]), F32s([1.5, 2.5]), U8s([7, 8])])"
    );
    // What only begins as one is none.
    same(By((1u8, 2u8, 3u16, "text".to_owned())));
    assert_eq!(shown(&By((1u8, 2u8, 3u16))), "Seq([U8(1), U8(2), U16(3)])");
    same(By(vec![Some(1u8), None]));
    // The reader may want another number, an option, or a newtype.
    assert_eq!(read::<Vec<u64>>(vec![1u8, 2]).unwrap(), [1, 2]);
    assert_eq!(read::<Vec<Option<Meters>>>(vec![1u8]).unwrap(), [Some(Meters(1))]);
    assert_eq!(read::<BTreeMap<u8, u8>>(vec![1u8]).unwrap_err().kind(), ErrorKind::Hook);
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Sparse {
    id: u8,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
    inner: Vec<Sparse>,
}

fn sparse(id: u8, note: Option<&str>, inner: Vec<Sparse>) -> Sparse {
    Sparse { id, note: note.map(Into::into), inner }
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Wrapped(Sparse);

#[test]
fn structs_side_by_side_name_their_fields_once() {
    let plain = || sparse(1, None, vec![]);
    assert_eq!(
        shown(&By(vec![plain(), sparse(2, None, vec![plain()])])),
        r#"Rows(["id", "inner"], [Row([U8(1), Seq([])]), Row([U8(2), Rows(["id", "inner"], [Row([U8(1), Seq([])])])])])"#
    );
    let length = |count| dumps(&By(vec![plain(); count])).unwrap().len();
    assert_eq!(length(30) - length(10), 20 * 6, "of each the tags, a number and two lengths");
    // One of other fields among them, first or later, is what it is.
    let other = || sparse(3, Some("note"), vec![plain(), sparse(4, Some("other"), vec![])]);
    same(By(vec![plain(), other(), plain()]));
    same(By(vec![other(), plain(), other()]));
    same(By(vec![Wrapped(plain()), Wrapped(other())]));
    same(By((plain(), other(), plain(), 5u8, "text".to_owned())));
    same(By((5u8, plain())));
    same(By(vec![Some(plain()), None]));
    same(By(vec![Unit; 3]));
    assert_eq!(
        shown(&By(vec![plain(), other()]))[..76],
        r#"Rows(["id", "inner"], [Row([U8(1), Seq([])]), Struct([("id", U8(3)), ("note","#[..76]
    );
    // Whatever takes a struct takes a row.
    assert_eq!(read::<Vec<Option<Wrapped>>>(vec![plain()]).unwrap(), [Some(Wrapped(plain()))]);
    assert_eq!(read::<Vec<serde_json::Value>>(vec![plain()]).unwrap(), [serde_json::json!({"id": 1, "inner": []})]);
    assert_eq!(read::<Vec<Ignoring>>(vec![other(), plain()]).unwrap(), [Ignoring { id: 3 }, Ignoring { id: 1 }]);
    let error = read::<Vec<Sparse>>(vec![Ignoring { id: 1 }]).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "0[0]"), "{error}");
    #[derive(Serialize, Deserialize, Debug)]
    struct WideIds {
        id: u16,
        inner: (),
    }
    let error = read::<Vec<Sparse>>(vec![WideIds { id: 300, inner: () }]).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "0[0].id"), "{error}");
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Ignoring {
    id: u8,
}

#[test]
fn a_row_elsewhere_or_of_other_fields_is_refused() {
    let bytes = dumps(&By(vec![Ignoring { id: 77 }])).unwrap();
    // A row of one field, a number: now of none, and of two.
    for (to, what) in [([37, 0, 9, 77], "a row"), ([37, 2, 9, 77], "")] {
        let mut bytes = bytes.clone();
        patch(&mut bytes, &[37, 1, 9, 77], &to);
        let error = loads::<By<Vec<Ignoring>>>(&bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        assert_says(error, &[what]);
    }
    let mut alone = dumps(&By([[1u8; 2]])).unwrap();
    patch(&mut alone, &[19, 1, 29, 2, 1, 1], &[19, 1, 37, 2, 1, 1]);
    assert_says(loads::<By<Vec<Ignoring>>>(&alone).unwrap_err(), &["a row that has not the fields of its rows"]);
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Flat {
    id: u32,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Inner {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
    #[serde(rename = "type", default)]
    kind: Vec<u8>,
    #[serde(skip)]
    cache: u8,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(untagged)]
enum Untagged {
    Number(u64),
    Address(IpAddr),
    Choice(Choice),
    Text(String),
    Pair(f32, f32),
    Wide { wide: i64, bytes: serde_bytes::ByteBuf },
    Named { by: BTreeMap<u8, Option<()>> },
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "kind")]
enum Tagged {
    Nothing,
    Point { x: f64, deep: Option<Box<Tagged>> },
    Other(Inner),
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Nothing,
    One(Choice),
    Two(u8, u8),
}

#[test]
fn what_is_looked_at_twice_comes_back() {
    let inner = |note: Option<&str>| Inner { name: "n".into(), note: note.map(Into::into), kind: vec![1, 2], cache: 0 };
    same(By(Flat {
        id: 7,
        inner: inner(None),
        rest: [("more".into(), serde_json::json!({"a": [1, null, 0.5]}))].into(),
    }));
    same(By(vec![
        Untagged::Number(5),
        Untagged::Address("127.0.0.1".parse().unwrap()),
        Untagged::Choice(Choice::Pair(1, "x".into())),
        Untagged::Choice(Choice::Unit),
        Untagged::Choice(Choice::Named { x: 1.0, y: Some(Box::new(Choice::Unit)) }),
        Untagged::Text("text".into()),
        Untagged::Pair(0.5, 1.5),
        Untagged::Wide { wide: -7, bytes: serde_bytes::ByteBuf::from(vec![1, 2]) },
        Untagged::Named { by: [(1, None), (2, Some(()))].into() },
    ]));
    let deep = Tagged::Point { x: 1.0, deep: Some(Box::new(Tagged::Other(inner(Some("note"))))) };
    same(By(vec![Tagged::Nothing, deep]));
    same(By(vec![Adjacent::Nothing, Adjacent::One(Choice::New(3)), Adjacent::Two(1, 2)]));
}

/// As a value of another crate would be kept.
#[derive(Pickle, Debug, PartialEq)]
struct Document {
    title: Arc<str>,
    #[pickle(serde)]
    content: serde_json::Value,
    again: Arc<str>,
}

#[test]
fn json_within_other_types() {
    let title: Arc<str> = "shared".into();
    let content = serde_json::json!({
        "list": [1, -1, 1.5, "text", null, true, [], {}],
        "nested": {"deep": {"deeper": [[[[1]]]]}},
        "large": u64::MAX,
    });
    let document = Document { title: title.clone(), content, again: title };
    same(vec![Document { content: serde_json::Value::Null, title: "t".into(), again: "a".into() }]);
    let back = round_trip(&document);
    assert_eq!(back, document);
    assert!(Arc::ptr_eq(&back.title, &back.again));
    let value: Value = loads(&dumps(&document).unwrap()).unwrap();
    assert_says(&value, &[r#"(Str("large"), U64(18446744073709551615))"#]);
    assert!(value.to_string().contains(r#"(Str("nested"), Map([(Str("deep"), Map("#), "{value}");
}

#[derive(Serialize, Deserialize, Pickle, Debug, PartialEq)]
#[pickle(serde)]
struct Settings {
    volume: u8,
    #[serde(default)]
    theme: Option<String>,
}

#[derive(Serialize, Deserialize, Pickle, Debug, PartialEq)]
#[pickle(serde, after_load = Self::check)]
enum Level {
    Low,
    High { by: u32 },
}

impl Level {
    fn check(&mut self) -> Result<(), &'static str> {
        if *self == (Level::High { by: 0 }) { Err("high by nothing") } else { Ok(()) }
    }
}

#[derive(Serialize, Deserialize, Pickle, Debug, PartialEq)]
#[pickle(serde)]
struct Generic<T> {
    items: Vec<T>,
}

#[test]
fn a_type_of_ones_own_by_what_it_knows_of_serde() {
    let settings = || Settings { volume: 7, theme: Some("dark".into()) };
    same(vec![settings(), Settings { volume: 1, theme: None }]);
    same((BTreeMap::from([(1u8, settings())]), [Level::Low, Level::High { by: 3 }]));
    same(Generic { items: vec![Meters(1), Meters(2)] });
    assert_eq!(shown(&settings()), r#"Settings(Struct([("volume", U8(7)), ("theme", Some(Str("dark")))]))"#);
    let error = loads::<Level>(&dumps(&Level::High { by: 0 }).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Hook, "{error}");
}

#[test]
fn older_shapes_are_for_serde_to_take() {
    mod old {
        #[derive(serde::Serialize, serde::Deserialize, pickle_core::Pickle)]
        #[pickle(serde)]
        pub(super) struct Settings {
            pub(super) volume: u64,
            pub(super) gone: Vec<String>,
        }
    }
    let older = old::Settings { volume: 7, gone: vec!["x".into()] };
    assert_eq!(loads::<Settings>(&dumps(&older).unwrap()).unwrap(), Settings { volume: 7, theme: None });
    let wide = old::Settings { volume: 700, gone: vec![] };
    let error = loads::<Settings>(&dumps(&wide).unwrap()).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "volume"), "{error}");
    // The type around it changes as any does, and what is serde's goes along.
    #[derive(Pickle)]
    #[pickle(name = "App")]
    struct Before {
        #[pickle(serde)]
        settings: serde_json::Value,
        number: u8,
    }
    #[derive(Pickle)]
    #[pickle(name = "App")]
    struct After {
        number: u32,
        #[pickle(serde, alias = "settings")]
        data: serde_json::Value,
        #[pickle(serde, default = Meters(3))]
        far: Meters,
    }
    let json = serde_json::json!({"a": [1, 2, 3], "b": ["x", {"c": null}]});
    let after: After = loads(&dumps(&Before { settings: json.clone(), number: 5 }).unwrap()).unwrap();
    assert_eq!((after.number, after.data, after.far), (5, json, Meters(3)));
}

#[test]
fn what_the_type_refuses_is_an_error_with_its_path() {
    #[derive(Pickle, Debug)]
    struct Outer<T> {
        #[pickle(serde)]
        inner: BTreeMap<String, Vec<T>>,
    }
    let bytes = dumps(&Outer { inner: [("list".to_owned(), vec![1i64, -1])].into() }).unwrap();
    let error = loads::<Outer<u8>>(&bytes).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "inner[0][1]"), "{error}");
    assert_says(&error, &["`Deserialize`", "invalid value: integer `-1`, expected u8", "at byte"]);
    assert!(std::error::Error::source(&error).is_some());

    let named = |path: &str, error: Error| {
        assert_eq!((error.kind(), error.path()), (ErrorKind::Hook, format!("0{path}")), "{error}");
        error
    };
    assert_says(
        named("", read::<Inner>(BTreeMap::from([("x".to_owned(), 1)])).unwrap_err()),
        &["missing field `name`"],
    );
    named("[2]", read::<Vec<Choice>>(vec!["Unit".to_owned(), "Unit".into(), "None".into()]).unwrap_err());
    named("", read::<Choice>(Level::High { by: 1 }).unwrap_err());
    named("", read::<(u8, u8)>(vec![1u8, 2, 3]).unwrap_err());
    named("", read::<(String, u8)>(("a".to_owned(), 1u8, 2u8)).unwrap_err());
    named(".y", read::<Choice2>(Choice::Named { x: 0.5, y: Some(Box::new(Choice::Unit)) }).unwrap_err());
    assert_eq!(read::<Vec<Choice>>(vec!["Unit".to_owned()]).unwrap(), [Choice::Unit], "by a name alone too");
}

#[derive(Serialize, Deserialize, Debug)]
enum Choice2 {
    Named { x: f64, y: u8 },
}

/// Says one number of parts, and writes another.
struct Liar(usize, usize, bool);

impl Serialize for Liar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Liar(said, written, text) = *self;
        let mut seq = serializer.serialize_seq(Some(said))?;
        for i in 0..written {
            if text { seq.serialize_element("text")? } else { seq.serialize_element(&i)? }
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Liar {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Liar(0, 0, false))
    }
}

/// Goes on after its own part has failed.
struct Careless;

struct Failing;

impl Serialize for Failing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("can't be saved"))
    }
}

impl Serialize for Careless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_struct("Careless", 2)?;
        let _ = seq.serialize_field("first", &Failing);
        seq.serialize_field("second", &1u8)?;
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Careless {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Careless;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("anything")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Careless, A::Error> {
                while seq.next_element::<u8>().unwrap_or(Some(0)).is_some() {}
                Ok(Careless)
            }
        }
        deserializer.deserialize_seq(Visitor)
    }
}

#[test]
fn a_type_that_lies_is_refused() {
    for liar in
        [Liar(2, 1, false), Liar(2, 1, true), Liar(1, 2, false), Liar(1, 2, true), Liar(0, 1, true), Liar(1, 0, true)]
    {
        let error = dumps(&(1u8, By(liar))).unwrap_err();
        assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unrepresentable, "1.0"), "{error}");
    }
    assert!(dumps(&By(Liar(2, 2, true))).is_ok() && dumps(&By(Liar(0, 0, true))).is_ok());
    let error = dumps(&[By(Careless)]).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[0].0.first"), "{error}");
    assert_says(error, &["can't be saved"]);
    // What is left after its error is not looked at.
    let error = read::<Careless>(vec!["a".to_owned(), "b".into()]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
}

/// Does not say how long it is.
#[derive(Debug, PartialEq, Default)]
struct Unmeasured(Vec<(String, u8)>);

impl Serialize for Unmeasured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, &Measured(*value))?;
        }
        map.end()
    }
}

struct Measured(u8);

impl Serialize for Measured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(std::iter::repeat_n(self.0, self.0.into()).filter(|_| true))
    }
}

impl<'de> Deserialize<'de> for Unmeasured {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = BTreeMap::<String, Vec<u8>>::deserialize(deserializer)?;
        Ok(Unmeasured(map.into_iter().map(|(key, value)| (key, value.len() as u8)).collect()))
    }
}

/// A list of one, which does not say so.
struct Unsaid<T>(T);

impl<T: Serialize> Serialize for Unsaid<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq([&self.0].into_iter().filter(|_| true))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unsaid<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <[T; 1]>::deserialize(deserializer).map(|[value]| Unsaid(value))
    }
}

#[test]
fn what_does_not_say_how_long_it_is_looks_the_same() {
    // A clone, because a `HashMap` of the same entries may have them in another order.
    let value = everything();
    assert_eq!(dumps(&By(Unsaid(value.clone()))).unwrap(), dumps(&By([value])).unwrap());
    let mixed = || vec![sparse(1, None, vec![]), sparse(2, Some("x"), vec![sparse(1, None, vec![])])];
    assert_eq!(dumps(&By(Unsaid(mixed()))).unwrap(), dumps(&By([mixed()])).unwrap());
    assert_eq!(dumps(&By(Unsaid(vec![1.5; 300]))).unwrap(), dumps(&By([vec![1.5; 300]])).unwrap());
    assert_eq!(loads::<By<Unsaid<Everything>>>(&dumps(&By(Unsaid(everything()))).unwrap()).unwrap().0.0, everything());
    let unmeasured = Unmeasured(vec![("a".into(), 2), ("b".into(), 0), ("c".into(), 200)]);
    let measured: BTreeMap<String, Vec<u8>> =
        unmeasured.0.iter().map(|(key, count)| (key.clone(), vec![*count; usize::from(*count)])).collect();
    let bytes = dumps(&By(unmeasured)).unwrap();
    assert_eq!(bytes, dumps(&By(measured)).unwrap());
    assert_eq!(loads::<By<Unmeasured>>(&bytes).unwrap().0.0[2], ("c".into(), 200));
    let mixed: Vec<_> = (0..3).map(|i| (everything(), Unmeasured(vec![("x".into(), i)]))).collect();
    same(By(mixed));
}

#[test]
fn nesting_has_its_limit_on_both_ways() {
    on_small_stack(|| {
        let nest = |levels| (0..levels).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner, {"x": null}]));
        same(By(nest(80)));
        let error = dumps(&By(nest(100))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert_says(error, &["max_depth, 256", "`Pickler::max_depth`"]);
        let error = dumps(&By(Unsaid(nest(100)))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert_says(error, &["max_depth, 256", "`Pickler::max_depth`"]);
    });
    let nest = |levels| (0..levels).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
    let bytes = Pickler::new().max_depth(2000).dumps(&By(nest(500))).unwrap();
    on_small_stack(move || {
        let error = loads::<By<serde_json::Value>>(&bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    });
}

/// Holds itself through what takes no bytes.
#[derive(Serialize, Deserialize, Debug)]
struct Endless(Option<Box<Endless>>);

#[test]
fn a_type_that_holds_itself_in_options_ends() {
    on_small_stack(|| {
        same(By(vec![None::<u8>]));
        let end = By(Endless(Some(Box::new(Endless(None)))));
        assert!(loads::<By<Endless>>(&dumps(&end).unwrap()).unwrap().0.0.unwrap().0.is_none());
        assert_eq!(read::<Endless>("text".to_owned()).unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(read::<Vec<Endless>>(vec![1u8]).unwrap_err().kind(), ErrorKind::Hook);
    });
}

#[test]
fn hostile_bytes_are_errors() {
    let bytes = dumps(&By(everything())).unwrap();
    let limited = Unpickler::new().max_memory(1 << 20);
    for at in 0..bytes.len() {
        for change in [1u8, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            // An error or another value, which can be saved again.
            if let Ok(value) = limited.loads::<By<Everything>>(&bytes) {
                assert!(dumps(&value).is_ok());
            }
            if let Ok(value) = limited.loads::<By<serde_json::Value>>(&bytes) {
                assert!(dumps(&value).is_ok());
            }
        }
        assert!(loads::<By<Everything>>(&bytes[..at]).is_err());
    }
}

#[test]
fn what_does_not_say_how_long_it_is_nests_less_deep() {
    /// Lists of one, which do not say so.
    #[derive(Clone)]
    struct Nest(usize);
    impl Serialize for Nest {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(std::iter::repeat_n(Nest(self.0.saturating_sub(1)), self.0.min(1)).filter(|_| true))
        }
    }
    impl<'de> Deserialize<'de> for Nest {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let inner = Vec::<Nest>::deserialize(deserializer)?;
            Ok(Nest(inner.first().map_or(0, |inner| inner.0 + 1)))
        }
    }
    on_small_stack(|| {
        assert_eq!(loads::<By<Nest>>(&dumps(&By(Nest(60))).unwrap()).unwrap().0.0, 60);
        let error = dumps(&By(Nest(70))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert_eq!(dumps(&By(Nest(100_000))).unwrap_err().kind(), ErrorKind::Limit);
    });
}

#[test]
fn memory_is_charged() {
    let limited = Unpickler::new().max_memory(1 << 20);
    let nones = dumps(&By(vec![None::<u8>; 200_000])).unwrap();
    assert_eq!(limited.loads::<By<Vec<Option<u8>>>>(&nones).unwrap_err().kind(), ErrorKind::Limit);
    let run = dumps(&By(vec![1.5f64; 200_000])).unwrap();
    assert_eq!(limited.loads::<By<Vec<f64>>>(&run).unwrap_err().kind(), ErrorKind::Limit);
    let bytes = dumps(&By(serde_bytes::ByteBuf::from(vec![7; 2 << 20]))).unwrap();
    assert_eq!(limited.loads::<By<serde_bytes::ByteBuf>>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(loads::<By<Vec<Option<u8>>>>(&nones).unwrap().0.len(), 200_000);
}

#[test]
fn from_a_reader_as_well() {
    let mut file = Vec::new();
    dump(&By(vec![everything(); 300]), &mut file).unwrap();
    assert_eq!(load::<By<Vec<Everything>>, _>(&file[..]).unwrap().0, vec![everything(); 300]);
}

mod models {
    use pickle_core::{Pickle, Value, dumps, loads};
    use smartcore::ensemble::random_forest_classifier::{RandomForestClassifier, RandomForestClassifierParameters};
    use smartcore::linalg::basic::matrix::DenseMatrix;
    use smartcore::linear::linear_regression::{LinearRegression, LinearRegressionParameters};

    type Forest = RandomForestClassifier<f64, u32, DenseMatrix<f64>, Vec<u32>>;
    type Line = LinearRegression<f64, f64, DenseMatrix<f64>, Vec<f64>>;

    /// What a program keeps of its training; neither model knows of pickles.
    #[derive(Pickle)]
    struct Trained {
        name: String,
        #[pickle(serde)]
        forest: Forest,
        #[pickle(serde)]
        line: Line,
    }

    /// Flowers of two kinds, by two lengths.
    fn flowers() -> (DenseMatrix<f64>, Vec<u32>) {
        let rows: Vec<Vec<f64>> =
            (0..120).map(|i| vec![f64::from(i % 11) + f64::from(i % 2) * 4.0, f64::from(i * 7 % 13) / 3.0]).collect();
        let kinds = (0..120).map(|i| u32::from(i % 2 == 1)).collect();
        (DenseMatrix::from_2d_vec(&rows).unwrap(), kinds)
    }

    #[test]
    fn a_model_that_was_trained_predicts_the_same_after_a_load() {
        let (lengths, kinds) = flowers();
        let parameters = RandomForestClassifierParameters::default().with_n_trees(20).with_seed(7);
        let forest = Forest::fit(&lengths, &kinds, parameters).unwrap();
        let targets: Vec<f64> = (0..120).map(|i| f64::from(i % 11) * 1.5 - 2.0).collect();
        let line = Line::fit(&lengths, &targets, LinearRegressionParameters::default()).unwrap();
        let trained = Trained { name: "flowers".into(), forest, line };
        let bytes = dumps(&trained).unwrap();
        let back: Trained = loads(&bytes).unwrap();
        let (unseen, _) = flowers();
        assert_eq!(back.forest.predict(&unseen).unwrap(), trained.forest.predict(&unseen).unwrap());
        assert!(back.forest.predict(&unseen).unwrap().contains(&1));
        // To the last bit.
        let bits = |line: &Line| -> Vec<u64> { line.predict(&unseen).unwrap().iter().map(|y| y.to_bits()).collect() };
        assert_eq!(bits(&back.line), bits(&trained.line));
        assert_eq!((back.name.as_str(), dumps(&back).unwrap() == bytes), ("flowers", true));
        let value: Value = loads(&bytes).unwrap();
        assert!(value.to_string().contains(r#"("trees", "#), "{value}");
    }
}

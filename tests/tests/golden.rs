//! The bytes of a set of values, as FORMAT.md describes them: they may not change without a new format version.
//!
//! `PICKLE_BLESS=1 cargo test -p pickle-tests --test golden` writes the files anew.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use pickle_core::{Function, Pickle, Pickler, Reduced, Schema, UnpickleOwned, dumps, func, function, loads, object};

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "golden", name].iter().collect::<PathBuf>().with_extension("pickle")
}

/// Compares a stream with the file of its name, and loads the file.
fn check<T: Pickle + UnpickleOwned + Debug + PartialEq>(name: &str, value: &T, bytes: &[u8]) {
    if std::env::var_os("PICKLE_BLESS").is_some() {
        fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        fs::write(path(name), bytes).unwrap();
    }
    let golden = fs::read(path(name)).unwrap();
    assert!(golden == bytes, "{name} is written in other bytes than before: FORMAT.md promises the old ones");
    assert_eq!(loads::<T>(&golden).unwrap(), *value, "{name}");
}

#[derive(Pickle, Debug, PartialEq)]
struct Everything {
    unit: (),
    flags: [bool; 3],
    integers: (u8, i16, u32, i64, u128, usize),
    floats: (f32, f64),
    letter: char,
    name: String,
    long: String,
    bytes: Vec<u8>,
    numbers: Vec<u16>,
    nested: Vec<Option<Vec<String>>>,
    map: BTreeMap<String, Vec<Kind>>,
    kinds: Vec<Kind>,
    boxed: Box<(u8, String)>,
    range: std::ops::Range<u32>,
    wait: Duration,
    outcome: Result<u8, String>,
    #[pickle(compact)]
    compact: i64,
    #[pickle(rename = "type")]
    kind: Plain,
    #[pickle(skip)]
    skipped: u8,
}

#[derive(Pickle, Debug, PartialEq, Clone)]
enum Kind {
    Unit,
    Tuple(u8, String),
    Named { left: Option<Box<Kind>>, right: f32 },
}

#[derive(Pickle, Debug, PartialEq)]
enum Plain {
    First,
    Second,
}

fn everything() -> Everything {
    let deep = Kind::Named { left: Some(Box::new(Kind::Tuple(7, "leaf".into()))), right: 0.5 };
    Everything {
        unit: (),
        flags: [true, false, true],
        integers: (u8::MAX, i16::MIN, 0x0102_0304, -5, 1 << 100, 99),
        floats: (-0.0, f64::MAX),
        letter: '√',
        name: "naïve café".into(),
        long: "long ".repeat(60),
        bytes: (0..=255).collect(),
        numbers: (0..300).collect(),
        nested: vec![None, Some(vec![]), Some(vec!["a".into(), String::new(), "b".into()])],
        map: BTreeMap::from([("one".into(), vec![Kind::Unit]), ("two".into(), vec![deep.clone(), Kind::Unit])]),
        kinds: vec![Kind::Tuple(1, "x".into()), deep],
        boxed: Box::new((3, "boxed".into())),
        range: 4..9,
        wait: Duration::new(3, 250_000_000),
        outcome: Err("no".into()),
        compact: -300,
        kind: Plain::Second,
        skipped: 0,
    }
}

#[test]
fn a_struct_of_everything() {
    check("everything", &everything(), &dumps(&everything()).unwrap());
}

#[test]
fn with_a_fingerprint_and_a_checksum() {
    let bytes = Pickler::new().schema(Schema::Fingerprint).checksum(true).dumps(&everything()).unwrap();
    check("fingerprint-checksum", &everything(), &bytes);
}

#[test]
fn several_blocks_and_a_run_with_a_block_of_its_own() {
    let lines: Vec<String> = (0..400).map(|i| format!("line {i} {}", "é".repeat(i % 40))).collect();
    let value = (lines, vec![1u8; 131_061], "end".to_owned());
    check("blocks", &value, &dumps(&value).unwrap());
}

#[object]
trait Animal: Debug {
    fn name(&self) -> &str;
}

#[derive(Pickle, Debug)]
struct Dog {
    name: String,
}

#[object]
impl Animal for Dog {
    fn name(&self) -> &str {
        &self.name
    }
}

#[derive(Pickle, Debug)]
struct Fish(u8);

#[object(name = "Goldfish")]
impl Animal for Fish {
    fn name(&self) -> &str {
        if self.0 == 0 { "nobody" } else { "fish" }
    }
}

#[function]
fn double(x: f64) -> f64 {
    2.0 * x
}

#[derive(Pickle, Debug)]
#[pickle(reduce = Self::reduce)]
struct Handle(String);

impl Handle {
    fn reduce(&self) -> Reduced<Handle> {
        Reduced::new(func!(reopen), self.0.clone())
    }
}

#[function]
fn reopen(name: String) -> Result<Handle, String> {
    Ok(Handle(name))
}

#[derive(Pickle, Debug)]
struct Named {
    animals: Vec<Box<dyn Animal + Send>>,
    function: Function<fn(f64) -> f64>,
    handle: Handle,
}

/// Trait objects have no equality of their own: what they show is compared.
impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

#[test]
fn what_is_saved_by_name() {
    let animals: Vec<Box<dyn Animal + Send>> =
        vec![Box::new(Dog { name: "Rex".into() }), Box::new(Fish(1)), Box::new(Dog { name: "Ivy".into() })];
    assert_eq!(animals.iter().map(|animal| animal.name()).collect::<Vec<_>>(), ["Rex", "fish", "Ivy"]);
    let value = Named { animals, function: func!(double), handle: Handle("log".into()) };
    check("named", &value, &dumps(&value).unwrap());
}

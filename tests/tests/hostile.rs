//! Bytes that somebody made to do harm, and values that are on the edge of what can be saved.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::thread;

use pickle_core::{
    ErrorKind, Function, Pickle, Pickler, Unpickle, Unpickler, dump, dumps, func, function, load, loads, object,
    register,
};
use pickle_tests::by_hand::{LAST, TYPE, TYPES, U8, block, header_of, option, piece, stream, structure, tuple};

/// A stream of `T` with these blocks in place of its own.
fn with_blocks<T: Pickle>(value: &T, blocks: &[Vec<u8>]) -> Vec<u8> {
    [header_of(&dumps(value).unwrap()), blocks.concat()].concat()
}

/// `load` of bytes on a thread with this much stack.
fn on_stack<T: for<'a> Unpickle<'a> + 'static>(kib: usize, bytes: Vec<u8>) -> Option<ErrorKind> {
    let work = move || loads::<T>(&bytes).err().map(|error| error.kind());
    thread::Builder::new().stack_size(kib << 10).spawn(work).unwrap().join().unwrap()
}

#[test]
fn the_name_of_a_type_in_an_error_is_short_however_wide_the_type() {
    let wide = |level| tuple(&[if level < 5 { TYPE + 1 + level } else { U8 }; 1000]);
    let types: Vec<_> = (0..6).map(wide).collect();
    let error = loads::<u32>(&stream(&types, 0, &[0; 4])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongType);
    assert!(error.to_string().len() < 2_000, "{} bytes", error.to_string().len());
}

#[derive(Pickle)]
struct Deep {
    left: Option<Box<Deep>>,
    right: Option<Box<Deep>>,
}

#[test]
fn schemas_that_differ_only_far_down_are_compared_in_linear_time() {
    let own = Deep { left: None, right: None };
    assert!(own.left.is_none() && own.right.is_none());
    let links = 1300;
    let mut types = Vec::new();
    for link in 0..links {
        let at = TYPE + link * 3;
        types.push(structure("Deep", &[("left", at + 1), ("right", at + 1)]));
        types.push(option(at + 2));
        types.push(piece(if link + 1 < links { at + 3 } else { U8 }));
    }
    let error = loads::<Deep>(&stream(&types, 0, &[0; 4])).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::WrongType);
    assert!(error.to_string().len() < 1_000, "{error}");
}

#[function]
fn known(x: u32) -> u32 {
    x
}

#[test]
fn the_name_of_a_function_has_a_limit() {
    let mut data = vec![255];
    data.extend(3_000_000u64.to_le_bytes());
    let bytes = with_blocks(&func!(known), &[block(&data, &vec![b'x'; 3_000_000], LAST)]);
    let error = loads::<Function<fn(u32) -> u32>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(name = "P")]
struct Plain(u32);

#[derive(Pickle, Debug, PartialEq)]
#[pickle(name = "P", after_load = Self::check)]
struct Checked(u32);

impl Checked {
    fn check(&mut self) -> Result<(), &'static str> {
        if self.0 == 13 { Err("unlucky") } else { Ok(()) }
    }
}

mod checks_on_load {
    pub(super) fn dump(value: &u32) -> super::Plain {
        super::Plain(*value)
    }
    pub(super) fn load(value: super::Checked) -> Result<u32, String> {
        Ok(value.0)
    }
}

mod checks_on_dump {
    pub(super) fn dump(value: &u32) -> super::Checked {
        super::Checked(*value)
    }
    pub(super) fn load(value: super::Plain) -> Result<u32, String> {
        Ok(value.0)
    }
}

#[derive(Pickle, Debug, PartialEq)]
struct Adapted {
    #[pickle(with = checks_on_load)]
    first: u32,
    middle: u8,
    #[pickle(with = checks_on_dump)]
    last: u32,
}

#[test]
fn an_adapter_may_dump_one_type_and_load_another_of_its_shape() {
    let value = Adapted { first: 1, middle: 2, last: 3 };
    assert_eq!(loads::<Adapted>(&dumps(&value).unwrap()).unwrap(), value);
    let unlucky = Adapted { first: 13, middle: 2, last: 3 };
    assert_eq!(loads::<Adapted>(&dumps(&unlucky).unwrap()).unwrap_err().kind(), ErrorKind::Hook);
}

#[object]
trait One {
    fn one(&self) -> u8;
}

#[object]
trait Two {
    fn two(&self) -> u8;
}

#[derive(Pickle)]
#[pickle(name = "Same")]
struct X(u8);

#[derive(Pickle)]
#[pickle(name = "Same")]
struct Y(u8);

#[object(name = "A")]
impl One for X {
    fn one(&self) -> u8 {
        self.0
    }
}

#[object(name = "B")]
impl Two for X {
    fn two(&self) -> u8 {
        self.0
    }
}

#[object(name = "A")]
impl Two for Y {
    fn two(&self) -> u8 {
        self.0 + 90
    }
}

#[test]
fn a_type_with_two_names_for_two_traits_stays_itself() {
    let value: (Box<dyn One>, Box<dyn Two>) = (Box::new(X(7)), Box::new(X(7)));
    let back: (Box<dyn One>, Box<dyn Two>) = loads(&dumps(&value).unwrap()).unwrap();
    assert_eq!((back.0.one(), back.1.two()), (7, 7));
    let other: Box<dyn Two> = loads(&dumps(&(Box::new(Y(7)) as Box<dyn Two>)).unwrap()).unwrap();
    assert_eq!(other.two(), 97);
}

#[derive(Pickle)]
struct AnImplementorWithAnExtraordinarilyLongName<T>(T);
type Long<T> = AnImplementorWithAnExtraordinarilyLongName<T>;
type TooLong = Long<Long<Long<Long<Long<Long<Long<u8>>>>>>>;

impl One for TooLong {
    fn one(&self) -> u8 {
        1
    }
}
register!(TooLong as dyn One);

#[test]
fn a_name_that_no_loader_takes_is_refused_at_dump() {
    use AnImplementorWithAnExtraordinarilyLongName as L;
    let value: Box<dyn One> = Box::new(L(L(L(L(L(L(L(1u8))))))));
    assert_eq!(value.one(), 1);
    assert_eq!(dumps(&value).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn what_looks_like_bytes_loads_as_bytes() {
    let bytes: Vec<u8> = (0..5000u32).map(|i| i as u8).collect();
    let cells: Vec<Cell<u8>> = bytes.iter().map(|byte| Cell::new(*byte)).collect();
    let references: Vec<&u8> = bytes.iter().collect();
    assert_eq!(loads::<Vec<u8>>(&dumps(&cells).unwrap()).unwrap(), bytes);
    assert_eq!(loads::<Vec<u8>>(&dumps(&references).unwrap()).unwrap(), bytes);
    // It is in several blocks, and what comes after it in the last of them is none of it.
    let after = vec![7u8; 100];
    let both = dumps(&(&cells, &after)).unwrap();
    assert_eq!(loads::<(Vec<u8>, Vec<u8>)>(&both).unwrap(), (bytes.clone(), after));
    assert_eq!(loads::<Vec<Cell<u8>>>(&dumps(&bytes).unwrap()).unwrap(), cells);
}

#[test]
fn only_elements_that_take_no_bytes_count_as_such() {
    let boxes: Vec<[Box<u8>; 2]> = (0..10_000).map(|i| [Box::new(i as u8), Box::new(1)]).collect();
    assert_eq!(loads::<Vec<[Box<u8>; 2]>>(&dumps(&boxes).unwrap()).unwrap(), boxes);
    let nothing = vec![Box::new(()); 9_000];
    let error = loads::<Vec<Box<()>>>(&dumps(&nothing).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("max_empty_elements"), "{error}");
}

#[test]
fn an_empty_map_costs_nothing() {
    let maps: Vec<HashMap<u64, [u64; 128]>> = vec![HashMap::new(); 40_000];
    assert_eq!(loads::<Vec<HashMap<u64, [u64; 128]>>>(&dumps(&maps).unwrap()).unwrap().len(), 40_000);
}

/// Its order is none where a NaN is: a sort may panic on it.
#[derive(Pickle, Debug, PartialEq, Clone, Copy)]
struct Careless(f64);

impl Eq for Careless {}

impl PartialOrd for Careless {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Careless {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.partial_cmp(&other.0).unwrap_or(Ordering::Equal)
    }
}

#[test]
fn keys_without_a_total_order_do_not_panic() {
    let mut random = 12_345u64;
    let mut refused = 0;
    for round in 0..500 {
        let count = 20 + round % 200;
        let mut data = vec![count as u8];
        for _ in 0..count {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let key = if random.is_multiple_of(3) { f64::NAN } else { (random >> 40) as f64 };
            data.extend(key.to_le_bytes());
            data.push(1);
        }
        let bytes = with_blocks(&BTreeMap::<Careless, u8>::new(), &[block(&data, &[], LAST)]);
        refused += usize::from(loads::<BTreeMap<Careless, u8>>(&bytes).is_err());
    }
    assert!(refused > 400, "keys that compare equal are duplicates: {refused} of 500 refused");
}

#[test]
fn text_has_one_form_in_an_os_string() {
    let as_bytes = block(&[1, 3, b'a', b'b', b'c'], &[], LAST);
    let as_units = block(&[2, 3, b'a', 0, b'b', 0, b'c', 0], &[], LAST);
    for form in [as_bytes, as_units] {
        let error = loads::<OsString>(&with_blocks(&OsString::from("abc"), &[form])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
}

/// A header, then blocks of 100 bytes that never end.
struct Endless(Vec<u8>, usize);

impl Read for Endless {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let endless = block(&[0; 100], &[], 0);
        for byte in &mut *place {
            let at = self.1;
            *byte = match at.checked_sub(self.0.len()) {
                None => self.0[at],
                Some(behind) => endless[behind % endless.len()],
            };
            self.1 += 1;
        }
        assert!(self.1 < 8 << 20, "it is read beyond max_memory");
        Ok(place.len())
    }
}

#[test]
fn a_reader_without_end_is_read_up_to_max_memory() {
    let reader = Endless(header_of(&dumps(&1u8).unwrap()), 0);
    let error = Unpickler::new().max_memory(1 << 20).load::<u8, _>(reader).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn a_stream_of_another_type_is_not_read_to_its_end() {
    let reader = Endless(header_of(&dumps(&1u8).unwrap()), 0);
    assert_eq!(load::<String, _>(reader).unwrap_err().kind(), ErrorKind::WrongType);
}

#[derive(Pickle, Debug)]
struct Item {
    flag: bool,
    boxed: Box<u8>,
}

#[test]
fn an_offset_lies_in_the_stream() {
    let sample = vec![Item { flag: true, boxed: Box::new(0) }];
    assert!(sample[0].flag && *sample[0].boxed == 0);
    for size in [100usize, 1_000, 20_000, 60_000] {
        // The head of the first item ends a block, its body begins the next.
        let bytes = with_blocks(&sample, &[block(&[200, 2], &[], 0), block(&vec![1; size], &[], LAST)]);
        for error in [loads::<Vec<Item>>(&bytes).unwrap_err(), load::<Vec<Item>, _>(&bytes[..]).unwrap_err()] {
            assert!(error.offset().is_some_and(|offset| offset <= bytes.len() as u64), "{error}");
        }
    }
}

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("disk full"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_buffered_writer_reports_that_the_disk_is_full() {
    let error = dump(&1u8, BufWriter::new(Full)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

fn unknown_one(x: u32) -> u32 {
    x
}

fn unknown_two(x: u32) -> u32 {
    x + 1
}

#[test]
fn functions_without_a_name_are_told_apart() {
    let one: Function<fn(u32) -> u32> = func!(unknown_one as fn(u32) -> u32);
    let two: Function<fn(u32) -> u32> = func!(unknown_two as fn(u32) -> u32);
    assert_eq!((one(1), two(1)), (1, 2));
    assert_ne!(one, two);
    assert_eq!(one, func!(unknown_one as fn(u32) -> u32));
}

fn twice_named(x: u32) -> u32 {
    x
}
register!(twice_named as fn(u32) -> u32, name = "zzz");
register!(twice_named as fn(u32) -> u32, name = "aaa");

#[test]
fn of_two_names_of_a_function_the_first_in_the_source_is_saved() {
    assert_eq!(func!(twice_named as fn(u32) -> u32).name(), Some("zzz"));
    let by_the_other = Function::<fn(u32) -> u32>::named("aaa").unwrap();
    assert_eq!(by_the_other(5), 5);
}

#[test]
fn an_empty_array_takes_no_depth() {
    let empty: [Vec<Vec<u8>>; 0] = [];
    let bytes = Pickler::new().max_depth(0).dumps(&empty).unwrap();
    assert!(Unpickler::new().max_depth(0).loads::<[Vec<Vec<u8>>; 0]>(&bytes).is_ok());
}

#[derive(Pickle)]
enum Json {
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Map(BTreeMap<String, Json>),
    Three(String, String, String),
    Array { first: [u64; 8], rest: Option<Box<Json>> },
}

#[test]
fn the_default_depth_fits_a_stack_of_a_mebibyte() {
    let nest = |kind: usize, depth: usize| {
        let mut json = Json::Null;
        for _ in 0..depth {
            json = match kind {
                0 => Json::List(vec![json, Json::Flag(true), Json::Number(0.5)]),
                1 => Json::Map(BTreeMap::from([("key".into(), json), ("text".into(), Json::Text("x".into()))])),
                2 => Json::Array { first: [1; 8], rest: Some(Box::new(json)) },
                _ => Json::List(vec![json, Json::Three("a".into(), "b".into(), "c".into())]),
            };
        }
        dumps(&json).ok()
    };
    for kind in 0..4 {
        let deepest = (1..=256).rev().find_map(|depth| nest(kind, depth)).unwrap();
        assert_eq!(on_stack::<Json>(1024, deepest), None, "kind {kind}");
    }
}

#[test]
fn every_type_that_a_stream_defines_is_used() {
    let mut definition = vec![3];
    definition.extend(b"Dog");
    definition.extend([0; 8]);
    definition.extend([1, 0]);
    for blocks in [
        vec![block(&definition, &[], TYPES), block(&[7], &[], LAST)],
        vec![block(&[7], &[], 0), block(&definition, &[], TYPES), block(&[], &[], LAST)],
    ] {
        assert_eq!(loads::<u8>(&with_blocks(&1u8, &blocks)).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn a_second_stream_behind_a_checksum_is_trailing_not_damage() {
    let one = Pickler::new().checksum(true).dumps(&1u8).unwrap();
    let two = [one.clone(), one].concat();
    assert_eq!(loads::<u8>(&two).unwrap_err().kind(), ErrorKind::Trailing);
}

//! Schemas made to do harm: floods, chains, types that hold themselves, numbers longer than need be. Each is refused by its
//! own error, and takes little more than its bytes. One test, because it counts for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use peak_alloc::PeakAlloc;
use pickle_core::{ErrorKind, Pickle, Unpickler, Value, dumps, loads, object};
use pickle_tests::by_hand::{
    LAST, STRING, TYPE, TYPES, U8, block, definition, header, header_of, named, option, piece, schema, sequence,
    structure, tuple, varint,
};
use pickle_tests::memory::{BESIDE, peak, refused};
use pickle_tests::on_small_stack;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What is made of a schema takes so much for each of its bytes: a type of two bytes becomes a node of several words.
const EACH_BYTE: usize = 160;

#[test]
fn a_schema_takes_little_more_than_its_bytes() {
    on_small_stack(|| {
        floods();
        chains();
        types_that_hold_themselves();
        numbers();
        types_behind_dyn();
    });
}

/// Loads a stream of this schema as a number, as a value with strings, and as whatever it is.
#[track_caller]
fn refuse(what: &str, schema: &[u8], kind: ErrorKind, parts: &[&str]) {
    let mut bytes = header(schema, 0);
    bytes.extend(block(&[0; 16], &[], LAST));
    let memory = EACH_BYTE * schema.len() + 8 * BESIDE;
    refused::<u8>(what, &bytes, kind, parts, memory);
    refused::<Vec<(String, u8)>>(what, &bytes, kind, parts, memory);
    refused::<Value>(what, &bytes, kind, parts, memory);
}

fn floods() {
    let many = |count: usize| vec![sequence(U8); count];
    refuse("4,097 types", &schema(&many(4097)), ErrorKind::Limit, &["4097 types", "limit is 4096"]);
    refuse("100,000 types", &schema(&many(100_000)), ErrorKind::Limit, &["100000 types", "limit is 4096"]);
    for count in [1 << 44, u64::MAX] {
        let claimed = [varint(TYPE), varint(count)].concat();
        refuse("a claim of types", &claimed, ErrorKind::Limit, &[&count.to_string(), "limit is 4096"]);
    }
    let numbers = |count: usize| vec![U8; count];
    refuse("1,025 parts", &schema(&[tuple(&numbers(1025))]), ErrorKind::Limit, &["1025 parts in a tuple", "1024"]);
    let names: Vec<String> = (0..1025).map(|i| format!("f{i}")).collect();
    let fields: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), U8)).collect();
    refuse("1,025 fields", &schema(&[structure("S", &fields)]), ErrorKind::Limit, &["1025 fields in a type", "1024"]);
    let mut variants = [vec![10], named("E"), varint(1025)].concat();
    for name in &names {
        variants.extend([named(name), vec![0, 0]].concat());
    }
    refuse("1,025 variants", &schema(&[variants]), ErrorKind::Limit, &["1025 variants in a type", "1024"]);
    let full = vec![tuple(&numbers(1024)); 65];
    refuse("66,560 parts in all", &schema(&full), ErrorKind::Limit, &["more than 65536 fields in all"]);
    let name = "n".repeat(257);
    for node in [structure(&name, &[]), structure("S", &[(&name, U8)])] {
        refuse("a name of 257 bytes", &schema(&[node]), ErrorKind::Limit, &["257 bytes in a name", "limit is 256"]);
    }

    // A length that the stream does not have, and one that no schema may have.
    for length in [(1u32 << 20) + 1, u32::MAX] {
        let mut bytes = dumps(&1u8).unwrap();
        bytes[14..18].copy_from_slice(&length.to_le_bytes());
        let parts = [&length.to_string(), "the limit is 1048576"];
        refused::<u8>("a schema's length", &bytes, ErrorKind::Limit, &parts, BESIDE);
        refused::<Value>("a schema's length", &bytes, ErrorKind::Limit, &parts, BESIDE);
    }
}

fn chains() {
    let by_value = (ErrorKind::Limit, "types that hold each other by value, 256 in a row");
    let behind_a_length = (ErrorKind::WrongType, "`u8`");
    for (wrap, (kind, says)) in [(option as fn(u64) -> Vec<u8>, by_value), (sequence, behind_a_length)] {
        let chain =
            |length: u64| (0..length).map(|i| wrap(if i + 1 < length { TYPE + i + 1 } else { U8 })).collect::<Vec<_>>();
        refuse("100,000 levels", &schema(&chain(100_000)), ErrorKind::Limit, &["100000 types", "limit is 4096"]);
        // As deep as a schema may be, on a small stack.
        let bytes = [header(&schema(&chain(4096)), 0), block(&[0; 16], &[], LAST)].concat();
        let memory = EACH_BYTE * bytes.len() + 8 * BESIDE;
        refused::<u8>("4,096 levels", &bytes, kind, &[says], memory);
    }
}

fn types_that_hold_themselves() {
    let endless: [(&str, Vec<Vec<u8>>); 3] = [
        ("a tuple of itself", vec![tuple(&[TYPE])]),
        ("two structs of each other", vec![structure("A", &[("b", TYPE + 1)]), structure("B", &[("a", TYPE)])]),
        ("a tuple of itself twice", vec![tuple(&[TYPE, TYPE])]),
    ];
    for (what, types) in endless {
        refuse(what, &schema(&types), ErrorKind::Corrupt, &["holds itself"]);
    }
    for node in [option(TYPE), sequence(TYPE), piece(TYPE)] {
        let mut bytes = header(&schema(&[node]), 0);
        bytes.extend(block(&[1; 2000], &[], LAST));
        let (kind, taken) =
            peak(|| [loads::<u8>(&bytes).map(drop), loads::<Value>(&bytes).map(drop)].map(|result| result.is_err()));
        assert!(kind == [true; 2] && taken <= 64 * BESIDE, "a type of itself: {kind:?}, {taken} bytes were taken");
    }
}

fn numbers() {
    let longer = "longer than it need be";
    for (what, root) in [
        ("a number with a byte more", vec![0x83, 0x00]),
        ("a number with many more", vec![0x83, 0x80, 0x80, 0x80, 0x00]),
        ("a number of 11 bytes", [vec![0xff; 10], vec![1]].concat()),
        ("a number of 65 bits", [vec![0xff; 9], vec![2]].concat()),
    ] {
        refuse(what, &[root.clone(), vec![0]].concat(), ErrorKind::Corrupt, &[longer]);
        refuse(what, &[varint(TYPE), root, sequence(U8)].concat(), ErrorKind::Corrupt, &[longer]);
    }
    let nothing = "refers to a type that it does not define";
    refuse("a type out of range", &schema(&[sequence(TYPE + 1)]), ErrorKind::Corrupt, &[nothing]);
    refuse("a type far out of range", &schema(&[sequence(u64::MAX)]), ErrorKind::Corrupt, &[nothing]);
    refuse("a root out of range", &[varint(TYPE + 9), vec![0]].concat(), ErrorKind::Corrupt, &[nothing]);
    refuse(
        "a primitive that is none",
        &schema(&[sequence(25)]),
        ErrorKind::Corrupt,
        &["primitive that does not exist"],
    );
    refuse("a kind that is none", &schema(&[vec![99, 3]]), ErrorKind::Corrupt, &["kind of type that does not exist"]);
    refuse("bytes behind it", &[vec![3, 0], vec![7]].concat(), ErrorKind::Corrupt, &["bytes follow it"]);
    refuse("no schema", &[], ErrorKind::Corrupt, &["ends too early"]);
    refuse("a name that is no text", &schema(&[vec![9, 1, 0xff, 0, 0]]), ErrorKind::Corrupt, &["not UTF-8"]);
}

#[object]
trait Part {}

#[derive(Pickle)]
struct Wheel;

#[object]
impl Part for Wheel {}

/// The types that only values name have the same limits, and are read only where they are used.
fn types_behind_dyn() {
    let sample: Vec<Box<dyn Part>> = vec![Box::new(Wheel)];
    let header = header_of(&dumps(&sample).unwrap());
    let stream =
        |definitions: Vec<u8>| [header.clone(), block(&definitions, &[], TYPES), block(&[1, 0], &[], LAST)].concat();
    let unit = schema(&[structure("Wheel", &[])]);
    let memory = |bytes: &[u8]| EACH_BYTE * bytes.len() + 8 * BESIDE;
    let check = |what: &str, bytes: Vec<u8>, kind: ErrorKind, parts: &[&str]| {
        refused::<Vec<Box<dyn Part>>>(what, &bytes, kind, parts, memory(&bytes));
    };
    check("4,097 types", stream(definition("Wheel", &unit).repeat(4097)), ErrorKind::Limit, &["more than 4096 types"]);
    let many = stream(definition("W", &unit).repeat(4096));
    let limit = 64 << 10;
    let load = || Unpickler::new().max_memory(limit).loads::<Vec<Box<dyn Part>>>(&many).map(drop).unwrap_err();
    let (error, taken) = peak(load);
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    assert!(taken <= limit + 8 * BESIDE, "{taken} bytes were taken for the types of a stream, {limit} are allowed");
    check("a long name", stream(definition(&"n".repeat(257), &unit)), ErrorKind::Limit, &["257 bytes in a name"]);
    let claimed = [named("Wheel"), vec![0; 8], varint(u64::MAX)].concat();
    check("a claimed schema", stream(claimed), ErrorKind::Limit, &[&u64::MAX.to_string(), "1048576"]);
    check(
        "types that nothing uses",
        stream(definition("Wheel", &unit).repeat(2)),
        ErrorKind::Corrupt,
        &["no value has"],
    );
    // The name and length of a type in order, its fingerprint too, and a byte of its schema changed.
    let mut damaged = definition("Wheel", &unit);
    *damaged.last_mut().unwrap() ^= 1;
    check("a damaged schema", stream(damaged), ErrorKind::Corrupt, &["does not match its fingerprint"]);
    check("no type", stream(vec![0x85]), ErrorKind::Corrupt, &["ends too early"]);
    check(
        "a type of itself",
        stream(definition("Wheel", &schema(&[tuple(&[TYPE])]))),
        ErrorKind::Corrupt,
        &["holds itself"],
    );
    check("another type", stream(definition("Wheel", &schema(&[sequence(STRING)]))), ErrorKind::WrongType, &["Wheel"]);
}

//! What a `Value` takes of memory, seen by a counting allocator. One test, because it counts for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::collections::BTreeSet;
use std::rc::Rc;

use peak_alloc::PeakAlloc;
use pickle_core::inspect::{Stream, Visitor};
use pickle_core::value::New;
use pickle_core::{ErrorKind, Pickle, Unpickler, Value, dumps, loads};
use pickle_tests::by_hand::{self, TYPE, U8, array, node, option, sequence, structure, tuple};
use pickle_tests::memory::{BESIDE, MIB, least_limit, peak};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

struct Nothing;

impl Visitor<'_> for Nothing {}

#[derive(Pickle)]
struct Model {
    name: String,
    layers: Vec<Vec<f32>>,
    bytes: Vec<u8>,
}

#[test]
fn packed_data_takes_its_bytes_and_limits_hold() {
    let model = Model { name: "m".into(), layers: vec![vec![0.5; MIB]; 4], bytes: vec![1; 16 * MIB] };
    let bytes = dumps(&model).unwrap();
    drop(model);
    let (value, taken) = peak(|| loads::<Value>(&bytes).unwrap());
    assert!(taken < bytes.len() + MIB, "a value of {} bytes took {taken}", bytes.len());
    let (written, taken) = peak(|| dumps(&value).unwrap());
    assert!(written == bytes && taken < 3 * bytes.len() + MIB, "writing it took {taken}");
    drop(value);

    let (walked, taken) = peak(|| Stream::open(&bytes).unwrap().walk(&mut Nothing));
    assert!(walked.is_ok() && taken < MIB / 16, "a walk took {taken}");

    let pairs: Vec<(u8, String)> = (0..100_000).map(|i| (i as u8, i.to_string())).collect();
    let bytes = dumps(&pairs).unwrap();
    drop(pairs);
    let mut limit = 1024;
    let taken = loop {
        let (result, taken) = peak(|| Unpickler::new().max_memory(limit).loads::<Value>(&bytes));
        match result {
            Ok(value) => break (value.root().len(), taken),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Limit, "{error}"),
        }
        assert!(taken <= limit + BESIDE, "{taken} bytes were taken under a limit of {limit}");
        limit += limit / 4;
    };
    assert!(taken.0 == 100_000 && taken.1 <= limit + BESIDE, "{taken:?} under {limit}");

    types_are_charged();
    what_a_walk_frees_it_may_take_again();
    lists_grow_in_proportion();
    // A claim of a length allocates nothing.
    let mut bytes = dumps(&vec![0u64; 300]).unwrap();
    let at = bytes.windows(8).position(|window| window == 300u64.to_le_bytes()).unwrap();
    bytes[at..at + 8].copy_from_slice(&(1u64 << 44).to_le_bytes());
    let (result, taken) = peak(|| loads::<Value>(&bytes));
    assert!(result.is_err() && taken < MIB / 16, "a claim took {taken}");
}

/// Two lists in turn, of structs, whose own parts come to lie behind what the lists have so far.
fn lists_grow_in_proportion() {
    let bytes = dumps(&(Vec::<(u8, String)>::new(), std::collections::BTreeMap::<u32, [String; 1]>::new())).unwrap();
    let count = 20_000u32;
    let (value, taken) = peak(|| {
        let mut value: Value = loads(&bytes).unwrap();
        for number in 0..count {
            value.push("0", New::Blank).unwrap();
            if number < 500 {
                value.insert_entry("1", number, New::Blank).unwrap();
            }
        }
        value
    });
    assert_eq!((value.at("0").unwrap().len(), value.at("1").unwrap().len()), (count as usize, 500));
    // 48 bytes of slots and up to 32 of parts for each element, half as much room again, and the copy while that grows.
    assert!(taken < 200 * count as usize, "{count} elements took {taken} bytes");
}

/// Values without elements, of schemas of each kind that makes much of few bytes: what is made of it is charged.
fn types_are_charged() {
    // A sequence whose elements have all of these types, which differ by an array's length.
    let whole = |types: Vec<Vec<u8>>| {
        let root = tuple(&(0..types.len() as u64).map(|i| TYPE + 2 + i).collect::<Vec<_>>());
        by_hand::stream(&[vec![sequence(TYPE + 1), root], types].concat(), 0, &[0])
    };
    let names: Vec<String> = (0..1000).map(|i| format!("{i}")).collect();
    let fields = |of: u64| names.iter().map(|name| (name.as_str(), of)).collect::<Vec<_>>();
    let variants = |count: u64| [vec![10, 0], by_hand::varint(count), [0, 0, 0].repeat(count as usize)].concat();
    let with_field =
        |count: u64| [vec![10, 0], by_hand::varint(count), [0, 1, 1, TYPE as u8 + 2].repeat(count as usize)].concat();
    let long: Vec<String> = (0..1000).map(|i| format!("{i:0>250}")).collect();
    let chain = |count: u64| (1..count).map(|next| sequence(TYPE + next)).chain([sequence(U8)]).collect::<Vec<_>>();
    // Told apart by the first element alone, which is looked at last.
    let maps = |count: u64| {
        let next = |i: u64| if i + 1 < count { TYPE + i + 1 } else { U8 };
        (0..count).map(|i| if i == 1 { option(U8) } else { node(3, &[TYPE + 1, next(i.max(1))]) }).collect::<Vec<_>>()
    };
    let behind_dyn = |count: usize| {
        let trait_name = [vec![11], by_hand::named("T")].concat();
        let number = [3, 0];
        let definition = |i: usize| {
            let hash = hmac_sha256::Hash::hash(&number);
            [&by_hand::named(&i.to_string()), &hash[..8], &[number.len() as u8], &number[..]].concat()
        };
        let definitions: Vec<u8> = (0..count).flat_map(definition).collect();
        let values = (0..count)
            .flat_map(|i| if i < 255 { vec![i as u8, 7] } else { [by_hand::long(i as u64), vec![7]].concat() });
        let schema = by_hand::schema(&[sequence(TYPE + 1), trait_name]);
        let data = by_hand::long(count as u64).into_iter().chain(values).collect::<Vec<u8>>();
        [
            by_hand::header(&schema, 0),
            by_hand::block(&definitions, &[], by_hand::TYPES),
            by_hand::block(&data, &[], by_hand::LAST),
        ]
        .concat()
    };
    let cases = [
        ("maps", by_hand::stream(&maps(900), 0, &[0])),
        ("types behind `dyn`", behind_dyn(500)),
        ("arrays", whole((0..300).map(|i| array(U8, i)).collect())),
        ("a chain", by_hand::stream(&chain(1000), 0, &[0])),
        ("tuples of numbers", whole((950..960).map(|i| tuple(&vec![U8; i])).collect())),
        ("tuples of types", {
            let tuples = (1..10).map(|i| tuple(&[vec![TYPE + 2; 960], vec![U8; i]].concat()));
            whole([vec![option(U8)], tuples.collect()].concat())
        }),
        ("fields", whole(vec![structure("S", &fields(U8))])),
        ("fields of types", whole(vec![option(U8), structure("S", &fields(TYPE + 2))])),
        ("fields without names", whole(vec![[vec![9, 0, 1], by_hand::varint(1000), vec![3; 1000]].concat()])),
        (
            "fields with long names",
            whole(vec![structure("S", &long.iter().map(|name| (&**name, U8)).collect::<Vec<_>>())]),
        ),
        ("variants", whole((500..510).map(variants).collect())),
        ("variants with fields", whole((500..510).map(with_field).collect())),
    ];
    for (name, bytes) in cases {
        drop(loads::<Value>(&bytes).unwrap_or_else(|error| panic!("{name}: {error}")));
        let least = least_limit(name, |unpickler| unpickler.loads::<Value>(&bytes));
        assert!(least > bytes.len(), "{name}: nothing of it is charged");
        least_limit(name, |unpickler| unpickler.inspect(&bytes)?.walk(&mut Nothing));
    }
}

fn what_a_walk_frees_it_may_take_again() {
    let sets = dumps(&vec![BTreeSet::from([1u8, 2]); 20_000]).unwrap();
    Unpickler::new().max_memory(16 << 10).inspect(&sets).unwrap().walk(&mut Nothing).unwrap();
    let objects = dumps(&(0..10_000u32).map(Rc::new).collect::<Vec<_>>()).unwrap();
    least_limit("a walk through objects", |unpickler| unpickler.inspect(&objects)?.walk(&mut Nothing));
    let keys = dumps(&(0..10_000u32).collect::<BTreeSet<_>>()).unwrap();
    least_limit("a walk through keys", |unpickler| unpickler.inspect(&keys)?.walk(&mut Nothing));
    // A `Value` is charged for what it holds, and not for the walk that made it.
    let nested: Value = loads(&dumps(&vec![vec![(1u8, "a")]; 3]).unwrap()).unwrap();
    let values = dumps(&vec![nested; 1000]).unwrap();
    let least = least_limit("a thousand values", |unpickler| unpickler.loads::<Vec<Value>>(&values));
    let (_, taken) = peak(|| loads::<Vec<Value>>(&values).map(drop));
    assert!(least < 2 * taken, "{least} bytes are charged for {taken}");
}

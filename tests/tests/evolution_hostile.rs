//! Streams of older shapes that nobody wrote: schemas made to do harm, and the values to go with them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::box_collection, reason = "what was in a box once is what is tested")]

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use pickle_core::{ErrorKind, Pickle, UnpickleOwned, Unpickler, dumps, loads};
use pickle_tests::by_hand::{
    BOOL, CHAR, F64, I8, LAST, NANOS, OBJECTS, STRING, TYPE, TYPES, U8, U64, UNIT, array, block, cell, header, long,
    named, node, option, piece, record, schema, sequence, shared, stream, structure, tables, tuple, varint,
};
use pickle_tests::{assert_says, on_small_stack};

/// Loads on a stack of 512 KiB. What would take more than linear time never ends here: the streams are made for that.
#[track_caller]
fn kind<T: UnpickleOwned + 'static>(bytes: &[u8]) -> Option<ErrorKind> {
    let bytes = bytes.to_vec();
    let load = move || loads::<T>(&bytes).map(drop).err().map(|error| error.kind());
    on_small_stack(load)
}

#[derive(Pickle, Debug, PartialEq)]
struct Kept {
    a: u8,
    b: u8,
}

/// A value of a removed type, then what is kept.
fn with_removed(mut types: Vec<Vec<u8>>, removed: &[u8]) -> Vec<u8> {
    types.insert(0, structure("Kept", &[("a", U8), ("gone", TYPE + 1), ("b", U8)]));
    // The heads of all fields come first.
    let split = removed.len().min(1);
    let data = [&[1], &removed[..split], &[2], &removed[split..]].concat();
    stream(&types, 0, &data)
}

/// A sequence of one value of a removed type.
fn with_removed_one(of: &[u8], value: &[u8]) -> Vec<u8> {
    with_removed(vec![sequence(TYPE + 2), of.to_vec()], &[&[1], value].concat())
}

/// What is passed over, its type, a value, and bits that are none.
type Passed = (&'static str, Vec<u8>, &'static [u8], &'static [u8]);

#[test]
fn bits_that_are_no_value_in_what_is_passed_over() {
    let one_variant = |of: u64| [&[10][..], &named("Choice"), &[1], &named("One"), &[1, 1, of as u8]].concat();
    let cases: [Passed; 12] = [
        ("a `bool`", tuple(&[U8, BOOL]), &[7, 1], &[7, 2]),
        ("a `char`", tuple(&[CHAR]), &[0xff, 0xd7, 0, 0], &[0, 0xd8, 0, 0]),
        ("a `NonZero`", node(7, &[U8]), &[1], &[0]),
        ("nanoseconds", tuple(&[NANOS]), &[0xff, 0xc9, 0x9a, 0x3b], &[0, 0xca, 0x9a, 0x3b]),
        ("a compact `u8`", node(8, &[U8]), &[0xff, 1], &[0x80, 2]),
        ("a compact `i8`", node(8, &[I8]), &[0xff, 1], &[0x80, 2]),
        ("an `Option`", option(U8), &[1, 2], &[2, 2]),
        ("what a box holds", piece(BOOL), &[1], &[2]),
        ("the second element", sequence(BOOL), &[2, 0, 1], &[2, 0, 2]),
        ("a key", node(3, &[BOOL, U8]), &[1, 1, 7], &[1, 2, 7]),
        ("the value of an entry", node(3, &[U8, BOOL]), &[1, 7, 1], &[1, 7, 2]),
        ("the field of a variant", one_variant(BOOL), &[0, 1], &[0, 2]),
    ];
    for (what, of, good, bad) in cases {
        assert_eq!(kind::<Kept>(&with_removed_one(&of, good)), None, "{what}");
        assert_eq!(kind::<Kept>(&with_removed_one(&of, bad)), Some(ErrorKind::InvalidValue), "{what}");
    }
    // In the head of the struct itself, and in a struct of many parts of no bytes.
    let plain = |byte: u8| with_removed(vec![tuple(&[BOOL])], &[byte]);
    assert_eq!((kind::<Kept>(&plain(1)), kind::<Kept>(&plain(2))), (None, Some(ErrorKind::InvalidValue)));
    let nothing = |byte: u8| with_removed(vec![tuple(&[TYPE + 2, BOOL]), array(UNIT, 1 << 40)], &[byte]);
    assert_eq!((kind::<Kept>(&nothing(1)), kind::<Kept>(&nothing(2))), (None, Some(ErrorKind::InvalidValue)));
    // In the record of an object that a removed field refers to,.
    let types = [structure("Kept", &[("a", U8), ("gone", TYPE + 1), ("b", U8)]), shared(TYPE + 2), tuple(&[BOOL])];
    let shared_one = |byte: u8| {
        let entries = [tables(&[1], 1), record(0, 0, &[byte]), vec![6, 1, 2], 0u32.to_le_bytes().to_vec()];
        stream(&types, OBJECTS, &entries.concat())
    };
    assert_eq!((kind::<Kept>(&shared_one(1)), kind::<Kept>(&shared_one(2))), (None, Some(ErrorKind::InvalidValue)));
}

#[test]
fn pieces_and_cells_that_hold_themselves() {
    for node in [piece, cell] {
        for of in [vec![node(TYPE)], vec![node(TYPE + 1), node(TYPE)], vec![piece(TYPE + 1), cell(TYPE)]] {
            let bytes = stream(&of, 0, &[]);
            assert!(kind::<u8>(&bytes).is_some());
            assert!(kind::<String>(&bytes).is_some());
            assert!(kind::<Box<u8>>(&bytes).is_some());
            assert!(kind::<Option<u8>>(&bytes).is_some());
            assert!(kind::<Option<Box<Kept>>>(&bytes).is_some());
            assert!(kind::<Rc<u8>>(&bytes).is_some());
            assert!(kind::<RefCell<Vec<u8>>>(&bytes).is_some());
            assert!(kind::<[u8; 3]>(&bytes).is_some());
        }
        let removed = with_removed(vec![node(TYPE + 1)], &[]);
        assert!(kind::<Kept>(&removed).is_some());
    }
}

#[test]
fn objects_that_are_themselves() {
    let mut data = tables(&[0], 1);
    data.extend(record(0, 0, &0u32.to_le_bytes()));
    data.push(6);
    data.extend(0u32.to_le_bytes());
    let bytes = stream(&[shared(TYPE)], OBJECTS, &data);
    assert!(kind::<u8>(&bytes).is_some());
    assert!(kind::<Option<Box<String>>>(&bytes).is_some());
    assert!(kind::<Rc<u8>>(&bytes).is_some());
    assert!(kind::<Rc<Rc<u8>>>(&bytes).is_some());

    // Two that are each other, behind pieces.
    let mut data = tables(&[0, 2], 2);
    data.extend(record(0, 0, &1u32.to_le_bytes()));
    data.extend(record(1, 1, &0u32.to_le_bytes()));
    data.push(6);
    data.extend(0u32.to_le_bytes());
    let bytes = stream(&[shared(TYPE + 1), piece(TYPE + 2), shared(TYPE)], OBJECTS, &data);
    assert!(kind::<u8>(&bytes).is_some());
    assert!(kind::<(u8, String)>(&bytes).is_some());
}

/// Which cells wait, and what fills them: what is passed over has them as well.
#[test]
fn cells_that_wait_for_nothing() {
    let types = [structure("Kept", &[("a", U8), ("gone", TYPE + 1), ("b", U8)]), shared(TYPE + 2), cell(U8)];
    let root = [6, 1, 2, 0, 0, 0, 0];
    let load = |entries: &[&[u8]]| {
        let bytes = stream(&types, OBJECTS, &[tables(&[1], 1), entries.concat(), root.to_vec()].concat());
        loads::<Kept>(&bytes).map_err(|error| (error.kind(), error.to_string()))
    };
    let refused = |entries: &[&[u8]], says: &str| {
        let (kind, message) = load(entries).unwrap_err();
        assert_eq!(kind, ErrorKind::Corrupt, "{message}");
        assert_says(message, &[says]);
    };
    let (plain, fill) = (record(0, 0, &[7]), [5, 7]);
    let waiting = [&[1, 0, 0, 0, 0, 0, 1, 0, 0, 0][..], &[0; 4]].concat();
    assert_eq!(load(&[&plain]), Ok(Kept { a: 1, b: 2 }));
    assert_eq!(load(&[&waiting, &fill]), Ok(Kept { a: 1, b: 2 }));

    let none = "a record with deferred cells that has none";
    refused(&[&[1, 0, 0, 0, 0, 0], &[0; 4], &[7]], none);
    refused(&[&[2, 0, 0, 0, 0, 0], &[4], &[0; 4], &[7]], none);
    refused(&[&plain, &[5]], "a fill where no cell waits");
    refused(&[&waiting, &fill, &[5]], "a fill where no cell waits");
}

#[derive(Pickle)]
struct Link {
    next: Option<Box<Link>>,
    value: u8,
}

/// The pointers of the old type are gone: a ring would be a value without an end.
#[test]
fn a_ring_that_would_have_to_nest_in_itself() {
    let types = [structure("Link", &[("next", TYPE + 1), ("value", U8)]), option(TYPE + 2), shared(TYPE)];
    let ring = |length: u32| {
        let mut data = tables(&[2], length);
        for id in 0..length {
            let next = (id + 1) % length;
            data.extend(record(0, id, &[&[1, 7][..], &next.to_le_bytes()].concat()));
        }
        data.extend([6, 1, 9]);
        data.extend(0u32.to_le_bytes());
        stream(&types, OBJECTS, &data)
    };
    for length in [1, 2, 50, 5000] {
        assert!(kind::<Link>(&ring(length)).is_some(), "{length}");
    }
}

#[test]
fn numbers_of_what_is_none() {
    for code in [7, 8] {
        for part in [UNIT, STRING, F64, TYPE + 2] {
            let types = vec![sequence(TYPE + 2), node(code, &[part])];
            assert!(kind::<Kept>(&with_removed(types, &[200, 0, 0, 0, 0])).is_some());
            assert!(kind::<Vec<u8>>(&stream(&[sequence(TYPE + 1), node(code, &[part])], 0, &[3, 0, 0, 0])).is_some());
        }
        assert!(kind::<f64>(&stream(&[node(code, &[F64])], 0, &[1; 8])).is_some());
    }
    // A version of what has none, a pointer to what is no object.
    assert!(kind::<u8>(&stream(&[node(15, &[1, U8])], 0, &[1, 7])).is_some());
    assert!(kind::<Kept>(&with_removed(vec![node(15, &[1, TYPE + 1])], &[1; 1])).is_some());
    assert!(kind::<Kept>(&with_removed(vec![node(13, &[U8])], &[0; 4])).is_some());
    // A number that is not zero, and is.
    assert_eq!(kind::<u16>(&stream(&[node(7, &[U8])], 0, &[3])), None);
    assert_eq!(kind::<u16>(&stream(&[node(7, &[U8])], 0, &[0])), Some(ErrorKind::InvalidValue));
    assert_eq!(
        kind::<Vec<u16>>(&stream(&[sequence(TYPE + 1), node(7, &[U8])], 0, &[1, 0])),
        Some(ErrorKind::InvalidValue)
    );
}

#[test]
fn elements_that_take_no_bytes() {
    let many = long(8000);
    let arrays = [sequence(TYPE + 1), array(TYPE + 2, 8000), array(TYPE + 3, 8000), array(UNIT, 8000)];
    assert!(kind::<Vec<Vec<Vec<Vec<()>>>>>(&stream(&arrays, 0, &many)).is_some());
    let empty = [sequence(TYPE + 1), array(UNIT, 1 << 60)];
    assert!(kind::<Vec<Vec<()>>>(&stream(&empty, 0, &many)).is_some());
    // Cells of nothing take no bytes either, and are counted.
    for of in [cell(UNIT), piece(TYPE + 4)] {
        let types = vec![sequence(TYPE + 2), array(TYPE + 3, 1 << 60), of, cell(UNIT)];
        let bytes = with_removed(types, &many);
        let found = kind::<Kept>(&bytes);
        assert!(found.is_some(), "{found:?}");
    }
    // As many as a length claims, of an element that gets a default.
    let units = [sequence(TYPE + 1), sequence(TYPE + 2), structure("Unit", &[])];
    let mut data = long(90_000);
    data.extend((0..90_000).flat_map(|_| long(800_000)));
    assert_eq!(kind::<Vec<Vec<Unit>>>(&stream(&units, 0, &data)), Some(ErrorKind::Limit));
}

#[derive(Pickle)]
struct Unit {
    #[pickle(default = 1)]
    one: u8,
    #[pickle(default)]
    text: String,
}

/// More values than there are bytes, each a part of another, which nobody takes.
#[test]
fn tuples_of_what_takes_no_bytes() {
    for (inner, expected) in [(piece(UNIT), None), (cell(UNIT), Some(ErrorKind::Limit))] {
        let tuples = (1..5).map(|at| tuple(&[TYPE + at + 1; 1000]));
        let types = tuples.chain([inner]).collect();
        assert_eq!(kind::<Kept>(&with_removed(types, &[])), expected);
    }
}

#[test]
fn heads_that_no_block_holds() {
    let removed = with_removed(vec![array(U64, 1 << 61)], &[]);
    assert!(kind::<Kept>(&removed).is_some());
    let twice = with_removed(vec![array(TYPE + 2, u64::MAX), array(U64, u64::MAX)], &[]);
    assert!(kind::<Kept>(&twice).is_some());
    let types = vec![node(5, &[TYPE + 2, TYPE + 2]), array(U64, 1 << 61)];
    assert!(kind::<Kept>(&with_removed(types, &[])).is_some());
    assert!(kind::<Vec<u64>>(&stream(&[array(U64, 1 << 61)], 0, &[1; 64])).is_some());
}

#[test]
fn chains_as_long_as_a_schema_may_be() {
    for wrap in [option, sequence, piece, cell, shared] {
        let chain: Vec<_> = (0..4096)
            .map(|i| if i < 4095 { wrap(TYPE + i + 1) } else { structure("Kept", &[("a", U8), ("b", U8)]) })
            .collect();
        let bytes = stream(&chain, 0, &[0; 32]);
        assert!(kind::<Link>(&bytes).is_some());
        assert!(kind::<Vec<Kept>>(&bytes).is_some());
        kind::<Kept>(&bytes);
        let mut removed = chain;
        removed.pop();
        removed.insert(0, structure("Kept", &[("a", U8), ("gone", TYPE + 1), ("b", U8)]));
        kind::<Kept>(&stream(&removed, 0, &[0; 32]));
    }
}

/// Types that do not nest, one in the other, and are one recursive type here: none of them counts toward the depth.
#[test]
fn chains_of_types_that_are_one_type_here() {
    #[derive(Pickle)]
    enum Variants {
        End,
        Next(Box<Variants>),
    }
    #[derive(Pickle)]
    struct Options {
        #[pickle(default)]
        next: Option<Box<Options>>,
    }
    #[derive(Pickle)]
    struct Cells {
        #[pickle(default)]
        next: OnceCell<Box<Cells>>,
    }
    // Structs whose one field leads to the next through these; the last has none. An option and what is before it have one
    // byte.
    let chain = |name: &str, inner: &[fn(u64) -> Vec<u8>], levels: u64| {
        let each = inner.len() as u64 + 1;
        let mut types = Vec::new();
        for level in 0..levels {
            let at = TYPE + level * each + 1;
            types.push(structure(name, &[("next", at)]));
            types.extend(inner.iter().enumerate().map(|(i, node)| node(at + i as u64 + 1)));
        }
        types.push(structure(name, &[]));
        stream(&types, 0, &vec![1; levels as usize])
    };
    let end = || [&named("End")[..], &[0, 0]].concat();
    let next = |of: u64| [&named("Next")[..], &[1, 1], &varint(of)].concat();
    let variants = |levels: u64| {
        let node = |variants: &[Vec<u8>]| {
            [&[10], &named("Variants")[..], &[variants.len() as u8], &variants.concat()].concat()
        };
        let pair = |level| [node(&[end(), next(TYPE + level * 2 + 1)]), piece(TYPE + level * 2 + 2)];
        let types: Vec<_> = (0..levels).flat_map(pair).chain([node(&[end()])]).collect();
        stream(&types, 0, &[&vec![1; levels as usize][..], &[0]].concat())
    };
    for (levels, expected) in [(80, None), (1000, Some(ErrorKind::Limit))] {
        assert_eq!(kind::<Variants>(&variants(levels)), expected, "variants");
        assert_eq!(kind::<Options>(&chain("Options", &[option, piece], levels)), expected, "options");
        assert_eq!(kind::<Cells>(&chain("Cells", &[cell, option, piece], levels)), expected, "cells");
    }
}

/// Each object is of a class of its own, and each class leads to all that follow.
#[test]
fn classes_that_lead_to_each_other() {
    #[derive(Pickle)]
    struct Next {
        next: Option<Rc<Next>>,
    }
    let links = 1300u64;
    let mut types = vec![shared(TYPE + 1)];
    for link in 0..links {
        let at = TYPE + 1 + link * 3;
        types.push(structure("Next", &[("next", at + 1)]));
        types.push(option(at + 2));
        types.push(shared(if link + 1 < links { at + 3 } else { TYPE + 1 }));
    }
    let classes: Vec<u32> = (0..links as u32).map(|link| link * 3).collect();
    let mut data = tables(&classes, links as u32);
    for id in (0..links as u32).rev() {
        data.push(0);
        data.push((id as usize).min(255) as u8);
        data.extend(id.to_le_bytes());
        if id >= 255 {
            data.extend(u64::from(id).to_le_bytes());
        }
        if id + 1 < links as u32 {
            data.push(1);
            data.extend((id + 1).to_le_bytes());
        } else {
            data.push(0);
        }
    }
    data.push(6);
    data.extend(0u32.to_le_bytes());
    let bytes = stream(&types, OBJECTS, &data);
    let mut at = loads::<Rc<Next>>(&bytes).unwrap();
    let mut length = 1;
    while let Some(next) = at.next.clone() {
        (at, length) = (next, length + 1);
    }
    assert_eq!(length, links);
}

/// Fields in another order are passed over before they are taken, at each level of a deep value.
#[test]
fn fields_out_of_order_all_the_way_down() {
    mod old {
        use super::Pickle;
        #[derive(Pickle)]
        pub(super) struct Deep {
            pub(super) inner: Option<Box<Deep>>,
            pub(super) words: Vec<String>,
        }
    }
    #[derive(Pickle)]
    struct Deep {
        words: Vec<String>,
        inner: Option<Box<Deep>>,
    }
    let mut value = old::Deep { inner: None, words: vec!["w".into(); 100_000] };
    for _ in 0..60 {
        value = old::Deep { inner: Some(Box::new(value)), words: Vec::new() };
    }
    let bytes = dumps(&value).unwrap();
    let new: Deep = loads(&bytes).unwrap();
    let mut at = &new;
    while let Some(inner) = &at.inner {
        at = inner;
    }
    assert_eq!(at.words.len(), 100_000);
}

/// The text of a block is read again and again, and charged once.
#[test]
fn the_limit_on_memory_is_that_of_one_reading() {
    mod old {
        use super::Pickle;
        #[derive(Pickle)]
        pub(super) struct Wide {
            pub(super) a: Vec<String>,
            pub(super) b: Box<Vec<String>>,
            pub(super) c: Vec<String>,
        }
    }
    #[derive(Pickle)]
    struct Wide {
        c: Vec<String>,
        b: Vec<String>,
        a: Vec<String>,
    }
    let words = || vec!["x".repeat(1000); 1000];
    let bytes = dumps(&old::Wide { a: words(), b: Box::new(words()), c: words() }).unwrap();
    let new: Wide = Unpickler::new().max_memory(3 * bytes.len()).loads(&bytes).unwrap();
    assert!([new.a, new.b, new.c].iter().all(|found| *found == words()));
}

/// Objects may bring large defaults as well as elements do.
#[test]
fn defaults_are_bound_by_the_limit_on_memory() {
    mod old {
        use super::{Pickle, Rc};
        #[derive(Pickle)]
        pub(super) struct Item {}
        #[derive(Pickle)]
        pub(super) struct Chain {
            pub(super) next: Option<Box<Chain>>,
        }
        pub(super) fn items(count: usize) -> Vec<Rc<Item>> {
            (0..count).map(|_| Rc::new(Item {})).collect()
        }
    }
    #[derive(Pickle)]
    struct Item {
        #[pickle(default = vec![7; 1 << 20])]
        large: Vec<u8>,
    }
    #[derive(Pickle)]
    struct Chain {
        #[pickle(default = vec![7; 1 << 20])]
        large: Vec<u8>,
        next: Option<Box<Chain>>,
    }
    let few: Vec<Rc<Item>> = loads(&dumps(&old::items(3)).unwrap()).unwrap();
    assert_eq!(few[2].large.len(), 1 << 20);
    let bytes = dumps(&old::items(10_000)).unwrap();
    assert_eq!(kind::<Vec<Rc<Item>>>(&bytes), Some(ErrorKind::Limit));
    let units = stream(&[sequence(TYPE + 1), structure("Item", &[])], 0, &long(8000));
    assert_eq!(kind::<Vec<Item>>(&units), Some(ErrorKind::Limit));
    let array_of_units = stream(&[array(TYPE + 1, 8000), structure("Item", &[])], 0, &[]);
    assert_eq!(kind::<Vec<Item>>(&array_of_units), Some(ErrorKind::Limit));
    let mut chain = old::Chain { next: None };
    for _ in 0..60 {
        chain = old::Chain { next: Some(Box::new(chain)) };
    }
    let bytes = dumps(&chain).unwrap();
    let error = Unpickler::new().max_memory(8 << 20).loads::<Chain>(&bytes).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn a_wrong_fingerprint_is_refused_though_the_schema_is_known() {
    #[derive(Pickle, Debug)]
    struct Known {
        #[pickle(default)]
        new: u8,
        old: u8,
    }
    let mut bytes = stream(&[structure("Known", &[("old", U8)])], 0, &[7]);
    let known: Known = loads(&bytes).unwrap();
    assert_eq!((known.old, known.new), (7, 0));
    bytes[6] ^= 1;
    assert_eq!(loads::<Known>(&bytes).unwrap_err().kind(), ErrorKind::Corrupt);
}

/// What the objects of an older stream refer to is checked as that of any other, passed over or not.
#[test]
fn references_to_what_is_not_there() {
    let set = |of: u64| node(2, &[of]);
    let deferring = |class: u8, id: u8| [1, class, id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    let load = |gone: &[Vec<u8>], classes: &[u32], objects: u32, entries: &[&[u8]]| {
        let kept = structure("Kept", &[("a", U8), ("gone", TYPE + 1), ("b", U8)]);
        let data = [tables(classes, objects), entries.concat()].concat();
        loads::<Kept>(&stream(&[&[kept], gone].concat(), OBJECTS, &data)).map_err(|error| error.to_string())
    };
    let read = Ok(Kept { a: 1, b: 2 });
    let refused = |loaded: Result<Kept, String>, says: &str| assert_says(loaded.unwrap_err(), &[says]);
    let root = [6, 1, 2, 0, 0, 0, 0];

    let optional = [option(TYPE + 2), shared(U8)];
    let object = record(0, 0, &[7]);
    assert_eq!(load(&optional, &[2], 1, &[&object, &[6, 1, 1, 2], &[0; 4]]), read);
    refused(load(&optional, &[2], 1, &[&object, &[6, 1, 0, 2]]), "the root does not reach object 0");

    let list = [shared(TYPE + 2), option(TYPE + 1)];
    let (last, first) = (record(0, 1, &[0]), record(0, 0, &[1, 1, 0, 0, 0]));
    assert_eq!(load(&list, &[1], 2, &[&last, &first, &root]), read);
    refused(load(&list, &[1], 2, &[&first, &last, &root]), "a reference to object 1 where that is not built");
    refused(load(&list, &[1], 1, &[&first, &root]), "a reference to object 1, which it does not have");
    refused(load(&list, &[1], 2, &[&last, &record(0, 0, &[0]), &root]), "the root does not reach object 1");

    let cells_in_set = [shared(TYPE + 2), set(TYPE + 3), shared(TYPE + 4), cell(U8)];
    let (waiting, fill, keys) = (deferring(1, 1), [5, 7], record(0, 0, &[1, 1, 0, 0, 0]));
    assert_eq!(load(&cells_in_set, &[1, 3], 2, &[&waiting, &fill, &keys, &root]), read);
    refused(
        load(&cells_in_set, &[1, 3], 2, &[&waiting, &keys, &fill, &root]),
        "object 1 where that is not built or not comp",
    );
    // The same in the keys of a map, whose values may wait.
    let mut in_map = cells_in_set;
    in_map[1] = node(3, &[TYPE + 3, U8]);
    let keys = record(0, 0, &[1, 9, 1, 0, 0, 0]);
    assert_eq!(load(&in_map, &[1, 3], 2, &[&waiting, &fill, &keys, &root]), read);
    refused(
        load(&in_map, &[1, 3], 2, &[&waiting, &keys, &fill, &root]),
        "object 1 where that is not built or not comp",
    );
    in_map[1] = node(3, &[U8, TYPE + 3]);
    let values = record(0, 0, &[1, 9, 1, 0, 0, 0]);
    assert_eq!(load(&in_map, &[1, 3], 2, &[&waiting, &values, &fill, &root]), read);

    // A weak pointer among the keys asks as much.
    let pair = tuple(&[TYPE + 3, TYPE + 5]);
    let weak_in_set = [shared(TYPE + 2), pair, shared(TYPE + 4), cell(U8), set(TYPE + 6), node(13, &[TYPE + 3])];
    let keys = record(0, 0, &[1, 1, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(load(&weak_in_set, &[1, 3], 2, &[&waiting, &fill, &keys, &root]), read);
    let says = "object 1 where that is not built or not comp";
    refused(load(&weak_in_set, &[1, 3], 2, &[&waiting, &keys, &fill, &root]), says);

    // What a cell holds is referred to by the object that the cell is in, whatever came last.
    let held = [shared(TYPE + 2), cell(TYPE + 3), shared(U8)];
    let entries = [&deferring(0, 0)[..], &record(1, 1, &[7]), &[5, 1, 0, 0, 0], &root];
    assert_eq!(load(&held, &[1, 3], 2, &entries), read);

    let cell_as_key = [shared(TYPE + 2), set(TYPE + 3), cell(U8)];
    refused(load(&cell_as_key, &[1], 1, &[&deferring(0, 0), &[1], &[5, 7], &root]), "a deferred cell where user code");

    let two = [tuple(&[TYPE + 2, TYPE + 3]), shared(U8), shared(I8)];
    let both = [&root[..], &[0; 4]].concat();
    refused(load(&two, &[2], 1, &[&object, &both]), "object 0 can't be had as `Rc<i8>`: it is a `u8`");
}

/// Where a program has no set any more nobody can say which keys are equal.
#[test]
fn keys_of_a_set_that_has_become_a_sequence() {
    let twice = stream(&[node(2, &[U8])], 0, &[2, 7, 7]);
    assert_eq!(loads::<Vec<u8>>(&twice).unwrap(), [7, 7]);
    assert_eq!(kind::<std::collections::HashSet<u16>>(&twice), Some(ErrorKind::DuplicateKey));
}

/// One object, had by pointers in many schemas in turn: what was compared once is not compared again.
#[test]
fn pointers_of_many_schemas_in_turn() {
    #[pickle_core::object]
    trait Unit {}
    #[derive(Pickle)]
    struct New {
        n: u16,
        units: Vec<Box<dyn Unit>>,
    }
    const SCHEMAS: usize = 20;
    const VALUES: u64 = 300_000;
    let chain = |at: u64| (1..1000).map(move |i| sequence(TYPE + at + i)).chain([sequence(U8)]);
    let fields = [("n", U8), ("units", TYPE + 1), ("own", TYPE + 3)];
    let behind_dyn = [vec![11], named("Unit")].concat();
    let root = [structure("New", &fields), sequence(TYPE + 2), behind_dyn, shared(TYPE + 4)];
    let root: Vec<Vec<u8>> = root.into_iter().chain(chain(4)).collect();
    let inner: Vec<Vec<u8>> =
        [structure("Inner", &[("p", TYPE + 1)]), shared(TYPE + 2)].into_iter().chain(chain(2)).collect();
    let inner = schema(&inner);
    let definition = |i: usize| {
        let hash = hmac_sha256::Hash::hash(&inner);
        [&named(&i.to_string()), &hash[..8], &varint(inner.len() as u64), &inner[..]].concat()
    };
    let definitions: Vec<u8> = (0..SCHEMAS).flat_map(definition).collect();
    let values = (0..VALUES).flat_map(|i| [(i % SCHEMAS as u64) as u8, 0, 0, 0, 0]);
    let before = [tables(&[3], 1), record(0, 0, &[0]), vec![6, 7], long(VALUES)].concat();
    let data: Vec<u8> = before.into_iter().chain(values).chain([0; 4]).collect();
    let bytes = [header(&schema(&root), OBJECTS), block(&definitions, &[], TYPES), block(&data, &[], LAST)].concat();
    // The program has no such types.
    assert_says(loads::<New>(&bytes).map(drop).unwrap_err(), &["`0`"]);
    pickle_core::inspect::Stream::open(&bytes).unwrap().walk(&mut Nothing).unwrap();
}

struct Nothing;

impl pickle_core::inspect::Visitor<'_> for Nothing {}

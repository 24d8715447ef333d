//! What a load or dump may cost is limited, and each error names the call that raises its limit.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use pickle_core::{ErrorKind, Pickle, Pickler, Unpickler, Value, dumps, loads, object};
use pickle_tests::{assert_says, bytes_of, load_error, on_small_stack, patch};

#[derive(Pickle)]
enum List {
    End,
    Next(Box<List>),
}

impl List {
    fn of(length: usize) -> List {
        (0..length).fold(List::End, |rest, _| List::Next(Box::new(rest)))
    }

    fn length(&self) -> usize {
        let (mut list, mut length) = (self, 0);
        while let List::Next(next) = list {
            (list, length) = (next, length + 1);
        }
        length
    }
}

#[test]
fn a_dump_that_nests_too_deep_is_refused() {
    on_small_stack(|| {
        let error = dumps(&List::of(300)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_says(error, &["max_depth, 256", "Pickler::max_depth", "Unpickler::max_depth"]);
    });
}

#[test]
fn a_load_that_nests_too_deep_is_refused() {
    let bytes = Pickler::new().max_depth(10_000).dumps(&List::of(300)).unwrap();
    on_small_stack(move || {
        let error = load_error::<List>(&bytes);
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_says(&error, &["max_depth, 256", "Unpickler::max_depth"]);
        let error = pickle_core::load::<List, _>(&bytes[..]).map(|list| list.length()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
    });
}

#[test]
fn nesting_up_to_the_limit_works_on_a_small_stack() {
    on_small_stack(|| {
        let deepest = (0..300).rev().find_map(|length| dumps(&List::of(length)).ok().map(|bytes| (length, bytes)));
        let (length, bytes) = deepest.unwrap();
        assert!(length >= 120, "{length}");
        assert_eq!(loads::<List>(&bytes).unwrap().length(), length);
    });
}

#[test]
fn a_raised_limit_lets_deeper_values_through() {
    let raised = || {
        let bytes = Pickler::new().max_depth(2000).dumps(&List::of(900)).unwrap();
        assert_eq!(Unpickler::new().max_depth(2000).loads::<List>(&bytes).unwrap().length(), 900);
        assert!(Unpickler::new().max_depth(1000).loads::<List>(&bytes).is_err());
    };
    std::thread::Builder::new().stack_size(16 << 20).spawn(raised).unwrap().join().unwrap();
}

#[test]
fn values_side_by_side_do_not_add_to_the_depth() {
    let wide: Vec<List> = (0..2000).map(|n| List::of(n % 10)).collect();
    let bytes = Pickler::new().max_depth(64).dumps(&wide).unwrap();
    assert_eq!(Unpickler::new().max_depth(64).loads::<Vec<List>>(&bytes).unwrap().len(), 2000);
}

#[test]
fn max_depth_of_none_refuses_what_nests_and_nothing_else() {
    let mut pickler = Pickler::new().max_depth(0);
    assert!(pickler.dumps(&(1u8, "flat", vec![1u8])).is_ok());
    assert_eq!(pickler.dumps(&vec![vec![1u8]]).unwrap_err().kind(), ErrorKind::Limit);
    assert!(Unpickler::new().max_depth(0).loads::<(u8, String)>(&bytes_of(&(1u8, "flat"))).is_ok());
}

#[object]
trait Part {}

#[derive(Pickle)]
struct Wheel {
    spokes: Vec<Vec<String>>,
}

#[object]
impl Part for Wheel {}

#[derive(Pickle)]
#[pickle(name = "Bag")]
struct OldBag {
    nothing: Vec<()>,
    words: Vec<Vec<String>>,
    parts: Vec<Box<dyn Part>>,
    shared: Vec<Rc<u32>>,
}

#[derive(Pickle)]
struct Bag {
    #[pickle(default)]
    added: u8,
    shared: Vec<Rc<u64>>,
    nothing: Vec<()>,
    parts: Vec<Box<dyn Part>>,
    words: Vec<Vec<String>>,
}

type Set = fn(Unpickler<'static>, usize) -> Unpickler<'static>;

/// The limits of SECURITY.md that a program can raise: each way of loading names the one that it met, its value, and the
/// call that raises it; and that call raises it.
#[test]
fn every_limit_says_its_name_its_value_and_what_raises_it() {
    let wheel = || Box::new(Wheel { spokes: vec![vec!["spoke".to_owned(); 5]] }) as Box<dyn Part>;
    let bytes = bytes_of(&OldBag {
        nothing: vec![(); 100],
        words: vec![vec!["word".to_owned(); 100]; 10],
        parts: (0..10).map(|_| wheel()).collect(),
        shared: (0..10).map(Rc::new).collect(),
    });
    let table: [(&str, Set, usize, usize); 4] = [
        ("max_memory", Unpickler::max_memory, 3_000, 1 << 20),
        ("max_depth", Unpickler::max_depth, 1, 20),
        ("max_empty_elements", Unpickler::max_empty_elements, 99, 100),
        ("max_objects", Unpickler::max_objects, 19, 20),
    ];
    for (name, set, too_little, enough) in table {
        let low = set(Unpickler::new(), too_little);
        for (way, result) in [
            ("bytes", low.loads::<OldBag>(&bytes).map(drop)),
            ("a reader", low.load::<OldBag, _>(&bytes[..]).map(drop)),
            ("an older shape", low.loads::<Bag>(&bytes).map(drop)),
            ("an older shape from a reader", low.load::<Bag, _>(&bytes[..]).map(drop)),
            ("a Value", low.loads::<Value>(&bytes).map(drop)),
            ("iter", low.iter::<OldBag, _>(&bytes[..]).try_for_each(|bag| bag.map(drop))),
        ] {
            let error = result.expect_err(way);
            assert_eq!(error.kind(), ErrorKind::Limit, "{name}, {way}: {error}");
            assert_says(
                format!("{way}: {error}"),
                &[&format!("{name}, {too_little}"), &format!("`Unpickler::{name}`")],
            );
        }
        let high = set(Unpickler::new(), enough);
        assert_eq!(high.loads::<OldBag>(&bytes).unwrap().words.len(), 10, "{name}");
        let bag = high.loads::<Bag>(&bytes).unwrap();
        assert!(bag.words.len() == 10 && *bag.shared[9] == 9 && bag.added == 0, "{name}");
        assert_eq!((bag.parts.len(), bag.nothing.len()), (10, 100), "{name}");
        high.loads::<Value>(&bytes).map(drop).expect(name);
    }
}

fn refused_for_memory<T: pickle_core::UnpickleOwned>(bytes: &[u8], limit: usize) {
    let Err(error) = Unpickler::new().max_memory(limit).loads::<T>(bytes) else { panic!("{limit} bytes were enough") };
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_says(error, &[&format!("max_memory, {limit}"), "Unpickler::max_memory"]);
}

/// From a reader the stream itself is in memory, its schema with it.
#[test]
fn a_schema_that_is_taken_from_a_reader_is_charged_for() {
    #[derive(Pickle)]
    #[pickle(name = "A name that is longer than the value")]
    struct Small(u8);
    let bytes = bytes_of(&Small(1));
    let error = Unpickler::new().max_memory(30).load::<Small, _>(&bytes[..]).map(|small| small.0).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Limit, Some(18)));
    assert_says(error, &["max_memory, 30", "Unpickler::max_memory"]);
    assert_eq!(Unpickler::new().max_memory(200).load::<Small, _>(&bytes[..]).unwrap().0, 1);
}

#[test]
fn every_kind_of_container_is_charged_for() {
    refused_for_memory::<Vec<u64>>(&bytes_of(&vec![1u64; 100]), 799);
    assert!(Unpickler::new().max_memory(800).loads::<Vec<u64>>(&bytes_of(&vec![1u64; 100])).is_ok());
    refused_for_memory::<Vec<u8>>(&bytes_of(&vec![1u8; 1000]), 999);
    refused_for_memory::<String>(&bytes_of(&"s".repeat(1000)), 999);
    refused_for_memory::<Vec<String>>(&bytes_of(&vec![String::new(); 100]), 100 * size_of::<String>() - 1);
    refused_for_memory::<Box<[u64; 50]>>(&bytes_of(&Box::new([1u64; 50])), 399);
    refused_for_memory::<HashMap<u64, u64>>(&bytes_of(&(0..100u64).map(|n| (n, n)).collect::<HashMap<_, _>>()), 1600);
    refused_for_memory::<HashSet<u64>>(&bytes_of(&(0..100u64).collect::<HashSet<_>>()), 800);
    refused_for_memory::<BTreeMap<u64, u64>>(&bytes_of(&(0..100u64).map(|n| (n, n)).collect::<BTreeMap<_, _>>()), 1600);
    refused_for_memory::<std::collections::LinkedList<u64>>(&bytes_of(&vec![1u64; 100]), 2399);
}

#[test]
fn elements_that_take_no_bytes_are_counted() {
    let bytes = bytes_of(&vec![(); 10_000]);
    let error = load_error::<Vec<()>>(&bytes);
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_says(error, &["max_empty_elements, 8192", "Unpickler::max_empty_elements"]);
    assert_eq!(Unpickler::new().max_empty_elements(10_000).loads::<Vec<()>>(&bytes).unwrap().len(), 10_000);

    #[derive(Pickle, Clone)]
    struct Unit;
    let several = bytes_of(&vec![vec![Unit; 3000]; 3]);
    let error = load_error::<Vec<Vec<Unit>>>(&several);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Limit, "[2]"));
}

#[test]
fn a_key_that_takes_no_bytes_is_counted_like_an_element() {
    let nothing = bytes_of(&(HashSet::from([Box::new(())]), vec![1u8; 3]));
    let none = Unpickler::new().max_empty_elements(0);
    let error = none.loads::<(HashSet<Box<()>>, Vec<u8>)>(&nothing).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Limit, "0[key 0]"));
    assert!(Unpickler::new().max_empty_elements(1).loads::<(HashSet<Box<()>>, Vec<u8>)>(&nothing).is_ok());
    let bytes = bytes_of(&(HashSet::from([Box::new(7u8)]), vec![1u8; 3]));
    assert!(none.loads::<(HashSet<Box<u8>>, Vec<u8>)>(&bytes).is_ok());
}

/// The bytes of a sequence of 300 whose length is replaced by another.
fn claiming<T: Pickle>(value: &T, length: u64) -> (Vec<u8>, usize) {
    let mut bytes = bytes_of(value);
    let at = patch(&mut bytes, &300u64.to_le_bytes(), &length.to_le_bytes());
    (bytes, at)
}

#[test]
fn a_huge_claimed_length_is_refused_at_once() {
    for length in [301, 3000, u64::from(u32::MAX), 1 << 40, i64::MAX as u64, u64::MAX] {
        for error in [
            load_error::<Vec<u8>>(&claiming(&vec![1u8; 300], length).0),
            load_error::<Vec<u64>>(&claiming(&vec![1u64; 300], length).0),
            load_error::<Vec<String>>(&claiming(&vec![String::from("s"); 300], length).0),
            load_error::<HashMap<u16, u8>>(
                &claiming(&(0..300).map(|n| (n, 0)).collect::<HashMap<u16, u8>>(), length).0,
            ),
            load_error::<BTreeMap<u16, ()>>(
                &claiming(&(0..300).map(|n| (n, ())).collect::<BTreeMap<u16, ()>>(), length).0,
            ),
            load_error::<HashSet<u16>>(&claiming(&(0..300).collect::<HashSet<u16>>(), length).0),
            load_error::<String>(&claiming(&"s".repeat(300), length).0),
        ] {
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{length}: {error}");
        }
        let boxes = load_error::<Vec<Box<u8>>>(&claiming(&vec![Box::new(1u8); 300], length).0);
        assert!(matches!(boxes.kind(), ErrorKind::Corrupt | ErrorKind::Limit), "{length}: {boxes}");
    }
}

#[test]
fn a_length_in_its_long_form_that_has_a_short_one_is_refused() {
    for length in [0, 1, 254] {
        assert_eq!(load_error::<Vec<u8>>(&claiming(&vec![1u8; 300], length).0).kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn a_smaller_length_leaves_bytes_over_which_are_refused() {
    assert_eq!(load_error::<Vec<u8>>(&claiming(&vec![1u8; 300], 299).0).kind(), ErrorKind::Corrupt);
    assert_eq!(load_error::<String>(&claiming(&"s".repeat(300), 299).0).kind(), ErrorKind::Corrupt);
}

//! Errors are one sentence: the path, what went wrong, the offset, the remedy.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use pickle_core::{Error, ErrorKind, Pickle, Pickler, UnpickleOwned, load, loads};
use pickle_tests::{assert_says, bytes_of, dump_error, load_error};

/// Whether bits are no value, and what else is wrong with bytes.
fn bad_bits<T: UnpickleOwned>(bytes: &[u8], from_slice: bool) -> Option<(String, String, Option<u64>)> {
    let loaded = if from_slice { loads::<T>(bytes).map(drop) } else { load::<T, _>(bytes).map(drop) };
    let error = loaded.err().filter(|error| error.kind() == ErrorKind::InvalidValue)?;
    Some((error.path().to_string(), error.to_string(), error.offset()))
}

#[test]
fn a_reader_names_the_byte_that_a_slice_does() {
    type Values = (Vec<bool>, Vec<Option<char>>, Vec<(String, bool)>, Vec<[bool; 3]>);
    let texts = (0..200).map(|i| ("text".repeat(i % 7), true)).collect();
    let value: Values = (vec![true; 2000], vec![Some('x'); 300], texts, vec![[true; 3]; 700]);
    let bytes = bytes_of(&value);
    let mut found = 0;
    for at in (100..bytes.len()).step_by(7) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x80;
        let error = bad_bits::<Values>(&bytes, true);
        assert_eq!(error, bad_bits::<Values>(&bytes, false), "at byte {at}");
        if let Some((.., offset)) = error {
            // A `char` begins up to three bytes before the one that is wrong.
            assert!(offset.is_some_and(|offset| (at as u64).abs_diff(offset) < 4), "{offset:?} for byte {at}");
            found += 1;
        }
    }
    assert!(found > 500, "{found}");
}

#[derive(Pickle)]
struct Player {
    name: RefCell<String>,
}

#[derive(Pickle)]
struct World {
    players: Vec<Player>,
}

fn player(name: &str) -> Player {
    Player { name: RefCell::new(name.into()) }
}

#[test]
fn the_path_stands_first_and_the_remedy_last() {
    let world = World { players: vec![player("a"), player("b")] };
    let held = world.players[1].name.borrow_mut();
    let error = dump_error(&world);
    assert_eq!(
        (error.kind(), error.path().as_str(), error.offset()),
        (ErrorKind::Inaccessible, "players[1].name", None)
    );
    assert_eq!(
        error.to_string(),
        "`players[1].name`: a `RefCell` is mutably borrowed while it is dumped; end the borrow before the dump"
    );
    drop(held);
    bytes_of(&world);
}

#[test]
fn the_offset_stands_in_parentheses() {
    let mut bytes = bytes_of(&vec![true, false]);
    let at = bytes.len() - 1;
    bytes[at] = 2;
    let error = load_error::<Vec<bool>>(&bytes);
    assert_says(&error, &["`[1]`: ", &format!("(at byte {at})")]);
    assert_eq!(error.offset(), Some(at as u64));
}

#[test]
fn what_is_no_bit_pattern_is_told_where_the_reader_stands() {
    // The length of the second list is the byte before its three.
    let mut bytes = bytes_of(&vec![vec![1u8, 2, 3]; 2]);
    let at = bytes.len() - 4;
    bytes[at] = 9;
    let error = load_error::<Vec<Vec<u8>>>(&bytes);
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Corrupt, Some(at as u64 + 1)), "{error}");
}

#[test]
fn debug_is_the_kind_and_the_sentence() {
    let error = load_error::<u8>(b"hello, this is no stream");
    let debug = format!("{error:?}");
    assert_eq!(debug, format!("NotAStream: {error}"));
    assert!(error.path().is_empty());
    assert!(!error.to_string().starts_with('`'));
}

/// Dumps a value that holds a borrowed cell, and gives the path to the cell.
fn path_to_borrowed<T: Pickle>(make: impl FnOnce(&'static RefCell<u8>) -> T) -> String {
    let cell: &'static RefCell<u8> = Box::leak(Box::new(RefCell::new(1)));
    let value = make(cell);
    let held = cell.borrow_mut();
    let error = dump_error(&value);
    drop(held);
    assert_eq!(error.kind(), ErrorKind::Inaccessible);
    assert_says(
        &error,
        &[&if error.path().is_empty() { "a `RefCell`".to_owned() } else { format!("`{}`: ", error.path()) }],
    );
    error.path()
}

#[test]
fn paths_are_written_as_rust_would() {
    #[derive(Pickle)]
    struct Tuple<C>(u8, C);
    #[derive(Pickle)]
    enum Enum<C> {
        Tuple(u8, C),
        Named { cell: C },
    }
    #[derive(Pickle)]
    struct Named<C> {
        r#type: C,
    }
    assert_eq!(path_to_borrowed(|cell| cell), "");
    assert_eq!(path_to_borrowed(|cell| vec![cell]), "[0]");
    assert_eq!(path_to_borrowed(|cell| [[cell]]), "[0][0]");
    assert_eq!(path_to_borrowed(|cell| (1u8, cell)), "1");
    assert_eq!(path_to_borrowed(|cell| vec![(1u8, (cell, 2u8))]), "[0].1.0");
    assert_eq!(path_to_borrowed(|cell| Tuple(1, cell)), "1");
    assert_eq!(path_to_borrowed(|cell| (Enum::Tuple(1, cell), 2u8)), "0.1");
    assert_eq!(path_to_borrowed(|cell| vec![Enum::Named { cell }]), "[0].cell");
    assert_eq!(path_to_borrowed(|r#type| Named { r#type }), "type");
    assert_eq!(path_to_borrowed(|cell| Some(Box::new(Named { r#type: cell }))), "type");
    assert_eq!(path_to_borrowed(|cell| BTreeMap::from([("a", None), ("b", Some(cell))])), "[1]");
    assert_eq!(path_to_borrowed(|cell| std::collections::VecDeque::from([(cell, "x")])), "[0].0");
    assert_eq!(path_to_borrowed(|cell| std::collections::LinkedList::from([cell])), "[0]");
    assert_eq!(path_to_borrowed(|cell| RefCell::new(vec![Mutex::new(cell)])), "[0]");
}

#[test]
fn a_key_that_fails_is_told_from_its_value() {
    #[derive(Pickle, PartialEq, Eq, PartialOrd, Ord)]
    #[pickle(before_dump = Self::check)]
    struct Key(u8);
    impl Key {
        fn check(&self) -> Result<(), String> {
            if self.0 == 2 { Err("a bad key".into()) } else { Ok(()) }
        }
    }
    let map = BTreeMap::from([(Key(1), 'a'), (Key(2), 'b')]);
    assert_eq!(dump_error(&map).path(), "[key 1]");
    assert_eq!(dump_error(&(0u8, map.into_keys().collect::<std::collections::BTreeSet<_>>())).path(), "1[key 1]");
}

#[derive(Debug)]
struct Outer(Inner);

#[derive(Debug)]
struct Inner;

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the outer error")
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the inner error")
    }
}

impl std::error::Error for Inner {}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[derive(Pickle, Debug)]
#[pickle(after_load = Self::check)]
struct Checked(u8);

impl Checked {
    fn check(&mut self) -> Result<(), Outer> {
        if self.0 == 0 { Err(Outer(Inner)) } else { Ok(()) }
    }
}

#[test]
fn the_chain_of_sources_goes_through_the_hook_s_own_error() {
    let error = load_error::<Vec<Checked>>(&bytes_of(&vec![Checked(1), Checked(0)]));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[1]"));
    assert_says(&error, &["the outer error"]);
    let outer = error.source().unwrap();
    assert!(outer.downcast_ref::<Outer>().is_some());
    assert!(outer.source().unwrap().downcast_ref::<Inner>().is_some());
    assert!(outer.source().unwrap().source().is_none());
}

#[test]
fn an_error_of_the_library_that_passes_through_a_hook_stays_what_it_was() {
    #[derive(Pickle, Debug)]
    #[pickle(reduce = Self::save, rebuild = Self::restore)]
    struct Nested(Vec<u8>);
    impl Nested {
        fn save(&self) -> &[u8] {
            &self.0
        }
        fn restore(bytes: Vec<u8>) -> Result<Nested, Error> {
            loads::<u8>(&bytes).map(|n| Nested(vec![n]))
        }
    }
    let error = load_error::<(u8, Nested)>(&bytes_of(&(1u8, Nested(b"no stream at all".to_vec()))));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::NotAStream, "1"));
}

#[test]
fn errors_can_cross_threads_and_become_boxes() {
    fn fails() -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
        Ok(loads(b"nothing")?)
    }
    assert!(std::thread::spawn(|| fails().unwrap_err()).join().unwrap().is::<Error>());
}

#[test]
fn a_poisoned_lock_is_refused() {
    let lock = Arc::new((Mutex::new(1u8), RwLock::new(2u8)));
    let holder = Arc::clone(&lock);
    let poisoned = std::thread::spawn(move || {
        let _mutex = holder.0.lock().unwrap();
        let _rw_lock = holder.1.write().unwrap();
        panic!("on purpose, to poison the locks");
    });
    poisoned.join().unwrap_err();
    for error in [dump_error(&vec![&lock.0]), dump_error(&vec![&lock.1])] {
        assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Inaccessible, "[0]"));
        assert_says(error, &["poisoned", "clear_poison"]);
    }
    lock.0.clear_poison();
    assert_eq!(*loads::<Mutex<u8>>(&bytes_of(&lock.0)).unwrap().lock().unwrap(), 1);
}

#[test]
fn a_held_lock_is_waited_for_and_then_refused() {
    #[derive(Pickle)]
    struct Shared {
        scores: Mutex<Vec<u8>>,
    }
    let shared = Shared { scores: Mutex::new(vec![1]) };
    let held = shared.scores.lock().unwrap();
    let mut pickler = Pickler::new().lock_timeout(Duration::from_millis(5));
    let error = pickler.dumps(&shared).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Inaccessible, "scores"));
    assert_says(error, &["`Mutex`", "5ms", "Pickler::lock_timeout"]);
    drop(held);
    assert!(pickler.dumps(&shared).is_ok());

    let lock = RwLock::new(1u8);
    let held = lock.write().unwrap();
    assert_says(pickler.dumps(&lock).unwrap_err(), &["`RwLock`"]);
    drop(held);
}

#[test]
fn a_lock_that_is_released_in_time_is_dumped() {
    let lock = Arc::new(Mutex::new(1u8));
    let (locked, is_locked) = std::sync::mpsc::channel();
    let holder = Arc::clone(&lock);
    let thread = std::thread::spawn(move || {
        let mut held = holder.lock().unwrap();
        locked.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        *held = 2;
    });
    is_locked.recv().unwrap();
    let bytes = Pickler::new().lock_timeout(Duration::from_secs(60)).dumps(&*lock).unwrap();
    thread.join().unwrap();
    assert_eq!(loads::<Mutex<u8>>(&bytes).unwrap().into_inner().unwrap(), 2);
}

#[test]
fn what_is_no_stream_is_told_from_what_is_newer() {
    for text in ["hello", "{\"json\": true}", "\u{89}PNG"] {
        assert_eq!(load_error::<u8>(text.as_bytes()).kind(), ErrorKind::NotAStream);
    }
    let mut newer = bytes_of(&1u8);
    newer[4] = 200;
    let error = load_error::<u8>(&newer);
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Version, Some(4)));
    assert_says(error, &["200", "newer release"]);
    let mut flagged = bytes_of(&1u8);
    flagged[5] |= 0x80;
    assert_eq!(load_error::<u8>(&flagged).kind(), ErrorKind::Version);
}

#[test]
fn a_borrowing_type_cannot_be_taken_from_a_reader_by_a_copy() {
    #[derive(Pickle)]
    struct Owned {
        text: String,
    }
    let bytes = bytes_of(&Owned { text: "t".into() });
    let copy: Owned = pickle_core::load(&bytes[..]).unwrap();
    assert_eq!(copy.text, "t");
}

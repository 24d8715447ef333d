//! A bit pattern that is no value of its type is refused, with the path to it and the byte where it stands.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking; some fields are only for their shape")]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::CString;
use std::num::NonZero;

use pickle_core::{Error, ErrorKind, Pickle, Unpickle, load};
use pickle_tests::by_hand::{LAST, block, header_of};
use pickle_tests::{assert_says, bytes_of, load_error, patch};

/// Loads a stream in which one run of bytes is replaced; gives the error, and how far behind the run's start it points.
#[track_caller]
fn refused<T: for<'a> Unpickle<'a> + Pickle>(value: &T, from: &[u8], to: &[u8]) -> (Error, i64) {
    let mut bytes = bytes_of(value);
    let at = patch(&mut bytes, from, to);
    let error = load_error::<T>(&bytes);
    let Err(from_reader) = load::<T, _>(&bytes[..]) else { panic!("the bytes were loaded from a reader") };
    assert_eq!(from_reader.to_string(), error.to_string());
    let offset = error.offset().unwrap();
    (error, offset as i64 - at as i64)
}

#[track_caller]
fn expect(refused: (Error, i64), kind: ErrorKind, path: &str, offset: i64) -> Error {
    let (error, found) = refused;
    assert_eq!((error.kind(), error.path().as_str(), found), (kind, path, offset), "{error}");
    error
}

#[derive(Pickle, Clone)]
struct Player {
    id: u32,
    alive: bool,
    letter: char,
    rank: NonZero<u16>,
    name: String,
    pet: Option<Pet>,
}

#[derive(Pickle, Clone)]
enum Pet {
    Dog(u32, bool),
    Cat { lives: u32, indoor: bool },
}

#[derive(Pickle, Clone, Copy)]
enum Color {
    Red,
    Green,
    Blue,
}

#[derive(Pickle)]
struct World {
    title: String,
    players: Vec<Player>,
}

const ID: u32 = 0xa1b2_c3d4;

fn world() -> World {
    let player = |id| Player {
        id,
        alive: true,
        letter: 'Z',
        rank: NonZero::new(7).unwrap(),
        name: "Ann".into(),
        pet: Some(Pet::Cat { lives: id + 1, indoor: true }),
    };
    World { title: "w".into(), players: vec![player(1), player(ID), player(2)] }
}

/// The bytes of a number, and some after them.
fn after(id: u32, more: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], more].concat()
}

#[test]
fn a_bool_of_two() {
    let refused = refused(&world(), &after(ID, &[1, b'Z']), &after(ID, &[2, b'Z']));
    let error = expect(refused, ErrorKind::InvalidValue, "players[1].alive", 4);
    assert_says(error, &["`players[1].alive`", "bool"]);
}

#[test]
fn a_char_that_is_a_surrogate_or_too_large() {
    for bad in [0xd800u32, 0xdfff, 0x11_0000, u32::MAX] {
        let patched = [&after(ID, &[1])[..], &bad.to_le_bytes()].concat();
        let refused = refused(&world(), &after(ID, &[1, b'Z', 0, 0, 0]), &patched);
        expect(refused, ErrorKind::InvalidValue, "players[1].letter", 5);
    }
}

#[test]
fn a_non_zero_that_is_zero() {
    let refused = refused(&world(), &after(ID, &[1, b'Z', 0, 0, 0, 7, 0]), &after(ID, &[1, b'Z', 0, 0, 0, 0, 0]));
    expect(refused, ErrorKind::InvalidValue, "players[1].rank", 9);
}

#[test]
fn a_bad_field_of_a_variant() {
    let refused = refused(&world(), &after(ID + 1, &[1]), &after(ID + 1, &[3]));
    expect(refused, ErrorKind::InvalidValue, "players[1].pet.indoor", 4);
}

#[test]
fn bad_bits_in_a_run_of_elements() {
    let mut flags = vec![true; 1000];
    flags[700] = false;
    let run = [[1u8; 8], [0, 1, 1, 1, 1, 1, 1, 1]].concat();
    let mut bad = run.clone();
    bad[8] = 9;
    expect(refused(&flags, &run, &bad), ErrorKind::InvalidValue, "[700]", 8);

    let pairs: Vec<(u32, NonZero<u8>)> = (0..600).map(|n| (n * 65_537, NonZero::<u8>::MAX)).collect();
    let refused = refused(&pairs, &after(500 * 65_537, &[255]), &after(500 * 65_537, &[0]));
    expect(refused, ErrorKind::InvalidValue, "[500].1", 4);
}

#[test]
fn a_tag_of_no_variant() {
    let error = expect(refused(&[Color::Red, Color::Blue], &[0, 2], &[0, 3]), ErrorKind::InvalidValue, "[1]", 1);
    assert_says(error, &["`Color`", "3"]);
    let value = vec![(ID, Color::Green), (1, Color::Red)];
    expect(refused(&value, &after(ID, &[1]), &after(ID, &[255])), ErrorKind::InvalidValue, "[0].1", 4);
    let pet = (ID, Pet::Dog(5, false));
    let (error, _) = refused(&pet, &after(ID, &[0]), &after(ID, &[2]));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, "1"));
    assert_says(error, &["`Pet`", "2 variants", "number 2"]);
}

#[test]
fn an_option_that_is_neither() {
    let value = (ID, Some(5u8));
    expect(refused(&value, &after(ID, &[1]), &after(ID, &[7])), ErrorKind::InvalidValue, "1", 4);
    let (error, _) = refused(&vec![Some(0x0102_0304u32), None], &[4, 3, 2, 1, 0], &[4, 3, 2, 1, 7]);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, "[1]"));
}

#[test]
fn text_that_is_not_utf_8() {
    for bad in [b"\xff\xfe\xfd", b"ab\x80", b"\xed\xa0\x80", b"\xc0\xafx"] {
        let (error, _) = refused(&world(), b"Ann", bad);
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert_says(error, &["UTF-8"]);
    }
    let long = "é".repeat(5000);
    let mut bytes = bytes_of(&long);
    let at = bytes.len() - 4001;
    bytes[at] = 0xff;
    assert_eq!(load_error::<String>(&bytes).kind(), ErrorKind::Corrupt);
}

#[test]
fn a_string_that_ends_within_a_character() {
    let value = ("aé".to_owned(), "éa".to_owned());
    let mut bytes = bytes_of(&value);
    // Both strings are three bytes long; one and five cut the text within a character.
    patch(&mut bytes, &[3, 3], &[1, 5]);
    let error = load_error::<(String, String)>(&bytes);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Corrupt, "0"));
    assert!(error.to_string().contains("begins within a character"), "{error}");
}

#[test]
fn a_string_that_is_longer_than_the_text_of_its_block() {
    let mut bytes = header_of(&bytes_of(&String::new()));
    bytes.extend([block(&[5], &[], 0), block(&[], b"four", LAST)].concat());
    let error = load_error::<String>(&bytes);
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("a string of 5 bytes, the block has 4 bytes of text"), "{error}");
}

#[test]
fn a_key_that_is_there_twice() {
    let tree = BTreeMap::from([(0x1111u16, 1u8), (0x2222, 2), (0x3333, 3)]);
    let (error, _) = refused(&tree, &[0x22, 0x22, 2], &[0x11, 0x11, 2]);
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    let map: HashMap<u16, u8> = tree.into_iter().collect();
    let (error, _) = refused(&map, &[0x22, 0x22, 2], &[0x11, 0x11, 2]);
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert!(error.path().starts_with("[key "));

    let set = BTreeSet::from([0x1111u16, 0x2222, 0x3333]);
    let (error, _) = refused(&set, &[0x22, 0x22], &[0x11, 0x11]);
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    let (error, _) = refused(&set.into_iter().collect::<HashSet<_>>(), &[0x22, 0x22], &[0x11, 0x11]);
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);

    let words = (1u8, HashSet::from(["aaa".to_owned(), "bbb".to_owned()]));
    let (error, _) = refused(&words, b"aaa", b"bbb");
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::DuplicateKey, "1[key 1]"));
}

#[test]
fn bad_keys_and_bad_values_of_a_map() {
    let map = BTreeMap::from([('A', true)]);
    expect(refused(&map, &[b'A', 0, 0, 0, 1], &[0, 0xd8, 0, 0, 1]), ErrorKind::InvalidValue, "[key 0]", 0);
    expect(refused(&map, &[b'A', 0, 0, 0, 1], &[b'A', 0, 0, 0, 2]), ErrorKind::InvalidValue, "[0]", 4);
    expect(refused(&BTreeSet::from(['A']), &[b'A', 0, 0, 0], &[0, 0xd8, 0, 0]), ErrorKind::InvalidValue, "[key 0]", 0);
}

#[test]
fn a_zero_within_a_c_string() {
    let value = vec![CString::new("first").unwrap(), CString::new("second").unwrap()];
    let (error, _) = refused(&value, b"second", b"sec\0nd");
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, "[1]"));
}

#[test]
fn bad_bits_behind_an_adapter_a_cell_and_a_box() {
    use std::cell::RefCell;
    let cells = vec![RefCell::new((ID, true))];
    expect(refused(&cells, &after(ID, &[1]), &after(ID, &[2])), ErrorKind::InvalidValue, "[0].1", 4);
    let boxes = (1u8, Box::new((ID, true)));
    expect(refused(&boxes, &after(ID, &[1]), &after(ID, &[2])), ErrorKind::InvalidValue, "1.1", 4);
    let array = [[(ID, true)], [(5, true)]];
    expect(refused(&array, &after(ID, &[1]), &after(ID, &[2])), ErrorKind::InvalidValue, "[0][0].1", 4);
}

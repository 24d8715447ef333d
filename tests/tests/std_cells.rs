//! Cells and locks hold what they held.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::{Mutex, OnceLock, RwLock};

use pickle_core::loads;
use pickle_tests::{bytes_of, round_trip, same};

#[test]
fn cells_of_numbers_and_of_what_has_a_body() {
    same(Cell::new(7u64));
    same(vec![Cell::new(true), Cell::new(false)]);
    same(Cell::new(Some(3u8)));
    same((Cell::new(None::<char>), 1u8, Cell::new(-1i128)));
}

#[test]
fn ref_cells() {
    same(RefCell::new(5u8));
    same(RefCell::new(String::from("inside")));
    same(vec![RefCell::new(vec![RefCell::new(1u16)]), RefCell::new(Vec::new())]);
}

#[test]
fn a_ref_cell_that_is_borrowed_shared_can_be_dumped() {
    let cell = RefCell::new(9u8);
    let borrowed = cell.borrow();
    assert_eq!(round_trip(&cell), RefCell::new(9));
    assert_eq!(*borrowed, 9);
}

#[test]
fn locks() {
    assert_eq!(*round_trip(&Mutex::new(5u8)).lock().unwrap(), 5);
    assert_eq!(*round_trip(&Mutex::new(vec!["a".to_owned()])).lock().unwrap(), ["a"]);
    assert_eq!(*round_trip(&RwLock::new(6u32)).read().unwrap(), 6);
    assert_eq!(*round_trip(&RwLock::new(Some(String::from("b")))).read().unwrap(), Some("b".to_owned()));
}

#[test]
fn a_lock_that_is_read_elsewhere_can_be_dumped() {
    let lock = RwLock::new(1u8);
    let guard = lock.read().unwrap();
    assert_eq!(*round_trip(&lock).read().unwrap(), *guard);
}

#[test]
fn a_dump_leaves_locks_free() {
    let lock = Mutex::new(1u8);
    bytes_of(&lock);
    assert!(lock.try_lock().is_ok());
}

#[test]
fn once_cells_set_and_unset() {
    same(OnceCell::<u8>::new());
    same(OnceCell::from(4u8));
    same(OnceCell::from(String::from("set")));
    same(OnceLock::<String>::new());
    same(OnceLock::from(vec![1u8]));
    same(vec![OnceLock::from(1u64), OnceLock::new()]);
}

#[test]
fn one_cell_loads_as_another() {
    let bytes = bytes_of(&RefCell::new(String::from("x")));
    assert_eq!(loads::<Mutex<String>>(&bytes).unwrap().into_inner().unwrap(), "x");
    assert_eq!(loads::<Box<String>>(&bytes).unwrap(), Box::new("x".to_owned()));
    assert_eq!(loads::<u8>(&bytes_of(&Cell::new(5u8))).unwrap(), 5);
}

//! What the tests share. This crate is also the "other crate" of the tests that need one: see [`plugin`].

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod animals;
pub mod by_hand;
pub mod golden;
pub mod memory;
pub mod plugin;
pub mod random;
pub mod readers;
#[cfg(doctest)]
mod snippets;

use std::fmt::Debug;

use pickle_core::{Error, ErrorKind, Pickle, Pickler, Schema, Unpickle, UnpickleOwned, dumps, loads};

/// Runs a test on a stack of half a mebibyte, as small as those of thread pools; gives what it gives.
///
/// # Panics
/// If the test does.
pub fn on_small_stack<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 << 10).spawn(test).unwrap().join().unwrap()
}

/// What a value is after a dump and a load.
pub fn round_trip<T: Pickle + UnpickleOwned>(value: &T) -> T {
    loads(&dumps(value).unwrap()).unwrap()
}

/// Asserts that a value is equal to itself after a dump and a load, whichever way they go.
#[track_caller]
pub fn same<T: Pickle + UnpickleOwned + PartialEq + Debug>(value: T) {
    let bytes = dumps(&value).unwrap();
    assert!(loads::<T>(&bytes).unwrap() == value, "loads");

    let mut written = Vec::new();
    pickle_core::dump(&value, &mut written).unwrap();
    assert!(written == bytes, "dump and dumps differ");
    assert!(pickle_core::load::<T, _>(&written[..]).unwrap() == value, "load");

    let mut pickler = Pickler::new().schema(Schema::Fingerprint).checksum(true);
    assert!(loads::<T>(&pickler.dumps(&value).unwrap()).unwrap() == value, "fingerprint and checksum");
}

/// The bytes of a value that can be dumped.
pub fn bytes_of<T: Pickle + ?Sized>(value: &T) -> Vec<u8> {
    dumps(value).unwrap()
}

/// The error of a value that cannot be dumped.
#[track_caller]
pub fn dump_error<T: Pickle + ?Sized>(value: &T) -> Error {
    dumps(value).unwrap_err()
}

/// The error of bytes that cannot be loaded as a `T`.
#[track_caller]
pub fn load_error<'a, T: Unpickle<'a>>(bytes: &'a [u8]) -> Error {
    match loads::<T>(bytes) {
        Ok(_) => panic!("the bytes were loaded"),
        Err(error) => {
            has_remedy(&error);
            error
        }
    }
}

/// Asserts that an error ends in a remedy, unless user code or a device has failed.
#[track_caller]
pub fn has_remedy(error: &Error) {
    let others = matches!(error.kind(), ErrorKind::Hook | ErrorKind::Io);
    assert!(others || error.to_string().contains("; "), "there is no remedy in: {error}");
}

/// Replaces the last occurrence of `from`, which must be there, by as many other bytes; gives its offset.
///
/// The last one, because a schema that stands before the values may hold the same bytes.
#[track_caller]
pub fn patch(bytes: &mut [u8], from: &[u8], to: &[u8]) -> usize {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).rposition(|window| window == from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
    at
}

/// Every truncation of bytes, and every change of one to a few others.
pub fn damaged<const CHANGES: usize>(
    bytes: &[u8],
    changes: impl Fn(u8) -> [u8; CHANGES],
    mut check: impl FnMut(&[u8]),
) {
    for length in 0..bytes.len() {
        check(&bytes[..length]);
    }
    let mut changed = bytes.to_vec();
    for at in 0..bytes.len() {
        for value in changes(bytes[at]) {
            changed[at] = value;
            check(&changed);
        }
        changed[at] = bytes[at];
    }
}

/// Asserts that a text holds each of some parts.
#[track_caller]
pub fn assert_says(text: impl ToString, parts: &[&str]) {
    let text = text.to_string();
    for part in parts {
        assert!(text.contains(part), "`{text}` does not say `{part}`");
    }
}

//! A duration of two billion nanoseconds is refused, with the path to it.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, SystemTime};

use pickle_core::{Error, ErrorKind, Pickle, Unpickle};
use pickle_tests::{bytes_of, load_error, patch};

fn refused<T: for<'a> Unpickle<'a> + Pickle>(value: &T, from: &[u8], to: &[u8]) -> (Error, i64) {
    let mut bytes = bytes_of(value);
    let at = patch(&mut bytes, from, to);
    let error = load_error::<T>(&bytes);
    let offset = error.offset().unwrap();
    (error, offset as i64 - at as i64)
}

#[test]
fn a_duration_or_time_with_two_billion_nanoseconds() {
    let nanos = 0x0a0b_0c0du32;
    let two_billion = 2_000_000_000u32.to_le_bytes();
    let (error, _) = refused(&(1u8, Duration::new(5, nanos)), &nanos.to_le_bytes(), &two_billion);
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert!(error.path().starts_with('1'), "{error}");
    let time = SystemTime::UNIX_EPOCH + Duration::new(5, nanos);
    let (error, _) = refused(&vec![time], &nanos.to_le_bytes(), &two_billion);
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert!(error.path().starts_with("[0]"));
}

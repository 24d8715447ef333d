//! A stream that is cut short is refused with the offset of its end, wherever it was cut.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use pickle_core::{ErrorKind, load};
use pickle_tests::{bytes_of, load_error};

type Value = (String, Vec<u32>, String);

#[test]
fn the_offset_of_a_cut_is_the_end_of_the_bytes() {
    let bytes = bytes_of(&("a".repeat(300), vec![7u32; 200], "b".repeat(300)));
    for end in 0..bytes.len() {
        let error = load_error::<Value>(&bytes[..end]);
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Truncated, Some(end as u64)));
        let error = load::<Value, _>(&bytes[..end]).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Truncated, Some(end as u64)));
    }
}

#[test]
fn however_many_blocks_there_are_before() {
    let bytes = bytes_of(&vec![7u32; 3000]);
    for end in (0..bytes.len()).step_by(61) {
        let error = load_error::<Vec<u32>>(&bytes[..end]);
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Truncated, Some(end as u64)));
    }
}

//! An enum without variants can stand wherever there is no value of it.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::marker::PhantomData;

use pickle_core::Pickle;
use pickle_tests::{bytes_of, load_error, same};

#[derive(Pickle, Debug, PartialEq)]
enum Never {}

#[test]
fn an_enum_without_variants_stands_where_there_is_none_of_it() {
    same(None::<Never>);
    same(Vec::<Never>::new());
    same(Ok::<u8, Never>(1));
    same(PhantomData::<Never>);
}

#[test]
fn a_stream_that_claims_a_value_of_an_empty_enum_is_refused() {
    let mut bytes = bytes_of(&None::<Never>);
    *bytes.last_mut().unwrap() = 1;
    load_error::<Option<Never>>(&bytes);
}

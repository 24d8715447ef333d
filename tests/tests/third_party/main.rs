//! The types of other crates, with the feature `third-party`: each comes back as it was, loads what the types load that it
//! looks like, and refuses bytes that are none of its values.

#![cfg(feature = "third-party")]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

mod arrays;
mod graphs;
mod locks;
mod maps;
mod numbers;
mod sequences;
mod text;
mod times;

use std::fmt::Debug;

use pickle_core::{Error, ErrorKind, Pickle, UnpickleOwned, Value, dumps, loads};

/// Asserts that a file of the one value is loaded as the other.
#[track_caller]
fn becomes<A: Pickle, B: UnpickleOwned + PartialEq + Debug>(from: &A, to: &B) {
    assert_eq!(&loads::<B>(&dumps(from).unwrap()).unwrap(), to);
}

/// Asserts that two values are of one shape, and each is loaded as the other.
#[track_caller]
fn alike<A, B>(a: &A, b: &B)
where
    A: Pickle + UnpickleOwned + PartialEq + Debug,
    B: Pickle + UnpickleOwned + PartialEq + Debug,
{
    assert_eq!(dumps(a).unwrap(), dumps(b).unwrap());
    becomes(a, b);
    becomes(b, a);
}

/// Asserts that what has the shape of a `T` is refused as none, with the path to it, and gives the error.
#[track_caller]
fn refused<T: Pickle + UnpickleOwned>(forged: &impl Pickle) -> Error {
    let error = loads::<T>(&dumps(forged).unwrap()).err().unwrap();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, ""), "{error}");
    // Within others, the way to it is told.
    let error = loads::<(u8, Vec<T>)>(&dumps(&(1u8, vec![forged])).unwrap()).err().unwrap();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, "1[0]"), "{error}");
    assert!(error.offset().is_some(), "{error}");
    error
}

/// How a value is shown without its type.
fn shown(value: &impl Pickle) -> String {
    loads::<Value>(&dumps(value).unwrap()).unwrap().to_string()
}

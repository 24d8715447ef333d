//! Names that the language warns of, and allows where the program does.

#![forbid(unsafe_code)]
#![deny(warnings)]

use pickle_core::Pickle;
use pickle_tests::round_trip;

#[derive(Pickle, Debug, PartialEq)]
#[allow(non_snake_case, reason = "as in the formula")]
struct Gas {
    P: f64,
    V: f64,
}

#[derive(Pickle, Debug, PartialEq)]
enum Law {
    #[allow(non_snake_case, reason = "as in the formula")]
    Ideal { nR: f64 },
}

#[test]
fn what_the_type_allows_is_allowed_in_generated_code() {
    let value = (Gas { P: 1.0, V: 2.0 }, Law::Ideal { nR: 3.0 });
    assert_eq!(round_trip(&value), value);
}

#[derive(Pickle, Debug, PartialEq)]
struct Marked<T> {
    _marker: std::marker::PhantomData<T>,
    _reserved: u8,
}

#[test]
fn a_leading_underscore_warns_of_nothing() {
    let value = Marked::<u8> { _marker: std::marker::PhantomData, _reserved: 1 };
    assert_eq!(round_trip(&value), value);
}

/// Fields named as the locals of generated code, and as keywords.
#[derive(Pickle, Debug, PartialEq, Eq)]
struct Locals {
    head: u8,
    heads: String,
    __heads: u8,
    __head: Vec<u8>,
    writer: bool,
    __writer: u8,
    reader: u8,
    __reader: String,
    bad: bool,
    __bad: bool,
    value: u8,
    tag: u8,
    __tag: u8,
    schema: u8,
    __schema: Box<u8>,
    r#self_: u8,
    r#type: u8,
    __field_0: u8,
    field_0: u8,
}

#[derive(Pickle, Debug, PartialEq, Eq)]
enum LocalVariants {
    Named {
        head: u8,
        __heads: u8,
        writer: String,
        __writer: u8,
        __reader: Vec<u8>,
        __bad: bool,
        __tag: u8,
        __schema: u8,
        r#match: Option<Box<Self>>,
    },
}

#[test]
fn fields_may_have_the_names_of_generated_locals() {
    let locals = Locals {
        head: 1,
        heads: "2".into(),
        __heads: 3,
        __head: vec![4],
        writer: true,
        __writer: 5,
        reader: 6,
        __reader: "7".into(),
        bad: false,
        __bad: true,
        value: 8,
        tag: 9,
        __tag: 10,
        schema: 11,
        __schema: Box::new(12),
        r#self_: 13,
        r#type: 14,
        __field_0: 15,
        field_0: 16,
    };
    assert_eq!(round_trip(&locals), locals);
    let named = |inner| LocalVariants::Named {
        head: 1,
        __heads: 2,
        writer: "3".into(),
        __writer: 4,
        __reader: vec![5],
        __bad: true,
        __tag: 6,
        __schema: 7,
        r#match: inner,
    };
    let value = named(Some(Box::new(named(None))));
    assert_eq!(round_trip(&value), value);
}

//! A type that borrows from the bytes, and its owned twin.

use std::borrow::Cow;

use arbitrary::Arbitrary;
use pickle_core::Pickle;

#[derive(Pickle, Debug)]
#[pickle(name = "Lent")]
pub struct Lent<'a> {
    text: &'a str,
    bytes: &'a [u8],
    cows: Vec<Cow<'a, str>>,
    part: (Option<&'a str>, Cow<'a, [u8]>, Cow<'a, [u16]>),
    number: u32,
}

#[derive(Pickle, Arbitrary, Debug)]
#[pickle(name = "Lent")]
pub struct Owned {
    text: String,
    bytes: Vec<u8>,
    cows: Vec<String>,
    part: (Option<String>, Vec<u8>, Vec<u16>),
    number: u32,
}

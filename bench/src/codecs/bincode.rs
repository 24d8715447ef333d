//! bincode 2: its own derives, writing into a kept slice.
//!
//! Its two encodings of integers trade size against speed, so both are here.

use std::marker::PhantomData;

use bincode::config::{Config, Configuration, Fixint, LittleEndian, standard};
use bincode::{
    BorrowDecode, Decode, Encode, borrow_decode_from_slice, decode_from_slice, encode_into_slice, encode_to_vec,
};

use super::{Codec, Lender, Lent};
use crate::Result;

/// How integers are written.
pub trait Integers: 'static {
    /// The type of the configuration.
    type Config: Config;
    /// The configuration itself.
    const CONFIG: Self::Config;
    /// What to call it in the tables.
    const VARIANT: &'static str;
}

/// As few bytes as the number needs: the standard configuration.
pub struct Varint;

impl Integers for Varint {
    type Config = Configuration;
    const CONFIG: Self::Config = standard();
    const VARIANT: &'static str = "";
}

/// As many bytes as the type has.
pub struct Fixed;

impl Integers for Fixed {
    type Config = Configuration<LittleEndian, Fixint>;
    const CONFIG: Self::Config = standard().with_fixed_int_encoding();
    const VARIANT: &'static str = "fixed integers";
}

/// A buffer of exactly the length of the value.
pub struct Bincode<I> {
    buffer: Vec<u8>,
    integers: PhantomData<I>,
}

impl<T: Encode + Decode<()>, I: Integers> Codec<T> for Bincode<I> {
    const PACKAGE: &'static str = "bincode";
    const VARIANT: &'static str = I::VARIANT;

    fn prepare(value: &T) -> Result<Self> {
        Ok(Self { buffer: encode_to_vec(value, I::CONFIG)?, integers: PhantomData })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        let length = encode_into_slice(value, &mut self.buffer, I::CONFIG)?;
        Ok(&self.buffer[..length])
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        let (value, _) = decode_from_slice(bytes, I::CONFIG)?;
        Ok(value)
    }
}

impl<L: Lent, I: Integers> Lender<L> for Bincode<I>
where
    L::Owned: Encode + Decode<()>,
    for<'a> L::Of<'a>: BorrowDecode<'a, ()>,
{
    fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>> {
        let (value, _) = borrow_decode_from_slice(bytes, I::CONFIG)?;
        Ok(value)
    }
}

//! speedy: its own derives, writing into a kept slice.

use speedy::{LittleEndian, Readable, Writable};

use super::{Codec, Lender, Lent};
use crate::Result;

/// A buffer of exactly the length of the value.
pub struct Speedy {
    buffer: Vec<u8>,
}

impl<T> Codec<T> for Speedy
where
    T: Writable<LittleEndian> + for<'a> Readable<'a, LittleEndian>,
{
    const PACKAGE: &'static str = "speedy";

    fn prepare(value: &T) -> Result<Self> {
        Ok(Self { buffer: vec![0; value.bytes_needed()?] })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        value.write_to_buffer(&mut self.buffer)?;
        Ok(&self.buffer)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(T::read_from_buffer(bytes)?)
    }
}

impl<L: Lent> Lender<L> for Speedy
where
    L::Owned: Writable<LittleEndian> + for<'a> Readable<'a, LittleEndian>,
    for<'a> L::Of<'a>: Readable<'a, LittleEndian>,
{
    fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>> {
        Ok(L::Of::read_from_buffer(bytes)?)
    }
}

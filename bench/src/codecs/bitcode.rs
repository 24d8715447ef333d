//! bitcode: one `Buffer` for both directions, with its own derives.

use bitcode::{Buffer, Decode, DecodeOwned, Encode};

use super::{Codec, Lender, Lent};
use crate::Result;

/// A kept buffer, which holds the columns of the last value.
pub struct Bitcode {
    encoding: Buffer,
    decoding: Buffer,
}

impl<T: Encode + DecodeOwned> Codec<T> for Bitcode {
    const PACKAGE: &'static str = "bitcode";

    fn prepare(_: &T) -> Result<Self> {
        Ok(Self { encoding: Buffer::new(), decoding: Buffer::new() })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        Ok(self.encoding.encode(value))
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(self.decoding.decode(bytes)?)
    }
}

impl<L: Lent> Lender<L> for Bitcode
where
    L::Owned: Encode + DecodeOwned,
    for<'a> L::Of<'a>: Decode<'a>,
{
    fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>> {
        Ok(self.decoding.decode(bytes)?)
    }
}

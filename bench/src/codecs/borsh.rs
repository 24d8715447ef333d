//! borsh: its own derives, writing into a kept vector.

use borsh::{BorshDeserialize, BorshSerialize, from_slice, to_writer};

use super::Codec;
use crate::Result;

/// A kept buffer, emptied before each use.
pub struct Borsh {
    buffer: Vec<u8>,
}

impl<T: BorshSerialize + BorshDeserialize> Codec<T> for Borsh {
    const PACKAGE: &'static str = "borsh";

    fn prepare(_: &T) -> Result<Self> {
        Ok(Self { buffer: Vec::new() })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        self.buffer.clear();
        to_writer(&mut self.buffer, value)?;
        Ok(&self.buffer)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(from_slice(bytes)?)
    }
}

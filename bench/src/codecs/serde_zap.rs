//! serde-zap: serde's traits, writing into a kept slice.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_zap::{from_bytes, serialized_size, to_slice};

use super::{Codec, Lender, Lent};
use crate::Result;

/// A buffer of exactly the length of the value.
pub struct SerdeZap {
    buffer: Vec<u8>,
}

impl<T: Serialize + DeserializeOwned> Codec<T> for SerdeZap {
    const PACKAGE: &'static str = "serde-zap";

    fn prepare(value: &T) -> Result<Self> {
        Ok(Self { buffer: vec![0; serialized_size(value)?] })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        Ok(to_slice(value, &mut self.buffer)?)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(from_bytes(bytes)?)
    }
}

impl<L: Lent> Lender<L> for SerdeZap
where
    L::Owned: Serialize + DeserializeOwned,
    for<'a> L::Of<'a>: Deserialize<'a>,
{
    fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>> {
        Ok(from_bytes(bytes)?)
    }
}

//! postcard and serde-zap: serde's traits, writing into a kept slice. Their calls have the same names.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Codec, Lender, Lent};
use crate::Result;

/// Declares the codec of a library.
macro_rules! codec {
    ($name:ident, $package:literal, $library:ident, $serialized_size:path) => {
        /// A buffer of exactly the length of the value.
        pub struct $name {
            buffer: Vec<u8>,
        }

        impl<T: Serialize + DeserializeOwned> Codec<T> for $name {
            const PACKAGE: &'static str = $package;

            fn prepare(value: &T) -> Result<Self> {
                Ok(Self { buffer: vec![0; $serialized_size(value)?] })
            }

            fn serialize(&mut self, value: &T) -> Result<&[u8]> {
                Ok($library::to_slice(value, &mut self.buffer)?)
            }

            fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
                Ok($library::from_bytes(bytes)?)
            }
        }

        impl<L: Lent> Lender<L> for $name
        where
            L::Owned: Serialize + DeserializeOwned,
            for<'a> L::Of<'a>: Deserialize<'a>,
        {
            fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>> {
                Ok($library::from_bytes(bytes)?)
            }
        }
    };
}

codec!(Postcard, "postcard", postcard, postcard::experimental::serialized_size);
codec!(SerdeZap, "serde-zap", serde_zap, serde_zap::serialized_size);

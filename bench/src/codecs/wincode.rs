//! wincode: its own derives, writing straight into a kept slice.

use wincode::config::{Configuration, deserialize, serialize_into, serialized_size};
use wincode::int_encoding::{FixInt, LittleEndian};
use wincode::len::FixIntLen;
use wincode::{SchemaRead, SchemaWrite};

use super::{Codec, Lender, Lent};
use crate::Result;

/// The most bytes a length prefix may ask for: the default of 4 MiB is less
/// than the triangles of `mesh` take.
const LIMIT: usize = 64 << 20;

/// Lengths of four bytes and enum tags of one: smaller than the defaults of
/// eight and four bytes, and not slower.
type Config = Configuration<true, LIMIT, FixIntLen<u32>, LittleEndian, FixInt, u8>;

const CONFIG: Config = Configuration::default()
    .with_preallocation_size_limit::<LIMIT>()
    .with_length_encoding::<FixIntLen<u32>>()
    .with_tag_encoding::<u8>();

/// A buffer of exactly the length of the value.
pub struct Wincode {
    buffer: Vec<u8>,
}

impl<T> Codec<T> for Wincode
where
    T: SchemaWrite<Config, Src = T> + for<'a> SchemaRead<'a, Config, Dst = T>,
{
    const PACKAGE: &'static str = "wincode";

    fn prepare(value: &T) -> Result<Self> {
        let length = usize::try_from(serialized_size(value, CONFIG)?)?;
        Ok(Self { buffer: vec![0; length] })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        let mut rest = self.buffer.as_mut_slice();
        serialize_into(&mut rest, value, CONFIG)?;
        let unused = rest.len();
        Ok(&self.buffer[..self.buffer.len() - unused])
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(deserialize(bytes, CONFIG)?)
    }
}

impl<L: Lent> Lender<L> for Wincode
where
    L::Owned: SchemaWrite<Config, Src = L::Owned> + for<'a> SchemaRead<'a, Config, Dst = L::Owned>,
    for<'a> L::Of<'a>: SchemaRead<'a, Config, Dst = L::Of<'a>>,
{
    fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>> {
        Ok(deserialize(bytes, CONFIG)?)
    }
}

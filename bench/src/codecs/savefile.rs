//! savefile: its bare form, without the header and the schema.

use savefile::{Deserialize, Deserializer, Serialize, Serializer};

use super::Codec;
use crate::Result;

const VERSION: u32 = 0;

/// A kept buffer, emptied before each use.
pub struct Savefile {
    buffer: Vec<u8>,
}

impl<T: Serialize + Deserialize> Codec<T> for Savefile {
    const PACKAGE: &'static str = "savefile";

    fn prepare(_: &T) -> Result<Self> {
        Ok(Self { buffer: Vec::new() })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        self.buffer.clear();
        Serializer::bare_serialize(&mut self.buffer, VERSION, value)?;
        Ok(&self.buffer)
    }

    fn deserialize(&mut self, mut bytes: &[u8]) -> Result<T> {
        Ok(Deserializer::bare_deserialize(&mut bytes, VERSION)?)
    }
}

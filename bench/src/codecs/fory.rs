//! Apache Fory: native mode, without metadata for other versions of a type, and a kept buffer.

use super::Codec;
use crate::Result;

/// A type whose own types Fory is told by number.
pub trait Registered: fory::Serializer<Target = Self> {
    /// Tells them.
    fn register(fory: &mut fory::Fory) -> std::result::Result<(), fory::Error>;
}

/// An instance that knows the types, and its buffer.
pub struct Fory {
    fory: fory::Fory,
    buffer: Vec<u8>,
}

impl<T: Registered> Codec<T> for Fory {
    const PACKAGE: &'static str = "fory";

    fn prepare(_: &T) -> Result<Self> {
        let builder = fory::Fory::builder().xlang(false).compatible(false).check_struct_version(false);
        let mut fory = builder.max_graph_memory_bytes(usize::MAX).build();
        T::register(&mut fory)?;
        Ok(Self { fory, buffer: Vec::new() })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        self.buffer.clear();
        self.fory.serialize_to(&mut self.buffer, value)?;
        Ok(&self.buffer)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(self.fory.deserialize(bytes)?)
    }
}

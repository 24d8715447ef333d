//! The libraries of this crate's language, each with its fastest settings for graphs of unknown origin.

use bincode::config::{Configuration, standard};
use bincode::serde::{decode_from_slice, encode_into_slice, encode_to_vec};
use pickle_core::{Pickle, Pickler, UnpickleOwned, Unpickler};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Handle, Root};
use crate::Result;
use crate::codecs::{Codec, Role};

/// Pickle for Rust: a kept `Pickler` and a kept `Unpickler`, with the limits that they have by themselves.
pub struct Ours {
    pickler: Pickler<'static>,
    unpickler: Unpickler<'static>,
}

impl<R: Root<Value: Pickle + UnpickleOwned>> Codec<Handle<R>> for Ours {
    const PACKAGE: &'static str = "pickle-core";
    const ROLE: Role = Role::Ours;

    fn prepare(_: &Handle<R>) -> Result<Self> {
        Ok(Self { pickler: Pickler::new(), unpickler: Unpickler::new() })
    }

    fn serialize(&mut self, root: &Handle<R>) -> Result<&[u8]> {
        Ok(self.pickler.dump_slice(&root.0)?)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<Handle<R>> {
        Ok(Handle(self.unpickler.loads(bytes)?))
    }
}

/// Apache Fory: native mode, one schema on both sides and no check of it, no limits, a kept instance and buffer.
pub struct Fory {
    fory: fory::Fory,
    buffer: Vec<u8>,
}

impl<R: Root<Value: fory::Serializer<Target = R::Value>>> Codec<Handle<R>> for Fory {
    const PACKAGE: &'static str = "fory";

    fn prepare(_: &Handle<R>) -> Result<Self> {
        let mut fory = fory::Fory::builder()
            .xlang(false)
            .compatible(false)
            .check_struct_version(false)
            .track_ref(true)
            .max_dyn_depth(u32::MAX)
            .max_graph_memory_bytes(usize::MAX)
            .build();
        R::register(&mut fory)?;
        Ok(Self { fory, buffer: Vec::new() })
    }

    fn serialize(&mut self, root: &Handle<R>) -> Result<&[u8]> {
        self.buffer.clear();
        self.fory.serialize_to(&mut self.buffer, &root.0)?;
        Ok(&self.buffer)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<Handle<R>> {
        Ok(Handle(self.fory.deserialize(bytes)?))
    }
}

/// serde's feature `rc`, through bincode: each pointer is written as what it points to.
pub struct Serde {
    buffer: Vec<u8>,
}

const CONFIG: Configuration = standard();

impl<R: Root<Value: Serialize + DeserializeOwned>> Codec<Handle<R>> for Serde {
    const PACKAGE: &'static str = "bincode";

    fn prepare(root: &Handle<R>) -> Result<Self> {
        Ok(Self { buffer: encode_to_vec(&root.0, CONFIG)? })
    }

    fn serialize(&mut self, root: &Handle<R>) -> Result<&[u8]> {
        let length = encode_into_slice(&root.0, &mut self.buffer, CONFIG)?;
        Ok(&self.buffer[..length])
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<Handle<R>> {
        let (value, _) = decode_from_slice(bytes, CONFIG)?;
        Ok(Handle(value))
    }
}

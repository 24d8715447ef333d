//! rkyv: checked access, then deserialization to the owned value.

use std::mem::take;

use rkyv::api::high::{HighDeserializer, HighSerializer, HighValidator, access, deserialize, to_bytes_in};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::Failure;
use rkyv::ser::allocator::ArenaHandle;
use rkyv::util::AlignedVec;
use rkyv::{Archive, Deserialize, Serialize};

use super::Codec;
use crate::Result;

/// A kept writer; rkyv keeps its scratch space itself, one for each thread.
///
/// `Failure` says only that something failed: the cheapest of its errors.
pub struct Rkyv {
    writer: AlignedVec,
}

impl<T> Codec<T> for Rkyv
where
    T: Archive + for<'a> Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, Failure>>,
    T::Archived: for<'a> CheckBytes<HighValidator<'a, Failure>> + Deserialize<T, HighDeserializer<Failure>>,
{
    const PACKAGE: &'static str = "rkyv";

    fn prepare(_: &T) -> Result<Self> {
        Ok(Self { writer: AlignedVec::new() })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        self.writer.clear();
        self.writer = to_bytes_in(value, take(&mut self.writer))?;
        Ok(&self.writer)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        let archived = access::<T::Archived, Failure>(bytes)?;
        Ok(deserialize(archived)?)
    }
}

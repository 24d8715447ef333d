//! A `Value` that is a part of another type: the bytes of its stream, which explain themselves.

use std::sync::Arc;

use super::Value;
use crate::error::{Error, Result};
use crate::inspect::{self, TypeTable};
use crate::schema::{Describer, Schema, TypeRef, TypeSchema};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Header, Input, Memory, Reader, Writer, header, short, unavailable};

/// Schemas of such streams that a reader keeps at hand.
const KEPT: usize = 16;

/// What is worked out of a root's types: their table, and what its stream says of them.
pub(crate) type RootTypes = (Arc<TypeTable>, Arc<TypeSchema>);

/// The types of streams that were met within one, so that each is worked out once.
#[derive(Default)]
pub(crate) struct KnownTypes(Vec<RootTypes>);

impl Shape for Value {
    const HEAD: usize = 0;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        "Value".to_owned()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.piece::<Self>(<Vec<u8>>::describe)
    }
}

impl Pickle for Value {
    const FALLIBLE: bool = true;

    fn head(&self, _: &mut [u8]) {}

    fn body(&self, writer: &mut Writer<'_>) {
        match self.to_bytes(writer, Memory::UNLIMITED) {
            Ok(bytes) => write_stream(&bytes, writer),
            Err(error) => writer.fail(error),
        }
    }

    fn as_value(&self) -> Option<&Value> {
        Some(self)
    }
}

impl<'a> Unpickle<'a> for Value {
    const ANY: bool = true;

    fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let at = reader.offset();
        let head = reader.take(1)?;
        let bytes = Vec::<u8>::build(head, &mut false, reader)?;
        Self::from_bytes(&bytes, reader).map_err(|error| error.without_offset().at(at))
    }

    fn build_any(reader: &mut Reader<'_, 'a>, types: Arc<TypeTable>, objects: bool) -> Result<Self> {
        let schema = Arc::new(TypeSchema::of_table(&types));
        Self::read(reader, types, schema, objects)
    }
}

/// Writes the bytes of a value's stream, as its body.
pub(crate) fn write_stream(bytes: &Vec<u8>, writer: &mut Writer<'_>) {
    writer.reserve(1)[0] = short(bytes.len());
    bytes.body(writer);
}

impl Value {
    /// Its stream, under the options of a writer. All that it takes is charged to the
    /// memory.
    pub(crate) fn to_bytes(&self, outer: &Writer<'_>, mut memory: Memory) -> Result<Vec<u8>> {
        let room = self.stream_length();
        memory.charge(room.saturating_add(self.beside_stream()))?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(room).map_err(|_| unavailable(room))?;
        let mut writer = Writer::new(bytes);
        writer.set_options(Schema::Embedded, outer.max_depth(), outer.lock_timeout());
        self.persist_within(&mut writer, false, memory);
        let length = writer.finish()?;
        debug_assert!(writer.memory() <= room, "{} bytes were written in a room for {room}", writer.memory());
        let mut bytes = writer.take_buffer();
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Reads it from its stream, under the limits of a reader.
    fn from_bytes(bytes: &[u8], outer: &mut Reader<'_, '_>) -> Result<Self> {
        let header = Header::decode(bytes)?;
        let ((types, schema), start) = Self::known_types(header, bytes, outer)?;
        let blocks = &bytes[start..];
        if header.checksum {
            return Err(Error::damaged("the stream", "a stream within it has a checksum of its own"));
        }
        let mut reader = outer.within(Input::Slice(blocks), start, blocks.len());
        let value = Self::read(&mut reader, types, schema, header.objects)?;
        reader.nothing_follows()?;
        outer.take_limits(&reader);
        Ok(value)
    }

    fn known_types(header: Header, bytes: &[u8], outer: &mut Reader<'_, '_>) -> Result<(RootTypes, usize)> {
        let schema = inspect::embedded(header, bytes)?;
        let start = header::HEADER + 4 + schema.len();
        let known = outer.known_types().0.iter().find(|(_, known)| known.bytes() == schema);
        if let Some(known) = known.filter(|(_, known)| known.fingerprint() == header.fingerprint) {
            return Ok((known.clone(), start));
        }
        let types = outer.allocate(|memory| TypeTable::decode(schema, header.fingerprint, memory))?;
        let types = Arc::new(types);
        let known = (types.clone(), Arc::new(TypeSchema::of_table(&types)));
        let kept = &mut outer.known_types().0;
        kept.truncate(KEPT - 1);
        kept.insert(0, known.clone());
        Ok((known, start))
    }
}

//! Reading a schema from bytes that nobody vouches for.

use super::canonical::FIRST_TYPE;
use super::model::{Fields, Model, Node, Primitive, Ref, Style};
use crate::error::{Error, ErrorKind, Result};
use crate::wire::Memory;

/// Types of one schema, at the most.
pub(crate) const MAX_TYPES: usize = 4096;
/// Fields of one type, at the most; variants too.
pub(super) const MAX_FIELDS: usize = 1024;
/// Length of a name in bytes, at the most.
pub(crate) const MAX_NAME: usize = 256;
/// Length of a schema in bytes, at the most.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// Fields, variants and parts of all types of one schema, at the most.
pub(super) const MAX_PARTS: usize = 65_536;

#[cold]
pub(crate) fn too_large(length: usize) -> Error {
    Error::unwritten(ErrorKind::Limit, format!("the schema claims {length} bytes, the limit is {MAX_BYTES}")).at(14)
}

/// What a schema, a type, a part of one and a byte of a name take while it is read and checked, at the most, with what is made
/// of it: most of that is given back then.
pub(super) const SCHEMA: usize = 4 << 10;
const TYPE: usize = 768;
const PART: usize = 192;
const NAME_BYTE: usize = 6;

/// What a schema may still have.
pub(super) struct Room<'m> {
    parts: usize,
    memory: &'m mut Memory,
}

impl<'m> Room<'m> {
    pub(super) fn new(memory: &'m mut Memory) -> Self {
        Room { parts: MAX_PARTS, memory }
    }

    fn take_name(&mut self, name: &str) -> Result<String> {
        self.memory.charge(name.len() * NAME_BYTE)?;
        Ok(name.to_owned())
    }

    fn take_parts(&mut self, count: usize) -> Result<()> {
        self.parts = self.parts.checked_sub(count).ok_or_else(|| {
            Error::unwritten(ErrorKind::Limit, format!("the schema has more than {MAX_PARTS} fields in all"))
        })?;
        self.memory.charge(count * PART)
    }
}

impl Node {
    /// What is charged for it when it is read, for its checks and for what is made of it.
    pub(super) fn memory(&self) -> usize {
        TYPE + self.size() * PART + self.names_length() * NAME_BYTE
    }
}

impl Model {
    /// Reads what `canonical` wrote.
    pub(super) fn decode(bytes: &[u8], memory: &mut Memory) -> Result<Model> {
        let mut bytes = Bytes { rest: bytes };
        let root = bytes.reference()?;
        let count = bytes.items("types", MAX_TYPES)?;
        memory.charge(SCHEMA + count * TYPE)?;
        let mut room = Room::new(memory);
        let mut types = Vec::with_capacity(count);
        for _ in 0..count {
            types.push(bytes.node(&mut room)?);
        }
        if !bytes.rest.is_empty() {
            return Err(damaged("bytes follow it"));
        }
        let known = |part: &Ref| !matches!(part, Ref::Type(index) if *index >= types.len());
        if !known(&root) || !types.iter().all(|node| node.parts().iter().all(known)) {
            return Err(damaged("it refers to a type that it does not define"));
        }
        Ok(Model { root, types })
    }
}

/// Bytes that are read from the front.
pub(super) struct Bytes<'b> {
    pub(super) rest: &'b [u8],
}

impl<'b> Bytes<'b> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| damaged("it ends too early"))?;
        self.rest = rest;
        Ok(*first)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 || shift > 0 && byte == 0 {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged("a number in it is longer than it need be"))
    }

    pub(super) fn count(&mut self, what: &str, limit: usize) -> Result<usize> {
        let count = self.varint()?;
        if count > limit as u64 {
            return Err(Error::unwritten(
                ErrorKind::Limit,
                format!("the schema has {count} {what}, the limit is {limit}"),
            ));
        }
        Ok(count as usize)
    }

    /// The same for what takes bytes of its own.
    fn items(&mut self, what: &str, limit: usize) -> Result<usize> {
        let count = self.count(what, limit)?;
        if count > self.rest.len() { Err(damaged("it ends too early")) } else { Ok(count) }
    }

    /// A run of bytes of a known length.
    pub(super) fn run(&mut self, length: usize) -> Result<&'b [u8]> {
        let (run, rest) = self.rest.split_at_checked(length).ok_or_else(|| damaged("it ends too early"))?;
        self.rest = rest;
        Ok(run)
    }

    pub(super) fn string(&mut self) -> Result<&'b str> {
        let length = self.count("bytes in a name", MAX_NAME)?;
        std::str::from_utf8(self.run(length)?).map_err(|_| damaged("a name in it is not UTF-8"))
    }

    pub(super) fn reference(&mut self) -> Result<Ref> {
        let code = self.varint()?;
        if let Some(index) = code.checked_sub(FIRST_TYPE) {
            return usize::try_from(index).map(Ref::Type).map_err(|_| damaged("it refers to no type"));
        }
        match Primitive::ALL.get(code as usize) {
            Some(primitive) => Ok(Ref::Primitive(*primitive)),
            None => Err(damaged("it names a primitive that does not exist")),
        }
    }

    pub(super) fn node(&mut self, room: &mut Room<'_>) -> Result<Node> {
        Ok(match self.byte()? {
            Node::OPTION => Node::Option(self.reference()?),
            Node::SEQUENCE => Node::Sequence(self.reference()?),
            Node::SET => Node::Set(self.reference()?),
            Node::MAP => Node::Map(self.reference()?, self.reference()?),
            Node::ARRAY => Node::Array(self.reference()?, self.varint()?),
            Node::TUPLE => {
                let count = self.items("parts in a tuple", MAX_FIELDS)?;
                room.take_parts(count)?;
                Node::Tuple((0..count).map(|_| self.reference()).collect::<Result<_>>()?)
            }
            Node::PIECE => Node::Piece(self.reference()?),
            Node::CELL => Node::Cell(self.reference()?),
            Node::VERSIONED => Node::Versioned(self.byte()?, self.reference()?),
            Node::NON_ZERO => Node::NonZero(self.reference()?),
            Node::COMPACT => Node::Compact(self.reference()?),
            Node::SHARED => Node::Shared(self.reference()?),
            Node::WEAK => Node::Weak(self.reference()?),
            Node::STRUCT => Node::Struct(room.take_name(self.string()?)?, self.fields(room)?),
            Node::ENUM => {
                let name = room.take_name(self.string()?)?;
                let count = self.items("variants in a type", MAX_FIELDS)?;
                room.take_parts(count)?;
                let variants = (0..count).map(|_| Ok((room.take_name(self.string()?)?, self.fields(room)?)));
                Node::Enum(name, variants.collect::<Result<_>>()?)
            }
            Node::DYNAMIC => Node::Dynamic(room.take_name(self.string()?)?),
            _ => return Err(damaged("it has a kind of type that does not exist")),
        })
    }

    fn fields(&mut self, room: &mut Room<'_>) -> Result<Fields> {
        let style = match self.byte()? {
            0 => Style::Unit,
            1 => Style::Tuple,
            2 => Style::Named,
            _ => return Err(damaged("it has a kind of fields that does not exist")),
        };
        let count = self.items("fields in a type", MAX_FIELDS)?;
        room.take_parts(count)?;
        let fields = (0..count).map(|_| {
            let name = if style == Style::Named { room.take_name(self.string()?)? } else { String::new() };
            Ok((name, self.reference()?))
        });
        Ok(Fields { style, fields: fields.collect::<Result<_>>()? })
    }
}

#[cold]
pub(super) fn damaged(what: &str) -> Error {
    Error::damaged("the schema in the stream", what)
}

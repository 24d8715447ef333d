//! Reading a schema from bytes that nobody vouches for.

use super::canonical::FIRST_TYPE;
use super::model::{Fields, Model, Node, Primitive, Ref, Style};
use crate::error::{Error, ErrorKind, Result};

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

impl Model {
    /// Reads what `canonical` wrote.
    pub(super) fn decode(bytes: &[u8]) -> Result<Model> {
        let mut bytes = Bytes { rest: bytes };
        let root = bytes.reference()?;
        let count = bytes.count("types", MAX_TYPES)?;
        let mut types = Vec::new();
        let mut parts = 0;
        for _ in 0..count {
            let node = bytes.node()?;
            parts += node.size();
            if parts > MAX_PARTS {
                return Err(Error::unwritten(
                    ErrorKind::Limit,
                    format!("the schema has more than {MAX_PARTS} fields in all"),
                ));
            }
            types.push(node);
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

    pub(super) fn node(&mut self) -> Result<Node> {
        Ok(match self.byte()? {
            Node::OPTION => Node::Option(self.reference()?),
            Node::SEQUENCE => Node::Sequence(self.reference()?),
            Node::SET => Node::Set(self.reference()?),
            Node::MAP => Node::Map(self.reference()?, self.reference()?),
            Node::ARRAY => Node::Array(self.reference()?, self.varint()?),
            Node::TUPLE => {
                let count = self.count("parts in a tuple", MAX_FIELDS)?;
                Node::Tuple((0..count).map(|_| self.reference()).collect::<Result<_>>()?)
            }
            Node::PIECE => Node::Piece(self.reference()?),
            Node::CELL => Node::Cell(self.reference()?),
            Node::VERSIONED => Node::Versioned(self.byte()?, self.reference()?),
            Node::NON_ZERO => Node::NonZero(self.reference()?),
            Node::COMPACT => Node::Compact(self.reference()?),
            Node::SHARED => Node::Shared(self.reference()?),
            Node::WEAK => Node::Weak(self.reference()?),
            Node::STRUCT => Node::Struct(self.string()?.to_owned(), self.fields()?),
            Node::ENUM => {
                let name = self.string()?.to_owned();
                let count = self.count("variants in a type", MAX_FIELDS)?;
                let variants = (0..count).map(|_| Ok((self.string()?.to_owned(), self.fields()?)));
                Node::Enum(name, variants.collect::<Result<_>>()?)
            }
            Node::DYNAMIC => Node::Dynamic(self.string()?.to_owned()),
            _ => return Err(damaged("it has a kind of type that does not exist")),
        })
    }

    fn fields(&mut self) -> Result<Fields> {
        let style = match self.byte()? {
            0 => Style::Unit,
            1 => Style::Tuple,
            2 => Style::Named,
            _ => return Err(damaged("it has a kind of fields that does not exist")),
        };
        let count = self.count("fields in a type", MAX_FIELDS)?;
        let fields = (0..count).map(|_| {
            let name = if style == Style::Named { self.string()?.to_owned() } else { String::new() };
            Ok((name, self.reference()?))
        });
        Ok(Fields { style, fields: fields.collect::<Result<_>>()? })
    }
}

#[cold]
pub(super) fn damaged(what: &str) -> Error {
    Error::damaged("the schema in the stream", what)
}

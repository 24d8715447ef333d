//! Finding the bit pattern that is no value, after a head was refused.
//!
//! Heads are read without a branch for each value; only when a flag says that something in a run was bad does this walk
//! the schema over the same bytes, to say where and what.

use super::model::{Fields, Node, Primitive, Ref, Style};
use super::table::TypeTable;
use crate::error::{Error, ErrorKind, Step};

/// A bad bit pattern: the way to it, its place in the head, what is wrong.
pub(super) struct Bad {
    path: Vec<Step>,
    offset: usize,
    message: String,
}

pub(super) fn error(bad: Option<Bad>, start: Option<u64>) -> Error {
    let (error, offset) = match bad {
        Some(bad) => (Error::unwritten(ErrorKind::InvalidValue, bad.message).steps(bad.path), bad.offset as u64),
        None => (Error::unwritten(ErrorKind::InvalidValue, "a bit pattern that is no value of its type"), 0),
    };
    match start {
        Some(start) => error.at(start + offset),
        None => error,
    }
}

/// The first bad bit pattern in the head of a `part`.
pub(super) fn first_bad(types: &TypeTable, part: Ref, head: &[u8]) -> Option<Bad> {
    // An array may have more elements of no bytes than anybody goes through.
    if !types.of(part).fallible {
        return None;
    }
    let bad = |message: String| Some(Bad { path: Vec::new(), offset: 0, message });
    let node = match part {
        Ref::Primitive(kind) => return bad_primitive(kind, head).and_then(bad),
        Ref::Type(index) => &types.model.types[index],
    };
    match node {
        Node::Option(_) if head[0] > 1 => bad(format!("an `Option` has the tag {}", head[0])),
        Node::NonZero(Ref::Primitive(kind)) if head.iter().all(|byte| *byte == 0) => {
            bad(format!("a `NonZero<{}>` is zero", kind.name()))
        }
        Node::NonZero(part) => first_bad(types, *part, head),
        Node::Enum(name, variants) => {
            let tag = head.iter().rev().fold(0, |tag, byte| tag << 8 | usize::from(*byte));
            let count = variants.len();
            if tag < count { None } else { bad(format!("`{name}` has {count} variants, the stream has number {tag}")) }
        }
        Node::Array(part, count) => {
            let parts = (0..*count as usize).map(|i| (Step::Index(i), *part));
            first_bad_part(types, parts, head)
        }
        Node::Tuple(parts) => {
            first_bad_part(types, parts.iter().enumerate().map(|(i, part)| (Step::Position(i), *part)), head)
        }
        Node::Struct(_, fields) => first_bad_field(types, fields, head),
        _ => None,
    }
}

/// The same within a piece: in its whole head, or among the fields' heads of variant number `tag`.
pub(super) fn first_bad_payload(types: &TypeTable, tag: Option<usize>, head: &[u8]) -> Option<Bad> {
    let mut root = types.model.root;
    while let Ref::Type(index) = root {
        match &types.model.types[index] {
            Node::Piece(part) => root = *part,
            Node::Enum(_, variants) if tag.is_some() => {
                return first_bad_field(types, &variants.get(tag?)?.1, head);
            }
            _ => break,
        }
    }
    first_bad(types, root, head)
}

fn first_bad_field(types: &TypeTable, fields: &Fields, head: &[u8]) -> Option<Bad> {
    let step = |(i, (name, part)): (usize, &(String, Ref))| {
        (if fields.style == Style::Named { Step::Field(name.clone().into()) } else { Step::Position(i) }, *part)
    };
    first_bad_part(types, fields.fields.iter().enumerate().map(step), head)
}

fn first_bad_part(types: &TypeTable, parts: impl Iterator<Item = (Step, Ref)>, head: &[u8]) -> Option<Bad> {
    let mut offset = 0;
    for (step, part) in parts {
        let length = types.of(part).head;
        if let Some(mut bad) = first_bad(types, part, head.get(offset..offset + length)?) {
            bad.path.insert(0, step);
            bad.offset += offset;
            return Some(bad);
        }
        offset += length;
    }
    None
}

fn bad_primitive(primitive: Primitive, head: &[u8]) -> Option<String> {
    let number = || head.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    match primitive {
        Primitive::Bool if head[0] > 1 => Some(format!("a `bool` has the byte {}", head[0])),
        Primitive::Char if u32::try_from(number()).ok().and_then(char::from_u32).is_none() => {
            Some(format!("a `char` has the number {:#x}, which is no character", number()))
        }
        Primitive::Nanos if number() >= 1_000_000_000 => {
            Some(format!("{} nanoseconds are more than a second", number()))
        }
        Primitive::Usize if usize::try_from(number()).is_err() => {
            Some(format!("a `usize` of this machine can't hold {}", number()))
        }
        Primitive::Isize if isize::try_from(number() as i64).is_err() => {
            Some(format!("an `isize` of this machine can't hold {}", number() as i64))
        }
        _ => None,
    }
}

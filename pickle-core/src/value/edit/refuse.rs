//! What a change is refused for: what does not fit where, and what would.

use super::super::node::{Data, Node, integer};
use super::super::{Value, path};
use super::{New, Wanted, steps};
use crate::error::{Error, ErrorKind};
use crate::inspect::{Primitive, Scalar, Step, Type};
use crate::schema::Op;

/// Names that are given to choose from.
const NAMES: usize = 12;

const PUT_FIRST: &str =
    "put something there first: `set` it to `New::Present` or a `Node`, or `copy` it from elsewhere";
const POINT_FIRST: &str = "`copy` a pointer of this value there first";

#[cold]
pub(super) fn no_part(value: &Value, path: &str) -> Error {
    let error = |message: String| Error::new(ErrorKind::InvalidValue, message).steps(steps(path));
    if path::parse(path).any(|part| part.is_none()) {
        return error(format!("`{}` is no path", path.escape_debug()))
            .with_remedy("paths are those of errors: `players[3].pet`, `scores[key 0]`, `.0`");
    }
    let shorter = path.rmatch_indices(['.', '[']).map(|(end, _)| &path[..end]);
    let known = shorter.filter_map(|way| Some((way, value.at(way)?))).next();
    let (way, node) = known.unwrap_or(("", value.root()));
    let way = if way.is_empty() { "the root".to_owned() } else { format!("`{way}`") };
    let remedy = match path.starts_with('#') && known.is_none() {
        true => format!("its objects are numbered from `#0`, and there are {}", value.object_count()),
        false => format!("{way}, a `{}`, {}", node.kind().name(), parts(node)),
    };
    error("the value has no such part".to_owned()).with_remedy(remedy)
}

/// Which parts a value has, to say so of it.
fn parts(node: Node<'_>) -> String {
    let inner = node.inner();
    let length = inner.len();
    match inner.data() {
        Data::Absent => format!("is `None`: {PUT_FIRST}"),
        Data::Reference(_) => format!("points to nothing: {POINT_FIRST}"),
        Data::Variant(name) if length == 0 => format!("is a `{}`, which has no parts", name.escape_debug()),
        _ if length == 0 => "has no parts".to_owned(),
        Data::Array | Data::Sequence => format!("has {length}, counted from `[0]`"),
        Data::Set => format!("has {length}, counted from `[key 0]`"),
        Data::Map => format!("has {length}, counted from `[key 0]`, with the value at `[0]`"),
        _ => {
            let names = (0..length).map(|index| match inner.step(index) {
                Step::Field(name) => name.to_owned(),
                Step::Position(index) | Step::Index(index) | Step::Key(index) => index.to_string(),
            });
            format!("has {}", list(names))
        }
    }
}

/// The first names of some, for people.
fn list(mut names: impl Iterator<Item = String>) -> String {
    let first: Vec<String> = names.by_ref().take(NAMES).map(|name| format!("`{}`", name.escape_debug())).collect();
    match names.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cold]
pub(super) fn no_variant<'t>(name: &str, variant: &str, known: impl Iterator<Item = &'t str>) -> Error {
    let known = list(known.map(str::to_owned));
    let message = format!("`{}` has no variant `{variant}`, it has {known}", name.escape_debug());
    Error::new(ErrorKind::UnknownName, message).with_remedy("give the name of one of them")
}

#[cold]
pub(super) fn no_place(count: usize, index: usize) -> Error {
    Error::new(ErrorKind::InvalidValue, format!("there are {count} elements, and no place {index}"))
        .with_remedy(format!("the last place is {count}, the end, where `push` puts it"))
}

#[cold]
pub(super) fn none_to_remove(count: usize, index: usize) -> Error {
    let remedy = match count.checked_sub(1) {
        Some(last) => format!("they are counted from 0, so the last is {last}"),
        None => "it is empty already".to_owned(),
    };
    Error::new(ErrorKind::InvalidValue, format!("there are {count}, and none with number {index}")).with_remedy(remedy)
}

#[cold]
pub(super) fn known_key(node: Node<'_>, place: usize, key: Node<'_>) -> Error {
    let remedy = match node.layout().op {
        Op::Map(..) => format!("`set` its value, which is at `[{place}]` of the map"),
        _ => "a set has each key once: give it another".to_owned(),
    };
    Error::new(ErrorKind::DuplicateKey, format!("there is a key {key} already")).with_remedy(remedy)
}

#[cold]
pub(super) fn wrong(node: Node<'_>, wanted: Wanted) -> Error {
    let (kind, expected) = (node.kind().name(), wanted.name());
    let state = match node.inner().data() {
        Data::Absent => " that is `None`",
        Data::Reference(_) => " that points to nothing",
        _ => "",
    };
    let remedy = match (node.inner().data(), wanted) {
        (Data::Absent, _) => PUT_FIRST.to_owned(),
        (Data::Reference(_), _) => POINT_FIRST.to_owned(),
        (Data::Map, Wanted::Elements) => "`insert_entry` adds to a map".to_owned(),
        (Data::Sequence | Data::Set, Wanted::Map) => "`push` and `insert` add to it".to_owned(),
        (Data::Array, Wanted::Elements | Wanted::Many) => "its length is fixed: `set` its elements".to_owned(),
        _ => format!("give the path of {expected}"),
    };
    Error::new(ErrorKind::WrongType, format!("a `{kind}`{state} is not {expected}")).with_remedy(remedy)
}

#[cold]
pub(super) fn cannot_be(kind: Type<'_>, new: &New<'_>) -> Error {
    Error::new(ErrorKind::WrongType, format!("a `{}` can't be {}", kind.name(), describe(new)))
        .with_remedy(fitting(kind))
}

fn describe(new: &New<'_>) -> String {
    match new {
        New::Scalar(scalar) => format!("`{scalar}`"),
        New::Text(_) => "a string".to_owned(),
        New::Absent => "`None`".to_owned(),
        New::Present => "`Some`".to_owned(),
        New::Blank => "blank".to_owned(),
        New::Node(node) => format!("a `{}`", node.kind().name()),
    }
}

/// What a type can be set to.
fn fitting(kind: Type<'_>) -> &'static str {
    match kind.table.layout(kind.code).op {
        Op::Primitive(Primitive::Unit) => "set it to `New::Blank`, the one value that it has",
        Op::Primitive(Primitive::Bool) => "set it to a `bool`",
        Op::Primitive(Primitive::Char) => "set it to a `char`",
        Op::Primitive(Primitive::Text) => "set it to a string",
        Op::Primitive(Primitive::FunctionName) => "set it to the name of a function",
        Op::Primitive(_) | Op::NonZero(_) | Op::Compact(_) => "set it to a number",
        Op::Fields(..) | Op::Array(..) => {
            "`set` its parts, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type"
        }
        Op::Enum(..) => {
            "`set_variant` it, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type"
        }
        Op::Sequence(_) | Op::Set(_) => {
            "`push` to it, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type"
        }
        Op::Map(..) => {
            "`insert_entry` into it, after `New::Blank` where it is new, or `New::Present` where it is `None`, or give it a `Node` of its type"
        }
        Op::Shared(_) => "`copy` a pointer of this value to it",
        Op::Weak(_) => "`copy` a pointer of this value to it, or set it to `New::Absent`",
        Op::Option(_) | Op::Piece(_) | Op::Cell(_) | Op::Versioned(..) | Op::Dynamic => {
            "`copy` one of this value to it, or give it a `Node` of its type"
        }
    }
}

#[cold]
pub(super) fn does_not_fit(scalar: Scalar, primitive: Primitive, kind: Type<'_>) -> Error {
    let is_number = integer(scalar).is_some() || matches!(scalar, Scalar::U128(_) | Scalar::F32(_) | Scalar::F64(_));
    match range(primitive, kind) {
        Some(range) if is_number => {
            Error::new(ErrorKind::InvalidValue, format!("{scalar} is no value of a `{}`", kind.name()))
                .with_remedy(format!("give it {range}"))
        }
        _ => cannot_be(kind, &New::Scalar(scalar)),
    }
}

/// Which numbers a type of numbers has.
fn range(primitive: Primitive, kind: Type<'_>) -> Option<String> {
    use Primitive::*;
    let not_zero = matches!(kind.table.layout(kind.code).op, Op::NonZero(_));
    let unused = 128 - 8 * primitive.size()? as u32;
    Some(match primitive {
        F32 | F64 => format!("a number that a `{}` has exactly", primitive.name()),
        Nanos => "an integer from 0 to 999999999".to_owned(),
        U8 | U16 | U32 | U64 | U128 | Usize => {
            format!("an integer from {} to {}", u8::from(not_zero), u128::MAX >> unused)
        }
        I8 | I16 | I32 | I64 | I128 | Isize => {
            let but = if not_zero { ", but not 0" } else { "" };
            format!("an integer from {} to {}{but}", i128::MIN >> unused, i128::MAX >> unused)
        }
        _ => return None,
    })
}

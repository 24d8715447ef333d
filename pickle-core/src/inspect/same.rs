//! Whether two types, of two schemas, have one shape.

use std::collections::HashMap;

use crate::error::{Error, ErrorKind};
use crate::schema::view::{Fields, Kind, Type, Variants};
use crate::schema::{Op, TypeTable};

/// Whether an object can be had by a shared or weak pointer of a type, where it was met by another one: `elsewhere` is where
/// that is behind a trait or of another table.
pub(crate) fn can_point(own: &TypeTable, pointer: u32, elsewhere: bool, object: (&TypeTable, u32)) -> bool {
    let target = match own.layout(pointer).op {
        Op::Shared(target) => target,
        _ => pointer,
    };
    // Which types stand behind a trait only a program knows. Else two pointers of one schema are to one object only where
    // they are one type.
    matches!(own.layout(target).op, Op::Dynamic) || elsewhere && same_shape((own, target), object)
}

/// The error for one that can't.
#[cold]
pub(crate) fn cannot_point(own: &TypeTable, pointer: u32, id: u32, object: (&TypeTable, u32)) -> Error {
    let (pointer, object) = (own.type_of(pointer).name(), object.0.type_of(object.1).name());
    let message = format!("object {id} can't be had as `{pointer}`: it is a `{object}`");
    Error::unwritten(ErrorKind::WrongType, message)
}

/// Compares by name and shape, all the way down. In schemas in their one form a type has at most one counterpart, so the
/// pairs to be compared are no more than the types.
pub(crate) fn same_shape(a: (&TypeTable, u32), b: (&TypeTable, u32)) -> bool {
    let mut counterparts: HashMap<u32, u32> = HashMap::new();
    let mut pairs = vec![(a.0.type_of(a.1), b.0.type_of(b.1))];
    while let Some((x, y)) = pairs.pop() {
        if x.index().is_some() {
            match counterparts.insert(x.code, y.code) {
                Some(known) if known == y.code => continue,
                Some(_) => return false,
                None => {}
            }
        }
        if !same_kind(x, y, &mut pairs) {
            return false;
        }
    }
    true
}

/// Compares two types without their parts, which are put with the pairs.
fn same_kind<'t>(x: Type<'t>, y: Type<'t>, pairs: &mut Vec<(Type<'t>, Type<'t>)>) -> bool {
    let mut pair = |x, y| {
        pairs.push((x, y));
        true
    };
    match (x.kind(), y.kind()) {
        (Kind::Primitive(a), Kind::Primitive(b)) => a == b,
        (Kind::Optional(a), Kind::Optional(b))
        | (Kind::Sequence(a), Kind::Sequence(b))
        | (Kind::Set(a), Kind::Set(b))
        | (Kind::Piece(a), Kind::Piece(b))
        | (Kind::InCell(a), Kind::InCell(b))
        | (Kind::NonZero(a), Kind::NonZero(b))
        | (Kind::Compact(a), Kind::Compact(b))
        | (Kind::Shared(a), Kind::Shared(b))
        | (Kind::Weak(a), Kind::Weak(b)) => pair(a, b),
        (Kind::Map(k, v), Kind::Map(l, w)) => pair(k, l) && pair(v, w),
        (Kind::Array(a, n), Kind::Array(b, m)) => n == m && pair(a, b),
        (Kind::Versioned(n, a), Kind::Versioned(m, b)) => n == m && pair(a, b),
        (Kind::Dynamic(a), Kind::Dynamic(b)) => a == b,
        (Kind::Tuple(a), Kind::Tuple(b)) => same_fields(a, b, pairs),
        (Kind::Struct(n, a), Kind::Struct(m, b)) => n == m && same_fields(a, b, pairs),
        (Kind::Enum(n, a), Kind::Enum(m, b)) => n == m && same_variants(a, b, pairs),
        _ => false,
    }
}

fn same_variants<'t>(a: Variants<'t>, b: Variants<'t>, pairs: &mut Vec<(Type<'t>, Type<'t>)>) -> bool {
    a.len() == b.len()
        && a.iter().zip(b.iter()).all(|(x, y)| x.name == y.name && same_fields(x.fields, y.fields, pairs))
}

fn same_fields<'t>(a: Fields<'t>, b: Fields<'t>, pairs: &mut Vec<(Type<'t>, Type<'t>)>) -> bool {
    a.style() == b.style()
        && a.len() == b.len()
        && a.iter().zip(b.iter()).all(|(x, y)| {
            pairs.push((x.kind, y.kind));
            x.name == y.name
        })
}

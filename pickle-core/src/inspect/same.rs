//! Whether two types, of two schemas, have one shape.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::view::{Fields, Kind, Type, Variants};
use crate::schema::{Node, Op, TypeTable};
use crate::wire::Memory;

/// Types of several tables, those together that were found to be of one shape.
///
/// What was found once is not compared again, nor what it holds, nor what follows from it (Hopcroft and Karp's algorithm for
/// automata): all comparisons of a stream together take about as long as its types are many. One that fails ends the stream.
#[derive(Default)]
pub(crate) struct Shapes {
    /// Types that were compared, by their tables' addresses and their codes.
    numbers: HashMap<(usize, u32), u32, FxBuildHasher>,
    /// The type that each was put to, itself at first: a forest, whose roots stand for the shapes.
    parents: Vec<u32>,
    /// The types of each shape, by its root.
    members: Vec<Vec<(usize, u32)>>,
    /// The one type of each table that a shape has, by its root: in a schema in its one form no two types are one.
    codes: HashMap<(u32, usize), u32, FxBuildHasher>,
}

/// What a type that is compared takes in these at the most, growth included.
const COMPARED: usize = 320;

impl Shapes {
    /// Whether an object can be had by a shared or weak pointer of a type, where it was met by another one: `elsewhere` is
    /// where that is behind a trait or of another table.
    ///
    /// # Errors
    /// More types than the memory allows.
    pub(crate) fn can_point(
        &mut self,
        memory: &mut Memory,
        (own, pointer): (&TypeTable, u32),
        elsewhere: bool,
        object: (&TypeTable, u32),
    ) -> Result<bool> {
        let target = match own.layout(pointer).op {
            Op::Shared(target) => target,
            _ => pointer,
        };
        // Which types stand behind a trait only a program knows. Else two pointers of one schema are to one object only
        // where they are one type.
        if matches!(own.layout(target).op, Op::Dynamic) {
            return Ok(true);
        }
        if elsewhere { self.same(memory, (own, target), object) } else { Ok(false) }
    }

    /// Compares by name and shape, all the way down.
    fn same(&mut self, memory: &mut Memory, a: (&TypeTable, u32), b: (&TypeTable, u32)) -> Result<bool> {
        let mut pairs = Vec::new();
        memory.room(&mut pairs, 1)?;
        pairs.push((a.0.type_of(a.1), b.0.type_of(b.1)));
        while let Some((x, y)) = pairs.pop() {
            if x.index().is_some() && y.index().is_some() {
                let (x, y) = (self.number(memory, x)?, self.number(memory, y)?);
                let (x, y) = (self.root(x), self.root(y));
                if x == y {
                    continue;
                }
                if !self.join(x, y) {
                    return Ok(false);
                }
            }
            memory.room(&mut pairs, x.table.node(x.code).map_or(0, Node::size))?;
            if !same_kind(x, y, &mut pairs) {
                return Ok(false);
            }
        }
        memory.give_back(pairs.capacity() * size_of::<(Type<'_>, Type<'_>)>());
        Ok(true)
    }

    fn number(&mut self, memory: &mut Memory, found: Type<'_>) -> Result<u32> {
        let key = (std::ptr::from_ref(found.table).addr(), found.code);
        if let Some(known) = self.numbers.get(&key) {
            return Ok(*known);
        }
        memory.charge(COMPARED)?;
        let number = self.parents.len() as u32;
        self.numbers.insert(key, number);
        self.parents.push(number);
        self.members.push(vec![key]);
        self.codes.insert((number, key.0), key.1);
        Ok(number)
    }

    fn root(&mut self, mut number: u32) -> u32 {
        while self.parents[number as usize] != number {
            // Each look shortens the way for the next.
            let next = self.parents[number as usize];
            self.parents[number as usize] = self.parents[next as usize];
            number = next;
        }
        number
    }

    /// Makes one shape of two; false where a table would have two types of it.
    fn join(&mut self, a: u32, b: u32) -> bool {
        let is_less = self.members[a as usize].len() < self.members[b as usize].len();
        let (small, large) = if is_less { (a, b) } else { (b, a) };
        self.parents[small as usize] = large;
        for (table, code) in std::mem::take(&mut self.members[small as usize]) {
            self.codes.remove(&(small, table));
            if self.codes.insert((large, table), code).is_some_and(|known| known != code) {
                return false;
            }
            self.members[large as usize].push((table, code));
        }
        true
    }
}

/// The error for an object that can't be had by a pointer.
#[cold]
pub(crate) fn cannot_point(own: &TypeTable, pointer: u32, id: u32, object: (&TypeTable, u32)) -> Error {
    let (pointer, object) = (own.type_of(pointer).name(), object.0.type_of(object.1).name());
    let message = format!("object {id} can't be had as `{pointer}`: it is a `{object}`");
    Error::unwritten(ErrorKind::WrongType, message)
}

/// Compares by name and shape, all the way down.
pub(crate) fn same_shape(a: (&TypeTable, u32), b: (&TypeTable, u32)) -> bool {
    Shapes::default().same(&mut Memory::UNLIMITED.clone(), a, b).unwrap_or(false)
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

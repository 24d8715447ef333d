//! The types of an embedded schema, with what a reader that has no Rust types must know of each.

use std::fmt;

use super::canonical::FIRST_TYPE;
use super::decode::{Bytes, damaged};
use super::heads;
use super::minimal::is_minimal;
use super::model::{Fields, Model, Node, Primitive, Ref};
use super::view::Type;
use crate::error::{Error, ErrorKind, Result};

/// The types that a stream describes: all that its root reaches, in their order there.
///
/// It displays as the Rust definitions that it stands for.
///
/// ```
/// use pickle_core::{Pickle, dumps, inspect::Stream};
///
/// #[derive(Pickle)]
/// struct Point { x: f64, y: f64 }
///
/// let bytes = dumps(&vec![Point { x: 1.0, y: 2.0 }])?;
/// let stream = Stream::open(&bytes)?;
/// let types = stream.types()?;
/// assert_eq!(types.root().name(), "Vec<Point>");
/// assert!(types.to_string().contains("struct Point {\n    x: f64,\n    y: f64,\n}"));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct TypeTable {
    pub(crate) model: Model,
    pub(crate) root: u32,
    /// By the code of a reference: primitives first, types from 32.
    plans: Vec<Plan>,
    /// The fields of structs, tuples and variants.
    pub(crate) parts: Vec<u32>,
    pub(crate) variants: Vec<VariantPlan>,
}

/// How values of a type lie in the bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Plan {
    pub(crate) op: Op,
    /// Length of the head.
    pub(crate) head: usize,
    pub(crate) body: bool,
    /// Whether values can nest in one another without bound.
    pub(crate) nests: bool,
    /// Whether one counts toward the depth. A box does not where what it holds counts itself.
    pub(crate) counts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Op {
    Primitive(Primitive),
    NonZero(Primitive),
    Compact(Primitive),
    Option(u32),
    Sequence(u32),
    Set(u32),
    Map(u32, u32),
    Array(u32, usize),
    /// A tuple or struct: its parts.
    Fields(u32, u32),
    /// The first variant, how many, and the bytes of the tag.
    Enum(u32, u32, u8),
    Piece(u32),
    Cell(u32),
    Versioned(u8, u32),
    Dynamic,
    Shared(u32),
    Weak(u32),
}

/// The fields of a variant: where its parts are, and how long their heads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct VariantPlan {
    pub(crate) parts: (u32, u32),
    pub(crate) heads: usize,
}

const FIRST: usize = FIRST_TYPE as usize;
/// Types that hold each other by value, one in the other, at the most: what goes through heads may recurse.
const MAX_LEVELS: usize = 256;

fn code(part: Ref) -> u32 {
    match part {
        Ref::Primitive(primitive) => primitive as u32,
        Ref::Type(index) => (index + FIRST) as u32,
    }
}

impl TypeTable {
    /// Reads a schema in its one form.
    pub(crate) fn decode(bytes: &[u8]) -> Result<TypeTable> {
        let model = Model::decode(bytes)?;
        check_numbers(&model)?;
        if !is_minimal(&model) {
            return Err(damaged("it has one type twice"));
        }
        TypeTable::new(model)
    }

    fn new(model: Model) -> Result<TypeTable> {
        let none = Plan { op: Op::Primitive(Primitive::Unit), head: 0, body: false, nests: false, counts: false };
        let mut plans = vec![none; FIRST + model.types.len()];
        for primitive in Primitive::ALL {
            let body = primitive.size().is_none();
            plans[primitive as usize] =
                Plan { op: Op::Primitive(primitive), head: primitive.head(), body, nests: false, counts: false };
        }
        let mut table = TypeTable { root: code(model.root), model, plans, parts: Vec::new(), variants: Vec::new() };
        for index in 0..table.model.types.len() {
            table.plans[FIRST + index].op = table.op(index)?;
        }
        let order = table.by_value()?;
        let mut levels = vec![0; table.plans.len()];
        for index in &order {
            table.measure(*index);
            let mut level = 0;
            table.held(*index, |part| level = level.max(levels[part as usize] + 1));
            if level > MAX_LEVELS {
                return Err(Error::new(
                    ErrorKind::Limit,
                    format!("the schema has types that hold each other by value, {MAX_LEVELS} in a row and more"),
                ));
            }
            levels[*index] = level;
        }
        table.find_nesting();
        Ok(table)
    }

    /// Takes a type's parts, checked for what its kind can have.
    fn op(&mut self, index: usize) -> Result<Op> {
        let types = &self.model.types;
        let integer = |part: &Ref| match part {
            Ref::Primitive(primitive) if primitive.is_integer() => Ok(*primitive),
            _ => Err(damaged("it has an integer of a type that is none")),
        };
        let node = |part: &Ref| match part {
            Ref::Type(index) => types.get(*index),
            Ref::Primitive(_) => None,
        };
        Ok(match &types[index] {
            Node::Option(a) => Op::Option(code(*a)),
            Node::Sequence(a) => Op::Sequence(code(*a)),
            Node::Set(a) => Op::Set(code(*a)),
            Node::Map(k, v) => Op::Map(code(*k), code(*v)),
            Node::Array(a, count) => {
                Op::Array(code(*a), usize::try_from(*count).map_err(|_| damaged("it has an array beyond all memory"))?)
            }
            Node::Tuple(parts) => {
                let start = self.parts.len() as u32;
                self.parts.extend(parts.iter().map(|part| code(*part)));
                Op::Fields(start, self.parts.len() as u32)
            }
            Node::Struct(_, fields) => {
                let (start, end) = push_fields(&mut self.parts, fields);
                Op::Fields(start, end)
            }
            Node::Enum(_, variants) => {
                let start = self.variants.len() as u32;
                for (_, fields) in variants {
                    let parts = push_fields(&mut self.parts, fields);
                    self.variants.push(VariantPlan { parts, heads: 0 });
                }
                Op::Enum(start, variants.len() as u32, if variants.len() <= 256 { 1 } else { 2 })
            }
            Node::Piece(a) => Op::Piece(code(*a)),
            Node::Cell(a) => Op::Cell(code(*a)),
            Node::Versioned(version, a) => match node(a) {
                Some(Node::Struct(..) | Node::Enum(..)) => Op::Versioned(*version, code(*a)),
                _ => return Err(damaged("it gives a version to a type that has none")),
            },
            Node::NonZero(a) => Op::NonZero(integer(a)?),
            Node::Compact(a) => Op::Compact(integer(a)?),
            Node::Dynamic(_) => Op::Dynamic,
            Node::Shared(a) => Op::Shared(code(*a)),
            Node::Weak(a) => match node(a) {
                Some(Node::Shared(_)) => Op::Weak(code(*a)),
                _ => return Err(damaged("it has a weak pointer to what no shared pointer points to")),
            },
        })
    }

    /// All types, those that others hold by value before these.
    fn by_value(&self) -> Result<Vec<usize>> {
        let mut order: Vec<usize> = (0..FIRST).collect();
        // 1 while what a type holds is being looked at, 2 after that.
        let mut state = vec![0u8; self.plans.len()];
        state[..FIRST].fill(2);
        let mut stack = Vec::new();
        for start in FIRST..self.plans.len() {
            stack.push((start, false));
            while let Some((index, left)) = stack.pop() {
                if left {
                    state[index] = 2;
                    order.push(index);
                    continue;
                }
                match state[index] {
                    0 => state[index] = 1,
                    1 => return Err(damaged("a type in it holds itself, with no box or sequence between")),
                    _ => continue,
                }
                stack.push((index, true));
                self.held(index, |part| {
                    if state[part as usize] != 2 {
                        stack.push((part as usize, false));
                    }
                });
            }
        }
        Ok(order)
    }

    /// Goes through the types that one holds by value.
    fn held(&self, index: usize, mut hold: impl FnMut(u32)) {
        let parts = |(start, end): (u32, u32)| self.parts[start as usize..end as usize].iter().copied();
        match self.plans[index].op {
            Op::Option(a) | Op::Array(a, _) | Op::Cell(a) | Op::Versioned(_, a) => hold(a),
            Op::Fields(start, end) => parts((start, end)).for_each(hold),
            Op::Enum(start, count, _) => {
                for variant in &self.variants[start as usize..(start + count) as usize] {
                    parts(variant.parts).for_each(&mut hold);
                }
            }
            _ => {}
        }
    }

    fn measure(&mut self, index: usize) {
        let sum = |table: &TypeTable, (start, end): (u32, u32)| {
            let parts = table.parts[start as usize..end as usize].iter().map(|part| table.plan(*part));
            parts.fold((0usize, false), |(head, body), part| (head.saturating_add(part.head), body | part.body))
        };
        let (head, body) = match self.plans[index].op {
            Op::Primitive(_) => return,
            Op::NonZero(primitive) => (primitive.head(), false),
            Op::Option(_) | Op::Sequence(_) | Op::Set(_) | Op::Map(..) | Op::Versioned(..) => (1, true),
            Op::Array(a, count) => (self.plan(a).head.saturating_mul(count), self.plan(a).body),
            Op::Fields(start, end) => sum(self, (start, end)),
            Op::Enum(start, count, width) => {
                let mut body = count == 0;
                for variant in start as usize..(start + count) as usize {
                    let parts = self.variants[variant].parts;
                    self.variants[variant].heads = sum(self, parts).0;
                    body |= parts.0 < parts.1;
                }
                (usize::from(width), body)
            }
            Op::Piece(_) | Op::Cell(_) | Op::Compact(_) | Op::Dynamic | Op::Shared(_) | Op::Weak(_) => (0, true),
        };
        self.plans[index].head = head;
        self.plans[index].body = body;
    }

    /// Finds which types nest: sequences of what has a body, trait objects, what comes back to itself through boxes, and
    /// what holds one of these.
    fn find_nesting(&mut self) {
        // 1 while what a type holds is being looked at, 2 after that.
        let mut state = vec![0u8; self.plans.len()];
        let mut stack = Vec::new();
        for start in 0..self.plans.len() {
            stack.push((start, false));
            while let Some((index, left)) = stack.pop() {
                if left {
                    let mut nests = match self.plans[index].op {
                        Op::Sequence(a) | Op::Set(a) => self.plan(a).body,
                        Op::Map(k, v) => self.plan(k).body || self.plan(v).body,
                        Op::Dynamic => true,
                        _ => false,
                    };
                    self.held_or_boxed(index, |part| nests |= state[part as usize] == 1 || self.plan(part).nests);
                    self.plans[index].nests = nests;
                    state[index] = 2;
                } else if state[index] == 0 {
                    state[index] = 1;
                    stack.push((index, true));
                    self.held_or_boxed(index, |part| {
                        if state[part as usize] == 0 {
                            stack.push((part as usize, false));
                        }
                    });
                }
            }
        }
        for index in 0..self.plans.len() {
            self.plans[index].counts = self.plans[index].nests
                && match self.plans[index].op {
                    Op::Piece(a) => matches!(self.plan(a).op, Op::Piece(_)),
                    Op::Versioned(..) => false,
                    _ => true,
                };
        }
    }

    fn held_or_boxed(&self, index: usize, mut hold: impl FnMut(u32)) {
        match self.plans[index].op {
            Op::Piece(a) => hold(a),
            _ => self.held(index, hold),
        }
    }

    /// Whether a trait object of this type of its own counts toward the depth.
    pub(crate) fn counts_behind(&self) -> bool {
        let root = self.plan(self.root);
        root.nests && !root.counts
    }

    #[inline(always)]
    pub(crate) fn plan(&self, index: u32) -> &Plan {
        &self.plans[index as usize]
    }

    /// Whether values of this type take no bytes at all, cells that are deferred aside.
    pub(crate) fn takes_no_bytes(&self, code: u32) -> bool {
        self.is_empty_within(code, 16)
    }

    fn is_empty_within(&self, code: u32, depth: usize) -> bool {
        let plan = self.plan(code);
        let Some(depth) = depth.checked_sub(1) else { return !plan.body };
        plan.head == 0
            && match plan.op {
                Op::Piece(a) => self.is_empty_within(a, depth),
                Op::Array(a, count) => count == 0 || self.is_empty_within(a, depth),
                Op::Fields(start, end) => {
                    self.parts[start as usize..end as usize].iter().all(|part| self.is_empty_within(*part, depth))
                }
                _ => !plan.body,
            }
    }

    pub(crate) fn is_tuple(&self, code: u32) -> bool {
        matches!(self.node(code), Some(Node::Tuple(_)))
    }

    /// The name of a field; `None` where it has a position alone.
    #[inline]
    pub(crate) fn field_name(&self, code: u32, variant: usize, position: usize) -> Option<&str> {
        let fields = match self.node(code)? {
            Node::Struct(_, fields) => fields,
            Node::Enum(_, variants) => &variants.get(variant)?.1,
            _ => return None,
        };
        let name = &fields.fields.get(position)?.0;
        (fields.style == super::Style::Named).then_some(name)
    }

    /// The error for a head that stands at `at` and is no value.
    #[cold]
    pub(crate) fn refuse_head(&self, code: u32, head: &[u8], at: u64) -> Error {
        heads::error(heads::first_bad(&self.model, TypeTable::reference(code), head), Some(at))
    }

    /// The type with this code; the code is one that the table itself has given.
    #[inline(always)]
    pub(crate) fn type_of(&self, code: u32) -> Type<'_> {
        Type { table: self, code }
    }

    pub(crate) fn node(&self, code: u32) -> Option<&Node> {
        self.model.types.get((code as usize).checked_sub(FIRST)?)
    }

    pub(crate) fn reference(code: u32) -> Ref {
        match (code as usize).checked_sub(FIRST) {
            Some(index) => Ref::Type(index),
            None => Ref::Primitive(Primitive::ALL.get(code as usize).copied().unwrap_or(Primitive::Unit)),
        }
    }

    /// The type of a value of the root.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&[1u8, 2])?;
    /// assert_eq!(Stream::open(&bytes)?.types()?.root().name(), "[u8; 2]");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn root(&self) -> Type<'_> {
        self.type_of(self.root)
    }

    /// How many types there are, primitives not counted.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&vec![Some(1u8)])?;
    /// assert_eq!(Stream::open(&bytes)?.types()?.len(), 2);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.model.types.len()
    }

    /// Whether there is no type: the root is a primitive.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&1u8)?;
    /// assert!(Stream::open(&bytes)?.types()?.is_empty());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.model.types.is_empty()
    }

    /// The type with this number.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&vec![Some(1u8)])?;
    /// let stream = Stream::open(&bytes)?;
    /// assert_eq!(stream.types()?.get(1).map(|found| found.name()), Some("Option<u8>".to_owned()));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Type<'_>> {
        (index < self.len()).then(|| self.type_of((index + FIRST) as u32))
    }

    /// All types, in the order of their numbers.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&vec![Some(1u8)])?;
    /// let stream = Stream::open(&bytes)?;
    /// let names: Vec<String> = stream.types()?.iter().map(|found| found.name()).collect();
    /// assert_eq!(names, ["Vec<Option<u8>>", "Option<u8>"]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Type<'_>> {
        (0..self.len()).map(|index| self.type_of((index + FIRST) as u32))
    }
}

fn push_fields(parts: &mut Vec<u32>, fields: &Fields) -> (u32, u32) {
    let start = parts.len() as u32;
    parts.extend(fields.fields.iter().map(|field| code(field.1)));
    (start, parts.len() as u32)
}

/// Checks that types are numbered as a walk from the root meets them.
fn check_numbers(model: &Model) -> Result<()> {
    let mut next = 0;
    let mut stack = vec![model.root];
    while let Some(part) = stack.pop() {
        let Ref::Type(index) = part else { continue };
        if index == next {
            next += 1;
            stack.extend(model.types[index].parts().into_iter().rev());
        } else if index > next {
            return Err(damaged("its types are not in the order in which the root meets them"));
        }
    }
    if next < model.types.len() { Err(damaged("it has a type that the root does not reach")) } else { Ok(()) }
}

/// Where the parts of a schema begin: the number of types, then each type.
pub(crate) fn offsets(schema: &[u8]) -> Result<Vec<usize>> {
    let mut bytes = Bytes { rest: schema };
    let at = |bytes: &Bytes<'_>| schema.len() - bytes.rest.len();
    bytes.reference()?;
    let mut offsets = vec![at(&bytes)];
    let count = bytes.count("types", super::MAX_TYPES)?;
    for _ in 0..count {
        offsets.push(at(&bytes));
        bytes.node()?;
    }
    Ok(offsets)
}

impl fmt::Debug for TypeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeTable").field("root", &self.root().name()).field("types", &self.len()).finish()
    }
}

//! How values of a schema's types lie in the bytes: what a reader that has no Rust types must know of each.

use super::canonical::FIRST_TYPE;
use super::decode::damaged;
use super::model::{Fields, Model, Node, Primitive, Ref};
use super::table::TypeTable;
use crate::error::{Error, ErrorKind, Result};

/// How values of a type lie in the bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    pub(crate) op: Op,
    /// Length of the head.
    pub(crate) head: usize,
    /// Whether a body may follow.
    pub(crate) body: bool,
    /// Whether a head may have bits that are no value.
    pub(crate) fallible: bool,
    /// Whether no value takes a byte.
    pub(crate) empty: bool,
    /// Whether it has cells, so far as it is of one size: they are counted even where they are empty.
    pub(crate) cells: bool,
    /// Whether values can nest in one another without bound.
    pub(crate) nests: bool,
    /// Whether one counts toward the depth: never where the code of a Rust type that looks like this counts none.
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
pub(crate) struct VariantLayout {
    pub(crate) parts: (u32, u32),
    pub(crate) heads: usize,
}

/// The first code of a reference that is not a primitive's.
pub(super) const FIRST: usize = FIRST_TYPE as usize;
/// Types that hold each other by value, one in the other, at the most, in a schema from elsewhere: what goes through them
/// may recurse.
const MAX_LEVELS: usize = 256;

pub(crate) fn code(part: Ref) -> u32 {
    match part {
        Ref::Primitive(primitive) => primitive as u32,
        Ref::Type(index) => (index + FIRST) as u32,
    }
}

impl Layout {
    fn primitive(primitive: Primitive) -> Layout {
        let (head, body) = (primitive.head(), primitive.size().is_none());
        let op = Op::Primitive(primitive);
        let fallible = match primitive {
            Primitive::Bool | Primitive::Char | Primitive::Nanos => true,
            // Of a machine that has fewer bits.
            Primitive::Usize | Primitive::Isize => size_of::<usize>() < head,
            _ => false,
        };
        Layout { op, head, body, fallible, empty: head == 0, cells: false, nests: false, counts: false }
    }

    /// Whether there is nothing to read, and nothing to count.
    pub(crate) fn is_nothing(self) -> bool {
        self.empty && !self.cells
    }
}

impl TypeTable {
    /// # Errors
    /// A type that no value has: one that holds itself, or combines what does not go together.
    pub(super) fn new(model: Model) -> Result<TypeTable> {
        let unknown = Layout { body: true, empty: false, ..Layout::primitive(Primitive::Unit) };
        let mut layouts = vec![unknown; FIRST + model.types.len()];
        for primitive in Primitive::ALL {
            layouts[primitive as usize] = Layout::primitive(primitive);
        }
        let root = code(model.root);
        let (parts, variants) = (Vec::new(), Vec::new());
        let mut table = TypeTable { root, model, layouts, parts, variants, charged: 0 };
        for index in 0..table.model.types.len() {
            table.layouts[FIRST + index].op = table.op(index)?;
        }
        let by_value = table.order(|table, index, hold| table.heads_of(index, hold));
        if by_value.len() < table.layouts.len() {
            return Err(damaged("a type in it holds itself, with no box or sequence between"));
        }
        for index in by_value {
            table.measure(index);
        }
        for variant in 0..table.variants.len() {
            table.variants[variant].heads = table.sum(table.variants[variant].parts).0;
        }
        // A type that holds itself in boxes alone is not among these: depth bounds it.
        for index in table.order(|table, index, hold| table.of_one_size(index, hold)) {
            table.find_empty(index);
        }
        table.find_nesting();
        Ok(table)
    }

    /// # Errors
    /// Types that hold each other by value beyond the limit, where the depth does not count them.
    pub(super) fn check_levels(&self) -> Result<()> {
        let uncounted = |table: &TypeTable, index: usize, hold: &mut dyn FnMut(u32)| match table.layouts[index].nests {
            true => table.heads_of(index, hold),
            false => table.held(index, hold),
        };
        let mut levels = vec![0; self.layouts.len()];
        for index in self.order(uncounted) {
            let mut level = 0;
            uncounted(self, index, &mut |part| level = level.max(levels[part as usize] + 1));
            if level > MAX_LEVELS {
                return Err(Error::unwritten(
                    ErrorKind::Limit,
                    format!("the schema has types that hold each other by value, {MAX_LEVELS} in a row and more"),
                ));
            }
            levels[index] = level;
        }
        Ok(())
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
                    self.variants.push(VariantLayout { parts, heads: 0 });
                }
                Op::Enum(start, variants.len() as u32, Node::tag_width(variants.len()) as u8)
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

    /// The types in an order in which those come before a type that it holds (Kahn's algorithm). Types that hold
    /// themselves are left out. `held` goes through what one holds.
    fn order(&self, held: impl Fn(&TypeTable, usize, &mut dyn FnMut(u32))) -> Vec<usize> {
        let count = self.layouts.len();
        let mut waits = vec![0usize; count];
        let mut waited_for: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (index, waits) in waits.iter_mut().enumerate() {
            held(self, index, &mut |part| {
                *waits += 1;
                waited_for[part as usize].push(index);
            });
        }
        let mut ordered: Vec<usize> = (0..count).filter(|index| waits[*index] == 0).collect();
        let mut next = 0;
        while let Some(index) = ordered.get(next) {
            for dependent in &waited_for[*index] {
                waits[*dependent] -= 1;
                if waits[*dependent] == 0 {
                    ordered.push(*dependent);
                }
            }
            next += 1;
        }
        ordered
    }

    fn parts(&self, (start, end): (u32, u32)) -> &[u32] {
        &self.parts[start as usize..end as usize]
    }

    /// Goes through the types whose heads lie in the head of one.
    fn heads_of(&self, index: usize, hold: &mut dyn FnMut(u32)) {
        match self.layouts[index].op {
            Op::Array(a, _) => hold(a),
            Op::Fields(start, end) => self.parts((start, end)).iter().copied().for_each(hold),
            _ => {}
        }
    }

    /// Goes through the types that one holds always, and as many of them always.
    fn of_one_size(&self, index: usize, hold: &mut dyn FnMut(u32)) {
        match self.layouts[index].op {
            Op::Piece(a) | Op::Cell(a) => hold(a),
            _ => self.heads_of(index, hold),
        }
    }

    /// Goes through the types that one holds by value.
    fn held(&self, index: usize, hold: &mut dyn FnMut(u32)) {
        match self.layouts[index].op {
            Op::Option(a) | Op::Cell(a) | Op::Versioned(_, a) => hold(a),
            Op::Array(_, 0) => {}
            Op::Enum(start, count, _) => {
                for variant in &self.variants[start as usize..(start + count) as usize] {
                    self.parts(variant.parts).iter().copied().for_each(&mut *hold);
                }
            }
            _ => self.heads_of(index, hold),
        }
    }

    fn held_or_boxed(&self, index: usize, hold: &mut dyn FnMut(u32)) {
        match self.layouts[index].op {
            Op::Piece(a) => hold(a),
            _ => self.held(index, hold),
        }
    }

    /// The length of parts' heads, and whether a body may follow one.
    fn sum(&self, parts: (u32, u32)) -> (usize, bool) {
        let parts = self.parts(parts).iter().map(|part| self.layout(*part));
        parts.fold((0usize, false), |(head, body), part| (head.saturating_add(part.head), body | part.body))
    }

    fn measure(&mut self, index: usize) {
        let (head, body) = match self.layouts[index].op {
            Op::Primitive(_) => return,
            Op::NonZero(primitive) => (primitive.head(), false),
            Op::Option(_) | Op::Sequence(_) | Op::Set(_) | Op::Map(..) | Op::Versioned(..) => (1, true),
            Op::Array(a, count) => (self.layout(a).head.saturating_mul(count), count > 0 && self.layout(a).body),
            Op::Fields(start, end) => self.sum((start, end)),
            Op::Enum(start, count, width) => {
                let variants = &self.variants[start as usize..(start + count) as usize];
                let payload = variants.iter().any(|variant| variant.parts.0 < variant.parts.1);
                // No value is of an enum without variants: its body is where that is found out.
                (usize::from(width), payload || count == 0)
            }
            Op::Piece(_) | Op::Cell(_) | Op::Compact(_) | Op::Dynamic | Op::Shared(_) | Op::Weak(_) => (0, true),
        };
        let mut fallible = matches!(self.layouts[index].op, Op::NonZero(_) | Op::Option(_) | Op::Enum(..));
        self.heads_of(index, &mut |part| fallible |= self.layout(part).fallible);
        let layout = &mut self.layouts[index];
        (layout.head, layout.body, layout.fallible) = (head, body, fallible);
    }

    fn find_empty(&mut self, index: usize) {
        let (mut empty, mut cells) = match self.layouts[index].op {
            Op::Piece(_) | Op::Array(..) | Op::Fields(..) => (true, false),
            Op::Cell(_) => (true, true),
            _ => return,
        };
        self.of_one_size(index, &mut |part| {
            empty &= self.layout(part).empty;
            cells |= self.layout(part).cells;
        });
        self.layouts[index].empty = empty || matches!(self.layouts[index].op, Op::Array(_, 0));
        self.layouts[index].cells = cells && !matches!(self.layouts[index].op, Op::Array(_, 0));
    }

    /// Finds which types nest: sequences of what has a body, trait objects, what comes back to itself through boxes, and
    /// what holds one of these.
    fn find_nesting(&mut self) {
        // 1 while what a type holds is being looked at, 2 after that.
        let mut state = vec![0u8; self.layouts.len()];
        let mut stack = Vec::new();
        for start in 0..self.layouts.len() {
            stack.push((start, false));
            while let Some((index, left)) = stack.pop() {
                if left {
                    let mut nests = match self.layouts[index].op {
                        Op::Sequence(a) | Op::Set(a) => self.layout(a).body,
                        Op::Map(k, v) => self.layout(k).body || self.layout(v).body,
                        Op::Dynamic => true,
                        _ => false,
                    };
                    self.held_or_boxed(index, &mut |part| {
                        nests |= state[part as usize] == 1 || self.layout(part).nests
                    });
                    self.layouts[index].nests = nests;
                    state[index] = 2;
                } else if state[index] == 0 {
                    state[index] = 1;
                    stack.push((index, true));
                    self.held_or_boxed(index, &mut |part| {
                        if state[part as usize] == 0 {
                            stack.push((part as usize, false));
                        }
                    });
                }
            }
        }
        self.find_counted();
    }

    /// Finds which types count: those that nest, but for what only wraps one that does. A schema made by hand may have such
    /// types in a ring, each of which counts then.
    fn find_counted(&mut self) {
        let mut met_from = vec![usize::MAX; self.layouts.len()];
        for start in 0..self.layouts.len() {
            let nests = self.layouts[start].nests;
            self.layouts[start].counts |= nests && self.wrapped(start as u32).is_none();
            let mut at = start;
            while met_from[at] == usize::MAX
                && let Some(content) = self.wrapped(at as u32)
            {
                met_from[at] = start;
                at = content as usize;
            }
            // Back at a type that this way came through: the ring is gone around once more.
            while met_from[at] == start && !self.layouts[at].counts {
                self.layouts[at].counts = true;
                at = self.wrapped(at as u32).map_or(at, |content| content as usize);
            }
        }
    }

    /// What a value of this type holds, if only that counts: a box or what a hook or adapter runs for, a version, a cell
    /// that is set once, what a reducer gives.
    fn wrapped(&self, code: u32) -> Option<u32> {
        match self.layout(code).op {
            Op::Piece(content) | Op::Versioned(_, content) => Some(content),
            Op::Cell(content) if matches!(self.layout(content).op, Op::Option(_)) => Some(content),
            Op::Fields(start, end) => match self.parts((start, end)) {
                [part] if matches!(self.layout(*part).op, Op::Piece(_)) => Some(*part),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a trait object counts that is of this table's root: where nothing in it does before the next one.
    pub(crate) fn counts_behind(&self) -> bool {
        let mut root = self.root;
        while let Some(content) = self.wrapped(root)
            && !self.layout(root).counts
        {
            root = content;
        }
        matches!(self.layout(root).op, Op::Dynamic)
    }
}

fn push_fields(parts: &mut Vec<u32>, fields: &Fields) -> (u32, u32) {
    let start = parts.len() as u32;
    parts.extend(fields.fields.iter().map(|field| code(field.1)));
    (start, parts.len() as u32)
}

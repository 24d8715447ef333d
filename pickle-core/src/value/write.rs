//! A value as the stream that its types would write.

use std::collections::HashSet;

use super::arena::{DANGLING, NOWHERE, Slot, WEAK};
use super::build::packed;
use super::equal::{self, Objects};
use super::node::{Node, Place};
use super::order::{Order, Step as Written, Unordered};
use super::{NamedType, Value};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::inspect::{Primitive, Step as Shown};
use crate::schema::Op;
use crate::wire::{BLOCK_HEADER, Entry, FIRST_BLOCK, LONG, MAX_BLOCK, MAX_GAP, Memory, RuntimeType, Writer, short};

impl Value {
    /// Writes it as a stream of its own, to its end but for the last block's.
    pub(crate) fn persist(&self, writer: &mut Writer<'_>, checksum: bool) {
        self.persist_within(writer, checksum, Memory::UNLIMITED);
    }

    /// The same, where what it takes to go through it is charged. What comes before that is told by
    /// [`beside_stream`](Value::beside_stream).
    pub(super) fn persist_within(&self, writer: &mut Writer<'_>, checksum: bool, memory: Memory) {
        writer.start_own(&self.held.schema, self.root_reaches_objects(), checksum);
        let types = vec![NOWHERE; self.held.named.len()];
        let mut out = Out { value: self, writer, numbers: Vec::new(), types, deferred: Vec::new(), memory };
        let written = out.objects().and_then(|()| out.whole(self.held.root).map_err(|failed| out.locate(failed, None)));
        if let Err(error) = written {
            writer.fail(error);
        }
    }
}

/// The lengths of its stream and of what is written with it, told beforehand.
impl Value {
    /// What a writer's buffer takes at the most until the stream is whole in it.
    pub(super) fn stream_length(&self) -> usize {
        let arena = &self.held.arena;
        let runs: usize = arena.runs.iter().map(Vec::len).sum();
        let slots: usize = arena.slots.iter().map(|slot| self.own_length(*slot)).sum();
        let objects = self.held.objects.len() * 24 + (self.held.scopes.len() + self.held.classes.len()) * 12 + 16;
        let lanes = slots + runs + arena.text.len() + objects;
        // What blocks do not use: little of all, but of those first ones that are small.
        let blocks = lanes / 128 + (2 * lanes).min(16 * (BLOCK_HEADER + MAX_GAP)) + 2 * (BLOCK_HEADER + MAX_GAP);
        let schema = |named: &NamedType| named.schema.as_ref().map_or(0, |schema| schema.bytes().len());
        let types: usize = self.held.named.iter().map(|named| schema(named) + named.name.len() + 32).sum();
        let length = self.held.schema.embedded_header().len() + lanes + blocks + types;
        // What did not fit in the block before it opened the last one, which is twice as large.
        length + (2 * length).min(MAX_BLOCK) + FIRST_BLOCK
    }

    /// Bytes of a value itself, at the most, without its parts and what lies beside its slot.
    fn own_length(&self, slot: Slot) -> usize {
        let long = |length: usize| if length < usize::from(LONG) { 1 } else { 9 };
        match self.op(slot) {
            Op::Primitive(Primitive::Text | Primitive::FunctionName) => long(slot.a as usize),
            Op::Primitive(primitive) | Op::NonZero(primitive) => primitive.head(),
            Op::Compact(primitive) => primitive.head() * 8 / 7 + 1,
            Op::Option(_) | Op::Versioned(..) => 1,
            Op::Sequence(_) | Op::Set(_) | Op::Map(..) => 9,
            Op::Enum(_, _, width) => usize::from(width),
            Op::Dynamic => long(slot.a as usize),
            Op::Shared(_) | Op::Weak(_) => 4,
            // It may be deferred, with its number among those of its object.
            Op::Cell(_) => 4,
            Op::Array(..) | Op::Fields(..) | Op::Piece(_) => 0,
        }
    }

    /// What the order of its objects takes while it is found.
    pub(super) fn beside_stream(&self) -> usize {
        const EACH_SLOT: usize = 24;
        const EACH_CELL: usize = 48;
        const EACH_OBJECT: usize = 32;
        const EACH_STEP: usize = size_of::<Written>();
        let held = &self.held;
        let named = held.named.len() * (size_of::<u32>() + size_of::<bool>());
        if held.objects.is_empty() {
            return named;
        }
        let is_cell = |slot: &&Slot| matches!(self.op(**slot), Op::Cell(_));
        let cells = held.arena.slots.iter().filter(is_cell).count();
        let objects = held.objects.len() * EACH_OBJECT + held.script.len() * EACH_STEP;
        held.arena.slots.len() * EACH_SLOT + cells * EACH_CELL + objects + named
    }
}

struct Out<'o, 'w> {
    value: &'o Value,
    writer: &'o mut Writer<'w>,
    /// The number that each object has in the stream.
    numbers: Vec<u32>,
    /// The number that each named type has there.
    types: Vec<u32>,
    /// The slots of cells whose content comes later, ascending.
    deferred: Vec<u32>,
    memory: Memory,
}

/// Something is wrong: the writer has kept the error, or this is it. The frames tell the way.
struct Failed {
    error: Option<Error>,
    path: Vec<Step>,
}

/// A composite whose bodies are being written.
struct Frame {
    slot: u32,
    next: usize,
    end: usize,
    parts: Parts,
    counted: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Parts {
    /// Only bodies: the heads are written.
    Bodies,
    /// Head and body of each.
    Whole,
    /// Heads of key and value, then their bodies.
    Entries,
}

impl<'o> Out<'o, '_> {
    fn node(&self, slot: u32) -> Node<'o> {
        Node { value: self.value, place: Place::Slot(slot) }
    }

    fn objects(&mut self) -> Result<()> {
        let value = self.value;
        if !value.root_reaches_objects() {
            self.numbers = vec![NOWHERE; value.held.objects.len()];
            return Ok(());
        }
        let order = value.order().map_err(|unordered| self.unordered(&unordered))?;
        self.define_used(&order)?;
        self.numbers.clone_from(&order.numbers);
        self.tables(order.count)?;
        for step in &order.steps {
            match step {
                Written::Record { id, opened, deferred } => self.record(*id, *opened, deferred)?,
                Written::Open(id) => self.entry(Entry::Open, *id),
                Written::Fill(cells) => {
                    self.writer.reserve(1)[0] = Entry::Fill as u8;
                    for cell in cells {
                        let content = value.held.arena.slot(*cell).b as u32;
                        self.whole(content).map_err(|failed| self.locate(failed, None))?;
                    }
                }
            }
        }
        self.writer.reserve(1)[0] = Entry::Root as u8;
        Ok(())
    }

    /// Defines the types that are used, in the order that they had.
    fn define_used(&mut self, order: &Order) -> Result<()> {
        let value = self.value;
        let mut used = vec![false; value.held.named.len()];
        let mut mark = |number: u32| {
            if let Some(used) = used.get_mut(number as usize) {
                *used = true;
            }
        };
        value.held.scopes.iter().for_each(|[_, _, number]| mark(*number));
        value.held.classes.iter().filter_map(|[_, _, number]| number.checked_sub(1)).for_each(&mut mark);
        let live = order.numbers.iter().zip(&value.held.objects).filter(|(number, _)| **number != NOWHERE);
        for slot in live.map(|(_, object)| object.slot).chain([value.held.root]) {
            value.each(slot, |_, slot, op| {
                if matches!(op, Op::Dynamic) {
                    mark(slot.a);
                }
                true
            });
        }
        for (number, _) in used.iter().enumerate().filter(|(_, used)| **used) {
            self.type_number(number)?;
        }
        Ok(())
    }

    /// The number of a named type, which is defined where it is the first of its kind.
    fn type_number(&mut self, number: usize) -> Result<usize> {
        if let Some(known) = self.types.get(number).filter(|known| **known != NOWHERE) {
            return Ok(*known as usize);
        }
        let named = self.value.held.named.get(number);
        let Some((named, schema)) = named.and_then(|named| Some((named, named.schema.as_deref()?))) else {
            return Err(broken("a value of a type that its `Value` does not have"));
        };
        let index =
            self.writer.runtime_type_number(number, RuntimeType::Number(number), || named.name.to_string(), schema);
        if let Some(known) = self.types.get_mut(number) {
            *known = index as u32;
        }
        Ok(index)
    }

    fn tables(&mut self, count: u32) -> Result<()> {
        let value = self.value;
        self.number(value.held.scopes.len() as u32);
        for [parent, node, number] in &value.held.scopes {
            let number = self.types.get(*number as usize).copied().unwrap_or(NOWHERE);
            [*parent, *node, number].into_iter().for_each(|n| self.number(n));
        }
        self.number(value.held.classes.len() as u32);
        for [scope, node, number] in &value.held.classes {
            let number = match number.checked_sub(1) {
                Some(number) => self.types.get(number as usize).copied().unwrap_or(NOWHERE).wrapping_add(1),
                None => 0,
            };
            [*scope, *node, number].into_iter().for_each(|n| self.number(n));
        }
        self.number(count);
        Ok(())
    }

    fn number(&mut self, n: u32) {
        self.writer.reserve(4).copy_from_slice(&n.to_le_bytes());
    }

    fn entry(&mut self, entry: Entry, id: u32) {
        let class = self.value.held.objects[id as usize].class as usize;
        let head = self.writer.reserve(6);
        head[0] = entry as u8;
        head[1] = short(class);
        head[2..].copy_from_slice(&self.numbers[id as usize].to_le_bytes());
        self.writer.length(class);
    }

    fn record(&mut self, id: u32, opened: bool, deferred: &[(u32, u32)]) -> Result<()> {
        match (opened, deferred.is_empty()) {
            (false, true) => self.entry(Entry::Record, id),
            (false, false) => self.entry(Entry::DeferringRecord, id),
            (true, true) => self.writer.reserve(1)[0] = Entry::Close as u8,
            (true, false) => self.writer.reserve(1)[0] = Entry::DeferringClose as u8,
        }
        if !deferred.is_empty() {
            self.number(deferred.len() as u32);
            deferred.iter().for_each(|(_, ordinal)| self.number(*ordinal));
        }
        self.deferred = deferred.iter().map(|(slot, _)| *slot).collect();
        self.deferred.sort_unstable();
        let written = self.whole(self.value.held.objects[id as usize].slot);
        self.deferred.clear();
        written.map_err(|failed| self.locate(failed, Some(id)))
    }

    /// Writes a value, its head and its body.
    fn whole(&mut self, slot: u32) -> Result<(), Failed> {
        let mut stack = Vec::new();
        let mut written = self.room(&mut stack);
        if written.is_ok() {
            written = self.begin_whole(slot, &mut stack);
        }
        while written.is_ok() && !stack.is_empty() {
            written = self.room(&mut stack);
            let (Some(frame), Ok(())) = (stack.last_mut(), &written) else { break };
            if frame.next == frame.end {
                if frame.counted {
                    self.writer.leave();
                }
                stack.pop();
                continue;
            }
            let (index, node) = (frame.next, self.node(frame.slot));
            frame.next += 1;
            let parts = frame.parts;
            let part = match node.slot().b {
                content if is_content(node) => Some(content as u32),
                first => self.value.held.arena.parts.get(first as usize + index).copied(),
            };
            let Some(part) = part.filter(|part| (*part as usize) < self.value.held.arena.slots.len()) else {
                written = Err(missing());
                break;
            };
            written = match parts {
                Parts::Whole => self.begin_whole(part, &mut stack),
                Parts::Bodies => self.body(part, &mut stack),
                Parts::Entries => {
                    if index % 2 == 0 {
                        self.entry_heads(node, index);
                    }
                    self.body(part, &mut stack)
                }
            };
            if self.writer.failed() {
                written = Err(Failed { error: None, path: Vec::new() });
            }
        }
        self.memory.give_back(stack.capacity() * size_of::<Frame>());
        written.map_err(|mut failed| {
            failed.path = stack.iter().filter_map(|frame| self.step_of(frame)).collect();
            failed
        })
    }

    /// Room for one more frame.
    fn room(&mut self, stack: &mut Vec<Frame>) -> Result<(), Failed> {
        self.memory.room(stack, 1).map_err(|error| Failed { error: Some(error), path: Vec::new() })
    }

    fn step_of(&self, frame: &Frame) -> Option<Step> {
        let node = self.node(frame.slot);
        if is_content(node) {
            return None;
        }
        Some(step(node.step(frame.next.checked_sub(1)?)))
    }

    fn begin_whole(&mut self, slot: u32, stack: &mut Vec<Frame>) -> Result<(), Failed> {
        let node = self.node(slot);
        head(node, self.writer.reserve(node.layout().head));
        self.body(slot, stack)
    }

    fn entry_heads(&mut self, node: Node<'o>, index: usize) {
        let (Some(key), Some(value)) = (node.part(index), node.part(index + 1)) else { return };
        let length = key.layout().head;
        let (key_head, value_head) = self.writer.reserve(length + value.layout().head).split_at_mut(length);
        head(key, key_head);
        head(value, value_head);
    }

    /// Writes a body, or what of it comes before those of its parts, which are left on the stack.
    fn body(&mut self, at: u32, stack: &mut Vec<Frame>) -> Result<(), Failed> {
        let node = self.node(at);
        let layout = *node.layout();
        if !layout.body {
            return Ok(());
        }
        let slot = node.slot();
        let kind = node.kind();
        let count = node.part_count();
        let mut parts = |next: usize, end: usize, parts: Parts, counted: bool, writer: &mut Writer<'_>| {
            if counted && !writer.enter() {
                return Err(Failed { error: None, path: Vec::new() });
            }
            stack.push(Frame { slot: at, next, end, parts, counted });
            Ok(())
        };
        match layout.op {
            Op::Primitive(_) => {
                self.writer.length(slot.a as usize);
                self.writer.text(self.value.held.arena.str(slot));
                Ok(())
            }
            Op::NonZero(_) => Ok(()),
            Op::Compact(primitive) => {
                self.writer.varint(to_varint(self.value.held.arena.scalar(primitive, slot.b)));
                Ok(())
            }
            Op::Option(_) if slot.a == 0 => Ok(()),
            Op::Option(_) => parts(0, 1, Parts::Whole, layout.counts, self.writer),
            Op::Cell(_) if self.deferred.binary_search(&at).is_ok() => Ok(()),
            Op::Piece(_) | Op::Cell(_) | Op::Versioned(..) => parts(0, 1, Parts::Whole, layout.counts, self.writer),
            Op::Dynamic => {
                let number = self.type_number(slot.a as usize);
                let number = number.map_err(|error| Failed { error: Some(error), path: Vec::new() })?;
                self.writer.runtime_type(number);
                let counts = self.node(slot.b as u32).kind().table.counts_behind();
                parts(0, 1, Parts::Whole, counts, self.writer)
            }
            Op::Shared(_) | Op::Weak(_) => {
                let number = self.numbers.get(slot.a as usize).copied().unwrap_or(NOWHERE);
                let number = if slot.b == DANGLING { NOWHERE } else { number };
                if number == NOWHERE && matches!(layout.op, Op::Shared(_)) {
                    return Err(missing());
                }
                self.number(number);
                Ok(())
            }
            Op::Array(..) | Op::Fields(..) => parts(0, count, Parts::Bodies, layout.counts, self.writer),
            Op::Enum(start, ..) => {
                let variant = kind.table.variants[start as usize + slot.a as usize];
                if variant.heads > 0 {
                    fields_head(node, self.writer.reserve(variant.heads));
                }
                parts(0, count, Parts::Bodies, layout.counts, self.writer)
            }
            Op::Sequence(_) => {
                self.writer.length(count);
                match packed(kind.table, &layout) {
                    Some((element, size)) => {
                        let run = self.value.held.arena.runs.get(slot.b as usize).map_or(&[][..], Vec::as_slice);
                        match kind.table.layout(element).op {
                            // A run of bytes is never split.
                            Op::Primitive(Primitive::U8) => self.writer.bytes(run),
                            _ => self.writer.run(run, size),
                        }
                        Ok(())
                    }
                    None => parts(0, count, Parts::Whole, layout.counts, self.writer),
                }
            }
            Op::Set(_) => {
                self.check_keys(node, 1)?;
                self.writer.length(count);
                parts(0, count, Parts::Whole, layout.counts, self.writer)
            }
            Op::Map(..) => {
                self.check_keys(node, 2)?;
                self.writer.length(count / 2);
                parts(0, count, Parts::Entries, layout.counts, self.writer)
            }
        }
    }

    /// Checks that no key, of those that come every `width` parts, has become another.
    fn check_keys(&self, node: Node<'o>, width: usize) -> Result<(), Failed> {
        if !self.value.held.changed {
            return Ok(());
        }
        let mut seen = HashSet::new();
        for index in (0..node.part_count()).step_by(width) {
            if let Some(key) = node.part(index)
                && !seen.insert(equal::key(key, Objects::Number))
            {
                let error = Error::new(ErrorKind::DuplicateKey, format!("the key {key} is there twice"))
                    .with_remedy("`set` one of the two to another key, or `remove` it");
                return Err(Failed { error: Some(error.step(Step::Key(index / width))), path: Vec::new() });
            }
        }
        Ok(())
    }

    /// Adds the way to the error, which the writer may have.
    fn locate(&mut self, failed: Failed, object: Option<u32>) -> Error {
        let error = failed.error.or_else(|| self.writer.take_error());
        let error = error.unwrap_or_else(|| broken("a part of the `Value` is missing"));
        error.steps(object.map(Step::Object).into_iter().chain(failed.path).collect::<Vec<_>>())
    }

    fn unordered(&self, unordered: &Unordered) -> Error {
        let what = if self.value.held.arena.slot(unordered.slot).b == WEAK { "a weak pointer" } else { "a pointer" };
        let message = format!(
            "{what} was changed to an object that can't be built before this one, and lies in no cell that can wait"
        );
        Error::new(ErrorKind::Unrepresentable, message)
            .step(Step::Object(unordered.id))
            .with_remedy("change it to an object that the old one refers to, or to one that refers to nothing")
    }
}

#[cold]
fn missing() -> Failed {
    Failed { error: Some(broken("a part of the `Value` refers to what it does not have")), path: Vec::new() }
}

/// The error for a value that no stream or change leads to.
#[cold]
fn broken(what: &'static str) -> Error {
    Error::new(ErrorKind::Unrepresentable, what).with_remedy("load it again from its stream")
}

/// Whether a value has one part that is no step of a path.
fn is_content(node: Node<'_>) -> bool {
    matches!(node.layout().op, Op::Option(_) | Op::Piece(_) | Op::Cell(_) | Op::Versioned(..) | Op::Dynamic)
}

pub(super) fn step(shown: Shown<'_>) -> Step {
    match shown {
        Shown::Field(name) => Step::Field(name.to_owned().into()),
        Shown::Position(position) => Step::Position(position),
        Shown::Index(index) => Step::Index(index),
        Shown::Key(index) => Step::Key(index),
    }
}

/// Writes a head. It goes no deeper than types hold each other by value.
fn head(node: Node<'_>, bytes: &mut [u8]) {
    let slot: Slot = node.slot();
    let kind = node.kind();
    let layout = kind.table.layout(kind.code);
    let length = |length: usize, bytes: &mut [u8]| {
        if let Some(first) = bytes.first_mut() {
            *first = short(length);
        }
    };
    match layout.op {
        Op::Primitive(Primitive::Text | Primitive::FunctionName) => length(slot.a as usize, bytes),
        Op::Primitive(primitive) | Op::NonZero(primitive) => {
            let wide = match primitive {
                Primitive::U128 | Primitive::I128 => {
                    node.value.held.arena.wide.get(slot.b as usize).copied().unwrap_or(0)
                }
                _ => u128::from(slot.b),
            };
            bytes.copy_from_slice(&wide.to_le_bytes()[..bytes.len()]);
        }
        Op::Option(_) => length(usize::from(slot.a != 0), bytes),
        Op::Sequence(_) | Op::Set(_) => length(node.part_count(), bytes),
        Op::Map(..) => length(node.part_count() / 2, bytes),
        Op::Versioned(version, _) => length(usize::from(version), bytes),
        Op::Enum(..) => bytes.copy_from_slice(&slot.a.to_le_bytes()[..bytes.len()]),
        Op::Array(..) => match packed(kind.table, layout) {
            Some(_) => {
                let run = node.value.held.arena.runs.get(slot.b as usize).map_or(&[][..], Vec::as_slice);
                if run.len() == bytes.len() {
                    bytes.copy_from_slice(run);
                }
            }
            None => fields_head(node, bytes),
        },
        Op::Fields(..) => fields_head(node, bytes),
        Op::Piece(_) | Op::Cell(_) | Op::Compact(_) | Op::Dynamic | Op::Shared(_) | Op::Weak(_) => {}
    }
}

fn fields_head(node: Node<'_>, mut bytes: &mut [u8]) {
    for index in 0..node.part_count() {
        let Some(part) = node.part(index) else { continue };
        let length = part.layout().head.min(bytes.len());
        let (own, rest) = std::mem::take(&mut bytes).split_at_mut(length);
        head(part, own);
        bytes = rest;
    }
}

/// A compact number's bits: a signed one is zigzagged.
fn to_varint(scalar: crate::inspect::Scalar) -> u128 {
    use crate::inspect::Scalar::*;
    match scalar {
        I8(_) | I16(_) | I32(_) | I64(_) | I128(_) | Isize(_) => {
            let n = super::node::integer(scalar).unwrap_or(0);
            (n << 1 ^ n >> 127) as u128
        }
        U128(n) => n,
        _ => super::node::integer(scalar).unwrap_or(0) as u128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_should_not_be_is_refused_with_a_remedy() {
        let error = broken("a part is missing").to_string();
        assert_eq!(error, "a part is missing; load it again from its stream");
    }
}

//! The walk through values: the heads and bodies of types that only a schema describes.
//!
//! Nothing recurses: what is begun and not ended stands on a stack of frames, which also tells the path of an error.

use std::sync::Arc;

use super::blocks::{first_bad, span};
use super::keys::Keys;
use super::objects::Objects;
use super::visitor::{Composite, Reference, Run, Scalar, Step, Visitor, What};
use crate::error::{Error, ErrorKind, Result, Step as PathStep};
use crate::schema::{Layout, Op, Primitive, TypeTable};
use crate::wire::{Memory, Place, Reader};

/// Values without bytes of their own that a byte of the stream may stand for, before they are taken for an attack.
pub(crate) const VALUES_PER_BYTE: usize = 64;

pub(crate) struct Walker<'w, 'r, 'a, V: ?Sized> {
    pub(super) reader: &'w mut Reader<'r, 'a>,
    pub(super) visitor: &'w mut V,
    /// The root's types, then those that values name, as they are first used.
    pub(super) tables: Vec<Arc<TypeTable>>,
    /// The place among these of each type that the stream defines.
    named: Vec<u32>,
    stack: Vec<Frame<'r>>,
    pub(super) place: Place,
    values_left: usize,
    /// What the walk itself has been charged for.
    held: usize,
    pub(super) keys: Keys<'r>,
    pub(super) objects: Objects,
}

/// A type that is not used yet.
const UNUSED: u32 = u32::MAX;

/// A composite that is begun.
struct Frame<'r> {
    table: u32,
    /// Its type.
    code: u32,
    parts: Parts,
    /// The next part, and where they end.
    next: usize,
    end: usize,
    /// The heads of the parts that are left, and where they stand in the stream.
    heads: &'r [u8],
    at: u64,
    /// Whether it counts toward the depth.
    counted: bool,
}

#[derive(Clone, Copy)]
enum Parts {
    /// The parts of a struct or tuple, or of this variant, which begin there.
    Fields {
        start: u32,
        variant: u32,
    },
    Array(u32),
    Sequence(u32),
    Set(u32),
    /// Keys and values in turn.
    Map(u32, u32),
    /// One part, which has head and body together, of this table.
    Content {
        table: u32,
        code: u32,
    },
}

impl<'w, 'r, 'a: 'r, V: Visitor<'r> + ?Sized> Walker<'w, 'r, 'a, V> {
    pub(crate) fn new(reader: &'w mut Reader<'r, 'a>, types: Arc<TypeTable>, visitor: &'w mut V) -> Self {
        let input = reader.input_length();
        let values_left = input.saturating_mul(VALUES_PER_BYTE).saturating_add(reader.empty_limit().saturating_mul(16));
        Walker {
            reader,
            visitor,
            tables: vec![types],
            named: Vec::new(),
            stack: Vec::new(),
            place: Place::default(),
            values_left,
            held: 0,
            keys: Keys::default(),
            objects: Objects::default(),
        }
    }

    /// The rows of the scopes and classes, as the stream has them. What else the walk has taken is free again.
    pub(crate) fn into_rows(mut self) -> (Vec<[u32; 3]>, Vec<[u32; 3]>) {
        let rows = self.objects.take_rows();
        let kept = (rows.0.capacity() + rows.1.capacity()) * size_of::<[u32; 3]>();
        let freed = self.held.saturating_sub(kept);
        self.give_back(freed);
        rows
    }

    /// Allocates by the limit that the reader and a visitor that keeps what it is told have in common.
    pub(super) fn allocate<T>(&mut self, run: impl FnOnce(&mut Self, &mut Memory) -> Result<T>) -> Result<T> {
        let mut memory = self.memory();
        let before = memory.left;
        let done = run(self, &mut memory);
        self.held += before.saturating_sub(memory.left);
        self.set_memory_left(memory.left);
        done.map_err(|error| self.reader.place(error))
    }

    fn memory(&mut self) -> Memory {
        let mut memory = self.reader.memory();
        if let Some(left) = self.visitor.memory_left() {
            memory.left = *left;
        }
        memory
    }

    fn set_memory_left(&mut self, bytes: usize) {
        self.reader.set_memory_left(bytes);
        if let Some(left) = self.visitor.memory_left() {
            *left = bytes;
        }
    }

    fn give_back(&mut self, freed: usize) {
        if freed > 0 {
            let left = self.memory().left.saturating_add(freed);
            self.held = self.held.saturating_sub(freed);
            self.set_memory_left(left);
        }
    }

    /// The same by the reader itself.
    pub(super) fn reader_allocates<T>(&mut self, run: impl FnOnce(&mut Reader<'r, 'a>) -> Result<T>) -> Result<T> {
        self.allocate(|walker, memory| {
            walker.reader.set_memory_left(memory.left);
            let done = run(walker.reader);
            *memory = walker.reader.memory();
            done
        })
    }

    /// Walks through all blocks.
    pub(crate) fn stream(&mut self, has_objects: bool) -> Result<()> {
        self.advance()?;
        if has_objects {
            self.records()?;
        }
        let types = self.tables[0].clone();
        self.visitor.begin_root(types.root())?;
        self.value(0, types.root)?;
        self.visitor.end_root()?;
        if !self.reader.is_last() {
            self.advance()?;
        }
        self.reader.used_up()?;
        if has_objects { self.all_reached() } else { Ok(()) }
    }

    /// Walks through one value, its head and its body.
    pub(super) fn value(&mut self, table: u32, code: u32) -> Result<()> {
        debug_assert!(self.stack.is_empty());
        let walked = self.begin_whole(table, code).and_then(|()| self.run());
        walked.map_err(|error| self.locate(error))
    }

    fn begin_whole(&mut self, table: u32, code: u32) -> Result<()> {
        let head = self.tables[table as usize].layout(code).head;
        let (head, at) = self.take(head)?;
        self.begin(table, code, head, at)
    }

    /// Adds the way to where the walk stands.
    #[cold]
    fn locate(&self, mut error: Error) -> Error {
        for frame in self.stack.iter().rev() {
            error = match self.step_of(frame) {
                Some(step) => error.step(step),
                None => error,
            };
        }
        error
    }

    fn step_of(&self, frame: &Frame<'r>) -> Option<PathStep> {
        let part = frame.next.checked_sub(1)?;
        Some(match frame.parts {
            Parts::Fields { start, variant } => {
                let position = part.checked_sub(start as usize)?;
                match field_name(&self.tables[frame.table as usize], frame.code, variant, position) {
                    Some(name) => PathStep::Field(name.to_owned().into()),
                    None => PathStep::Position(position),
                }
            }
            Parts::Array(_) | Parts::Sequence(_) => PathStep::Index(part),
            Parts::Set(_) => PathStep::Key(part),
            Parts::Map(..) if part % 2 == 0 => PathStep::Key(part / 2),
            Parts::Map(..) => PathStep::Index(part / 2),
            Parts::Content { .. } => return None,
        })
    }

    /// Goes on until what stands on the stack is ended.
    fn run(&mut self) -> Result<()> {
        while let Some(frame) = self.stack.last_mut() {
            if frame.next == frame.end {
                self.end_frame()?;
                continue;
            }
            let (table, at) = (frame.table, frame.at);
            let part = frame.next;
            // A key is checked while the path still leads to it.
            let key_ended = match frame.parts {
                Parts::Set(_) => part > 0,
                Parts::Map(..) => part % 2 == 1,
                _ => false,
            };
            if key_ended {
                self.end_key()?;
            }
            let Some(frame) = self.stack.last_mut() else { break };
            frame.next += 1;
            match frame.parts {
                Parts::Fields { start, variant } => {
                    let types = &*self.tables[table as usize];
                    let code = types.parts[part];
                    let (head, rest) = cut(frame.heads, types.layout(code).head);
                    frame.heads = rest;
                    frame.at += head.len() as u64;
                    let position = part - start as usize;
                    let step = match field_name(types, frame.code, variant, position) {
                        Some(name) => Step::Field(name),
                        None => Step::Position(position),
                    };
                    self.visitor.step(step)?;
                    self.begin(table, code, head, at)?;
                }
                Parts::Array(code) => {
                    let (head, rest) = cut(frame.heads, self.tables[table as usize].layout(code).head);
                    frame.heads = rest;
                    frame.at += head.len() as u64;
                    self.visitor.step(Step::Index(part))?;
                    self.begin(table, code, head, at)?;
                }
                Parts::Sequence(code) => {
                    self.visitor.step(Step::Index(part))?;
                    self.element(table, code)?;
                }
                Parts::Set(code) => {
                    self.visitor.step(Step::Key(part))?;
                    self.begin_key(None)?;
                    self.element(table, code)?;
                }
                Parts::Map(key, value) if part % 2 == 0 => {
                    let types = &self.tables[table as usize];
                    let (key_head, value_head) = (types.layout(key).head, types.layout(value).head);
                    let (heads, at) = self.take(key_head.saturating_add(value_head))?;
                    let (head, rest) = cut(heads, key_head);
                    if let Some(frame) = self.stack.last_mut() {
                        (frame.heads, frame.at) = (rest, at + head.len() as u64);
                    }
                    self.visitor.step(Step::Key(part / 2))?;
                    self.begin_key(Some(head))?;
                    self.begin(table, key, head, at)?;
                }
                Parts::Map(_, value) => {
                    let head = std::mem::take(&mut frame.heads);
                    self.visitor.step(Step::Index(part / 2))?;
                    self.begin(table, value, head, at)?;
                }
                Parts::Content { table, code } => self.begin_whole(table, code)?,
            }
        }
        Ok(())
    }

    /// Ends the frame on top. Its path is still that of its last part where this fails, which only a visitor's error
    /// and a key do.
    fn end_frame(&mut self) -> Result<()> {
        let Some(frame) = self.stack.last() else { return Ok(()) };
        match frame.parts {
            Parts::Set(_) if frame.end > 0 => self.end_key()?,
            _ => {}
        }
        if let Some(frame) = self.stack.pop() {
            if frame.counted {
                self.reader.leave();
            }
            if matches!(frame.parts, Parts::Set(_) | Parts::Map(..)) {
                let freed = self.keys.end_keyed();
                self.give_back(freed);
            }
        }
        self.visitor.end()
    }

    /// An element of a sequence or set, which may take no bytes.
    #[inline]
    fn element(&mut self, table: u32, code: u32) -> Result<()> {
        let layout = *self.tables[table as usize].layout(code);
        if layout.head == 0 {
            return self.element_without_head(table, code);
        }
        let (head, at) = self.take(layout.head)?;
        self.begin(table, code, head, at)
    }

    /// Whether it takes bytes is known when it is ended; it is charged for as if not where it may not.
    #[cold]
    fn element_without_head(&mut self, table: u32, code: u32) -> Result<()> {
        if self.tables[table as usize].layout(code).is_nothing() {
            self.reader.charge_empty_element()?;
        }
        let at = self.reader.offset();
        self.begin(table, code, &[], at)
    }

    /// Begins a value, whose head stands at `at`: what has parts is left on the stack.
    #[inline]
    fn begin(&mut self, table: u32, code: u32, head: &'r [u8], at: u64) -> Result<()> {
        match self.values_left.checked_sub(1) {
            Some(left) => self.values_left = left,
            None => return Err(self.reader.too_many_empty()),
        }
        let types = &*self.tables[table as usize];
        let layout = *types.layout(code);
        let kind = types.type_of(code);
        let length = head.len() as u64;
        match layout.op {
            Op::Primitive(Primitive::Text) => {
                self.span(at, 1, What::Length)?;
                let length = self.length(first(head))?;
                let text = self.text(length)?;
                self.visitor.string(text)
            }
            Op::Primitive(Primitive::FunctionName) => {
                self.span(at, 1, What::Length)?;
                let length = self.length(first(head))?;
                let text = self.text(length)?;
                self.visitor.function(text)
            }
            Op::Primitive(primitive) => match Scalar::decode(primitive, head) {
                Some(scalar) => {
                    span(self.visitor, at, length, What::Scalar)?;
                    self.visitor.scalar(scalar, kind)
                }
                None => Err(self.refuse(table, code, head, at)),
            },
            Op::NonZero(primitive) => match Scalar::decode(primitive, head) {
                Some(scalar) if head.iter().any(|byte| *byte != 0) => {
                    span(self.visitor, at, length, What::Scalar)?;
                    self.visitor.scalar(scalar, kind)
                }
                _ => Err(self.refuse(table, code, head, at)),
            },
            Op::Compact(primitive) => {
                let scalar = self.compact(primitive)?;
                let kind = self.tables[table as usize].type_of(code);
                self.visitor.scalar(scalar, kind)
            }
            Op::Fields(start, end) => {
                let composite = if types.is_tuple(code) { Composite::Tuple(kind) } else { Composite::Struct(kind) };
                self.visitor.begin(composite)?;
                let parts = Parts::Fields { start, variant: 0 };
                self.push(Frame {
                    table,
                    code,
                    parts,
                    next: start as usize,
                    end: end as usize,
                    heads: head,
                    at,
                    counted: layout.counts,
                })
            }
            Op::Enum(start, count, _) => {
                let tag = head.iter().rev().fold(0, |tag, byte| tag << 8 | u32::from(*byte));
                if tag >= count {
                    return Err(self.refuse(table, code, head, at));
                }
                let variant = types.variants[(start + tag) as usize];
                span(self.visitor, at, length, What::VariantTag)?;
                self.visitor.begin(Composite::Variant(kind, tag as usize))?;
                let (heads, at) = if variant.heads > 0 { self.take(variant.heads)? } else { (&head[..0], at) };
                let (start, end) = variant.parts;
                let parts = Parts::Fields { start, variant: tag };
                self.push(Frame {
                    table,
                    code,
                    parts,
                    next: start as usize,
                    end: end as usize,
                    heads,
                    at,
                    counted: layout.counts,
                })
            }
            Op::Option(content) => match first(head) {
                0 => {
                    span(self.visitor, at, 1, What::OptionTag)?;
                    self.visitor.begin(Composite::Absent(kind))?;
                    self.visitor.end()
                }
                1 => {
                    span(self.visitor, at, 1, What::OptionTag)?;
                    self.visitor.begin(Composite::Present(kind))?;
                    self.content(table, code, table, content, layout.counts)
                }
                _ => Err(self.refuse(table, code, head, at)),
            },
            Op::Piece(content) => {
                self.visitor.begin(Composite::Piece(kind))?;
                self.content(table, code, table, content, layout.counts)
            }
            Op::Versioned(version, content) => {
                if first(head) != version {
                    let message = format!("a value of version {}, in a schema of version {version}", first(head));
                    return Err(Error::unwritten(ErrorKind::InvalidValue, message).at(at));
                }
                span(self.visitor, at, 1, What::ValueVersion)?;
                self.visitor.begin(Composite::Versioned(kind))?;
                self.content(table, code, table, content, layout.counts)
            }
            Op::Cell(content) => {
                self.visitor.begin(Composite::InCell(kind))?;
                match self.turn(table, content)? {
                    None => self.content(table, code, table, content, layout.counts),
                    Some(cell) => {
                        let content = self.tables[table as usize].type_of(content);
                        self.visitor.deferred(cell, content)?;
                        self.visitor.end()
                    }
                }
            }
            Op::Array(element, count) => {
                self.visitor.begin(Composite::Array { kind, length: count })?;
                let inner = *types.layout(element);
                if let (Some(primitive), false) = (packed(inner), head.is_empty()) {
                    self.packed_run(table, element, primitive, 0, head, at)?;
                    return self.visitor.end();
                }
                self.push(Frame {
                    table,
                    code,
                    parts: Parts::Array(element),
                    next: 0,
                    end: count,
                    heads: head,
                    at,
                    counted: layout.counts,
                })
            }
            Op::Sequence(element) => self.sequence(table, code, element, first(head), at, layout.counts),
            Op::Set(_) | Op::Map(..) => self.keyed(table, code, first(head), at, layout),
            Op::Dynamic => self.dynamic(table, code),
            Op::Shared(_) => {
                let at = self.reader.offset();
                let id = self.number(What::Reference)?;
                self.strong(table, code, id).map_err(|error| error.at(at))?;
                let kind = self.tables[table as usize].type_of(code);
                self.visitor.reference(Reference::Strong(id), kind)
            }
            Op::Weak(shared) => {
                let at = self.reader.offset();
                let id = self.number(What::Reference)?;
                let reference = self.weak(table, shared, id).map_err(|error| error.at(at))?;
                let kind = self.tables[table as usize].type_of(code);
                self.visitor.reference(reference, kind)
            }
        }
    }

    #[inline(always)]
    fn push(&mut self, frame: Frame<'r>) -> Result<()> {
        if frame.counted {
            self.reader.enter()?;
        }
        if self.stack.len() == self.stack.capacity() {
            self.allocate(|walker, memory| memory.room(&mut walker.stack, 1))?;
        }
        self.stack.push(frame);
        Ok(())
    }

    /// What has one part, head and body together.
    #[inline]
    fn content(&mut self, table: u32, code: u32, inner: u32, content: u32, counted: bool) -> Result<()> {
        let parts = Parts::Content { table: inner, code: content };
        self.push(Frame { table, code, parts, next: 0, end: 1, heads: &[], at: 0, counted })
    }

    fn sequence(&mut self, table: u32, code: u32, element: u32, short: u8, at: u64, counts: bool) -> Result<()> {
        self.span(at, 1, What::Length)?;
        let length = self.length(short)?;
        let types = &*self.tables[table as usize];
        let inner = *types.layout(element);
        self.reader.claimed_heads(length, inner.head)?;
        self.visitor.begin(Composite::Sequence { kind: types.type_of(code), length })?;
        match packed(inner) {
            Some(primitive) => {
                self.packed(table, element, primitive, length)?;
                self.visitor.end()
            }
            None => {
                let parts = Parts::Sequence(element);
                self.push(Frame { table, code, parts, next: 0, end: length, heads: &[], at: 0, counted: counts })
            }
        }
    }

    /// Elements that are numbers, as many at a time as lie in one block.
    fn packed(&mut self, table: u32, element: u32, primitive: Primitive, length: usize) -> Result<()> {
        let size = primitive.head();
        let mut done = 0;
        while done < length {
            if self.reader.data_left() < size {
                self.advance()?;
            }
            let at = self.reader.offset();
            let run = self.reader.run_here(size, length - done)?;
            if run.is_empty() {
                return self.take(size).map(drop);
            }
            self.packed_run(table, element, primitive, done, run, at)?;
            done += run.len() / size;
        }
        Ok(())
    }

    fn packed_run(
        &mut self,
        table: u32,
        element: u32,
        primitive: Primitive,
        done: usize,
        run: &'r [u8],
        at: u64,
    ) -> Result<()> {
        let kind = self.tables[table as usize].type_of(element);
        let non_zero = matches!(self.tables[table as usize].layout(element).op, Op::NonZero(_));
        if let Some(bad) = first_bad(primitive, non_zero, run) {
            let size = primitive.head();
            let head = &run[bad * size..(bad + 1) * size];
            return Err(self.refuse(table, element, head, at + (bad * size) as u64).step(PathStep::Index(done + bad)));
        }
        span(self.visitor, at, run.len() as u64, What::Run)?;
        self.visitor.run(Run { kind, primitive, first: done, bytes: run })
    }

    /// A set or map.
    fn keyed(&mut self, table: u32, code: u32, short: u8, at: u64, layout: Layout) -> Result<()> {
        self.span(at, 1, What::Length)?;
        let length = self.length(short)?;
        let types = &*self.tables[table as usize];
        let kind = types.type_of(code);
        let (parts, end, head) = match layout.op {
            Op::Map(key, value) => {
                let head = types.layout(key).head;
                let end = length.saturating_mul(2);
                (Parts::Map(key, value), end, if head > 0 { head } else { types.layout(value).head })
            }
            Op::Set(key) => (Parts::Set(key), length, types.layout(key).head),
            _ => return Ok(()),
        };
        self.reader.claimed_heads(length, head)?;
        match parts {
            Parts::Set(_) => self.visitor.begin(Composite::Set { kind, length })?,
            _ => self.visitor.begin(Composite::Map { kind, length })?,
        }
        self.allocate(|walker, memory| walker.keys.begin_keyed(memory))?;
        self.push(Frame { table, code, parts, next: 0, end, heads: &[], at: 0, counted: layout.counts })
    }

    /// Begins a key, whose head lies ahead in the data lane, or has been read where it is that of an entry.
    fn begin_key(&mut self, head: Option<&'r [u8]>) -> Result<()> {
        if self.keys.is_full() {
            self.allocate(|walker, memory| walker.keys.room(memory))?;
        }
        self.keys.begin_key(self.reader.lanes(), head);
        Ok(())
    }

    fn end_key(&mut self) -> Result<()> {
        if self.keys.table_is_full() {
            self.allocate(|walker, memory| walker.keys.room_in_table(memory))?;
        }
        match self.keys.end_key(self.reader.lanes()) {
            true => Ok(()),
            false => Err(self.reader.unwritten(ErrorKind::DuplicateKey, "the stream has one key twice")),
        }
    }

    /// Whether the walk is within a key, which is looked at as soon as it is read.
    pub(super) fn is_solid(&self) -> bool {
        self.keys.within()
    }

    fn dynamic(&mut self, table: u32, code: u32) -> Result<()> {
        self.reader.charge_objects(1)?;
        let short = first(self.taken(1, What::TypeNumber)?);
        let number = self.length(short)?;
        let inner = self.named(number)?;
        let name = self.reader.defined().get(number).map_or("", |found| found.name);
        let (types, content) = (&self.tables[table as usize], self.tables[inner as usize].root());
        self.visitor.begin(Composite::Dynamic { kind: types.type_of(code), number, name, content })?;
        let (root, counts) = (content.code, content.table.counts_behind());
        self.content(table, code, inner, root, counts)
    }

    /// The table of the type with this number in the stream.
    pub(super) fn named(&mut self, number: usize) -> Result<u32> {
        match self.named.get(number) {
            Some(place) if *place != UNUSED => Ok(*place),
            _ => self.first_named(number),
        }
    }

    #[cold]
    fn first_named(&mut self, number: usize) -> Result<u32> {
        let found = self.reader.use_type(number)?;
        let bytes = found.schema.unwrap_or_default();
        let (name, at) = (found.name, self.reader.offset());
        let unknown = (number + 1).saturating_sub(self.named.len());
        self.allocate(|walker, memory| {
            memory.room(&mut walker.named, unknown)?;
            memory.room(&mut walker.tables, 1)
        })?;
        let mut memory = self.memory();
        let types = TypeTable::decode(bytes, found.fingerprint, &mut memory);
        let types = Arc::new(types.map_err(|error| error.at(at))?);
        self.set_memory_left(memory.left);
        self.visitor.types(number, name, &types)?;
        if self.named.len() <= number {
            self.named.resize(number + 1, UNUSED);
        }
        let place = self.tables.len() as u32;
        self.named[number] = place;
        self.tables.push(types);
        Ok(place)
    }

    /// The error for a head whose bits are no value.
    #[cold]
    #[inline(never)]
    fn refuse(&self, table: u32, code: u32, head: &[u8], at: u64) -> Error {
        self.tables[table as usize].refuse_head(code, head, at)
    }
}

#[inline(always)]
pub(super) fn first(head: &[u8]) -> u8 {
    head.first().copied().unwrap_or(0)
}

#[inline(always)]
fn cut(heads: &[u8], n: usize) -> (&[u8], &[u8]) {
    heads.split_at_checked(n).unwrap_or((heads, &[]))
}

/// The primitive that elements of this type are, if they have nothing but bytes of one length.
#[inline(always)]
fn packed(layout: Layout) -> Option<Primitive> {
    match layout.op {
        Op::Primitive(primitive) | Op::NonZero(primitive) if layout.head > 0 && !layout.body => Some(primitive),
        _ => None,
    }
}

#[inline(always)]
fn field_name(types: &TypeTable, code: u32, variant: u32, position: usize) -> Option<&str> {
    types.field_name(code, variant as usize, position)
}

//! A `Value` is what a walk through its stream leaves behind.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use super::arena::{Arena, DANGLING, NOWHERE, STRONG, Slot, WEAK};
use super::{Entry, NamedType, ObjectSlot};
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::{
    Composite, DeferredCell, Kind, Object, Reference, Run, Scalar, Span, Type, TypeTable, Visitor, What,
};
use crate::schema::{Layout, Op, TypeSchema};
use crate::wire::Memory;

pub(super) struct Builder<const VARIANTS: bool> {
    pub(super) tables: Vec<Arc<TypeTable>>,
    /// The numbers of the tables behind the root's, by their addresses: there may be one for every few values.
    numbers: HashMap<usize, u16, FxBuildHasher>,
    pub(super) named: Vec<NamedType>,
    pub(super) arena: Arena,
    pub(super) objects: Vec<ObjectSlot>,
    pub(super) script: Vec<Entry>,
    /// Cells that are deferred, in their order, and how many are filled.
    deferred: Vec<u32>,
    filled: usize,
    pub(super) root: u32,
    /// The slots of variants by the offsets of their tags, where `VARIANTS` asks for them.
    pub(super) variants: HashMap<u64, u32>,
    /// Where the last tag of a variant stood.
    tag: u64,
    stack: Vec<Open>,
    /// Where what is no part of another goes.
    place: Place,
    table: u16,
}

/// A composite that is begun.
struct Open {
    slot: u32,
    /// The table of its parts.
    table: u16,
    /// Where the next part goes; none where there is one alone.
    next: Option<u64>,
}

#[derive(Clone, Copy)]
enum Place {
    Root,
    Object(u32),
    Cell(u32),
}

impl<const VARIANTS: bool> Builder<VARIANTS> {
    pub(super) fn new(types: Arc<TypeTable>, memory: Memory) -> Self {
        Builder {
            tables: vec![types],
            numbers: HashMap::default(),
            named: Vec::new(),
            arena: Arena::new(memory),
            objects: Vec::new(),
            script: Vec::new(),
            deferred: Vec::new(),
            filled: 0,
            root: NOWHERE,
            variants: HashMap::new(),
            tag: 0,
            stack: Vec::new(),
            place: Place::Root,
            table: 0,
        }
    }

    /// The number of the table that a type is of.
    fn table_of(&self, kind: Type<'_>) -> u16 {
        self.numbers.get(&std::ptr::from_ref(kind.table).addr()).copied().unwrap_or(0)
    }

    fn table(&self) -> u16 {
        self.stack.last().map_or(self.table, |open| open.table)
    }

    fn add(&mut self, kind: Type<'_>, a: u32, b: u64) -> Result<u32> {
        let slot = self.arena.add(Slot { table: self.table(), code: kind.code as u16, a, b })?;
        match self.stack.last_mut() {
            Some(Open { next: Some(next), .. }) => {
                if let Some(part) = self.arena.parts.get_mut(*next as usize) {
                    *part = slot;
                }
                *next += 1;
            }
            Some(Open { slot: outer, .. }) => self.arena.slots[*outer as usize].b = u64::from(slot),
            None => match self.place {
                Place::Root => self.root = slot,
                Place::Object(id) => self.objects[id as usize].slot = slot,
                Place::Cell(cell) => self.arena.slots[cell as usize].b = u64::from(slot),
            },
        }
        Ok(slot)
    }

    /// Takes back what only the walk needed.
    pub(super) fn let_go(&mut self) {
        let freed = self.stack.capacity() * size_of::<Open>() + self.deferred.capacity() * size_of::<u32>();
        self.arena.memory.give_back(freed);
    }

    fn open(&mut self, open: Open) -> Result<()> {
        self.arena.memory.room(&mut self.stack, 1)?;
        self.stack.push(open);
        Ok(())
    }

    /// Begins a composite of so many parts.
    fn parts(&mut self, kind: Type<'_>, a: u32, count: usize) -> Result<()> {
        let first = self.arena.add_parts(count)?;
        let slot = self.add(kind, a, first)?;
        let table = self.table();
        self.open(Open { slot, table, next: Some(first) })
    }

    fn content(&mut self, kind: Type<'_>, a: u32, table: u16) -> Result<()> {
        let slot = self.add(kind, a, u64::from(NOWHERE))?;
        self.open(Open { slot, table, next: None })
    }

    fn entry(&mut self, entry: Entry) -> Result<()> {
        self.arena.memory.room(&mut self.script, 1)?;
        self.script.push(entry);
        Ok(())
    }

    fn object_slot(&mut self, object: &Object<'_>) {
        if let Some(slot) = self.objects.get_mut(object.id as usize) {
            slot.class = object.class;
        }
    }
}

/// The number of a composite's parts, as its slot has it.
pub(super) fn part_number(length: usize) -> Result<u32> {
    u32::try_from(length).map_err(|_| {
        Error::new(ErrorKind::Limit, "a sequence in a `Value` has more than 4,294,967,295 elements")
            .with_remedy("split it, or load it as its Rust type")
    })
}

/// How many fields a struct or tuple has, or this variant of an enum.
pub(super) fn field_count(table: &TypeTable, layout: &Layout, variant: usize) -> usize {
    match layout.op {
        Op::Fields(start, end) => (end - start) as usize,
        Op::Enum(start, ..) => table
            .variants
            .get(start as usize + variant)
            .map_or(0, |variant| (variant.parts.1 - variant.parts.0) as usize),
        _ => 0,
    }
}

/// The type of the elements, where they lie side by side as bytes.
pub(super) fn packed(table: &TypeTable, layout: &Layout) -> Option<(u32, usize)> {
    let (Op::Sequence(element) | Op::Array(element, _)) = layout.op else { return None };
    let inner = table.layout(element);
    let numbers = matches!(inner.op, Op::Primitive(_) | Op::NonZero(_)) && inner.head > 0 && !inner.body;
    numbers.then_some((element, inner.head))
}

impl<const VARIANTS: bool> Visitor<'_> for Builder<VARIANTS> {
    fn memory_left(&mut self) -> Option<&mut usize> {
        Some(&mut self.arena.memory.left)
    }

    #[inline]
    fn span(&mut self, span: Span) -> Result<()> {
        if VARIANTS && span.what == What::VariantTag {
            self.tag = span.offset;
        }
        Ok(())
    }

    fn types(&mut self, number: usize, name: &str, types: &Arc<TypeTable>) -> Result<()> {
        let memory = &mut self.arena.memory;
        memory.charge(name.len())?;
        memory.room(&mut self.tables, 1)?;
        if self.numbers.len() == self.numbers.capacity() {
            memory.table_growth(self.numbers.capacity(), size_of::<(usize, u16)>())?;
        }
        let table = self.tables.len() as u16;
        self.tables.push(types.clone());
        self.numbers.insert(Arc::as_ptr(types).addr(), table);
        let schema = Arc::new(TypeSchema::of_table(types));
        if let Some(unknown) = (number + 1).checked_sub(self.named.len()) {
            memory.room(&mut self.named, unknown)?;
            self.named.resize_with(number + 1, NamedType::default);
        }
        self.named[number] = NamedType { name: name.into(), table, schema: Some(schema) };
        Ok(())
    }

    fn objects(&mut self, count: usize) -> Result<()> {
        self.arena.memory.charge(count.saturating_mul(size_of::<ObjectSlot>()))?;
        self.objects = vec![ObjectSlot { class: 0, slot: NOWHERE }; count];
        Ok(())
    }

    fn open_object(&mut self, object: Object<'_>) -> Result<()> {
        self.object_slot(&object);
        self.entry(Entry::Open(object.id))
    }

    fn begin_object(&mut self, object: Object<'_>) -> Result<()> {
        self.object_slot(&object);
        self.entry(if object.opened { Entry::Close(object.id) } else { Entry::Record(object.id) })?;
        self.place = Place::Object(object.id);
        self.table = self.table_of(object.kind);
        Ok(())
    }

    fn begin_fill(&mut self, _: DeferredCell, content: Type<'_>) -> Result<()> {
        if self.script.last() != Some(&Entry::Fill) {
            self.entry(Entry::Fill)?;
        }
        self.place = Place::Cell(self.deferred.get(self.filled).copied().unwrap_or(NOWHERE));
        self.filled += 1;
        self.table = self.table_of(content);
        Ok(())
    }

    fn begin_root(&mut self, _: Type<'_>) -> Result<()> {
        self.place = Place::Root;
        self.table = 0;
        Ok(())
    }

    fn begin(&mut self, composite: Composite<'_>) -> Result<()> {
        let kind = composite.kind();
        let table = self.table();
        let layout = kind.table.layout(kind.code);
        match composite {
            Composite::Struct(_) | Composite::Tuple(_) => {
                let count = field_count(kind.table, layout, 0);
                self.parts(kind, count as u32, count)
            }
            Composite::Variant(_, number) => {
                if VARIANTS {
                    self.arena.memory.charge(4 * size_of::<(u64, u32)>())?;
                    self.variants.insert(self.tag, self.arena.slots.len() as u32);
                }
                self.parts(kind, number as u32, field_count(kind.table, layout, number))
            }
            Composite::Array { length, .. } | Composite::Sequence { length, .. } => match packed(kind.table, layout) {
                Some((_, size)) => {
                    let run = self.arena.add_run(length.saturating_mul(size))?;
                    let slot = self.add(kind, 0, run)?;
                    self.open(Open { slot, table, next: None })
                }
                None => self.parts(kind, part_number(length)?, length),
            },
            Composite::Set { length, .. } => self.parts(kind, part_number(length)?, length),
            Composite::Map { length, .. } => {
                let parts = length.saturating_mul(2);
                self.parts(kind, part_number(parts)?, parts)
            }
            Composite::Absent(_) => self.content(kind, 0, table),
            Composite::Present(_) | Composite::Piece(_) | Composite::InCell(_) | Composite::Versioned(_) => {
                self.content(kind, 1, table)
            }
            Composite::Dynamic { number, content, .. } => self.content(kind, number as u32, self.table_of(content)),
        }
    }

    fn end(&mut self) -> Result<()> {
        self.stack.pop();
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar, kind: Type<'_>) -> Result<()> {
        let bits = self.arena.number(scalar)?;
        self.add(kind, 0, bits).map(drop)
    }

    fn string(&mut self, text: &str) -> Result<()> {
        let (length, at) = self.arena.add_text(text)?;
        let code = crate::inspect::Primitive::Text as u32;
        let table = self.tables[0].clone();
        self.add(table.type_of(code), length, at).map(drop)
    }

    fn function(&mut self, name: &str) -> Result<()> {
        let (length, at) = self.arena.add_text(name)?;
        let code = crate::inspect::Primitive::FunctionName as u32;
        let table = self.tables[0].clone();
        self.add(table.type_of(code), length, at).map(drop)
    }

    fn run(&mut self, run: Run<'_, '_>) -> Result<()> {
        let Some(open) = self.stack.last() else { return Ok(()) };
        let place = self.arena.slot(open.slot).b as usize;
        if let Some(bytes) = self.arena.runs.get_mut(place) {
            bytes.extend_from_slice(run.bytes);
        }
        Ok(())
    }

    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> Result<()> {
        debug_assert!(matches!(kind.kind(), Kind::Shared(_) | Kind::Weak(_)));
        let (a, b) = pointer(reference);
        self.add(kind, a, b).map(drop)
    }

    fn deferred(&mut self, _: DeferredCell, _: Type<'_>) -> Result<()> {
        let Some(open) = self.stack.last() else { return Ok(()) };
        self.arena.memory.room(&mut self.deferred, 1)?;
        self.deferred.push(open.slot);
        self.arena.slots[open.slot as usize].a = super::DEFERRED;
        Ok(())
    }
}

/// What stands for a pointer in its slot.
pub(super) fn pointer(reference: Reference) -> (u32, u64) {
    match reference {
        Reference::Strong(id) => (id, STRONG),
        Reference::Weak(id) => (id, WEAK),
        Reference::Dangling => (NOWHERE, DANGLING),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_too_long_is_refused_with_a_remedy() {
        assert_eq!(part_number(7).ok(), Some(7));
        let Some(too_long) = (u32::MAX as usize).checked_add(1) else { return };
        let error = part_number(too_long).map_or_else(|error| error.to_string(), |_| String::new());
        assert!(error.ends_with("; split it, or load it as its Rust type"), "{error}");
    }
}

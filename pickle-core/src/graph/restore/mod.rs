//! The loader's side: records are built one after the other, cells that could not be filled get their turn, those in
//! maps by the keys of their entries (`maps`), and a load that fails takes apart what it has built.

mod maps;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use self::maps::MapPlace;
use super::class::{Pointers, Table};
use super::order::NOWHERE;
use super::{Class, Family, PointerClass, Target, Vacancy};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::schema::TypeSchema;
use crate::traits::{Shape, Unpickle};
use crate::wire::{Entry, Reader};

/// The objects of a stream.
pub(crate) struct Objects<'r, 'a> {
    schemas: Vec<&'static TypeSchema>,
    classes: Vec<&'static dyn Class>,
    tables: Vec<Box<dyn Table>>,
    slots: Vec<Slot>,
    /// The first object whose record refers to each, from 1; 0 is the root. What only later ones refer to is not reached.
    met: Vec<u32>,
    /// The objects in the order in which they were built.
    built: Vec<u32>,
    open: Vec<Opened>,
    /// The object whose record is being read, from 1; 0 is the root.
    current: u32,
    deferred: Vec<Deferred>,
    /// How many of the deferred cells have been filled.
    filled: usize,
    /// How many of them have been vacated since the load failed.
    vacated: usize,
    /// How many of those that were built first have no vacant cell.
    complete: usize,
    maps: HashMap<(u32, u32), MapPlace<'r, 'a>>,
}

#[derive(Clone, Copy)]
struct Slot {
    class: u32,
    index: u32,
    /// Its place in `built`.
    rank: u32,
}

/// The class of an object that is not built.
const NOT_BUILT: u32 = u32::MAX;
/// The class of an object that is open.
const OPEN: u32 = u32::MAX - 1;

/// An object that is being built, with the weak pointer to it.
struct Opened {
    id: u32,
    concrete: TypeId,
    weak: Option<Box<dyn Any>>,
}

/// A cell that was built vacant.
#[derive(Clone, Copy)]
struct Deferred {
    object: u32,
    /// Its number among the cells that the object's record was read through.
    ordinal: u32,
    /// How many cells and maps come before it in a walk through the object, which sees less than was read: user code
    /// has made some of it. Known once the record is read.
    landmark: u32,
}

/// How a reader counts cells, and which of them it leaves vacant.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// Cells met so far while this record is read.
    met: u32,
    /// Cells and maps met so far of those that a walk through the object meets.
    landmarks: u32,
    /// The next deferred cell of this record, and where its list ends.
    next: usize,
    end: usize,
    /// The number that `met` has at the next one while the record is read, and `landmarks` while the object is walked
    /// through; none where there is no more.
    ordinal: Option<u32>,
    /// Within how many values that user code looks at.
    solid: usize,
    vacating: bool,
}

impl Objects<'_, '_> {
    pub(crate) fn new(root: &'static TypeSchema) -> Self {
        Objects {
            schemas: vec![root],
            classes: Vec::new(),
            tables: Vec::new(),
            slots: Vec::new(),
            met: Vec::new(),
            built: Vec::new(),
            open: Vec::new(),
            current: 0,
            deferred: Vec::new(),
            filled: 0,
            vacated: 0,
            complete: 0,
            maps: HashMap::new(),
        }
    }

    fn slot(&self, id: u32) -> Option<Slot> {
        self.slots.get(id as usize).copied()
    }

    /// Takes note of what is complete: all that is built, where nothing is open and no cell vacant.
    fn note_complete(&mut self) {
        if self.open.is_empty() && self.filled == self.deferred.len() {
            self.complete = self.built.len();
        }
    }

    fn pointer(&self, slot: Slot) -> Option<&dyn Any> {
        self.tables.get(slot.class as usize)?.get(slot.index as usize)
    }

    /// Lets go of all objects, those built last first: what one refers to is held until after its end, so no end leads to
    /// a chain of others.
    fn let_go(&mut self) {
        while let Some(id) = self.built.pop() {
            if let Some(slot) = self.slot(id)
                && let Some(table) = self.tables.get_mut(slot.class as usize)
            {
                table.pop(1);
            }
        }
    }

    /// The first object that neither the root nor what it reaches refers to.
    fn unreached(&self) -> Option<usize> {
        self.met.iter().enumerate().position(|(id, met)| *met as usize > id)
    }
}

/// The values of a load may be gone before it ends: what user code was given, and did not keep.
impl Drop for Objects<'_, '_> {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl<'r, 'a: 'r> Reader<'r, 'a> {
    /// Builds all objects of the stream.
    pub(crate) fn restore_objects(&mut self, root: &'static TypeSchema) -> Result<()> {
        self.set_objects(Objects::new(root));
        self.read_tables()?;
        self.entries(None)?;
        let objects = self.objects()?;
        if objects.built.len() < objects.slots.len() || objects.filled < objects.deferred.len() {
            return Err(self.corrupt("an object that is never built, or a cell that is never filled"));
        }
        objects.current = 0;
        objects.complete = objects.built.len();
        self.cells = Cells::default();
        Ok(())
    }

    /// Checks, once the root is built, that it reaches every object.
    pub(crate) fn all_reached(&mut self) -> Result<()> {
        match self.objects()?.unreached() {
            None => Ok(()),
            Some(id) => Err(self.corrupt(&format!("the root does not reach object {id}"))),
        }
    }

    /// Takes a failed load apart. Where a value panics as it goes, the others go before that panic is passed on.
    #[cold]
    pub(crate) fn abandon_objects(&mut self) {
        let mut first = None;
        loop {
            let before = self.objects().map_or(0, |objects| objects.vacated);
            let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.let_go_of_objects())) else { break };
            first.get_or_insert(panic);
            // Each panic leaves less: a cell that its turn did not come to is passed over.
            if let Ok(objects) = self.objects()
                && objects.vacated == before
            {
                objects.vacated += 1;
            }
        }
        if let Some(panic) = first {
            resume_unwind(panic);
        }
    }

    /// Vacates the cells that close cycles, then lets go of the objects, those built last first.
    fn let_go_of_objects(&mut self) {
        let Ok(objects) = self.objects() else { return };
        objects.open.clear();
        self.lift_limits();
        while let Ok(objects) = self.objects()
            && objects.vacated < objects.filled
        {
            let next = objects.vacated;
            self.cells.vacating = true;
            // What can't be vacated (a `OnceCell`) stays; there is nobody left to tell.
            let _ = self.refill(next);
            let Ok(objects) = self.objects() else { return };
            objects.vacated = objects.group_end(next);
        }
        if let Ok(objects) = self.objects() {
            objects.let_go();
        }
    }

    fn number(&mut self) -> Result<u32> {
        Ok(self.take(4)?.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }

    /// Reads what the classes of the records are.
    fn read_tables(&mut self) -> Result<()> {
        let numbering = self.numbering();
        let scopes = self.table_length(12)?;
        self.charge(scopes.saturating_mul(size_of::<&'static TypeSchema>()))?;
        self.objects()?.schemas.reserve_exact(scopes);
        for _ in 0..scopes {
            let (parent, node, number) = (self.number()?, self.number()?, self.number()?);
            let schema = self.objects()?.schemas.get(parent as usize).copied();
            let Some(dynamic) = schema.and_then(|schema| schema.dynamic(node, numbering)) else {
                return Err(self.corrupt("types that no trait of its schema has"));
            };
            let found = self.use_type(number as usize)?;
            let schema = (dynamic.find)(found.name).map_err(|error| self.place(error))?.schema;
            self.check_runtime_type(&found, schema)?;
            self.objects()?.schemas.push(schema);
        }
        let classes = self.table_length(12)?;
        // The entry of each in two tables, and the second table's own.
        let entry = size_of::<&'static dyn Class>() + size_of::<Box<dyn Table>>() + size_of::<Vec<()>>();
        self.charge(classes.saturating_mul(entry))?;
        let objects = self.objects()?;
        objects.classes.reserve_exact(classes);
        objects.tables.reserve_exact(classes);
        for _ in 0..classes {
            let (scope, node, number) = (self.number()?, self.number()?, self.number()?);
            let schema = self.objects()?.schemas.get(scope as usize).copied();
            let class = match (schema.and_then(|schema| schema.pointer(node, numbering)), number.checked_sub(1)) {
                (Some(PointerClass::Known(class)), None) => class,
                (Some(PointerClass::Behind(find)), Some(number)) => {
                    let found = self.use_type(number as usize)?;
                    let (class, schema) = find(found.name).map_err(|error| self.place(error))?;
                    self.check_runtime_type(&found, schema)?;
                    class
                }
                _ => return Err(self.corrupt("objects of a class that its schema does not have")),
            };
            let objects = self.objects()?;
            objects.classes.push(class);
            objects.tables.push(class.table());
        }
        let count = self.table_length(6)?;
        self.charge_objects(count)?;
        self.charge(count.saturating_mul(size_of::<Slot>() + 2 * size_of::<u32>()))?;
        let objects = self.objects()?;
        objects.slots = vec![Slot { class: NOT_BUILT, index: 0, rank: 0 }; count];
        objects.met = vec![NOWHERE; count];
        objects.built = Vec::with_capacity(count);
        Ok(())
    }

    /// The length of a table whose rows take `row` bytes of the stream each at the least.
    fn table_length(&mut self, row: usize) -> Result<usize> {
        let count = self.number()? as usize;
        self.claimed_bytes(count, row)?;
        Ok(count)
    }

    /// Checks how many cells a record says are deferred, and charges what is kept of each: in a list that grows by copies.
    pub(crate) fn claimed_cells(&mut self, count: usize, kept: usize) -> Result<()> {
        if count == 0 {
            return Err(self.corrupt("a record with deferred cells that has none"));
        }
        self.claimed_bytes(count, size_of::<u32>())?;
        self.charge(count.saturating_mul(3 * kept))
    }

    /// Checks that so many cells that wait are some to fill.
    pub(crate) fn claimed_fill(&self, waiting: usize) -> Result<()> {
        if waiting == 0 { Err(self.corrupt("a fill where no cell waits")) } else { Ok(()) }
    }

    /// Reads entries up to the root's, or up to the value of the object `inner`.
    fn entries(&mut self, inner: Option<u32>) -> Result<()> {
        loop {
            let byte = self.take(1)?[0];
            let Some(entry) = Entry::decode(byte) else { return Err(self.corrupt("a kind of record that is none")) };
            match entry {
                Entry::Record | Entry::DeferringRecord => {
                    let (id, class) = self.new_object()?;
                    self.begin_record(id, entry == Entry::DeferringRecord)?;
                    let restore = self.objects()?.classes[class as usize];
                    restore.restore(class as usize, self).map_err(|error| at(id, error))?;
                    self.end_record(id, class)?;
                }
                Entry::Open => {
                    let (id, class) = self.new_object()?;
                    let restore = self.objects()?.classes[class as usize];
                    let objects = self.objects()?;
                    objects.note_complete();
                    objects.slots[id as usize].class = OPEN;
                    objects.open.push(Opened { id, concrete: restore.concrete(), weak: None });
                    self.enter()?;
                    restore.restore_cyclic(id, class as usize, self).map_err(|error| at(id, error))?;
                    self.leave();
                    self.end_record(id, class)?;
                    self.objects()?.open.pop();
                }
                Entry::Close | Entry::DeferringClose => {
                    let Some(id) = inner else { return Err(self.corrupt("the value of an object that is not open")) };
                    return self.begin_record(id, entry == Entry::DeferringClose);
                }
                Entry::Fill => self.fill_deferred()?,
                Entry::Root if inner.is_some() => return Err(self.corrupt("an open object without its value")),
                Entry::Root => return Ok(()),
            }
        }
    }

    /// Begins an object that what is built next may refer to weakly, and reads up to its own value.
    pub(crate) fn open(&mut self, id: u32, weak: Box<dyn Any>) -> Result<()> {
        if let Some(opened) = self.objects()?.open.last_mut() {
            opened.weak = Some(weak);
        }
        self.entries(Some(id))
    }

    /// The class and number of an object that is not there yet.
    fn new_object(&mut self) -> Result<(u32, u32)> {
        let head = self.take(5)?;
        let (short, id) = (head[0], u32::from_le_bytes([head[1], head[2], head[3], head[4]]));
        let class = self.length(short)?;
        let objects = self.objects()?;
        let new = objects.slots.get(id as usize).is_some_and(|slot| slot.class == NOT_BUILT);
        if !new || class >= objects.classes.len() {
            return Err(self.corrupt("an object that is there twice, or of no class"));
        }
        Ok((id, class as u32))
    }

    fn begin_record(&mut self, id: u32, deferring: bool) -> Result<()> {
        let objects = self.objects()?;
        objects.note_complete();
        let start = objects.deferred.len();
        if deferring {
            let count = self.number()? as usize;
            self.claimed_cells(count, size_of::<Deferred>())?;
            let mut last = None;
            for _ in 0..count {
                let ordinal = self.number()?;
                if last.is_some_and(|last| last >= ordinal) {
                    return Err(self.corrupt("deferred cells out of order"));
                }
                last = Some(ordinal);
                self.objects()?.deferred.push(Deferred { object: id, ordinal, landmark: 0 });
            }
        }
        let objects = self.objects()?;
        objects.current = id + 1;
        let (end, ordinal) = (objects.deferred.len(), objects.deferred.get(start).map(|cell| cell.ordinal));
        self.cells = Cells { next: start, end, ordinal, ..Cells::default() };
        Ok(())
    }

    fn end_record(&mut self, id: u32, class: u32) -> Result<()> {
        if self.cells.ordinal.is_some() {
            return Err(self.corrupt("a deferred cell that its object does not have"));
        }
        let objects = self.objects()?;
        let rank = objects.built.len() as u32;
        let index = objects.tables[class as usize].len() as u32 - 1;
        objects.slots[id as usize] = Slot { class, index, rank };
        objects.built.push(id);
        Ok(())
    }

    /// Keeps the pointer to an object that has just been built.
    pub(crate) fn keep<F: Family, T: ?Sized + Target>(&mut self, class: usize, strong: F::Strong<T>) -> Result<()> {
        // The table that grows is copied to one of twice its size.
        self.charge(3 * size_of::<F::Strong<T>>())?;
        let table = self.objects()?.tables[class].any_mut();
        match table.downcast_mut::<Pointers<F, T>>() {
            Some(table) => {
                table.items.push(strong);
                Ok(())
            }
            None => Err(self.corrupt("an object of another class")),
        }
    }

    /// Fills every cell that waits.
    fn fill_deferred(&mut self) -> Result<()> {
        let objects = self.objects()?;
        let (mut next, end) = (objects.filled, objects.deferred.len());
        self.claimed_fill(end - next)?;
        while let Some(object) = self.objects()?.deferred.get(next).map(|cell| cell.object) {
            self.refill(next).map_err(|error| at(object, error))?;
            if self.cells.ordinal.is_some() {
                return Err(self.corrupt("a deferred cell that its object does not have"));
            }
            next = self.objects()?.filled;
        }
        Ok(())
    }

    /// Goes through the cells of the object that deferred cell number `first` is in, to fill or to vacate them.
    fn refill(&mut self, first: usize) -> Result<()> {
        let vacating = self.cells.vacating;
        let objects = self.objects()?;
        let Deferred { object, landmark, .. } = objects.deferred[first];
        let end = objects.group_end(first);
        objects.current = object + 1;
        let slot = objects.slots[object as usize];
        self.cells = Cells { next: first, end, ordinal: Some(landmark), vacating, ..Cells::default() };
        if slot.class >= OPEN {
            return Err(self.corrupt("a cell of an object that is not built"));
        }
        let class = self.objects()?.classes[slot.class as usize];
        class.refill(slot.class as usize, slot.index as usize, self)
    }

    /// The pointer at a place of a class's table.
    pub(crate) fn kept<F: Family, T: ?Sized + Target>(&mut self, class: usize, index: usize) -> Result<F::Strong<T>> {
        let found = self.objects()?.tables[class].get(index).and_then(|kept| kept.downcast_ref::<F::Strong<T>>());
        match found.cloned() {
            Some(strong) => Ok(strong),
            None => Err(self.corrupt("an object of another class")),
        }
    }

    /// Reads a pointer.
    pub(crate) fn strong<F: Family, T: ?Sized + Target>(&mut self) -> Result<F::Strong<T>> {
        let id = self.number()?;
        let solid = self.cells.solid > 0;
        let objects = self.objects()?;
        let current = objects.current;
        if let Some(met) = objects.met.get_mut(id as usize) {
            *met = current.min(*met);
        }
        match objects.slot(id) {
            Some(slot) if slot.class < OPEN && (!solid || (slot.rank as usize) < objects.complete) => {
                let concrete = objects.classes[slot.class as usize].concrete();
                let strong = objects.pointer(slot).and_then(|kept| T::strong::<F>(kept, concrete));
                strong.ok_or_else(|| self.other_type::<F, T>(id))
            }
            slot => Err(self.not_there(id, slot)),
        }
    }

    /// Reads a weak pointer.
    pub(crate) fn weak<F: Family, T: ?Sized + Target>(&mut self) -> Result<F::Weak<T>> {
        let id = self.number()?;
        if id == NOWHERE {
            return T::dangling::<F>().ok_or_else(|| {
                let message =
                    format!("no implementor of `{}` is registered, so there is no `Weak` of it", T::target_name());
                self.error(ErrorKind::Unregistered, message)
                    .with_remedy("put `#[pickle_core::object]` on the `impl` of one")
            });
        }
        let solid = self.cells.solid > 0;
        let objects = self.objects()?;
        let weak = match objects.slot(id) {
            Some(slot) if slot.class < OPEN && (!solid || (slot.rank as usize) < objects.complete) => {
                let concrete = objects.classes[slot.class as usize].concrete();
                let strong = objects.pointer(slot).and_then(|kept| T::strong::<F>(kept, concrete));
                strong.map(|strong| F::downgrade(&strong))
            }
            Some(Slot { class: OPEN, .. }) if !solid => {
                let opened = objects.open.iter().rev().find(|opened| opened.id == id);
                opened.and_then(|opened| T::weak::<F>(opened.weak.as_deref()?, opened.concrete))
            }
            slot => return Err(self.not_there(id, slot)),
        };
        weak.ok_or_else(|| self.other_type::<F, T>(id))
    }

    #[cold]
    fn not_there(&self, id: u32, slot: Option<Slot>) -> Error {
        match slot {
            None => self.corrupt(&format!("a reference to object {id}, which it does not have")),
            Some(_) => self.corrupt(&format!("a reference to object {id} where that is not built or not complete")),
        }
    }

    #[cold]
    fn other_type<F: Family, T: ?Sized + Target>(&self, id: u32) -> Error {
        let message =
            format!("object {id} can't be had as `{}<{}>`: it is of another type", F::STRONG, T::target_name());
        self.unwritten(ErrorKind::WrongType, &message)
    }

    /// Builds what a cell holds, or a vacant value where its turn comes later.
    #[inline]
    pub(crate) fn cell<T: Shape>(&mut self, build: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let here = self.cells.met;
        self.cells.met = here.wrapping_add(1);
        let landmark = self.cells.landmarks;
        if self.cells.solid == 0 {
            self.cells.landmarks = landmark.wrapping_add(1);
        }
        if self.cells.ordinal == Some(here) { self.defer(landmark) } else { build(self) }
    }

    /// Leaves a cell vacant, which a walk comes to after `landmark` others.
    #[cold]
    fn defer<T: Shape>(&mut self, landmark: u32) -> Result<T> {
        if self.cells.solid > 0 {
            return Err(self.corrupt("a deferred cell where user code looks at it"));
        }
        let next = self.cells.next;
        self.objects()?.deferred[next].landmark = landmark;
        self.next_deferred(|deferred| deferred.ordinal);
        self.vacant()
    }

    #[cold]
    fn vacant<T: Shape>(&self) -> Result<T> {
        T::vacant(&mut Vacancy::default())
            .ok_or_else(|| self.corrupt("a deferred cell of a type without a vacant value"))
    }

    fn next_deferred(&mut self, ordinal: fn(&Deferred) -> u32) {
        let (next, end) = (self.cells.next + 1, self.cells.end);
        let ordinal = match self.objects() {
            Ok(objects) if next < end => Some(ordinal(&objects.deferred[next])),
            _ => None,
        };
        self.cells.next = next;
        self.cells.ordinal = ordinal;
    }

    /// Comes to a cell of an object that is there already: whether it was deferred.
    pub(crate) fn is_turn(&mut self) -> bool {
        let here = self.cells.landmarks;
        self.cells.landmarks = here.wrapping_add(1);
        let turn = self.cells.ordinal == Some(here);
        if turn {
            self.next_deferred(|deferred| deferred.landmark);
        }
        turn
    }

    /// Counts the cells of a value that user code has made: a walk through its object will come to them.
    pub(crate) fn pass_cells<T: Unpickle<'a>>(&mut self, value: &T) -> Result<()> {
        if self.cells.solid > 0 || self.objects().is_err() {
            return Ok(());
        }
        let waiting = self.cells.ordinal.take();
        let passed = value.fill(self);
        self.cells.ordinal = waiting;
        passed
    }

    /// What goes into a deferred cell: its content, or a vacant value where the load has failed.
    pub(crate) fn turn<T: Shape>(&mut self, build: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.cells.vacating {
            self.objects()?.vacated = self.cells.next;
            return self.vacant();
        }
        let outside = std::mem::take(&mut self.cells);
        let value = build(self)?;
        self.cells = outside;
        self.objects()?.filled += 1;
        Ok(value)
    }

    /// Builds what user code looks at before the load is over: all that it refers to must be complete.
    #[doc(hidden)]
    #[inline]
    pub fn solid<T>(&mut self, build: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.cells.solid += 1;
        let value = build(self);
        self.cells.solid -= 1;
        value
    }
}

impl Objects<'_, '_> {
    /// Where the deferred cells of one object end.
    fn group_end(&self, first: usize) -> usize {
        let object = self.deferred[first].object;
        first + self.deferred[first..].iter().take_while(|cell| cell.object == object).count()
    }
}

#[cold]
fn at(id: u32, error: Error) -> Error {
    error.step(Step::Object(id))
}

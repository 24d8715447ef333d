//! The walk through the records of shared objects: what the tables say, which cells are deferred, what may refer to what.

use super::same::{Shapes, cannot_point};
use super::visitor::{DeferredCell, Object, Reference, Visitor, What};
use super::walk::Walker;
use crate::error::{Error, Result, Step};
use crate::graph::{NOWHERE, References};
use crate::schema::{Op, TypeTable};
use crate::wire::Entry;

#[derive(Default)]
pub(super) struct Objects {
    /// The place of each scope's table.
    scopes: Vec<u32>,
    classes: Vec<Class>,
    /// The class of each object.
    class_of: Vec<u32>,
    references: References,
    shapes: Shapes,
    deferred: Vec<Deferred>,
    filled: usize,
    /// Cells met in this record, and the next one that is deferred among those that end at `end`.
    cells: u32,
    next: usize,
    end: usize,
    /// The rows that tell of scopes and classes.
    rows: (Vec<[u32; 3]>, Vec<[u32; 3]>),
}

#[derive(Clone, Copy)]
struct Class {
    /// The pointer in whose schema it was met.
    table: u32,
    pointer: u32,
    /// The type of the objects.
    content: (u32, u32),
    /// The number of their type, where the pointer is one to a trait.
    behind: Option<u32>,
}

struct Deferred {
    cell: DeferredCell,
    /// The type of what it holds; known once the cell is met.
    content: (u32, u32),
}

impl<'r, 'a: 'r, V: Visitor<'r> + ?Sized> Walker<'_, 'r, 'a, V> {
    /// Walks through the tables and all entries up to the root's.
    pub(super) fn records(&mut self) -> Result<()> {
        self.tables()?;
        loop {
            let byte = self.taken(1, What::Entry)?[0];
            match Entry::decode(byte) {
                Some(entry @ (Entry::Record | Entry::DeferringRecord)) => {
                    let (id, class) = self.new_object()?;
                    let walked = self.record(id, class, entry == Entry::DeferringRecord, false);
                    walked.map_err(|error| error.step(Step::Object(id)))?;
                }
                Some(Entry::Open) => {
                    let (id, class) = self.new_object()?;
                    self.allocate(|walker, memory| memory.room(walker.objects.references.open_list(), 1))?;
                    let waiting = self.objects.waiting() > 0;
                    self.objects.references.open(id, waiting);
                    self.objects.class_of[id as usize] = class;
                    self.reader.enter()?;
                    let object = self.objects.object(id, &self.tables, false);
                    self.visitor.open_object(object)?;
                }
                Some(entry @ (Entry::Close | Entry::DeferringClose)) => {
                    let Some(id) = self.objects.references.last_open() else {
                        return Err(self.reader.corrupt("the value of an object that is not open"));
                    };
                    let class = self.objects.class_of[id as usize];
                    let walked = self.record(id, class, entry == Entry::DeferringClose, true);
                    walked.map_err(|error| error.step(Step::Object(id)))?;
                    self.reader.leave();
                }
                Some(Entry::Fill) => self.fills()?,
                Some(Entry::Root) if self.objects.references.last_open().is_some() => {
                    return Err(self.reader.corrupt("an open object without its value"));
                }
                Some(Entry::Root) => break,
                None => return Err(self.reader.corrupt("a kind of record that is none")),
            }
        }
        let objects = &mut self.objects;
        if !objects.references.begin_root() || objects.waiting() > 0 {
            return Err(self.reader.corrupt("an object that is never built, or a cell that is never filled"));
        }
        (objects.cells, objects.next, objects.end) = (0, 0, 0);
        Ok(())
    }

    /// Reads what the classes of the records are.
    fn tables(&mut self) -> Result<()> {
        let scopes = self.table_length(12, What::ScopeCount)?;
        self.allocate(|walker, memory| {
            memory.room(&mut walker.objects.scopes, scopes + 1)?;
            memory.room(&mut walker.objects.rows.0, scopes)
        })?;
        self.objects.scopes.push(0);
        for _ in 0..scopes {
            let row = self.row(What::Scope)?;
            let [parent, node, number] = row;
            let table = self.objects.scopes.get(parent as usize).copied();
            let is_trait = table.is_some_and(|table| matches!(self.op(table, node), Some(Op::Dynamic)));
            if !is_trait {
                return Err(self.reader.corrupt("types that no trait of its schema has"));
            }
            let place = self.named(number as usize)?;
            self.objects.scopes.push(place);
            self.objects.rows.0.push(row);
        }
        let classes = self.table_length(12, What::ClassCount)?;
        self.allocate(|walker, memory| {
            memory.room(&mut walker.objects.classes, classes)?;
            memory.room(&mut walker.objects.rows.1, classes)
        })?;
        for _ in 0..classes {
            let [scope, node, number] = self.row(What::Class)?;
            let table = self.objects.scopes.get(scope as usize).copied();
            let target = table.and_then(|table| match self.op(table, node)? {
                Op::Shared(target) => Some((table, target, self.tables[table as usize].layout(target).op)),
                _ => None,
            });
            let (table, content, behind) = match (target, number.checked_sub(1)) {
                (Some((table, _, Op::Dynamic)), Some(number)) => {
                    let place = self.named(number as usize)?;
                    (table, (place, self.tables[place as usize].root), Some(number))
                }
                (Some((_, _, Op::Dynamic)), None) | (None, _) | (Some(_), Some(_)) => {
                    return Err(self.reader.corrupt("objects of a class that its schema does not have"));
                }
                (Some((table, target, _)), None) => (table, (table, target), None),
            };
            self.objects.rows.1.push([scope, node, number]);
            let pointer = TypeTable::code_of(node);
            self.objects.classes.push(Class { table, pointer, content, behind });
        }
        let count = self.table_length(6, What::ObjectCount)?;
        self.reader.charge_objects(count)?;
        self.allocate(|walker, memory| {
            memory.charge(References::memory(count))?;
            memory.room(&mut walker.objects.class_of, count)
        })?;
        self.objects.references = References::new(count);
        self.objects.class_of.resize(count, 0);
        self.visitor.objects(count)
    }

    fn op(&self, table: u32, node: u32) -> Option<Op> {
        let types = &self.tables[table as usize];
        ((node as usize) < types.len()).then(|| types.layout(TypeTable::code_of(node)).op)
    }

    fn row(&mut self, what: What) -> Result<[u32; 3]> {
        // A row is three items, which a block may end between.
        Ok([self.number(what)?, self.number(what)?, self.number(what)?])
    }

    fn table_length(&mut self, row: usize, what: What) -> Result<usize> {
        let count = self.number(what)? as usize;
        self.reader.claimed_bytes(count, row)?;
        Ok(count)
    }

    /// The number and class of an object that is not there yet.
    fn new_object(&mut self) -> Result<(u32, u32)> {
        let head = self.taken_twice(1, What::ClassNumber, 4, What::ObjectNumber)?;
        let id = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        let class = self.length(head[0])?;
        if !self.objects.references.is_new(id) || class >= self.objects.classes.len() {
            return Err(self.reader.corrupt("an object that is there twice, or of no class"));
        }
        Ok((id, class as u32))
    }

    fn record(&mut self, id: u32, class: u32, deferring: bool, opened: bool) -> Result<()> {
        let waiting = self.objects.waiting() > 0;
        self.objects.references.begin(id, waiting);
        let start = self.objects.deferred.len();
        if deferring {
            let count = self.number(What::CellCount)? as usize;
            self.reader_allocates(|reader| reader.claimed_cells(count, size_of::<Deferred>()))?;
            for i in 0..count {
                let ordinal = self.number(What::CellOrdinal)?;
                let deferred = &mut self.objects.deferred;
                if i > 0 && deferred.last().is_some_and(|last| last.cell.ordinal >= ordinal) {
                    return Err(self.reader.corrupt("deferred cells out of order"));
                }
                deferred.push(Deferred { cell: DeferredCell { object: id, ordinal }, content: (0, 0) });
            }
        }
        let objects = &mut self.objects;
        (objects.cells, objects.next, objects.end) = (0, start, objects.deferred.len());
        objects.class_of[id as usize] = class;
        let (table, content) = objects.classes[class as usize].content;
        let object = objects.object(id, &self.tables, opened);
        self.visitor.begin_object(object)?;
        self.value(table, content)?;
        self.visitor.end_object()?;
        let objects = &mut self.objects;
        if objects.next < objects.end {
            return Err(self.reader.corrupt("a deferred cell that its object does not have"));
        }
        objects.references.end(id);
        Ok(())
    }

    /// Comes to a cell: its place among those of its object, where its content comes later.
    #[inline]
    pub(super) fn turn(&mut self, table: u32, content: u32) -> Result<Option<DeferredCell>> {
        let solid = self.is_solid();
        let objects = &mut self.objects;
        let here = objects.cells;
        objects.cells = here.wrapping_add(1);
        if objects.next >= objects.end || objects.deferred[objects.next].cell.ordinal != here {
            return Ok(None);
        }
        if solid {
            return Err(self.reader.corrupt("a deferred cell where user code looks at it"));
        }
        let deferred = &mut objects.deferred[objects.next];
        deferred.content = (table, content);
        objects.next += 1;
        Ok(Some(deferred.cell))
    }

    /// Fills every cell that waits.
    fn fills(&mut self) -> Result<()> {
        self.reader.claimed_fill(self.objects.waiting())?;
        while let Some(deferred) = self.objects.deferred.get(self.objects.filled) {
            let (cell, (table, content)) = (deferred.cell, deferred.content);
            let objects = &mut self.objects;
            objects.references.begin_fill(cell.object);
            (objects.cells, objects.next, objects.end) = (0, 0, 0);
            self.visitor.begin_fill(cell, self.tables[table as usize].type_of(content))?;
            self.value(table, content).map_err(|error| error.step(Step::Object(cell.object)))?;
            self.visitor.end_fill()?;
            self.objects.filled += 1;
        }
        Ok(())
    }

    /// Checks a shared pointer.
    pub(super) fn strong(&mut self, table: u32, pointer: u32, id: u32) -> Result<()> {
        let solid = self.is_solid();
        let there = self.objects.references.strong(id, solid);
        if there { self.fits(table, pointer, id) } else { Err(self.not_there(id)) }
    }

    /// Checks a weak pointer, to the objects of this shared one.
    pub(super) fn weak(&mut self, table: u32, pointer: u32, id: u32) -> Result<Reference> {
        if id == NOWHERE {
            return Ok(Reference::Dangling);
        }
        let solid = self.is_solid();
        let there = self.objects.references.weak(id, solid);
        if there { self.fits(table, pointer, id).map(|()| Reference::Weak(id)) } else { Err(self.not_there(id)) }
    }

    #[cold]
    fn not_there(&self, id: u32) -> Error {
        self.reader.corrupt(&self.objects.references.not_there(id))
    }

    /// Checks that an object can be had through pointers of this type.
    #[inline]
    fn fits(&mut self, table: u32, pointer: u32, id: u32) -> Result<()> {
        let number = self.objects.class_of[id as usize] as usize;
        let class = self.objects.classes[number];
        if class.table == table && class.pointer == pointer {
            return Ok(());
        }
        let elsewhere = class.behind.is_some() || class.table != table;
        let (found, content) = class.content;
        self.allocate(|walker, memory| {
            let own = &walker.tables[table as usize];
            let object = (&*walker.tables[found as usize], content);
            match walker.objects.shapes.can_point(memory, (own, pointer), elsewhere, object)? {
                true => Ok(()),
                false => Err(cannot_point(own, pointer, id, object)),
            }
        })
    }

    /// Checks that the root reaches every object.
    pub(super) fn all_reached(&self) -> Result<()> {
        match self.objects.references.unreached() {
            None => Ok(()),
            Some(message) => Err(self.reader.corrupt(&message)),
        }
    }
}

impl Objects {
    pub(super) fn take_rows(&mut self) -> (Vec<[u32; 3]>, Vec<[u32; 3]>) {
        std::mem::take(&mut self.rows)
    }

    /// How many cells are to be filled.
    fn waiting(&self) -> usize {
        self.deferred.len() - self.filled
    }

    fn object<'t>(&self, id: u32, tables: &'t [std::sync::Arc<crate::schema::TypeTable>], opened: bool) -> Object<'t> {
        let class = self.class_of[id as usize];
        let found = self.classes[class as usize];
        let kind = tables[found.content.0 as usize].type_of(found.content.1);
        Object { id, class, kind, behind: found.behind.map(|number| number as usize), opened }
    }
}

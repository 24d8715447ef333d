//! The old stream: where the records of its objects are, the content of their cells, and what refers to what.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::skim::Frame;
use crate::error::{Result, Step};
use crate::graph::{NOWHERE, References};
use crate::inspect::{Shapes, cannot_point};
use crate::schema::{Node, Ref, TypeTable, code};
use crate::wire::{Entry, Mark, Reader};

/// A stream that is read by its own schema.
pub(super) struct Old<'r, 'a> {
    pub(super) reader: Reader<'r, 'a>,
    root: Arc<TypeTable>,
    /// The types behind `dyn` that were asked for, by their numbers.
    runtime_types: HashMap<usize, Arc<TypeTable>>,
    pub(super) objects: Vec<Object<'r, 'a>>,
    pub(super) classes: Vec<Class<'r>>,
    references: References,
    shapes: Shapes,
    /// How many keys it is within, which are looked at as soon as they are read.
    pub(super) keys: usize,
    deferred: Vec<Deferred<'r, 'a>>,
    /// How many of them are filled.
    filled: usize,
    /// Those of the record that is being read.
    own_deferred: Range<usize>,
    /// Cells met so far in this record.
    cells: u32,
    /// What values are passed over with.
    pub(super) skimmed: Vec<Frame<'r>>,
    /// How many values without bytes of their own may still be met in the value that is passed over.
    pub(super) empty_left: usize,
}

/// Where the record of an object is.
pub(super) struct Object<'r, 'a> {
    pub(super) class: usize,
    pub(super) place: Option<Place<'r, 'a>>,
}

/// What the objects of a class are.
pub(super) struct Class<'r> {
    /// The pointer in whose schema it was met.
    scope: Arc<TypeTable>,
    pointer: u32,
    pub(super) types: Arc<TypeTable>,
    pub(super) part: Ref,
    /// The stored name, of those behind `dyn`.
    pub(super) name: Option<&'r str>,
}

/// A place in a record.
#[derive(Clone)]
pub(super) struct Place<'r, 'a> {
    mark: Mark<'r, 'a>,
    deferred: Range<usize>,
    cells: u32,
}

/// A cell whose content follows elsewhere.
struct Deferred<'r, 'a> {
    object: u32,
    ordinal: u32,
    content: Option<(Arc<TypeTable>, Ref)>,
    mark: Option<Mark<'r, 'a>>,
}

impl<'r, 'a: 'r> Old<'r, 'a> {
    pub(super) fn new(reader: Reader<'r, 'a>, root: Arc<TypeTable>) -> Self {
        Old {
            reader,
            root,
            runtime_types: HashMap::new(),
            objects: Vec::new(),
            classes: Vec::new(),
            references: References::default(),
            shapes: Shapes::default(),
            keys: 0,
            deferred: Vec::new(),
            filled: 0,
            own_deferred: 0..0,
            cells: 0,
            skimmed: Vec::new(),
            empty_left: 0,
        }
    }

    pub(super) fn root_types(&self) -> Arc<TypeTable> {
        self.root.clone()
    }

    pub(super) fn place(&self) -> Place<'r, 'a> {
        Place { mark: self.reader.mark(), deferred: self.own_deferred.clone(), cells: self.cells }
    }

    pub(super) fn go_to(&mut self, place: &Place<'r, 'a>) {
        self.reader.go_to(place.mark);
        self.own_deferred = place.deferred.clone();
        self.cells = place.cells;
    }

    /// The place of the reader, where it takes no stack. It is charged until the reader comes back to it.
    pub(super) fn here(&mut self) -> Result<Box<Place<'r, 'a>>> {
        self.reader.charge(size_of::<Place<'_, '_>>())?;
        Ok(Box::new(self.place()))
    }

    #[allow(clippy::boxed_local, reason = "the box is what was charged")]
    pub(super) fn come_back(&mut self, here: Box<Place<'r, 'a>>) {
        self.go_to(&here);
        self.reader.give_back(size_of::<Place<'_, '_>>());
    }

    /// Comes to a cell: where its content is, if that is not here.
    pub(super) fn next_cell(&mut self, types: &Arc<TypeTable>, content: Ref) -> Option<Option<Place<'r, 'a>>> {
        let here = self.cells;
        self.cells = here.wrapping_add(1);
        let own = &mut self.deferred[self.own_deferred.clone()];
        let found = own.binary_search_by_key(&here, |deferred| deferred.ordinal).ok()?;
        let deferred = &mut own[found];
        deferred.content.get_or_insert_with(|| (types.clone(), content));
        Some(deferred.mark.map(|mark| Place { mark, deferred: 0..0, cells: 0 }))
    }

    /// The number of a type behind `dyn`.
    pub(super) fn type_number(&mut self) -> Result<usize> {
        let short = self.reader.take(1)?[0];
        self.reader.length(short)
    }

    /// The type behind `dyn` with this number.
    pub(super) fn runtime_type(&mut self, number: usize) -> Result<Arc<TypeTable>> {
        let found = self.reader.use_type(number)?;
        if let Some(known) = self.runtime_types.get(&number) {
            return Ok(known.clone());
        }
        let bytes = found.schema.unwrap_or_default();
        let types = self.reader.allocate(|memory| TypeTable::decode(bytes, found.fingerprint, memory))?;
        let types = Arc::new(types);
        self.runtime_types.insert(number, types.clone());
        Ok(types)
    }

    fn number(&mut self) -> Result<u32> {
        Ok(self.reader.take(4)?.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }

    /// Finds all records, up to the root's value, which is passed over too: it says what it refers to.
    pub(super) fn find_objects(&mut self) -> Result<()> {
        let empty_elements = self.reader.empty_elements();
        self.find_records()?;
        let (root, types) = (self.place(), self.root.clone());
        self.skim_value(&types, types.model.root)?;
        self.reader.used_up()?;
        self.reader.nothing_follows()?;
        if let Some(message) = self.references.unreached() {
            return Err(self.reader.corrupt(&message));
        }
        self.go_to(&root);
        // What is passed over is gone through again.
        self.reader.set_empty_elements(empty_elements);
        Ok(())
    }

    fn find_records(&mut self) -> Result<()> {
        self.read_tables()?;
        loop {
            let byte = self.reader.take(1)?[0];
            let Some(entry) = Entry::decode(byte) else {
                return Err(self.reader.corrupt("a kind of record that is none"));
            };
            match entry {
                Entry::Record | Entry::DeferringRecord => {
                    let id = self.new_object()?;
                    self.find_record(id, entry == Entry::DeferringRecord)?;
                }
                Entry::Open => {
                    let id = self.new_object()?;
                    self.reader.allocate(|memory| memory.room(self.references.open_list(), 1))?;
                    self.references.open(id, self.filled < self.deferred.len());
                }
                Entry::Close | Entry::DeferringClose => {
                    let Some(id) = self.references.last_open() else {
                        return Err(self.reader.corrupt("the value of an object that is not open"));
                    };
                    self.find_record(id, entry == Entry::DeferringClose)?;
                }
                Entry::Fill => {
                    self.reader.claimed_fill(self.deferred.len() - self.filled)?;
                    while self.filled < self.deferred.len() {
                        self.find_content(self.filled)?;
                        self.filled += 1;
                    }
                }
                Entry::Root => break,
            }
        }
        let open = self.references.last_open().is_some();
        if !self.references.begin_root() || self.filled < self.deferred.len() || open {
            return Err(self.reader.corrupt("an object that is never built, or a cell that is never filled"));
        }
        (self.own_deferred, self.cells) = (0..0, 0);
        Ok(())
    }

    fn read_tables(&mut self) -> Result<()> {
        let mut scopes = vec![self.root.clone()];
        let count = self.table_length(12)?;
        self.reader.charge(count.saturating_mul(size_of::<Arc<TypeTable>>()))?;
        scopes.reserve_exact(count);
        for _ in 0..count {
            let (parent, node, number) = (self.number()?, self.number()?, self.number()?);
            let found = scopes.get(parent as usize).and_then(|scope| scope.node_of(Ref::Type(node as usize)));
            if !matches!(found, Some(Node::Dynamic(_))) {
                return Err(self.reader.corrupt("types that no trait of its schema has"));
            }
            scopes.push(self.runtime_type(number as usize)?);
        }
        let count = self.table_length(12)?;
        self.reader.charge(count.saturating_mul(size_of::<Class<'_>>()))?;
        self.classes.reserve_exact(count);
        for _ in 0..count {
            let (scope, node, number) = (self.number()?, self.number()?, self.number()?);
            let types = scopes.get(scope as usize).cloned();
            let target = types.and_then(|types| match types.node_of(Ref::Type(node as usize))? {
                Node::Shared(target) => Some((*target, types.clone())),
                _ => None,
            });
            let Some((target, scope)) = target else {
                return Err(self.reader.corrupt("objects of a class that its schema does not have"));
            };
            let (types, pointer) = (scope.clone(), TypeTable::code_of(node));
            let is_dynamic = matches!(types.node_of(target), Some(Node::Dynamic(_)));
            let class = match number.checked_sub(1) {
                Some(number) if is_dynamic => {
                    let types = self.runtime_type(number as usize)?;
                    let name = self.reader.use_type(number as usize)?.name;
                    Class { scope, pointer, part: types.model.root, types, name: Some(name) }
                }
                None if !is_dynamic => Class { scope, pointer, types, part: target, name: None },
                _ => return Err(self.reader.corrupt("objects of a class that its schema does not have")),
            };
            self.classes.push(class);
        }
        let count = self.table_length(6)?;
        self.reader.charge_objects(count)?;
        self.reader.charge(count.saturating_mul(size_of::<Object<'_, '_>>()))?;
        self.reader.charge(References::memory(count))?;
        self.references = References::new(count);
        self.objects.extend((0..count).map(|_| Object { class: 0, place: None }));
        Ok(())
    }

    /// The length of a table whose rows take `row` bytes of the stream each at the least.
    fn table_length(&mut self, row: usize) -> Result<usize> {
        let count = self.number()? as usize;
        self.reader.claimed_bytes(count, row)?;
        Ok(count)
    }

    fn new_object(&mut self) -> Result<u32> {
        let head = self.reader.take(5)?;
        let (short, id) = (head[0], u32::from_le_bytes([head[1], head[2], head[3], head[4]]));
        let class = self.reader.length(short)?;
        if !self.references.is_new(id) || class >= self.classes.len() {
            return Err(self.reader.corrupt("an object that is there twice, or of no class"));
        }
        self.objects[id as usize].class = class;
        Ok(id)
    }

    fn find_record(&mut self, id: u32, deferring: bool) -> Result<()> {
        self.references.begin(id, self.filled < self.deferred.len());
        let start = self.deferred.len();
        if deferring {
            let count = self.number()? as usize;
            self.reader.claimed_cells(count, size_of::<Deferred<'_, '_>>())?;
            for _ in 0..count {
                let ordinal = self.number()?;
                if self.deferred[start..].last().is_some_and(|last| last.ordinal >= ordinal) {
                    return Err(self.reader.corrupt("deferred cells out of order"));
                }
                self.deferred.push(Deferred { object: id, ordinal, content: None, mark: None });
            }
        }
        (self.own_deferred, self.cells) = (start..self.deferred.len(), 0);
        let class = self.objects[id as usize].class;
        self.objects[id as usize].place = Some(self.place());
        let Class { types, part, .. } = &self.classes[class];
        let (types, part) = (types.clone(), *part);
        self.skim_value(&types, part).map_err(|error| error.step(Step::Object(id)))?;
        if self.deferred[start..].iter().any(|deferred| deferred.content.is_none()) {
            return Err(self.reader.corrupt("a deferred cell that its object does not have"));
        }
        self.references.end(id);
        Ok(())
    }

    /// Finds the content of a deferred cell.
    fn find_content(&mut self, number: usize) -> Result<()> {
        let Some((types, content)) = self.deferred[number].content.clone() else {
            return Err(self.reader.corrupt("a deferred cell of an object that is not built"));
        };
        self.references.begin_fill(self.deferred[number].object);
        (self.own_deferred, self.cells) = (0..0, 0);
        self.deferred[number].mark = Some(self.reader.mark());
        self.skim_value(&types, content)
    }

    /// Passes over a pointer to an object.
    pub(super) fn skim_pointer(&mut self, types: &Arc<TypeTable>, part: Ref) -> Result<()> {
        let id = self.number()?;
        let (pointer, is_weak) = match types.node_of(part) {
            Some(Node::Weak(shared)) => (*shared, true),
            _ => (part, false),
        };
        if is_weak && id == NOWHERE {
            return Ok(());
        }
        let within_key = self.keys > 0;
        let there = if is_weak { self.references.weak(id, within_key) } else { self.references.strong(id, within_key) };
        if !there {
            return Err(self.reader.corrupt(&self.references.not_there(id)));
        }
        let Ref::Type(pointer) = pointer else { return Ok(()) };
        self.fits(types, TypeTable::code_of(pointer as u32), id)
    }

    /// Checks that an object can be had by a pointer of the old stream.
    fn fits(&mut self, types: &Arc<TypeTable>, pointer: u32, id: u32) -> Result<()> {
        let number = self.objects[id as usize].class;
        let class = &self.classes[number];
        let is_elsewhere = !Arc::ptr_eq(types, &class.scope);
        if class.pointer == pointer && !is_elsewhere {
            return Ok(());
        }
        let (is_elsewhere, object) = (class.name.is_some() || is_elsewhere, (&*class.types, code(class.part)));
        let shapes = &mut self.shapes;
        self.reader.allocate(|memory| match shapes.can_point(memory, (types, pointer), is_elsewhere, object)? {
            true => Ok(()),
            false => Err(cannot_point(types, pointer, id, object)),
        })
    }
}

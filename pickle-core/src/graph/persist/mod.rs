//! The writer's side: objects are met (`pointers`), visited from a queue into scratch, ordered, and put into blocks
//! (`finish`); what could not be restored is refused with the way to it (`refuse`).

mod addresses;
mod finish;
mod pointers;
mod refuse;
mod scratch;

use std::any::{Any, TypeId};

use rustc_hash::FxHashMap;

use self::addresses::Addresses;
use self::scratch::Scratch;
use super::Class;
use super::class::Table;
use super::order::{COMPLETE, Edge, Edges, HARD, NOWHERE, WEAK};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TypeSchema;
use crate::wire::Writer;

/// The root, where an object's number could stand.
const ROOT: u32 = u32::MAX;
/// No cell that may be deferred.
const NO_UNIT: u32 = HARD;

/// The values of a stream: its root, and those of its objects that are no live pointers.
pub(crate) trait Source {
    /// Writes the root; again where a path is asked for.
    fn root(&mut self, writer: &mut Writer<'_>);
    /// Writes the record of the object that the source knows by this key.
    fn object(&mut self, key: u32, writer: &mut Writer<'_>);
}

/// A value in memory: all its objects are live pointers.
impl<F: Fn(&mut Writer<'_>)> Source for F {
    fn root(&mut self, writer: &mut Writer<'_>) {
        self(writer);
    }

    fn object(&mut self, _: u32, _: &mut Writer<'_>) {}
}

/// What a stream with shared pointers needs until its last record is in order.
pub(crate) struct Graph {
    scopes: Vec<Scope>,
    classes: Vec<WrittenClass>,
    /// The scopes by the number of their type.
    scope_numbers: FxHashMap<u32, u32>,
    class_numbers: FxHashMap<(TypeId, TypeId), u32>,
    /// The class that an object was last met of: objects come in runs.
    last_class: Option<((TypeId, TypeId), u32)>,
    /// The classes of objects that are no live pointers, by scope, node and type behind `dyn`.
    foreign_class_numbers: FxHashMap<(u32, u32, Option<u32>), u32>,
    /// The number of each object by its address; with `WEAK`, a place in `weak_only`.
    found: Addresses,
    /// The same for objects that are no live pointers, by their key.
    found_foreign: FxHashMap<u32, u32>,
    objects: Vec<Object>,
    weak_only: Vec<WeakOnly>,
    patches: Vec<Patch>,
    /// The object whose record is being written.
    visiting: u32,
    edges: Vec<Edge>,
    edge_starts: Vec<u32>,
    scratch: Scratch,
    units: Vec<Unit>,
    /// The cell that is being written, if it may be deferred.
    unit: u32,
    /// Cells met in this record so far: what a loader counts them by.
    cells: u32,
    vacancies: FxHashMap<TypeId, bool>,
    /// What was asked for last: cells of one type come in runs.
    last_vacancy: Option<(fn() -> TypeId, bool)>,
    /// Cells met that have no vacant value, for the error that needs one.
    not_vacant: Vec<String>,
    /// The object whose first mention ends the visit: the way there is asked for.
    probe: Option<u32>,
}

/// The most objects that are visited at once.
const RUN: usize = 16;

/// Up to so many objects lie in the processor's cache, and need not be fetched side by side.
const FEW: usize = 1 << 14;

/// Objects of one class that follow each other.
#[derive(Clone, Copy)]
struct Run {
    id: u32,
    class: u32,
    index: u32,
    length: usize,
    scope: u32,
}

#[derive(Clone, Copy)]
struct Object {
    class: u32,
    /// The object whose record first refers to it.
    parent: u32,
}

/// A schema that classes are found in: the root's, or that of a type behind `dyn`.
struct Scope {
    parent: u32,
    node: u32,
    number: u32,
    schema: &'static TypeSchema,
}

struct WrittenClass {
    class: &'static dyn Class,
    concrete: TypeId,
    /// Where the pointer stands in a schema, and for a trait object the number of its type.
    scope: u32,
    node: u32,
    number: Option<u32>,
    /// Where the pointers within its objects stand.
    inner_scope: u32,
    objects: Objects,
    /// How many of them have been visited.
    visited: u32,
}

/// The objects of a class, in the order of their numbers.
enum Objects {
    Live {
        visit: fn(&mut Writer<'_>, Run),
        table: Box<dyn Table>,
    },
    /// Known to the source by these keys.
    Foreign(Vec<u32>),
}

/// An object that so far only a `Weak` refers to, kept so that its address stays its own.
struct WeakOnly {
    id: u32,
    _kept: Option<Box<dyn Any>>,
}

/// The class of an object that is no live pointer.
pub(crate) struct ForeignClass {
    pub(crate) class: &'static dyn Class,
    /// The node of the pointer in the schema of the current scope.
    pub(crate) node: u32,
    /// The number of the object's type, where it stands behind `dyn`, and the scope of that type.
    pub(crate) behind: Option<(u32, u32)>,
}

/// A weak reference written before its object had a number.
struct Patch {
    chunk: u32,
    offset: u32,
    edge: Option<u32>,
    weak_only: u32,
}

/// A cell that may be deferred.
#[derive(Clone, Copy)]
struct Unit {
    ordinal: u32,
    /// Cells within it, which a loader does not meet where it is deferred.
    nested: u32,
}

impl Graph {
    pub(crate) fn new(root: &'static TypeSchema) -> Self {
        Graph {
            scopes: vec![Scope { parent: 0, node: 0, number: 0, schema: root }],
            classes: Vec::new(),
            scope_numbers: FxHashMap::default(),
            class_numbers: FxHashMap::default(),
            last_class: None,
            foreign_class_numbers: FxHashMap::default(),
            found_foreign: FxHashMap::default(),
            found: Addresses::default(),
            objects: Vec::new(),
            weak_only: Vec::new(),
            patches: Vec::new(),
            visiting: ROOT,
            edges: Vec::new(),
            edge_starts: Vec::new(),
            scratch: Scratch::default(),
            units: Vec::new(),
            unit: NO_UNIT,
            cells: 0,
            vacancies: FxHashMap::default(),
            last_vacancy: None,
            not_vacant: Vec::new(),
            probe: None,
        }
    }

    /// Ends the current segment, if it has anything.
    #[inline]
    fn cut(&mut self, data: usize, text: usize) {
        self.scratch.cut(data, text, self.unit);
    }

    /// Takes a chunk that is full.
    pub(crate) fn next_chunk(&mut self, full: Vec<u8>, data: usize, text: usize) {
        self.cut(data, text);
        self.scratch.taken += full.len();
        self.scratch.chunks.push(full);
    }

    pub(crate) fn begin_chunk(&mut self, end: usize) {
        self.scratch.begin_chunk(end);
    }

    /// Takes a run that is larger than a chunk; `chunk` is the one before it.
    pub(crate) fn large(&mut self, run: &[u8], is_text: bool) {
        self.scratch.large(run, is_text, self.unit);
    }

    /// About how much memory the stream will have taken, with what is written so far: while it is put together, the
    /// records are there twice, and whatever grows is copied.
    pub(crate) fn memory(&self) -> usize {
        const EACH_OBJECT: usize = 160;
        let records = self.scratch.taken.saturating_add(self.edges.len().saturating_mul(size_of::<Edge>()));
        records.saturating_mul(3).saturating_add(self.objects.len().saturating_mul(EACH_OBJECT))
    }

    fn next_number(&self) -> Result<u32> {
        let id = self.objects.len() as u32;
        if id >= WEAK - 1 || self.edges.len() >= HARD as usize - 2 {
            return Err(Error::new(ErrorKind::Limit, "more than 2,147,483,647 shared objects in one value")
                .with_remedy("split it into several streams"));
        }
        Ok(id)
    }

    /// Takes note of the object with the next number, to which a weak reference may have come before.
    fn number(&mut self, known: Option<u32>, class: u32) {
        let id = self.objects.len() as u32;
        self.objects.push(Object { class, parent: self.visiting });
        if let Some(known) = known {
            self.weak_only[(known & !WEAK) as usize].id = id;
        }
    }

    /// A place for an object that only a `Weak` has referred to so far.
    fn weak_place(&mut self, kept: Option<Box<dyn Any>>) -> u32 {
        self.weak_only.push(WeakOnly { id: NOWHERE, _kept: kept });
        (self.weak_only.len() - 1) as u32 | WEAK
    }

    /// The place of an object among those of its class.
    fn place(&self, id: u32) -> u32 {
        let class = self.objects[id as usize].class;
        self.objects[..id as usize].iter().filter(|other| other.class == class).count() as u32
    }

    fn edges(&self) -> Edges<'_> {
        Edges { starts: &self.edge_starts, edges: &self.edges }
    }

    /// Finds how many cells a loader has met before each deferred cell of a record, which it does not look into.
    fn ordinals(&self, id: usize, deferred: &[bool], ordinals: &mut Vec<u32>) {
        ordinals.clear();
        if deferred.is_empty() {
            return;
        }
        let mut skipped = 0;
        let mut last = NO_UNIT;
        for edge in &self.edges[self.edges().range(id)] {
            if edge.unit < COMPLETE && edge.unit != last && deferred[edge.unit as usize] {
                last = edge.unit;
                let unit = self.units[edge.unit as usize];
                ordinals.push(unit.ordinal - skipped);
                skipped += unit.nested;
            }
        }
    }
}

/// The memory of a list.
fn emptied<T>(list: &mut Vec<T>) -> Vec<T> {
    list.clear();
    std::mem::take(list)
}

/// Objects go in the order in which they were met: those that an object refers to are held until after its end, so no
/// end leads to a chain of others.
impl Drop for Graph {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Graph {
    fn let_go(&mut self) {
        for class in &mut self.classes {
            if let Objects::Live { table, .. } = &mut class.objects {
                table.reverse();
            }
        }
        for run in self.objects.chunk_by(|one, other| one.class == other.class) {
            if let Objects::Live { table, .. } = &mut self.classes[run[0].class as usize].objects {
                table.pop(run.len());
            }
        }
    }

    /// Becomes the graph of another stream, with the memory of this one; none where that would be much to keep.
    pub(crate) fn empty(mut self: Box<Self>) -> Option<Box<Self>> {
        self.let_go();
        let mut spare = Box::new(Graph::new(self.scopes[0].schema));
        // The next graph is likely of this size.
        spare.found = Addresses::with_room(self.objects.len() + self.weak_only.len());
        spare.objects = emptied(&mut self.objects);
        spare.edges = emptied(&mut self.edges);
        spare.edge_starts = emptied(&mut self.edge_starts);
        spare.units = emptied(&mut self.units);
        spare.scratch = std::mem::take(&mut self.scratch);
        spare.scratch.empty().then_some(spare)
    }

    /// Begins anew, with another root.
    pub(crate) fn set_root(&mut self, root: &'static TypeSchema) {
        self.scopes[0].schema = root;
    }

    /// A chunk that can be written over, of at least this size.
    pub(crate) fn spare_chunk(&mut self, size: usize) -> Vec<u8> {
        self.scratch.spare.pop_if(|chunk| chunk.len() >= size).unwrap_or_default()
    }
}

//! The writer's side: objects are met (`pointers`), visited from a queue into scratch, ordered, and put into blocks
//! (`finish`); what could not be restored is refused with the way to it (`refuse`).

mod finish;
mod pointers;
mod refuse;

use std::any::{Any, TypeId};

use rustc_hash::FxHashMap;

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
    class_numbers: FxHashMap<(TypeId, TypeId), u32>,
    /// The classes of objects that are no live pointers, by scope, node and type behind `dyn`.
    foreign_class_numbers: FxHashMap<(u32, u32, Option<u32>), u32>,
    /// The number of each object by its address; with `WEAK`, a place in `weak_only`.
    found: FxHashMap<usize, u32>,
    /// The same for objects that are no live pointers, by their key.
    found_foreign: FxHashMap<u32, u32>,
    /// Class and place in its table.
    objects: Vec<(u32, u32)>,
    /// The object whose record first refers to each.
    parents: Vec<u32>,
    weak_only: Vec<WeakOnly>,
    patches: Vec<Patch>,
    /// The object whose record is being written.
    visiting: u32,
    edges: Vec<Edge>,
    edge_starts: Vec<u32>,
    scratch: Scratch,
    /// Where each object's record begins among the segments.
    record_starts: Vec<u32>,
    units: Vec<Unit>,
    /// The cell that is being written, if it may be deferred.
    unit: u32,
    /// Cells met in this record so far: what a loader counts them by.
    cells: u32,
    vacancies: FxHashMap<TypeId, bool>,
    /// Cells met that have no vacant value, for the error that needs one.
    not_vacant: Vec<String>,
    /// The object whose first mention ends the visit: the way there is asked for.
    probe: Option<u32>,
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
}

/// The objects of a class.
enum Objects {
    Live {
        visit: fn(&mut Writer<'_>, usize, usize),
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

/// Bytes of records, as they were written.
#[derive(Default)]
struct Scratch {
    chunks: Vec<Vec<u8>>,
    segments: Vec<Segment>,
    /// Length of the chunks.
    taken: usize,
    /// Where the current segment begins in the chunk that the writer is at.
    data: usize,
    text: usize,
}

/// A run of data and text that lie in one chunk, and so will in one block.
#[derive(Clone, Copy)]
struct Segment {
    chunk: u32,
    data: (u32, u32),
    text: (u32, u32),
    unit: u32,
}

impl Graph {
    pub(crate) fn new(root: &'static TypeSchema) -> Self {
        Graph {
            scopes: vec![Scope { parent: 0, node: 0, number: 0, schema: root }],
            classes: Vec::new(),
            class_numbers: FxHashMap::default(),
            foreign_class_numbers: FxHashMap::default(),
            found_foreign: FxHashMap::default(),
            found: FxHashMap::default(),
            objects: Vec::new(),
            parents: Vec::new(),
            weak_only: Vec::new(),
            patches: Vec::new(),
            visiting: ROOT,
            edges: Vec::new(),
            edge_starts: Vec::new(),
            scratch: Scratch::default(),
            record_starts: Vec::new(),
            units: Vec::new(),
            unit: NO_UNIT,
            cells: 0,
            vacancies: FxHashMap::default(),
            not_vacant: Vec::new(),
            probe: None,
        }
    }

    /// Ends the current segment, if it has anything.
    fn cut(&mut self, data: usize, text: usize) {
        let scratch = &mut self.scratch;
        if data > scratch.data || text < scratch.text {
            scratch.segments.push(Segment {
                chunk: scratch.chunks.len() as u32,
                data: (scratch.data as u32, data as u32),
                text: (text as u32, scratch.text as u32),
                unit: self.unit,
            });
        }
        scratch.data = data;
        scratch.text = text;
    }

    /// Takes a chunk that is full; the next one ends at `end`.
    pub(crate) fn next_chunk(&mut self, full: Vec<u8>, data: usize, text: usize, end: usize) {
        self.cut(data, text);
        self.scratch.taken += full.len();
        self.scratch.chunks.push(full);
        self.begin_chunk(end);
    }

    pub(crate) fn begin_chunk(&mut self, end: usize) {
        self.scratch.data = 0;
        self.scratch.text = end;
    }

    /// Takes a run that is larger than a chunk; `chunk` is the one before it.
    pub(crate) fn large(&mut self, run: &[u8], is_text: bool) {
        let all = (0, run.len() as u32);
        let (data, text) = if is_text { ((0, 0), all) } else { (all, (0, 0)) };
        self.scratch.segments.push(Segment { chunk: self.scratch.chunks.len() as u32, data, text, unit: self.unit });
        self.scratch.taken += run.len();
        self.scratch.chunks.push(run.to_vec());
    }

    /// Length of the records that are written, but for the current chunk.
    pub(crate) fn taken(&self) -> usize {
        self.scratch.taken
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
    fn number(&mut self, known: Option<u32>, class: u32, index: u32) {
        let id = self.objects.len() as u32;
        self.objects.push((class, index));
        self.parents.push(self.visiting);
        if let Some(known) = known {
            self.weak_only[(known & !WEAK) as usize].id = id;
        }
    }

    /// A place for an object that only a `Weak` has referred to so far.
    fn weak_place(&mut self, kept: Option<Box<dyn Any>>) -> u32 {
        self.weak_only.push(WeakOnly { id: NOWHERE, _kept: kept });
        (self.weak_only.len() - 1) as u32 | WEAK
    }

    fn segments(&self, id: usize) -> &[Segment] {
        let end = self.record_starts.get(id + 1).map_or(self.scratch.segments.len(), |end| *end as usize);
        &self.scratch.segments[self.record_starts[id] as usize..end]
    }

    fn edges(&self) -> Edges<'_> {
        Edges { starts: &self.edge_starts, edges: &self.edges }
    }

    /// How many cells a loader has met before each deferred cell of a record, which it does not look into.
    fn ordinals(&self, id: usize, deferred: &[bool]) -> Vec<u32> {
        let mut skipped = 0;
        let mut last = NO_UNIT;
        let mut ordinals = Vec::new();
        for edge in &self.edges[self.edges().range(id)] {
            if edge.unit < COMPLETE && edge.unit != last && deferred[edge.unit as usize] {
                last = edge.unit;
                let unit = self.units[edge.unit as usize];
                ordinals.push(unit.ordinal - skipped);
                skipped += unit.nested;
            }
        }
        ordinals
    }

    fn is_deferred(segment: &Segment, deferred: &[bool]) -> bool {
        segment.unit != NO_UNIT && deferred[segment.unit as usize]
    }
}

/// What was met last, let go of first: no object's end can end a chain of others.
impl Drop for Graph {
    fn drop(&mut self) {
        for class in &mut self.classes {
            if let Objects::Live { table, .. } = &mut class.objects {
                table.reverse();
            }
        }
        for (class, _) in &self.objects {
            if let Objects::Live { table, .. } = &mut self.classes[*class as usize].objects {
                table.pop();
            }
        }
    }
}

//! The writer's side: objects are met, visited from a queue into scratch, ordered, and put into blocks.

use std::any::{Any, TypeId};

use rustc_hash::FxHashMap;

use super::class::{Pointers, Table};
use super::order::{self, COMPLETE, Edge, Edges, HARD, NOWHERE, Refusal, Step, WEAK};
use super::{Class, Family, PointerClass, Target, Vacancy};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TypeSchema;
use crate::traits::Shape;
use crate::wire::{Entry, Writer};

/// The root, where an object's number could stand.
const ROOT: u32 = u32::MAX;
/// No cell that may be deferred.
const NO_UNIT: u32 = HARD;
/// Objects between the root and a refused one, up to which its path is told.
const LONGEST_PATH: usize = 64;

/// What a stream with shared pointers needs until its last record is in order.
pub(crate) struct Graph {
    scopes: Vec<Scope>,
    classes: Vec<WrittenClass>,
    class_numbers: FxHashMap<(TypeId, TypeId), u32>,
    /// The number of each object by its address; with `WEAK`, a place in `weak_only`.
    found: FxHashMap<usize, u32>,
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
    visit: fn(&mut Writer<'_>, usize, usize),
    table: Box<dyn Table>,
}

/// An object that so far only a `Weak` refers to, kept so that its address stays its own.
struct WeakOnly {
    id: u32,
    _kept: Box<dyn Any>,
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
        self.scratch.chunks.push(run.to_vec());
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
            class.table.reverse();
        }
        for (class, _) in &self.objects {
            self.classes[*class as usize].table.pop();
        }
    }
}

impl Writer<'_> {
    /// Writes a pointer as the number of its object.
    #[inline]
    pub(crate) fn strong<F: Family, T: ?Sized + Target>(&mut self, pointer: &F::Strong<T>) {
        let Some(graph) = self.graph_mut() else { return self.fail(undescribed(F::STRONG)) };
        let address = std::ptr::from_ref::<T>(pointer).cast::<()>().addr();
        let id = match graph.found.get(&address) {
            Some(id) if id & WEAK == 0 => {
                let class = graph.objects[*id as usize].0;
                if graph.classes[class as usize].concrete != T::concrete(pointer) {
                    return self.fail(two_types(F::STRONG));
                }
                *id
            }
            known => {
                let known = known.copied();
                match self.meet::<F, T>(address, known, pointer) {
                    Ok(id) => id,
                    Err(error) => return self.fail(error),
                }
            }
        };
        self.refer(id, 0);
        self.reserve(4).copy_from_slice(&id.to_le_bytes());
    }

    /// Writes a weak pointer as the number of its object, or as that of none.
    pub(crate) fn weak<F: Family, T: ?Sized + Target>(&mut self, pointer: &F::Weak<T>) {
        let Some(graph) = self.graph_mut() else { return self.fail(undescribed(F::WEAK)) };
        let Some(strong) = F::upgrade(pointer) else {
            return self.reserve(4).copy_from_slice(&NOWHERE.to_le_bytes());
        };
        let address = std::ptr::from_ref::<T>(&strong).cast::<()>().addr();
        let known = match graph.found.get(&address) {
            Some(known) => *known,
            None => {
                let place = graph.weak_only.len() as u32 | WEAK;
                graph.weak_only.push(WeakOnly { id: NOWHERE, _kept: Box::new(strong) });
                graph.found.insert(address, place);
                place
            }
        };
        if known & WEAK == 0 {
            self.refer(known, WEAK);
            return self.reserve(4).copy_from_slice(&known.to_le_bytes());
        }
        let edge = self.refer(NOWHERE, 0);
        self.reserve(4).copy_from_slice(&NOWHERE.to_le_bytes());
        let (data, _) = self.position();
        if let Some(graph) = self.graph_mut() {
            let chunk = graph.scratch.chunks.len() as u32;
            graph.patches.push(Patch { chunk, offset: data as u32 - 4, edge, weak_only: known & !WEAK });
        }
    }

    /// Takes note of a reference from the record that is being written.
    #[inline]
    fn refer(&mut self, id: u32, weak: u32) -> Option<u32> {
        let solid = self.is_solid();
        let graph = self.graph_mut()?;
        if graph.probe == Some(id) {
            self.fail(Error::new(ErrorKind::Cycle, String::new()));
            return None;
        }
        if graph.visiting == ROOT {
            return None;
        }
        let unit = if solid { COMPLETE } else { graph.unit };
        graph.edges.push(Edge { target: if id == NOWHERE { NOWHERE } else { id | weak }, unit });
        Some(graph.edges.len() as u32 - 1)
    }

    /// Gives an object its number, and queues it.
    #[cold]
    #[inline(never)]
    fn meet<F: Family, T: ?Sized + Target>(
        &mut self,
        address: usize,
        known: Option<u32>,
        pointer: &F::Strong<T>,
    ) -> Result<u32> {
        let number = self.class_number::<F, T>(pointer)?;
        let Some(graph) = self.graph_mut() else { return Err(undescribed(F::STRONG)) };
        let id = graph.objects.len() as u32;
        if id >= WEAK - 1 || graph.edges.len() >= HARD as usize - 2 {
            return Err(Error::new(ErrorKind::Limit, "more than 2,147,483,647 shared objects in one value")
                .with_remedy("split it into several streams"));
        }
        let class = &mut graph.classes[number as usize];
        let Some(table) = class.table.any_mut().downcast_mut::<Pointers<F, T>>() else {
            return Err(undescribed(F::STRONG));
        };
        table.items.push(pointer.clone());
        graph.objects.push((number, table.items.len() as u32 - 1));
        graph.parents.push(graph.visiting);
        graph.found.insert(address, id);
        if let Some(known) = known {
            graph.weak_only[(known & !WEAK) as usize].id = id;
        }
        Ok(id)
    }

    /// The number of the class of an object that is met through `pointer`.
    fn class_number<F: Family, T: ?Sized + Target>(&mut self, pointer: &F::Strong<T>) -> Result<u32> {
        let key = (TypeId::of::<F::Strong<T>>(), T::concrete(pointer));
        let scope = self.scope();
        let Some(graph) = self.graph_mut() else { return Err(undescribed(F::STRONG)) };
        if let Some(number) = graph.class_numbers.get(&key) {
            return Ok(*number);
        }
        let schema = graph.scopes[scope as usize].schema;
        let node = schema.pointer_node(key.0).ok_or_else(|| undescribed(F::STRONG))?;
        let (class, number, inner_scope) = match T::class::<F>() {
            PointerClass::Known(class) => (class, None, scope),
            PointerClass::Behind(_) => {
                let (number, entry, dynamic) = T::implementor(pointer, self)?.ok_or_else(|| undescribed(F::STRONG))?;
                let inner = self.scope_of(dynamic, number, (entry.schema)()?)?;
                (F::class(entry), Some(number as u32), inner)
            }
        };
        let Some(graph) = self.graph_mut() else { return Err(undescribed(F::STRONG)) };
        graph.classes.push(WrittenClass {
            class,
            concrete: key.1,
            scope,
            node,
            number,
            inner_scope,
            visit: visit::<F, T>,
            table: Box::new(Pointers::<F, T> { items: Vec::new() }),
        });
        let number = graph.classes.len() as u32 - 1;
        graph.class_numbers.insert(key, number);
        Ok(number)
    }

    /// The scope of a type behind `dyn`, which stands at the part `dynamic` of the current scope's schema.
    pub(crate) fn scope_of(&mut self, dynamic: TypeId, number: usize, schema: &'static TypeSchema) -> Result<u32> {
        let parent = self.scope();
        let Some(graph) = self.graph_mut() else { return Ok(0) };
        let number = number as u32;
        let Some(node) = graph.scopes[parent as usize].schema.dynamic_node(dynamic) else {
            return Err(undescribed("trait object"));
        };
        // The last ones are the likeliest: values of one type come in runs.
        let known = graph.scopes.iter().rposition(|s| s.number == number && s.node == node && s.parent == parent);
        Ok(match known {
            Some(known) if known > 0 => known as u32,
            _ => {
                graph.scopes.push(Scope { parent, node, number, schema });
                graph.scopes.len() as u32 - 1
            }
        })
    }

    /// Writes what a cell holds; the cell may be filled after its object was built where `T` can be vacant.
    #[inline]
    pub(crate) fn cell<T: Shape>(&mut self, write: impl FnOnce(&mut Self)) {
        if self.graph_mut().is_none() {
            return write(self);
        }
        let begun = self.begin_unit::<T>();
        write(self);
        if begun {
            self.end_unit();
        }
    }

    fn begin_unit<T: Shape>(&mut self) -> bool {
        let (data, text) = self.position();
        let solid = self.is_solid();
        let Some(graph) = self.graph_mut() else { return false };
        graph.cells += 1;
        if solid || graph.visiting == ROOT || graph.unit != NO_UNIT {
            return false;
        }
        let key = typeid::of::<T>();
        let vacant = match graph.vacancies.get(&key) {
            Some(vacant) => *vacant,
            None => {
                let vacant = T::has_vacant(&mut Vacancy::default());
                if !vacant && graph.not_vacant.len() < 3 {
                    graph.not_vacant.push(T::name());
                }
                graph.vacancies.insert(key, vacant);
                vacant
            }
        };
        if vacant {
            graph.cut(data, text);
            graph.unit = graph.units.len() as u32;
            graph.units.push(Unit { ordinal: graph.cells - 1, nested: graph.cells });
        }
        vacant
    }

    fn end_unit(&mut self) {
        let (data, text) = self.position();
        let Some(graph) = self.graph_mut() else { return };
        graph.cut(data, text);
        graph.unit = NO_UNIT;
        let cells = graph.cells;
        if let Some(unit) = graph.units.last_mut() {
            unit.nested = cells - unit.nested;
        }
    }

    /// Visits every object that the root has led to, and writes the stream; `root` writes the root again, where a path
    /// is asked for.
    #[cold]
    pub(crate) fn finish_graph(&mut self, root: &dyn Fn(&mut Writer<'_>)) {
        self.end_record();
        let mut next = 0;
        while let Some(graph) = self.graph_mut()
            && next < graph.objects.len()
            && !self.failed()
        {
            self.visit(next as u32);
            self.end_record();
            next += 1;
        }
        if !self.failed() {
            if let Err(refusal) = self.emit() {
                self.refuse(&refusal, root);
            }
        } else if next > 0 {
            self.lead_to(next as u32 - 1, root);
        }
        self.end_graph();
    }

    fn end_record(&mut self) {
        let (data, text) = self.position();
        let Some(graph) = self.graph_mut() else { return };
        graph.cut(data, text);
        graph.record_starts.push(graph.scratch.segments.len() as u32);
        graph.edge_starts.push(graph.edges.len() as u32);
    }

    /// Writes the record of an object.
    fn visit(&mut self, id: u32) {
        let Some(graph) = self.graph_mut() else { return };
        let (class, index) = graph.objects[id as usize];
        let written = &graph.classes[class as usize];
        let (visit, scope) = (written.visit, written.inner_scope);
        graph.visiting = id;
        graph.cells = 0;
        graph.unit = NO_UNIT;
        self.begin_record(scope);
        visit(self, class as usize, index as usize);
    }

    /// Puts the way to an object before the path of the error that its record gave.
    fn lead_to(&mut self, id: u32, root: &dyn Fn(&mut Writer<'_>)) {
        let Some(mut error) = self.take_error() else { return };
        let mut way = vec![id];
        if let Some(graph) = self.graph_mut() {
            while let Some(parent) = way.last().and_then(|id| graph.parents.get(*id as usize)) {
                way.push(*parent);
            }
        }
        // Of a long way, the end that is near the object.
        way.truncate(LONGEST_PATH);
        for step in way.windows(2) {
            if let Some(found) = self.probe(step[1], step[0], root) {
                error = error.within(found);
            }
        }
        self.fail(error);
    }

    /// An error whose path is the way from the record `from` to its first mention of `to`.
    fn probe(&mut self, from: u32, to: u32, root: &dyn Fn(&mut Writer<'_>)) -> Option<Error> {
        self.graph_mut()?.probe = Some(to);
        if from == ROOT {
            self.graph_mut()?.visiting = ROOT;
            self.begin_record(0);
            root(self);
        } else {
            self.visit(from);
        }
        self.graph_mut()?.probe = None;
        self.take_error()
    }

    fn refuse(&mut self, refusal: &Refusal, root: &dyn Fn(&mut Writer<'_>)) {
        let names = self.graph_mut().map_or(String::new(), |graph| graph.not_vacant.join("`, `"));
        let (from, to, error) = match *refusal {
            Refusal::Incomplete { from, to } => {
                let message = "a map's key, or what a hook, an adapter or a reducer works on, holds an object of its own cycle, which is not complete when it is needed";
                let error = Error::new(ErrorKind::Cycle, message).with_remedy(
                    "keep that reference out of it: as an id, or as a field that is skipped and set afterwards",
                );
                (from, Some(to), error)
            }
            Refusal::Solid { from, to } => {
                let cells = if names.is_empty() {
                    String::new()
                } else {
                    format!(": there is none of `{names}` to put in a cell until then")
                };
                let message = format!(
                    "this reference is part of a cycle that can't be restored, because no cell of it can be vacant for a while{cells}"
                );
                let error = Error::new(ErrorKind::Cycle, message)
                    .with_remedy("hold an `Option` in one of its cells, or mark a variant without references with `#[pickle(vacant)]`");
                (from, Some(to), error)
            }
            Refusal::NotVacant { object } => {
                let error = Error::new(
                    ErrorKind::Cycle,
                    "an object that a plain `Weak` within it points back to has no vacant value, and can't be restored without one",
                )
                .with_remedy("put the `Weak` in a cell: `RefCell<Weak<T>>`");
                (object, None, error)
            }
            Refusal::Deep { object } => {
                let message = "plain `Weak`s point back along more owners than max_depth allows";
                let error = Error::new(ErrorKind::Limit, message)
                    .with_remedy("put the `Weak`s in cells, `RefCell<Weak<T>>`, or raise the limit with `Pickler::max_depth` and `Unpickler::max_depth`");
                (object, None, error)
            }
        };
        let found = to.and_then(|to| self.probe(from, to, root));
        self.fail(match found {
            Some(found) => error.within(found),
            None => error,
        });
        self.lead_to(from, root);
    }

    /// Puts all records in order, and into blocks.
    fn emit(&mut self) -> Result<(), Refusal> {
        let max_open = self.max_depth();
        let chunk = self.end_scratch();
        let Some(mut graph) = self.take_graph() else { return Ok(()) };
        graph.scratch.chunks.push(chunk);
        graph.patch();
        let vacant = |id: u32| graph.classes[graph.objects[id as usize].0 as usize].class.has_vacant();
        let ordered = if graph.objects.is_empty() {
            Ok(order::Order { steps: Vec::new(), deferred: Vec::new() })
        } else {
            order::order(&graph.edges(), graph.units.len(), max_open, vacant)
        };
        let order = match ordered {
            Ok(order) => order,
            Err(refusal) => {
                self.give_graph(graph);
                return Err(refusal);
            }
        };
        let root = graph.scopes[0].schema;
        // What was only needed to meet objects makes room for the stream.
        graph.found = FxHashMap::default();
        self.begin_stream(root, !graph.objects.is_empty(), graph.size(&order));
        if !graph.objects.is_empty() {
            self.tables(&graph);
            self.records(&graph, &order);
        }
        for segment in &graph.scratch.segments[..graph.record_starts[0] as usize] {
            self.segment(&graph, segment);
        }
        Ok(())
    }

    /// Writes what the records' classes are.
    fn tables(&mut self, graph: &Graph) {
        let mut number = |n: u32| self.reserve(4).copy_from_slice(&n.to_le_bytes());
        number(graph.scopes.len() as u32 - 1);
        for scope in &graph.scopes[1..] {
            [scope.parent, scope.node, scope.number].into_iter().for_each(&mut number);
        }
        number(graph.classes.len() as u32);
        for class in &graph.classes {
            [class.scope, class.node, class.number.map_or(0, |number| number + 1)].into_iter().for_each(&mut number);
        }
        number(graph.objects.len() as u32);
    }

    fn records(&mut self, graph: &Graph, order: &order::Order) {
        let deferred = &order.deferred;
        let mut pending: Vec<u32> = Vec::new();
        for step in &order.steps {
            let (id, entry, deferring) = match *step {
                Step::Record(id) => (id, Entry::Record, Entry::DeferringRecord),
                Step::Close(id) => (id, Entry::Close, Entry::DeferringClose),
                Step::Open(id) => {
                    self.entry(Entry::Open, graph.objects[id as usize].0, id);
                    continue;
                }
                Step::Fill => {
                    self.reserve(1)[0] = Entry::Fill as u8;
                    for id in pending.drain(..) {
                        for segment in graph.segments(id as usize) {
                            if Graph::is_deferred(segment, deferred) {
                                self.segment(graph, segment);
                            }
                        }
                    }
                    continue;
                }
            };
            let ordinals = graph.ordinals(id as usize, deferred);
            let entry = if ordinals.is_empty() { entry } else { deferring };
            match step {
                Step::Record(_) => self.entry(entry, graph.objects[id as usize].0, id),
                _ => self.reserve(1)[0] = entry as u8,
            }
            if !ordinals.is_empty() {
                pending.push(id);
                self.reserve(4).copy_from_slice(&(ordinals.len() as u32).to_le_bytes());
                for ordinal in ordinals {
                    self.reserve(4).copy_from_slice(&ordinal.to_le_bytes());
                }
            }
            for segment in graph.segments(id as usize) {
                if !Graph::is_deferred(segment, deferred) {
                    self.segment(graph, segment);
                }
            }
        }
        self.reserve(1)[0] = Entry::Root as u8;
    }

    fn entry(&mut self, entry: Entry, class: u32, id: u32) {
        let head = self.reserve(6);
        head[0] = entry as u8;
        head[1] = crate::wire::short(class as usize);
        head[2..].copy_from_slice(&id.to_le_bytes());
        self.length(class as usize);
    }

    fn segment(&mut self, graph: &Graph, segment: &Segment) {
        let chunk = &graph.scratch.chunks[segment.chunk as usize];
        let lane = |(start, end): (u32, u32)| &chunk[start as usize..end as usize];
        self.both_lanes(lane(segment.data), lane(segment.text));
    }
}

impl Graph {
    /// Gives the weak references that came before their objects the numbers that these got.
    fn patch(&mut self) {
        for patch in &self.patches {
            let id = self.weak_only[patch.weak_only as usize].id;
            if id == NOWHERE {
                continue;
            }
            let place = patch.offset as usize;
            self.scratch.chunks[patch.chunk as usize][place..place + 4].copy_from_slice(&id.to_le_bytes());
            if let Some(edge) = patch.edge {
                self.edges[edge as usize].target = id | WEAK;
            }
        }
    }

    /// About how many bytes the records take in the stream.
    fn size(&self, order: &order::Order) -> usize {
        let lanes = |segment: &Segment| segment.data.1 - segment.data.0 + segment.text.1 - segment.text.0;
        let records: usize = self.scratch.segments.iter().map(|segment| lanes(segment) as usize).sum();
        let deferred = order.deferred.iter().filter(|deferred| **deferred).count();
        records + 6 * order.steps.len() + 8 * deferred + 12 * (self.scopes.len() + self.classes.len() + 1)
    }
}

fn visit<F: Family, T: ?Sized + Target>(writer: &mut Writer<'_>, class: usize, index: usize) {
    let table = writer.graph_mut().map(|graph| graph.classes[class].table.any());
    if let Some(table) = table.and_then(|table| table.downcast_ref::<Pointers<F, T>>()) {
        let pointer = table.items[index].clone();
        T::persist(&pointer, writer);
    }
}

#[cold]
fn undescribed(pointer: &str) -> Error {
    Error::new(ErrorKind::Unrepresentable, format!("the schema of the root does not tell of this {pointer}"))
        .with_remedy("derive `Pickle` for the type that holds it: its own `Shape` leaves it out")
}

#[cold]
fn two_types(pointer: &str) -> Error {
    Error::new(ErrorKind::Unrepresentable, format!("one object is behind an `{pointer}` as a slice and as an array"))
        .with_remedy("hold it as one of them")
}

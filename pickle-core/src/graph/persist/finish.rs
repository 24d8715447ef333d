//! Visiting all objects, and putting their records into the stream.

use rustc_hash::FxHashMap;

use super::super::order::{self, NOWHERE, Refusal, Step, WEAK};
use super::{Graph, NO_UNIT, Objects, Segment, Source};
use crate::wire::{Entry, Writer};

impl Writer<'_> {
    /// Visits every object that the root, which is written, has led to, and writes the stream.
    #[cold]
    pub(crate) fn finish_graph(&mut self, source: &mut dyn Source) {
        self.end_record();
        let mut next = 0;
        while let Some(graph) = self.graph_mut()
            && next < graph.objects.len()
            && !self.failed()
        {
            self.visit(next as u32, source);
            self.end_record();
            next += 1;
        }
        if !self.failed() {
            if let Err(refusal) = self.emit() {
                self.refuse(&refusal, source);
            }
        } else if next > 0 {
            self.lead_to(next as u32 - 1, source);
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
    pub(super) fn visit(&mut self, id: u32, source: &mut dyn Source) {
        let Some(graph) = self.graph_mut() else { return };
        let (class, index) = graph.objects[id as usize];
        let written = &graph.classes[class as usize];
        let scope = written.inner_scope;
        let visit = match &written.objects {
            Objects::Live { visit, .. } => Ok(*visit),
            Objects::Foreign(keys) => Err(keys[index as usize]),
        };
        graph.visiting = id;
        graph.cells = 0;
        graph.unit = NO_UNIT;
        self.begin_record(scope);
        match visit {
            Ok(visit) => visit(self, class as usize, index as usize),
            Err(key) => source.object(key, self),
        }
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

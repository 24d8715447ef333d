//! Visiting all objects, and putting their records into the stream.

use super::super::order::{self, NOWHERE, Refusal, Step, WEAK};
use super::addresses::Addresses;
use super::scratch::Segment;
use super::{Graph, NO_UNIT, Objects, ROOT, RUN, Run, Source};
use crate::wire::{Entry, Writer};

impl Writer<'_> {
    /// Visits every object that the root, which is written, has led to, and writes the stream.
    #[cold]
    pub(crate) fn finish_graph(&mut self, source: &mut dyn Source) {
        self.end_record();
        let mut next = 0;
        while !self.failed()
            && let Some(graph) = self.graph_mut()
        {
            let Some(object) = graph.objects.get(next) else { break };
            // Objects of one class come in runs.
            let ahead = graph.objects[next..].iter().take(RUN);
            let run = ahead.take_while(|other| other.class == object.class).count();
            let class = &mut graph.classes[object.class as usize];
            let index = class.visited;
            class.visited += run as u32;
            self.visit(next as u32, index, run, source);
            next += run;
        }
        match self.graph_mut().map(|graph| graph.visiting) {
            Some(id) if self.failed() && id != ROOT => self.lead_to(id, source),
            _ if self.failed() => {}
            _ => {
                if let Err(refusal) = self.emit() {
                    self.refuse(&refusal, source);
                }
            }
        }
        self.end_graph();
    }

    pub(super) fn end_record(&mut self) {
        let (data, text) = self.position();
        let Some(graph) = self.graph_mut() else { return };
        graph.cut(data, text);
        graph.scratch.end_record();
        graph.edge_starts.push(graph.edges.len() as u32);
    }

    /// Writes the records of a run of objects of one class, where the first is at `index`, up to one that fails.
    pub(super) fn visit(&mut self, id: u32, index: u32, run: usize, source: &mut dyn Source) {
        let Some(graph) = self.graph_mut() else { return };
        let class = graph.objects[id as usize].class;
        let written = &graph.classes[class as usize];
        let scope = written.inner_scope;
        let visit = match &written.objects {
            Objects::Live { visit, .. } => *visit,
            Objects::Foreign(keys) => {
                let keys: Vec<u32> = keys[index as usize..index as usize + run].to_vec();
                for (id, key) in (id..).zip(keys) {
                    self.begin_visit(id, scope);
                    source.object(key, self);
                    self.end_record();
                    if self.failed() {
                        break;
                    }
                }
                return;
            }
        };
        visit(self, Run { id, class, index, length: run, scope });
    }

    pub(super) fn begin_visit(&mut self, id: u32, scope: u32) {
        if let Some(graph) = self.graph_mut() {
            graph.visiting = id;
            graph.cells = 0;
            graph.unit = NO_UNIT;
        }
        self.begin_record(scope);
    }

    /// Puts all records in order, and into blocks.
    fn emit(&mut self) -> Result<(), Refusal> {
        let max_open = self.max_depth();
        let chunk = self.end_scratch();
        let Some(mut graph) = self.take_graph() else { return Ok(()) };
        graph.scratch.chunks.push(chunk);
        graph.patch();
        // What was only needed to meet objects makes room for their order.
        graph.found = Addresses::default();
        let vacant = |id: u32| graph.classes[graph.objects[id as usize].class as usize].class.has_vacant();
        let ordered = if graph.objects.is_empty() {
            Ok(order::Order { steps: Vec::new(), deferred: Vec::new() })
        } else {
            order::order(&graph.edges(), graph.units.len(), max_open, vacant)
        };
        let order = match ordered {
            Ok(order) => order,
            Err(refusal) => {
                graph.find_again();
                self.give_graph(graph);
                return Err(refusal);
            }
        };
        let root = graph.scopes[0].schema;
        self.begin_stream(root, !graph.objects.is_empty(), graph.size(&order));
        if !graph.objects.is_empty() {
            self.tables(&graph);
            self.records(&graph, &order);
        }
        for segment in graph.scratch.root() {
            self.segment(&segment);
        }
        self.keep_graph(graph);
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
        let mut ordinals = Vec::new();
        for step in &order.steps {
            // Most objects have no cell that waits for others, and lie in one piece.
            if let Step::Record(id) = *step
                && deferred.is_empty()
                && let Some(segment) = graph.scratch.only_segment(id as usize)
                && self.whole_record(graph.objects[id as usize].class, id, segment.data, segment.text)
            {
                continue;
            }
            let (id, entry, deferring) = match *step {
                Step::Record(id) => (id, Entry::Record, Entry::DeferringRecord),
                Step::Close(id) => (id, Entry::Close, Entry::DeferringClose),
                Step::Open(id) => {
                    self.entry(Entry::Open, graph.objects[id as usize].class, id);
                    continue;
                }
                Step::Fill => {
                    self.reserve(1)[0] = Entry::Fill as u8;
                    for id in pending.drain(..) {
                        for segment in graph.scratch.record(id as usize) {
                            if segment.is_deferred(deferred) {
                                self.segment(&segment);
                            }
                        }
                    }
                    continue;
                }
            };
            graph.ordinals(id as usize, deferred, &mut ordinals);
            let entry = if ordinals.is_empty() { entry } else { deferring };
            match step {
                Step::Record(_) => self.entry(entry, graph.objects[id as usize].class, id),
                _ => self.reserve(1)[0] = entry as u8,
            }
            if !ordinals.is_empty() {
                pending.push(id);
                self.reserve(4).copy_from_slice(&(ordinals.len() as u32).to_le_bytes());
                for ordinal in &ordinals {
                    self.reserve(4).copy_from_slice(&ordinal.to_le_bytes());
                }
            }
            for segment in graph.scratch.record(id as usize) {
                if !segment.is_deferred(deferred) {
                    self.segment(&segment);
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

    #[inline]
    fn segment(&mut self, segment: &Segment<'_>) {
        self.both_lanes(segment.data, segment.text);
    }
}

impl Graph {
    /// Makes the objects known again by their addresses, for a refusal that asks for the way to one.
    fn find_again(&mut self) {
        let mut places = vec![0; self.classes.len()];
        for (id, object) in self.objects.iter().enumerate() {
            let class = object.class as usize;
            let index = places[class];
            places[class] += 1;
            if let Objects::Live { table, .. } = &self.classes[class].objects {
                let address = table.address(index);
                let (place, _) = self.found.find(address);
                self.found.set(place, address, id as u32);
            }
        }
    }

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
        let deferred = order.deferred.iter().filter(|deferred| **deferred).count();
        self.scratch.size + 6 * order.steps.len() + 8 * deferred + 12 * (self.scopes.len() + self.classes.len() + 1)
    }
}

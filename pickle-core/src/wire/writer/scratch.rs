//! The writer in a stream with shared objects: records wait in chunks, with two lanes like blocks, until their order is
//! known.

use std::any::TypeId;

use super::super::Entry;
use super::{BLOCK_HEADER, FIRST_BLOCK, LONG, MAX_BLOCK, Writer, copy, header};
use crate::error::Error;
use crate::graph::Graph;
use crate::schema::TypeSchema;

/// Chunks grow like blocks; what lies in one of them fits in a block.
const MAX_CHUNK: usize = MAX_BLOCK - BLOCK_HEADER;

/// Length of what comes before the value in a record of one of the first classes.
const RECORD_HEAD: usize = 6;

impl Writer<'_> {
    #[cold]
    #[inline(never)]
    pub(super) fn begin_scratch(&mut self, root: &'static TypeSchema) {
        self.graph = Some(match self.spare_graph.take() {
            Some(mut spare) => {
                spare.set_root(root);
                spare
            }
            None => Box::new(Graph::new(root)),
        });
        self.again = None;
        self.scope = 0;
        self.solid = 0;
        self.next_size = FIRST_BLOCK;
        self.kept = std::mem::take(&mut self.buffer);
        self.open_chunk(0);
    }

    fn open_chunk(&mut self, need: usize) {
        let size = self.next_size.min(MAX_CHUNK).max(need);
        self.next_size = (self.next_size * 2).min(MAX_BLOCK);
        if let (true, Some(graph)) = (self.buffer.len() < size, &mut self.graph) {
            self.buffer = graph.spare_chunk(size);
        }
        if self.buffer.len() < size {
            self.buffer = vec![0; size];
        }
        self.begin = 0;
        self.cursor = 0;
        self.end = size;
        self.top = size;
        if let Some(graph) = &mut self.graph {
            graph.begin_chunk(size);
        }
    }

    #[cold]
    pub(super) fn next_chunk(&mut self, need: usize) {
        self.take_chunk();
        self.open_chunk(need);
    }

    fn take_chunk(&mut self) {
        let full = std::mem::take(&mut self.buffer);
        if let Some(graph) = &mut self.graph {
            graph.next_chunk(full, self.cursor, self.top);
        }
    }

    #[cold]
    pub(super) fn large_chunk(&mut self, run: &[u8], is_text: bool) {
        self.take_chunk();
        if let Some(graph) = &mut self.graph {
            graph.large(run, is_text);
        }
        self.open_chunk(0);
    }

    #[inline]
    pub(crate) fn graph(&self) -> Option<&Graph> {
        self.graph.as_deref()
    }

    #[inline]
    pub(crate) fn graph_mut(&mut self) -> Option<&mut Graph> {
        self.graph.as_deref_mut()
    }

    /// Whether shared objects may be met.
    #[inline]
    pub(crate) fn has_graph(&self) -> bool {
        self.graph.is_some()
    }

    pub(crate) fn take_graph(&mut self) -> Option<Box<Graph>> {
        self.graph.take()
    }

    pub(crate) fn give_graph(&mut self, graph: Box<Graph>) {
        self.graph = Some(graph);
        self.open_chunk(0);
    }

    /// Lets go of all objects, and keeps the memory for the next ones where this is not the first graph: most writers
    /// write one.
    pub(crate) fn keep_graph(&mut self, graph: Box<Graph>) {
        if std::mem::replace(&mut self.keeps_graph, true) {
            self.spare_graph = graph.empty();
        }
    }

    /// Lets go of all objects where the dump was refused.
    pub(crate) fn end_graph(&mut self) {
        if self.graph.take().is_some() {
            self.buffer = std::mem::take(&mut self.kept);
            self.next_size = FIRST_BLOCK;
            self.open(0, 0);
        }
    }

    /// Where data and text stand in the current chunk.
    #[inline]
    pub(crate) fn position(&self) -> (usize, usize) {
        (self.cursor, self.top)
    }

    /// The last chunk, before the stream itself is begun.
    pub(crate) fn end_scratch(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    /// Begins the stream, whose records take about `size` bytes.
    pub(crate) fn begin_stream(&mut self, root: &TypeSchema, objects: bool, size: usize) {
        // The last block is no larger than all before it.
        let size = size + size / 256 + size.min(MAX_BLOCK) + FIRST_BLOCK + root.embedded_header().len();
        self.buffer = std::mem::take(&mut self.kept);
        if self.sink.is_none() && size > self.buffer.len() {
            self.buffer = vec![0; size];
        }
        self.begin(root, if objects { header::OBJECTS } else { 0 });
    }

    /// Writes a run of data and text that must lie in one block.
    pub(crate) fn both_lanes(&mut self, data: &[u8], text: &[u8]) {
        let need = data.len() + text.len();
        if need > self.top - self.cursor {
            if need > MAX_CHUNK && (data.is_empty() || text.is_empty()) {
                let (run, lane) = if text.is_empty() { (data, super::Lane::Data) } else { (text, super::Lane::Text) };
                return self.large(run, lane);
            }
            self.roll(need);
        }
        copy(&mut self.buffer[self.cursor..self.cursor + data.len()], data);
        self.cursor += data.len();
        self.top -= text.len();
        copy(&mut self.buffer[self.top..self.top + text.len()], text);
    }

    /// Writes a record in one step; false where that is not so easy.
    #[inline]
    pub(crate) fn whole_record(&mut self, class: u32, id: u32, data: &[u8], text: &[u8]) -> bool {
        let need = RECORD_HEAD + data.len() + text.len();
        if need > self.top - self.cursor || class >= u32::from(LONG) {
            return false;
        }
        let room = &mut self.buffer[self.cursor..self.top];
        let (head, room) = room.split_at_mut(RECORD_HEAD);
        head[0] = Entry::Record as u8;
        head[1] = class as u8;
        head[2..].copy_from_slice(&id.to_le_bytes());
        let (room, end) = room.split_at_mut(room.len() - text.len());
        copy(&mut room[..data.len()], data);
        copy(end, text);
        self.cursor += RECORD_HEAD + data.len();
        self.top -= text.len();
        true
    }

    /// Readies the writer for the record of an object that stands in this scope.
    pub(crate) fn begin_record(&mut self, scope: u32) {
        self.scope = scope;
        self.solid = 0;
        self.depth = self.max_depth;
    }

    pub(crate) fn scope(&self) -> u32 {
        self.scope
    }

    /// Writes a value that stands in the schema of a type that only values name.
    pub(crate) fn in_scope(
        &mut self,
        dynamic: TypeId,
        number: usize,
        schema: &'static TypeSchema,
        write: impl FnOnce(&mut Self),
    ) {
        if self.graph.is_none() {
            return write(self);
        }
        match self.scope_of(dynamic, number, schema) {
            Ok(scope) => {
                let outer = std::mem::replace(&mut self.scope, scope);
                write(self);
                self.scope = outer;
            }
            Err(error) => self.fail(error),
        }
    }

    /// Writes what user code looks at when it is loaded: all that it refers to must be complete by then.
    #[doc(hidden)]
    #[inline]
    pub fn solid(&mut self, write: impl FnOnce(&mut Self)) {
        self.solid += 1;
        write(self);
        self.solid -= 1;
    }

    #[inline]
    pub(crate) fn is_solid(&self) -> bool {
        self.solid > 0
    }

    pub(crate) fn max_depth(&self) -> usize {
        self.max_depth
    }

    pub(crate) fn take_error(&mut self) -> Option<Error> {
        self.error.take()
    }
}

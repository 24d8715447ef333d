//! What a reader without Rust types asks of it beside what typed values do.

use super::Reader;
use crate::error::Result;
use crate::schema::runtime::RuntimeType;
use crate::wire::{BLOCK_HEADER, Input, Memory};

/// Where the current block lies in the stream.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// Its header.
    pub(crate) start: u64,
    /// The end of its data lane, and the beginning of its text.
    pub(crate) data_end: u64,
    pub(crate) text_start: u64,
}

impl<'r, 'a: 'r> Reader<'r, 'a> {
    /// The blocks that are not opened yet, and where they start.
    pub(crate) fn unopened(&self) -> (Input<'r, 'a>, u64) {
        (self.here.rest, self.end - self.here.later as u64)
    }

    /// Opens the next block; gives its place.
    #[cold]
    pub(crate) fn advance(&mut self) -> Result<Place> {
        self.next()?;
        let end = self.end - self.here.later as u64;
        let text_start = end - self.here.text.len() as u64;
        let data_end = self.here.lane_start + self.here.lane.len() as u64;
        Ok(Place { start: self.here.lane_start - BLOCK_HEADER as u64, data_end, text_start })
    }

    #[inline(always)]
    pub(crate) fn data_left(&self) -> usize {
        self.here.data.len()
    }

    #[inline(always)]
    pub(crate) fn text_left(&self) -> usize {
        self.here.text.len()
    }

    pub(crate) fn is_last(&self) -> bool {
        self.here.last
    }

    /// Bytes of the stream up to the end of its blocks.
    pub(crate) fn input_length(&self) -> usize {
        usize::try_from(self.end).unwrap_or(usize::MAX)
    }

    pub(crate) fn memory(&self) -> Memory {
        Memory { left: self.memory, limit: self.limits.memory }
    }

    /// Allocates what is charged to this reader.
    pub(crate) fn allocate<T>(&mut self, run: impl FnOnce(&mut Memory) -> Result<T>) -> Result<T> {
        let mut memory = self.memory();
        let done = run(&mut memory);
        self.memory = memory.left;
        done.map_err(|error| self.place(error))
    }

    /// Takes back what was charged and is freed.
    pub(crate) fn give_back(&mut self, bytes: usize) {
        self.memory = self.memory.saturating_add(bytes);
    }

    /// Goes on with what is left elsewhere.
    pub(crate) fn set_memory_left(&mut self, bytes: usize) {
        self.memory = bytes;
    }

    /// A reader of a stream that has a schema, with what is left here of the limits.
    pub(crate) fn within<'i, 'j: 'i>(&self, input: Input<'i, 'j>, start: usize, length: usize) -> Reader<'i, 'j> {
        let mut reader = Reader::new(input, start, length, true, &self.limits, None);
        (reader.depth, reader.memory) = (self.depth, self.memory);
        (reader.empty_elements, reader.objects_left) = (self.empty_elements, self.objects_left);
        reader
    }

    /// A reader of the stream that this one reads, from its start: of the limits it shares the memory alone, because what
    /// is counted was counted here.
    pub(crate) fn anew<'i, 'j: 'i>(&self, input: Input<'i, 'j>, start: usize, length: usize) -> Reader<'i, 'j> {
        let mut reader = Reader::new(input, start, length, true, &self.limits, None);
        reader.memory = self.memory;
        reader
    }

    /// Takes what a reader within has left.
    pub(crate) fn take_limits(&mut self, within: &Reader<'_, '_>) {
        (self.memory, self.empty_elements) = (within.memory, within.empty_elements);
        self.objects_left = within.objects_left;
    }

    pub(crate) fn empty_elements(&self) -> usize {
        self.empty_elements
    }

    pub(crate) fn set_empty_elements(&mut self, left: usize) {
        self.empty_elements = left;
    }

    pub(crate) fn empty_limit(&self) -> usize {
        self.limits.empty_elements
    }

    /// What is left of the current block's lanes.
    pub(crate) fn lanes(&self) -> (&'r [u8], &'r str) {
        (self.here.data, self.here.text)
    }

    /// The types behind `dyn` that the blocks so far have defined.
    pub(crate) fn defined(&self) -> &[RuntimeType<'r>] {
        self.extras.as_ref().map_or(&[], |extras| &extras.types)
    }

    /// The heads of at least one and at most `count` elements, as many as lie in the current block; none where it is
    /// used up.
    #[inline]
    pub(crate) fn run_here(&mut self, head: usize, count: usize) -> Result<&'r [u8]> {
        let fit = self.here.data.len().checked_div(head).unwrap_or(0).min(count);
        self.take_here(fit * head)
    }
}

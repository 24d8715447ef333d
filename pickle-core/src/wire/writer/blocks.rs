//! Opening a block, closing it for the next one, and passing on what is finished.

use super::Writer;
use crate::error::{Error, ErrorKind};
use crate::wire::block::{self, copy};
use crate::wire::{BLOCK_HEADER, FIRST_BLOCK, LAST, MAX_BLOCK, MAX_GAP, TYPES};

/// The lane that a run of bytes lies in.
#[derive(Clone, Copy)]
pub(super) enum Lane {
    Data,
    Text,
}

impl Writer<'_> {
    /// Opens a block at `at`, with room for `need` bytes at the least.
    #[inline(always)]
    pub(super) fn open(&mut self, at: usize, need: usize) {
        let size = self.next_size.max(need + BLOCK_HEADER);
        self.next_size = (self.next_size * 2).min(MAX_BLOCK);
        self.begin = at;
        self.cursor = at + BLOCK_HEADER;
        self.end = at + size;
        self.top = self.end;
        self.grow_to(self.end);
    }

    #[inline]
    pub(super) fn grow_to(&mut self, length: usize) {
        if length > self.buffer.len() {
            self.grow(length);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, length: usize) {
        let before = self.buffer.capacity();
        let length = match self.sink {
            // What is there already is used up first.
            None if length <= before => length.max((self.buffer.len() * 2).min(before)),
            // While it is copied, the buffer is there twice.
            None => length.max((self.buffer.len() * 2).min(self.room.saturating_sub(before))),
            Some(_) => length,
        };
        if length > before {
            self.most_held = self.most_held.max(before.saturating_add(length));
            if self.most_held > self.room {
                // The stream is refused when that is next looked at: what it is until then does not matter.
                self.buffer = Vec::new();
            }
            self.buffer.reserve_exact(length - self.buffer.len());
        }
        self.buffer.resize(length, 0);
    }

    /// Lets the text of the first block grow down to where the data are expected to end: what is written there need not
    /// be moved at the end. That move waits for each write that it reads in another width, longer than for all else in a
    /// small message.
    #[inline(always)]
    pub(super) fn fold(&mut self) {
        if self.expected != 0 {
            self.top = self.cursor + self.expected;
            self.end = self.top;
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn expect(&mut self, lanes: usize) {
        if lanes <= FIRST_BLOCK - BLOCK_HEADER {
            self.expected = lanes;
        }
    }

    /// Gives a folded block the room that it has: what is written does not depend on what was expected.
    fn unfold(&mut self) {
        let end = self.begin + FIRST_BLOCK;
        if self.end < end {
            let text = self.top..self.end;
            self.top = end - text.len();
            self.end = end;
            self.buffer.copy_within(text, self.top);
        }
    }

    fn is_empty_block(&self) -> bool {
        self.cursor == self.begin + BLOCK_HEADER && self.top == self.end
    }

    /// Writes the block's header, closing or zeroing its gap, and puts the types that wait before it.
    #[inline(always)]
    pub(super) fn seal(&mut self, flags: u16) {
        let mut gap = self.top - self.cursor;
        if gap > MAX_GAP || flags & LAST != 0 {
            self.close_gap();
            gap = 0;
        } else {
            self.buffer[self.cursor..self.top].fill(0);
        }
        let data = self.cursor - self.begin - BLOCK_HEADER;
        let text = self.end - self.top;
        if !self.types.waiting.is_empty() {
            self.insert_types();
        }
        let header = block::header(data, gap, flags, text);
        self.buffer[self.begin..self.begin + BLOCK_HEADER].copy_from_slice(&header);
    }

    /// Moves the text down to the data.
    #[inline(always)]
    fn close_gap(&mut self) {
        let (gap, text) = (self.top - self.cursor, self.end - self.top);
        if gap == 0 {
            return;
        }
        if text <= gap {
            let (low, high) = self.buffer.split_at_mut(self.top);
            copy(&mut low[self.cursor..self.cursor + text], &high[..text]);
        } else {
            self.buffer.copy_within(self.top..self.end, self.cursor);
        }
        self.top = self.cursor;
        self.end -= gap;
    }

    /// Moves the block up and puts a block of types in its place.
    #[cold]
    fn insert_types(&mut self) {
        let types = std::mem::take(&mut self.types.waiting);
        let shift = BLOCK_HEADER + types.len();
        self.grow_to(self.end + shift);
        self.buffer.copy_within(self.begin..self.end, self.begin + shift);
        let place = &mut self.buffer[self.begin..self.begin + shift];
        place[..BLOCK_HEADER].copy_from_slice(&block::header(types.len(), 0, TYPES, 0));
        place[BLOCK_HEADER..].copy_from_slice(&types);
        self.begin += shift;
        self.end += shift;
    }

    /// Closes the block and opens one with room for `need` bytes.
    #[cold]
    #[inline(never)]
    pub(super) fn roll(&mut self, need: usize) {
        if need > u32::MAX as usize - BLOCK_HEADER {
            self.fail(too_long());
        }
        if self.graph.is_some() {
            return self.next_chunk(need);
        }
        self.unfold();
        if need <= self.top - self.cursor {
            return;
        }
        if self.is_empty_block() {
            return self.open(self.begin, need);
        }
        self.seal(0);
        self.pass_on();
        self.open(self.end, need);
    }

    /// Gives what is finished to the sink, where there is one.
    pub(super) fn pass_on(&mut self) {
        if self.sink.is_none() {
            return;
        }
        let done = &self.buffer[..self.end];
        if let Some(hasher) = &mut self.checksum {
            hasher.update(done);
        }
        if let (Some(sink), None) = (&mut self.sink, &self.error)
            && let Err(error) = sink.write_all(done)
        {
            self.error = Some(Error::io("writing", error));
        }
        self.end = 0;
    }

    /// Writes a run that is larger than any common block as a block of its own; a sink gets it uncopied.
    #[cold]
    #[inline(never)]
    pub(super) fn large(&mut self, bytes: &[u8], lane: Lane) {
        if bytes.len() > u32::MAX as usize {
            return self.fail(too_long());
        }
        if self.graph.is_some() {
            return self.large_chunk(bytes, matches!(lane, Lane::Text));
        }
        self.unfold();
        if self.is_empty_block() && self.types.waiting.is_empty() {
            self.end = self.begin;
        } else {
            self.seal(0);
        }
        let (data, text) = match lane {
            Lane::Data => (bytes.len(), 0),
            Lane::Text => (0, bytes.len()),
        };
        let at = self.end;
        self.end += BLOCK_HEADER;
        self.grow_to(self.end);
        self.buffer[at..self.end].copy_from_slice(&block::header(data, 0, 0, text));
        if self.sink.is_some() {
            self.pass_on();
            if let Some(hasher) = &mut self.checksum {
                hasher.update(bytes);
            }
            if let (Some(sink), None) = (&mut self.sink, &self.error)
                && let Err(error) = sink.write_all(bytes)
            {
                self.error = Some(Error::io("writing", error));
            }
        } else {
            let at = self.end;
            self.end += bytes.len();
            self.grow_to(self.end);
            self.buffer[at..self.end].copy_from_slice(bytes);
        }
        self.open(self.end, 0);
    }
}

fn too_long() -> Error {
    Error::new(ErrorKind::Unrepresentable, "a string or run of bytes is longer than 4 GiB").with_remedy("split it")
}

//! Going from block to block, to the end of the stream and back to a place in it.

use super::Reader;
use crate::error::Result;
use crate::wire::block::Block;
use crate::wire::header::trailing;
use crate::wire::{BLOCK_HEADER, LAST, Memory, TYPES};

/// A place in the stream, where a reader is or can come back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark<'r, 'a> {
    /// What is left of the block's lanes.
    pub(super) data: &'r [u8],
    pub(super) text: &'r str,
    /// The whole lanes of the block, where they are the input's own and so can be lent out.
    pub(super) lent: Option<(&'a [u8], &'a str)>,
    pub(super) last: bool,
    pub(super) rest: Input<'r, 'a>,
    /// The block's data lane whole, and where it starts in the stream.
    pub(super) lane: &'r [u8],
    pub(super) lane_start: u64,
    /// Bytes after the block.
    pub(super) later: usize,
}

impl Mark<'_, '_> {
    /// How much is left there of the block's lanes, data and text.
    pub(crate) fn left(&self) -> (usize, usize) {
        (self.data.len(), self.text.len())
    }

    pub(crate) fn is_in_block_of(&self, other: &Mark<'_, '_>) -> bool {
        self.lane_start == other.lane_start
    }

    /// The place in the same block, behind this one, where so much is left.
    pub(crate) fn moved_to(self, (data, text): (usize, usize)) -> Option<Self> {
        let passed = self.data.len().checked_sub(data)?;
        Some(Mark { data: &self.data[passed..], text: self.text.get(..text)?, ..self })
    }
}

/// The blocks of a stream, from one slice or as they were gathered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'r, 'a> {
    Slice(&'a [u8]),
    Gathered(&'r [Vec<u8>]),
    /// Brought into the reader's shape by this program.
    Rewritten(&'r [u8]),
}

/// Where the blocks of an input lie in memory, by their addresses, and where each begins among their bytes.
pub(crate) struct Addresses(Vec<Lying>);

struct Lying {
    address: usize,
    length: usize,
    start: usize,
}

impl Addresses {
    /// Those of the blocks, charged.
    pub(crate) fn of(input: Input<'_, '_>, memory: &mut Memory) -> Result<Self> {
        let lying = |block: &[u8], start| Lying { address: block.as_ptr().addr(), length: block.len(), start };
        let blocks = match input {
            Input::Slice(blocks) | Input::Rewritten(blocks) => return Ok(Addresses(vec![lying(blocks, 0)])),
            Input::Gathered(blocks) => blocks,
        };
        let mut all = Vec::new();
        memory.room(&mut all, blocks.len())?;
        let mut start = 0;
        for block in blocks {
            all.push(lying(block, start));
            start += block.len();
        }
        all.sort_unstable_by_key(|block| block.address);
        Ok(Addresses(all))
    }

    /// Where a part of the blocks begins among their bytes.
    pub(crate) fn offset_of(&self, part: &[u8]) -> Option<usize> {
        let address = part.as_ptr().addr();
        let behind = self.0.partition_point(|block| block.address <= address);
        let block = self.0.get(behind.checked_sub(1)?)?;
        let offset = address - block.address;
        (offset < block.length).then_some(block.start + offset)
    }
}

impl<'r, 'a: 'r> Reader<'r, 'a> {
    pub(crate) fn mark(&self) -> Mark<'r, 'a> {
        self.here
    }

    pub(crate) fn go_to(&mut self, mark: Mark<'r, 'a>) {
        self.here = mark;
    }

    /// Checks that the input ends with the last block.
    #[inline]
    pub(crate) fn nothing_follows(&self) -> Result<()> {
        if self.here.later > 0 { Err(trailing(self.end, self.here.later)) } else { Ok(()) }
    }

    #[inline]
    pub(crate) fn used_up(&mut self) -> Result<()> {
        if !self.here.last {
            self.next()?;
        }
        if self.extras.as_ref().is_some_and(|extras| extras.types_used < extras.types.len()) {
            return Err(self.corrupt("it defines a type that no value has"));
        }
        let Mark { data, text, last, .. } = &self.here;
        if *last && data.is_empty() && text.is_empty() { Ok(()) } else { Err(self.not_used_up()) }
    }

    /// Opens the first block: in line where it is the only one, as a small message has it.
    #[inline(always)]
    pub(super) fn first(&mut self) -> Result<()> {
        let Input::Slice(bytes) = self.here.rest else { return self.next() };
        let Some(block) = Block::open_sole(bytes) else { return self.next() };
        let here = &mut self.here;
        here.rest = Input::Slice(&[]);
        here.lent = Some((block.data, block.text));
        here.lane_start += BLOCK_HEADER as u64;
        self.charged_to = here.lane_start;
        here.later = 0;
        here.lane = block.data;
        here.data = block.data;
        here.text = block.text;
        here.last = true;
        self.charge(block.text.len())
    }

    /// Opens the next block.
    #[cold]
    #[inline(never)]
    pub(crate) fn next(&mut self) -> Result<()> {
        loop {
            if !self.here.data.is_empty() || !self.here.text.is_empty() {
                return Err(self.not_used_up());
            }
            if self.here.last {
                return Err(self.corrupt("the stream ends before its value does"));
            }
            let start = self.end - self.here.later as u64;
            let block = match &mut self.here.rest {
                Input::Slice(rest) => {
                    let block = Block::open(rest, start)?;
                    *rest = &rest[block.length..];
                    self.here.lent = Some((block.data, block.text));
                    block
                }
                Input::Gathered(blocks) => {
                    let Some((first, after)) = blocks.split_first() else {
                        return Err(self.corrupt("the stream ends before its value does"));
                    };
                    *blocks = after;
                    Block::open(first, start)?
                }
                Input::Rewritten(rest) => {
                    let block = Block::open(rest, start)?;
                    *rest = &rest[block.length..];
                    block
                }
            };
            self.here.later -= block.length;
            self.here.lane = block.data;
            self.here.lane_start = start + BLOCK_HEADER as u64;
            self.here.data = &[];
            if block.flags & TYPES != 0 {
                self.define(block.data, start).map_err(|error| error.at(start))?;
                continue;
            }
            self.here.last = block.flags & LAST != 0;
            self.here.data = block.data;
            self.here.text = block.text;
            // What the text becomes on the heap is charged here, once for all the strings of the block, however often a
            // reader comes back to it.
            if self.here.lane_start <= self.charged_to {
                return Ok(());
            }
            self.charged_to = self.here.lane_start;
            return self.charge(block.text.len());
        }
    }
}

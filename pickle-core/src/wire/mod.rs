//! Bytes: the stream's header, its blocks with their two lanes, and the writer and reader of both.

mod block;
pub(crate) mod gather;
pub(crate) mod header;
mod reader;
mod writer;

pub(crate) use block::Frame;
pub(crate) use header::Header;
pub use reader::Reader;
pub(crate) use reader::{Addresses, Input, Limits, Mark, Memory, Place, table_size, unavailable};
pub(crate) use writer::RuntimeType;
pub use writer::Writer;

/// Length of a block's header: the lengths of its data (32 bits), gap (16), flags (16) and text (32).
pub(crate) const BLOCK_HEADER: usize = 12;
/// Size of a stream's first block, its header included.
pub(crate) const FIRST_BLOCK: usize = 512;
/// Each block is twice the last one's size, up to this; only what does not fit gets a larger one.
pub(crate) const MAX_BLOCK: usize = 128 << 10;
/// A gap between the lanes up to this is zeroed; a larger one is closed.
pub(crate) const MAX_GAP: usize = 256;

/// Block flag: the stream ends with this block.
pub(crate) const LAST: u16 = 1;
/// Block flag: the block holds the types that the next block is the first to use behind `dyn`.
pub(crate) const TYPES: u16 = 2;

/// What comes next among the records of shared objects.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
pub(crate) enum Entry {
    /// An object: its class, its number, its value.
    Record = 0,
    /// The same with cells that are deferred, which come before the value.
    DeferringRecord = 1,
    /// The class and number of an object that the next records refer to weakly; its value comes after them.
    Open = 2,
    /// The value of the object opened last.
    Close = 3,
    DeferringClose = 4,
    /// What all cells hold that have been deferred since the last such entry.
    Fill = 5,
    /// The root's own value: the last entry.
    Root = 6,
}

impl Entry {
    pub(crate) fn decode(byte: u8) -> Option<Entry> {
        use Entry::*;
        [Record, DeferringRecord, Open, Close, DeferringClose, Fill, Root].get(usize::from(byte)).copied()
    }
}

/// A length or index of 255 and more stands as 255 in its byte, and in 8 bytes after it.
pub(crate) const LONG: u8 = 255;

/// The byte that stands for a length in a head.
#[inline(always)]
pub(crate) fn short(length: usize) -> u8 {
    length.min(LONG as usize) as u8
}

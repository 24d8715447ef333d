//! One block: its header, and its lanes opened for reading.

use super::header::truncated;
use super::{BLOCK_HEADER, LAST, MAX_GAP, TYPES};
use crate::error::{Error, Result};

/// The header of a block whose lanes have these lengths.
#[inline(always)]
pub(super) fn header(data: usize, gap: usize, flags: u16, text: usize) -> [u8; BLOCK_HEADER] {
    // Two stores, where four would do as well and cost more.
    let front = data as u32 as u64 | (gap as u16 as u64) << 32 | u64::from(flags) << 48;
    let mut header = [0; BLOCK_HEADER];
    header[..8].copy_from_slice(&front.to_le_bytes());
    header[8..].copy_from_slice(&(text as u32).to_le_bytes());
    header
}

/// One block, opened: its framing checked, its text checked as UTF-8.
pub(super) struct Block<'b> {
    pub(super) flags: u16,
    pub(super) data: &'b [u8],
    pub(super) text: &'b str,
    pub(super) length: usize,
}

impl<'b> Block<'b> {
    /// Opens the block at the start of `bytes`, which stands `start` bytes into the stream.
    #[inline(always)]
    pub(super) fn open(bytes: &'b [u8], start: u64) -> Result<Block<'b>> {
        let Some((frame, rest)) = bytes.split_first_chunk::<BLOCK_HEADER>() else {
            return Err(cut_short(bytes, BLOCK_HEADER, start));
        };
        let Frame { data, gap, flags, text } = Frame::decode(frame, start)?;
        let cut =
            || cut_short(bytes, BLOCK_HEADER.saturating_add(data).saturating_add(gap).saturating_add(text), start);
        let (data, rest) = rest.split_at_checked(data).ok_or_else(cut)?;
        let (gap, rest) = rest.split_at_checked(gap).ok_or_else(cut)?;
        let (text, rest) = rest.split_at_checked(text).ok_or_else(cut)?;
        if gap.iter().any(|byte| *byte != 0) {
            return Err(Frame::damaged("a gap that is not zeroed", start));
        }
        let text = match utf8(text) {
            Some(text) => text,
            None => return Err(Frame::damaged("text that is not UTF-8", start)),
        };
        Ok(Block { flags, data, text, length: bytes.len() - rest.len() })
    }

    /// Opens a short block that is the last one and all of `bytes`; what it gives `None` for, `open` opens or refuses.
    #[inline(always)]
    pub(super) fn open_sole(bytes: &'b [u8]) -> Option<Block<'b>> {
        let (frame, lanes) = bytes.split_first_chunk::<BLOCK_HEADER>()?;
        let Frame { data, gap: 0, flags: LAST, text } = Frame::read(frame) else { return None };
        let (data, rest) = lanes.split_at_checked(data)?;
        if rest.len() != text || text >= SHORT_TEXT {
            return None;
        }
        let text = std::str::from_utf8(rest).ok()?;
        Some(Block { flags: LAST, data, text, length: bytes.len() })
    }
}

#[cold]
fn cut_short(bytes: &[u8], need: usize, start: u64) -> Error {
    truncated(start + bytes.len() as u64, need.saturating_sub(bytes.len()), "a block")
}

/// The vectorised check has a start-up cost that texts shorter than this do not earn back.
const SHORT_TEXT: usize = 64;

#[inline]
fn utf8(bytes: &[u8]) -> Option<&str> {
    if bytes.len() < SHORT_TEXT { std::str::from_utf8(bytes).ok() } else { simdutf8::basic::from_utf8(bytes).ok() }
}

/// A block's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) data: usize,
    pub(crate) gap: usize,
    pub(crate) flags: u16,
    pub(crate) text: usize,
}

impl Frame {
    /// Its fields, unchecked.
    #[inline(always)]
    fn read(bytes: &[u8; BLOCK_HEADER]) -> Frame {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *bytes;
        Frame {
            data: u32::from_le_bytes([a, b, c, d]) as usize,
            gap: u16::from_le_bytes([e, f]) as usize,
            flags: u16::from_le_bytes([g, h]),
            text: u32::from_le_bytes([i, j, k, l]) as usize,
        }
    }

    #[inline]
    pub(crate) fn decode(bytes: &[u8; BLOCK_HEADER], start: u64) -> Result<Frame> {
        let frame = Frame::read(bytes);
        let lone = frame.flags != 0 && frame.gap != 0 || frame.flags & TYPES != 0 && frame.text != 0;
        let empty = frame.flags & LAST == 0 && frame.data == 0 && frame.text == 0;
        if frame.gap > MAX_GAP || lone || empty || !matches!(frame.flags, 0 | LAST | TYPES) {
            return Err(Frame::damaged("a block header that no writer makes", start));
        }
        Ok(frame)
    }

    pub(crate) fn length(&self) -> u64 {
        self.data as u64 + self.gap as u64 + self.text as u64
    }

    #[cold]
    fn damaged(what: &str, start: u64) -> Error {
        Error::damaged("the stream", what).at(start)
    }
}

/// Copies a string. Short ones take two overlapping moves of fixed width: a call to `memcpy` costs more than the copy.
#[inline(always)]
pub(super) fn copy(to: &mut [u8], from: &[u8]) {
    #[inline(always)]
    fn ends<const N: usize>(to: &mut [u8], from: &[u8]) {
        if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) {
            if let Some(place) = to.first_chunk_mut::<N>() {
                *place = *first;
            }
            if let Some(place) = to.last_chunk_mut::<N>() {
                *place = *last;
            }
        }
    }
    match from.len() {
        0 => {}
        1..=3 => {
            ends::<1>(to, from);
            to[from.len() / 2] = from[from.len() / 2];
        }
        4..=7 => ends::<4>(to, from),
        8..=16 => ends::<8>(to, from),
        17..=32 => ends::<16>(to, from),
        _ => to.copy_from_slice(from),
    }
}

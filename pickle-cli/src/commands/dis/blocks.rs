//! The blocks of a stream whose schema is not there: what the header and the headers of blocks tell.

use std::fmt;
use std::ops::Range;

use pickle_core::inspect::{Span, Visitor, What};

use super::Dis;
use crate::text;

/// The header of a block.
pub(super) struct Frame {
    data: u64,
    gap: u64,
    text: u64,
    is_last: bool,
    is_of_types: bool,
}

impl Frame {
    pub(super) fn decode(header: &[u8; 12]) -> Frame {
        let number =
            |range: Range<usize>| header[range].iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let flags = number(6..8);
        let (is_last, is_of_types) = (flags & 1 != 0, flags & 2 != 0);
        Frame { data: number(0..4), gap: number(4..6), text: number(8..12), is_last, is_of_types }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.is_of_types, self.is_last) {
            (true, _) => "block of types",
            (_, true) => "last block",
            _ => "block",
        })?;
        write!(f, ": {} of data", text::bytes(self.data))?;
        for (length, what) in [(self.gap, "of zeros between"), (self.text, "of text")] {
            if length > 0 {
                write!(f, ", {length} {what}")?;
            }
        }
        Ok(())
    }
}

/// Explains the header and the blocks.
pub(super) fn without_schema(dis: &mut Dis<'_>) -> pickle_core::Result<()> {
    let header = [(0, 4, What::Magic), (4, 1, What::Version), (5, 1, What::Flags), (6, 8, What::Fingerprint)];
    for (offset, length, what) in header {
        dis.span(Span { offset, length, what })?;
    }
    let mut at = 14;
    loop {
        let span = Span { offset: at, length: 12, what: What::BlockHeader };
        let Some(frame) = dis.bytes(span).first_chunk().map(Frame::decode) else { break };
        dis.span(span)?;
        at += 12;
        for (length, what, note) in [
            (frame.data, What::Run, "data, which only the schema explains"),
            (frame.gap, What::Gap, "zeros between the data and the text of the block"),
            (frame.text, What::Text, "text, which only the schema cuts into strings"),
        ] {
            if length > 0 {
                dis.add(Span { offset: at, length, what }, |_| note.to_owned());
            }
            at += length;
        }
        if frame.is_last {
            break;
        }
    }
    let length = (dis.part.bytes.len() as u64).saturating_sub(at);
    if length > 0 { dis.span(Span { offset: at, length, what: What::Checksum }) } else { Ok(()) }
}

//! The walk through blocks: what lies in their lanes is taken, and accounted for to the visitor.

use super::visitor::{Scalar, Span, Visitor, What};
use super::walk::{Walker, first};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Primitive;
use crate::wire::{BLOCK_HEADER, Frame, Input, LONG, Place, Reader};

impl<'r, 'a: 'r, V: Visitor<'r> + ?Sized> Walker<'_, 'r, 'a, V> {
    /// Opens the next block.
    #[cold]
    #[inline(never)]
    pub(super) fn advance(&mut self) -> Result<()> {
        let (lanes, keys) = (self.reader.lanes(), &mut self.keys);
        keys.leave_block(lanes);
        let (before, start) = self.reader.unopened();
        let known = self.reader.defined().len();
        self.place = self.reader_allocates(Reader::advance)?;
        self.keys.enter_block(self.reader.lanes());
        self.type_blocks(before, start, known)?;
        let Place { start, data_end, text_start, .. } = self.place;
        self.span(start, BLOCK_HEADER as u64, What::BlockHeader)?;
        self.span(data_end, text_start - data_end, What::Gap)
    }

    /// Accounts for the blocks of types that came before the block that has just been opened.
    fn type_blocks(&mut self, before: Input<'r, 'a>, mut start: u64, mut known: usize) -> Result<()> {
        let mut skipped = match before {
            Input::Slice(bytes) | Input::Rewritten(bytes) => (bytes, [].as_slice()),
            Input::Gathered(blocks) => ([].as_slice(), blocks),
        };
        while start < self.place.start {
            let block = match (skipped.0, skipped.1.split_first()) {
                (bytes, None) => bytes,
                (_, Some((first, rest))) => {
                    skipped.1 = rest;
                    first.as_slice()
                }
            };
            let Some(header) = block.first_chunk() else { break };
            let frame = Frame::decode(header, start)?;
            let end = start + BLOCK_HEADER as u64 + frame.data as u64;
            self.span(start, BLOCK_HEADER as u64, What::BlockHeader)?;
            start += BLOCK_HEADER as u64;
            while start < end {
                let Some(defined) = self.reader.defined().get(known) else { break };
                let counted = |length: usize| (varint_length(length) + length) as u64;
                let (name, schema) = (counted(defined.name.len()), counted(defined.schema.map_or(0, <[u8]>::len)));
                known += 1;
                self.span(start, name, What::TypeName)?;
                self.span(start + name, 8, What::TypeFingerprint)?;
                self.span(start + name + 8, schema, What::TypeSchema)?;
                start += name + 8 + schema;
            }
            skipped.0 = block.get(BLOCK_HEADER + frame.data..).unwrap_or_default();
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn span(&mut self, offset: u64, length: u64, what: What) -> Result<()> {
        span(self.visitor, offset, length, what)
    }

    /// The next `n` bytes of the data lane, and where they stand.
    #[inline(always)]
    pub(super) fn take(&mut self, n: usize) -> Result<(&'r [u8], u64)> {
        if n > self.reader.data_left() {
            self.advance()?;
        }
        let at = self.reader.offset();
        Ok((self.reader.take_here(n)?, at))
    }

    /// The same, of which this is what they are.
    #[inline]
    pub(super) fn taken(&mut self, n: usize, what: What) -> Result<&'r [u8]> {
        let (bytes, at) = self.take(n)?;
        self.span(at, n as u64, what)?;
        Ok(bytes)
    }

    pub(super) fn number(&mut self, what: What) -> Result<u32> {
        Ok(self.taken(4, what)?.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }

    /// The length whose byte was `short`.
    #[inline(always)]
    pub(super) fn length(&mut self, short: u8) -> Result<usize> {
        if short < LONG {
            return Ok(usize::from(short));
        }
        if self.reader.data_left() < 8 {
            self.advance()?;
        }
        let at = self.reader.offset();
        let length = self.reader.length(short)?;
        self.span(at, 8, What::LongLength)?;
        Ok(length)
    }

    /// Text of `n` bytes.
    #[inline(always)]
    pub(super) fn text(&mut self, n: usize) -> Result<&'r str> {
        if n > self.reader.text_left() {
            self.advance()?;
        }
        let text = self.reader.text(n)?;
        let at = self.place.text_start + self.reader.text_left() as u64;
        self.span(at, n as u64, What::Text)?;
        Ok(text)
    }

    /// Two parts of one item.
    pub(super) fn taken_twice(&mut self, n: usize, what: What, m: usize, then: What) -> Result<&'r [u8]> {
        let (bytes, at) = self.take(n + m)?;
        self.span(at, n as u64, what)?;
        self.span(at + n as u64, m as u64, then)?;
        Ok(bytes)
    }

    /// A varint.
    pub(super) fn compact(&mut self, primitive: Primitive) -> Result<Scalar> {
        if self.reader.data_left() == 0 {
            self.advance()?;
        }
        let at = self.reader.offset();
        let mut bits = 0u128;
        for i in 0..19 {
            let byte = first(self.reader.take_here(1)?);
            let part = u128::from(byte & 0x7f);
            if i > 0 && byte == 0 || i == 18 && part > 3 {
                return Err(self.reader.corrupt("a compact number that is longer than it need be"));
            }
            bits |= part << (7 * i);
            if byte < 0x80 {
                self.span(at, i + 1, What::Compact)?;
                return from_bits(primitive, bits).ok_or_else(|| {
                    let message = format!("a compact number does not fit in `{}`", primitive.name());
                    Error::unwritten(ErrorKind::InvalidValue, message).at(at)
                });
            }
        }
        Err(self.reader.corrupt("a compact number that does not end"))
    }
}

/// Tells the visitor of a span; the walker itself may be lent out.
#[inline(always)]
pub(super) fn span<'s, V: Visitor<'s> + ?Sized>(visitor: &mut V, offset: u64, length: u64, what: What) -> Result<()> {
    if length == 0 { Ok(()) } else { visitor.span(Span { offset, length, what }) }
}

/// The first element of a run that is no value.
pub(super) fn first_bad(primitive: Primitive, non_zero: bool, run: &[u8]) -> Option<usize> {
    if non_zero {
        return run.chunks_exact(primitive.head()).position(|head| head.iter().all(|byte| *byte == 0));
    }
    match primitive {
        Primitive::Bool => run.iter().position(|byte| *byte > 1),
        Primitive::Char | Primitive::Nanos => {
            run.chunks_exact(4).position(|head| Scalar::decode(primitive, head).is_none())
        }
        _ => None,
    }
}

fn varint_length(n: usize) -> usize {
    (usize::BITS - (n | 1).leading_zeros()).div_ceil(7) as usize
}

fn from_bits(primitive: Primitive, bits: u128) -> Option<Scalar> {
    let signed = (bits >> 1) as i128 ^ -((bits & 1) as i128);
    Some(match primitive {
        Primitive::U8 => Scalar::U8(bits.try_into().ok()?),
        Primitive::U16 => Scalar::U16(bits.try_into().ok()?),
        Primitive::U32 => Scalar::U32(bits.try_into().ok()?),
        Primitive::U64 => Scalar::U64(bits.try_into().ok()?),
        Primitive::U128 => Scalar::U128(bits),
        Primitive::Usize => Scalar::Usize(bits.try_into().ok()?),
        Primitive::I8 => Scalar::I8(signed.try_into().ok()?),
        Primitive::I16 => Scalar::I16(signed.try_into().ok()?),
        Primitive::I32 => Scalar::I32(signed.try_into().ok()?),
        Primitive::I64 => Scalar::I64(signed.try_into().ok()?),
        Primitive::I128 => Scalar::I128(signed),
        Primitive::Isize => Scalar::Isize(signed.try_into().ok()?),
        _ => return None,
    })
}

//! Where the parts of a value lie: in a few vectors, so that no depth of nesting costs stack, and nothing is freed one
//! by one.

use crate::error::{Error, ErrorKind, Result};
use crate::inspect::{Primitive, Scalar};
use crate::wire::{Memory, unavailable};

/// One value: its type, and what it holds.
///
/// | kind | `a` | `b` |
/// | --- | --- | --- |
/// | number of 8 bytes or less | | its bits |
/// | number of 16 bytes | | its place in `wide` |
/// | string, function | its length | its place in `text` |
/// | sequence or array of numbers | | its place in `runs` |
/// | other sequence, set, map, array, struct, tuple, variant | the number of parts; of a variant, its number | the place of the first in `parts` |
/// | option, box, cell, version, dynamic | 1 where there is content; of a dynamic, the number of its type | the content |
/// | pointer | the object | `STRONG`, `WEAK`, `DANGLING` |
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) table: u16,
    pub(super) code: u16,
    pub(super) a: u32,
    pub(super) b: u64,
}

pub(super) const STRONG: u64 = 0;
pub(super) const WEAK: u64 = 1;
pub(super) const DANGLING: u64 = 2;
/// A part that is not there yet.
pub(super) const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Clone)]
pub(super) struct Arena {
    pub(super) slots: Vec<Slot>,
    /// Places in `slots`, those of one composite side by side. What is `NOWHERE` is no part of any: a list grows into it.
    pub(super) parts: Vec<u32>,
    pub(super) text: String,
    pub(super) runs: Vec<Vec<u8>>,
    pub(super) wide: Vec<u128>,
    pub(super) memory: Memory,
}

/// How much an arena holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lengths {
    slots: usize,
    parts: usize,
    text: usize,
    runs: usize,
    wide: usize,
}

impl Arena {
    pub(super) fn new(memory: Memory) -> Arena {
        Arena { slots: Vec::new(), parts: Vec::new(), text: String::new(), runs: Vec::new(), wide: Vec::new(), memory }
    }

    pub(super) fn lengths(&self) -> Lengths {
        Lengths {
            slots: self.slots.len(),
            parts: self.parts.len(),
            text: self.text.len(),
            runs: self.runs.len(),
            wide: self.wide.len(),
        }
    }

    /// Lets go of what was added after it held so much.
    pub(super) fn truncate(&mut self, to: Lengths) {
        self.slots.truncate(to.slots);
        self.parts.truncate(to.parts);
        self.text.truncate(to.text);
        self.runs.truncate(to.runs);
        self.wide.truncate(to.wide);
    }

    pub(super) fn slot(&self, at: u32) -> Slot {
        self.slots[at as usize]
    }

    pub(super) fn add(&mut self, slot: Slot) -> Result<u32> {
        let at = u32::try_from(self.slots.len()).ok().filter(|at| *at != NOWHERE);
        let at = at.ok_or_else(too_many)?;
        self.memory.room(&mut self.slots, 1)?;
        self.slots.push(slot);
        Ok(at)
    }

    /// Room for parts; gives the place of the first.
    pub(super) fn add_parts(&mut self, count: usize) -> Result<u64> {
        self.memory.room(&mut self.parts, count)?;
        let at = self.parts.len();
        self.parts.resize(at + count, NOWHERE);
        Ok(at as u64)
    }

    /// Makes room for a list of parts to become `total` long; gives the place of its first. Where others lie behind it, it
    /// is moved, with room for as many again: to add one by one costs each no more than a few moves.
    pub(super) fn room_for_parts(&mut self, start: usize, length: usize, total: usize) -> Result<usize> {
        let (end, needed) = (start + length, start + total.max(length));
        let behind = &self.parts[end..needed.min(self.parts.len())];
        if behind.iter().all(|part| *part == NOWHERE) {
            if let Some(missing) = needed.checked_sub(self.parts.len()) {
                self.add_parts(missing)?;
            }
            return Ok(start);
        }
        let moved = self.add_parts(total.saturating_mul(2))? as usize;
        self.parts.copy_within(start..end, moved);
        self.parts[start..end].fill(NOWHERE);
        Ok(moved)
    }

    pub(super) fn add_text(&mut self, text: &str) -> Result<(u32, u64)> {
        let length = u32::try_from(text.len()).map_err(|_| {
            Error::new(ErrorKind::Unrepresentable, "a string is longer than 4 GiB").with_remedy("split it")
        })?;
        self.memory.room_for_text(&mut self.text, text.len())?;
        let at = self.text.len() as u64;
        self.text.push_str(text);
        Ok((length, at))
    }

    pub(super) fn add_run(&mut self, capacity: usize) -> Result<u64> {
        // An allocation has its own overhead.
        self.memory.charge(capacity.saturating_add(16))?;
        let mut run = Vec::new();
        run.try_reserve_exact(capacity).map_err(|_| unavailable(capacity))?;
        self.memory.room(&mut self.runs, 1)?;
        self.runs.push(run);
        Ok(self.runs.len() as u64 - 1)
    }

    /// What stands for a number in its slot.
    pub(super) fn number(&mut self, scalar: Scalar) -> Result<u64> {
        Ok(match to_bits(scalar) {
            Bits::Narrow(bits) => bits,
            Bits::Wide(bits) => {
                self.memory.room(&mut self.wide, 1)?;
                self.wide.push(bits);
                self.wide.len() as u64 - 1
            }
        })
    }

    pub(super) fn scalar(&self, primitive: Primitive, b: u64) -> Scalar {
        let found = match primitive {
            Primitive::U128 | Primitive::I128 => {
                Scalar::decode(primitive, &self.wide.get(b as usize).copied().unwrap_or(0).to_le_bytes())
            }
            _ => Scalar::decode(primitive, &b.to_le_bytes()),
        };
        found.unwrap_or(Scalar::Unit)
    }

    pub(super) fn str(&self, slot: Slot) -> &str {
        let start = slot.b as usize;
        self.text.get(start..start + slot.a as usize).unwrap_or_default()
    }
}

#[cold]
fn too_many() -> Error {
    Error::new(ErrorKind::Limit, "more than 4,294,967,294 values in one `Value`")
        .with_remedy("split it into several, or load it as its Rust type")
}

pub(super) enum Bits {
    Narrow(u64),
    Wide(u128),
}

/// The little-endian bytes of a number, as an integer.
pub(super) fn to_bits(scalar: Scalar) -> Bits {
    Bits::Narrow(match scalar {
        Scalar::Unit => 0,
        Scalar::Bool(x) => u64::from(x),
        Scalar::Char(x) => u64::from(u32::from(x)),
        Scalar::U8(x) => u64::from(x),
        Scalar::U16(x) => u64::from(x),
        Scalar::U32(x) | Scalar::Nanos(x) => u64::from(x),
        Scalar::U64(x) | Scalar::Usize(x) => x,
        Scalar::U128(x) => return Bits::Wide(x),
        Scalar::I8(x) => u64::from(x as u8),
        Scalar::I16(x) => u64::from(x as u16),
        Scalar::I32(x) => u64::from(x as u32),
        Scalar::I64(x) | Scalar::Isize(x) => x as u64,
        Scalar::I128(x) => return Bits::Wide(x as u128),
        Scalar::F32(x) => u64::from(x.to_bits()),
        Scalar::F64(x) => x.to_bits(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_values_than_can_be_numbered_are_refused_with_a_remedy() {
        let error = too_many().to_string();
        assert!(error.ends_with("; split it into several, or load it as its Rust type"), "{error}");
    }
}

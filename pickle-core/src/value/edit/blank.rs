//! Blank values: what a type can have without anything given.

use super::super::arena::{DANGLING, NOWHERE, Slot};
use super::super::build::packed;
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::Primitive;
use crate::schema::Op;
use crate::value::Value;

/// How deep blank values nest.
pub(super) const DEPTH: usize = 64;
/// Values that a blank one is made of, at the most.
const MOST: usize = 1 << 16;

impl Value {
    /// A blank value of a type.
    pub(super) fn blank(&mut self, table: u16, code: u32, depth: usize) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        let layout = types.layout(code);
        let none = || {
            let message = format!("a `{}` has no blank value", types.type_of(code).name());
            Error::new(ErrorKind::Unrepresentable, message)
                .with_remedy("give it one of another value, or copy one of this: `Value::copy`")
        };
        let Some(depth) = depth.checked_sub(1) else { return Err(none()) };
        let (a, b) = match layout.op {
            Op::Primitive(Primitive::FunctionName) | Op::Dynamic | Op::Shared(_) => return Err(none()),
            Op::Primitive(_) | Op::Compact(_) => match types.type_of(code).kind() {
                _ if self.is_wide(table, code) => (0, self.held.arena.number(crate::inspect::Scalar::U128(0))?),
                _ => (0, 0),
            },
            Op::NonZero(_) if self.is_wide(table, code) => {
                (0, self.held.arena.number(crate::inspect::Scalar::U128(1))?)
            }
            Op::NonZero(_) => (0, 1),
            Op::Option(_) => (0, u64::from(NOWHERE)),
            Op::Weak(_) => (NOWHERE, DANGLING),
            Op::Piece(content) | Op::Cell(content) | Op::Versioned(_, content) => {
                (1, u64::from(self.blank(table, content, depth)?))
            }
            Op::Sequence(_) => match packed(&types, layout) {
                Some(_) => (0, self.held.arena.add_run(0)?),
                None => (0, 0),
            },
            Op::Set(_) | Op::Map(..) => (0, 0),
            Op::Array(element, count) => match packed(&types, layout) {
                Some((element, size)) => {
                    let one = u8::from(matches!(types.layout(element).op, Op::NonZero(_)));
                    let run = self
                        .held
                        .arena
                        .add_run(count.checked_mul(size).filter(|size| *size <= MOST << 8).ok_or_else(none)?)?;
                    if let Some(bytes) = self.held.arena.runs.last_mut() {
                        bytes.resize(count * size, 0);
                        bytes.chunks_exact_mut(size).for_each(|head| head[0] = one);
                    }
                    (0, run)
                }
                None if count > MOST => return Err(none()),
                None => (count as u32, self.blanks(table, std::iter::repeat_n(element, count), depth)?),
            },
            Op::Fields(start, end) => {
                let parts = types.parts[start as usize..end as usize].iter().copied();
                (end - start, self.blanks(table, parts, depth)?)
            }
            Op::Enum(_, count, _) => {
                for variant in 0..count as usize {
                    if let Ok(slot) = self.blank_variant(table, code, variant, depth) {
                        return Ok(slot);
                    }
                }
                return Err(none());
            }
        };
        self.held.arena.add(Slot { table, code: code as u16, a, b })
    }

    /// A blank value of a variant.
    pub(super) fn blank_variant(&mut self, table: u16, code: u32, variant: usize, depth: usize) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        let Op::Enum(start, ..) = types.layout(code).op else { return self.blank(table, code, depth) };
        let (first, end) = types.variants[start as usize + variant].parts;
        let parts = types.parts[first as usize..end as usize].iter().copied();
        let b = self.blanks(table, parts, depth)?;
        self.held.arena.add(Slot { table, code: code as u16, a: variant as u32, b })
    }

    fn blanks(&mut self, table: u16, codes: impl Iterator<Item = u32>, depth: usize) -> Result<u64> {
        let parts = codes.map(|code| self.blank(table, code, depth)).collect::<Result<Vec<_>>>()?;
        let first = self.held.arena.add_parts(parts.len())?;
        self.held.arena.parts[first as usize..].copy_from_slice(&parts);
        Ok(first)
    }

    fn is_wide(&self, table: u16, code: u32) -> bool {
        matches!(
            self.held.tables[usize::from(table)].layout(code).op,
            Op::Primitive(Primitive::U128 | Primitive::I128)
                | Op::NonZero(Primitive::U128 | Primitive::I128)
                | Op::Compact(Primitive::U128 | Primitive::I128)
        )
    }
}

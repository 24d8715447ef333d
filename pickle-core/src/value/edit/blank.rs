//! Blank values: what a type can have without anything given.

use super::super::arena::{DANGLING, NOWHERE, Slot};
use super::super::build::packed;
use super::copy::To;
use super::finite::{Blanks, MOST, parts};
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::{Primitive, Scalar};
use crate::schema::{Op, TypeTable};
use crate::value::Value;

impl Value {
    /// A blank value of a type.
    pub(super) fn blank(&mut self, table: u16, code: u32) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        let mut blanks = Blanks::new(&types);
        match blanks.of(code) {
            Some(blank) => self.make_blank(table, code, blank.variant, &mut blanks),
            None => Err(no_blank(&types, code, &mut blanks)),
        }
    }

    /// A blank value of a variant.
    pub(super) fn blank_variant(&mut self, table: u16, code: u32, variant: usize) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        self.make_blank(table, code, variant, &mut Blanks::new(&types))
    }

    /// What it is made of is counted before any of it is made.
    fn make_blank(&mut self, table: u16, code: u32, variant: usize, blanks: &mut Blanks<'_>) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        let without = parts(&types, code, variant).iter().find(|part| blanks.of(**part).is_none());
        if let Some(part) = without {
            return Err(no_blank(&types, *part, blanks));
        }
        if blanks.size(code, variant).is_none_or(|size| size > MOST) {
            return Err(too_large(&types, code));
        }
        let mut made = NOWHERE;
        let mut stack = vec![(code, variant, To::Alone)];
        while let Some((code, variant, to)) = stack.pop() {
            let slot = self.blank_without_parts(table, &types, code, variant)?;
            match to {
                To::Alone => made = slot,
                _ => self.put(to, slot),
            }
            let first = self.held.arena.slot(slot).b;
            for (index, part) in parts(&types, code, variant).iter().enumerate() {
                let variant = blanks.of(*part).map_or(0, |blank| blank.variant);
                match types.layout(code).op {
                    Op::Array(_, count) => {
                        stack.extend((0..count as u64).map(|index| (*part, variant, To::Part(first + index))));
                    }
                    Op::Fields(..) | Op::Enum(..) => stack.push((*part, variant, To::Part(first + index as u64))),
                    _ => stack.push((*part, variant, To::Content(slot))),
                }
            }
        }
        Ok(made)
    }

    /// A blank value whose parts are still to be made.
    fn blank_without_parts(&mut self, table: u16, types: &TypeTable, code: u32, variant: usize) -> Result<u32> {
        let layout = types.layout(code);
        let arena = &mut self.held.arena;
        let (a, b) = match layout.op {
            Op::Primitive(Primitive::U128 | Primitive::I128) | Op::Compact(Primitive::U128 | Primitive::I128) => {
                (0, arena.number(Scalar::U128(0))?)
            }
            Op::NonZero(Primitive::U128 | Primitive::I128) => (0, arena.number(Scalar::U128(1))?),
            Op::NonZero(_) => (0, 1),
            Op::Option(_) => (0, u64::from(NOWHERE)),
            Op::Shared(_) | Op::Weak(_) => (NOWHERE, DANGLING),
            Op::Piece(_) | Op::Cell(_) | Op::Versioned(..) => (1, u64::from(NOWHERE)),
            Op::Sequence(_) if packed(types, layout).is_some() => (0, arena.add_run(0)?),
            Op::Array(_, count) => match packed(types, layout) {
                Some((element, size)) => {
                    let one = u8::from(matches!(types.layout(element).op, Op::NonZero(_)));
                    let run = arena.add_run(count * size)?;
                    if let Some(bytes) = arena.runs.last_mut() {
                        bytes.resize(count * size, 0);
                        bytes.chunks_exact_mut(size).for_each(|head| head[0] = one);
                    }
                    (0, run)
                }
                None => (count as u32, arena.add_parts(count)?),
            },
            Op::Fields(start, end) => (end - start, arena.add_parts((end - start) as usize)?),
            Op::Enum(..) => (variant as u32, arena.add_parts(parts(types, code, variant).len())?),
            Op::Primitive(_) | Op::Compact(_) | Op::Sequence(_) | Op::Set(_) | Op::Map(..) | Op::Dynamic => (0, 0),
        };
        arena.add(Slot { table, code: code as u16, a, b })
    }
}

/// The error for a type without a blank value: it names the part that has none.
#[cold]
fn no_blank(types: &TypeTable, mut code: u32, blanks: &mut Blanks<'_>) -> Error {
    for _ in 0..types.len() {
        let part = match types.layout(code).op {
            Op::Enum(..) => None,
            _ => parts(types, code, 0).iter().find(|part| blanks.of(**part).is_none()),
        };
        let Some(part) = part else { break };
        code = *part;
    }
    let message = format!("a `{}` has no blank value", types.type_of(code).name());
    Error::new(ErrorKind::Unrepresentable, message)
        .with_remedy("give it one of another value, or copy one of this: `Value::copy`")
}

#[cold]
fn too_large(types: &TypeTable, code: u32) -> Error {
    let message = format!("a blank `{}` is made of more than {MOST} values", types.type_of(code).name());
    Error::new(ErrorKind::Limit, message)
        .with_remedy("give it one of another value, or copy one of this: `Value::copy`")
}

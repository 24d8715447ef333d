//! Copies of parts, of this value or another.

use std::sync::Arc;

use super::super::arena::{DANGLING, NOWHERE, Slot};
use super::super::build::packed;
use super::super::node::{Data, Node, Place};
use super::New;
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::{Reference, Type, same_shape};
use crate::schema::Op;
use crate::value::{NamedType, Value};

/// Whether values of two types can stand for each other.
pub(super) fn same_type(a: Type<'_>, b: Type<'_>) -> bool {
    std::ptr::eq(a.table, b.table) && a.code == b.code || same_shape((a.table, a.code), (b.table, b.code))
}

/// A part that is still to be copied: the original, the type that the copy gets, and where it goes.
struct Left {
    from: u32,
    table: u16,
    code: u32,
    to: To,
}

#[derive(Clone, Copy)]
enum To {
    Part(u64),
    Content(u32),
    Alone,
}

impl Value {
    /// A copy of a part of another value, as this type of the same shape.
    pub(super) fn copy_from(&mut self, node: Node<'_>, table: u16, code: u32) -> Result<u32> {
        match node.place {
            Place::Slot(from) => self.copy_slot(Some(node.value), from, table, code),
            Place::Element(..) => match node.as_scalar() {
                Some(scalar) => self.make_of(table, code, &New::Scalar(scalar)),
                None => Err(Error::new(ErrorKind::WrongType, "an element that is no number")),
            },
        }
    }

    /// Sets a part to what another part holds.
    pub(super) fn copy_within(&mut self, from: Place, to: Place) -> Result<()> {
        let node = Node { value: self, place: from };
        if let (Place::Element(..), _) | (_, Place::Element(..)) = (from, to) {
            let Some(scalar) = node.as_scalar() else {
                return Err(Error::new(ErrorKind::WrongType, format!("a number can't be a `{}`", node.kind().name())));
            };
            return self.assign(to, &New::Scalar(scalar));
        }
        let (Place::Slot(from), Place::Slot(to)) = (from, to) else { return Ok(()) };
        let target = self.target(to, &New::Node(node))?;
        let Slot { table, code, .. } = self.arena.slot(target);
        let types = self.tables[usize::from(table)].clone();
        let mut code = u32::from(code);
        let mut around = Vec::new();
        // What only holds the type of the original is made around the copy.
        while !same_type(types.type_of(code), node.kind()) {
            around.push(code);
            code = match types.plan(code).op {
                Op::Option(content) | Op::Piece(content) | Op::Cell(content) | Op::Versioned(_, content)
                    if around.len() <= types.len() =>
                {
                    content
                }
                _ => {
                    let message =
                        format!("a `{}` can't be a `{}`", types.type_of(around[0]).name(), node.kind().name());
                    return Err(Error::new(ErrorKind::WrongType, message));
                }
            };
        }
        let mut made = self.copy_slot(None, from, table, code)?;
        for outer in around.into_iter().rev() {
            made = self.arena.add(Slot { table, code: outer as u16, a: 1, b: u64::from(made) })?;
        }
        self.replace(target, made);
        Ok(())
    }

    /// Copies what a slot of `source`, or of this value itself, holds.
    fn copy_slot(&mut self, source: Option<&Value>, from: u32, table: u16, code: u32) -> Result<u32> {
        let mut made = NOWHERE;
        let mut stack = vec![Left { from, table, code, to: To::Alone }];
        while let Some(Left { from, table, code, to }) = stack.pop() {
            let slot = self.copy_one(source, from, table, code, &mut stack)?;
            match to {
                To::Part(place) => self.arena.parts[place as usize] = slot,
                To::Content(outer) => self.arena.slots[outer as usize].b = u64::from(slot),
                To::Alone => made = slot,
            }
        }
        Ok(made)
    }

    fn copy_one(
        &mut self,
        source: Option<&Value>,
        from: u32,
        table: u16,
        code: u32,
        stack: &mut Vec<Left>,
    ) -> Result<u32> {
        let types = self.tables[usize::from(table)].clone();
        let plan = types.plan(code);
        let original = source.unwrap_or(self);
        let slot = original.arena.slot(from);
        let node = original.node(from);
        let with = |a: u32, b: u64| Slot { table, code: code as u16, a, b };
        match node.data() {
            Data::Scalar(scalar) => {
                let bits = self.arena.number(scalar)?;
                self.arena.add(with(0, bits))
            }
            Data::Text(text) | Data::FunctionName(text) => {
                let text = text.to_owned();
                let (length, at) = self.arena.add_text(&text)?;
                self.arena.add(with(length, at))
            }
            Data::Absent => self.arena.add(with(0, u64::from(NOWHERE))),
            Data::Present(_) | Data::Piece(_) | Data::InCell(_) | Data::Versioned(..) => {
                let content = match plan.op {
                    Op::Option(content) | Op::Piece(content) | Op::Cell(content) | Op::Versioned(_, content) => content,
                    _ => code,
                };
                let outer = self.arena.add(with(1, u64::from(NOWHERE)))?;
                stack.push(Left { from: slot.b as u32, table, code: content, to: To::Content(outer) });
                Ok(outer)
            }
            Data::Dynamic(..) => {
                let number = match source {
                    Some(source) => self.named_as(source, slot.a as usize)?,
                    None => slot.a as usize,
                };
                let inner = self.named[number].table;
                let root = self.tables[usize::from(inner)].root;
                let outer = self.arena.add(with(number as u32, u64::from(NOWHERE)))?;
                stack.push(Left { from: slot.b as u32, table: inner, code: root, to: To::Content(outer) });
                Ok(outer)
            }
            Data::Reference(Reference::Dangling) => self.arena.add(with(NOWHERE, DANGLING)),
            Data::Reference(_) if source.is_none() => self.arena.add(with(slot.a, slot.b)),
            Data::Reference(_) => {
                let message = "it holds a pointer, and the object that it points to is of another `Value`";
                Err(Error::new(ErrorKind::Unrepresentable, message)
                    .with_remedy("copy within one `Value`, or set what is around the pointer"))
            }
            Data::Struct(_) | Data::Tuple | Data::Variant(_) | Data::Array | Data::Sequence | Data::Set | Data::Map => {
                if packed(&types, plan).is_some() {
                    let run = original.arena.runs.get(slot.b as usize).cloned().unwrap_or_default();
                    let place = self.arena.add_run(0)?;
                    self.arena.runs[place as usize] = run;
                    return self.arena.add(with(0, place));
                }
                let count = node.part_count();
                let first = slot.b as usize;
                let originals = original.arena.parts[first..first + count].to_vec();
                let start = self.arena.add_parts(count)?;
                for (index, from) in originals.into_iter().enumerate() {
                    let code = match plan.op {
                        Op::Fields(start, _) => types.parts[start as usize + index],
                        Op::Enum(start, ..) => {
                            let variant = types.variants[start as usize + slot.a as usize];
                            types.parts[variant.parts.0 as usize + index]
                        }
                        Op::Map(key, _) if index % 2 == 0 => key,
                        Op::Map(_, value) => value,
                        Op::Array(element, _) | Op::Sequence(element) | Op::Set(element) => element,
                        _ => code,
                    };
                    stack.push(Left { from, table, code, to: To::Part(start + index as u64) });
                }
                self.arena.add(with(slot.a, start))
            }
        }
    }

    /// The number here of a type that another value names.
    fn named_as(&mut self, source: &Value, number: usize) -> Result<usize> {
        let named = &source.named[number];
        let same = |own: &NamedType| {
            own.name == named.name
                && own.schema.as_ref().map(|schema| schema.fingerprint())
                    == named.schema.as_ref().map(|schema| schema.fingerprint())
        };
        if let Some(known) = self.named.iter().position(same) {
            return Ok(known);
        }
        let table = u16::try_from(self.tables.len())
            .map_err(|_| Error::new(ErrorKind::Limit, "a `Value` names more types than a stream can have"))?;
        self.tables.push(Arc::clone(&source.tables[usize::from(named.table)]));
        self.named.push(NamedType { table, ..named.clone() });
        Ok(self.named.len() - 1)
    }
}

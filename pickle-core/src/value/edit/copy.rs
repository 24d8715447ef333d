//! Copies of parts, of this value or another.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::arena::{DANGLING, NOWHERE, Slot};
use super::super::build::packed;
use super::super::node::{Data, Node, Place};
use super::{New, refuse};
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::{Scalar, Type, same_shape};
use crate::schema::Op;
use crate::value::{NamedType, Value};

/// Whether values of two types can stand for each other.
pub(super) fn same_type(a: Type<'_>, b: Type<'_>) -> bool {
    std::ptr::eq(a.table, b.table) && a.code == b.code || same_shape((a.table, a.code), (b.table, b.code))
}

/// What a copy does where its original leads on to what is no part of it.
pub(in crate::value) trait Across {
    /// The pointer in a slot, as this type of the value that is copied to.
    fn pointer(&mut self, to: &mut Value, original: Slot, table: u16, code: u32) -> Result<Slot>;

    /// The number there of a type that is named behind this one.
    fn named(&mut self, to: &mut Value, number: u32, table: u16, code: u32) -> Result<u32>;

    /// What a cell's slot says of when it is filled.
    fn filling(&self, original: Slot) -> u32;
}

/// Within one value, where pointers stay as they are.
struct Within;

impl Across for Within {
    fn pointer(&mut self, _: &mut Value, original: Slot, table: u16, code: u32) -> Result<Slot> {
        Ok(Slot { table, code: code as u16, ..original })
    }

    fn named(&mut self, _: &mut Value, number: u32, _: u16, _: u32) -> Result<u32> {
        Ok(number)
    }

    fn filling(&self, _: Slot) -> u32 {
        1
    }
}

/// From another value, whose objects stay there.
struct From<'v>(&'v Value);

impl Across for From<'_> {
    fn pointer(&mut self, _: &mut Value, original: Slot, table: u16, code: u32) -> Result<Slot> {
        if original.b == DANGLING {
            return Ok(Slot { table, code: code as u16, ..original });
        }
        let message = "it holds a pointer, and the object that it points to is of another `Value`";
        Err(Error::new(ErrorKind::Unrepresentable, message)
            .with_remedy("copy within one `Value`, or set what is around the pointer"))
    }

    fn named(&mut self, to: &mut Value, number: u32, _: u16, _: u32) -> Result<u32> {
        to.named_as(self.0, number)
    }

    fn filling(&self, _: Slot) -> u32 {
        1
    }
}

/// A part that is still to be copied: the original, the type that the copy gets, and where it goes.
struct Left {
    from: u32,
    table: u16,
    code: u32,
    to: To,
}

/// Where what is made goes.
#[derive(Clone, Copy)]
pub(super) enum To {
    Part(u64),
    Content(u32),
    Alone,
}

impl Value {
    /// A copy of a part of another value, as this type of the same shape.
    pub(super) fn copy_from(&mut self, node: Node<'_>, table: u16, code: u32) -> Result<u32> {
        match node.place {
            Place::Slot(from) => self.copy_slot(Some(node.value), &mut From(node.value), from, table, code),
            Place::Element(..) => self.make_of(table, code, &New::Scalar(node.as_scalar().unwrap_or(Scalar::Unit))),
        }
    }

    /// Sets a part to what another part holds.
    pub(super) fn copy_within(&mut self, from: Place, to: Place) -> Result<()> {
        let node = Node { value: self, place: from };
        if let (Place::Element(..), _) | (_, Place::Element(..)) = (from, to) {
            let Some(scalar) = node.as_scalar() else {
                let element = Node { value: self, place: to };
                return Err(refuse::cannot_be(element.kind(), &New::Node(node)));
            };
            return self.assign(to, &New::Scalar(scalar));
        }
        let (Place::Slot(from), Place::Slot(to)) = (from, to) else { return Ok(()) };
        let target = self.target(to, &New::Node(node))?;
        let Slot { table, code, .. } = self.held.arena.slot(target);
        let types = self.held.tables[usize::from(table)].clone();
        let mut code = u32::from(code);
        let mut around = Vec::new();
        // What only holds the type of the original is made around the copy.
        while !same_type(types.type_of(code), node.kind()) {
            around.push(code);
            code = match types.layout(code).op {
                Op::Option(content) | Op::Piece(content) | Op::Cell(content) | Op::Versioned(_, content)
                    if around.len() <= types.len() =>
                {
                    content
                }
                _ => return Err(refuse::cannot_be(types.type_of(around[0]), &New::Node(node))),
            };
        }
        let mut made = self.copy_slot(None, &mut Within, from, table, code)?;
        for outer in around.into_iter().rev() {
            made = self.held.arena.add(Slot { table, code: outer as u16, a: 1, b: u64::from(made) })?;
        }
        self.replace(target, made);
        Ok(())
    }

    /// Copies what a slot of `source`, or of this value itself, holds.
    pub(in crate::value) fn copy_slot(
        &mut self,
        source: Option<&Value>,
        across: &mut dyn Across,
        from: u32,
        table: u16,
        code: u32,
    ) -> Result<u32> {
        let mut made = NOWHERE;
        let mut stack = Vec::new();
        self.held.arena.memory.room(&mut stack, 1)?;
        stack.push(Left { from, table, code, to: To::Alone });
        while let Some(Left { from, table, code, to }) = stack.pop() {
            let slot = self.copy_one(source, across, from, table, code, &mut stack)?;
            match to {
                To::Alone => made = slot,
                _ => self.put(to, slot),
            }
        }
        self.held.arena.memory.give_back(stack.capacity() * size_of::<Left>());
        Ok(made)
    }

    /// Puts what is made where it goes.
    pub(super) fn put(&mut self, to: To, slot: u32) {
        match to {
            To::Part(place) => self.held.arena.parts[place as usize] = slot,
            To::Content(outer) => self.held.arena.slots[outer as usize].b = u64::from(slot),
            To::Alone => {}
        }
    }

    fn copy_one(
        &mut self,
        source: Option<&Value>,
        across: &mut dyn Across,
        from: u32,
        table: u16,
        code: u32,
        stack: &mut Vec<Left>,
    ) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        let layout = types.layout(code);
        let original = source.unwrap_or(self);
        let slot = original.held.arena.slot(from);
        let node = original.node(from);
        let with = |a: u32, b: u64| Slot { table, code: code as u16, a, b };
        match node.data() {
            Data::Scalar(scalar) => {
                let bits = self.held.arena.number(scalar)?;
                self.held.arena.add(with(0, bits))
            }
            Data::Text(text) | Data::FunctionName(text) => {
                let (length, at) = match source {
                    Some(source) => self.held.arena.add_text(source.held.arena.str(slot))?,
                    None => {
                        let text = text.to_owned();
                        self.held.arena.add_text(&text)?
                    }
                };
                self.held.arena.add(with(length, at))
            }
            Data::Absent => self.held.arena.add(with(0, u64::from(NOWHERE))),
            data @ (Data::Present(_) | Data::Piece(_) | Data::InCell(_) | Data::Versioned(..)) => {
                let filling = if matches!(data, Data::InCell(_)) { across.filling(slot) } else { 1 };
                let content = match layout.op {
                    Op::Option(content) | Op::Piece(content) | Op::Cell(content) | Op::Versioned(_, content) => content,
                    _ => code,
                };
                let outer = self.held.arena.add(with(filling, u64::from(NOWHERE)))?;
                self.held.arena.memory.room(stack, 1)?;
                stack.push(Left { from: slot.b as u32, table, code: content, to: To::Content(outer) });
                Ok(outer)
            }
            Data::Dynamic(..) => {
                let number = across.named(self, slot.a, table, code)?;
                let inner = self.held.named[number as usize].table;
                let root = self.held.tables[usize::from(inner)].root;
                let outer = self.held.arena.add(with(number, u64::from(NOWHERE)))?;
                self.held.arena.memory.room(stack, 1)?;
                stack.push(Left { from: slot.b as u32, table: inner, code: root, to: To::Content(outer) });
                Ok(outer)
            }
            Data::Reference(_) => {
                let pointer = across.pointer(self, slot, table, code)?;
                self.held.arena.add(pointer)
            }
            Data::Struct(_) | Data::Tuple | Data::Variant(_) | Data::Array | Data::Sequence | Data::Set | Data::Map => {
                if packed(&types, layout).is_some() {
                    let number = slot.b as usize;
                    let place = self.held.arena.add_run(original.held.arena.runs.get(number).map_or(0, Vec::len))?;
                    if let Some((made, runs)) = self.held.arena.runs.split_last_mut() {
                        let runs = source.map_or(&*runs, |source| &source.held.arena.runs);
                        made.extend_from_slice(runs.get(number).map_or(&[], Vec::as_slice));
                    }
                    return self.held.arena.add(with(0, place));
                }
                let count = node.part_count();
                let first = slot.b as usize;
                let originals = match source {
                    Some(source) => Cow::Borrowed(&source.held.arena.parts[first..first + count]),
                    None => Cow::Owned(self.held.arena.parts[first..first + count].to_vec()),
                };
                let start = self.held.arena.add_parts(count)?;
                self.held.arena.memory.room(stack, count)?;
                // The first one comes off the stack first: parts are met in their order.
                for (index, from) in originals.iter().copied().enumerate().rev() {
                    let code = match layout.op {
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
                self.held.arena.add(with(slot.a, start))
            }
        }
    }

    /// The number here of a type that another value names.
    pub(in crate::value) fn named_as(&mut self, source: &Value, number: u32) -> Result<u32> {
        let named = &source.held.named[number as usize];
        let same = |own: &NamedType| {
            own.name == named.name
                && own.schema.as_ref().map(|schema| schema.fingerprint())
                    == named.schema.as_ref().map(|schema| schema.fingerprint())
        };
        if let Some(known) = self.held.named.iter().position(same) {
            return Ok(known as u32);
        }
        let table = u16::try_from(self.held.tables.len()).map_err(|_| {
            Error::new(ErrorKind::Limit, "a `Value` names more types than a stream can have")
                .with_remedy("keep what has the others in a `Value` of its own")
        })?;
        self.held.tables.push(Arc::clone(&source.held.tables[usize::from(named.table)]));
        self.held.named.push(NamedType { table, ..named.clone() });
        Ok(self.held.named.len() as u32 - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dumps, loads};

    #[test]
    fn more_types_than_a_stream_can_have_are_refused_with_a_remedy() -> Result<()> {
        let mut value: Value = loads(&dumps(&1u8)?)?;
        let mut other = value.clone();
        other.held.named.push(NamedType { name: "other".into(), table: 0, schema: None });
        assert_eq!(value.named_as(&other, 0)?, 0);
        value.held.named.clear();
        value.held.tables = vec![Arc::clone(&value.held.tables[0]); 1 << 16];
        let error = value.named_as(&other, 0).map_or_else(|error| error.to_string(), |_| String::new());
        assert!(error.ends_with("; keep what has the others in a `Value` of its own"), "{error}");
        Ok(())
    }
}

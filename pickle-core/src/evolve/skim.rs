//! Passing over values of the old stream.

use std::sync::Arc;

use super::numbers::is_signed;
use super::objects::Old;
use crate::error::{Error, ErrorKind, Result};
use crate::private::compact;
use crate::schema::{Fields, Layout, Node, Primitive, Ref, TypeTable};
use crate::stack::deeper;

impl<'r, 'a: 'r> Old<'r, 'a> {
    /// Passes over a value.
    pub(super) fn skim_value(&mut self, types: &Arc<TypeTable>, part: Ref) -> Result<()> {
        let head = self.reader.take(types.of(part).head)?;
        self.check_head(types, part, head)?;
        self.skim(types, part, head)
    }

    /// Checks a head that nobody takes.
    pub(super) fn check_head(&self, types: &TypeTable, part: Ref, head: &[u8]) -> Result<()> {
        types.check_head(part, head).map_err(|error| self.reader.place(error))
    }

    /// Passes over the body of a value with this head, which was checked, or is by whoever takes it.
    pub(super) fn skim(&mut self, types: &Arc<TypeTable>, part: Ref, head: &'r [u8]) -> Result<()> {
        if !types.of(part).body {
            return Ok(());
        }
        match types.node_of(part) {
            None => self.skim_text(head),
            Some(Node::Shared(_) | Node::Weak(_)) => self.skim_pointer(types, part),
            Some(Node::Compact(Ref::Primitive(of))) => self.compact(*of, is_signed(*of)).map(drop),
            Some(node) => {
                self.reader.enter()?;
                deeper(|| self.skim_nested(types, node, head))?;
                self.reader.leave();
                Ok(())
            }
        }
    }

    fn skim_fields(&mut self, types: &Arc<TypeTable>, fields: &[(String, Ref)], mut heads: &'r [u8]) -> Result<()> {
        for (_, part) in fields {
            let (head, rest) = heads.split_at(types.of(*part).head);
            heads = rest;
            self.skim(types, *part, head)?;
        }
        Ok(())
    }

    fn skim_tuple(&mut self, types: &Arc<TypeTable>, parts: &[Ref], mut heads: &'r [u8]) -> Result<()> {
        for part in parts {
            let (head, rest) = heads.split_at(types.of(*part).head);
            heads = rest;
            self.skim(types, *part, head)?;
        }
        Ok(())
    }

    fn skim_text(&mut self, head: &'r [u8]) -> Result<()> {
        let length = self.reader.length(head[0])?;
        self.reader.text(length).map(drop)
    }

    fn skim_nested(&mut self, types: &Arc<TypeTable>, node: &Node, head: &'r [u8]) -> Result<()> {
        match node {
            Node::Tuple(parts) => self.skim_tuple(types, parts, head),
            Node::Struct(_, fields) => self.skim_fields(types, &fields.fields, head),
            Node::Array(item, count) => self.skim_array(types, *item, *count, head),
            Node::Option(content) => match self.option(head)? {
                true => self.skim_value(types, *content),
                false => Ok(()),
            },
            Node::Sequence(item) => self.skim_items(types, *item, head),
            Node::Set(item) => {
                self.keys += 1;
                self.skim_items(types, *item, head)?;
                self.keys -= 1;
                Ok(())
            }
            Node::Map(key, value) => self.skim_entries(types, *key, *value, head),
            Node::Enum(name, variants) => self.skim_variant(types, name, variants, head),
            Node::Piece(content) => self.skim_value(types, *content),
            Node::Cell(content) => match self.is_elsewhere(types, *content) {
                true if self.keys > 0 => Err(self.reader.corrupt("a deferred cell where user code looks at it")),
                true => Ok(()),
                false => self.skim_value(types, *content),
            },
            Node::Versioned(version, content) => {
                self.check_version(*version, head)?;
                self.skim_value(types, *content)
            }
            Node::Dynamic(_) => {
                let types = self.next_runtime_type()?;
                self.skim_value(&types, types.model.root)
            }
            _ => Ok(()),
        }
    }

    fn is_elsewhere(&mut self, types: &Arc<TypeTable>, content: Ref) -> bool {
        self.next_cell(types, content).is_some()
    }

    fn next_runtime_type(&mut self) -> Result<Arc<TypeTable>> {
        let number = self.type_number()?;
        self.runtime_type(number)
    }

    fn skim_variant(
        &mut self,
        types: &Arc<TypeTable>,
        name: &str,
        variants: &[(String, Fields)],
        head: &[u8],
    ) -> Result<()> {
        let tag = self.tag(|| name.to_owned(), variants.len(), head)?;
        let fields = &variants[tag].1.fields;
        let length = fields.iter().fold(0, |sum: usize, field| sum.saturating_add(types.of(field.1).head));
        let heads = self.reader.take(length)?;
        let mut left = heads;
        for (_, part) in fields {
            let (head, rest) = left.split_at(types.of(*part).head);
            left = rest;
            self.check_head(types, *part, head)?;
        }
        self.skim_fields(types, fields, heads)
    }

    fn skim_array(&mut self, types: &Arc<TypeTable>, item: Ref, count: u64, head: &'r [u8]) -> Result<()> {
        let layout = types.of(item);
        if layout.is_nothing() {
            return Ok(());
        }
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if layout.empty {
            self.claim_elements(count, layout)?;
        }
        for i in 0..count {
            self.skim(types, item, &head[i * layout.head..(i + 1) * layout.head])?;
        }
        Ok(())
    }

    fn skim_entries(&mut self, types: &Arc<TypeTable>, key: Ref, value: Ref, head: &[u8]) -> Result<()> {
        let count = self.reader.length(head[0])?;
        let (key_head, value_head) = (types.of(key).head, types.of(value).head);
        let length = key_head.saturating_add(value_head);
        self.reader.claimed_heads(count, length)?;
        if types.of(key).empty && types.of(value).empty {
            self.reader.charge_empty_elements(count)?;
        }
        for _ in 0..count {
            let (key_head, value_head) = self.reader.take(length)?.split_at(key_head);
            self.check_head(types, key, key_head)?;
            self.check_head(types, value, value_head)?;
            self.keys += 1;
            self.skim(types, key, key_head)?;
            self.keys -= 1;
            self.skim(types, value, value_head)?;
        }
        Ok(())
    }

    /// Checks a number of elements of a type against what the stream can hold, and where they take no bytes at all
    /// against the limit.
    pub(super) fn claim_elements(&mut self, count: usize, of: Layout) -> Result<()> {
        if of.empty {
            return self.reader.charge_empty_elements(count);
        }
        self.reader.claimed_heads(count, of.head)
    }

    fn skim_items(&mut self, types: &Arc<TypeTable>, item: Ref, head: &[u8]) -> Result<()> {
        let count = self.reader.length(head[0])?;
        let layout = types.of(item);
        if layout.is_nothing() {
            return Ok(());
        }
        self.claim_elements(count, layout)?;
        let mut left = count;
        while left > 0 {
            if layout.body {
                self.skim_value(types, item)?;
                left -= 1;
            } else {
                let run = self.reader.run(layout.head, left)?;
                if layout.fallible {
                    run.chunks_exact(layout.head).try_for_each(|head| self.check_head(types, item, head))?;
                }
                left -= run.len() / layout.head;
            }
        }
        Ok(())
    }

    /// Whether an option holds something.
    pub(super) fn option(&self, head: &[u8]) -> Result<bool> {
        match head {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(self.reader.unwritten(ErrorKind::InvalidValue, &format!("an `Option` has the tag {}", head[0]))),
        }
    }

    /// The variant that a head names.
    pub(super) fn tag(&self, name: impl FnOnce() -> String, variants: usize, head: &[u8]) -> Result<usize> {
        let tag = head.iter().rev().fold(0, |tag, byte| tag << 8 | usize::from(*byte));
        if tag < variants { Ok(tag) } else { Err(self.reader.refuse_tag(&name(), tag, variants)) }
    }

    pub(super) fn check_version(&self, version: u8, head: &[u8]) -> Result<()> {
        if head == [version] {
            Ok(())
        } else {
            Err(self.reader.corrupt("a value in a version that its schema does not have"))
        }
    }

    /// A varint, as the bytes that a number of the type has.
    pub(super) fn compact(&mut self, of: Primitive, signed: bool) -> Result<[u8; 16]> {
        let bits = compact::read(&mut self.reader)?;
        let wide = if signed { compact::unzigzag(bits).to_le_bytes() } else { bits.to_le_bytes() };
        let sign = if signed && wide[15] >= 0x80 { 0xff } else { 0 };
        let fits = wide[of.head()..].iter().all(|byte| *byte == sign)
            && (!signed || (wide[of.head() - 1] >= 0x80) == (sign == 0xff));
        if fits { Ok(wide) } else { Err(too_large(of, self)) }
    }
}

#[cold]
fn too_large(of: Primitive, old: &Old<'_, '_>) -> Error {
    compact::too_large(of.name(), &old.reader)
}

//! Passing over values of the old stream.

use std::sync::Arc;

use super::objects::Old;
use crate::error::{Error, ErrorKind, Result};
use crate::private::compact;
use crate::schema::{Layout, Node, Primitive, Ref};
use crate::stack::deeper;

impl<'r, 'a: 'r> Old<'r, 'a> {
    /// Passes over a value.
    pub(super) fn skim_value(&mut self, layout: &Arc<Layout>, part: Ref) -> Result<()> {
        let head = self.reader.take(layout.of(part).head)?;
        self.skim(layout, part, head)
    }

    /// Passes over the body of a value with this head.
    pub(super) fn skim(&mut self, layout: &Arc<Layout>, part: Ref, head: &'r [u8]) -> Result<()> {
        if !layout.of(part).body {
            return Ok(());
        }
        let Some(node) = layout.node(part) else { return self.skim_text(head) };
        match node {
            Node::NonZero(_) => Ok(()),
            Node::Compact(_) => compact::read(&mut self.reader).map(drop),
            Node::Shared(_) | Node::Weak(_) => self.reader.take(4).map(drop),
            _ => {
                self.reader.enter()?;
                let skimmed = deeper(|| self.skim_nested(layout, node, head));
                self.reader.leave();
                skimmed
            }
        }
    }

    fn skim_parts(
        &mut self,
        layout: &Arc<Layout>,
        parts: impl Iterator<Item = Ref>,
        mut heads: &'r [u8],
    ) -> Result<()> {
        for part in parts {
            let (head, rest) = heads.split_at(layout.of(part).head);
            heads = rest;
            self.skim(layout, part, head)?;
        }
        Ok(())
    }

    fn skim_text(&mut self, head: &'r [u8]) -> Result<()> {
        let length = self.reader.length(head[0])?;
        self.reader.text(length).map(drop)
    }

    fn skim_nested(&mut self, layout: &Arc<Layout>, node: &Node, head: &'r [u8]) -> Result<()> {
        match node {
            Node::Tuple(parts) => self.skim_parts(layout, parts.iter().copied(), head),
            Node::Struct(_, fields) => self.skim_parts(layout, fields.fields.iter().map(|field| field.1), head),
            Node::Array(item, count) => {
                let measure = layout.of(*item);
                if measure.empty {
                    return Ok(());
                }
                for i in 0..usize::try_from(*count).unwrap_or(usize::MAX) {
                    self.skim(layout, *item, &head[i * measure.head..(i + 1) * measure.head])?;
                }
                Ok(())
            }
            Node::Option(content) => match self.option(head)? {
                true => self.skim_value(layout, *content),
                false => Ok(()),
            },
            Node::Sequence(item) | Node::Set(item) => {
                let count = self.reader.length(head[0])?;
                self.skim_items(layout, *item, count)
            }
            Node::Map(key, value) => {
                let count = self.reader.length(head[0])?;
                let (key_head, value_head) = (layout.of(*key).head, layout.of(*value).head);
                self.reader.claimed_heads(count, key_head.saturating_add(value_head))?;
                for _ in 0..count {
                    let (key_head, value_head) =
                        self.reader.take(key_head.saturating_add(value_head))?.split_at(key_head);
                    self.skim(layout, *key, key_head)?;
                    self.skim(layout, *value, value_head)?;
                }
                Ok(())
            }
            Node::Enum(name, variants) => {
                let tag = self.tag(name, variants.len(), head)?;
                let fields = &variants[tag].1.fields;
                let length = fields.iter().fold(0, |sum: usize, field| sum.saturating_add(layout.of(field.1).head));
                let heads = self.reader.take(length)?;
                self.skim_parts(layout, fields.iter().map(|field| field.1), heads)
            }
            Node::Piece(content) => self.skim_value(layout, *content),
            Node::Cell(content) => {
                if self.next_cell(layout, *content).is_some() {
                    return Ok(());
                }
                self.skim_value(layout, *content)
            }
            Node::Versioned(version, content) => {
                self.check_version(*version, head)?;
                self.skim_value(layout, *content)
            }
            Node::Dynamic(_) => {
                let number = self.type_number()?;
                let layout = self.runtime_type(number)?;
                self.skim_value(&layout, layout.model.root)
            }
            _ => Ok(()),
        }
    }

    fn skim_items(&mut self, layout: &Arc<Layout>, item: Ref, count: usize) -> Result<()> {
        let measure = layout.of(item);
        self.reader.claimed_heads(count, measure.head)?;
        if measure.empty {
            return Ok(());
        }
        let mut left = count;
        while left > 0 {
            if measure.body {
                self.skim_value(layout, item)?;
                left -= 1;
            } else {
                left -= self.reader.run(measure.head, left)?.len() / measure.head;
            }
        }
        Ok(())
    }

    /// Whether an option holds something.
    pub(super) fn option(&self, head: &[u8]) -> Result<bool> {
        match head {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(self.reader.error(ErrorKind::InvalidValue, format!("an `Option` has the tag {}", head[0]))),
        }
    }

    /// The variant that a head names.
    pub(super) fn tag(&self, name: &str, variants: usize, head: &[u8]) -> Result<usize> {
        let tag = head.iter().rev().fold(0, |tag, byte| tag << 8 | usize::from(*byte));
        if tag < variants { Ok(tag) } else { Err(self.reader.refuse_tag(name, tag, variants)) }
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

//! Passing over values of the old stream, as a walk goes through them: nothing recurses, so that values count toward the
//! depth as they do there, whatever a schema puts between those that do.

use std::mem;
use std::sync::Arc;

use super::numbers::is_signed;
use super::objects::Old;
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::VALUES_PER_BYTE;
use crate::private::compact;
use crate::schema::{Layout, Node, Op, Primitive, Ref, TypeTable, code};

/// A composite that is begun.
pub(super) struct Frame<'r> {
    parts: Parts,
    /// The next part, and where they end.
    next: usize,
    end: usize,
    /// The heads of the parts that are left.
    heads: &'r [u8],
    counted: bool,
}

enum Parts {
    /// Those of a struct, tuple or variant, which begin there.
    Fields(u32),
    Array(u32),
    Sequence(u32),
    Set(u32),
    /// Keys and values in turn.
    Map(u32, u32),
    /// One part, which has head and body together.
    Content(u32),
    /// The same behind `dyn`, and the types of what is around it.
    Behind(u32, Arc<TypeTable>),
}

impl<'r, 'a: 'r> Old<'r, 'a> {
    /// Passes over a value.
    pub(super) fn skim_value(&mut self, types: &Arc<TypeTable>, part: Ref) -> Result<()> {
        let head = self.checked_head(types, code(part))?;
        self.skim(types, part, head)
    }

    /// Checks a head that nobody takes.
    pub(super) fn check_head(&self, types: &TypeTable, part: Ref, head: &[u8]) -> Result<()> {
        types.check_head(part, head).map_err(|error| self.reader.place(error))
    }

    fn checked_head(&mut self, types: &TypeTable, code: u32) -> Result<&'r [u8]> {
        let head = self.reader.take(types.layout(code).head)?;
        self.check_head(types, TypeTable::reference(code), head)?;
        Ok(head)
    }

    /// Passes over the body of a value with this head, which was checked, or is by whoever takes it.
    pub(super) fn skim(&mut self, types: &Arc<TypeTable>, part: Ref, head: &'r [u8]) -> Result<()> {
        let layout = types.of(part);
        if !layout.body {
            return Ok(());
        }
        // What is passed over most often needs no stack.
        if matches!(layout.op, Op::Primitive(_)) {
            return self.skim_text(head);
        }
        // As in a walk: values without bytes may be far more than there are bytes.
        let values = self.reader.input_length().saturating_mul(VALUES_PER_BYTE);
        self.empty_left = values.saturating_add(self.reader.empty_limit().saturating_mul(16));
        let mut stack = mem::take(&mut self.skimmed);
        let mut types = types.clone();
        self.begin(&mut types, code(part), head, &mut stack)?;
        self.run(types, &mut stack)?;
        self.skimmed = stack;
        Ok(())
    }

    /// Goes on until what stands on the stack is ended.
    fn run(&mut self, mut types: Arc<TypeTable>, stack: &mut Vec<Frame<'r>>) -> Result<()> {
        while let Some(frame) = stack.last_mut() {
            let part = frame.next;
            if matches!(frame.parts, Parts::Map(..)) && part % 2 == 1 {
                self.keys -= 1;
            }
            if part == frame.end {
                self.end(&mut types, stack);
                continue;
            }
            frame.next += 1;
            let (code, head) = match frame.parts {
                Parts::Fields(start) => {
                    let code = types.parts[start as usize + part];
                    (code, frame.next_head(&types, code))
                }
                Parts::Array(code) => (code, frame.next_head(&types, code)),
                Parts::Map(key, value) if part % 2 == 0 => {
                    frame.heads = self.entry_heads_of(&types, key, value)?;
                    self.keys += 1;
                    (key, frame.next_head(&types, key))
                }
                Parts::Map(_, value) => (value, frame.next_head(&types, value)),
                Parts::Sequence(code) | Parts::Set(code) | Parts::Content(code) | Parts::Behind(code, _) => {
                    (code, self.checked_head(&types, code)?)
                }
            };
            self.begin(&mut types, code, head, stack)?;
        }
        Ok(())
    }

    fn end(&mut self, types: &mut Arc<TypeTable>, stack: &mut Vec<Frame<'r>>) {
        let Some(frame) = stack.pop() else { return };
        if frame.counted {
            self.reader.leave();
        }
        match frame.parts {
            Parts::Set(_) => self.keys -= 1,
            Parts::Behind(_, around) => *types = around,
            _ => {}
        }
    }

    /// Passes over the body of one value, or begins it where it has parts.
    fn begin(
        &mut self,
        types: &mut Arc<TypeTable>,
        code: u32,
        head: &'r [u8],
        stack: &mut Vec<Frame<'r>>,
    ) -> Result<()> {
        let layout = *types.layout(code);
        if !layout.body || layout.is_nothing() {
            return Ok(());
        }
        let (parts, end, heads) = match layout.op {
            Op::Primitive(_) => return self.skim_text(head),
            Op::NonZero(_) => return Ok(()),
            Op::Compact(of) => return self.compact(of, is_signed(of)).map(drop),
            Op::Shared(_) | Op::Weak(_) => return self.skim_pointer(types, TypeTable::reference(code)),
            Op::Fields(start, end) => (Parts::Fields(start), (end - start) as usize, head),
            Op::Enum(start, count, _) => {
                let tag = self.tag(|| enum_name(types, code), count as usize, head)?;
                let variant = types.variants[start as usize + tag];
                let heads = self.variant_heads(types, variant.parts, variant.heads)?;
                (Parts::Fields(variant.parts.0), (variant.parts.1 - variant.parts.0) as usize, heads)
            }
            Op::Array(item, count) => match self.claim_array(*types.layout(item), count)? {
                true => (Parts::Array(item), count, head),
                false => return Ok(()),
            },
            Op::Option(content) => match self.option(head)? {
                true => (Parts::Content(content), 1, head),
                false => return Ok(()),
            },
            Op::Sequence(item) => match self.items_with_bodies(types, item, head)? {
                Some(count) => (Parts::Sequence(item), count, head),
                None => return Ok(()),
            },
            Op::Set(item) => match self.items_with_bodies(types, item, head)? {
                Some(count) => {
                    self.keys += 1;
                    (Parts::Set(item), count, head)
                }
                None => return Ok(()),
            },
            Op::Map(key, value) => {
                let count = self.claim_entries(types, (key, value), head)?;
                (Parts::Map(key, value), count.saturating_mul(2), head)
            }
            Op::Piece(content) => (Parts::Content(content), 1, head),
            Op::Cell(content) => match self.next_cell(types, TypeTable::reference(content)) {
                Some(_) if self.keys > 0 => {
                    return Err(self.reader.corrupt("a deferred cell where user code looks at it"));
                }
                Some(_) => return Ok(()),
                None => (Parts::Content(content), 1, head),
            },
            Op::Versioned(version, content) => {
                self.check_version(version, head)?;
                (Parts::Content(content), 1, head)
            }
            Op::Dynamic => {
                let number = self.type_number()?;
                let inner = self.runtime_type(number)?;
                let (root, counted) = (inner.root, inner.counts_behind());
                let around = mem::replace(types, inner);
                return self
                    .push(Frame { parts: Parts::Behind(root, around), next: 0, end: 1, heads: head, counted }, stack);
            }
        };
        if layout.empty {
            self.empty_left = self.empty_left.checked_sub(1).ok_or_else(|| self.reader.too_many_empty())?;
        }
        self.push(Frame { parts, next: 0, end, heads, counted: layout.counts }, stack)
    }

    fn push(&mut self, frame: Frame<'r>, stack: &mut Vec<Frame<'r>>) -> Result<()> {
        if frame.counted {
            self.reader.enter()?;
        }
        if stack.len() == stack.capacity() {
            self.reader.allocate(|memory| memory.room(stack, 1))?;
        }
        stack.push(frame);
        Ok(())
    }

    fn skim_text(&mut self, head: &'r [u8]) -> Result<()> {
        let length = self.reader.length(head[0])?;
        self.reader.text(length).map(drop)
    }

    /// The heads of a variant's fields, checked.
    fn variant_heads(&mut self, types: &TypeTable, (start, end): (u32, u32), length: usize) -> Result<&'r [u8]> {
        let heads = self.reader.take(length)?;
        let mut left = heads;
        for code in &types.parts[start as usize..end as usize] {
            let (head, rest) = left.split_at(types.layout(*code).head);
            left = rest;
            self.check_head(types, TypeTable::reference(*code), head)?;
        }
        Ok(heads)
    }

    /// The heads of an entry, checked.
    fn entry_heads_of(&mut self, types: &TypeTable, key: u32, value: u32) -> Result<&'r [u8]> {
        let key_head = types.layout(key).head;
        let heads = self.reader.take(key_head.saturating_add(types.layout(value).head))?;
        let (of_key, of_value) = heads.split_at(key_head);
        self.check_head(types, TypeTable::reference(key), of_key)?;
        self.check_head(types, TypeTable::reference(value), of_value)?;
        Ok(heads)
    }

    /// Whether there is anything to pass over in an array.
    fn claim_array(&mut self, of: Layout, count: usize) -> Result<bool> {
        if of.is_nothing() {
            return Ok(false);
        }
        if of.empty {
            self.claim_elements(count, of)?;
        }
        Ok(true)
    }

    /// How many entries a map has, checked.
    fn claim_entries(&mut self, types: &TypeTable, (key, value): (u32, u32), head: &[u8]) -> Result<usize> {
        let count = self.reader.length(head[0])?;
        let (key, value) = (types.layout(key), types.layout(value));
        self.reader.claimed_heads(count, key.head.saturating_add(value.head))?;
        if key.empty && value.empty {
            self.reader.charge_empty_elements(count)?;
        }
        Ok(count)
    }

    /// Checks a number of elements of a type against what the stream can hold, and where they take no bytes at all
    /// against the limit.
    pub(super) fn claim_elements(&mut self, count: usize, of: Layout) -> Result<()> {
        if of.empty {
            return self.reader.charge_empty_elements(count);
        }
        self.reader.claimed_heads(count, of.head)
    }

    /// How many elements there are, if they have bodies: others are passed over here.
    fn items_with_bodies(&mut self, types: &TypeTable, item: u32, head: &[u8]) -> Result<Option<usize>> {
        let count = self.reader.length(head[0])?;
        let layout = *types.layout(item);
        if layout.is_nothing() {
            return Ok(None);
        }
        self.claim_elements(count, layout)?;
        if layout.body {
            return Ok(Some(count));
        }
        let mut left = count;
        while left > 0 {
            let run = self.reader.run(layout.head, left)?;
            if layout.fallible {
                let item = TypeTable::reference(item);
                run.chunks_exact(layout.head).try_for_each(|head| self.check_head(types, item, head))?;
            }
            left -= run.len() / layout.head;
        }
        Ok(None)
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

impl<'r> Frame<'r> {
    fn next_head(&mut self, types: &TypeTable, code: u32) -> &'r [u8] {
        let (head, rest) = self.heads.split_at(types.layout(code).head);
        self.heads = rest;
        head
    }
}

#[cold]
fn enum_name(types: &TypeTable, code: u32) -> String {
    match types.node(code) {
        Some(Node::Enum(name, _)) => name.clone(),
        _ => String::new(),
    }
}

#[cold]
fn too_large(of: Primitive, old: &Old<'_, '_>) -> Error {
    compact::too_large(of.name(), &old.reader)
}

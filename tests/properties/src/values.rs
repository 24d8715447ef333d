//! Values of any schema, as a stream: what a writer of that schema could have written.

use arbitrary::{Error, Result, Unstructured};

use crate::schema::{Model, Node, Ref, STRING, TYPE, code};
use crate::stream::{Block, CHECKSUM, OBJECTS, Stream, varint};

/// What is read in one piece.
enum Item {
    Data(Vec<u8>),
    Text(String),
}

impl Item {
    fn is_empty(&self) -> bool {
        match self {
            Item::Data(bytes) => bytes.is_empty(),
            Item::Text(text) => text.is_empty(),
        }
    }
}

/// A value: its head, and the items of its body.
#[derive(Default)]
struct Made {
    head: Vec<u8>,
    body: Vec<Item>,
}

impl Made {
    fn of(head: impl Into<Vec<u8>>) -> Made {
        Made { head: head.into(), body: Vec::new() }
    }

    /// Puts the head and body of `inner` behind the body.
    fn hold(&mut self, inner: Made) {
        self.body.push(Item::Data(inner.head));
        self.body.extend(inner.body);
    }

    /// Puts a value beside this one.
    fn beside(&mut self, next: Made) {
        self.head.extend(next.head);
        self.body.extend(next.body);
    }

    fn long(&mut self, length: usize) {
        match u8::try_from(length) {
            Ok(short) if short < 255 => self.head.push(short),
            _ => {
                self.head.push(255);
                self.body.push(Item::Data((length as u64).to_le_bytes().to_vec()));
            }
        }
    }
}

struct Maker<'m, 'u, 'b> {
    model: &'m Model,
    u: &'u mut Unstructured<'b>,
    /// The Shared that each object is of, by its number.
    objects: Vec<Ref>,
    /// The object that is made; the root is before all.
    current: Option<usize>,
}

const MOST_OBJECTS: usize = 48;
const DEEPEST: usize = 48;
const NONE: u32 = u32::MAX;

/// A stream of the schema with a value of it; its blocks end where `u` says so.
///
/// # Errors
/// Where `u` leads to a value that never ends, or behind a `dyn`.
pub fn stream(model: &Model, u: &mut Unstructured<'_>) -> Result<Stream> {
    let mut maker = Maker { model, u, objects: Vec::new(), current: None };
    let root = maker.make(model.root, 0)?;
    let mut records = Vec::new();
    while records.len() < maker.objects.len() {
        maker.current = Some(records.len());
        let Some(Node::Of(_, target)) = model.node(maker.objects[records.len()]) else {
            return Err(Error::IncorrectFormat);
        };
        records.push(maker.make(*target, 0)?);
    }
    let Maker { objects, u, .. } = maker;

    let mut items = Vec::new();
    if !records.is_empty() {
        let mut classes = objects.clone();
        classes.sort_unstable();
        classes.dedup();
        let number = |n: u64| Item::Data((n as u32).to_le_bytes().to_vec());
        items.extend([number(0), number(classes.len() as u64)]);
        for class in &classes {
            items.extend([number(0), number(class - TYPE), number(0)]);
        }
        items.push(number(records.len() as u64));
        // Objects refer to those of higher numbers, which come first.
        for (id, record) in records.into_iter().enumerate().rev() {
            let class = classes.iter().position(|class| *class == objects[id]).unwrap_or_default();
            let mut entry = vec![0, class as u8];
            entry.extend((id as u32).to_le_bytes());
            items.extend([Item::Data(entry), Item::Data(record.head)]);
            items.extend(record.body);
        }
        items.push(Item::Data(vec![6]));
    }
    items.push(Item::Data(root.head));
    items.extend(root.body);
    let mut flags = if objects.is_empty() { 0 } else { OBJECTS };
    if u.ratio(1, 8)? {
        flags |= CHECKSUM;
    }
    Ok(Stream { flags, schema: Some(model.encode()), blocks: blocks(items, u)?, ..Stream::default() })
}

/// Lays items into blocks.
fn blocks(items: Vec<Item>, u: &mut Unstructured<'_>) -> Result<Vec<Block>> {
    let (mut blocks, mut block) = (Vec::new(), Block::default());
    let split = u.ratio(1, 2)?;
    for item in items {
        if item.is_empty() {
            continue;
        }
        if split && !block.is_empty() && u.ratio(1, 6)? {
            blocks.push(std::mem::take(&mut block));
        }
        match item {
            Item::Data(bytes) => block.data.extend(bytes),
            // The first string of a block stands last.
            Item::Text(text) => drop(block.text.splice(..0, text.into_bytes())),
        }
    }
    blocks.push(block);
    Ok(blocks)
}

impl Maker<'_, '_, '_> {
    fn make(&mut self, part: Ref, depth: usize) -> Result<Made> {
        if depth > DEEPEST {
            return Err(Error::NotEnoughData);
        }
        let model = self.model;
        let Some(node) = model.node(part) else { return self.primitive(part) };
        let short = depth > DEEPEST / 3 || self.u.is_empty();
        let mut made = Made::default();
        match node {
            Node::Of(code::OPTION, inner) => {
                let some = !short && self.u.arbitrary()?;
                made.head.push(u8::from(some));
                if some {
                    let inner = self.make(*inner, depth + 1)?;
                    made.hold(inner);
                }
            }
            Node::Of(code::SEQUENCE, element) => {
                let length = if short { 0 } else { self.length(*element)? };
                made.long(length);
                for _ in 0..length {
                    let element = self.make(*element, depth + 1)?;
                    made.hold(element);
                }
            }
            Node::Of(code::SET, key) => {
                let keys = if short { vec![] } else { self.keys(*key, depth)? };
                made.long(keys.len());
                keys.into_iter().for_each(|key| made.hold(key));
            }
            Node::Map(key, value) => {
                let keys = if short { vec![] } else { self.keys(*key, depth)? };
                made.long(keys.len());
                for mut entry in keys {
                    let value = self.make(*value, depth + 1)?;
                    entry.beside(value);
                    made.hold(entry);
                }
            }
            Node::Of(code::NON_ZERO, integer) => {
                made = self.primitive(*integer)?;
                if made.head.iter().all(|byte| *byte == 0) {
                    made.head[0] = 1;
                }
            }
            Node::Of(code::COMPACT, integer) => {
                let mut bytes = [0; 16];
                let width = model.head(*integer, 0).unwrap_or(1);
                self.fill(&mut bytes[..width])?;
                // A signed number is zigzagged, which keeps it within its width.
                let mut item = Vec::new();
                varint(u128::from_le_bytes(bytes), &mut item);
                made.body.push(Item::Data(item));
            }
            Node::Of(code::SHARED, target) => {
                if matches!(model.node(*target), Some(Node::Dynamic(_))) {
                    return Err(Error::IncorrectFormat);
                }
                let id = self.object(part)?;
                made.body.push(Item::Data(id.to_le_bytes().to_vec()));
            }
            Node::Of(code::WEAK, shared) => {
                let known = self.known(*shared);
                let id = if !known.is_empty() && self.u.arbitrary()? { *self.u.choose(&known)? } else { NONE };
                made.body.push(Item::Data(id.to_le_bytes().to_vec()));
            }
            // A Box, a cell.
            Node::Of(_, inner) => {
                let inner = self.make(*inner, depth + 1)?;
                made.hold(inner);
            }
            Node::Array(element, length) => {
                for _ in 0..*length {
                    let element = self.make(*element, depth + 1)?;
                    made.beside(element);
                }
            }
            Node::Tuple(parts) => {
                for part in parts {
                    let part = self.make(*part, depth + 1)?;
                    made.beside(part);
                }
            }
            Node::Struct(_, fields) => {
                for (_, part) in &fields.fields {
                    let part = self.make(*part, depth + 1)?;
                    made.beside(part);
                }
            }
            Node::Enum(_, variants) => {
                if variants.is_empty() {
                    return Err(Error::IncorrectFormat);
                }
                let number = if short { 0 } else { self.u.choose_index(variants.len())? };
                made.head.extend(&(number as u16).to_le_bytes()[..if variants.len() > 256 { 2 } else { 1 }]);
                let mut fields = Made::default();
                for (_, part) in &variants[number].1.fields {
                    let part = self.make(*part, depth + 1)?;
                    fields.beside(part);
                }
                made.hold(fields);
            }
            Node::Versioned(version, inner) => {
                made.head.push(*version);
                let inner = self.make(*inner, depth + 1)?;
                made.hold(inner);
            }
            Node::Dynamic(_) => return Err(Error::IncorrectFormat),
        }
        Ok(made)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.u.fill_buffer(bytes)
    }

    fn primitive(&mut self, part: Ref) -> Result<Made> {
        let width = self.model.head(part, 0).unwrap_or_default();
        let mut bytes = vec![0; width];
        match part {
            1 => bytes[0] = u8::from(self.u.arbitrary::<bool>()?),
            2 => bytes = u32::from(self.u.arbitrary::<char>()?).to_le_bytes().to_vec(),
            19 => bytes = self.u.int_in_range(0..=999_999_999u32)?.to_le_bytes().to_vec(),
            STRING | 18 => {
                let text: String = match part {
                    STRING if self.u.ratio(1, 16)? => "long é ".repeat(self.u.int_in_range(30..=60)?),
                    STRING => self.u.arbitrary::<&str>()?.chars().take(40).collect(),
                    _ => (*self.u.choose(&["fuzz_half", "fuzz_square", "nobody"])?).to_owned(),
                };
                let mut made = Made::default();
                made.long(text.len());
                made.body.push(Item::Text(text));
                return Ok(made);
            }
            _ => self.fill(&mut bytes)?,
        }
        Ok(Made::of(bytes))
    }

    fn length(&mut self, element: Ref) -> Result<usize> {
        let is_small = self.model.node(element).is_none();
        Ok(if is_small && self.u.ratio(1, 16)? {
            self.u.int_in_range(250..=300)?
        } else {
            self.u.int_in_range(0..=4)?
        })
    }

    /// Keys that differ, whatever compares them: several only of what has one pattern a value.
    fn keys(&mut self, key: Ref, depth: usize) -> Result<Vec<Made>> {
        let plain = (1..=14).contains(&key);
        let count = self.u.int_in_range(0..=if plain { 4 } else { 1 })?;
        let mut keys: Vec<Made> = Vec::new();
        for _ in 0..count {
            let key = self.make(key, depth + 1)?;
            if !plain || keys.iter().all(|other| other.head != key.head) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    /// The objects that what is made may refer to.
    fn known(&self, shared: Ref) -> Vec<u32> {
        let first = self.current.map_or(0, |current| current + 1);
        (first..self.objects.len()).filter(|id| self.objects[*id] == shared).map(|id| id as u32).collect()
    }

    fn object(&mut self, shared: Ref) -> Result<u32> {
        let known = self.known(shared);
        if !known.is_empty() && (self.u.is_empty() || self.u.arbitrary()?) {
            return Ok(*self.u.choose(&known)?);
        }
        if self.objects.len() == MOST_OBJECTS {
            return Err(Error::NotEnoughData);
        }
        self.objects.push(shared);
        Ok(self.objects.len() as u32 - 1)
    }
}

//! Schemas as a model that can be changed: read, brought into their one form, written.

mod change;

use std::collections::HashMap;

use crate::stream::varint;

/// A reference: below [`TYPE`] a primitive, from it on a type of the table.
pub type Ref = u64;

/// The first type of the table.
pub const TYPE: Ref = 32;
/// References below this are primitives.
pub const PRIMITIVES: Ref = 20;
/// The reference of `String`.
pub const STRING: Ref = 17;

/// The reference of the name of a function.
pub const FUNCTION: Ref = 18;

/// The codes of types, as FORMAT.md has them.
#[allow(missing_docs, reason = "they are the names of FORMAT.md")]
pub mod code {
    pub const OPTION: u8 = 0;
    pub const SEQUENCE: u8 = 1;
    pub const SET: u8 = 2;
    pub const MAP: u8 = 3;
    pub const ARRAY: u8 = 4;
    pub const TUPLE: u8 = 5;
    pub const PIECE: u8 = 6;
    pub const NON_ZERO: u8 = 7;
    pub const COMPACT: u8 = 8;
    pub const STRUCT: u8 = 9;
    pub const ENUM: u8 = 10;
    pub const DYNAMIC: u8 = 11;
    pub const SHARED: u8 = 12;
    pub const WEAK: u8 = 13;
    pub const CELL: u8 = 14;
    pub const VERSIONED: u8 = 15;
}

/// The fields of a struct or variant.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// 0 unit, 1 tuple, 2 named.
    pub style: u8,
    /// The name, empty in a tuple, and the type of each.
    pub fields: Vec<(String, Ref)>,
}

/// A type.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "they are the names of FORMAT.md")]
pub enum Node {
    /// A type of one part, by its code.
    Of(u8, Ref),
    Map(Ref, Ref),
    Array(Ref, u64),
    Tuple(Vec<Ref>),
    Struct(String, Fields),
    Enum(String, Vec<(String, Fields)>),
    Dynamic(String),
    Versioned(u8, Ref),
}

/// A schema.
#[derive(Debug, Clone)]
pub struct Model {
    /// The type of the root.
    pub root: Ref,
    /// The table of types.
    pub types: Vec<Node>,
}

struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut n = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(n);
            }
        }
        None
    }

    fn name(&mut self) -> Option<String> {
        let length = self.number()? as usize;
        let (name, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(name.to_vec()).ok()
    }

    fn list<T>(&mut self, one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut one = one;
        (0..self.number()?).map(|_| one(self)).collect()
    }

    fn fields(&mut self) -> Option<Fields> {
        let style = self.byte()?;
        let fields =
            self.list(|bytes| Some((if style == 2 { bytes.name()? } else { String::new() }, bytes.number()?)))?;
        Some(Fields { style, fields })
    }

    fn node(&mut self) -> Option<Node> {
        Some(match self.byte()? {
            code::MAP => Node::Map(self.number()?, self.number()?),
            code::ARRAY => Node::Array(self.number()?, self.number()?),
            code::TUPLE => Node::Tuple(self.list(Bytes::number)?),
            code::STRUCT => Node::Struct(self.name()?, self.fields()?),
            code::ENUM => Node::Enum(self.name()?, self.list(|bytes| Some((bytes.name()?, bytes.fields()?)))?),
            code::DYNAMIC => Node::Dynamic(self.name()?),
            code::VERSIONED => Node::Versioned(self.byte()?, self.number()?),
            code => Node::Of(code, self.number()?),
        })
    }
}

impl Fields {
    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.style);
        varint(self.fields.len() as u128, bytes);
        for (name, part) in &self.fields {
            if self.style == 2 {
                encode_name(name, bytes);
            }
            varint(u128::from(*part), bytes);
        }
    }
}

fn encode_name(name: &str, bytes: &mut Vec<u8>) {
    varint(name.len() as u128, bytes);
    bytes.extend(name.as_bytes());
}

impl Node {
    /// The types that it is of.
    pub fn parts(&mut self) -> Vec<&mut Ref> {
        match self {
            Node::Of(_, part) | Node::Array(part, _) | Node::Versioned(_, part) => vec![part],
            Node::Map(key, value) => vec![key, value],
            Node::Tuple(parts) => parts.iter_mut().collect(),
            Node::Struct(_, fields) => fields.fields.iter_mut().map(|(_, part)| part).collect(),
            Node::Enum(_, variants) => {
                variants.iter_mut().flat_map(|(_, fields)| &mut fields.fields).map(|(_, part)| part).collect()
            }
            Node::Dynamic(_) => vec![],
        }
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        let numbers = |first: u8, numbers: &[Ref], bytes: &mut Vec<u8>| {
            bytes.push(first);
            numbers.iter().for_each(|n| varint(u128::from(*n), bytes));
        };
        match self {
            Node::Of(code, part) => numbers(*code, &[*part], bytes),
            Node::Map(key, value) => numbers(code::MAP, &[*key, *value], bytes),
            Node::Array(part, length) => numbers(code::ARRAY, &[*part, *length], bytes),
            Node::Tuple(parts) => {
                bytes.push(code::TUPLE);
                varint(parts.len() as u128, bytes);
                parts.iter().for_each(|part| varint(u128::from(*part), bytes));
            }
            Node::Versioned(version, part) => {
                bytes.extend([code::VERSIONED, *version]);
                varint(u128::from(*part), bytes);
            }
            Node::Struct(name, fields) => {
                bytes.push(code::STRUCT);
                encode_name(name, bytes);
                fields.encode(bytes);
            }
            Node::Enum(name, variants) => {
                bytes.push(code::ENUM);
                encode_name(name, bytes);
                varint(variants.len() as u128, bytes);
                for (name, fields) in variants {
                    encode_name(name, bytes);
                    fields.encode(bytes);
                }
            }
            Node::Dynamic(name) => {
                bytes.push(code::DYNAMIC);
                encode_name(name, bytes);
            }
        }
    }
}

impl Model {
    /// Reads a schema.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Model> {
        let mut bytes = Bytes(bytes);
        let root = bytes.number()?;
        let types = bytes.list(Bytes::node)?;
        let mut model = Model { root, types };
        let end = TYPE + model.types.len() as u64;
        let all_known = model.references().iter().all(|part| **part < end);
        (bytes.0.is_empty() && all_known).then_some(model)
    }

    /// Every reference that it has.
    fn references(&mut self) -> Vec<&mut Ref> {
        let mut all = vec![&mut self.root];
        all.extend(self.types.iter_mut().flat_map(Node::parts));
        all
    }

    /// The type that a reference is to, unless that is a primitive.
    #[must_use]
    pub fn node(&self, part: Ref) -> Option<&Node> {
        self.types.get(usize::try_from(part.checked_sub(TYPE)?).ok()?)
    }

    /// Its one form: types that no path tells apart are one, numbered as the root meets them.
    #[must_use]
    pub fn canonical(mut self) -> Model {
        let mut classes = vec![TYPE; self.types.len()];
        let mut count = 0;
        loop {
            let mut seen = HashMap::new();
            let refined: Vec<Ref> = (self.types.iter().enumerate())
                .map(|(index, node)| {
                    let mut node = node.clone();
                    node.parts().into_iter().for_each(|part| rename(part, &classes));
                    let mut key = Vec::new();
                    node.encode(&mut key);
                    if matches!(node, Node::Of(code::SHARED, _) | Node::Dynamic(_)) {
                        key.extend((index as u64).to_le_bytes());
                    }
                    let next = TYPE + seen.len() as u64;
                    *seen.entry(key).or_insert(next)
                })
                .collect();
            classes = refined;
            if seen.len() == count {
                break;
            }
            count = seen.len();
        }
        let mut numbers = HashMap::new();
        let mut types: Vec<Node> = Vec::new();
        let mut stack = vec![self.root];
        while let Some(part) = stack.pop() {
            let Some(index) = part.checked_sub(TYPE) else { continue };
            let class = classes[index as usize];
            if numbers.contains_key(&class) {
                continue;
            }
            numbers.insert(class, TYPE + types.len() as u64);
            let node = &mut self.types[index as usize];
            stack.extend(node.parts().into_iter().rev().map(|part| *part));
            types.push(node.clone());
        }
        let mut model = Model { root: self.root, types };
        for part in model.references() {
            rename(part, &classes);
            *part = numbers.get(part).copied().unwrap_or(*part);
        }
        model
    }

    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        varint(u128::from(self.root), &mut bytes);
        varint(self.types.len() as u128, &mut bytes);
        self.types.iter().for_each(|node| node.encode(&mut bytes));
        bytes
    }

    /// Whether every type has what the format asks of it: a head that ends, integers where it takes integers.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let is_struct_or_enum = |part| matches!(self.node(part), Some(Node::Struct(..) | Node::Enum(..)));
        let each_is_sound = self.types.iter().all(|node| match node {
            Node::Of(code::NON_ZERO | code::COMPACT, part) => (3..=14).contains(part),
            Node::Of(code::WEAK, part) => matches!(self.node(*part), Some(Node::Of(code::SHARED, _))),
            Node::Of(code, _) => *code <= code::CELL,
            Node::Array(_, length) => *length <= 64,
            Node::Versioned(_, part) => is_struct_or_enum(*part),
            Node::Struct(_, fields) => fields.is_sound(),
            Node::Enum(_, variants) => {
                variants.iter().all(|(_, fields)| fields.is_sound()) && differ(variants.iter().map(|(name, _)| name))
            }
            _ => true,
        });
        each_is_sound
            && (TYPE..TYPE + self.types.len() as u64).all(|part| self.ends(part, 0) && self.head(part, 0).is_some())
    }

    /// Whether what a type holds by value, with no box or sequence between, comes to an end.
    fn ends(&self, part: Ref, depth: usize) -> bool {
        let all = |fields: &Fields| fields.fields.iter().all(|(_, part)| self.ends(*part, depth + 1));
        depth < 32
            && match self.node(part) {
                Some(Node::Of(code::OPTION | code::CELL, part) | Node::Array(part, _) | Node::Versioned(_, part)) => {
                    self.ends(*part, depth + 1)
                }
                Some(Node::Tuple(parts)) => parts.iter().all(|part| self.ends(*part, depth + 1)),
                Some(Node::Struct(_, fields)) => all(fields),
                Some(Node::Enum(_, variants)) => variants.iter().all(|(_, fields)| all(fields)),
                _ => true,
            }
    }

    /// Whether a type has a value of nothing, which a cell can hold until it is filled.
    #[must_use]
    pub fn has_vacant(&self, part: Ref, depth: usize) -> bool {
        let vacant = |part: &Ref| depth < 32 && self.has_vacant(*part, depth + 1);
        match self.node(part) {
            None => part != FUNCTION,
            Some(Node::Of(code::SHARED, _) | Node::Versioned(..) | Node::Dynamic(_) | Node::Enum(..)) => false,
            Some(Node::Of(code::PIECE | code::CELL, inner) | Node::Array(inner, _)) => vacant(inner),
            Some(Node::Tuple(parts)) => parts.iter().all(vacant),
            Some(Node::Struct(_, of)) => of.fields.iter().all(|(_, part)| vacant(part)),
            Some(_) => true,
        }
    }

    /// The length of a type's head, unless it stands in its own, or is longer than anybody needs.
    #[must_use]
    pub fn head(&self, part: Ref, depth: usize) -> Option<usize> {
        if depth > 32 {
            return None;
        }
        let fields = |fields: &Fields| self.heads(fields.fields.iter().map(|(_, part)| *part), depth);
        let length = match self.node(part) {
            None => match part {
                0 => 0,
                1 | 3 | 9 | STRING | FUNCTION => 1,
                4 | 10 => 2,
                2 | 5 | 11 | 15 | 19 => 4,
                7 | 13 => 16,
                _ => 8,
            },
            Some(Node::Of(code::NON_ZERO, part)) => self.head(*part, depth + 1)?,
            Some(Node::Of(code::OPTION | code::SEQUENCE | code::SET, _) | Node::Map(..) | Node::Versioned(..)) => 1,
            Some(Node::Of(..) | Node::Dynamic(_)) => 0,
            Some(Node::Array(part, length)) => self.head(*part, depth + 1)?.checked_mul(*length as usize)?,
            Some(Node::Tuple(parts)) => self.heads(parts.iter().copied(), depth)?,
            Some(Node::Struct(_, of)) => fields(of)?,
            Some(Node::Enum(_, variants)) => {
                for (_, of) in variants {
                    fields(of)?;
                }
                if variants.len() > 256 { 2 } else { 1 }
            }
        };
        (length <= 4096).then_some(length)
    }

    fn heads(&self, mut parts: impl Iterator<Item = Ref>, depth: usize) -> Option<usize> {
        parts.try_fold(0, |sum: usize, part| Some(sum + self.head(part, depth + 1)?))
    }
}

impl Fields {
    fn is_sound(&self) -> bool {
        match self.style {
            0 => self.fields.is_empty(),
            1 => true,
            _ => differ(self.fields.iter().map(|(name, _)| name)),
        }
    }
}

fn rename(part: &mut Ref, names: &[Ref]) {
    if let Some(index) = part.checked_sub(TYPE) {
        *part = names[index as usize];
    }
}

fn differ<'n>(names: impl Iterator<Item = &'n String>) -> bool {
    let mut seen = std::collections::HashSet::new();
    names.into_iter().all(|name| seen.insert(name))
}

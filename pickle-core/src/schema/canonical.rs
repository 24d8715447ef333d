//! One form for one shape: equal types fall together, and types are numbered as the root meets them.

use std::collections::HashMap;

use super::model::{Fields, Model, Node, Ref};

/// Brings a schema into its one form, and encodes it.
///
/// A borrowed twin of a type (`&str` for `String`) and the type itself describe different Rust types of one shape;
/// partition refinement (Moore's algorithm for automata) merges what no path from the root can tell apart.
///
/// The last part of what it gives is the number that each type has got.
pub(super) fn canonical(model: &Model) -> (Model, Vec<u8>, Vec<Option<usize>>) {
    let classes = classes(model);
    let (model, numbers) = as_met(model, model.root, &classes);
    let bytes = encode(&model);
    (model, bytes, classes.iter().map(|class| numbers.get(class).copied()).collect())
}

/// The types of a schema in its one form that one of them reaches, in their one form.
pub(super) fn part(model: &Model, root: Ref) -> Model {
    let alone: Vec<usize> = (0..model.types.len()).collect();
    as_met(model, root, &alone).0
}

/// What is charged for these types, as for those of a schema that is read.
pub(super) fn part_memory(model: &Model, root: Ref) -> usize {
    let mut reached = vec![false; model.types.len()];
    let mut stack = Vec::with_capacity(model.types.len());
    let mut reach = |part: Ref, stack: &mut Vec<usize>| {
        if let Ref::Type(index) = part
            && !std::mem::replace(&mut reached[index], true)
        {
            stack.push(index);
        }
    };
    let mut memory = super::decode::SCHEMA;
    reach(root, &mut stack);
    while let Some(index) = stack.pop() {
        let node = &model.types[index];
        memory += node.memory();
        node.each_part(&mut |part| reach(part, &mut stack));
    }
    memory
}

/// The types that a root reaches, in the order in which it meets them, one for each class; and the number of each class.
fn as_met(model: &Model, root: Ref, classes: &[usize]) -> (Model, HashMap<usize, usize>) {
    let mut numbers = HashMap::new();
    let mut order = Vec::new();
    let mut stack = vec![root];
    while let Some(next) = stack.pop() {
        let Ref::Type(index) = next else { continue };
        if numbers.contains_key(&classes[index]) {
            continue;
        }
        numbers.insert(classes[index], order.len());
        order.push(index);
        stack.extend(model.types[index].parts().into_iter().rev());
    }
    let renumber = |part: Ref| match part {
        Ref::Type(index) => Ref::Type(numbers[&classes[index]]),
        primitive => primitive,
    };
    let types = order.iter().map(|index| model.types[*index].renumbered(&renumber)).collect();
    (Model { root: renumber(root), types }, numbers)
}

/// The class of each type: two types share one where they are the same shape.
fn classes(model: &Model) -> Vec<usize> {
    let mut classes = vec![0; model.types.len()];
    let mut count = 1;
    loop {
        let mut seen = HashMap::new();
        let refined: Vec<usize> = model
            .types
            .iter()
            .enumerate()
            .map(|(index, node)| {
                let by_class = node.renumbered(&|part| match part {
                    Ref::Type(index) => Ref::Type(classes[index]),
                    primitive => primitive,
                });
                let mut key = Vec::new();
                encode_node(&by_class, &mut key);
                // What objects are found by is itself alone: two types of one shape hold different objects.
                if matches!(node, Node::Shared(_) | Node::Dynamic(_)) {
                    key.extend((index as u64).to_le_bytes());
                }
                let next = seen.len();
                *seen.entry(key).or_insert(next)
            })
            .collect();
        classes = refined;
        if seen.len() == count {
            return classes;
        }
        count = seen.len();
    }
}

impl Fields {
    fn renumbered(&self, f: &impl Fn(Ref) -> Ref) -> Fields {
        Fields { style: self.style, fields: self.fields.iter().map(|(name, part)| (name.clone(), f(*part))).collect() }
    }
}

impl Node {
    pub(super) fn renumbered(&self, f: &impl Fn(Ref) -> Ref) -> Node {
        match self {
            Node::Option(a) => Node::Option(f(*a)),
            Node::Sequence(a) => Node::Sequence(f(*a)),
            Node::Set(a) => Node::Set(f(*a)),
            Node::Map(k, v) => Node::Map(f(*k), f(*v)),
            Node::Array(a, n) => Node::Array(f(*a), *n),
            Node::Tuple(parts) => Node::Tuple(parts.iter().map(|part| f(*part)).collect()),
            Node::Piece(a) => Node::Piece(f(*a)),
            Node::Cell(a) => Node::Cell(f(*a)),
            Node::Versioned(version, a) => Node::Versioned(*version, f(*a)),
            Node::NonZero(a) => Node::NonZero(f(*a)),
            Node::Compact(a) => Node::Compact(f(*a)),
            Node::Struct(name, fields) => Node::Struct(name.clone(), fields.renumbered(f)),
            Node::Enum(name, variants) => Node::Enum(
                name.clone(),
                variants.iter().map(|(variant, fields)| (variant.clone(), fields.renumbered(f))).collect(),
            ),
            Node::Dynamic(name) => Node::Dynamic(name.clone()),
            Node::Shared(a) => Node::Shared(f(*a)),
            Node::Weak(a) => Node::Weak(f(*a)),
        }
    }
}

/// References below this are primitives, from it on they are the types of the table.
pub(super) const FIRST_TYPE: u64 = 32;

pub(super) fn encode(model: &Model) -> Vec<u8> {
    let mut bytes = Vec::new();
    reference(model.root, &mut bytes);
    varint(model.types.len() as u64, &mut bytes);
    for node in &model.types {
        encode_node(node, &mut bytes);
    }
    bytes
}

pub(super) fn encode_node(node: &Node, bytes: &mut Vec<u8>) {
    let one = |tag: u8, part: Ref, bytes: &mut Vec<u8>| {
        bytes.push(tag);
        reference(part, bytes);
    };
    match node {
        Node::Option(a) => one(Node::OPTION, *a, bytes),
        Node::Sequence(a) => one(Node::SEQUENCE, *a, bytes),
        Node::Set(a) => one(Node::SET, *a, bytes),
        Node::Map(k, v) => {
            one(Node::MAP, *k, bytes);
            reference(*v, bytes);
        }
        Node::Array(a, n) => {
            one(Node::ARRAY, *a, bytes);
            varint(*n, bytes);
        }
        Node::Tuple(parts) => {
            bytes.push(Node::TUPLE);
            varint(parts.len() as u64, bytes);
            parts.iter().for_each(|part| reference(*part, bytes));
        }
        Node::Piece(a) => one(Node::PIECE, *a, bytes),
        Node::Cell(a) => one(Node::CELL, *a, bytes),
        Node::Versioned(version, a) => {
            bytes.extend([Node::VERSIONED, *version]);
            reference(*a, bytes);
        }
        Node::NonZero(a) => one(Node::NON_ZERO, *a, bytes),
        Node::Compact(a) => one(Node::COMPACT, *a, bytes),
        Node::Shared(a) => one(Node::SHARED, *a, bytes),
        Node::Weak(a) => one(Node::WEAK, *a, bytes),
        Node::Struct(name, fields) => {
            bytes.push(Node::STRUCT);
            string(name, bytes);
            encode_fields(fields, bytes);
        }
        Node::Enum(name, variants) => {
            bytes.push(Node::ENUM);
            string(name, bytes);
            varint(variants.len() as u64, bytes);
            for (variant, fields) in variants {
                string(variant, bytes);
                encode_fields(fields, bytes);
            }
        }
        Node::Dynamic(name) => {
            bytes.push(Node::DYNAMIC);
            string(name, bytes);
        }
    }
}

fn encode_fields(fields: &Fields, bytes: &mut Vec<u8>) {
    bytes.push(fields.style as u8);
    varint(fields.fields.len() as u64, bytes);
    for (name, part) in &fields.fields {
        if fields.style == super::Style::Named {
            string(name, bytes);
        }
        reference(*part, bytes);
    }
}

fn reference(part: Ref, bytes: &mut Vec<u8>) {
    match part {
        Ref::Primitive(primitive) => bytes.push(primitive as u8),
        Ref::Type(index) => varint(index as u64 + FIRST_TYPE, bytes),
    }
}

pub(super) fn string(text: &str, bytes: &mut Vec<u8>) {
    varint(text.len() as u64, bytes);
    bytes.extend(text.as_bytes());
}

/// Seven bits a byte, the low ones first; the high bit says that more follow (LEB128).
pub(super) fn varint(mut n: u64, bytes: &mut Vec<u8>) {
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}

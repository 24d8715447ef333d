//! How long the heads of a schema's types are, and what follows them.

use super::model::{Model, Node, Primitive, Ref};
use crate::error::{Error, ErrorKind, Result};

/// A schema, with what reading values of its types takes.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) model: Model,
    types: Vec<Measure>,
}

/// The bytes of one type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    /// Length of the head.
    pub(crate) head: usize,
    /// Whether a body may follow.
    pub(crate) body: bool,
    /// Whether no value takes a byte.
    pub(crate) empty: bool,
    /// Whether it has cells, so far as it is of one size: they are counted even where they are empty.
    pub(crate) cells: bool,
}

impl Measure {
    /// Whether there is nothing to read, and nothing to count.
    pub(crate) fn is_nothing(self) -> bool {
        self.empty && !self.cells
    }
}

impl Layout {
    /// # Errors
    /// A type that no value has: one whose head holds itself, or a compact number that is none.
    pub(crate) fn new(model: Model) -> Result<Layout> {
        if !model.types.iter().all(|node| has_meaning(node, &model)) {
            return Err(no_value("combines types that don't go together"));
        }
        let types = measure(&model)?;
        Ok(Layout { model, types })
    }

    #[inline]
    pub(crate) fn of(&self, part: Ref) -> Measure {
        match part {
            Ref::Primitive(primitive) => of_primitive(primitive),
            Ref::Type(index) => self.types[index],
        }
    }

    #[inline]
    pub(crate) fn node(&self, part: Ref) -> Option<&Node> {
        match part {
            Ref::Primitive(_) => None,
            Ref::Type(index) => self.model.types.get(index),
        }
    }
}

#[cold]
fn no_value(what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the schema has a type that {what}"))
}

/// Whether the parts of a type are of a kind that it may have.
fn has_meaning(node: &Node, model: &Model) -> bool {
    use Primitive::*;
    let part = |part: &Ref| match part {
        Ref::Type(index) => model.types.get(*index),
        Ref::Primitive(_) => None,
    };
    match node {
        Node::NonZero(of) | Node::Compact(of) => {
            matches!(of, Ref::Primitive(U8 | U16 | U32 | U64 | U128 | Usize | I8 | I16 | I32 | I64 | I128 | Isize))
        }
        Node::Weak(of) => matches!(part(of), Some(Node::Shared(_))),
        Node::Versioned(_, of) => matches!(part(of), Some(Node::Struct(..) | Node::Enum(..))),
        _ => true,
    }
}

fn of_primitive(primitive: Primitive) -> Measure {
    let head = primitive.head();
    let body = matches!(primitive, Primitive::Text | Primitive::FunctionName);
    Measure { head, body, empty: head == 0, cells: false }
}

fn measure(model: &Model) -> Result<Vec<Measure>> {
    let mut types = vec![Measure { head: 0, body: true, empty: false, cells: false }; model.types.len()];
    let in_line = order(model, |node| !matches!(node, Node::Piece(_) | Node::Cell(_)));
    if in_line.len() < types.len() {
        return Err(no_value("holds itself without an end"));
    }
    for index in in_line {
        types[index] = of_node(&model.types[index], &types);
    }
    // A type that holds itself in pieces alone is not among these: depth bounds it.
    for index in order(model, |_| true) {
        let node = &model.types[index];
        types[index].empty = is_empty(node, &types);
        types[index].cells = matches!(node, Node::Cell(_))
            || node.parts().iter().any(|part| matches!(part, Ref::Type(part) if types[*part].cells));
    }
    Ok(types)
}

/// The types in an order in which those come first whose values lie within others' (Kahn); types that lie within
/// themselves are left out. `enters` says whose parts count.
fn order(model: &Model, enters: fn(&Node) -> bool) -> Vec<usize> {
    let count = model.types.len();
    let mut waits: Vec<usize> = vec![0; count];
    let mut waited_for: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, node) in model.types.iter().enumerate() {
        let within = matches!(
            node,
            Node::Array(..) | Node::Tuple(_) | Node::NonZero(_) | Node::Struct(..) | Node::Piece(_) | Node::Cell(_)
        );
        if within && enters(node) {
            for part in node.parts() {
                if let Ref::Type(part) = part {
                    waits[index] += 1;
                    waited_for[part].push(index);
                }
            }
        }
    }
    let mut ordered: Vec<usize> = (0..count).filter(|index| waits[*index] == 0).collect();
    let mut next = 0;
    while let Some(index) = ordered.get(next) {
        for dependent in &waited_for[*index] {
            waits[*dependent] -= 1;
            if waits[*dependent] == 0 {
                ordered.push(*dependent);
            }
        }
        next += 1;
    }
    ordered
}

fn of_node(node: &Node, types: &[Measure]) -> Measure {
    let of = |part: Ref| match part {
        Ref::Primitive(primitive) => of_primitive(primitive),
        Ref::Type(index) => types[index],
    };
    let (head, body) = match node {
        Node::Option(_) | Node::Sequence(_) | Node::Set(_) | Node::Map(..) | Node::Versioned(..) => (1, true),
        Node::Piece(_) | Node::Cell(_) | Node::Compact(_) | Node::Dynamic(_) | Node::Shared(_) | Node::Weak(_) => {
            (0, true)
        }
        Node::NonZero(part) => (of(*part).head, of(*part).body),
        Node::Array(part, count) => {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            (of(*part).head.saturating_mul(count), count > 0 && of(*part).body)
        }
        Node::Enum(_, variants) => {
            let payload = variants.iter().any(|(_, fields)| !fields.fields.is_empty());
            (Node::tag_width(variants.len()), payload)
        }
        Node::Tuple(_) | Node::Struct(..) => node
            .parts()
            .into_iter()
            .map(of)
            .fold((0, false), |(head, body), part| (part.head.saturating_add(head), body || part.body)),
    };
    Measure { head, body, empty: false, cells: false }
}

fn is_empty(node: &Node, types: &[Measure]) -> bool {
    let of = |part: Ref| match part {
        Ref::Primitive(primitive) => of_primitive(primitive).empty,
        Ref::Type(index) => types[index].empty,
    };
    match node {
        Node::Array(_, 0) => true,
        Node::Piece(_) | Node::Cell(_) | Node::Array(..) | Node::Tuple(_) | Node::Struct(..) => {
            node.parts().into_iter().all(of)
        }
        _ => false,
    }
}

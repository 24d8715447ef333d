//! Equality that follows shared objects, and ends where they go in a ring.

use std::collections::{HashMap, VecDeque};

use super::node::{Data, Node};
use crate::inspect::{Reference, Scalar};

/// Whether two values hold the same, with the same sharing: their objects can be paired so that each reference of the
/// one is to the partner of what that of the other is to. The order of sets and maps does not count.
pub(super) fn equal(a: Node<'_>, b: Node<'_>) -> bool {
    let mut partners = (HashMap::new(), HashMap::new());
    let mut pairs = vec![(a, b)];
    while let Some((x, y)) = pairs.pop() {
        if !same(x, y, &mut partners, &mut pairs) {
            return false;
        }
    }
    true
}

type Partners = (HashMap<u32, u32>, HashMap<u32, u32>);

fn same<'a>(x: Node<'a>, y: Node<'a>, partners: &mut Partners, pairs: &mut Vec<(Node<'a>, Node<'a>)>) -> bool {
    let mut pair = |x, y| {
        pairs.push((x, y));
        true
    };
    match (x.data(), y.data()) {
        (Data::Scalar(a), Data::Scalar(b)) => bits(a) == bits(b),
        (Data::Text(a), Data::Text(b)) | (Data::FunctionName(a), Data::FunctionName(b)) => a == b,
        (Data::Absent, Data::Absent) => true,
        (Data::Present(a), Data::Present(b))
        | (Data::Piece(a), Data::Piece(b))
        | (Data::InCell(a), Data::InCell(b)) => pair(a, b),
        (Data::Versioned(v, a), Data::Versioned(w, b)) => v == w && pair(a, b),
        (Data::Dynamic(n, a), Data::Dynamic(m, b)) => n == m && pair(a, b),
        (Data::Reference(a), Data::Reference(b)) => {
            let (i, j) = match (a, b) {
                (Reference::Dangling, Reference::Dangling) => return true,
                (Reference::Strong(i), Reference::Strong(j)) | (Reference::Weak(i), Reference::Weak(j)) => (i, j),
                _ => return false,
            };
            match (partners.0.insert(i, j), partners.1.insert(j, i)) {
                (None, None) => match (x.value.object(i), y.value.object(j)) {
                    (Some(a), Some(b)) => pair(a, b),
                    (None, None) => true,
                    _ => false,
                },
                (Some(known), Some(back)) => known == j && back == i,
                _ => false,
            }
        }
        (Data::Struct(n), Data::Struct(m)) => n == m && fields(x, y, pairs),
        (Data::Variant(n), Data::Variant(m)) => {
            n == m && x.kind().own_name() == y.kind().own_name() && fields(x, y, pairs)
        }
        (Data::Tuple, Data::Tuple) => parts(x, y, pairs),
        (Data::Sequence, Data::Sequence) | (Data::Array, Data::Array) => match (x.as_run(), y.as_run()) {
            (Some(a), Some(b)) => a == b,
            (None, None) => same_element(x, y) && parts(x, y, pairs),
            _ => false,
        },
        (Data::Set, Data::Set) | (Data::Map, Data::Map) => same_element(x, y) && entries(x, y, pairs),
        _ => false,
    }
}

/// Two empty ones are equal only where they are of one type.
fn same_element(x: Node<'_>, y: Node<'_>) -> bool {
    x.part_count() > 0 || x.kind().name() == y.kind().name()
}

fn fields<'a>(x: Node<'a>, y: Node<'a>, pairs: &mut Vec<(Node<'a>, Node<'a>)>) -> bool {
    (0..x.part_count()).all(|index| index >= y.part_count() || x.step(index) == y.step(index)) && parts(x, y, pairs)
}

fn parts<'a>(x: Node<'a>, y: Node<'a>, pairs: &mut Vec<(Node<'a>, Node<'a>)>) -> bool {
    let count = x.part_count();
    pairs.extend((0..count).rev().filter_map(|index| Some((x.part(index)?, y.part(index)?))));
    count == y.part_count()
}

/// Pairs what has one key. Keys that look the same as far as they are looked into, shared objects in both, are paired in
/// their order.
fn entries<'a>(x: Node<'a>, y: Node<'a>, pairs: &mut Vec<(Node<'a>, Node<'a>)>) -> bool {
    let (count, width) = (x.part_count(), if matches!(x.data(), Data::Map) { 2 } else { 1 });
    if count != y.part_count() {
        return false;
    }
    let keys = |node: Node<'a>| {
        (0..count)
            .step_by(width)
            .map(move |index| (node.part(index).map(|part| key(part, Objects::Content)).unwrap_or_default(), index))
    };
    let mut places: HashMap<Vec<u8>, VecDeque<usize>> = HashMap::new();
    keys(y).for_each(|(key, index)| places.entry(key).or_default().push_back(index));
    keys(x).all(|(key, index)| {
        let Some(other) = places.get_mut(&key).and_then(VecDeque::pop_front) else { return false };
        let parts = (index..index + width).zip(other..other + width);
        pairs.extend(parts.filter_map(|(i, j)| Some((x.part(i)?, y.part(j)?))));
        true
    })
}

/// What stands for the objects that a key refers to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Objects {
    /// Their numbers: within one value.
    Number,
    /// The beginning of what they hold: between two values. That they are the same says the pairing.
    Content,
}

/// Parts of objects that are looked into for one key, and bytes of each string in them: many keys may refer to one large
/// object.
const LOOKS: usize = 64;

/// Bytes that stand for a key.
pub(super) fn key(node: Node<'_>, objects: Objects) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut met = HashMap::new();
    let mut looks = LOOKS;
    let mut left = vec![(node, false)];
    while let Some((node, in_object)) = left.pop() {
        if in_object {
            let Some(fewer) = looks.checked_sub(1) else { continue };
            looks = fewer;
        }
        let text = |tag: u8, text: &str, bytes: &mut Vec<u8>| {
            let shown = if in_object { text.len().min(LOOKS) } else { text.len() };
            bytes.push(tag);
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(&text.as_bytes()[..shown]);
        };
        let count = match node.data() {
            // Their order counts for nothing.
            Data::Set | Data::Map if in_object => 0,
            _ if in_object => node.part_count().min(LOOKS),
            _ => node.part_count(),
        };
        let parts = || (0..count).rev().filter_map(|index| Some((node.part(index)?, in_object)));
        match node.data() {
            Data::Scalar(scalar) => bytes.extend(bits(scalar).1.to_le_bytes()),
            Data::Text(string) | Data::FunctionName(string) => text(1, string, &mut bytes),
            Data::Absent => bytes.push(2),
            Data::Present(content) => {
                bytes.push(3);
                left.push((content, in_object));
            }
            Data::Piece(content) | Data::InCell(content) | Data::Versioned(_, content) => {
                left.push((content, in_object));
            }
            Data::Dynamic(name, content) => {
                text(4, name, &mut bytes);
                left.push((content, in_object));
            }
            Data::Reference(Reference::Strong(id) | Reference::Weak(id)) if objects == Objects::Number => {
                bytes.push(7);
                bytes.extend(id.to_le_bytes());
            }
            Data::Reference(Reference::Strong(id) | Reference::Weak(id)) => {
                let next = met.len();
                let number = *met.entry(id).or_insert(next);
                bytes.push(5);
                bytes.extend((number as u64).to_le_bytes());
                if number == next {
                    left.extend(node.value.object(id).map(|object| (object, true)));
                }
            }
            Data::Reference(Reference::Dangling) => bytes.push(8),
            Data::Variant(name) => {
                text(6, name, &mut bytes);
                left.extend(parts());
            }
            _ => {
                bytes.extend((node.part_count() as u64).to_le_bytes());
                left.extend(parts());
            }
        }
    }
    bytes
}

/// A number's type and bits: floats are equal where these are, so that each value equals itself.
fn bits(scalar: Scalar) -> (std::mem::Discriminant<Scalar>, u128) {
    let bits = match super::arena::to_bits(scalar) {
        super::arena::Bits::Narrow(bits) => u128::from(bits),
        super::arena::Bits::Wide(bits) => bits,
    };
    (std::mem::discriminant(&scalar), bits)
}

//! Whether a schema has each type once: partition refinement, of which only the outcome is asked.

use std::collections::HashMap;

use super::canonical::encode_node;
use super::model::{Model, Node, Ref};

/// Whether any two types can be told apart by a path from the root.
///
/// Hopcroft's algorithm: a class of types that may still be one is split by what its members refer to, and of what it
/// falls into all but the largest part is looked at again. So a reference is looked at no more than `log n` times, and no
/// schema from anywhere takes long.
pub(super) fn is_minimal(model: &Model) -> bool {
    let nodes = &model.types;
    let mut referrers: Vec<Vec<(u32, u32)>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        for (position, part) in node.parts().into_iter().enumerate() {
            if let Ref::Type(target) = part {
                referrers[target].push((index as u32, position as u32));
            }
        }
    }
    let mut class = vec![0usize; nodes.len()];
    let mut members: Vec<Vec<u32>> = Vec::new();
    let mut first = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let next = members.len();
        let own = *first.entry(outline(node, index)).or_insert(next);
        if own == next {
            members.push(Vec::new());
        }
        members[own].push(index as u32);
        class[index] = own;
    }
    let mut left: Vec<usize> = (0..members.len()).collect();
    while let Some(splitter) = left.pop() {
        // The positions at which each type refers to one of the class.
        let mut positions: HashMap<u32, Vec<u32>> = HashMap::new();
        for target in &members[splitter] {
            for (index, position) in &referrers[*target as usize] {
                positions.entry(*index).or_default().push(*position);
            }
        }
        let mut groups: HashMap<(usize, Vec<u32>), Vec<u32>> = HashMap::new();
        for (index, mut positions) in positions {
            positions.sort_unstable();
            groups.entry((class[index as usize], positions)).or_default().push(index);
        }
        let mut split: HashMap<usize, Vec<Vec<u32>>> = HashMap::new();
        for ((own, _), group) in groups {
            split.entry(own).or_default().push(group);
        }
        for (own, mut groups) in split {
            let touched: usize = groups.iter().map(Vec::len).sum();
            if touched < members[own].len() {
                groups.push(untouched(&members[own], &groups, touched));
            }
            let largest = (0..groups.len()).max_by_key(|group| groups[*group].len()).unwrap_or(0);
            members[own] = groups.swap_remove(largest);
            for group in groups {
                group.iter().for_each(|index| class[*index as usize] = members.len());
                left.push(members.len());
                members.push(group);
            }
        }
    }
    members.len() == nodes.len()
}

fn untouched(all: &[u32], groups: &[Vec<u32>], count: usize) -> Vec<u32> {
    let mut touched: Vec<u32> = Vec::with_capacity(count);
    groups.iter().for_each(|group| touched.extend(group));
    touched.sort_unstable();
    all.iter().copied().filter(|index| touched.binary_search(index).is_err()).collect()
}

/// A type without what it refers to. What objects are found by is itself alone.
fn outline(node: &Node, index: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let outline = node.renumbered(&|part| match part {
        Ref::Type(_) => Ref::Type(0),
        primitive => primitive,
    });
    encode_node(&outline, &mut bytes);
    if matches!(node, Node::Shared(_) | Node::Dynamic(_)) {
        bytes.extend((index as u64).to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::model::Primitive;
    use super::*;

    fn minimal(types: Vec<Node>) -> bool {
        is_minimal(&Model { root: Ref::Type(0), types })
    }

    #[test]
    fn twins_are_found_however_far_apart_they_end() {
        let (option, byte) = (|index| Node::Option(Ref::Type(index)), Ref::Primitive(Primitive::U8));
        assert!(minimal(vec![option(1), option(2), Node::Option(byte)]));
        let tuple = Node::Tuple(vec![Ref::Type(1), Ref::Type(2)]);
        assert!(!minimal(vec![tuple.clone(), Node::Option(byte), Node::Option(byte)]));
        assert!(!minimal(vec![tuple.clone(), option(3), option(4), Node::Option(byte), Node::Option(byte)]));
        assert!(minimal(vec![tuple.clone(), option(3), Node::Sequence(Ref::Type(3)), Node::Option(byte)]));
        // Two that only differ in where they lead to, in a ring.
        assert!(!minimal(vec![Node::Sequence(Ref::Type(1)), Node::Sequence(Ref::Type(0))]));
        assert!(minimal(vec![tuple, Node::Shared(byte), Node::Shared(byte)]));
    }

    #[test]
    fn a_long_chain_is_minimal() {
        let mut types: Vec<Node> = (1..4096).map(|index| Node::Sequence(Ref::Type(index))).collect();
        types.push(Node::Sequence(Ref::Primitive(Primitive::U8)));
        assert!(minimal(types));
    }
}

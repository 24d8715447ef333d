//! Which parts of two composites belong together.

use std::collections::{HashMap, VecDeque};

use pickle_core::inspect::{Reference, Step};
use pickle_core::value::{Data, Node};

use super::compare::{Item, Label};
use crate::brief::unwrapped;
use crate::path::{self, key_name};

/// Parts, in their order.
pub(super) type Pairs<'v> = Box<dyn Iterator<Item = Item<'v>> + 'v>;

/// Fields by their names; what has none, by its position.
pub(super) fn fields<'v>(a: Node<'v>, b: Node<'v>) -> Pairs<'v> {
    let mut others: HashMap<Step<'v>, Node<'v>> = b.parts().collect();
    let old: Vec<Item<'v>> = a
        .parts()
        .map(|(step, part)| match others.remove(&step) {
            Some(other) => Item::Both(Label::Step(step), part, other),
            None => Item::Removed(Label::Step(step), part),
        })
        .collect();
    let new = b.parts().filter(move |(step, _)| others.contains_key(step));
    Box::new(old.into_iter().chain(new.map(|(step, part)| Item::Added(Label::Step(step), part))))
}

/// Elements by their places; where there are more or fewer, those at the beginning and at the end that are alike.
pub(super) fn elements<'v>(a: Node<'v>, b: Node<'v>) -> Pairs<'v> {
    let (m, n) = (a.len(), b.len());
    if let (Some((x, one)), Some((y, two))) = (a.as_run(), b.as_run())
        && x == y
        && one == two
    {
        return Box::new(std::iter::empty());
    }
    let both = move |i: usize, j: usize| Some(Item::Both(Label::Step(Step::Index(i)), a.get(i)?, b.get(j)?));
    if m == n {
        return Box::new((0..m).filter_map(move |i| both(i, i)));
    }
    let alike = |i: usize, j: usize| matches!((a.get(i), b.get(j)), (Some(x), Some(y)) if is_alike(x, y));
    let shorter = m.min(n);
    let first = (0..shorter).take_while(|i| alike(*i, *i)).count();
    let last = (1..=shorter - first).take_while(|k| alike(m - k, n - k)).count();
    let middle = shorter - last;
    let (removed, added) = (middle..m - last, middle..n - last);
    let removed = removed.filter_map(move |i| Some(Item::Removed(Label::Step(Step::Index(i)), a.get(i)?)));
    let added = added.filter_map(move |j| Some(Item::Added(Label::Step(Step::Index(j)), b.get(j)?)));
    let rest = (0..last).rev().filter_map(move |k| both(m - 1 - k, n - 1 - k));
    Box::new((0..middle).filter_map(move |i| both(i, i)).chain(removed).chain(added).chain(rest))
}

/// Entries of maps, keys and values, and elements of sets; a key may refer to objects.
pub(super) fn entries<'v>(a: Node<'v>, b: Node<'v>) -> Pairs<'v> {
    let new: Vec<_> = path::entries(b).collect();
    let names: Vec<String> = new.iter().map(|(key, _)| key_name(*key)).collect();
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        places.entry(name).or_default().push_back(place);
    }
    let mut is_paired = vec![false; new.len()];
    let mut items = Vec::with_capacity(new.len());
    for (key, value) in path::entries(a) {
        let name = key_name(key);
        match places.get_mut(name.as_str()).and_then(VecDeque::pop_front) {
            Some(place) => {
                is_paired[place] = true;
                let (other_key, other_value) = new[place];
                items.push(Item::Both(Label::Entry(name.clone()), key, other_key));
                if let (Some(value), Some(other)) = (value, other_value) {
                    items.push(Item::Both(Label::Entry(name), value, other));
                }
            }
            None => items.push(Item::Removed(Label::Entry(name), value.unwrap_or(key))),
        }
    }
    drop(places);
    for ((place, name), (key, value)) in names.into_iter().enumerate().zip(new) {
        if !is_paired[place] {
            items.push(Item::Added(Label::Entry(name), value.unwrap_or(key)));
        }
    }
    Box::new(items.into_iter())
}

/// Whether two elements are most likely the same: a guess, which decides only what is compared with what.
fn is_alike(a: Node<'_>, b: Node<'_>) -> bool {
    /// Values that are looked at.
    const MOST: usize = 200;
    let mut left = vec![(a, b)];
    for _ in 0..MOST {
        let Some((x, y)) = left.pop() else { break };
        let (x, y) = (unwrapped(x), unwrapped(y));
        let is_same = match (x.data(), y.data()) {
            (Data::Scalar(p), Data::Scalar(q)) => p.to_string() == q.to_string(),
            (Data::Text(p), Data::Text(q)) | (Data::FunctionName(p), Data::FunctionName(q)) => p == q,
            (
                Data::Reference(Reference::Strong(i) | Reference::Weak(i)),
                Data::Reference(Reference::Strong(j) | Reference::Weak(j)),
            ) => {
                left.extend(x.value().object(i).zip(y.value().object(j)));
                true
            }
            (Data::Reference(p), Data::Reference(q)) => p == q,
            (Data::Variant(p), Data::Variant(q)) if p != q => false,
            (p, q) => {
                let is_same = std::mem::discriminant(&p) == std::mem::discriminant(&q) && x.len() == y.len();
                if is_same {
                    left.extend(x.parts().zip(y.parts()).take(MOST).map(|((_, p), (_, q))| (p, q)));
                }
                is_same
            }
        };
        if !is_same {
            return false;
        }
    }
    true
}

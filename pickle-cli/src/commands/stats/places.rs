//! Paths of values, elements all alike, and what lies at each.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use super::Tally;
use crate::text;

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Label<'l> {
    /// An object of this type, which begins a path.
    Object(&'l str),
    Field(&'l str),
    Position(usize),
    Each,
    EachKey,
}

/// A step that is kept.
enum Kept {
    Root,
    Object(String),
    Field(String),
    Position(usize),
    Each,
    EachKey,
}

impl Kept {
    fn is(&self, label: Label<'_>) -> bool {
        match (self, label) {
            (Kept::Object(a), Label::Object(b)) | (Kept::Field(a), Label::Field(b)) => a == b,
            (Kept::Position(a), Label::Position(b)) => *a == b,
            (Kept::Each, Label::Each) | (Kept::EachKey, Label::EachKey) => true,
            _ => false,
        }
    }
}

struct Place {
    parent: usize,
    label: Kept,
    level: usize,
    tally: Tally,
    /// The place that was gone to last from this one's parent after this one was: fields come in one order.
    next: usize,
}

/// A tree of paths. The root is place 0.
pub(super) struct Places {
    places: Vec<Place>,
    /// Places by the hash of their parent and label.
    found: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
    /// The place that was gone to last.
    last: usize,
}

/// Recursive types have paths without end: what is deeper, or too much, counts where it is in.
const LEVELS: usize = 16;
const PLACES: usize = 10_000;

impl Places {
    pub(super) fn new() -> Places {
        let root = Place { parent: 0, label: Kept::Root, level: 0, tally: Tally::default(), next: 0 };
        Places { places: vec![root], found: HashMap::new(), hasher: RandomState::new(), last: 0 }
    }

    /// The place that a step leads to.
    pub(super) fn go(&mut self, from: usize, label: Label<'_>) -> usize {
        let next = self.places[self.last].next;
        let at = if next != 0 && self.places[next].parent == from && self.places[next].label.is(label) {
            next
        } else {
            self.find(from, label)
        };
        self.places[self.last].next = at;
        self.last = at;
        at
    }

    fn find(&mut self, from: usize, label: Label<'_>) -> usize {
        let hash = self.hasher.hash_one((from, label));
        let candidates = self.found.get(&hash).map(Vec::as_slice).unwrap_or_default();
        let known = candidates.iter().find(|at| self.places[**at].parent == from && self.places[**at].label.is(label));
        if let Some(at) = known {
            return *at;
        }
        let level = self.places[from].level + 1;
        if level > LEVELS || self.places.len() >= PLACES {
            return from;
        }
        let label = match label {
            Label::Object(name) => Kept::Object(name.to_owned()),
            Label::Field(name) => Kept::Field(name.to_owned()),
            Label::Position(position) => Kept::Position(position),
            Label::Each => Kept::Each,
            Label::EachKey => Kept::EachKey,
        };
        self.places.push(Place { parent: from, label, level, tally: Tally::default(), next: 0 });
        let at = self.places.len() - 1;
        self.found.entry(hash).or_default().push(at);
        at
    }

    pub(super) fn add(&mut self, at: usize, bytes: u64, count: u64) {
        self.places[at].tally.add(bytes, count);
    }

    /// Each path, with all bytes of what lies at it and in that.
    pub(super) fn into_tallies(mut self) -> Vec<(String, Tally)> {
        for at in (1..self.places.len()).rev() {
            let (parent, bytes) = (self.places[at].parent, self.places[at].tally.bytes);
            self.places[parent].tally.bytes += bytes;
        }
        (0..self.places.len()).map(|at| (self.path(at), self.places[at].tally)).collect()
    }

    fn path(&self, mut at: usize) -> String {
        let mut steps = vec![];
        while at > 0 {
            steps.push(&self.places[at].label);
            at = self.places[at].parent;
        }
        let mut path = String::new();
        for step in steps.into_iter().rev() {
            let dot = if path.is_empty() { "" } else { "." };
            match step {
                Kept::Root => {}
                Kept::Object(name) => path.extend(["#", name]),
                Kept::Field(name) => path.extend([dot, &text::name(name)]),
                Kept::Position(position) => path.extend([dot, &position.to_string()]),
                Kept::Each => path.push_str("[]"),
                Kept::EachKey => path.push_str("[key]"),
            }
        }
        path
    }
}

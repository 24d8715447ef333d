//! Trees from keys that may be in any order, and whose `Ord` may be anything.

use std::cmp::Ordering;

/// Keys as they come in: ascending, as a tree writes them, or not.
pub(super) struct Ascending(bool);

impl Ascending {
    pub(super) fn new() -> Self {
        Ascending(true)
    }

    /// Takes note of a key, after the one before it.
    pub(super) fn next<K: Ord>(&mut self, before: Option<&K>, key: &K) {
        self.0 &= before.is_none_or(|before| before.cmp(key) == Ordering::Less);
    }

    /// Whether each key was greater than the one before: only then is a tree built from the whole run. std sorts such a
    /// run first, and a sort may panic where `Ord` is no order; insertion does not.
    pub(super) fn all(&self) -> bool {
        self.0
    }
}

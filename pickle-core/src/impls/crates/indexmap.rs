//! `IndexMap` and `IndexSet`: a map and a set, in their order.

use indexmap::{IndexMap, IndexSet};

use crate::impls::maps::{hash_map, table_size};
use crate::impls::sets::hash_set;

/// What so many entries take: a list of them with their hashes, and a table of their places.
fn size(count: usize, entry: usize) -> usize {
    count.saturating_mul(entry + size_of::<usize>()).saturating_add(table_size(count, size_of::<usize>()))
}

hash_map!(IndexMap<K, V, S>, "IndexMap", |count| size(count, size_of::<(K, V)>()));
hash_set!(IndexSet<T, S>, "IndexSet", |count| size(count, size_of::<T>()));

//! `IndexMap` and `IndexSet`: a map and a set, in their order.

use indexmap::{IndexMap, IndexSet};

use crate::impls::maps::hash_map;
use crate::impls::sets::hash_set;
use crate::wire::table_size;

/// What so many entries take: a table of their places, and a list of them with their hashes, with as much room.
fn size(count: usize, entry: usize) -> usize {
    table_size(count, size_of::<usize>()).saturating_add(table_size(count, entry + size_of::<usize>()))
}

hash_map!(IndexMap<K, V, S>, "IndexMap", |count| size(count, size_of::<(K, V)>()));
hash_set!(IndexSet<T, S>, "IndexSet", |count| size(count, size_of::<T>()));

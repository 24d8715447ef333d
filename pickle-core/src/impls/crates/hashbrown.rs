//! `hashbrown`'s `HashMap` and `HashSet`: a map and a set.

use hashbrown::{HashMap, HashSet};

use crate::impls::maps::hash_map;
use crate::impls::sets::hash_set;
use crate::wire::table_size;

hash_map!(HashMap<K, V, S>, "HashMap", |count| table_size(count, size_of::<(K, V)>()));
hash_set!(HashSet<T, S>, "HashSet", |count| table_size(count, size_of::<T>()));

//! `SmallVec`: a sequence.

use smallvec::{Array, SmallVec};

use crate::impls::sequences::sequence;

sequence!([A: Array] SmallVec<A>, A::Item, "SmallVec", SmallVec::new(),
    |items, writer| items.as_slice().body(writer),
    |items, reader| Ok(SmallVec::from_vec(items)));

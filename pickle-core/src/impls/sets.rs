//! Sets: a length byte in the head, then the keys.

use std::collections::{BTreeSet, HashSet};

use crate::error::{Result, Step};
use crate::traits::{Pickle, Unpickle};
use crate::wire::{Reader, Writer, table_size};

use super::maps::{duplicate, tree_size};
use super::ordered::Ascending;

/// What sets have in common; each is built in its own way.
macro_rules! set {
    ([$($parameter:ident $(: $bound:path)?),*], $type:ty, $name:literal) => {
        impl<$($parameter $(: $bound)?),*> $crate::Shape for $type
        where
            T: $crate::Shape,
        {
            const HEAD: usize = 1;
            const BODY: bool = true;
            // Asks for the body, not for nesting: a recursive type may ask this for its own.
            const NESTS: bool = T::BODY;

            fn name() -> String {
                format!(concat!($name, "<{}>"), T::name())
            }

            fn describe(schema: &mut $crate::Describer) -> $crate::TypeRef {
                let set = schema.set::<Self>(T::describe);
                schema.solid(set)
            }

            fn vacant(_: &mut $crate::Vacancy) -> Option<Self> {
                Some(Self::default())
            }
        }

        impl<$($parameter $(: $bound)?),*> $crate::Pickle for $type
        where
            T: $crate::Pickle,
        {
            const FALLIBLE: bool = T::BODY;

            #[inline(always)]
            fn head(&self, head: &mut [u8]) {
                head[0] = $crate::wire::short(self.len());
            }

            fn body(&self, writer: &mut $crate::Writer<'_>) {
                $crate::impls::sets::persist(self.len(), self.iter(), writer);
            }
        }
    };
}
pub(super) use set;

set!([T], BTreeSet<T>, "BTreeSet");

pub(super) fn persist<'v, T: Pickle + 'v>(length: usize, keys: impl Iterator<Item = &'v T>, writer: &mut Writer<'_>) {
    writer.length(length);
    if T::BODY && !writer.enter() {
        return;
    }
    for (i, key) in keys.enumerate() {
        writer.solid(|writer| writer.value(key));
        if T::FALLIBLE && writer.failed() {
            return writer.step(Step::Key(i));
        }
    }
    if T::BODY {
        writer.leave();
    }
}

/// Reads the keys; `insert` says whether the key was new.
pub(super) fn build<'a, T: Unpickle<'a>>(
    count: usize,
    reader: &mut Reader<'_, 'a>,
    mut insert: impl FnMut(T) -> bool,
) -> Result<()> {
    if T::BODY {
        reader.enter()?;
    }
    for i in 0..count {
        let key = reader.solid(Reader::element).map_err(|error| error.step(Step::Key(i)))?;
        if !insert(key) {
            return Err(duplicate(reader).step(Step::Key(i)));
        }
    }
    if T::BODY {
        reader.leave();
    }
    Ok(())
}

/// Loads a set that hashes its keys; `$size` is what it takes for so many.
macro_rules! hash_set {
    ($type:ty, $name:literal, |$count:ident| $size:expr) => {
        $crate::impls::sets::set!([T, S: Default], $type, $name);

        impl<'a, T, S> $crate::Unpickle<'a> for $type
        where
            T: $crate::Unpickle<'a> + Eq + std::hash::Hash,
            S: std::hash::BuildHasher + Default,
        {
            fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut $crate::Reader<'r, 'a>) -> $crate::Result<Self> {
                let $count = reader.length(head[0])?;
                reader.claimed::<T>($count)?;
                let bytes = $size;
                reader.charge(bytes)?;
                let mut set = <$type>::with_hasher(S::default());
                reader.allocated(bytes, set.try_reserve($count))?;
                $crate::impls::sets::build($count, reader, |key| set.insert(key))?;
                Ok(set)
            }
        }
    };
}
#[cfg(any(feature = "hashbrown", feature = "indexmap"))]
pub(super) use hash_set;

hash_set!(HashSet<T, S>, "HashSet", |count| table_size(count, size_of::<T>()));

impl<'a, T: Unpickle<'a> + Ord> Unpickle<'a> for BTreeSet<T> {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let count = reader.length(head[0])?;
        let mut keys = reader.reserve::<T>(count)?;
        reader.charge(tree_size(count, size_of::<T>()))?;
        let mut ascending = Ascending::new();
        build(count, reader, |key| {
            ascending.next(keys.last(), &key);
            keys.push(key);
            true
        })?;
        if ascending.all() {
            return Ok(keys.into_iter().collect());
        }
        let mut set = BTreeSet::new();
        for (i, key) in keys.into_iter().enumerate() {
            if !set.insert(key) {
                return Err(duplicate(reader).step(Step::Key(i)));
            }
        }
        Ok(set)
    }
}

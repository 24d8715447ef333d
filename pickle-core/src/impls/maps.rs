//! Maps: a length byte in the head, then each entry's key and value.

use std::collections::{BTreeMap, HashMap};

use crate::error::{ErrorKind, Result, Step};
use crate::stack::deeper;
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer, table_size};

use super::ordered::Ascending;

/// What maps have in common; each is built in its own way.
macro_rules! map {
    ([$($parameter:ident $(: $bound:path)?),*], $type:ty, $name:literal) => {
        impl<$($parameter $(: $bound)?),*> $crate::Shape for $type
        where
            K: $crate::Shape,
            V: $crate::Shape,
        {
            const HEAD: usize = 1;
            const BODY: bool = true;
            // Asks for bodies, not for nesting: a recursive type may ask this for its own.
            const NESTS: bool = K::BODY || V::BODY;

            fn name() -> String {
                format!(concat!($name, "<{}, {}>"), K::name(), V::name())
            }

            fn describe(schema: &mut $crate::Describer) -> $crate::TypeRef {
                schema.map::<Self>(K::describe, V::describe)
            }

            fn vacant(_: &mut $crate::Vacancy) -> Option<Self> {
                Some(Self::default())
            }
        }

        impl<$($parameter $(: $bound)?),*> $crate::Pickle for $type
        where
            K: $crate::Pickle,
            V: $crate::Pickle,
        {
            const FALLIBLE: bool = K::BODY || V::BODY;

            #[inline(always)]
            fn head(&self, head: &mut [u8]) {
                head[0] = $crate::wire::short(self.len());
            }

            fn body(&self, writer: &mut $crate::Writer<'_>) {
                $crate::impls::maps::persist(self.len(), self.iter(), writer);
            }
        }
    };
}
pub(super) use map;

map!([K, V], BTreeMap<K, V>, "BTreeMap");

pub(super) fn persist<'v, K: Pickle + 'v, V: Pickle + 'v>(
    length: usize,
    entries: impl Iterator<Item = (&'v K, &'v V)>,
    writer: &mut Writer<'_>,
) {
    let nests = K::BODY || V::BODY;
    writer.length(length);
    if nests && !writer.enter() {
        return;
    }
    for (i, (key, value)) in entries.enumerate() {
        let (key_head, value_head) = writer.reserve(K::HEAD + V::HEAD).split_at_mut(K::HEAD);
        key.head(key_head);
        value.head(value_head);
        if K::BODY {
            // A key is hashed or compared as soon as it is read.
            writer.solid(|writer| key.body(writer));
            if K::FALLIBLE && writer.failed() {
                return writer.step(Step::Key(i));
            }
        }
        if V::BODY {
            deeper(|| value.body(writer));
            if V::FALLIBLE && writer.failed() {
                return writer.step(Step::Index(i));
            }
        }
    }
    if nests {
        writer.leave();
    }
}

/// Reads the entries; `insert` says whether the key was new.
pub(super) fn build<'a, K: Unpickle<'a>, V: Unpickle<'a>>(
    count: usize,
    reader: &mut Reader<'_, 'a>,
    mut insert: impl FnMut(K, V) -> bool,
) -> Result<()> {
    let nests = K::BODY || V::BODY;
    if nests {
        reader.enter()?;
    }
    let mut cells = reader.begin_map();
    for i in 0..count {
        let mark = reader.mark_if_deferring();
        let heads = reader.take(K::HEAD + V::HEAD)?;
        let (key_head, value_head) = heads.split_at(K::HEAD);
        let (mut bad_key, mut bad_value) = (false, false);
        let key = reader.solid(|reader| K::build(key_head, &mut bad_key, reader));
        let key = key.map_err(|error| error.step(Step::Key(i)))?;
        let value = cells.value(mark, reader, |reader| deeper(|| V::build(value_head, &mut bad_value, reader)));
        let value = value.map_err(|error| error.step(Step::Index(i)))?;
        if bad_key {
            return Err(reader.refuse::<K>(key_head).step(Step::Key(i)));
        }
        if bad_value {
            return Err(reader.refuse::<V>(value_head).step(Step::Index(i)));
        }
        if !insert(key, value) {
            return Err(duplicate(reader).step(Step::Key(i)));
        }
    }
    reader.end_map(cells)?;
    if nests {
        reader.leave();
    }
    Ok(())
}

/// Goes through the cells of a map's values; `get` finds the value of a key.
pub(super) fn fill<'a, 'v, K: Unpickle<'a>, V: Unpickle<'a> + 'v>(
    reader: &mut Reader<'_, 'a>,
    get: impl Fn(&K) -> Option<&'v V>,
    mut values: impl Iterator<Item = &'v V>,
) -> Result<()> {
    fill_by::<K, V>(
        reader,
        |key, reader| get(key).map(|value| value.fill(reader)),
        |reader| values.try_for_each(|value| value.fill(reader)),
    )
}

/// The same for a map that lends no value: `fill_one` fills that of a key, `None` where it has none, and `fill_all` all.
pub(super) fn fill_by<'a, K: Unpickle<'a>, V: Unpickle<'a>>(
    reader: &mut Reader<'_, 'a>,
    mut fill_one: impl FnMut(&K, &mut Reader<'_, 'a>) -> Option<Result<()>>,
    fill_all: impl FnOnce(&mut Reader<'_, 'a>) -> Result<()>,
) -> Result<()> {
    reader.refill_map(
        |reader| {
            let heads = reader.take(K::HEAD + V::HEAD)?;
            let key_head = &heads[..K::HEAD];
            let mut bad = false;
            let key = K::build(key_head, &mut bad, reader)?;
            if bad { Err(reader.refuse::<K>(key_head)) } else { Ok(key) }
        },
        |key, reader| match fill_one(key, reader) {
            Some(filled) => filled,
            None => Err(reader.corrupt("a key that its map does not have")),
        },
        fill_all,
    )
}

#[cold]
pub(super) fn duplicate(reader: &Reader<'_, '_>) -> crate::Error {
    reader.unwritten(ErrorKind::DuplicateKey, "the stream has one key twice")
}

/// Checks the claimed number of entries.
pub(super) fn claimed<K: Shape, V: Shape>(count: usize, reader: &mut Reader<'_, '_>) -> Result<()> {
    // An entry takes at least the bytes of its heads.
    if K::HEAD > 0 { reader.claimed::<K>(count) } else { reader.claimed::<V>(count) }
}

/// Loads a map that hashes its keys; `$size` is what it takes for so many entries.
macro_rules! hash_map {
    ($type:ty, $name:literal, |$count:ident| $size:expr) => {
        $crate::impls::maps::map!([K, V, S: Default], $type, $name);

        impl<'a, K, V, S> $crate::Unpickle<'a> for $type
        where
            K: $crate::Unpickle<'a> + Eq + std::hash::Hash,
            V: $crate::Unpickle<'a>,
            S: std::hash::BuildHasher + Default,
        {
            fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut $crate::Reader<'r, 'a>) -> $crate::Result<Self> {
                let $count = reader.length(head[0])?;
                $crate::impls::maps::claimed::<K, V>($count, reader)?;
                let bytes = $size;
                reader.charge(bytes)?;
                let mut map = <$type>::with_hasher(S::default());
                reader.allocated(bytes, map.try_reserve($count))?;
                $crate::impls::maps::build($count, reader, |key, value| map.insert(key, value).is_none())?;
                Ok(map)
            }

            fn fill(&self, reader: &mut $crate::Reader<'_, 'a>) -> $crate::Result<()> {
                $crate::impls::maps::fill(reader, |key: &K| self.get(key), self.values())
            }
        }
    };
}
#[cfg(any(feature = "hashbrown", feature = "indexmap"))]
pub(super) use hash_map;

hash_map!(HashMap<K, V, S>, "HashMap", |count| table_size(count, size_of::<(K, V)>()));

impl<'a, K: Unpickle<'a> + Ord, V: Unpickle<'a>> Unpickle<'a> for BTreeMap<K, V> {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let count = reader.length(head[0])?;
        claimed::<K, V>(count, reader)?;
        let mut entries = reader.vec::<(K, V)>(count)?;
        reader.charge(tree_size(count, size_of::<(K, V)>()))?;
        let mut ascending = Ascending::new();
        build(count, reader, |key, value| {
            ascending.next(entries.last().map(|(key, _)| key), &key);
            entries.push((key, value));
            true
        })?;
        if ascending.all() {
            return Ok(entries.into_iter().collect());
        }
        let mut map = BTreeMap::new();
        for (i, (key, value)) in entries.into_iter().enumerate() {
            if map.insert(key, value).is_some() {
                return Err(duplicate(reader).step(Step::Key(i)));
            }
        }
        Ok(map)
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        fill(reader, |key: &K| self.get(key), self.values())
    }
}

/// What a tree of this many entries takes: nodes of 11, five of them used at the least, and every sixth with links to
/// others.
pub(super) fn tree_size(count: usize, entry: usize) -> usize {
    let node = 11 * entry + 24;
    let leaves = count.div_ceil(5);
    let inner = if count > 11 { leaves.div_ceil(6) } else { 0 };
    leaves.saturating_mul(node).saturating_add(inner.saturating_mul(node + 12 * size_of::<usize>()))
}

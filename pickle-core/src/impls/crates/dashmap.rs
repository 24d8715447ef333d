//! `DashMap` and `DashSet`: a cell with a map or a set in it, which is read under the locks of all its parts.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::sync::{LazyLock, TryLockError};

use dashmap::mapref::multiple::RefMulti as MapEntry;
use dashmap::setref::multiple::RefMulti as SetEntry;
use dashmap::{DashMap, DashSet};

use crate::error::Result;
use crate::graph::Vacancy;
use crate::impls::locks::wait;
use crate::impls::{build_piece, maps, persist_piece, sets};
use crate::wire::{short, table_size};
use crate::{Describer, Pickle, Reader, Shape, TypeRef, Unpickle, Writer};

/// What the parts of an empty map take, of whatever it is: there are some for each processor.
static PARTS: LazyLock<usize> = LazyLock::new(|| size_of_val(DashMap::<u8, ()>::new().shards()));

/// What so many entries take: the tables of the parts grow by doubling, each when it is full.
fn tables(count: usize, entry: usize) -> usize {
    table_size(count, entry).saturating_mul(2)
}

/// What is written of a map or set that looks like `L`: its entries, which lock it.
struct Locked<R, L>(Vec<R>, PhantomData<L>);

impl<R, L: Shape> Shape for Locked<R, L> {
    const HEAD: usize = L::HEAD;
    const BODY: bool = L::BODY;
    const NESTS: bool = L::NESTS;

    fn name() -> String {
        L::name()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        L::describe(schema)
    }
}

/// The impls of a map or set with a cell of it: how its entries are written, how one is put in, and how its values are filled.
macro_rules! dash {
    (
        $type:ident<K $(, $value:ident)?>, $like:ident, $entry:ident,
        |$entries:ident, $writer:ident| $write:expr,
        |$of:ident, $one:pat_param| $insert:expr,
        |$reader:ident| $fill:expr
    ) => {
        impl<K: Pickle, $($value: Pickle,)? S> Pickle for Locked<$entry<'_, K $(, $value)?>, $like<K, $($value,)? S>>
        where
            K: Eq + Hash,
            S: Default,
        {
            const FALLIBLE: bool = <$like<K, $($value,)? S>>::FALLIBLE;

            fn head(&self, head: &mut [u8]) {
                head[0] = short(self.0.len());
            }

            fn body(&self, $writer: &mut Writer<'_>) {
                let $entries = &self.0;
                $write
            }
        }

        impl<K: Shape + Eq + Hash, $($value: Shape,)? S: BuildHasher + Clone + Default> Shape for $type<K, $($value,)? S> {
            const HEAD: usize = 0;
            const BODY: bool = true;
            const NESTS: bool = <$like<K, $($value,)? S>>::NESTS;

            fn name() -> String {
                [stringify!($type), "<", &K::name(), $(", ", &$value::name(),)? ">"].concat()
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                schema.cell::<Self, $like<K, $($value,)? S>>()
            }

            fn vacant(_: &mut Vacancy) -> Option<Self> {
                Some(Self::default())
            }
        }

        impl<K: Pickle + Eq + Hash, $($value: Pickle,)? S: BuildHasher + Clone + Default> Pickle for $type<K, $($value,)? S> {
            const FALLIBLE: bool = true;

            fn head(&self, _: &mut [u8]) {}

            fn body(&self, writer: &mut Writer<'_>) {
                // Readers wait for no other reader: with all locks held, nothing changes and nobody waits for this one.
                let mut locks = Vec::with_capacity(self.shards().len());
                for shard in self.shards() {
                    let tried = || shard.try_read().ok_or(TryLockError::WouldBlock);
                    match wait(concat!("a part of a `", stringify!($type), "`"), writer.lock_timeout(), tried) {
                        Ok(lock) => locks.push(lock),
                        Err(error) => return writer.fail(error),
                    }
                }
                let entries = Locked::<_, $like<K, $($value,)? S>>(self.iter().collect(), PhantomData);
                writer.cell::<$like<K, $($value,)? S>>(|writer| persist_piece(&entries, Self::NESTS, writer));
            }
        }

        impl<'a, K, $($value: Unpickle<'a>,)? S> Unpickle<'a> for $type<K, $($value,)? S>
        where
            K: Unpickle<'a> + Eq + Hash,
            S: BuildHasher + Clone + Default,
        {
            fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
                reader.charge(*PARTS)?;
                let $of = Self::default();
                let entries = reader.cell(|reader| build_piece::<$like<K, $($value,)? S>>(Self::NESTS, reader))?;
                reader.charge(tables(entries.len(), size_of::<(K, $($value,)?)>()))?;
                entries.into_iter().for_each(|$one| $insert);
                Ok($of)
            }

            fn fill(&self, $reader: &mut Reader<'_, 'a>) -> Result<()> {
                let $of = self;
                if !$reader.is_turn() {
                    return $fill;
                }
                let entries = $reader.turn(|reader| build_piece::<$like<K, $($value,)? S>>(Self::NESTS, reader))?;
                for shard in self.shards() {
                    match shard.try_write() {
                        // What was there goes only after the lock is free: its end may take it.
                        Some(mut place) => {
                            let before = std::mem::take(&mut *place);
                            drop(place);
                            drop(before);
                        }
                        None => return Err($reader.corrupt("a lock that is held while it is filled")),
                    }
                }
                $reader.charge(tables(entries.len(), size_of::<(K, $($value,)?)>()))?;
                entries.into_iter().for_each(|$one| $insert);
                Ok(())
            }
        }
    };
}

dash!(DashMap<K, V>, HashMap, MapEntry,
|entries, writer| maps::persist(entries.len(), entries.iter().map(|entry| entry.pair()), writer),
|map, (key, value)| {
        map.insert(key, value);
    },
|reader| maps::fill_by::<K, V>(
    reader,
    |key, reader| map.get(key).map(|entry| entry.value().fill(reader)),
    |reader| map.iter().try_for_each(|entry| entry.value().fill(reader)),
));

// Its keys have no cells that wait: they are complete as soon as they are read.
dash!(
    DashSet<K>,
    HashSet,
    SetEntry,
    |entries, writer| sets::persist(entries.len(), entries.iter().map(|entry| entry.key()), writer),
    |set, key| {
        set.insert(key);
    },
    |_reader| Ok(())
);

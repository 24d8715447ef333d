//! Keys that come twice, found by what their bytes hash to: two hashes of 64 bits under keys that no input knows.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};

use rustc_hash::FxBuildHasher;

use crate::error::Result;
use crate::wire::{Memory, table_size, unavailable};

/// The keys of the sets and maps that are begun.
#[derive(Default)]
pub(super) struct Keys<'r> {
    /// One for each set or map.
    seen: Vec<HashSet<u128, FxBuildHasher>>,
    /// The keys that are begun, a key within a key last.
    open: Vec<Key<'r>>,
    state: RandomState,
}

struct Key<'r> {
    data: std::hash::DefaultHasher,
    text: std::hash::DefaultHasher,
    /// What was left of the block's lanes where the key began, or the block.
    lanes: (&'r [u8], &'r str),
}

impl Key<'_> {
    /// Takes what lies between the last place and this one.
    fn feed(&mut self, now: (&[u8], &str)) {
        let (data, text) = self.lanes;
        self.data.write(&data[..data.len().saturating_sub(now.0.len())]);
        // Strings are cut off the end, so what is read first stands last.
        for byte in text.as_bytes()[now.1.len().min(text.len())..].iter().rev() {
            self.text.write_u8(*byte);
        }
    }
}

impl<'r> Keys<'r> {
    pub(super) fn within(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn begin_keyed(&mut self, memory: &mut Memory) -> Result<()> {
        memory.room(&mut self.seen, 1)?;
        self.seen.push(HashSet::default());
        Ok(())
    }

    /// Ends a set or map; gives the memory that its table took.
    pub(super) fn end_keyed(&mut self) -> usize {
        self.seen.pop().map_or(0, |seen| table_size(seen.capacity(), size_of::<u128>()))
    }

    /// Whether there is no room for one more key that is begun.
    pub(super) fn is_full(&self) -> bool {
        self.open.len() == self.open.capacity()
    }

    pub(super) fn room(&mut self, memory: &mut Memory) -> Result<()> {
        memory.room(&mut self.open, 1)
    }

    /// The same for one that is ended.
    pub(super) fn table_is_full(&self) -> bool {
        self.seen.last().is_some_and(|seen| seen.len() == seen.capacity())
    }

    pub(super) fn room_in_table(&mut self, memory: &mut Memory) -> Result<()> {
        let Some(seen) = self.seen.last_mut() else { return Ok(()) };
        memory.table_growth(seen.capacity(), size_of::<u128>())?;
        seen.try_reserve(1).map_err(|_| unavailable(table_size(seen.capacity(), size_of::<u128>())))
    }

    pub(super) fn begin_key(&mut self, lanes: (&'r [u8], &'r str), head: Option<&'r [u8]>) {
        let mut key = Key { data: self.state.build_hasher(), text: self.state.build_hasher(), lanes };
        key.data.write_u8(1);
        if let Some(head) = head {
            key.data.write(head);
        }
        self.open.push(key);
    }

    /// Whether the key is there for the first time.
    pub(super) fn end_key(&mut self, lanes: (&'r [u8], &'r str)) -> bool {
        let (Some(mut key), Some(seen)) = (self.open.pop(), self.seen.last_mut()) else { return true };
        key.feed(lanes);
        let digest = u128::from(key.data.finish()) << 64 | u128::from(key.text.finish());
        seen.insert(digest)
    }

    pub(super) fn leave_block(&mut self, lanes: (&'r [u8], &'r str)) {
        self.open.iter_mut().for_each(|key| key.feed(lanes));
    }

    pub(super) fn enter_block(&mut self, lanes: (&'r [u8], &'r str)) {
        self.open.iter_mut().for_each(|key| key.lanes = lanes);
    }
}

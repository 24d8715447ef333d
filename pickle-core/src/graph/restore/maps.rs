//! Maps, whose entries stand in an order of their own: those with deferred cells are found again by their keys, which
//! are read once more.

use super::Cells;
use crate::error::Result;
use crate::wire::{Mark, Reader};

/// A map that has deferred cells in its entries: where their keys are, and how many landmarks it ends behind.
pub(super) struct MapPlace<'r, 'a> {
    keys: Keys<'r, 'a>,
    end: u32,
}

/// The keys of a map's entries that have deferred cells: the first one in each block, and how far each is from there.
#[derive(Default)]
struct Keys<'r, 'a> {
    blocks: Vec<Mark<'r, 'a>>,
    entries: Vec<KeyPlace>,
}

#[derive(Clone, Copy)]
struct KeyPlace {
    block: u32,
    /// What is left of the block's lanes, which are shorter than 4 GiB.
    data: u32,
    text: u32,
    /// How many landmarks come before.
    landmarks: u32,
}

impl<'r, 'a> Keys<'r, 'a> {
    /// What one more entry takes, in the same block as the last one or in another. A list that grows is copied to one of
    /// twice its size.
    fn cost(&self, mark: &Mark<'r, 'a>) -> usize {
        let block = if self.has_block_of(mark) { 0 } else { size_of::<Mark<'_, '_>>() };
        3 * (size_of::<KeyPlace>() + block)
    }

    fn has_block_of(&self, mark: &Mark<'r, 'a>) -> bool {
        self.blocks.last().is_some_and(|last| mark.is_in_block_of(last))
    }

    fn push(&mut self, mark: Mark<'r, 'a>, landmarks: u32) {
        if self.entries.is_empty() {
            // Most maps have few.
            self.entries.reserve_exact(1);
            self.blocks.reserve_exact(1);
        }
        if !self.has_block_of(&mark) {
            self.blocks.push(mark);
        }
        let (data, text) = mark.left();
        let block = self.blocks.len() as u32 - 1;
        self.entries.push(KeyPlace { block, data: data as u32, text: text as u32, landmarks });
    }

    /// The place of a key, and how many landmarks come before it.
    fn get(&self, entry: usize) -> Option<(Mark<'r, 'a>, u32)> {
        let KeyPlace { block, data, text, landmarks } = *self.entries.get(entry)?;
        let mark = self.blocks[block as usize].moved_to((data as usize, text as usize))?;
        Some((mark, landmarks))
    }
}

/// A map that is being built: the keys of its entries that have deferred cells.
pub(crate) struct MapCells<'r, 'a> {
    landmark: u32,
    keys: Keys<'r, 'a>,
}

impl<'r, 'a: 'r> MapCells<'r, 'a> {
    /// Builds the value of an entry, whose key is at `mark` if deferred cells lie ahead.
    #[inline]
    pub(crate) fn value<V>(
        &mut self,
        mark: Option<Mark<'r, 'a>>,
        reader: &mut Reader<'r, 'a>,
        build: impl FnOnce(&mut Reader<'r, 'a>) -> Result<V>,
    ) -> Result<V> {
        let (next, landmarks) = (reader.cells.next, reader.cells.landmarks);
        let value = build(reader)?;
        if let Some(mark) = mark
            && reader.cells.next != next
        {
            reader.charge(self.keys.cost(&mark))?;
            self.keys.push(mark, landmarks);
        }
        Ok(value)
    }
}

impl<'r, 'a: 'r> Reader<'r, 'a> {
    /// The reader's place, if deferred cells of this record lie ahead.
    #[inline]
    pub(crate) fn mark_if_deferring(&self) -> Option<Mark<'r, 'a>> {
        self.cells.ordinal.map(|_| self.mark())
    }

    /// Begins to build a map: what tells later where its deferred cells are.
    pub(crate) fn begin_map(&mut self) -> MapCells<'r, 'a> {
        let landmark = self.cells.landmarks;
        if self.cells.solid == 0 {
            self.cells.landmarks = landmark.wrapping_add(1);
        }
        MapCells { landmark, keys: Keys::default() }
    }

    /// Ends it.
    #[inline]
    pub(crate) fn end_map(&mut self, map: MapCells<'r, 'a>) -> Result<()> {
        if map.keys.entries.is_empty() { Ok(()) } else { self.keep_map(map) }
    }

    #[cold]
    fn keep_map(&mut self, map: MapCells<'r, 'a>) -> Result<()> {
        self.charge(3 * size_of::<((u32, u32), MapPlace<'_, '_>)>())?;
        let end = self.cells.landmarks;
        let objects = self.objects()?;
        let key = (objects.current, map.landmark);
        objects.maps.insert(key, MapPlace { keys: map.keys, end });
        Ok(())
    }

    /// Goes through the entries of a map that is there already: those with deferred cells by their keys, which are read
    /// again, or, where it has none, all.
    pub(crate) fn refill_map<K>(
        &mut self,
        mut key: impl FnMut(&mut Self) -> Result<K>,
        mut value: impl FnMut(&K, &mut Self) -> Result<()>,
        all: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let landmark = self.cells.landmarks;
        self.cells.landmarks = landmark.wrapping_add(1);
        let objects = self.objects()?;
        let place = (objects.current, landmark);
        let Some(end) = objects.maps.get(&place).map(|map| map.end) else { return all(self) };
        // The place stays where it is: a load that fails here, or panics, comes again, to vacate what it has filled.
        let mut entry = 0;
        while let Some((mark, landmarks)) = self.objects()?.maps.get(&place).and_then(|map| map.keys.get(entry)) {
            let here = self.mark();
            let outside = std::mem::take(&mut self.cells);
            self.go_to(mark);
            let key = key(self);
            self.go_to(here);
            self.cells = Cells { landmarks, ..outside };
            value(&key?, self)?;
            entry += 1;
        }
        self.cells.landmarks = end;
        Ok(())
    }
}

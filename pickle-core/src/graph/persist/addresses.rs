//! The numbers of objects by their addresses.

use std::hint::black_box;

/// A hash table with open addressing. An entry takes 12 bytes, so that a lookup costs one cache line and little memory.
#[derive(Default)]
pub(super) struct Addresses {
    /// The address in two halves, and the number; an address of zero is no entry.
    slots: Vec<[u32; 3]>,
    count: usize,
    /// How many places the first allocation has at the least.
    room: usize,
    /// How many bits of a hash are not used.
    shift: u32,
}

/// Where an address is, or would be put.
#[derive(Clone, Copy)]
pub(super) struct Place(usize);

/// How many places there are at first if nothing else is known; always a power of two.
const FIRST: usize = 64;
/// Bytes of memory whose objects lie side by side in the table.
const BLOCK: u64 = 512;
/// What the addresses of objects are usually multiples of.
const ALIGNMENT: u64 = 16;

impl Addresses {
    /// A table with room for `count` entries from the start, once there is one.
    pub(super) fn with_room(count: usize) -> Self {
        Addresses { room: (2 * count + 1).next_power_of_two(), ..Addresses::default() }
    }

    /// Finds an address: its place, and its number if it has one.
    #[inline]
    pub(super) fn find(&mut self, address: usize) -> (Place, Option<u32>) {
        // Half stays free, and so searches short.
        if self.count >= self.slots.len() / 2 {
            self.grow();
        }
        let key = halves(address);
        let mut place = self.first_place(address);
        loop {
            let [low, high, number] = self.slots[place];
            if [low, high] == key {
                return (Place(place), Some(number));
            }
            if low | high == 0 {
                return (Place(place), None);
            }
            place = self.after(place);
        }
    }

    /// Reads the first place where an address may be; true where something is.
    #[inline]
    pub(super) fn touch(&self, address: usize) -> bool {
        black_box(self.slots.get(self.first_place(address)).is_some_and(|slot| slot[0] != 0))
    }

    /// Sets the number of an address, whose place was found since the last one was set.
    #[inline]
    pub(super) fn set(&mut self, place: Place, address: usize, number: u32) {
        let slot = &mut self.slots[place.0];
        if slot[0] | slot[1] == 0 {
            self.count += 1;
        }
        let [low, high] = halves(address);
        *slot = [low, high, number];
    }

    /// Neighbours in memory, which are often met one after the other, stay neighbours. The high bits of a product with
    /// the golden ratio spread the blocks that they lie in evenly.
    #[inline]
    fn first_place(&self, address: usize) -> usize {
        let block = (address as u64 / BLOCK).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let within = address as u64 % BLOCK / ALIGNMENT;
        ((block >> self.shift) + within) as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn after(&self, place: usize) -> usize {
        (place + 1) & (self.slots.len() - 1)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(FIRST).max(self.room);
        self.shift = 64 - size.trailing_zeros();
        // Entries keep their order, so both tables are gone through from start to end.
        for slot in std::mem::replace(&mut self.slots, vec![[0; 3]; size]) {
            if slot[0] | slot[1] != 0 {
                let mut place = self.first_place((slot[0] as u64 | (slot[1] as u64) << 32) as usize);
                while self.slots[place][0] | self.slots[place][1] != 0 {
                    place = self.after(place);
                }
                self.slots[place] = slot;
            }
        }
    }
}

#[inline]
fn halves(address: usize) -> [u32; 2] {
    [address as u32, (address as u64 >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_keeps_its_number() {
        for stride in [8, 48, 4096, 1 << 20, (1 << 33) + 8] {
            let mut addresses = Addresses::default();
            let address = |number: u32| (number as usize + 1).wrapping_mul(stride);
            for number in 0..1000 {
                let (place, known) = addresses.find(address(number));
                assert_eq!(known, None);
                addresses.set(place, address(number), number);
            }
            let (place, _) = addresses.find(address(7));
            addresses.set(place, address(7), 1007);
            assert!((0..1000).all(|n| addresses.find(address(n)).1 == Some(if n == 7 { 1007 } else { n })));
        }
    }
}

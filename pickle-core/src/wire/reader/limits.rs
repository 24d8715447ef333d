//! What a load may take: each claim is checked against what the stream can hold, and charged before it is met.

use super::Reader;
use crate::error::{Error, ErrorKind, Result};
use crate::traits::Shape;

/// The limits of a load, worked out for its input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) depth: usize,
    pub(crate) memory: usize,
    pub(crate) empty_elements: usize,
    pub(crate) objects: usize,
}

impl Limits {
    /// All of the memory.
    pub(crate) fn memory(&self) -> Memory {
        Memory { left: self.memory, limit: self.memory }
    }
}

/// What a load may still allocate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) left: usize,
    pub(crate) limit: usize,
}

impl Memory {
    pub(crate) const UNLIMITED: Memory = Memory { left: usize::MAX, limit: usize::MAX };

    /// Charges `bytes` that are about to be allocated.
    #[inline]
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<()> {
        if spend(&mut self.left, bytes) { Ok(()) } else { Err(self.exceeded(bytes)) }
    }

    /// Takes back what was charged for what is there no more.
    pub(crate) fn give_back(&mut self, bytes: usize) {
        self.left = self.left.saturating_add(bytes).min(self.limit);
    }

    /// Checks that so many may be allocated.
    #[inline]
    pub(crate) fn allows(&self, bytes: usize) -> Result<()> {
        if bytes <= self.left { Ok(()) } else { Err(self.exceeded(bytes)) }
    }

    /// Makes room for `count` more items in a vector, charged.
    #[inline]
    pub(crate) fn room<T>(&mut self, items: &mut Vec<T>, count: usize) -> Result<()> {
        if items.capacity() - items.len() >= count {
            return Ok(());
        }
        let more = self.growth(items.capacity(), count, size_of::<T>())?;
        items.try_reserve_exact(more).map_err(|_| unavailable(more.saturating_mul(size_of::<T>())))
    }

    /// The same for a string.
    #[inline]
    pub(crate) fn room_for_text(&mut self, text: &mut String, bytes: usize) -> Result<()> {
        if text.capacity() - text.len() >= bytes {
            return Ok(());
        }
        let more = self.growth(text.capacity(), bytes, 1)?;
        text.try_reserve_exact(more).map_err(|_| unavailable(more))
    }

    /// Charges the growth of a hash table of entries of `size` bytes that has this capacity, and is full.
    #[cold]
    #[inline(never)]
    pub(crate) fn table_growth(&mut self, capacity: usize, size: usize) -> Result<()> {
        let grown = table_size(capacity.saturating_add(1), size);
        // While the entries are moved, both tables are there.
        self.allows(grown)?;
        self.charge(grown.saturating_sub(table_size(capacity, size)))
    }

    /// By how many items of `size` bytes one of `capacity` grows that needs at least `count`.
    #[cold]
    #[inline(never)]
    fn growth(&mut self, capacity: usize, count: usize, size: usize) -> Result<usize> {
        let more = (capacity / 2).max(count).max(8);
        let bytes = more.saturating_mul(size);
        // While the items are moved they are there twice.
        self.allows(bytes.saturating_add(capacity.saturating_mul(size)))?;
        self.charge(bytes)?;
        Ok(more)
    }

    #[cold]
    #[inline(never)]
    pub(super) fn exceeded(&self, bytes: usize) -> Error {
        let (used, limit) = (self.limit.saturating_sub(self.left), self.limit);
        let message = format!("{bytes} bytes more than the {used} allocated so far exceed max_memory, {limit} bytes");
        Error::new(ErrorKind::Limit, message)
            .with_remedy("raise it with `Unpickler::max_memory` if the stream is to be trusted")
    }
}

/// What a hash table of this many entries takes: slots are a power of two, at most 7 of 8 full, with a byte each beside
/// and 16 after them; small entries have at least so many slots as one probe looks at.
pub(crate) fn table_size(count: usize, entry: usize) -> usize {
    if count == 0 {
        return 0;
    }
    let least = match entry {
        0 | 1 => 16,
        2 | 3 => 8,
        _ => 4,
    };
    let slots = count.saturating_mul(8).div_ceil(7).max(least).checked_next_power_of_two().unwrap_or(usize::MAX);
    slots.saturating_mul(entry + 1).saturating_add(16)
}

/// The error for memory that the limit allows and the system does not have.
#[cold]
#[inline(never)]
pub(crate) fn unavailable(bytes: usize) -> Error {
    Error::new(ErrorKind::Limit, format!("{bytes} bytes can't be allocated"))
        .with_remedy("load it where there is more memory")
}

/// Memory that is not asked for, but taken.
pub(super) const SMALL: usize = 64 << 10;

impl Reader<'_, '_> {
    /// Lets a failed load go through what it has built: it was charged for already.
    pub(crate) fn lift_limits(&mut self) {
        self.memory = usize::MAX;
        self.depth = usize::MAX;
    }

    /// An empty vector with room for `count` elements, which have been checked against what the stream can hold and
    /// charged.
    #[inline]
    pub(crate) fn reserve<T: Shape>(&mut self, count: usize) -> Result<Vec<T>> {
        self.claimed::<T>(count)?;
        self.vec(count)
    }

    /// Checks that what is left of the stream can hold `count` values.
    #[inline]
    pub(crate) fn claimed<T: Shape>(&self, count: usize) -> Result<()> {
        self.claimed_heads(count, T::HEAD)
    }

    /// The same for values whose heads are `head` bytes long.
    #[inline]
    pub(crate) fn claimed_heads(&self, count: usize, head: usize) -> Result<()> {
        // Values without a head may take no bytes, so many of them as there may be of those.
        let most = match self.remaining().checked_div(head) {
            Some(most) => most,
            None => self.remaining().saturating_add(self.empty_elements),
        };
        if count > most { Err(self.too_many(count, head)) } else { Ok(()) }
    }

    /// An empty vector with room for `count` items, charged.
    #[inline]
    pub(crate) fn vec<T>(&mut self, count: usize) -> Result<Vec<T>> {
        let bytes = count.saturating_mul(size_of::<T>());
        self.charge(bytes)?;
        // A system that lacks this little lacks it for a string too; beyond, it is asked, which takes longer.
        if bytes <= SMALL { Ok(Vec::with_capacity(count)) } else { self.large_vec(count, bytes) }
    }

    #[cold]
    #[inline(never)]
    fn large_vec<T>(&self, count: usize, bytes: usize) -> Result<Vec<T>> {
        let mut items = Vec::new();
        self.allocated(bytes, items.try_reserve_exact(count))?;
        Ok(items)
    }

    /// The error for `bytes` of memory that the system does not have.
    pub(crate) fn allocated<E>(&self, bytes: usize, result: Result<(), E>) -> Result<()> {
        result.map_err(|_| self.place(unavailable(bytes)))
    }

    /// Bytes that the rest of the stream has at the most.
    #[inline]
    pub(super) fn remaining(&self) -> usize {
        self.here.data.len() + self.here.later
    }

    /// Charges `bytes` of memory that are about to be allocated.
    #[doc(hidden)]
    #[inline(always)]
    pub fn charge(&mut self, bytes: usize) -> Result<()> {
        if spend(&mut self.memory, bytes) { Ok(()) } else { Err(self.out_of_memory(bytes)) }
    }

    /// Checks that what is left of the stream can hold `count` rows of `length` bytes.
    pub(crate) fn claimed_bytes(&self, count: usize, length: usize) -> Result<()> {
        if count.saturating_mul(length) > self.remaining() { Err(self.claim(count as u64)) } else { Ok(()) }
    }

    /// Charges objects: shared ones, and values that are met behind a pointer to their trait.
    #[inline]
    pub(crate) fn charge_objects(&mut self, count: usize) -> Result<()> {
        if spend(&mut self.objects_left, count) { Ok(()) } else { Err(self.too_many_objects()) }
    }

    /// Charges elements that take no bytes at all, all at once.
    pub(crate) fn charge_empty_elements(&mut self, count: usize) -> Result<()> {
        if spend(&mut self.empty_elements, count) { Ok(()) } else { Err(self.too_many_empty()) }
    }

    #[inline]
    pub(crate) fn charge_empty_element(&mut self) -> Result<()> {
        if spend(&mut self.empty_elements, 1) { Ok(()) } else { Err(self.too_many_empty()) }
    }

    /// Goes one value deeper.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter(&mut self) -> Result<()> {
        if spend(&mut self.depth, 1) { Ok(()) } else { Err(self.too_deep()) }
    }

    /// Comes back from [`enter`](Reader::enter).
    #[doc(hidden)]
    #[inline(always)]
    pub fn leave(&mut self) {
        self.depth += 1;
    }
}

/// Takes `amount` off what a limit leaves; false where it leaves less.
#[inline(always)]
fn spend(left: &mut usize, amount: usize) -> bool {
    let rest = left.checked_sub(amount);
    *left = rest.unwrap_or(*left);
    rest.is_some()
}

//! What a load may take: each claim is checked against what the stream can hold, and charged before it is met.

use super::Reader;
use crate::error::Result;
use crate::traits::Shape;

/// The limits of a load, worked out for its input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) depth: usize,
    pub(crate) memory: usize,
    pub(crate) empty_elements: usize,
    pub(crate) objects: usize,
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
        result.map_err(|_| self.out_of_memory(bytes))
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

//! Arrays of any length: the heads of all elements, then their bodies.

use std::array;

use arrayvec::ArrayVec;

use crate::error::{Result, Step};
use crate::graph::Vacancy;
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

impl<T: Shape, const N: usize> Shape for [T; N] {
    const HEAD: usize = N * T::HEAD;
    const BODY: bool = N > 0 && T::BODY;
    const NESTS: bool = N > 0 && T::NESTS;

    fn name() -> String {
        format!("[{}; {N}]", T::name())
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.array::<Self>(T::describe, N)
    }

    fn vacant(vacancy: &mut Vacancy) -> Option<Self> {
        let mut items = ArrayVec::<T, N>::new();
        for _ in 0..N {
            items.push(T::vacant(vacancy)?);
        }
        items.into_inner().ok()
    }

    fn has_vacant(vacancy: &mut Vacancy) -> bool {
        N == 0 || T::has_vacant(vacancy)
    }
}

impl<T: Pickle, const N: usize> Pickle for [T; N] {
    const FALLIBLE: bool = N > 0 && T::FALLIBLE;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        if T::HEAD > 0 {
            for (head, item) in head.chunks_exact_mut(T::HEAD).zip(self) {
                item.head(head);
            }
        }
    }

    #[inline]
    fn body(&self, writer: &mut Writer<'_>) {
        if Self::NESTS && !writer.enter() {
            return;
        }
        for (i, item) in self.iter().enumerate() {
            item.body(writer);
            if T::FALLIBLE && writer.failed() {
                return writer.step(Step::Index(i));
            }
        }
        if Self::NESTS {
            writer.leave();
        }
    }
}

impl<'a, T: Unpickle<'a>, const N: usize> Unpickle<'a> for [T; N] {
    #[inline(always)]
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        if T::BODY { build_with_bodies(head, bad, reader) } else { Ok(Self::from_head(head, bad)) }
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        self.iter().enumerate().try_for_each(|(i, item)| super::sequences::at(i, item.fill(reader)))
    }

    #[inline(always)]
    fn from_head(mut heads: &[u8], bad: &mut bool) -> Self {
        array::from_fn(|_| {
            let (head, rest) = heads.split_at(T::HEAD);
            heads = rest;
            T::from_head(head, bad)
        })
    }
}

fn build_with_bodies<'r, 'a, T: Unpickle<'a>, const N: usize>(
    mut heads: &'r [u8],
    bad: &mut bool,
    reader: &mut Reader<'r, 'a>,
) -> Result<[T; N]> {
    let nests = <[T; N]>::NESTS;
    if nests {
        reader.enter()?;
    }
    let mut items = ArrayVec::<T, N>::new();
    for i in 0..N {
        let (head, rest) = heads.split_at(T::HEAD);
        heads = rest;
        items.push(super::sequences::at(i, T::build(head, bad, reader))?);
    }
    if nests {
        reader.leave();
    }
    // The loop has filled it, so there is always an array in it.
    items.into_inner().map_err(|_| reader.corrupt("an array that is not full"))
}

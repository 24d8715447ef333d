//! `Vec` and the like: a length byte in the head, the elements in the body.

use std::borrow::Cow;
use std::collections::{BinaryHeap, LinkedList, VecDeque};

use crate::error::{Result, Step};
use crate::graph::Vacancy;
use crate::schema::{Describer, TypeRef};
use crate::stack::deeper;
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer, short};

/// How many elements are touched of each sequence.
const TOUCHED: usize = 4;

/// The shape of a sequence of `T`.
macro_rules! sequence_shape {
    ($type:ty, $name:literal, [$($bound:tt)*], |$schema:ident, $sequence:ident| $described:expr $(, $vacant:expr)?) => {
        impl<T: Shape $($bound)*> Shape for $type {
            const HEAD: usize = 1;
            const BODY: bool = true;
            // Asks for the body, not for the nesting of `T`: a recursive type may ask this for its own.
            const NESTS: bool = T::BODY;

            fn name() -> String {
                format!(concat!($name, "<{}>"), T::name())
            }

            fn describe($schema: &mut Describer) -> TypeRef {
                let $sequence = $schema.sequence::<Self>(T::describe);
                $described
            }

            $(fn vacant(_: &mut Vacancy) -> Option<Self> {
                Some($vacant)
            })?
        }
    };
}
sequence_shape!([T], "Vec", [], |schema, sequence| sequence);
sequence_shape!(Vec<T>, "Vec", [], |schema, sequence| sequence, Vec::new());
sequence_shape!(VecDeque<T>, "VecDeque", [], |schema, sequence| sequence, VecDeque::new());
sequence_shape!(LinkedList<T>, "LinkedList", [], |schema, sequence| sequence, LinkedList::new());
// Elements are compared as the heap is built.
sequence_shape!(BinaryHeap<T>, "BinaryHeap", [+ Ord], |schema, sequence| schema.solid(sequence), BinaryHeap::new());

/// Goes through the cells of every element.
fn fill<'a, 'v, T: Unpickle<'a> + 'v>(
    items: impl IntoIterator<Item = &'v T>,
    reader: &mut Reader<'_, 'a>,
) -> Result<()> {
    items.into_iter().enumerate().try_for_each(|(i, item)| at(i, item.fill(reader)))
}

/// Writes a sequence's body: its length where that is long, then what `write` writes.
#[inline]
fn persist<T: Shape>(length: usize, writer: &mut Writer<'_>, write: impl FnOnce(&mut Writer<'_>)) {
    writer.length(length);
    if !T::BODY {
        write(writer);
    } else if writer.enter() {
        deeper(|| write(writer));
        writer.leave();
    }
}

/// Reads a sequence's body, whose length byte in the head was `short`.
#[inline]
fn build<'a, T: Unpickle<'a>>(short: u8, reader: &mut Reader<'_, 'a>) -> Result<Vec<T>> {
    let count = reader.length(short)?;
    if !T::BODY {
        return T::build_elements(count, reader);
    }
    reader.enter()?;
    let items = deeper(|| T::build_elements(count, reader))?;
    reader.leave();
    Ok(items)
}

impl<T: Pickle> Pickle for [T] {
    const FALLIBLE: bool = T::BODY;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.len());
    }

    #[inline]
    fn body(&self, writer: &mut Writer<'_>) {
        persist::<T>(self.len(), writer, |writer| T::elements(self, writer));
    }
}

impl<T: Pickle> Pickle for Vec<T> {
    const FALLIBLE: bool = T::BODY;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.len());
    }

    #[inline]
    fn body(&self, writer: &mut Writer<'_>) {
        self.as_slice().body(writer);
    }

    #[inline]
    fn touch(&self, writer: &Writer<'_>) {
        // Not through what nests: a touch goes no deeper than the object's type is written.
        if !T::NESTS {
            self.iter().take(TOUCHED).for_each(|item| item.touch(writer));
        }
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for Vec<T> {
    #[inline]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        build::<T>(head[0], reader)
    }

    #[inline]
    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        fill(self, reader)
    }
}

impl<T: Pickle + Ord> Pickle for BinaryHeap<T> {
    const FALLIBLE: bool = T::BODY;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.len());
    }

    fn body(&self, writer: &mut Writer<'_>) {
        writer.solid(|writer| self.as_slice().body(writer));
    }
}

impl<'a, T: Unpickle<'a> + Ord> Unpickle<'a> for BinaryHeap<T> {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        reader.solid(|reader| build::<T>(head[0], reader)).map(Self::from)
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for Box<[T]> {
    #[inline]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        build::<T>(head[0], reader).map(Vec::into_boxed_slice)
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        fill(self.iter(), reader)
    }
}

impl<T: Pickle> Pickle for VecDeque<T> {
    const FALLIBLE: bool = T::BODY;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.len());
    }

    fn body(&self, writer: &mut Writer<'_>) {
        match self.as_slices() {
            (all, []) => all.body(writer),
            _ => persist::<T>(self.len(), writer, |writer| T::scattered(&mut self.iter(), writer)),
        }
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for VecDeque<T> {
    #[inline]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        build::<T>(head[0], reader).map(VecDeque::from)
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        fill(self, reader)
    }
}

impl<T: Pickle> Pickle for LinkedList<T> {
    const FALLIBLE: bool = T::BODY;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.len());
    }

    fn body(&self, writer: &mut Writer<'_>) {
        persist::<T>(self.len(), writer, |writer| T::scattered(&mut self.iter(), writer));
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for LinkedList<T> {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let items = build::<T>(head[0], reader)?;
        // Each node holds two links beside its element.
        reader.charge(items.len().saturating_mul(size_of::<(usize, usize, T)>()))?;
        Ok(items.into_iter().collect())
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        fill(self, reader)
    }
}

impl<'a: 'x, 'x> Unpickle<'a> for &'x [u8] {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let count = reader.length(head[0])?;
        reader.lent_bytes(count)
    }
}

impl<'a: 'x, 'x, T: Unpickle<'a> + Clone> Unpickle<'a> for Cow<'x, [T]> {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let count = reader.length(head[0])?;
        if !T::BODY {
            return T::build_cow(count, reader);
        }
        reader.enter()?;
        let items = T::build_cow(count, reader)?;
        reader.leave();
        Ok(items)
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        fill(self.iter(), reader)
    }
}

impl<'a: 'x, 'x> Unpickle<'a> for Cow<'x, str> {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let length = reader.length(head[0])?;
        reader.cow_text(length)
    }
}

impl<'a, 'x, T: Unpickle<'a> + Clone> Unpickle<'a> for Cow<'x, T> {
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        T::build(head, bad, reader).map(Cow::Owned)
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        (**self).fill(reader)
    }

    #[inline]
    fn from_head(head: &[u8], bad: &mut bool) -> Self {
        Cow::Owned(T::from_head(head, bad))
    }
}

/// Adds the number of an element to an error's path.
pub(super) fn at<T>(index: usize, result: Result<T>) -> Result<T> {
    result.map_err(|error| error.step(Step::Index(index)))
}

//! `Vec` and the like: a length byte in the head, the elements in the body.

use std::borrow::Cow;
use std::collections::{BinaryHeap, LinkedList, VecDeque};

use crate::error::{Result, Step};
use crate::stack::deeper;
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer, short};

/// How many elements are touched of each sequence.
const TOUCHED: usize = 4;

/// The shape of a sequence of `$item`.
macro_rules! sequence_shape {
    ([$($generics:tt)*] $type:ty, $item:ty, $name:literal, |$schema:ident, $sequence:ident| $described:expr $(, $vacant:expr)?) => {
        impl<$($generics)*> $crate::Shape for $type
        where
            $item: $crate::Shape,
        {
            const HEAD: usize = 1;
            const BODY: bool = true;
            // Asks for the body, not for the nesting of the element: a recursive type may ask this for its own.
            const NESTS: bool = <$item as $crate::Shape>::BODY;

            fn name() -> String {
                format!(concat!($name, "<{}>"), <$item as $crate::Shape>::name())
            }

            fn describe($schema: &mut $crate::Describer) -> $crate::TypeRef {
                let $sequence = $schema.sequence::<Self>(<$item as $crate::Shape>::describe);
                $described
            }

            $(fn vacant(_: &mut $crate::Vacancy) -> Option<Self> {
                Some($vacant)
            })?
        }
    };
}
pub(super) use sequence_shape;

sequence_shape!([T][T], T, "Vec", |schema, sequence| sequence);
sequence_shape!([T] Vec<T>, T, "Vec", |schema, sequence| sequence, Vec::new());
// Elements are compared as the heap is built.
sequence_shape!([T: Ord] BinaryHeap<T>, T, "BinaryHeap", |schema, sequence| schema.solid(sequence), BinaryHeap::new());

/// The impls of a sequence of `$item`: how its body is written, and what makes it of a `Vec`, which may refuse.
macro_rules! sequence {
    ([$($generics:tt)*] $type:ty, $item:ty, $name:literal, $vacant:expr,
        |$items:ident, $writer:ident| $write:expr, |$from:ident, $reader:ident| $make:expr) => {
        $crate::impls::sequences::sequence_shape!([$($generics)*] $type, $item, $name, |schema, sequence| sequence, $vacant);

        impl<$($generics)*> $crate::Pickle for $type
        where
            $item: $crate::Pickle,
        {
            const FALLIBLE: bool = <$item as $crate::Shape>::BODY;

            #[inline(always)]
            fn head(&self, head: &mut [u8]) {
                head[0] = $crate::wire::short(self.len());
            }

            #[inline]
            fn body(&self, $writer: &mut $crate::Writer<'_>) {
                let $items = self;
                $write
            }
        }

        impl<'a, $($generics)*> $crate::Unpickle<'a> for $type
        where
            $item: $crate::Unpickle<'a>,
        {
            #[inline]
            fn build<'r>(head: &'r [u8], _: &mut bool, $reader: &mut $crate::Reader<'r, 'a>) -> $crate::Result<Self> {
                let $from = $crate::impls::sequences::build::<$item>(head[0], $reader)?;
                $make
            }

            fn fill(&self, reader: &mut $crate::Reader<'_, 'a>) -> $crate::Result<()> {
                $crate::impls::sequences::fill(self.iter(), reader)
            }
        }
    };
}
#[cfg(any(feature = "arrayvec", feature = "bytes", feature = "smallvec"))]
pub(super) use sequence;

sequence!([T] VecDeque<T>, T, "VecDeque", VecDeque::new(),
    |items, writer| match items.as_slices() {
        (all, []) => all.body(writer),
        _ => persist::<T>(items.len(), writer, |writer| T::scattered(&mut items.iter(), writer)),
    },
    |items, reader| Ok(items.into()));

sequence!([T] LinkedList<T>, T, "LinkedList", LinkedList::new(),
|items, writer| persist::<T>(items.len(), writer, |writer| T::scattered(&mut items.iter(), writer)),
|items, reader| {
    // Each node holds two links beside its element.
    reader.charge(items.len().saturating_mul(size_of::<(usize, usize, T)>()))?;
    Ok(items.into_iter().collect())
});

/// Goes through the cells of every element.
pub(super) fn fill<'a, 'v, T: Unpickle<'a> + 'v>(
    items: impl IntoIterator<Item = &'v T>,
    reader: &mut Reader<'_, 'a>,
) -> Result<()> {
    items.into_iter().enumerate().try_for_each(|(i, item)| at(i, item.fill(reader)))
}

/// Writes a sequence's body: its length where that is long, then what `write` writes.
#[inline]
pub(super) fn persist<T: Shape>(length: usize, writer: &mut Writer<'_>, write: impl FnOnce(&mut Writer<'_>)) {
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
pub(super) fn build<'a, T: Unpickle<'a>>(short: u8, reader: &mut Reader<'_, 'a>) -> Result<Vec<T>> {
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

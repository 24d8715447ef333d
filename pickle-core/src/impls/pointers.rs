//! `Box`, references and `Cow`.

use std::borrow::Cow;

use crate::error::Result;
use crate::graph::Vacancy;
use crate::schema::{Describer, TypeRef};
use crate::stack::deeper;
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

use super::{build_piece, persist_piece};

impl<T: Shape> Shape for Box<T> {
    const HEAD: usize = 0;
    const BODY: bool = true;
    // Asks for the body, not for the nesting of `T`: a recursive type may ask this for its own.
    const NESTS: bool = T::BODY;

    fn name() -> String {
        format!("Box<{}>", T::name())
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.piece::<Self>(T::describe)
    }

    fn vacant(vacancy: &mut Vacancy) -> Option<Self> {
        T::vacant(vacancy).map(Box::new)
    }

    fn has_vacant(vacancy: &mut Vacancy) -> bool {
        T::has_vacant(vacancy)
    }
}

impl<T: Pickle> Pickle for Box<T> {
    const FALLIBLE: bool = T::BODY;

    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}

    #[inline]
    fn body(&self, writer: &mut Writer<'_>) {
        persist_piece(&**self, T::BODY, writer);
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for Box<T> {
    #[inline]
    fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        reader.charge(size_of::<T>())?;
        build_piece(T::BODY, reader).map(Box::new)
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        deeper(|| (**self).fill(reader))
    }
}

/// The impls of a pointer that looks like what it points to.
macro_rules! looks_like {
    ([$($generics:tt)*], $type:ty, $target:ty, [$($bounds:tt)*], $vacant:expr) => {
        impl<$($generics)*> Shape for $type
        where
            $target: Shape,
            $($bounds)*
        {
            const HEAD: usize = <$target>::HEAD;
            const BODY: bool = <$target>::BODY;
            const NESTS: bool = <$target>::NESTS;

            fn name() -> String {
                <$target>::name()
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                <$target>::describe(schema)
            }

            fn vacant(_: &mut Vacancy) -> Option<Self> {
                $vacant
            }
        }

        impl<$($generics)*> Pickle for $type
        where
            $target: Pickle,
            $($bounds)*
        {
            const FALLIBLE: bool = <$target>::FALLIBLE;

            #[inline(always)]
            fn head(&self, head: &mut [u8]) {
                (**self).head(head);
            }

            #[inline(always)]
            fn body(&self, writer: &mut Writer<'_>) {
                (**self).body(writer);
            }
        }
    };
}
looks_like!(['x, T: ?Sized], &'x T, T, [], None);
looks_like!(['x, T: ?Sized], Cow<'x, T>, T, [T: ToOwned], None);
looks_like!([T], Box<[T]>, [T], [], Some(Box::default()));

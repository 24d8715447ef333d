//! Cells: what they hold is written in one piece, under one borrow.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::OnceLock;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Vacancy;
use crate::private::piece_head;
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

use super::{build_piece, persist_piece};

impl<T: Shape> Shape for Cell<T> {
    const HEAD: usize = piece_head::<T>();
    const BODY: bool = T::BODY;
    const NESTS: bool = T::NESTS;

    fn name() -> String {
        format!("Cell<{}>", T::name())
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        if T::BODY { schema.piece::<Self>(T::describe) } else { T::describe(schema) }
    }

    fn vacant(vacancy: &mut Vacancy) -> Option<Self> {
        T::vacant(vacancy).map(Cell::new)
    }

    fn has_vacant(vacancy: &mut Vacancy) -> bool {
        T::has_vacant(vacancy)
    }
}

impl<T: Pickle + Copy> Pickle for Cell<T> {
    const FALLIBLE: bool = T::FALLIBLE;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        if !T::BODY {
            self.get().head(head);
        }
    }

    #[inline]
    fn body(&self, writer: &mut Writer<'_>) {
        persist_piece(&self.get(), T::NESTS, writer);
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for Cell<T> {
    #[inline]
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let value = if T::BODY { build_piece(T::NESTS, reader) } else { T::build(head, bad, reader) };
        value.map(Cell::new)
    }

    #[inline(always)]
    fn from_head(head: &[u8], bad: &mut bool) -> Self {
        Cell::new(T::from_head(head, bad))
    }
}

impl<T: Shape> Shape for RefCell<T> {
    // A head can't fail, and a borrow can: so even a number is all body here.
    const HEAD: usize = 0;
    const BODY: bool = true;
    const NESTS: bool = T::NESTS;

    fn name() -> String {
        format!("RefCell<{}>", T::name())
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.cell::<Self, T>()
    }

    fn vacant(vacancy: &mut Vacancy) -> Option<Self> {
        T::vacant(vacancy).map(RefCell::new)
    }

    fn has_vacant(vacancy: &mut Vacancy) -> bool {
        T::has_vacant(vacancy)
    }
}

impl<T: Pickle> Pickle for RefCell<T> {
    const FALLIBLE: bool = true;

    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}

    fn body(&self, writer: &mut Writer<'_>) {
        match self.try_borrow() {
            Ok(value) => writer.cell::<T>(|writer| persist_piece(&*value, T::NESTS, writer)),
            Err(_) => writer.fail(
                Error::new(ErrorKind::Inaccessible, "a `RefCell` is mutably borrowed while it is dumped")
                    .with_remedy("end the borrow before the dump"),
            ),
        }
    }

    #[inline]
    fn touch(&self, writer: &Writer<'_>) {
        if let Ok(value) = self.try_borrow() {
            value.touch(writer);
        }
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for RefCell<T> {
    fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        reader.cell(|reader| build_piece(T::NESTS, reader)).map(RefCell::new)
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        if !reader.is_turn() {
            return match self.try_borrow() {
                Ok(value) => value.fill(reader),
                Err(_) => Err(reader.corrupt("a `RefCell` that is borrowed while it is filled")),
            };
        }
        let value = reader.turn(|reader| build_piece(T::NESTS, reader))?;
        match self.try_borrow_mut() {
            // What was there goes only after the borrow has ended: its end may look at the cell.
            Ok(mut place) => {
                let before = std::mem::replace(&mut *place, value);
                drop(place);
                drop(before);
                Ok(())
            }
            Err(_) => Err(reader.corrupt("a `RefCell` that is borrowed while it is filled")),
        }
    }
}

/// A cell that is set once is an `Option` in one piece: it may be set between two looks at it.
macro_rules! once {
    ($cell:ident) => {
        impl<T: Shape> Shape for $cell<T> {
            const HEAD: usize = 0;
            const BODY: bool = true;
            const NESTS: bool = T::NESTS;

            fn name() -> String {
                format!(concat!(stringify!($cell), "<{}>"), T::name())
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                schema.cell::<Self, Option<T>>()
            }

            fn vacant(_: &mut Vacancy) -> Option<Self> {
                Some($cell::new())
            }
        }

        impl<T: Pickle> Pickle for $cell<T> {
            const FALLIBLE: bool = T::FALLIBLE;

            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}

            fn body(&self, writer: &mut Writer<'_>) {
                writer.cell::<Option<T>>(|writer| writer.value(&self.get()));
            }
        }

        impl<'a, T: Unpickle<'a>> Unpickle<'a> for $cell<T> {
            fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
                Ok(match reader.cell::<Option<T>>(Reader::value)? {
                    Some(value) => $cell::from(value),
                    None => $cell::new(),
                })
            }

            fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
                if !reader.is_turn() {
                    return self.get().map_or(Ok(()), |value| value.fill(reader));
                }
                match reader.turn::<Option<T>>(Reader::value)? {
                    Some(value) => self.set(value).map_err(|_| reader.corrupt("a cell that was set while it waited")),
                    None => Ok(()),
                }
            }
        }
    };
}
once!(OnceCell);
once!(OnceLock);

//! `Option`: a tag in the head, the value in the body.

use crate::error::Result;
use crate::graph::Vacancy;
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

use super::{build_piece, persist_piece};

impl<T: Shape> Shape for Option<T> {
    const HEAD: usize = 1;
    const BODY: bool = true;
    const NESTS: bool = T::NESTS;

    fn name() -> String {
        format!("Option<{}>", T::name())
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.option::<Self>(T::describe)
    }

    fn vacant(_: &mut Vacancy) -> Option<Self> {
        Some(None)
    }
}

impl<T: Pickle> Pickle for Option<T> {
    const FALLIBLE: bool = T::FALLIBLE;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = u8::from(self.is_some());
    }

    #[inline]
    fn body(&self, writer: &mut Writer<'_>) {
        if let Some(value) = self {
            persist_piece(value, T::NESTS, writer);
        }
    }

    #[inline]
    fn touch(&self, writer: &Writer<'_>) {
        if let Some(value) = self {
            value.touch(writer);
        }
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for Option<T> {
    #[inline]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        match head[0] {
            0 => Ok(None),
            1 => build_piece(T::NESTS, reader).map(Some),
            _ => Err(reader.refuse::<Self>(head)),
        }
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        self.iter().try_for_each(|value| value.fill(reader))
    }
}

//! Strings: a length byte in the head, the bytes in the text lane, whose UTF-8 is checked a block at a time.

use std::hint::black_box;

use crate::error::Result;
use crate::graph::Vacancy;
use crate::schema::{Describer, Primitive, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer, short};

impl Shape for str {
    const HEAD: usize = 1;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        "String".to_owned()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.primitive(Primitive::Text)
    }
}

impl Pickle for str {
    const FALLIBLE: bool = false;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.len());
    }

    #[inline(always)]
    fn body(&self, writer: &mut Writer<'_>) {
        writer.length(self.len());
        writer.text(self);
    }
}

impl Shape for String {
    const HEAD: usize = 1;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        str::name()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        str::describe(schema)
    }

    fn vacant(_: &mut Vacancy) -> Option<Self> {
        Some(String::new())
    }
}

impl Pickle for String {
    const FALLIBLE: bool = false;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        self.as_str().head(head);
    }

    #[inline(always)]
    fn body(&self, writer: &mut Writer<'_>) {
        self.as_str().body(writer);
    }

    #[inline(always)]
    fn touch(&self, _: &Writer<'_>) {
        black_box(self.as_bytes().first().copied());
    }
}

impl<'a> Unpickle<'a> for String {
    #[inline(always)]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let length = reader.length(head[0])?;
        reader.text(length).map(str::to_owned)
    }
}

/// The impls of a type that is text: how it is seen as a `str`, and what makes it of one, which may refuse. What that takes
/// beside the text is charged by `charging`.
macro_rules! text {
    ([$($generics:tt)*] $type:ty, $vacant:expr, |$value:ident| $str:expr, $(charging |$length:ident| $bytes:expr,)? |$text:ident| $make:expr) => {
        impl<$($generics)*> $crate::Shape for $type {
            const HEAD: usize = <str as $crate::Shape>::HEAD;
            const BODY: bool = true;
            const NESTS: bool = false;

            fn name() -> String {
                <str as $crate::Shape>::name()
            }

            fn describe(schema: &mut $crate::Describer) -> $crate::TypeRef {
                <str as $crate::Shape>::describe(schema)
            }

            fn vacant(_: &mut $crate::Vacancy) -> Option<Self> {
                $vacant
            }
        }

        impl<$($generics)*> $crate::Pickle for $type {
            const FALLIBLE: bool = false;

            #[inline(always)]
            fn head(&self, head: &mut [u8]) {
                let $value = self;
                $crate::Pickle::head($str, head);
            }

            #[inline(always)]
            fn body(&self, writer: &mut $crate::Writer<'_>) {
                let $value = self;
                $crate::Pickle::body($str, writer);
            }
        }

        impl<'a, $($generics)*> $crate::Unpickle<'a> for $type {
            #[inline(always)]
            fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut $crate::Reader<'r, 'a>) -> $crate::Result<Self> {
                let length = reader.length(head[0])?;
                let $text = reader.text(length)?;
                $(
                    let $length = length;
                    reader.charge($bytes)?;
                )?
                let made: std::result::Result<Self, _> = $make;
                made.map_err(|error| reader.no_value::<Self>(&error))
            }
        }
    };
}
#[cfg(any(feature = "arrayvec", feature = "compact_str", feature = "smol_str", feature = "url"))]
pub(super) use text;

text!([] Box<str>, Some(Box::default()), |value| &**value, |text| Ok::<_, std::convert::Infallible>(Box::from(text)));

impl<'a: 'x, 'x> Unpickle<'a> for &'x str {
    #[inline(always)]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let length = reader.length(head[0])?;
        reader.lent_text(length)
    }
}

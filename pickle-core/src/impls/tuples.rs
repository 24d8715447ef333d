//! Tuples of up to twelve.

use crate::error::Result;
use crate::graph::Vacancy;
use crate::private::Name;
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

macro_rules! tuple {
    ($($part:ident $number:tt)+) => {
        impl<$($part: Shape),+> Shape for ($($part,)+) {
            const HEAD: usize = 0 $(+ $part::HEAD)+;
            const BODY: bool = false $(|| $part::BODY)+;
            const NESTS: bool = false $(|| $part::NESTS)+;

            fn name() -> String {
                let parts: &[String] = &[$($part::name()),+];
                format!("({}{})", parts.join(", "), if parts.len() == 1 { "," } else { "" })
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                schema.tuple::<Self>(&[$($part::describe),+])
            }

            fn vacant(vacancy: &mut Vacancy) -> Option<Self> {
                Some(($($part::vacant(vacancy)?,)+))
            }

            fn has_vacant(vacancy: &mut Vacancy) -> bool {
                true $(&& $part::has_vacant(vacancy))+
            }
        }

        impl<$($part: Pickle),+> Pickle for ($($part,)+) {
            const FALLIBLE: bool = false $(|| $part::FALLIBLE)+;

            #[inline(always)]
            fn head(&self, mut heads: &mut [u8]) {
                $(self.$number.field_head(&mut heads);)+
            }

            #[inline]
            fn body(&self, writer: &mut Writer<'_>) {
                if Self::NESTS && !writer.enter() {
                    return;
                }
                $(if self.$number.field_body(writer, Name::Position($number)) {
                    return;
                })+
                if Self::NESTS {
                    writer.leave();
                }
            }

            #[inline]
            fn touch(&self, writer: &Writer<'_>) {
                $(self.$number.touch(writer);)+
            }
        }

        impl<'a, $($part: Unpickle<'a>),+> Unpickle<'a> for ($($part,)+) {
            #[inline]
            fn build<'r>(mut heads: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
                if !Self::BODY {
                    return Ok(Self::from_head(heads, bad));
                }
                if Self::NESTS {
                    reader.enter()?;
                }
                let tuple = ($($part::build_field(&mut heads, bad, reader, Name::Position($number))?,)+);
                if Self::NESTS {
                    reader.leave();
                }
                Ok(tuple)
            }

            fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
                $(self.$number.fill_field(reader, Name::Position($number))?;)+
                Ok(())
            }

            #[inline(always)]
            fn from_head(mut heads: &[u8], bad: &mut bool) -> Self {
                ($($part::field_from_head(&mut heads, bad),)+)
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0 B 1);
tuple!(A 0 B 1 C 2);
tuple!(A 0 B 1 C 2 D 3);
tuple!(A 0 B 1 C 2 D 3 E 4);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);

//! Numbers: the kinds of them, and what a `Deserialize` is given of one.

use serde::de::{Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use super::Failure;
use super::data::{Data, tag};
use crate::traits::{Pickle, Shape, Unpickle};

macro_rules! numbers {
    ($($kind:ident $run:ident $type:ident $visit:ident,)*) => {
        /// A number.
        #[derive(Debug, Clone, Copy)]
        pub(super) enum Number {
            $($kind($type),)*
        }

        /// The kinds of numbers, in the order of their tags.
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[repr(u8)]
        pub(super) enum Kind {
            $($kind,)*
        }

        const KINDS: &[Kind] = &[$(Kind::$kind),*];

        impl Kind {
            pub(super) fn size(self) -> usize {
                match self {
                    $(Kind::$kind => $type::HEAD,)*
                }
            }

            /// The number that has these bytes.
            #[inline]
            pub(super) fn read(self, head: &[u8]) -> Number {
                match self {
                    $(Kind::$kind => Number::$kind($type::from_head(head, &mut false)),)*
                }
            }
        }

        impl Number {
            #[inline]
            pub(super) fn kind(self) -> Kind {
                match self {
                    $(Number::$kind(_) => Kind::$kind,)*
                }
            }

            #[inline]
            pub(super) fn write(self, head: &mut [u8]) {
                match self {
                    $(Number::$kind(number) => number.head(head),)*
                }
            }
        }

        impl Number {
            /// The number that a tree is, if it is one.
            pub(super) fn of(data: &Data<'_>) -> Option<Number> {
                match data {
                    $(Data::$kind(number) => Some(Number::$kind(*number)),)*
                    _ => None,
                }
            }
        }

        /// A sequence of a tree: a run, where all are numbers of one kind.
        pub(super) fn sequence(items: Vec<Data<'_>>) -> Data<'_> {
            match items.first() {
                $(Some(Data::$kind(_)) => {
                    let numbers = items.iter().map(|item| if let Data::$kind(number) = item { Some(*number) } else { None });
                    match numbers.collect() {
                        Some(run) => Data::$run(run),
                        None => Data::Seq(items),
                    }
                })*
                _ => Data::Seq(items),
            }
        }

        impl One {
            #[inline]
            fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
                match self.number {
                    // What serde itself keeps for a second look has no numbers of 128 bits.
                    Number::I128(number) if i64::try_from(number).is_ok() => visitor.visit_i64(number as i64),
                    Number::U128(number) if u64::try_from(number).is_ok() => visitor.visit_u64(number as u64),
                    $(Number::$kind(number) => visitor.$visit(number),)*
                }
            }
        }
    };
}
numbers! {
    I8 I8s i8 visit_i8, I16 I16s i16 visit_i16, I32 I32s i32 visit_i32,
    I64 I64s i64 visit_i64, I128 I128s i128 visit_i128,
    U8 U8s u8 visit_u8, U16 U16s u16 visit_u16, U32 U32s u32 visit_u32,
    U64 U64s u64 visit_u64, U128 U128s u128 visit_u128,
    F32 F32s f32 visit_f32, F64 F64s f64 visit_f64,
}

impl Kind {
    /// The kind of a number or run whose tag is so many after the first.
    pub(super) fn after(first: u8, tag: u8) -> Option<Kind> {
        KINDS.get(usize::from(tag.checked_sub(first)?)).copied()
    }

    pub(super) fn number_tag(self) -> u8 {
        tag::NUMBER + self as u8
    }

    pub(super) fn run_tag(self) -> u8 {
        tag::RUN + self as u8
    }
}

/// What a `Deserialize` takes a number from.
pub(super) struct One {
    number: Number,
    /// How many options and newtypes it may be in: a type that holds itself so would go on for ever.
    left: u8,
}

impl One {
    #[inline]
    pub(super) fn of(number: Number) -> One {
        One { number, left: 64 }
    }

    fn inner(self) -> Result<One, Failure> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(One { left, ..self }),
            None => Err(Failure::custom("a number within more options and newtypes than 64")),
        }
    }
}

impl<'de> Deserializer<'de> for One {
    type Error = Failure;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self.inner()?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self.inner()?)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

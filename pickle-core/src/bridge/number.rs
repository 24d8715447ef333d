//! Numbers: the kinds of them, the run that they make side by side, and what a `Deserialize` is given of one.

use serde::de::{Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use serde::ser::{Serialize, Serializer};

use super::Failure;
use super::asking::{Never, Other, others};
use super::data::{Data, tag};
use crate::traits::{Shape, Unpickle};

/// Adds a number to a run, if it is one of its kind.
pub(super) struct Run<'b> {
    /// The kind of the numbers, once there is one.
    pub(super) kind: &'b mut Option<Kind>,
    pub(super) bytes: &'b mut Vec<u8>,
    /// How many numbers there may be: what the first one makes room for.
    pub(super) count: usize,
}

/// Memory for a run before its numbers have come: their number is only what the value says.
const ROOM: usize = 64 << 10;

impl Run<'_> {
    #[inline(always)]
    fn push(self, kind: Kind, number: &[u8]) -> Result<(), Other> {
        match self.kind {
            Some(of) if *of == kind => {}
            Some(_) => return Err(Other),
            None => {
                *self.kind = Some(kind);
                self.bytes.reserve_exact(self.count.saturating_mul(number.len()).min(ROOM));
            }
        }
        self.bytes.extend_from_slice(number);
        Ok(())
    }
}

/// Gives a macro each kind of number: its name in the tree, that of a run, its type, what serde calls it by.
macro_rules! each_number {
    ($numbers:ident) => {
        $numbers! {
            I8 I8s i8 serialize_i8 deserialize_i8 visit_i8, I16 I16s i16 serialize_i16 deserialize_i16 visit_i16,
            I32 I32s i32 serialize_i32 deserialize_i32 visit_i32, I64 I64s i64 serialize_i64 deserialize_i64 visit_i64,
            I128 I128s i128 serialize_i128 deserialize_i128 visit_i128,
            U8 U8s u8 serialize_u8 deserialize_u8 visit_u8, U16 U16s u16 serialize_u16 deserialize_u16 visit_u16,
            U32 U32s u32 serialize_u32 deserialize_u32 visit_u32, U64 U64s u64 serialize_u64 deserialize_u64 visit_u64,
            U128 U128s u128 serialize_u128 deserialize_u128 visit_u128,
            F32 F32s f32 serialize_f32 deserialize_f32 visit_f32, F64 F64s f64 serialize_f64 deserialize_f64 visit_f64,
        }
    };
}
pub(super) use each_number;

macro_rules! numbers {
    ($($kind:ident $run:ident $type:ident $serialize:ident $deserialize:ident $visit:ident,)*) => {
        /// The kinds of numbers, in the order of their tags.
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[repr(u8)]
        pub(super) enum Kind {
            $($kind,)*
        }

        const KINDS: &[Kind] = &[$(Kind::$kind),*];

        impl Kind {
            #[inline]
            pub(super) fn size(self) -> usize {
                match self {
                    $(Kind::$kind => $type::HEAD,)*
                }
            }
        }

        /// The run that a sequence of a tree is, where all are numbers of one kind.
        pub(super) fn run<'n>(items: &[Data<'n>]) -> Option<Data<'n>> {
            match items.first()? {
                $(Data::$kind(_) => {
                    let numbers = items.iter().map(|item| if let Data::$kind(number) = item { Some(*number) } else { None });
                    numbers.collect::<Option<_>>().map(Data::$run)
                })*
                _ => None,
            }
        }

        impl Serializer for Run<'_> {
            type Ok = ();
            type Error = Other;
            type SerializeStruct = Never;

            others!();

            $(#[inline(always)]
            fn $serialize(self, number: $type) -> Result<(), Other> {
                self.push(Kind::$kind, &number.to_le_bytes())
            })*

            #[inline(always)]
            fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Other> {
                value.serialize(self)
            }

            others! {
                serialize_struct(&'static str, usize) -> Never;
            }
        }

        impl<'de> Deserializer<'de> for One<'_> {
            type Error = Failure;

            #[inline]
            fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
                // What serde itself keeps for a second look has no numbers of 128 bits.
                match self.kind {
                    Kind::I128 => {
                        if let Ok(number) = i64::try_from(i128::from_head(self.head, &mut false)) {
                            return visitor.visit_i64(number);
                        }
                    }
                    Kind::U128 => {
                        if let Ok(number) = u64::try_from(u128::from_head(self.head, &mut false)) {
                            return visitor.visit_u64(number);
                        }
                    }
                    _ => {}
                }
                match self.kind {
                    $(Kind::$kind => visitor.$visit($type::from_head(self.head, &mut false)),)*
                }
            }

            // Nearly always a number is read as what it was written as.
            $(#[inline]
            fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
                if self.kind == Kind::$kind && size_of::<$type>() < 16 {
                    return visitor.$visit($type::from_head(self.head, &mut false));
                }
                self.deserialize_any(visitor)
            })*

            fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
                visitor.visit_some(self.inner()?)
            }

            #[inline]
            fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Failure> {
                visitor.visit_newtype_struct(self.inner()?)
            }

            forward_to_deserialize_any! {
                bool char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct enum identifier
                ignored_any
            }
        }
    };
}
each_number!(numbers);

impl Kind {
    /// The kind of a number or run whose tag is so many after the first.
    #[inline]
    pub(super) fn after(first: u8, tag: u8) -> Option<Kind> {
        KINDS.get(usize::from(tag.checked_sub(first)?)).copied()
    }

    #[inline]
    pub(super) fn number_tag(self) -> u8 {
        tag::NUMBER + self as u8
    }

    pub(super) fn run_tag(self) -> u8 {
        tag::RUN + self as u8
    }
}

/// What a `Deserialize` takes a number from.
pub(super) struct One<'h> {
    kind: Kind,
    head: &'h [u8],
    /// How many options and newtypes it may be in: a type that holds itself so would go on for ever.
    left: u8,
}

impl<'h> One<'h> {
    #[inline]
    pub(super) fn of(kind: Kind, head: &'h [u8]) -> Self {
        One { kind, head, left: 64 }
    }

    #[inline]
    fn inner(self) -> Result<Self, Failure> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(One { left, ..self }),
            None => Err(Failure::custom("a number within more options and newtypes than 64")),
        }
    }
}

//! Integers, floats, `bool`, `char`, `NonZero`, atomics, unit: all head. Numbers are little-endian.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::num::NonZero;
use std::sync::atomic::{self, Ordering};

use crate::error::Result;
use crate::graph::Vacancy;
use crate::schema::{Describer, Primitive, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

/// The three impls of a type that is all head.
macro_rules! all_head {
    ($type:ty, $name:expr, $primitive:ident, |$value:ident, $head:ident| $write:expr, |$from:ident, $bad:ident| $read:expr) => {
        impl $crate::Shape for $type {
            const HEAD: usize = $crate::schema::Primitive::$primitive.head();
            const BODY: bool = false;
            const NESTS: bool = false;

            fn name() -> String {
                $name.to_owned()
            }

            fn describe(schema: &mut $crate::Describer) -> $crate::TypeRef {
                schema.primitive($crate::schema::Primitive::$primitive)
            }

            fn vacant(_: &mut $crate::Vacancy) -> Option<Self> {
                let ($from, $bad) = (&[0; $crate::schema::Primitive::$primitive.head()], &mut false);
                let _ = (&$from, &$bad);
                Some($read)
            }
        }

        impl $crate::Pickle for $type {
            const FALLIBLE: bool = false;

            #[inline(always)]
            fn head(&self, $head: &mut [u8]) {
                let $value = self;
                $write
            }

            #[inline(always)]
            fn body(&self, _: &mut $crate::Writer<'_>) {}
        }

        impl<'a> $crate::Unpickle<'a> for $type {
            #[inline(always)]
            fn build<'r>(head: &'r [u8], bad: &mut bool, _: &mut $crate::Reader<'r, 'a>) -> $crate::Result<Self> {
                Ok(Self::from_head(head, bad))
            }

            #[inline(always)]
            fn from_head($from: &[u8], $bad: &mut bool) -> Self {
                $read
            }
        }
    };
}
pub(super) use all_head;

/// The bytes of a number. A head always has its length; the zeros serve no case, and keep a panic out of the loop.
#[inline(always)]
fn chunk<const N: usize>(head: &[u8]) -> [u8; N] {
    match head.first_chunk() {
        Some(chunk) => *chunk,
        None => [0; N],
    }
}

macro_rules! number {
    ($($type:ident $primitive:ident,)*) => {$(
        all_head!($type, stringify!($type), $primitive,
            |value, head| head.copy_from_slice(&value.to_le_bytes()),
            |head, _bad| <$type>::from_le_bytes(chunk(head)));
    )*};
}

number! {
    u16 U16, u32 U32, u64 U64, u128 U128,
    i8 I8, i16 I16, i32 I32, i64 I64, i128 I128,
    f32 F32, f64 F64,
}

impl Shape for u8 {
    const HEAD: usize = 1;
    const BODY: bool = false;
    const NESTS: bool = false;

    fn name() -> String {
        "u8".to_owned()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.primitive(Primitive::U8)
    }

    fn vacant(_: &mut Vacancy) -> Option<Self> {
        Some(0)
    }
}

impl Pickle for u8 {
    const FALLIBLE: bool = false;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = *self;
    }

    #[inline(always)]
    fn body(&self, _: &mut Writer<'_>) {}

    #[inline]
    fn elements(items: &[u8], writer: &mut Writer<'_>) {
        writer.bytes(items);
    }

    fn scattered(items: &mut dyn Iterator<Item = &u8>, writer: &mut Writer<'_>) {
        writer.bytes(&items.copied().collect::<Vec<_>>());
    }
}

impl<'a> Unpickle<'a> for u8 {
    #[inline(always)]
    fn build<'r>(head: &'r [u8], _: &mut bool, _: &mut Reader<'r, 'a>) -> Result<Self> {
        Ok(head[0])
    }

    #[inline(always)]
    fn from_head(head: &[u8], _: &mut bool) -> Self {
        head[0]
    }

    #[inline]
    fn build_elements<'r>(count: usize, reader: &mut Reader<'r, 'a>) -> Result<Vec<u8>> {
        reader.owned_bytes(count, 0)
    }

    fn build_cow<'r, 'x>(count: usize, reader: &mut Reader<'r, 'a>) -> Result<Cow<'x, [u8]>>
    where
        'a: 'x,
    {
        match reader.try_lend_bytes(count)? {
            Some(lent) => Ok(Cow::Borrowed(lent)),
            None => u8::build_elements(count, reader).map(Cow::Owned),
        }
    }
}

all_head!(bool, "bool", Bool, |value, head| head[0] = u8::from(*value), |head, bad| {
    *bad |= head[0] > 1;
    head[0] == 1
});

all_head!(char, "char", Char, |value, head| head.copy_from_slice(&u32::from(*value).to_le_bytes()), |head, bad| {
    let found = char::from_u32(u32::from_le_bytes(chunk(head)));
    *bad |= found.is_none();
    found.unwrap_or_default()
});

// 64 bits on every machine; a number that does not fit the reader's is an error there.
all_head!(usize, "usize", Usize, |value, head| head.copy_from_slice(&(*value as u64).to_le_bytes()), |head, bad| {
    let number = u64::from_le_bytes(chunk(head));
    *bad |= usize::try_from(number).is_err();
    number as usize
});

all_head!(isize, "isize", Isize, |value, head| head.copy_from_slice(&(*value as i64).to_le_bytes()), |head, bad| {
    let number = i64::from_le_bytes(chunk(head));
    *bad |= isize::try_from(number).is_err();
    number as isize
});

all_head!((), "()", Unit, |_value, _head| {}, |_head, _bad| ());

impl<T: ?Sized> Shape for PhantomData<T> {
    const HEAD: usize = 0;
    const BODY: bool = false;
    const NESTS: bool = false;

    fn name() -> String {
        "PhantomData".to_owned()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.primitive(Primitive::Unit)
    }

    fn vacant(_: &mut Vacancy) -> Option<Self> {
        Some(PhantomData)
    }
}

impl<T: ?Sized> Pickle for PhantomData<T> {
    const FALLIBLE: bool = false;

    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}

    #[inline(always)]
    fn body(&self, _: &mut Writer<'_>) {}
}

impl<'a, T: ?Sized> Unpickle<'a> for PhantomData<T> {
    #[inline(always)]
    fn build<'r>(_: &'r [u8], _: &mut bool, _: &mut Reader<'r, 'a>) -> Result<Self> {
        Ok(PhantomData)
    }

    #[inline(always)]
    fn from_head(_: &[u8], _: &mut bool) -> Self {
        PhantomData
    }
}

macro_rules! non_zero {
    ($($type:ident)*) => {$(
        impl Shape for NonZero<$type> {
            const HEAD: usize = <$type>::HEAD;
            const BODY: bool = false;
            const NESTS: bool = false;

            fn name() -> String {
                concat!("NonZero<", stringify!($type), ">").to_owned()
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                schema.non_zero::<Self>(<$type>::describe)
            }

            fn vacant(_: &mut Vacancy) -> Option<Self> {
                Some(NonZero::<$type>::MIN)
            }
        }

        impl Pickle for NonZero<$type> {
            const FALLIBLE: bool = false;

            #[inline(always)]
            fn head(&self, head: &mut [u8]) {
                self.get().head(head);
            }

            #[inline(always)]
            fn body(&self, _: &mut Writer<'_>) {}
        }

        impl<'a> Unpickle<'a> for NonZero<$type> {
            #[inline(always)]
            fn build<'r>(head: &'r [u8], bad: &mut bool, _: &mut Reader<'r, 'a>) -> Result<Self> {
                Ok(Self::from_head(head, bad))
            }

            #[inline(always)]
            fn from_head(head: &[u8], bad: &mut bool) -> Self {
                let found = NonZero::new(<$type>::from_head(head, bad));
                *bad |= found.is_none();
                found.unwrap_or(NonZero::<$type>::MIN)
            }
        }
    )*};
}
non_zero!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// Atomics are read once, and look like the number that they hold.
macro_rules! atomic {
    ($($atomic:ident $type:ident,)*) => {$(
        impl Shape for atomic::$atomic {
            const HEAD: usize = <$type>::HEAD;
            const BODY: bool = false;
            const NESTS: bool = false;

            fn name() -> String {
                stringify!($atomic).to_owned()
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                <$type>::describe(schema)
            }

            fn vacant(_: &mut Vacancy) -> Option<Self> {
                Some(Self::default())
            }
        }

        impl Pickle for atomic::$atomic {
            const FALLIBLE: bool = false;

            #[inline(always)]
            fn head(&self, head: &mut [u8]) {
                self.load(Ordering::SeqCst).head(head);
            }

            #[inline(always)]
            fn body(&self, _: &mut Writer<'_>) {}
        }

        impl<'a> Unpickle<'a> for atomic::$atomic {
            #[inline(always)]
            fn build<'r>(head: &'r [u8], bad: &mut bool, _: &mut Reader<'r, 'a>) -> Result<Self> {
                Ok(Self::from_head(head, bad))
            }

            #[inline(always)]
            fn from_head(head: &[u8], bad: &mut bool) -> Self {
                Self::new(<$type>::from_head(head, bad))
            }
        }
    )*};
}
atomic! {
    AtomicBool bool,
    AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize,
    AtomicI8 i8, AtomicI16 i16, AtomicI32 i32, AtomicI64 i64, AtomicIsize isize,
}

//! `Rc`, `Arc` and their `Weak`s: the number of an object.

use std::{rc, sync};

use crate::error::Result;
use crate::graph::{ArcPointers, Family, RcPointers, Target, Vacancy};
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

/// The impls of one kind of pointer, strong or weak.
macro_rules! pointer {
    ($type:ty, $family:ident, $name:ident, $describe:ident, $method:ident, $touch:ident, |$vacancy:ident| $vacant:expr, $has_vacant:expr) => {
        impl<T: ?Sized + Target> Shape for $type {
            const HEAD: usize = 0;
            const BODY: bool = true;
            // The object has a record of its own: nothing nests along pointers.
            const NESTS: bool = false;

            fn name() -> String {
                format!("{}<{}>", $family::$name, T::target_name())
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                schema.$describe::<$family, T>()
            }

            fn vacant($vacancy: &mut Vacancy) -> Option<Self> {
                $vacant
            }

            fn has_vacant($vacancy: &mut Vacancy) -> bool {
                $has_vacant
            }
        }

        impl<T: ?Sized + Target> Pickle for $type {
            const FALLIBLE: bool = true;

            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}

            #[inline]
            fn body(&self, writer: &mut Writer<'_>) {
                writer.$method::<$family, T>(self);
            }

            #[inline]
            fn touch(&self, writer: &Writer<'_>) {
                writer.$touch::<$family, T>(self);
            }
        }

        impl<'a, T: ?Sized + Target> Unpickle<'a> for $type {
            #[inline]
            fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
                reader.$method::<$family, T>()
            }
        }
    };
}
pointer!(
    rc::Rc<T>,
    RcPointers,
    STRONG,
    shared,
    strong,
    touch_strong,
    |vacancy| T::vacant_target::<RcPointers>(vacancy),
    T::has_vacant_target(vacancy)
);
pointer!(
    sync::Arc<T>,
    ArcPointers,
    STRONG,
    shared,
    strong,
    touch_strong,
    |vacancy| T::vacant_target::<ArcPointers>(vacancy),
    T::has_vacant_target(vacancy)
);
pointer!(
    rc::Weak<T>,
    RcPointers,
    WEAK,
    weak,
    weak,
    touch_weak,
    |_vacancy| T::dangling::<RcPointers>(),
    T::dangling::<RcPointers>().is_some()
);
pointer!(
    sync::Weak<T>,
    ArcPointers,
    WEAK,
    weak,
    weak,
    touch_weak,
    |_vacancy| T::dangling::<ArcPointers>(),
    T::dangling::<ArcPointers>().is_some()
);

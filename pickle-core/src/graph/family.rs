//! `Rc` and `Arc`, with their `Weak`s, as two of one kind.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::{rc, sync};

use super::Class;
use crate::registry::ImplementorEntry;

/// A kind of shared pointer: `Rc` or `Arc`, each with its `Weak`.
#[doc(hidden)]
pub trait Family: Sized + 'static {
    type Strong<T: ?Sized + 'static>: Clone + Deref<Target = T> + 'static;
    type Weak<T: ?Sized + 'static>: Clone + 'static;
    const STRONG: &'static str;
    const WEAK: &'static str;

    fn new<T: 'static>(value: T) -> Self::Strong<T>;
    fn new_cyclic<T: 'static>(make: impl FnOnce(&Self::Weak<T>) -> T) -> Self::Strong<T>;
    fn text(text: &str) -> Self::Strong<str>;
    fn slice<T: 'static>(items: Vec<T>) -> Self::Strong<[T]>;
    fn downgrade<T: ?Sized + 'static>(strong: &Self::Strong<T>) -> Self::Weak<T>;
    fn upgrade<T: ?Sized + 'static>(weak: &Self::Weak<T>) -> Option<Self::Strong<T>>;
    fn strong_count<T: ?Sized + 'static>(strong: &Self::Strong<T>) -> usize;
    /// The address of what a `Weak` points to or pointed to; of nothing's own where it never pointed to anything.
    fn weak_address<T: ?Sized + 'static>(weak: &Self::Weak<T>) -> usize;
    fn dangling<T: 'static>() -> Self::Weak<T>;
    /// How an implementor's pointers become those of its trait.
    fn casts<V: ?Sized + 'static>(views: &Views<V>) -> &Casts<V, Self>;
    /// The class of an implementor behind this kind of pointer.
    fn class(entry: &ImplementorEntry) -> &'static dyn Class;
}

/// `Rc` and `rc::Weak`.
#[doc(hidden)]
#[derive(Debug)]
pub enum RcPointers {}

/// `Arc` and `sync::Weak`.
#[doc(hidden)]
#[derive(Debug)]
pub enum ArcPointers {}

macro_rules! family {
    ($family:ident, $strong:ident, $module:ident, $view:ident, $class:ident) => {
        impl Family for $family {
            type Strong<T: ?Sized + 'static> = $module::$strong<T>;
            type Weak<T: ?Sized + 'static> = $module::Weak<T>;
            const STRONG: &'static str = stringify!($strong);
            const WEAK: &'static str = "Weak";

            #[inline]
            fn new<T: 'static>(value: T) -> Self::Strong<T> {
                $module::$strong::new(value)
            }

            fn new_cyclic<T: 'static>(make: impl FnOnce(&Self::Weak<T>) -> T) -> Self::Strong<T> {
                $module::$strong::new_cyclic(make)
            }

            fn text(text: &str) -> Self::Strong<str> {
                text.into()
            }

            fn slice<T: 'static>(items: Vec<T>) -> Self::Strong<[T]> {
                items.into()
            }

            #[inline]
            fn downgrade<T: ?Sized + 'static>(strong: &Self::Strong<T>) -> Self::Weak<T> {
                $module::$strong::downgrade(strong)
            }

            #[inline]
            fn upgrade<T: ?Sized + 'static>(weak: &Self::Weak<T>) -> Option<Self::Strong<T>> {
                weak.upgrade()
            }

            #[inline]
            fn strong_count<T: ?Sized + 'static>(strong: &Self::Strong<T>) -> usize {
                $module::$strong::strong_count(strong)
            }

            #[inline]
            fn weak_address<T: ?Sized + 'static>(weak: &Self::Weak<T>) -> usize {
                weak.as_ptr().cast::<()>().addr()
            }

            fn dangling<T: 'static>() -> Self::Weak<T> {
                $module::Weak::new()
            }

            fn casts<V: ?Sized + 'static>(views: &Views<V>) -> &Casts<V, Self> {
                &views.$view
            }

            fn class(entry: &ImplementorEntry) -> &'static dyn Class {
                entry.$class
            }
        }
    };
}
family!(RcPointers, Rc, rc, rc, rc_class);
family!(ArcPointers, Arc, sync, arc, arc_class);

/// How a pointer to an implementor becomes one to its trait; each gives `None` for a pointer to any other type.
#[doc(hidden)]
pub struct Casts<V: ?Sized + 'static, F: Family> {
    pub strong: fn(&dyn Any) -> Option<F::Strong<V>>,
    pub weak: fn(&dyn Any) -> Option<F::Weak<V>>,
    pub dangling: fn() -> F::Weak<V>,
}

/// What can be had of an implementor behind the view `V` of its trait.
#[doc(hidden)]
pub struct Views<V: ?Sized + 'static> {
    pub boxed: fn(&mut crate::Reader<'_, '_>) -> crate::Result<Box<V>>,
    pub fill: fn(&V, &mut crate::Reader<'_, '_>) -> crate::Result<()>,
    pub rc: Casts<V, RcPointers>,
    pub arc: Casts<V, ArcPointers>,
}

impl<V: ?Sized, F: Family> fmt::Debug for Casts<V, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Casts").finish_non_exhaustive()
    }
}

impl<V: ?Sized> fmt::Debug for Views<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Views").finish_non_exhaustive()
    }
}

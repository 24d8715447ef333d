//! What a loader must know of a pointer's target to build its record.

use std::any::{Any, TypeId};
use std::fmt;
use std::marker::PhantomData;

use super::{Family, Target, Vacancy};
use crate::error::Result;
use crate::schema::TypeSchema;
use crate::wire::Reader;

/// The objects of one class: behind one kind of pointer, of one concrete type.
#[doc(hidden)]
pub trait Class: fmt::Debug + Sync {
    /// The concrete type of the objects.
    fn concrete(&self) -> TypeId;
    fn table(&self) -> Box<dyn Table>;
    /// Builds a record and puts the pointer to it into `table`.
    fn restore(&self, table: usize, reader: &mut Reader<'_, '_>) -> Result<()>;
    /// Builds an object that the records before its own may already refer to weakly.
    fn restore_cyclic(&self, id: u32, table: usize, reader: &mut Reader<'_, '_>) -> Result<()>;
    /// Whether `restore_cyclic` works.
    fn has_vacant(&self) -> bool;
    /// Fills the vacant cells of an object, or vacates them, as the reader says.
    fn refill(&self, table: usize, index: usize, reader: &mut Reader<'_, '_>) -> Result<()>;
}

/// The one [`Class`] of `F`'s pointers to `T`.
#[doc(hidden)]
pub struct ClassOf<F, T: ?Sized>(pub PhantomData<fn(&T) -> F>);

impl<F, T: ?Sized> fmt::Debug for ClassOf<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::names::short::<T>())
    }
}

impl<F: Family, T: ?Sized + Target> Class for ClassOf<F, T> {
    fn concrete(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn table(&self) -> Box<dyn Table> {
        Box::new(Pointers::<F, T> { items: Vec::new() })
    }

    fn restore(&self, table: usize, reader: &mut Reader<'_, '_>) -> Result<()> {
        let strong = T::restore::<F>(reader)?;
        reader.keep::<F, T>(table, strong)
    }

    fn restore_cyclic(&self, id: u32, table: usize, reader: &mut Reader<'_, '_>) -> Result<()> {
        let strong = T::restore_cyclic::<F>(id, reader)?;
        reader.keep::<F, T>(table, strong)
    }

    fn has_vacant(&self) -> bool {
        T::has_vacant_target(&mut Vacancy::default())
    }

    fn refill(&self, table: usize, index: usize, reader: &mut Reader<'_, '_>) -> Result<()> {
        let strong = reader.kept::<F, T>(table, index)?;
        T::refill(&strong, reader)
    }
}

/// How the class of a pointer's target is found: it is the pointer's own, or the registry knows it by name.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum PointerClass {
    Known(&'static dyn Class),
    Behind(fn(&str) -> Result<(&'static dyn Class, &'static TypeSchema)>),
}

/// Pointers to the objects of one class.
pub(super) struct Pointers<F: Family, T: ?Sized + 'static> {
    pub(super) items: Vec<F::Strong<T>>,
}

/// The address of an object: its identity while anything refers to it.
#[inline]
pub(super) fn address<T: ?Sized>(object: &T) -> usize {
    std::ptr::from_ref(object).cast::<()>().addr()
}

/// A table of pointers of some class.
#[doc(hidden)]
pub trait Table: Any {
    fn get(&self, index: usize) -> Option<&dyn Any>;
    fn len(&self) -> usize;
    /// The address of an object.
    fn address(&self, index: usize) -> usize;
    /// Lets go of the last pointers, one after the other.
    fn pop(&mut self, count: usize);
    fn reverse(&mut self);
    fn any(&self) -> &dyn Any;
    fn any_mut(&mut self) -> &mut dyn Any;
}

impl<F: Family, T: ?Sized + 'static> Table for Pointers<F, T> {
    #[inline]
    fn get(&self, index: usize) -> Option<&dyn Any> {
        self.items.get(index).map(|strong| strong as &dyn Any)
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn address(&self, index: usize) -> usize {
        address::<T>(&self.items[index])
    }

    fn pop(&mut self, count: usize) {
        for _ in 0..count {
            self.items.pop();
        }
    }

    fn reverse(&mut self) {
        self.items.reverse();
    }

    fn any(&self) -> &dyn Any {
        self
    }

    fn any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

//! Trait objects: which types a trait may stand for, and how each is dumped and built.

use std::any::{Any, TypeId, type_name};

use super::{Place, Registry};
use crate::error::Result;
use crate::schema::TypeSchema;
use crate::wire::{Reader, RuntimeType, Writer};

/// What `#[object]` adds to a trait as a supertrait: the way from the trait object to its concrete type.
#[doc(hidden)]
pub trait Object: Any {
    fn __pickle_any(&self) -> &dyn Any;
    fn __pickle_type_name(&self) -> &'static str;
}

impl<T: Any> Object for T {
    fn __pickle_any(&self) -> &dyn Any {
        self
    }

    fn __pickle_type_name(&self) -> &'static str {
        type_name::<T>()
    }
}

/// One registration of an implementor for one view of a trait, as `inventory` collects it.
#[doc(hidden)]
#[derive(Debug)]
pub struct ImplementorEntry {
    pub place: Place,
    /// `dyn Trait`, or `dyn Trait + Send` and so on.
    pub view: fn() -> TypeId,
    pub concrete: fn() -> TypeId,
    pub name: fn() -> String,
    pub schema: fn() -> Result<&'static TypeSchema>,
    pub persist: fn(&dyn Any, &mut Writer<'_>),
    /// A `BoxedBy<dyn Trait>`; `None` where the type can't be had behind this view.
    pub boxed: Option<&'static (dyn Any + Send + Sync)>,
}

/// How an implementor is built behind the view `V`.
#[doc(hidden)]
#[derive(Debug)]
pub struct BoxedBy<V: ?Sized + 'static>(pub fn(&mut Reader<'_, '_>) -> Result<Box<V>>);

/// Writes what stands behind a trait object: the number of its type, then its value.
#[doc(hidden)]
pub fn persist_object<V: ?Sized + 'static>(object: &dyn Any, type_name: &str, writer: &mut Writer<'_>) {
    let concrete = object.type_id();
    let entry = Registry::program().implementor_for::<V>(concrete, type_name);
    let (entry, schema) = match entry.and_then(|entry| Ok((entry, (entry.schema)()?))) {
        Ok(found) => found,
        Err(error) => return writer.fail(error),
    };
    if writer.enter() {
        writer.runtime_type(std::ptr::from_ref(entry).addr(), RuntimeType::Implementor(concrete), entry.name, schema);
        (entry.persist)(object, writer);
        writer.leave();
    }
}

/// Builds what stands behind a trait object.
#[doc(hidden)]
pub fn restore_object<V: ?Sized + 'static>(reader: &mut Reader<'_, '_>) -> Result<Box<V>> {
    reader.enter()?;
    reader.charge_object()?;
    let boxed = reader.resolve(TypeId::of::<V>(), |found, reader| {
        let entry = Registry::program().implementor::<V>(found.name).map_err(|error| reader.place(error))?;
        reader.check_runtime_type(found, (entry.schema)()?)?;
        Ok(entry.boxed)
    })?;
    let Some(BoxedBy(restore)) = boxed.downcast_ref::<BoxedBy<V>>() else {
        return Err(reader.corrupt("a type that this trait does not have"));
    };
    let object = restore(reader)?;
    reader.leave();
    Ok(object)
}

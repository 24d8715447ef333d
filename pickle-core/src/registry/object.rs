//! Trait objects: which types a trait may stand for, and how each is dumped and built.

use std::any::{Any, TypeId, type_name};
use std::marker::PhantomData;

use super::{Place, Registry};
use crate::error::Result;
use crate::graph::{Class, Family, PointerClass, Views};
use crate::schema::{Alternative, Alternatives, TypeSchema};
use crate::stack::deeper;
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

/// The types registered for the view `V` of a trait.
#[doc(hidden)]
#[derive(Debug)]
pub struct BehindDyn<V: ?Sized>(PhantomData<fn() -> Box<V>>);

impl<V: ?Sized + 'static> Alternatives for BehindDyn<V> {
    fn find(name: &str) -> Result<Alternative> {
        alternative(Registry::program().implementor::<V>(name)?)
    }

    fn look_up(name: &str) -> Option<Alternative> {
        match Registry::program().implementors_named::<V>(name) {
            [entry] => alternative(entry).ok(),
            _ => None,
        }
    }

    fn all() -> Vec<&'static TypeSchema> {
        Registry::program().implementors::<V>().filter_map(|entry| (entry.schema)().ok()).collect()
    }
}

fn alternative(entry: &'static ImplementorEntry) -> Result<Alternative> {
    Ok(Alternative {
        name: (entry.name)(),
        schema: (entry.schema)()?,
        kind: RuntimeType::Implementor((entry.concrete)()),
        entry: std::ptr::from_ref(entry).addr(),
    })
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
    /// The names that earlier releases stored it under.
    pub former_names: fn() -> Vec<String>,
    pub schema: fn() -> Result<&'static TypeSchema>,
    pub persist: fn(&dyn Any, &mut Writer<'_>),
    /// A `Views<dyn Trait>`; `None` where the type can't be had behind this view.
    pub views: Option<&'static (dyn Any + Send + Sync)>,
    pub rc_class: &'static dyn Class,
    pub arc_class: &'static dyn Class,
}

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
        let number = number(entry, schema, writer);
        writer.runtime_type(number);
        writer.in_scope(TypeId::of::<BehindDyn<V>>(), number, schema, |writer| {
            deeper(|| (entry.persist)(object, writer))
        });
        writer.leave();
    }
}

/// The number of an implementor's type in the stream.
fn number(entry: &'static ImplementorEntry, schema: &TypeSchema, writer: &mut Writer<'_>) -> usize {
    let kind = RuntimeType::Implementor((entry.concrete)());
    writer.runtime_type_number(std::ptr::from_ref(entry).addr(), kind, entry.name, schema)
}

/// Builds what stands behind a trait object.
#[doc(hidden)]
pub fn restore_object<V: ?Sized + 'static>(reader: &mut Reader<'_, '_>) -> Result<Box<V>> {
    reader.enter()?;
    reader.charge_objects(1)?;
    let views = reader.resolve(TypeId::of::<V>(), |found, reader| {
        let entry = Registry::program().implementor::<V>(found.name).map_err(|error| reader.place(error))?;
        reader.check_runtime_type(found, (entry.schema)()?)?;
        Ok(entry.views)
    })?;
    let Some(views) = views.downcast_ref::<Views<V>>() else {
        return Err(reader.corrupt("a type that this trait does not have"));
    };
    let object = deeper(|| (views.boxed)(reader))?;
    reader.leave();
    Ok(object)
}

/// Fills, or vacates, the deferred cells of what stands behind a trait object.
#[doc(hidden)]
pub fn fill_object<V: ?Sized + Object>(object: &V, reader: &mut Reader<'_, '_>) -> Result<()> {
    match views::<V>(object.__pickle_any().type_id()) {
        Some(views) => (views.fill)(object, reader),
        None => Err(reader.corrupt("an object of a type that is not registered")),
    }
}

/// How the type `concrete` is had behind `V`.
fn views<V: ?Sized + 'static>(concrete: TypeId) -> Option<&'static Views<V>> {
    let entry = Registry::program().implementor_for::<V>(concrete, "").ok()?;
    entry.views?.downcast_ref()
}

// What makes `dyn Trait` the target of shared pointers; `#[object]` names these.

#[doc(hidden)]
pub fn object_class<V: ?Sized + 'static, F: Family>() -> PointerClass {
    PointerClass::Behind(|name| {
        let entry = Registry::program().implementor::<V>(name)?;
        Ok((F::class(entry), (entry.schema)()?))
    })
}

/// For a trait object: the number of its type in the stream, its registration, and the key of its trait in a schema.
#[doc(hidden)]
pub type Registered = Option<(usize, &'static ImplementorEntry, TypeId)>;

#[doc(hidden)]
pub fn registered<V: ?Sized + Object>(object: &V, writer: &mut Writer<'_>) -> Result<Registered> {
    let concrete = object.__pickle_any().type_id();
    let entry = Registry::program().implementor_for::<V>(concrete, object.__pickle_type_name())?;
    let number = number(entry, (entry.schema)()?, writer);
    Ok(Some((number, entry, TypeId::of::<BehindDyn<V>>())))
}

/// Writes the record of an object behind `dyn`: the class of the record says its type.
#[doc(hidden)]
pub fn persist_shared<V: ?Sized + Object>(object: &V, writer: &mut Writer<'_>) {
    let object_any = object.__pickle_any();
    match Registry::program().implementor_for::<V>(object_any.type_id(), object.__pickle_type_name()) {
        Ok(entry) => (entry.persist)(object_any, writer),
        Err(error) => writer.fail(error),
    }
}

#[doc(hidden)]
pub fn strong_object<V: ?Sized + 'static, F: Family>(pointer: &dyn Any, concrete: TypeId) -> Option<F::Strong<V>> {
    (F::casts(views::<V>(concrete)?).strong)(pointer)
}

#[doc(hidden)]
pub fn weak_object<V: ?Sized + 'static, F: Family>(pointer: &dyn Any, concrete: TypeId) -> Option<F::Weak<V>> {
    (F::casts(views::<V>(concrete)?).weak)(pointer)
}

/// A `Weak` of a trait that points to nothing: of any implementor.
#[doc(hidden)]
pub fn dangling_object<V: ?Sized + 'static, F: Family>() -> Option<F::Weak<V>> {
    let mut views = Registry::program().implementors::<V>().filter_map(|entry| entry.views?.downcast_ref::<Views<V>>());
    views.next().map(|views| (F::casts(views).dangling)())
}

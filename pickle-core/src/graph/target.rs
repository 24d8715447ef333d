//! What a shared pointer may point to: sized types, `str`, slices, and the traits that `#[object]` stands on.

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::rc::Rc;

use super::class::PointerClass;
use super::{ClassOf, Family, Vacancy};
use crate::error::Result;
use crate::registry::Registered;
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, UnpickleOwned};
use crate::wire::{Reader, Writer};

/// What an `Rc`, an `Arc` or a `Weak` may point to.
///
/// Every owned type that can be pickled is one, and so are `str`, slices, and `dyn Trait` with
/// [`#[object]`](crate::object) on the trait.
///
/// ```
/// use std::rc::Rc;
/// use pickle_core::{dumps, loads};
/// let shared: Rc<str> = "one string".into();
/// let (a, b): (Rc<str>, Rc<str>) = loads(&dumps(&(shared.clone(), shared))?)?;
/// assert!(Rc::ptr_eq(&a, &b));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a shared pointer to `{Self}` cannot be pickled",
    label = "no `Rc`, `Arc` or `Weak` of this can be restored",
    note = "a type of your own: `#[derive(pickle_core::Pickle)]`, and nothing in it may borrow",
    note = "a trait object: `#[pickle_core::object]` on the trait and on each of its `impl`s"
)]
pub trait Target: 'static {
    #[doc(hidden)]
    fn target_name() -> String;
    #[doc(hidden)]
    fn describe_target(schema: &mut Describer) -> TypeRef;
    #[doc(hidden)]
    fn class<F: Family>() -> PointerClass;
    /// The type of the object itself, whatever it is seen as.
    #[doc(hidden)]
    fn concrete(&self) -> TypeId;
    /// For a trait object: the number of its type in this stream, its registration, and the key of its trait in a schema.
    #[doc(hidden)]
    fn implementor(&self, _writer: &mut Writer<'_>) -> Result<Registered> {
        Ok(None)
    }
    #[doc(hidden)]
    fn persist(&self, writer: &mut Writer<'_>);
    #[doc(hidden)]
    #[inline]
    fn touch(&self, _writer: &Writer<'_>) {}
    #[doc(hidden)]
    fn restore<F: Family>(reader: &mut Reader<'_, '_>) -> Result<F::Strong<Self>> {
        Err(reader.corrupt("a record of a class that is none"))
    }
    #[doc(hidden)]
    fn restore_cyclic<F: Family>(_id: u32, reader: &mut Reader<'_, '_>) -> Result<F::Strong<Self>> {
        Err(reader.corrupt("a record that refers to itself and can't"))
    }
    #[doc(hidden)]
    fn refill(&self, _reader: &mut Reader<'_, '_>) -> Result<()> {
        Ok(())
    }
    /// Whether there is a [`vacant_target`](Target::vacant_target).
    #[doc(hidden)]
    fn has_vacant_target(_: &mut Vacancy) -> bool {
        false
    }
    #[doc(hidden)]
    fn vacant_target<F: Family>(_: &mut Vacancy) -> Option<F::Strong<Self>> {
        None
    }
    /// A pointer as this type, from a pointer to the object's own type.
    #[doc(hidden)]
    fn strong<F: Family>(pointer: &dyn Any, _concrete: TypeId) -> Option<F::Strong<Self>> {
        pointer.downcast_ref::<F::Strong<Self>>().cloned()
    }
    #[doc(hidden)]
    fn weak<F: Family>(pointer: &dyn Any, _concrete: TypeId) -> Option<F::Weak<Self>> {
        pointer.downcast_ref::<F::Weak<Self>>().cloned()
    }
    /// A `Weak` of this type that points to nothing.
    #[doc(hidden)]
    fn dangling<F: Family>() -> Option<F::Weak<Self>>;
}

impl<T: Pickle + UnpickleOwned + 'static> Target for T {
    fn target_name() -> String {
        T::name()
    }

    fn describe_target(schema: &mut Describer) -> TypeRef {
        T::describe(schema)
    }

    fn class<F: Family>() -> PointerClass {
        PointerClass::Known(const { &ClassOf::<F, T>(PhantomData) })
    }

    #[inline]
    fn concrete(&self) -> TypeId {
        TypeId::of::<T>()
    }

    #[inline]
    fn persist(&self, writer: &mut Writer<'_>) {
        writer.value(self);
    }

    #[inline]
    fn touch(&self, writer: &Writer<'_>) {
        Pickle::touch(self, writer);
    }

    fn restore<F: Family>(reader: &mut Reader<'_, '_>) -> Result<F::Strong<T>> {
        reader.charge(size_of::<(usize, usize, T)>())?;
        reader.value::<T>().map(F::new)
    }

    fn restore_cyclic<F: Family>(id: u32, reader: &mut Reader<'_, '_>) -> Result<F::Strong<T>> {
        reader.charge(size_of::<(usize, usize, T)>())?;
        let Some(vacant) = T::vacant(&mut Vacancy::default()) else {
            return Err(reader.corrupt("a record that refers to itself, of a type without a vacant value"));
        };
        let mut failed = None;
        let strong = F::new_cyclic::<T>(|weak| {
            let built = reader.open(id, Box::new(weak.clone()));
            match built.and_then(|()| reader.value::<T>()) {
                Ok(value) => value,
                Err(error) => {
                    failed = Some(error);
                    vacant
                }
            }
        });
        match failed {
            None => Ok(strong),
            Some(error) => Err(error),
        }
    }

    fn refill(&self, reader: &mut Reader<'_, '_>) -> Result<()> {
        self.fill(reader)
    }

    fn has_vacant_target(vacancy: &mut Vacancy) -> bool {
        vacancy.of::<Rc<T>, _>(|vacancy| T::has_vacant(vacancy).then_some(())).is_some()
    }

    fn vacant_target<F: Family>(vacancy: &mut Vacancy) -> Option<F::Strong<T>> {
        vacancy.of::<Rc<T>, _>(|vacancy| T::vacant(vacancy)).map(F::new)
    }

    fn dangling<F: Family>() -> Option<F::Weak<T>> {
        Some(F::dangling())
    }
}

impl Target for str {
    fn target_name() -> String {
        str::name()
    }

    fn describe_target(schema: &mut Describer) -> TypeRef {
        str::describe(schema)
    }

    fn class<F: Family>() -> PointerClass {
        PointerClass::Known(const { &ClassOf::<F, str>(PhantomData) })
    }

    fn concrete(&self) -> TypeId {
        TypeId::of::<str>()
    }

    fn persist(&self, writer: &mut Writer<'_>) {
        writer.value(self);
    }

    fn restore<F: Family>(reader: &mut Reader<'_, '_>) -> Result<F::Strong<str>> {
        reader.charge(size_of::<(usize, usize)>())?;
        let head = reader.take(str::HEAD)?;
        let length = reader.length(head[0])?;
        reader.text(length).map(F::text)
    }

    fn has_vacant_target(_: &mut Vacancy) -> bool {
        true
    }

    fn vacant_target<F: Family>(_: &mut Vacancy) -> Option<F::Strong<str>> {
        Some(F::text(""))
    }

    // An unsized `Weak` can't be made from nothing: one whose object is gone is as good.
    fn dangling<F: Family>() -> Option<F::Weak<str>> {
        Some(F::downgrade(&F::text("")))
    }
}

impl<T: Pickle + UnpickleOwned + 'static> Target for [T] {
    fn target_name() -> String {
        <[T]>::name()
    }

    fn describe_target(schema: &mut Describer) -> TypeRef {
        <[T]>::describe(schema)
    }

    fn class<F: Family>() -> PointerClass {
        PointerClass::Known(const { &ClassOf::<F, [T]>(PhantomData) })
    }

    fn concrete(&self) -> TypeId {
        TypeId::of::<[T]>()
    }

    fn persist(&self, writer: &mut Writer<'_>) {
        writer.value(self);
    }

    fn restore<F: Family>(reader: &mut Reader<'_, '_>) -> Result<F::Strong<[T]>> {
        let items = reader.value::<Vec<T>>()?;
        reader.charge(size_of::<(usize, usize)>().saturating_add(size_of_val(items.as_slice())))?;
        Ok(F::slice(items))
    }

    fn refill(&self, reader: &mut Reader<'_, '_>) -> Result<()> {
        self.iter().try_for_each(|item| item.fill(reader))
    }

    fn has_vacant_target(_: &mut Vacancy) -> bool {
        true
    }

    fn vacant_target<F: Family>(_: &mut Vacancy) -> Option<F::Strong<[T]>> {
        Some(F::slice(Vec::new()))
    }

    fn dangling<F: Family>() -> Option<F::Weak<[T]>> {
        Some(F::downgrade(&F::slice(Vec::new())))
    }
}

//! What generated code names. Not for users: no promise is kept here from one release to the next.

use std::any::TypeId;

pub use inventory;
pub use pickle_derive::{func, register};

use crate::context::{Context, External};
use crate::error::{BoxError, Error, ErrorKind, Result, Step};
pub use crate::graph::{ArcPointers, Casts, Class, ClassOf, Family, PointerClass, RcPointers, Views};
use crate::reduce::Reduced;
pub use crate::registry::{
    BehindDyn, FunctionEntry, FunctionItem, ImplementorEntry, NoRebuilder, Object, Place, RebuilderOf, Registered,
    dangling_object, fill_object, object_class, persist_object, persist_shared, registered, restore_object,
    strong_object, weak_object,
};
use crate::registry::{Rebuilder, Registry};
use crate::schema::Numbering;
pub use crate::schema::{
    Alternative, Alternatives, DefaultOf, DefaultValue, Describe, Describer, FieldDefault, FieldShape, KeepsVariant,
    Names, Other, Style, TypeRef, VariantShape,
};
use crate::traits::{Pickle, Shape, Unpickle, UnpickleOwned};
use crate::wire::RuntimeType;
pub use crate::wire::{Reader, Writer};

pub mod compact;
#[cfg(feature = "serde")]
pub mod serde {
    pub use crate::bridge::{Both, Lent, Owned, dump, load};
}
#[cfg(not(feature = "serde"))]
pub mod serde;

/// The schema of a type, for the registry.
pub fn schema_of<T: Shape>() -> Result<&'static crate::schema::TypeSchema> {
    crate::schema::of::<T>()
}

/// The type of a function's item.
pub fn type_of<I: 'static>(_: &I) -> std::any::TypeId {
    std::any::TypeId::of::<I>()
}

/// Writes what stands behind a trait object, of which this is the type.
pub fn persist_concrete<T: Pickle + 'static>(object: &dyn std::any::Any, writer: &mut Writer<'_>) {
    if let Some(value) = object.downcast_ref::<T>() {
        writer.value(value);
    }
}

/// Fills, or vacates, the deferred cells of what stands behind a trait object, of which this is the type.
pub fn fill_concrete<T: UnpickleOwned + 'static>(
    object: &dyn std::any::Any,
    reader: &mut Reader<'_, '_>,
) -> Result<()> {
    object.downcast_ref::<T>().map_or(Ok(()), |value| value.fill(reader))
}

/// A field's name in the path of an error.
#[derive(Debug, Clone, Copy)]
pub enum Name {
    Named(&'static str),
    Position(usize),
}

impl From<Name> for Step {
    fn from(name: Name) -> Step {
        match name {
            Name::Named(name) => Step::Field(name.into()),
            Name::Position(position) => Step::Position(position),
        }
    }
}

/// Cuts the first `n` bytes off `heads`, as `cut` does.
#[inline(always)]
pub(crate) fn cut_mut<'h>(heads: &mut &'h mut [u8], n: usize) -> &'h mut [u8] {
    let (head, rest) = std::mem::take(heads).split_at_mut(n);
    *heads = rest;
    head
}

/// Cuts the first `n` bytes off `heads`.
#[inline(always)]
pub(crate) fn cut<'h>(heads: &mut &'h [u8], n: usize) -> &'h [u8] {
    let (head, rest) = heads.split_at(n);
    *heads = rest;
    head
}

// What user code gives in a value's place: `with`, `reduce`. Its head and body are one piece, unless there is no body.

/// The length of the head of what `dump` gives.
#[must_use]
pub const fn dumped_head_length<'s, T: ?Sized + 's, A: Shape>(_: fn(&'s T) -> A) -> usize {
    piece_head::<A>()
}

/// Whether what `dump` gives can nest.
#[must_use]
pub const fn dumped_nests<'s, T: ?Sized + 's, A: Shape>(_: fn(&'s T) -> A) -> bool {
    A::NESTS
}

/// Whether what `dump` gives is one piece, its head with its body.
#[must_use]
pub const fn dumped_in_one_piece<'s, T: ?Sized + 's, A: Shape>(_: fn(&'s T) -> A) -> bool {
    A::BODY
}

/// The length of the head of a value that is read at one look.
pub(crate) const fn piece_head<A: Shape>() -> usize {
    if A::BODY { 0 } else { A::HEAD }
}

#[inline]
pub fn dumped_head<'s, T: ?Sized, A: Pickle>(dump: fn(&'s T) -> A, value: &'s T, heads: &mut &mut [u8]) {
    if !A::BODY {
        dump(value).head(cut_mut(heads, A::HEAD));
    }
}

/// Whether writing what `dump` gives can fail.
#[must_use]
pub const fn dumped_fallible<'s, T: ?Sized + 's, A: Pickle>(_: fn(&'s T) -> A) -> bool {
    A::FALLIBLE
}

/// Writes what `dump` gives; the caller asks the writer whether it failed.
#[inline]
pub fn dumped_body<'s, T: ?Sized, A: Pickle>(dump: fn(&'s T) -> A, value: &'s T, writer: &mut Writer<'_>) {
    if A::BODY {
        writer.solid(|writer| writer.value(&dump(value)));
    }
}

/// The same for a field; true where it failed.
#[inline]
pub fn dumped_field<'s, T: ?Sized, A: Pickle>(
    dump: fn(&'s T) -> A,
    value: &'s T,
    writer: &mut Writer<'_>,
    name: Name,
) -> bool {
    dumped_body(dump, value, writer);
    failed(writer, name)
}

/// Whether the writer has failed, in the field of this name.
#[inline]
fn failed(writer: &mut Writer<'_>, name: Name) -> bool {
    if writer.failed() {
        writer.step(name.into());
    }
    writer.failed()
}

/// Builds the argument of `load`, and calls it: nothing bad gets as far as user code.
///
/// The argument has the shape of what `dump` gave, but may be another type: where it lies is for `dump` to say.
#[inline]
pub fn loaded<'r, 'a, A: Unpickle<'a>, T, E: Into<BoxError>>(
    load: fn(A) -> Result<T, E>,
    in_one_piece: bool,
    what: &str,
    heads: &mut &'r [u8],
    reader: &mut Reader<'r, 'a>,
) -> Result<T> {
    let argument = if in_one_piece {
        reader.solid(|reader| reader.value::<A>())?
    } else {
        let head = cut(heads, A::HEAD);
        let mut bad = false;
        let argument = A::build(head, &mut bad, reader)?;
        if bad {
            return Err(reader.refuse::<A>(head));
        }
        argument
    };
    load(argument).map_err(|error| reader.place(Error::hook(what, error.into())))
}

/// The same for a field.
#[inline]
pub fn loaded_field<'r, 'a, A: Unpickle<'a>, T, E: Into<BoxError>>(
    load: fn(A) -> Result<T, E>,
    in_one_piece: bool,
    heads: &mut &'r [u8],
    reader: &mut Reader<'r, 'a>,
    name: Name,
) -> Result<T> {
    loaded(load, in_one_piece, "the adapter's `load`", heads, reader).map_err(|error| error.step(name.into()))
}

/// Describes what `dump` gives and `load` takes, which must be of one shape.
pub fn describe_dumped<'s, T: ?Sized + 's, A: Shape, B: Shape, L, E>(
    schema: &mut Describer,
    owner: &str,
    _: fn(&'s T) -> A,
    _: fn(B) -> Result<L, E>,
) -> TypeRef {
    schema.agree(owner, A::describe, B::describe);
    let content = A::describe(schema);
    if !A::BODY {
        return content;
    }
    let piece = schema.piece_of(content);
    schema.solid(piece)
}

/// Describes what a function takes.
pub fn describe_argument<A: Shape, T, E>(schema: &mut Describer, _: fn(A) -> Result<T, E>) -> TypeRef {
    A::describe(schema)
}

/// The schema of a struct that looks like its one field.
pub fn describe_transparent(schema: &mut Describer, _: Style, fields: &[FieldShape]) -> TypeRef {
    match fields {
        [field, ..] => field.describe(schema),
        [] => <()>::describe(schema),
    }
}

// What is saved as an id.

pub fn describe_external<T: External>(schema: &mut Describer) -> TypeRef {
    let id = T::Id::describe(schema);
    let piece = schema.piece_of(id);
    schema.solid(piece)
}

pub fn external_field<T: External>(value: &T, writer: &mut Writer<'_>, name: Name) -> bool {
    let empty = Context::new();
    match value.persist(writer.context().unwrap_or(&empty)) {
        Ok(id) => writer.solid(|writer| writer.value(&id)),
        Err(error) => writer.fail(Error::hook("taking the id of an external value", error)),
    }
    failed(writer, name)
}

pub fn build_external<'a, T: External>(reader: &mut Reader<'_, 'a>, name: Name) -> Result<T> {
    let restore = |reader: &mut Reader<'_, 'a>| {
        let id = reader.solid(|reader| reader.value::<T::Id>())?;
        let empty = Context::new();
        T::restore(id, reader.context().unwrap_or(&empty))
            .map_err(|error| reader.place(Error::hook("restoring an external value", error)))
    };
    restore(reader).map_err(|error| error.step(name.into()))
}

// Reducers chosen by each value.

/// Writes a value as the rebuilder that it chose, and its argument.
pub fn persist_reduced<S: 'static>(reduced: &Reduced<S>, writer: &mut Writer<'_>) {
    let found = match reduced.rebuilder() {
        Some(name) => Registry::program().function(name).and_then(|function| {
            let schema = reduced.argument_schema()?;
            if function.rebuilder.as_ref().is_some_and(|rebuilder| rebuilder.is::<Rebuilder<S>>()) {
                return Ok((function.entry.name, schema));
            }
            Err(Error::new(
                ErrorKind::WrongSignature,
                format!("`{name}` can't rebuild a `{}`", crate::names::short::<S>()),
            )
            .with_remedy("a rebuilder takes one owned argument that can be loaded, and gives a `Result`"))
        }),
        None => Err(Error::new(ErrorKind::Unregistered, "the rebuilder that this value chose was never registered")
            .with_remedy("put `#[pickle_core::function]` on it")),
    };
    match found {
        Ok((name, schema)) => {
            let address = name.as_ptr().addr();
            let number = writer.runtime_type_number(address, RuntimeType::Rebuilder, || name.to_owned(), schema);
            writer.runtime_type(number);
            let write = |writer: &mut Writer<'_>| writer.solid(|writer| reduced.persist_argument(writer));
            writer.in_scope(TypeId::of::<Reduced<S>>(), number, schema, write);
        }
        Err(error) => writer.fail(error),
    }
}

/// Builds a value with the rebuilder that the stream names, which must be one of this type's.
pub fn build_reduced<S: 'static>(reader: &mut Reader<'_, '_>) -> Result<S> {
    let found = reader.resolve(TypeId::of::<Rebuilder<S>>(), |found, reader| {
        let function = Registry::program().function(found.name).map_err(|error| reader.place(error))?;
        let rebuilder = function.rebuilder.as_deref();
        let Some(typed) = rebuilder.and_then(|rebuilder| rebuilder.downcast_ref::<Rebuilder<S>>()) else {
            return Err(reader.place(crate::reduce::no_rebuilder::<S>(found.name)));
        };
        reader.check_runtime_type(found, (typed.schema)()?)?;
        Ok(rebuilder)
    })?;
    match found.downcast_ref::<Rebuilder<S>>() {
        Some(rebuilder) => reader.solid(|reader| (rebuilder.call)(reader)),
        None => Err(reader.corrupt("a rebuilder of another type")),
    }
}

// Hooks.

/// Runs `before_dump`; true where it failed.
pub fn before_dump<'s, T, E: Into<BoxError>>(
    hook: fn(&'s T) -> Result<(), E>,
    what: &str,
    value: &'s T,
    writer: &mut Writer<'_>,
) -> bool {
    match hook(value) {
        Ok(()) => false,
        Err(error) => {
            writer.fail(Error::hook(what, error.into()));
            true
        }
    }
}

/// Runs `after_load` on a value that is complete.
pub fn after_load<T, E: Into<BoxError>>(
    hook: fn(&mut T) -> Result<(), E>,
    what: &str,
    value: &mut T,
    reader: &Reader<'_, '_>,
) -> Result<()> {
    hook(value).map_err(|error| reader.place(Error::hook(what, error.into())))
}

// Versions.

/// The version in a head, which is not the type's own: only a record that was brought up from an older stream has one.
#[cold]
pub fn older_version(name: &str, version: u8, reader: &Reader<'_, '_>) -> Result<u8> {
    if reader.numbering() == Numbering::Own {
        return Ok(version);
    }
    Err(reader.corrupt(&format!("a value of `{name}` in version {version}, which its schema does not have")))
}

#[cold]
pub fn unknown_version(name: &str, version: u8, own: u8, reader: &Reader<'_, '_>) -> Error {
    reader.corrupt(&format!("no function brings `{name}` from version {version} to {own}"))
}

/// Builds a value of an older version, and makes the current one of it.
#[cold]
pub fn migrated<'a, A: Unpickle<'a>, T: Unpickle<'a>, E: Into<BoxError>>(
    migrate: fn(A) -> Result<T, E>,
    name: &str,
    version: u8,
    reader: &mut Reader<'_, 'a>,
) -> Result<T> {
    let old = reader.solid(|reader| reader.value::<A>())?;
    let value = migrate(old).map_err(|error| {
        reader.place(Error::hook(&format!("the migration of `{name}` from version {version}"), error.into()))
    })?;
    reader.pass_cells(&value)?;
    Ok(value)
}

// Enums.

/// Writes a variant's number.
#[inline(always)]
pub fn tag<const WIDTH: usize>(tag: usize, head: &mut [u8]) {
    head.copy_from_slice(&(tag as u16).to_le_bytes()[..WIDTH]);
}

/// Reads a variant's number.
#[inline(always)]
#[must_use]
pub fn read_tag<const WIDTH: usize>(head: &[u8]) -> usize {
    if WIDTH == 1 { usize::from(head[0]) } else { usize::from(u16::from_le_bytes([head[0], head[1]])) }
}

#[cold]
pub fn unknown_tag(name: &str, tag: usize, variants: usize, reader: &Reader<'_, '_>) -> Error {
    reader.refuse_tag(name, tag, variants)
}

/// The error for bad bits among the heads of a variant's fields.
#[cold]
pub fn refuse_payload<T: Shape>(tag: usize, heads: &[u8], reader: &Reader<'_, '_>) -> Error {
    reader.refuse_payload::<T>(Some(tag), heads)
}

/// The error for bad bits in the head of a value that is one piece.
#[cold]
pub fn refuse_piece<T: Shape>(head: &[u8], reader: &Reader<'_, '_>) -> Error {
    reader.refuse_payload::<T>(None, head)
}

/// The stored name of a generic type: its own, with those of its arguments.
#[must_use]
pub fn generic_name(name: &str, arguments: &[String]) -> String {
    if arguments.is_empty() { name.to_owned() } else { format!("{name}<{}>", arguments.join(", ")) }
}

//! Functions by name.

use std::any::{Any, TypeId};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::{Place, Registry};
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::schema::{self, Describer, MAX_NAME, Primitive, TypeRef, TypeSchema};
use crate::traits::{Pickle, Shape, Unpickle, UnpickleOwned};
use crate::wire::{Reader, Writer, short};

/// A function that pickles as its name: `Function<fn(f64) -> f64>`.
///
/// [`func!`](crate::func) makes one. It derefs to the function pointer, so it can be called, and compares and prints by
/// name. Loading looks the name up among the registered functions of exactly this type; it calls nothing.
///
/// ```
/// use pickle_core::{Function, dumps, func, function, loads};
///
/// #[function]
/// fn twice(x: f64) -> f64 { 2.0 * x }
///
/// let f: Function<fn(f64) -> f64> = loads(&dumps(&func!(twice))?)?;
/// assert_eq!(f(2.0), 4.0);
/// assert_eq!(f, func!(twice));
/// assert_eq!(format!("{f:?}"), "twice");
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub struct Function<F> {
    identity: Identity,
    pointer: F,
}

/// What tells two functions apart: never their addresses, which the compiler may merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Identity {
    Named(&'static str),
    /// Never registered: dumping it is refused.
    Unregistered(TypeId),
}

impl<F: Copy> Copy for Function<F> {}

impl<F: Copy> Clone for Function<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Copy + 'static> Function<F> {
    #[doc(hidden)]
    pub const fn attributed(name: &'static str, pointer: F) -> Self {
        Function { identity: Identity::Named(name), pointer }
    }

    /// The function whose item was registered; `item` and `pointer` are the same, as an item and as a pointer.
    #[doc(hidden)]
    pub fn registered<I: 'static>(_item: I, pointer: F) -> Self {
        let item = TypeId::of::<I>();
        let identity = Registry::program().function_name(item).map_or(Identity::Unregistered(item), Identity::Named);
        Function { identity, pointer }
    }

    /// The registered function of this name and exactly this type.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownName`], [`ErrorKind::WrongSignature`], or [`ErrorKind::DuplicateName`].
    ///
    /// ```
    /// use pickle_core::{ErrorKind, Function};
    /// pickle_core::register!((|x: i32| x * x) as fn(i32) -> i32, name = "square");
    /// let square = Function::<fn(i32) -> i32>::named("square")?;
    /// assert_eq!(square(7), 49);
    /// let error = Function::<fn(f64) -> f64>::named("square").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::WrongSignature);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn named(name: &str) -> Result<Self> {
        let function = Registry::program().function(name)?;
        match function.pointer.downcast_ref::<F>() {
            Some(pointer) => Ok(Function { identity: Identity::Named(function.entry.name), pointer: *pointer }),
            None => Err(Error::new(
                ErrorKind::WrongSignature,
                format!(
                    "the function `{name}`, registered in {}, is no `{}`",
                    function.entry.place,
                    crate::names::short::<F>()
                ),
            )
            .with_remedy("load it with its own signature")),
        }
    }
}

impl<F> Function<F> {
    /// The name that it is registered under, and saved as; `None` where it is not registered.
    ///
    /// ```
    /// use pickle_core::{func, function};
    /// #[function(name = "rectifier")]
    /// fn relu(x: f32) -> f32 { x.max(0.0) }
    /// assert_eq!(func!(relu).name(), Some("rectifier"));
    /// ```
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        match self.identity {
            Identity::Named(name) => Some(name),
            Identity::Unregistered(_) => None,
        }
    }
}

impl<F> Deref for Function<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.pointer
    }
}

impl<F> PartialEq for Function<F> {
    fn eq(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

impl<F> Eq for Function<F> {}

impl<F> Hash for Function<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity.hash(state);
    }
}

impl<F> fmt::Debug for Function<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or("an unregistered function"))
    }
}

impl<F: 'static> Shape for Function<F> {
    const HEAD: usize = 1;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        "Function".to_owned()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.primitive(Primitive::FunctionName)
    }
}

impl<F: 'static> Pickle for Function<F> {
    const FALLIBLE: bool = true;

    #[inline]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.name().unwrap_or_default().len());
    }

    fn body(&self, writer: &mut Writer<'_>) {
        let Some(name) = self.name() else { return writer.fail(unregistered::<F>()) };
        // A second function of this name would make it unreadable.
        if let Err(error) = Registry::program().function(name) {
            return writer.fail(error);
        }
        writer.length(name.len());
        writer.text(name);
    }
}

#[cold]
fn unregistered<F>() -> Error {
    let signature = crate::names::short::<F>();
    Error::new(ErrorKind::Unregistered, format!("a function, `{signature}`, was never registered")).with_remedy(
        format!("put `#[pickle_core::function]` on it, or write `pickle_core::register!(path as {signature})`"),
    )
}

impl<'a, F: Copy + 'static> Unpickle<'a> for Function<F> {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let length = reader.length(head[0])?;
        if length > MAX_NAME {
            let message = format!("the name of a function has {length} bytes, the limit is {MAX_NAME}");
            return Err(reader.unwritten(ErrorKind::Limit, &message));
        }
        let name = reader.text(length)?;
        reader.check_allowed(name)?;
        Function::named(name).map_err(|error| reader.place(error))
    }
}

/// The type behind the name of an attributed function: what [`func!`](crate::func) finds it by.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a registered function",
    note = "put `#[pickle_core::function]` on it, or name a registered one with its signature: `func!(path as fn(…) -> …)`"
)]
pub trait FunctionItem {
    type Pointer: Copy + 'static;
    fn function() -> Function<Self::Pointer>;
}

/// One registration of a function, as `inventory` collects it.
#[doc(hidden)]
#[derive(Debug)]
pub struct FunctionEntry {
    pub name: &'static str,
    pub place: Place,
    /// The type of the function's item.
    pub item: fn() -> TypeId,
    /// The function pointer, as its exact type.
    pub pointer: fn() -> Box<dyn Any + Send + Sync>,
    /// A `Rebuilder<S>`, where the function is a `fn(A) -> Result<S, E>` whose `A` can be loaded.
    pub rebuilder: fn() -> Option<Box<dyn Any + Send + Sync>>,
}

/// How a rebuilder chosen at run time is called: it loads its argument, then makes an `S`.
#[doc(hidden)]
pub(crate) struct Rebuilder<S> {
    pub(crate) schema: fn() -> Result<&'static TypeSchema>,
    pub(crate) call: Box<Rebuild<S>>,
}

type Rebuild<S> = dyn Fn(&mut Reader<'_, '_>) -> Result<S> + Send + Sync;

impl<S> fmt::Debug for Rebuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rebuilder").finish_non_exhaustive()
    }
}

/// Asks whether a function pointer can be a rebuilder: the inherent method answers for those that can, and wins over
/// that of [`NoRebuilder`], which answers for all others.
#[doc(hidden)]
#[derive(Debug)]
pub struct RebuilderOf<F>(pub F);

impl<A, S, E> RebuilderOf<fn(A) -> Result<S, E>>
where
    A: UnpickleOwned + 'static,
    S: 'static,
    E: Into<BoxError> + 'static,
{
    pub fn rebuilder(self) -> Option<Box<dyn Any + Send + Sync>> {
        let rebuild = self.0;
        let call = move |reader: &mut Reader<'_, '_>| {
            let argument = reader.value::<A>()?;
            rebuild(argument).map_err(|error| {
                reader.place(Error::hook(&format!("the rebuilder of `{}`", crate::names::short::<S>()), error.into()))
            })
        };
        Some(Box::new(Rebuilder::<S> { schema: schema::of::<A>, call: Box::new(call) }))
    }
}

#[doc(hidden)]
pub trait NoRebuilder: Sized {
    fn rebuilder(self) -> Option<Box<dyn Any + Send + Sync>> {
        None
    }
}

impl<F> NoRebuilder for RebuilderOf<F> {}

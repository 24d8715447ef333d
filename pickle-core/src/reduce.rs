//! Values that are saved as what they are rebuilt from: Python's `__reduce__`.

use std::fmt;
use std::marker::PhantomData;

use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::registry::{Function, Rebuilder, RegisteredFunction, Registry};
use crate::schema::{self, Alternative, Alternatives, TypeSchema};
use crate::traits::Pickle;
use crate::wire::{RuntimeType, Writer};

/// How one value wants to be saved: the rebuilder that it chose, and the rebuilder's argument.
///
/// A type with `#[pickle(reduce = Self::reduce)]` and no `rebuild` gives one for each value. The rebuilder is any
/// registered function from the argument to `Result<Self, E>`.
///
/// ```
/// use pickle_core::{Pickle, Reduced, dumps, func, function, loads};
///
/// #[derive(Pickle, Debug, PartialEq)]
/// #[pickle(reduce = Self::reduce)]
/// struct Log { path: String, read_only: bool }
///
/// impl Log {
///     fn reduce(&self) -> Reduced<Log> {
///         let path = self.path.clone();
///         if self.read_only { Reduced::new(func!(open_read_only), path) } else { Reduced::new(func!(open), path) }
///     }
/// }
///
/// #[function]
/// fn open(path: String) -> Result<Log, String> { Ok(Log { path, read_only: false }) }
/// #[function]
/// fn open_read_only(path: String) -> Result<Log, String> { Ok(Log { path, read_only: true }) }
///
/// let log = Log { path: "a.log".into(), read_only: true };
/// assert_eq!(loads::<Log>(&dumps(&log)?)?, log);
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub struct Reduced<S> {
    rebuilder: Option<&'static str>,
    argument: Box<dyn Argument>,
    rebuilds: PhantomData<fn() -> S>,
}

impl<S: 'static> Reduced<S> {
    /// A value that `rebuilder` makes again from `argument`.
    ///
    /// ```
    /// use pickle_core::{Reduced, func, function};
    /// #[function]
    /// fn parse(text: String) -> Result<u32, std::num::ParseIntError> { text.parse() }
    /// let reduced: Reduced<u32> = Reduced::new(func!(parse), "7".to_owned());
    /// assert_eq!(format!("{reduced:?}"), "Reduced(\"parse\")");
    /// ```
    pub fn new<A, E>(rebuilder: Function<fn(A) -> Result<S, E>>, argument: A) -> Self
    where
        A: Pickle + 'static,
        E: Into<BoxError> + 'static,
    {
        Reduced { rebuilder: rebuilder.name(), argument: Box::new(argument), rebuilds: PhantomData }
    }

    pub(crate) fn rebuilder(&self) -> Option<&'static str> {
        self.rebuilder
    }

    pub(crate) fn argument_schema(&self) -> Result<&'static TypeSchema> {
        self.argument.schema()
    }

    pub(crate) fn persist_argument(&self, writer: &mut Writer<'_>) {
        self.argument.persist(writer);
    }
}

impl<S> fmt::Debug for Reduced<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reduced").field(&self.rebuilder.unwrap_or("an unregistered function")).finish()
    }
}

/// The error of a function of this name that makes something else.
#[cold]
pub(crate) fn no_rebuilder<S>(name: &str) -> Error {
    let message = format!("the function `{name}` does not rebuild a `{}`", crate::names::short::<S>());
    Error::new(ErrorKind::WrongSignature, message)
        .with_remedy("load it with a program whose function of that name makes this type")
}

impl<S: 'static> Alternatives for Reduced<S> {
    fn find(name: &str) -> Result<Alternative> {
        let function = Registry::program().function(name)?;
        match alternative::<S>(function) {
            Some(found) => found,
            None => Err(no_rebuilder::<S>(name)),
        }
    }

    fn look_up(name: &str) -> Option<Alternative> {
        alternative::<S>(Registry::program().function_named(name)?)?.ok()
    }

    fn all() -> Vec<&'static TypeSchema> {
        Registry::program().rebuilders::<S>()
    }
}

/// What a function takes, if it rebuilds an `S`.
fn alternative<S: 'static>(function: &RegisteredFunction) -> Option<Result<Alternative>> {
    let rebuilder = function.rebuilder.as_deref()?.downcast_ref::<Rebuilder<S>>()?;
    Some((rebuilder.schema)().map(|schema| Alternative {
        name: function.entry.name.to_owned(),
        schema,
        kind: RuntimeType::Rebuilder,
        entry: function.entry.name.as_ptr().addr(),
    }))
}

/// The argument of a rebuilder, whatever its type.
trait Argument {
    fn schema(&self) -> Result<&'static TypeSchema>;
    fn persist(&self, writer: &mut Writer<'_>);
}

impl<A: Pickle + 'static> Argument for A {
    fn schema(&self) -> Result<&'static TypeSchema> {
        schema::of::<A>()
    }

    fn persist(&self, writer: &mut Writer<'_>) {
        writer.value(self);
    }
}

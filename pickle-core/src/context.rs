//! Live things that types restore from an id with: Python's `persistent_id`.

use std::any::{Any, TypeId, type_name};
use std::fmt;

use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::traits::{Pickle, UnpickleOwned};

/// Live things (a connection pool, a clock, a texture store), one of each type, that [`External`] values are looked up in.
///
/// ```
/// use pickle_core::Context;
/// struct Clock { hour: u8 }
/// let context = Context::new().with(Clock { hour: 9 });
/// assert_eq!(context.get::<Clock>()?.hour, 9);
/// assert!(context.get::<String>().is_err());
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Default)]
pub struct Context {
    things: Vec<(TypeId, &'static str, Box<dyn Any>)>,
}

impl Context {
    /// An empty context.
    ///
    /// ```
    /// assert!(pickle_core::Context::new().get::<u8>().is_err());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Context { things: Vec::new() }
    }

    /// Adds a thing, in place of one of the same type.
    ///
    /// ```
    /// let context = pickle_core::Context::new().with(1u8).with(2u8);
    /// assert_eq!(*context.get::<u8>()?, 2);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn with<T: Any>(mut self, thing: T) -> Self {
        self.things.retain(|(id, ..)| *id != TypeId::of::<T>());
        self.things.push((TypeId::of::<T>(), type_name::<T>(), Box::new(thing)));
        self
    }

    /// The thing of type `T`.
    ///
    /// # Errors
    /// [`ErrorKind::MissingContext`] where there is none.
    ///
    /// ```
    /// let error = pickle_core::Context::new().get::<u8>().unwrap_err();
    /// assert_eq!(error.kind(), pickle_core::ErrorKind::MissingContext);
    /// ```
    pub fn get<T: Any>(&self) -> Result<&T> {
        let found = self.things.iter().find_map(|(.., thing)| thing.downcast_ref());
        found.ok_or_else(|| {
            let name = type_name::<T>();
            Error::new(ErrorKind::MissingContext, format!("the context holds no `{name}`")).with_remedy(
                "hand one over: `Context::new().with(…)`, then `.context(&context)` on the `Pickler` and the `Unpickler`",
            )
        })
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.things.iter().map(|(_, name, _)| name)).finish()
    }
}

/// A value that lives outside the stream and is saved as an id: a pooled connection, a loaded texture, a user's session.
///
/// A field of such a type takes `#[pickle(external)]`.
///
/// ```
/// use std::error::Error;
/// use pickle_core::{Context, External, Pickle, Pickler, Unpickler};
///
/// struct Fonts(Vec<&'static str>);
///
/// #[derive(Debug, PartialEq)]
/// struct Font(&'static str);
///
/// impl External for Font {
///     type Id = usize;
///     fn persist(&self, context: &Context) -> Result<usize, Box<dyn Error + Send + Sync>> {
///         context.get::<Fonts>()?.0.iter().position(|name| *name == self.0).ok_or("not a loaded font".into())
///     }
///     fn restore(id: usize, context: &Context) -> Result<Font, Box<dyn Error + Send + Sync>> {
///         context.get::<Fonts>()?.0.get(id).map(|name| Font(name)).ok_or("no such font".into())
///     }
/// }
///
/// #[derive(Pickle, Debug, PartialEq)]
/// struct Label { text: String, #[pickle(external)] font: Font }
///
/// let context = Context::new().with(Fonts(vec!["Sans", "Serif"]));
/// let label = Label { text: "Hi".into(), font: Font("Serif") };
/// let bytes = Pickler::new().context(&context).dumps(&label)?;
/// assert_eq!(Unpickler::new().context(&context).loads::<Label>(&bytes)?, label);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an external value",
    note = "`#[pickle(external)]` asks for `impl pickle_core::External for {Self}`: its id, and the way back from it"
)]
pub trait External: Sized {
    /// What is saved in the value's place.
    type Id: Pickle + UnpickleOwned;

    /// The id of this value.
    ///
    /// # Errors
    /// Any error of the type's own; it arrives as the `source` of ours, with the path.
    ///
    /// ```
    /// # use pickle_core::{Context, External};
    /// # struct Port(u16);
    /// # impl External for Port {
    /// #     type Id = u16;
    /// #     fn persist(&self, _: &Context) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> { Ok(self.0) }
    /// #     fn restore(id: u16, _: &Context) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> { Ok(Port(id)) }
    /// # }
    /// assert_eq!(Port(80).persist(&Context::new())?, 80);
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    fn persist(&self, context: &Context) -> Result<Self::Id, BoxError>;

    /// The value with this id.
    ///
    /// # Errors
    /// Any error of the type's own; it arrives as the `source` of ours, with the path.
    ///
    /// ```
    /// # use pickle_core::{Context, External};
    /// # struct Port(u16);
    /// # impl External for Port {
    /// #     type Id = u16;
    /// #     fn persist(&self, _: &Context) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> { Ok(self.0) }
    /// #     fn restore(id: u16, _: &Context) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> { Ok(Port(id)) }
    /// # }
    /// assert_eq!(Port::restore(80, &Context::new())?.0, 80);
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    fn restore(id: Self::Id, context: &Context) -> Result<Self, BoxError>;
}

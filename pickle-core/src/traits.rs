//! What a type must be able to do to be dumped and loaded; `#[derive(Pickle)]` writes all of it.
//!
//! Every value is a *head*, whose length depends on the type alone, and a *body*. The heads of a struct's fields lie side
//! by side, so that one bounds check serves them all; the bodies follow in the same order.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::{Result, Step};
use crate::graph::Vacancy;
use crate::private::{Name, cut, cut_mut};
use crate::schema::{Describer, TypeRef, TypeTable};
use crate::value::Value;
use crate::wire::{Reader, Writer};

/// The shape of a type on the wire: the length of its head, whether a body follows, and its schema.
///
/// `#[derive(Pickle)]` writes it; [`Pickle`] and [`Unpickle`] build on it. Nothing checks an implementation written by
/// hand: wrong constants make streams that can't be loaded.
///
/// ```
/// use pickle_core::Shape;
/// assert_eq!(<(u32, bool)>::HEAD, 5);
/// assert!(!<(u32, bool)>::BODY && String::BODY);
/// assert_eq!(<Vec<Option<u8>>>::name(), "Vec<Option<u8>>");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be pickled",
    label = "no `pickle_core::Pickle` for this type",
    note = "a type of your own: `#[derive(pickle_core::Pickle)]`; of another crate: `#[pickle(with = module)]` on the field",
    note = "a trait object: `#[pickle_core::object]` on the trait and on each of its `impl`s; in a shared cell: `Rc<RefCell<Box<dyn Trait>>>` for `Rc<RefCell<dyn Trait>>`, which can't be restored in safe Rust",
    note = "a function: `pickle_core::Function<fn(…) -> …>`",
    note = "what can't be saved (`Instant`, `File`, `TcpStream`, a guard, a raw pointer): `#[pickle(skip)]`, `#[pickle(with = module)]` or `#[pickle(external)]` on the field, or `#[pickle(reduce = …, rebuild = …)]` on its owner"
)]
pub trait Shape {
    /// Length of the head in bytes.
    ///
    /// ```
    /// use pickle_core::Shape;
    /// assert_eq!((u64::HEAD, String::HEAD, <(u64, String)>::HEAD), (8, 1, 9));
    /// ```
    const HEAD: usize;
    /// Whether anything follows the head, or building can fail for another reason than the bits of the head.
    ///
    /// ```
    /// use pickle_core::Shape;
    /// assert!(!<[u64; 4]>::BODY && <Vec<u64>>::BODY);
    /// ```
    const BODY: bool;
    /// Whether values of this type can nest in one another without a bound that the type gives. Such values count
    /// toward `max_depth`.
    ///
    /// ```
    /// use pickle_core::{Pickle, Shape};
    /// #[derive(Pickle)]
    /// struct List { value: u8, next: Option<Box<List>> }
    /// assert!(List::NESTS && !String::NESTS);
    /// ```
    const NESTS: bool;

    /// The name that files and errors give this type: the bare identifier (or `#[pickle(name = "…")]`) with the names
    /// of its type arguments.
    ///
    /// ```
    /// use pickle_core::{Pickle, Shape};
    /// #[derive(Pickle)]
    /// struct Pair<A, B>(A, B);
    /// assert_eq!(<Pair<u8, String>>::name(), "Pair<u8, String>");
    /// ```
    fn name() -> String;

    /// The names that earlier releases gave this type.
    #[doc(hidden)]
    #[must_use]
    fn former_names() -> Vec<String> {
        Vec::new()
    }

    /// Adds this type, and all that it reaches, to a schema.
    ///
    /// Here a newtype is written by hand that looks like its content: what `#[pickle(transparent)]` derives.
    ///
    /// ```
    /// use pickle_core::{Describer, Pickle, Reader, Result, Shape, TypeRef, Unpickle, Writer, dumps, loads};
    ///
    /// #[derive(Debug, PartialEq)]
    /// struct Name(String);
    ///
    /// impl Shape for Name {
    ///     const HEAD: usize = String::HEAD;
    ///     const BODY: bool = String::BODY;
    ///     const NESTS: bool = String::NESTS;
    ///     fn name() -> String { String::name() }
    ///     fn describe(schema: &mut Describer) -> TypeRef { String::describe(schema) }
    /// }
    ///
    /// impl Pickle for Name {
    ///     const FALLIBLE: bool = String::FALLIBLE;
    ///     fn head(&self, head: &mut [u8]) { self.0.head(head) }
    ///     fn body(&self, writer: &mut Writer<'_>) { self.0.body(writer) }
    /// }
    ///
    /// impl<'a> Unpickle<'a> for Name {
    ///     fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
    ///         String::build(head, bad, reader).map(Name)
    ///     }
    /// }
    ///
    /// let names = vec![Name("Ann".into()), Name("Bob".into())];
    /// assert_eq!(loads::<Vec<Name>>(&dumps(&names)?)?, names);
    /// assert_eq!(loads::<Vec<String>>(&dumps(&names)?)?, ["Ann", "Bob"]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    fn describe(schema: &mut Describer) -> TypeRef;

    /// A value without references to other objects: `None`, empty, zero. A cell of a cycle holds it until what it refers
    /// to is built. An enum's is its first variant whose fields all have one, or the one marked `#[pickle(vacant)]`.
    ///
    /// ```
    /// use pickle_core::{Shape, Vacancy};
    /// assert_eq!(Option::<std::rc::Rc<u8>>::vacant(&mut Vacancy::default()), Some(None));
    /// assert!(Box::<u8>::vacant(&mut Vacancy::default()).is_some());
    /// ```
    #[must_use]
    fn vacant(_: &mut Vacancy) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Whether [`vacant`](Shape::vacant) gives a value: asked of types whose values no cycle may need, so it makes none.
    #[doc(hidden)]
    #[must_use]
    fn has_vacant(vacancy: &mut Vacancy) -> bool
    where
        Self: Sized,
    {
        Self::vacant(vacancy).is_some()
    }
}

/// A type that can be dumped.
///
/// Derive it: the same derive writes [`Unpickle`].
///
/// ```
/// use pickle_core::{Pickle, dumps, loads};
///
/// #[derive(Pickle, Debug, PartialEq)]
/// struct Player { name: String, score: u32 }
///
/// let player = Player { name: "Ann".into(), score: 7 };
/// let bytes = dumps(&player)?;
/// assert_eq!(loads::<Player>(&bytes)?, player);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be pickled",
    label = "no `pickle_core::Pickle` for this type",
    note = "a type of your own: `#[derive(pickle_core::Pickle)]`; of another crate: `#[pickle(with = module)]` on the field",
    note = "a trait object: `#[pickle_core::object]` on the trait and on each of its `impl`s; in a shared cell: `Rc<RefCell<Box<dyn Trait>>>` for `Rc<RefCell<dyn Trait>>`, which can't be restored in safe Rust",
    note = "a function: `pickle_core::Function<fn(…) -> …>`",
    note = "what can't be saved (`Instant`, `File`, `TcpStream`, a guard, a raw pointer): `#[pickle(skip)]`, `#[pickle(with = module)]` or `#[pickle(external)]` on the field, or `#[pickle(reduce = …, rebuild = …)]` on its owner"
)]
pub trait Pickle: Shape {
    /// Whether [`body`](Pickle::body) can fail. Where it is false nobody asks.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use pickle_core::Pickle;
    /// assert!(!<Vec<f64>>::FALLIBLE && <RefCell<Vec<f64>>>::FALLIBLE); // a cell may be borrowed
    /// ```
    const FALLIBLE: bool;

    /// Writes the head into `head`, which is [`HEAD`](Shape::HEAD) bytes long.
    ///
    /// ```
    /// use pickle_core::{Pickle, Shape};
    /// let mut head = [0; <(u16, bool)>::HEAD];
    /// (258u16, true).head(&mut head);
    /// assert_eq!(head, [2, 1, 1]);
    /// ```
    fn head(&self, head: &mut [u8]);

    /// Writes what follows the head. An error is kept in the writer. [`Shape::describe`] has an example.
    fn body(&self, writer: &mut Writer<'_>);

    /// Reads a byte of each place in memory that `body` will read: of several objects, before the first body is written, so
    /// that the processor fetches them side by side. Runs no user code.
    #[doc(hidden)]
    #[inline(always)]
    fn touch(&self, _writer: &Writer<'_>) {}

    /// A root that brings its own schema, and is a whole stream.
    #[doc(hidden)]
    #[inline(always)]
    fn as_value(&self) -> Option<&Value> {
        None
    }

    // Generated code calls the methods below on the field's type, with no function of ours between: what the compiler
    // says of a type without this trait is then the same in each place, and it says it once.

    /// Writes a field's head at the front of `heads`.
    #[doc(hidden)]
    #[inline(always)]
    fn field_head(&self, heads: &mut &mut [u8]) {
        self.head(cut_mut(heads, Self::HEAD));
    }

    /// Writes a field's body; true where it failed.
    #[doc(hidden)]
    #[inline(always)]
    fn field_body(&self, writer: &mut Writer<'_>, name: Name) -> bool {
        if Self::BODY {
            self.body(writer);
            if Self::FALLIBLE && writer.failed() {
                writer.step(name.into());
                return true;
            }
        }
        false
    }

    /// Writes `items` one after the other, as the elements of a sequence.
    #[doc(hidden)]
    #[inline]
    fn elements(items: &[Self], writer: &mut Writer<'_>)
    where
        Self: Sized,
    {
        writer.elements(items);
    }

    /// Writes items that do not lie side by side as [`elements`](Pickle::elements) would.
    #[doc(hidden)]
    fn scattered(items: &mut dyn Iterator<Item = &Self>, writer: &mut Writer<'_>)
    where
        Self: Sized,
    {
        for (i, item) in items.enumerate() {
            writer.value(item);
            if Self::FALLIBLE && writer.failed() {
                return writer.step(Step::Index(i));
            }
        }
    }
}

/// A type that can be loaded, borrowing from the input for `'a` where it holds a `&'a str`, `&'a [u8]` or `Cow<'a, _>`.
///
/// ```
/// use pickle_core::{Pickle, dumps, loads};
///
/// #[derive(Pickle)]
/// struct Line<'a> { text: &'a str }
///
/// let bytes = dumps(&Line { text: "no copy" })?;
/// let line: Line<'_> = loads(&bytes)?;
/// assert!(bytes.as_ptr_range().contains(&line.text.as_ptr()));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be unpickled",
    label = "no `pickle_core::Unpickle` for this type",
    note = "`#[derive(pickle_core::Pickle)]` writes `Unpickle` too",
    note = "a reference can be loaded only as `&str` or `&[u8]`; anything else must be owned",
    note = "what can't be saved: `#[pickle(skip)]`, `#[pickle(with = module)]` or `#[pickle(external)]` on the field, or `#[pickle(reduce = …, rebuild = …)]` on its owner"
)]
pub trait Unpickle<'a>: Shape + Sized {
    /// Whether a root of this type is read from any stream, by the schema that is in it.
    #[doc(hidden)]
    const ANY: bool = false;

    /// Builds a root from a stream of these types.
    ///
    /// # Errors
    /// Whatever is wrong with the stream.
    #[doc(hidden)]
    fn build_any(reader: &mut Reader<'_, 'a>, _types: Arc<TypeTable>, _objects: bool) -> Result<Self> {
        Err(reader.corrupt("a root of a type that reads no other's stream"))
    }

    /// Builds the value from its `head`, which is [`HEAD`](Shape::HEAD) bytes long, and the body that the reader is at.
    ///
    /// A bit pattern in the head that is no value sets `bad` and gives some value, which the caller drops.
    ///
    /// # Errors
    /// Whatever is wrong with the body, with its path and offset.
    ///
    /// [`Shape::describe`] has an example.
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self>;

    /// Goes through the cells of a value that is built, in the order in which they were read, and fills those that were
    /// vacant.
    #[doc(hidden)]
    #[inline]
    fn fill(&self, _reader: &mut Reader<'_, 'a>) -> Result<()> {
        Ok(())
    }

    /// The same for a field.
    #[doc(hidden)]
    #[inline]
    fn fill_field(&self, reader: &mut Reader<'_, 'a>, name: Name) -> Result<()> {
        self.fill(reader).map_err(|error| error.step(name.into()))
    }

    /// Builds a value of a type without a body. It can't fail, so that runs of such values are read without a branch.
    #[doc(hidden)]
    fn from_head(_head: &[u8], _bad: &mut bool) -> Self {
        unreachable!("only a type without a body is built from its head alone")
    }

    /// Builds a field from the head at the front of `heads`.
    #[doc(hidden)]
    #[inline(always)]
    fn build_field<'r>(heads: &mut &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>, name: Name) -> Result<Self> {
        match Self::build(cut(heads, Self::HEAD), bad, reader) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.step(name.into())),
        }
    }

    /// Builds a field of a type without a body.
    #[doc(hidden)]
    #[inline(always)]
    fn field_from_head(heads: &mut &[u8], bad: &mut bool) -> Self {
        Self::from_head(cut(heads, Self::HEAD), bad)
    }

    /// Reads `count` elements of a sequence.
    #[doc(hidden)]
    #[inline]
    fn build_elements<'r>(count: usize, reader: &mut Reader<'r, 'a>) -> Result<Vec<Self>> {
        reader.elements(count)
    }

    /// Reads `count` elements of a sequence, borrowed from the input where they lie in it as they are.
    #[doc(hidden)]
    #[inline]
    fn build_cow<'r, 'x>(count: usize, reader: &mut Reader<'r, 'a>) -> Result<Cow<'x, [Self]>>
    where
        'a: 'x,
        Self: Clone,
    {
        Self::build_elements(count, reader).map(Cow::Owned)
    }
}

/// A type that borrows nothing from the bytes it was loaded from: the bound for [`load`](crate::load) and for generic
/// code that keeps what it loads.
///
/// ```
/// use pickle_core::{UnpickleOwned, Result};
/// fn read_back<T: UnpickleOwned>(bytes: &[u8]) -> Result<T> {
///     pickle_core::loads(bytes)
/// }
/// # assert_eq!(read_back::<u8>(&pickle_core::dumps(&3u8).unwrap()).unwrap(), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded without borrowing from the input",
    note = "use owned types (`String` for `&str`, `Vec<u8>` for `&[u8]`), or `loads` from a slice that outlives the value"
)]
pub trait UnpickleOwned: for<'a> Unpickle<'a> {}

impl<T: for<'a> Unpickle<'a>> UnpickleOwned for T {}

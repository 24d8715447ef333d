//! Save any value of your own types, and get it back as it was.
//!
//! A program wants to keep its state: a game, an editor, a job queue, a trained model. Designing a file format for it is
//! work, and the serializers at hand give up trait objects, functions, or the certainty that what is read is what was
//! written. Here one derive does it:
//!
//! ```
//! use pickle_core::{Pickle, dumps, loads};
//!
//! #[derive(Pickle, Debug, PartialEq)]
//! struct Editor { text: String, cursor: (u32, u32), undo: Vec<Edit> }
//!
//! #[derive(Pickle, Debug, PartialEq)]
//! enum Edit { Insert { at: u64, text: String }, Delete(std::ops::Range<u64>) }
//!
//! let editor = Editor { text: "hi".into(), cursor: (0, 2), undo: vec![Edit::Delete(1..4)] };
//! let bytes = dumps(&editor)?;
//! assert_eq!(loads::<Editor>(&bytes)?, editor);
//! # Ok::<(), pickle_core::Error>(())
//! ```
//!
//! - [`dumps`] and [`loads`] work on bytes, [`dump`] and [`load`] on writers and readers; [`Pickler`] and [`Unpickler`] have
//!   the options and keep their buffers.
//! - [`#[derive(Pickle)]`](derive@Pickle) lists the attributes of types, fields and variants.
//! - [`function`], [`func!`] and [`register!`] give [`Function`]s, which are saved by name.
//! - [`object`] makes `Box`, `Rc`, `Arc` and `Weak` of `dyn Trait` picklable.
//! - [`Value`] is any stream read without its Rust types; [`inspect`] walks through one, byte by byte and value by value.
//! - [`Reduced`], [`External`] and [`Context`] are for what can't be saved as it is.
//!
//! # Types of std
//!
//! As they are: numbers to 128 bits, `bool`, `char`, `String`, `Box<str>`, `Cow`, `Vec`, `VecDeque`, `LinkedList`,
//! `BinaryHeap`, arrays of any length, `Box<[T]>`, tuples to 12, `Option`, `Result`, `Box`, the four maps and sets with any
//! hasher that has a default, the ranges and `Bound`, `Duration`, `SystemTime`, `PathBuf`, `OsString`, `CString`, IP and
//! socket addresses, `NonZero`, `Wrapping`, `Saturating`, `Reverse`, `Ordering`, `ControlFlow`, `PhantomData`, `()`,
//! `Cell`, `RefCell`, `Mutex`, `RwLock`, `OnceCell`, `OnceLock`, the atomics, `Rc`, `Arc` and both `Weak`s. Borrowed from the input: `&str`, `&[u8]`,
//! `Cow<str>`, `Cow<[u8]>`.
//!
//! # Types of other crates
//!
//! Each behind a feature of the crate's name; with none of them on, nothing of theirs is built. A list, map, set, string or
//! number has the shape of std's: a field may change from the one to the other, and old files open.
//!
//! | feature | types | in a file |
//! | --- | --- | --- |
//! | `arrayvec` | `ArrayVec`, `ArrayString` | as `Vec`, `String`; more than the room is an error |
//! | `bytes` | `Bytes`, `BytesMut` | as `Vec<u8>` |
//! | `chrono` | `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime` of `Utc`, `Local`, `FixedOffset`, `TimeDelta`, `Weekday`, `Month`, `Utc`, `FixedOffset` | their parts, those of `time` and `jiff` |
//! | `compact_str` | `CompactString` | as `String` |
//! | `dashmap` | `DashMap`, `DashSet` | as a map or set in a cell; a part that is locked is waited for as a lock is |
//! | `either` | `Either` | an enum |
//! | `fixedbitset` | `FixedBitSet` | its bits, 64 in a number |
//! | `glam` | vectors, matrices, quaternions, affine transformations | their numbers; `Vec3` becomes `DVec3` |
//! | `hashbrown` | `HashMap`, `HashSet` | as std's |
//! | `indexmap` | `IndexMap`, `IndexSet` | as `HashMap`, `HashSet`, in their order |
//! | `jiff` | `civil::{Date, Time, DateTime, Weekday}`, `Timestamp`, `ZonedDateTime`, `TimeZone`, `Offset`, `Span`, `SignedDuration` | their parts, those of `chrono` and `time`; a time zone by its name |
//! | `ndarray` | arrays of any dimension that own their elements; views can be dumped | shape and elements, in standard order at the speed of a copy |
//! | `num-bigint` | `BigUint`, `BigInt` | digits of 32 bits; a `BigUint` becomes a `BigInt` |
//! | `ordered-float` | `OrderedFloat`, `NotNan` | as `f32`, `f64` |
//! | `parking_lot` | `Mutex`, `RwLock` | as std's, cells of graphs |
//! | `petgraph` | `Graph`, `StableGraph`, `GraphMap` | nodes and edges |
//! | `rust_decimal` | `Decimal` | sign, digits, scale |
//! | `semver` | `Version`, `VersionReq` | its parts; text |
//! | `smallvec` | `SmallVec` | as `Vec` |
//! | `smol_str` | `SmolStr` | as `String` |
//! | `time` | `Date`, `Time`, `PrimitiveDateTime`, `UtcDateTime`, `OffsetDateTime`, `UtcOffset`, `Duration`, `Weekday`, `Month` | their parts, those of `chrono` and `jiff` |
//! | `url` | `Url` | as `String`; what is no address is an error |
//! | `uuid` | `Uuid` | 16 bytes |
//!
//! `parking_lot` here is 0.12, `smallvec` 1, `dashmap` 6. What is none of its type's values in a hostile file (the 30th of
//! February, an edge to a node that is not there) is [`ErrorKind::InvalidValue`], with its path.
//!
//! Three ways serve any other type, [in this order](derive@Pickle#types-of-other-crates): a mirror (`remote`) where its
//! fields are public, `#[pickle(serde)]` where it knows serde (feature `serde`), a module of two functions (`with`).
//!
//! # Graphs
//!
//! Two pointers to one object are restored as two pointers to one object, whatever they see it as: `Rc<Dog>`,
//! `Rc<dyn Animal>`, `Weak<dyn Named>`. Objects are restored with targets first; where a cycle makes that impossible, a cell
//! of it is vacant (`None`, empty, zero) until its content can be filled in. Only data with cycles sees vacant values, and
//! never in a map's key or where a hook or adapter looks. A plain `Weak` to an owner (`Rc::new_cyclic`) works too; chains
//! of them count toward `max_depth`. A `Weak` whose object nothing in the stream keeps alive comes back dangling. What can't
//! be restored is refused when it is dumped: [`ErrorKind::Cycle`].
//!
//! # Old files
//!
//! A stream of an older shape loads as the shape of today: by names, with `#[pickle(alias = "…")]` for those that have
//! changed, `default` for what is new, `other` for unknown variants, numbers that got wider, values that got wrapped; where
//! the meaning has changed, `version` and `migrate`. The derive lists the attributes.
//!
//! # What is promised
//!
//! The name and the shape of every type are in the stream, and always checked: a stream of another type is an error, never
//! a default-filled value. A byte that changes on a disk may still give another valid value: [`Pickler::checksum`] tells. No constructor runs. No input panics, hangs, overflows the stack or takes more memory than the
//! limits of [`Unpickler`]. There is no `unsafe`, here or in generated code.
//!
//! # Errors
//!
//! An [`Error`] has a [kind](ErrorKind), which lists each with an example, the path to the value, the offset in the bytes,
//! and ends in what to do about it.
//!
//! # Limits
//!
//! A value nests to 256 levels, which is a list of 85 boxed nodes or a tree of 128 levels of `Vec`s, unless
//! [`Pickler::max_depth`] and [`Unpickler::max_depth`] say otherwise; pointers take no level, and with the feature `deep`
//! the bound can be lifted for data that is trusted: stack is taken as needed. To drop a long list of boxes or pointers
//! takes a loop that unlinks it. A string or
//! run of bytes has at most 4 GiB. Values are built on the stack and moved: an array of 100 KiB and more belongs behind a
//! `Vec` or `Box<[T]>`, the more so in debug builds.

// The derives within this crate name it as users do.
extern crate self as pickle_core;

#[cfg(feature = "serde")]
mod bridge;
mod context;
mod error;
mod evolve;
mod graph;
mod impls;
pub mod inspect;
mod names;
mod pickler;
mod reduce;
mod registry;
mod schema;
mod stack;
mod traits;
mod unpickler;
pub mod value;
mod wire;

#[doc(hidden)]
#[path = "private/mod.rs"]
#[allow(missing_docs, reason = "what generated code names is no public surface")]
pub mod __private;

use __private as private;

pub use context::{Context, External};
pub use error::{Error, ErrorKind, Result};
pub use graph::{Target, Vacancy};
pub use pickle_derive::{Pickle, function, object};
pub use pickler::Pickler;
pub use reduce::Reduced;
pub use registry::Function;
pub use schema::{Describer, Schema, TypeRef};
pub use traits::{Pickle, Shape, Unpickle, UnpickleOwned};
pub use unpickler::{Iter, Unpickler};
pub use value::Value;
pub use wire::{Reader, Writer};

/// Dumps a value into bytes.
///
/// # Errors
/// What could not be loaded again: see [`ErrorKind`].
///
/// ```
/// let bytes = pickle_core::dumps(&vec![Some("a"), None])?;
/// let back: Vec<Option<String>> = pickle_core::loads(&bytes)?;
/// assert_eq!(back, [Some("a".to_owned()), None]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub fn dumps<T: Pickle + ?Sized>(value: &T) -> Result<Vec<u8>> {
    Pickler::new().dumps(value)
}

/// Loads the one value that `bytes` hold. It may borrow from them.
///
/// # Errors
/// Any of [`ErrorKind`]: no input panics, hangs, or takes more memory than the limits of [`Unpickler`].
///
/// ```
/// let bytes = pickle_core::dumps(&[(1u8, 'a'), (2, 'b')])?;
/// assert_eq!(pickle_core::loads::<[(u8, char); 2]>(&bytes)?, [(1, 'a'), (2, 'b')]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[inline]
pub fn loads<'a, T: Unpickle<'a>>(bytes: &'a [u8]) -> Result<T> {
    Unpickler::new().loads(bytes)
}

/// Dumps a value into a writer; several values may follow each other in one file.
///
/// # Errors
/// As [`dumps`], and those of the writer, which may then hold part of a stream: see [`Pickler::dump`].
///
/// ```
/// let mut file = Vec::new();
/// pickle_core::dump("state", &mut file)?;
/// assert_eq!(pickle_core::load::<String, _>(&file[..])?, "state");
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub fn dump<T: Pickle + ?Sized, W: std::io::Write>(value: &T, writer: W) -> Result<()> {
    Pickler::new().dump(value, writer)
}

/// Takes exactly one value from a reader; what follows stays there.
///
/// # Errors
/// As [`loads`], and those of the reader.
///
/// ```
/// let mut file = Vec::new();
/// pickle_core::dump(&1u8, &mut file)?;
/// pickle_core::dump(&2u8, &mut file)?;
/// let mut reader = &file[..];
/// assert_eq!(pickle_core::load::<u8, _>(&mut reader)?, 1);
/// assert_eq!(pickle_core::load::<u8, _>(&mut reader)?, 2);
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub fn load<T: UnpickleOwned, R: std::io::Read>(reader: R) -> Result<T> {
    Unpickler::new().load(reader)
}

/// The function at a path, by name: `func!(path::to::f)`, or `func!(Type::method as fn(&Type) -> f64)`.
///
/// The first form names a function with the attribute [`function`], and fails to compile where there is none. What
/// [`register!`] has registered is named with its signature, just as there; where the place that it goes to says the
/// signature, a method or a generic instance needs none.
///
/// ```
/// use pickle_core::{Function, func, function, register};
///
/// #[function]
/// fn double(x: f64) -> f64 { 2.0 * x }
/// assert_eq!(func!(double)(3.0), 6.0);
///
/// register!(f64::sqrt as fn(f64) -> f64);
/// assert_eq!(func!(f64::sqrt as fn(f64) -> f64)(9.0), 3.0);
/// let root: Function<fn(f64) -> f64> = func!(f64::sqrt);
/// assert_eq!(format!("{root:?}"), "f64::sqrt");
/// ```
#[macro_export]
macro_rules! func {
    ($($path:tt)*) => { $crate::__private::func!($crate; $($path)*) };
}

/// Registers what an attribute cannot reach: an implementor, `register!(Wrapper<u32> as dyn Shape)`, or a function,
/// `register!(Type::method as fn(&Type) -> f64)`.
///
/// It stands where an item may, in a module or a function body. An implementor is stored under the name of its type, a
/// function under its identifier (`Type::method` for a method), unless `name = "…"` follows. A closure without captures
/// needs a name, and is found again by [`Function::named`].
///
/// ```
/// use pickle_core::{Pickle, dumps, loads, object, register};
///
/// #[object]
/// trait Shape { fn area(&self) -> f64; }
///
/// #[derive(Pickle)]
/// struct Scaled<T>(T, f64);
///
/// impl Shape for Scaled<f64> { fn area(&self) -> f64 { self.0 * self.1 } }
/// register!(Scaled<f64> as dyn Shape);
///
/// let shape: Box<dyn Shape> = Box::new(Scaled(2.0, 3.0));
/// let back: Box<dyn Shape> = loads(&dumps(&shape)?)?;
/// assert_eq!(back.area(), 6.0);
///
/// register!((|x: f64| x + 1.0) as fn(f64) -> f64, name = "increment");
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[macro_export]
macro_rules! register {
    ($($what:tt)*) => { $crate::__private::register!($crate; $($what)*); };
}

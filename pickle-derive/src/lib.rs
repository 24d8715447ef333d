//! The derive, attributes and macros of `pickle-core`, which re-exports and documents them.
//!
//! Attributes are parsed into a model of our own, rules that span attributes are checked in one place, then code is
//! generated. All errors of a type come out in one compile.

mod attributes;
mod check;
mod errors;
mod func;
mod function;
mod generate;
mod model;
mod object;
mod register;

use proc_macro::TokenStream;

/// Derives `Pickle`, `Unpickle` and `Shape`: the type can be dumped and loaded.
///
/// # Attributes: `#[pickle(…)]`
///
/// | on | attribute | what it does |
/// | --- | --- | --- |
/// | type | `name = "…"` | the stored name, in place of the identifier |
/// | type | `alias = "…"` | a name that earlier releases stored it under; any number of them |
/// | type | `version = N`, `migrate(0 => path, …)` | older versions are loaded as the argument of `fn(Old) -> Result<Self, E>` |
/// | type | `transparent` | looks like its one field |
/// | type | `reduce = path, rebuild = path` | saved as what `fn(&Self) -> A` gives, restored by `fn(A) -> Result<Self, E>` |
/// | type | `reduce = path` | each value chooses its rebuilder: `fn(&Self) -> Reduced<Self>` |
/// | type | `before_dump = path` | `fn(&Self) -> Result<(), E>` runs before it is dumped, and may refuse |
/// | type | `after_load = path` | `fn(&mut Self) -> Result<(), E>` runs on the complete value, and may refuse |
/// | type | `bound(T: …)` | these bounds in place of the inferred ones; the stored name then has no type arguments, only the const ones |
/// | type | `remote = path::Type` | a mirror of another crate's type, for `with = Mirror` on fields that hold one |
/// | type | `serde` | saved and restored by its own `Serialize` and `Deserialize`; takes the feature `serde` |
/// | type | `crate = path` | where `pickle_core` is, if not under that name |
/// | field | `skip`, `skip = expr` | not saved; restored as its default, or the expression |
/// | field | `default`, `default = expr` | what it is where an older stream lacks it |
/// | field | `rename = "…"` | the stored name |
/// | field | `alias = "…"` | a name that earlier releases stored it under |
/// | field | `with = module` | saved as what `module::dump(&T) -> A` gives, restored by `module::load(A) -> Result<T, E>` |
/// | field | `compact` | an integer in as many bytes as its value needs |
/// | field | `external` | saved as its id: see `External` |
/// | field | `serde` | saved and restored by its type's `Serialize` and `Deserialize`; takes the feature `serde` |
/// | variant | `rename = "…"` | the stored name |
/// | variant | `alias = "…"` | a name that earlier releases stored it under |
/// | variant | `other` | stands for all variants of a stream that the enum does not have: a unit variant drops what they held, one that holds a `Value` keeps them |
/// | variant | `vacant` | what a cell of a cycle holds until its own content can be built; else the first variant that can be made of vacant fields |
///
/// `E` is any type that converts into `Box<dyn Error + Send + Sync>`, `String` and `&str` included.
///
/// ```
/// use pickle_core::{Pickle, dumps, loads};
///
/// #[derive(Pickle, Debug, PartialEq)]
/// #[pickle(after_load = Self::check)]
/// struct Account {
///     owner: String,
///     #[pickle(compact)]
///     cents: i64,
///     #[pickle(skip)]
///     cache: Option<String>,
/// }
///
/// impl Account {
///     fn check(&mut self) -> Result<(), &'static str> {
///         if self.cents >= 0 { Ok(()) } else { Err("an account is never negative") }
///     }
/// }
///
/// let account = Account { owner: "Ann".into(), cents: 250, cache: None };
/// assert_eq!(loads::<Account>(&dumps(&account)?)?, account);
/// # Ok::<(), pickle_core::Error>(())
/// ```
///
/// # Types of other crates
///
/// Many are pickled as they are, behind a feature of the crate's name: the documentation of `pickle_core` lists them. There
/// are three ways for any other, on the field that holds it. The first that fits is the best: it says most in a file, and
/// takes the least time.
///
/// **Its fields are public**: a mirror of it, with `remote`. It is saved from where it lies, without a copy, and made field
/// by field. A mirror is a type like any other: it takes `rename`, `default`, `after_load`, and old files open by it.
///
/// ```
/// use pickle_core::{Pickle, dumps, loads};
///
/// mod geometry { // another crate
///     #[derive(Debug, PartialEq)]
///     pub struct Point { pub x: f64, pub y: f64 }
/// }
///
/// #[derive(Pickle)]
/// #[pickle(remote = geometry::Point)]
/// struct Point { x: f64, y: f64 }
///
/// #[derive(Pickle, Debug, PartialEq)]
/// struct Label {
///     #[pickle(with = Point)]
///     at: geometry::Point,
///     text: String,
/// }
///
/// let label = Label { at: geometry::Point { x: 1.0, y: 2.0 }, text: "here".into() };
/// assert_eq!(loads::<Label>(&dumps(&label)?)?, label);
/// # Ok::<(), pickle_core::Error>(())
/// ```
///
/// **It knows serde**: `#[pickle(serde)]`, with the feature `serde`. The file holds serde's data model, names and all, so
/// `Value` and the command see what is in it. What serde's attributes say of names, defaults and old shapes holds for it.
/// `Deserialize` must borrow nothing, and what it allocates is its own: of that, only 16 bytes a value and what is text,
/// bytes or numbers in a row are charged to the memory limit. Numbers of 128 bits in what serde reads twice (`untagged`,
/// `flatten`, `tag`) are what serde has none for.
///
/// ```ignore
/// #[derive(Pickle)]
/// struct Request {
///     id: u64,
///     #[pickle(serde)]
///     body: serde_json::Value,
/// }
/// ```
///
/// On a type of your own it stands for the whole: `#[derive(Serialize, Deserialize, Pickle)] #[pickle(serde)]`.
///
/// **Neither**: a module of two functions, `with`. On a newtype that is `transparent` any of the three serves wherever the
/// type stands, in a `Vec` or as a key:
///
/// ```
/// use std::time::Instant;
/// use pickle_core::{Pickle, dumps, loads};
///
/// mod age {
///     use std::time::{Duration, Instant};
///     pub fn dump(at: &Instant) -> Duration { at.elapsed() }
///     pub fn load(age: Duration) -> Result<Instant, &'static str> {
///         Instant::now().checked_sub(age).ok_or("older than this machine")
///     }
/// }
///
/// #[derive(Pickle)]
/// #[pickle(transparent)]
/// struct Moment(#[pickle(with = age)] Instant);
///
/// let moments: Vec<Moment> = loads(&dumps(&vec![Moment(Instant::now())])?)?;
/// assert!(moments[0].0.elapsed().as_secs() < 60);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[proc_macro_derive(Pickle, attributes(pickle))]
pub fn derive_pickle(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    generate::derive(&input).into()
}

/// Registers a free function under its name, so that `func!` gives a `Function` of it that can be pickled.
///
/// `#[function(name = "…")]` gives another name than the identifier. A `fn(A) -> Result<S, E>` whose `A` can be loaded
/// may also rebuild an `S` that reduces.
///
/// Beside the function it declares a hidden type of the same name, which `func!` finds it by; so no module or type of that
/// name can stand beside it. Names are one set for the whole program, whatever module a function is in: two functions of
/// one name are refused, with both places, when one of them is used. `crate = path` says where `pickle_core` is.
///
/// ```
/// use pickle_core::{func, function};
/// #[function]
/// fn half(x: f64) -> f64 { x / 2.0 }
/// assert_eq!(func!(half).name(), Some("half"));
/// ```
#[proc_macro_attribute]
pub fn function(arguments: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(arguments.into(), item.into()).into()
}

/// On a trait: makes `Box`, `Rc`, `Arc` and `Weak` of `dyn Trait` (and `+ Send`, `+ Sync`) picklable. On an `impl` of it: registers the type.
///
/// On both, `name = "…"` gives another stored name than the identifier, and `crate = path` says where `pickle_core` is.
/// Every implementor of such a trait is `'static`, pickled or not. What has no `impl` of its own, such as an instance of a
/// generic one, is registered with `register!`.
///
/// ```
/// use pickle_core::{Pickle, dumps, loads, object};
///
/// #[object]
/// trait Animal { fn sound(&self) -> &'static str; }
///
/// #[derive(Pickle)]
/// struct Dog;
///
/// #[object]
/// impl Animal for Dog { fn sound(&self) -> &'static str { "woof" } }
///
/// let pets: Vec<Box<dyn Animal>> = vec![Box::new(Dog)];
/// let back: Vec<Box<dyn Animal>> = loads(&dumps(&pets)?)?;
/// assert_eq!(back[0].sound(), "woof");
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[proc_macro_attribute]
pub fn object(arguments: TokenStream, item: TokenStream) -> TokenStream {
    object::expand(arguments.into(), item.into()).into()
}

/// What `pickle_core::func!` hands its arguments to, the crate's path before them.
#[doc(hidden)]
#[proc_macro]
pub fn func(input: TokenStream) -> TokenStream {
    func::expand(input.into()).into()
}

/// What `pickle_core::register!` hands its arguments to, the crate's path before them.
#[doc(hidden)]
#[proc_macro]
pub fn register(input: TokenStream) -> TokenStream {
    register::expand(input.into()).into()
}

//! The functions and trait implementors that a program has registered.
//!
//! A stream only ever selects among these, by name and exact type.

mod function;
mod object;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

pub(crate) use function::Rebuilder;
pub use function::{Function, FunctionEntry, FunctionItem, NoRebuilder, RebuilderOf};
pub use object::{
    BehindDyn, ImplementorEntry, Object, Registered, dangling_object, fill_object, object_class, persist_object,
    persist_shared, registered, restore_object, strong_object, weak_object,
};

use crate::error::{Error, ErrorKind, Result};
use crate::schema::TypeSchema;

inventory::collect!(FunctionEntry);
inventory::collect!(ImplementorEntry);

/// Where a registration stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub struct Place {
    pub module: &'static str,
    pub file: &'static str,
    pub line: u32,
}

impl Place {
    /// The order of the source.
    fn before(self, other: Place) -> bool {
        (self.file, self.line) < (other.file, other.line)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.module, self.file, self.line)
    }
}

/// A function's entry, with what its entry only promises made.
#[derive(Debug)]
pub(crate) struct RegisteredFunction {
    pub(crate) entry: &'static FunctionEntry,
    /// The function pointer, as its exact type.
    pub(crate) pointer: Box<dyn Any + Send + Sync>,
    /// A `Rebuilder<S>`, where the function can be one.
    pub(crate) rebuilder: Option<Box<dyn Any + Send + Sync>>,
}

/// A trait as it stands behind `dyn`: `dyn Animal` and `dyn Animal + Send` are two.
type View = TypeId;

type ByName = HashMap<String, Vec<&'static ImplementorEntry>>;

/// The table of all registrations. A value, so that tests can have tables of their own.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    functions: HashMap<&'static str, Vec<RegisteredFunction>>,
    function_names: HashMap<TypeId, &'static FunctionEntry>,
    by_name: HashMap<View, ByName>,
    by_former_name: HashMap<View, ByName>,
    by_type: HashMap<(View, TypeId), Vec<&'static ImplementorEntry>>,
}

impl Registry {
    /// The table of this program.
    pub(crate) fn program() -> &'static Registry {
        static PROGRAM: OnceLock<Registry> = OnceLock::new();
        PROGRAM.get_or_init(|| Registry::new(inventory::iter::<FunctionEntry>(), inventory::iter::<ImplementorEntry>()))
    }

    fn new(
        functions: impl IntoIterator<Item = &'static FunctionEntry>,
        implementors: impl IntoIterator<Item = &'static ImplementorEntry>,
    ) -> Registry {
        let mut registry = Registry::default();
        for entry in functions {
            let function = RegisteredFunction { entry, pointer: (entry.pointer)(), rebuilder: (entry.rebuilder)() };
            registry.functions.entry(entry.name).or_default().push(function);
            // Of several names of one function the first in the source is saved, whichever way the linker has them.
            let first = registry.function_names.entry((entry.item)()).or_insert(entry);
            if entry.place.before(first.place) {
                *first = entry;
            }
        }
        for entry in implementors {
            // A type that is not `Send` has no place behind `dyn Trait + Send`.
            if entry.views.is_none() {
                continue;
            }
            let view = (entry.view)();
            registry.by_name.entry(view).or_default().entry((entry.name)()).or_default().push(entry);
            for name in (entry.former_names)() {
                registry.by_former_name.entry(view).or_default().entry(name).or_default().push(entry);
            }
            registry.by_type.entry((view, (entry.concrete)())).or_default().push(entry);
        }
        // Whoever asks by type learns of a second type of its name, too.
        for (view, names) in &registry.by_name {
            for entries in names.values().filter(|entries| entries.len() > 1) {
                for entry in entries {
                    registry.by_type.insert((*view, (entry.concrete)()), entries.clone());
                }
            }
        }
        registry
    }

    /// The one function of this name.
    pub(crate) fn function(&self, name: &str) -> Result<&RegisteredFunction> {
        match self.functions.get(name).map(Vec::as_slice) {
            Some([function]) => Ok(function),
            None | Some([]) => Err(unknown("function", name, self.functions.keys().copied())),
            Some([first, second, ..]) => Err(duplicate("function", name, first.entry.place, second.entry.place)),
        }
    }

    /// The one function of this name, if there is just one.
    pub(crate) fn function_named(&self, name: &str) -> Option<&RegisteredFunction> {
        match self.functions.get(name)?.as_slice() {
            [function] => Some(function),
            _ => None,
        }
    }

    /// The name that the item of this type was registered under.
    pub(crate) fn function_name(&self, item: TypeId) -> Option<&'static str> {
        self.function_names.get(&item).map(|entry| entry.name)
    }

    /// The one implementor of this name for the trait `V`.
    pub(crate) fn implementor<V: ?Sized + 'static>(&self, name: &str) -> Result<&'static ImplementorEntry> {
        match self.implementors_named::<V>(name) {
            [entry] => Ok(entry),
            [first, second, ..] => Err(duplicate(&implementor_of::<V>(), name, first.place, second.place)),
            [] => {
                let names = self.by_name.get(&TypeId::of::<V>()).into_iter().flatten();
                Err(unknown(&implementor_of::<V>(), name, names.map(|(name, _)| name.as_str())))
            }
        }
    }

    /// The implementors of this name for the trait `V`, or those that once had it.
    pub(crate) fn implementors_named<V: ?Sized + 'static>(&self, name: &str) -> &[&'static ImplementorEntry] {
        let view = TypeId::of::<V>();
        let now = self.by_name.get(&view).and_then(|names| names.get(name));
        let entries = now.or_else(|| self.by_former_name.get(&view).and_then(|names| names.get(name)));
        entries.map(Vec::as_slice).unwrap_or_default()
    }

    /// The implementors of the trait `V`, in the order of their names.
    pub(crate) fn implementors<V: ?Sized + 'static>(&self) -> impl Iterator<Item = &'static ImplementorEntry> {
        let names = self.by_name.get(&TypeId::of::<V>()).into_iter().flatten();
        let mut entries: Vec<_> = names.flat_map(|(_, entries)| entries.iter().copied()).collect();
        entries.sort_by_cached_key(|entry| (entry.name)());
        entries.into_iter()
    }

    /// The schemas of what the rebuilders of `S` take.
    pub(crate) fn rebuilders<S: 'static>(&self) -> Vec<&'static TypeSchema> {
        let functions = self.functions.values().flatten();
        let rebuilders = functions.filter_map(|function| function.rebuilder.as_deref()?.downcast_ref::<Rebuilder<S>>());
        rebuilders.filter_map(|rebuilder| (rebuilder.schema)().ok()).collect()
    }

    /// The entry of a concrete type for the trait `V`.
    pub(crate) fn implementor_for<V: ?Sized + 'static>(
        &self,
        concrete: TypeId,
        type_name: &str,
    ) -> Result<&'static ImplementorEntry> {
        match self.by_type.get(&(TypeId::of::<V>(), concrete)).map(Vec::as_slice) {
            Some([entry]) => Ok(entry),
            Some([first, second, ..]) => {
                Err(duplicate(&implementor_of::<V>(), &(first.name)(), first.place, second.place))
            }
            None | Some([]) => {
                let view = crate::names::short::<V>();
                Err(Error::new(
                    ErrorKind::Unregistered,
                    format!("`{type_name}` is not registered as an implementor of `{view}`"),
                )
                .with_remedy(format!(
                    "put `#[pickle_core::object]` on its `impl`, or write `pickle_core::register!({} as {view})`",
                    crate::names::without_modules(type_name)
                )))
            }
        }
    }
}

fn implementor_of<V: ?Sized>() -> String {
    format!("implementor of `{}`", crate::names::short::<V>())
}

#[cold]
fn duplicate(what: &str, name: &str, first: Place, second: Place) -> Error {
    // In the order of the source, whichever way the linker has them.
    let (first, second) = if second.before(first) { (second, first) } else { (first, second) };
    Error::new(
        ErrorKind::DuplicateName,
        format!("two registrations of the {what} named `{name}`: in {first} and in {second}"),
    )
    .with_remedy("give one of them another name: `name = \"…\"`")
}

#[cold]
fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let mut known: Vec<&str> = known.collect();
    known.sort_by_cached_key(|other| (strsim::damerau_levenshtein(name, other), other.to_owned()));
    known.truncate(3);
    let nearest = match known.as_slice() {
        [] => "none is".to_owned(),
        [one] => format!("only `{one}` is"),
        names => {
            format!("the nearest are {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
    let name = name.escape_debug();
    Error::new(ErrorKind::UnknownName, format!("no {what} is registered under the name `{name}`, {nearest}")).with_remedy(
        "register it in this program; a crate that only Cargo.toml names registers nothing until code names it: `use the_crate as _;`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u32) -> Place {
        Place { module: "m", file: "f.rs", line }
    }

    fn function(name: &'static str, line: u32) -> &'static FunctionEntry {
        Box::leak(Box::new(FunctionEntry {
            name,
            place: place(line),
            item: TypeId::of::<u8>,
            pointer: || Box::new(0u8),
            rebuilder: || None,
        }))
    }

    #[test]
    fn a_duplicate_names_both_places_in_source_order_whatever_the_link_order() {
        let (a, b) = (function("f", 1), function("f", 2));
        for order in [[a, b], [b, a]] {
            let error = Registry::new(order, []).function("f").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DuplicateName);
            assert!(error.to_string().contains("in m (f.rs:1) and in m (f.rs:2)"), "{error}");
        }
    }

    #[test]
    fn a_duplicate_is_an_error_only_for_who_uses_that_name() {
        let registry = Registry::new([function("f", 1), function("f", 2), function("g", 3)], []);
        assert_eq!(registry.function("g").map(|f| f.entry.name).ok(), Some("g"));
    }

    #[test]
    fn an_unknown_name_lists_the_nearest_known_ones() {
        let registry =
            Registry::new([function("median", 1), function("mean", 2), function("stdev", 3), function("x", 4)], []);
        let error = registry.function("maen").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownName);
        assert!(error.to_string().contains("the nearest are `mean`, `median`"), "{error}");
    }
}

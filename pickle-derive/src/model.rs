//! A type as the generator sees it.

use syn::{ExprPath, Generics, Ident, Path, Type, TypePath, Visibility, WherePredicate};

/// The type that derives.
#[derive(Clone)]
pub(crate) struct Container {
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The stored name.
    pub(crate) name: String,
    /// The stored names of earlier releases.
    pub(crate) aliases: Vec<String>,
    pub(crate) version: Option<Version>,
    /// The path to `pickle_core`.
    pub(crate) krate: Path,
    pub(crate) transparent: bool,
    pub(crate) reduce: Option<Reduce>,
    /// Whether it reduces to what it knows of serde.
    pub(crate) by_serde: bool,
    pub(crate) before_dump: Option<ExprPath>,
    pub(crate) after_load: Option<ExprPath>,
    pub(crate) bound: Option<Vec<WherePredicate>>,
    /// The type of another crate that it looks like.
    pub(crate) remote: Option<TypePath>,
    /// Whether none is ever made: it is what a value of another type is dumped as.
    pub(crate) is_lent: bool,
    pub(crate) data: Data,
    pub(crate) given: Given,
}

/// The attributes that stand there, in their order, for errors to point at.
#[derive(Clone, Default)]
pub(crate) struct Given(pub(crate) Vec<Path>);

/// A version above 0, and what makes a value of older ones.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) number: u8,
    pub(crate) migrations: Vec<Migration>,
}

/// A function from the type of an older version to this one.
#[derive(Clone)]
pub(crate) struct Migration {
    pub(crate) from: u8,
    pub(crate) path: ExprPath,
}

/// How a type is saved as something else.
#[derive(Clone)]
pub(crate) enum Reduce {
    /// One rebuilder for all values.
    Static { reduce: ExprPath, rebuild: ExprPath },
    /// Each value names its own.
    Chosen { reduce: ExprPath },
}

#[derive(Clone)]
pub(crate) enum Data {
    Struct(Fields),
    Enum(Vec<Variant>),
}

#[derive(Clone)]
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    /// Whether it is the enum's vacant value.
    pub(crate) vacant: bool,
    /// Whether it stands for variants that the enum does not have.
    pub(crate) other: bool,
    pub(crate) fields: Fields,
    pub(crate) given: Given,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Style {
    Unit,
    Tuple,
    Named,
}

#[derive(Clone)]
pub(crate) struct Fields {
    pub(crate) style: Style,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone)]
pub(crate) struct Field {
    /// Its place in the struct or variant.
    pub(crate) index: usize,
    pub(crate) member: syn::Member,
    /// The stored name; empty in a tuple.
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) ty: Type,
    pub(crate) codec: Codec,
    /// What it is where a stream lacks it: the expression, or its type's default.
    pub(crate) default: Option<Option<syn::Expr>>,
    /// Whether it is an integer in another form.
    pub(crate) has_zero: bool,
    /// Whether it is saved by what its type knows of serde.
    pub(crate) by_serde: bool,
    pub(crate) given: Given,
}

/// How a field is saved.
#[derive(Clone)]
pub(crate) enum Codec {
    Plain,
    /// As what the module's `dump` gives.
    With(Path),
    External,
    /// Not at all: restored as the expression, or its default.
    Skip(Option<syn::Expr>),
}

impl Given {
    pub(crate) fn get(&self, name: &str) -> Option<&Path> {
        self.0.iter().find(|path| path.is_ident(name))
    }

    /// All of some names.
    pub(crate) fn all(&self, names: &[&str]) -> impl Iterator<Item = &Path> {
        self.0.iter().filter(|path| names.iter().any(|name| path.is_ident(name)))
    }
}

impl Fields {
    /// The fields that are saved.
    pub(crate) fn saved(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !matches!(field.codec, Codec::Skip(_)))
    }
}

impl Container {
    pub(crate) fn fields(&self) -> Vec<&Field> {
        match &self.data {
            Data::Struct(fields) => fields.fields.iter().collect(),
            Data::Enum(variants) => variants.iter().flat_map(|variant| &variant.fields.fields).collect(),
        }
    }
}

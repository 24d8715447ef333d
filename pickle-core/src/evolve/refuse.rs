//! Two shapes that nothing bridges: where they part, in words.

use super::plan::OpId;
use crate::error::{Error, ErrorKind, Step};
use crate::schema::{Fields, Model, Node, Ref, Style, TypeSchema, TypeTable};

/// Two types that meet, with the pair that they were met in and the step from there.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) old: Ref,
    pub(super) own: Ref,
    pub(super) parent: Option<OpId>,
    pub(super) step: Option<Step>,
}

/// Why a value of the one type can't become one of the other.
pub(super) enum Refusal {
    Types,
    /// The fields are not of one style, or a tuple has lost some.
    Style {
        old: Fields,
        own: Fields,
    },
    /// A field that the stream lacks, without a default.
    Missing {
        field: String,
        old: Fields,
        own: Fields,
    },
    InVariant(String, Box<Refusal>),
    /// A version above the program's.
    Newer {
        found: u8,
        own: u8,
    },
    /// A version that no migration takes.
    NoMigration {
        found: u8,
        own: u8,
    },
}

const MIGRATE: &str = "give the type a `version` and a `migrate` from the old one";

impl Refusal {
    pub(super) fn in_variant(self, variant: &str) -> Refusal {
        Refusal::InVariant(variant.to_owned(), Box::new(self))
    }

    /// The error for the pair with the number `at`.
    #[cold]
    pub(super) fn into_error(self, old: &TypeTable, own: &TypeSchema, pairs: &[Pair], at: OpId) -> Error {
        let own = &own.own().types.model;
        let path = path(pairs, at);
        let pair = if path.is_empty() && matches!(self, Refusal::Types) { &pairs[0] } else { &pairs[at] };
        let (name, found) = (own.name(pair.own), old.model.name(pair.old));
        if path.is_empty() && matches!(self, Refusal::Types) {
            return Error::new(ErrorKind::WrongType, format!("expected `{name}`, the stream holds `{found}`"))
                .with_remedy(format!("load it as `{found}`, or check that this is the file you mean"));
        }
        let (what, remedy) = self.describe(&name, &found);
        let error = match self {
            Refusal::Newer { .. } => {
                return Error::new(ErrorKind::Version, what).with_remedy(remedy).steps(path);
            }
            Refusal::NoMigration { .. } => Error::new(ErrorKind::WrongType, what),
            // Where the types themselves differ, it is a part of the one above that has changed.
            Refusal::Types => {
                let owner = own.name(nearest_named(own, pairs, pair.parent.unwrap_or(at)));
                Error::new(ErrorKind::WrongType, format!("the stream has another shape of `{owner}`: {what}"))
            }
            _ => Error::new(ErrorKind::WrongType, format!("the stream has another shape of `{name}`: {what}")),
        };
        error.steps(path).with_remedy(remedy)
    }

    /// What differs between the types of these names, and what to do about it.
    fn describe(&self, name: &str, found: &str) -> (String, String) {
        match self {
            Refusal::Types => (
                format!("expected `{name}`, found `{found}`"),
                format!(
                    "a number may only become wider, a value an `Option`, `Box` or `Rc` of itself; for more, {MIGRATE}"
                ),
            ),
            Refusal::Style { old, own } => (
                format!("expected {}, found {}", kind(own), kind(old)),
                format!("a tuple may only get more fields, at its end; for more, {MIGRATE}"),
            ),
            Refusal::Missing { field, old, own } => {
                let lacks = if field.is_empty() { "the last fields".to_owned() } else { format!("`{field}`") };
                (
                    format!("it lacks {lacks}: expected {}, found {}", kind(own), kind(old)),
                    format!(
                        "give a new field `#[pickle(default)]`, a renamed one its old name, `#[pickle(alias = \"…\")]`; for more, {MIGRATE}"
                    ),
                )
            }
            Refusal::InVariant(variant, refusal) => {
                let (what, remedy) = refusal.describe(name, found);
                (format!("in the variant `{}`, {what}", variant.escape_debug()), remedy)
            }
            Refusal::Newer { found: version, own } => (
                format!("the stream has version {version} of `{name}`, this program knows versions up to {own}"),
                "open it with the program that wrote it, or a later one".to_owned(),
            ),
            Refusal::NoMigration { found: version, own } => (
                format!("the stream has version {version} of `{name}`, and nothing brings that to version {own}"),
                format!("write `migrate({version} => path)`, with a function from the old type to this one"),
            ),
        }
    }
}

/// The steps from the root to a pair.
fn path(pairs: &[Pair], at: OpId) -> Vec<Step> {
    let mut path = Vec::new();
    let mut next = Some(at);
    while let Some(at) = next {
        path.extend(pairs[at].step.clone());
        next = pairs[at].parent;
    }
    path.reverse();
    path
}

/// The nearest struct or enum from a pair upwards.
fn nearest_named(own: &Model, pairs: &[Pair], mut at: OpId) -> Ref {
    loop {
        let pair = &pairs[at];
        let named = matches!(pair.own, Ref::Type(i) if matches!(own.types[i], Node::Struct(..) | Node::Enum(..)));
        match pair.parent {
            Some(parent) if !named => at = parent,
            _ => return pair.own,
        }
    }
}

fn kind(fields: &Fields) -> String {
    match fields.style {
        Style::Unit => "no fields".to_owned(),
        Style::Tuple => format!("{} unnamed fields", fields.fields.len()),
        Style::Named => format!("the fields {}", list(fields.fields.iter().map(|field| field.0.as_str()))),
    }
}

/// Names in a row, as many as people would read. They may come from a stream: they are escaped.
fn list<'n>(mut names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 12;
    let mut list: Vec<String> = names.by_ref().take(SHOWN).map(|name| format!("`{}`", name.escape_debug())).collect();
    match names.count() {
        0 => {}
        more => list.push(format!("{more} more")),
    }
    list.join(", ")
}

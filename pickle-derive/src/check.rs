//! Rules that span attributes, fields or variants.

use std::collections::HashMap;

use crate::errors::Errors;
use crate::model::{Container, Data, Fields};

/// Fields of a type, and variants of an enum, that a loader takes at the most.
const MAX_PARTS: usize = 1024;

pub(crate) fn check(container: &Container, errors: &mut Errors) {
    match &container.data {
        Data::Struct(fields) => check_fields(container, fields, errors),
        Data::Enum(variants) => {
            unique(variants.iter().map(|variant| (&variant.ident, variant.name.as_str())), "variants", errors);
            if variants.len() > MAX_PARTS {
                errors.at(&container.ident, format!("more than {MAX_PARTS} variants: no loader would take its schema"));
            }
            for variant in variants.iter().filter(|variant| variant.vacant).skip(1) {
                errors.at(&variant.ident, "a second `vacant` variant: an enum has one");
            }
            variants.iter().for_each(|variant| check_fields(container, &variant.fields, errors));
        }
    }
    if container.transparent {
        check_transparent(container, errors);
    }
    if container.reduce.is_some() {
        for field in container.fields() {
            if !matches!(field.codec, crate::model::Codec::Plain) {
                errors.at(&field.member, "the fields of a type with `reduce` are not saved: they take no attribute");
            }
        }
    }
}

fn check_fields(container: &Container, fields: &Fields, errors: &mut Errors) {
    if fields.saved().count() > MAX_PARTS {
        errors.at(&container.ident, format!("more than {MAX_PARTS} fields: no loader would take its schema"));
    }
    let named = fields.saved().filter(|field| !field.name.is_empty());
    unique(named.map(|field| (&field.member, field.name.as_str())), "fields", errors);
}

fn unique<'n, T: quote::ToTokens>(names: impl Iterator<Item = (T, &'n str)>, what: &str, errors: &mut Errors) {
    let mut seen = HashMap::new();
    for (tokens, name) in names {
        if seen.insert(name, ()).is_some() {
            errors.at(&tokens, format!("two {what} have the stored name `{name}`"));
        }
    }
}

fn check_transparent(container: &Container, errors: &mut Errors) {
    let one = match &container.data {
        Data::Struct(fields) => fields.saved().count() == 1,
        Data::Enum(_) => false,
    };
    if !one {
        errors.at(&container.ident, "`transparent` is for a struct, not an enum, with exactly one field that is saved");
    }
    if container.reduce.is_some() || container.before_dump.is_some() {
        errors.at(
            &container.ident,
            "`transparent` contradicts `reduce` and `before_dump`: it looks like its field alone",
        );
    }
}

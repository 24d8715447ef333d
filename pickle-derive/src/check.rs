//! Rules that span attributes, fields or variants.

use std::collections::HashMap;

use crate::errors::Errors;
use crate::model::{Codec, Container, Data, Fields, Style};

/// Fields of a type, and variants of an enum, that a loader takes at the most.
const MAX_PARTS: usize = 1024;

pub(crate) fn check(container: &Container, errors: &mut Errors) {
    let names = std::iter::once(&container.name).chain(&container.aliases);
    unique(names.map(|name| (&container.ident, name.as_str())), "types", errors);
    match &container.data {
        Data::Struct(fields) => check_fields(container, fields, errors),
        Data::Enum(variants) => {
            let names = variants.iter().flat_map(|variant| {
                std::iter::once(&variant.name).chain(&variant.aliases).map(|name| (&variant.ident, name.as_str()))
            });
            unique(names, "variants", errors);
            if variants.len() > MAX_PARTS {
                errors.at(&container.ident, format!("more than {MAX_PARTS} variants: no loader would take its schema"));
            }
            for variant in variants.iter().filter(|variant| variant.vacant).skip(1) {
                errors.at(&variant.ident, "a second `vacant` variant: an enum has one");
            }
            for variant in variants.iter().filter(|variant| variant.other).skip(1) {
                errors.at(&variant.ident, "a second `other` variant: an enum has one");
            }
            variants.iter().for_each(|variant| check_fields(container, &variant.fields, errors));
        }
    }
    if container.transparent {
        check_transparent(container, errors);
    }
    if container.remote.is_some() {
        check_remote(container, errors);
    }
    if container.reduce.is_some() {
        for field in container.fields() {
            if !matches!(field.codec, Codec::Plain) || field.default.is_some() {
                errors.at(
                    &field.member,
                    "the fields of a type with `reduce` or `serde` are not saved one by one: they take no attribute",
                );
            }
        }
    }
}

fn check_fields(container: &Container, fields: &Fields, errors: &mut Errors) {
    if fields.saved().count() > MAX_PARTS {
        errors.at(&container.ident, format!("more than {MAX_PARTS} fields: no loader would take its schema"));
    }
    let named = fields.saved().filter(|field| !field.name.is_empty());
    let names = named.flat_map(|field| {
        std::iter::once(&field.name).chain(&field.aliases).map(|name| (&field.member, name.as_str()))
    });
    unique(names, "fields", errors);
    if fields.style == Style::Tuple {
        let from_first = fields.saved().skip_while(|field| field.default.is_none());
        for field in from_first.filter(|field| field.default.is_none()) {
            errors.at(&field.ty, "follows a field with `default`: a stream can only lack the last fields of a tuple");
        }
    }
}

fn unique<'n, T: quote::ToTokens + PartialEq>(
    names: impl Iterator<Item = (T, &'n str)>,
    what: &str,
    errors: &mut Errors,
) {
    let mut seen: HashMap<&str, T> = HashMap::new();
    for (tokens, name) in names {
        match seen.get(name) {
            Some(known) if *known == tokens => errors.at(&tokens, format!("it has the name `{name}` already")),
            Some(_) => errors.at(&tokens, format!("two {what} have the stored name `{name}`")),
            None => {
                seen.insert(name, tokens);
            }
        }
    }
}

fn check_remote(container: &Container, errors: &mut Errors) {
    if container.reduce.is_some() || container.before_dump.is_some() || container.version.is_some() {
        errors.at(
            &container.ident,
            "`remote` contradicts `reduce`, `serde`, `before_dump` and `version`: what is saved is a value of the other type, field by field",
        );
    }
    for field in container.fields() {
        if matches!(field.codec, Codec::External) {
            errors.at(&field.ty, "a field of a `remote` type is of that type's: no `External` can be asked for it");
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
    if container.reduce.is_some() || container.before_dump.is_some() || container.version.is_some() {
        errors.at(
            &container.ident,
            "`transparent` contradicts `reduce`, `serde`, `before_dump` and `version`: it looks like its field alone",
        );
    }
    if let Some(field) = container.fields().iter().find(|field| field.default.is_some()) {
        errors.at(&field.ty, "a stream never lacks the one field of a `transparent` struct: `default` has no use");
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::attributes;
    use crate::errors::Errors;

    /// What the derive says of a type, as the code that reports it; nothing where it takes the type.
    fn verdict(source: &str) -> String {
        let input = syn::parse_str(source).expect("it is a type");
        let mut errors = Errors::default();
        let container = attributes::container(&input, &mut errors);
        check(&container, &mut errors);
        errors.finish(()).err().map(|code| code.to_string()).unwrap_or_default()
    }

    fn list(count: usize, part: impl Fn(usize) -> String) -> String {
        (0..count).map(part).collect()
    }

    #[test]
    fn a_type_has_no_more_parts_than_a_loader_takes() {
        let verdicts = |count| {
            [
                verdict(&format!("enum E {{ {} }}", list(count, |i| format!("V{i}, ")))),
                verdict(&format!("struct S {{ {} }}", list(count, |i| format!("f{i}: u8, ")))),
                verdict(&format!("enum E {{ V({}) }}", list(count, |_| "u8, ".to_owned()))),
            ]
        };
        assert_eq!(verdicts(1024), [""; 3]);
        let [variants, fields, fields_of_a_variant] = verdicts(1025);
        assert!(variants.contains("more than 1024 variants"), "{variants}");
        assert!(fields.contains("more than 1024 fields"), "{fields}");
        assert!(fields_of_a_variant.contains("more than 1024 fields"), "{fields_of_a_variant}");
    }
}

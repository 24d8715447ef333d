//! Rules that span attributes, fields or variants.

use std::collections::HashMap;

use crate::errors::Errors;
use crate::model::{Codec, Container, Data, Field, Fields, Given, Style, Variant};

/// Fields of a type, and variants of an enum, that a loader takes at the most.
const MAX_PARTS: usize = 1024;

pub(crate) fn check(container: &Container, errors: &mut Errors) {
    let names = std::iter::once(&container.name).chain(&container.aliases);
    unique(names.map(|name| (&container.ident, name.as_str())), "types", errors);
    check_container(container, errors);
    match &container.data {
        _ if container.reduce.is_some() => check_reduced(container, errors),
        Data::Struct(fields) => check_fields(container, fields, errors),
        Data::Enum(variants) => {
            check_variants(container, variants, errors);
            variants.iter().for_each(|variant| check_fields(container, &variant.fields, errors));
        }
    }
}

fn check_container(container: &Container, errors: &mut Errors) {
    let given = &container.given;
    let mut at_each = |names: &[&str], message| given.all(names).for_each(|path| errors.at(path, message));
    if given.get("reduce").is_none() {
        at_each(&["rebuild"], "`rebuild` goes with `reduce = path`, which gives what it takes");
    } else {
        at_each(&["serde"], "contradicts `reduce`: a type is saved in one way");
    }
    if given.get("version").is_none() {
        at_each(&["migrate"], "`migrate` goes with `version = N`, the version that it brings older ones to");
    }
    let own_ways = ["reduce", "serde", "before_dump", "version"];
    if container.transparent {
        at_each(&own_ways, "contradicts `transparent`: the type looks like its field alone");
    }
    if container.remote.is_some() {
        let message = "contradicts `remote`: what is saved is a value of the other type, field by field";
        at_each(&own_ways, message);
    }
    let one = match &container.data {
        Data::Struct(fields) => fields.saved().count() == 1,
        Data::Enum(_) => false,
    };
    if container.transparent && !one {
        errors.at(&container.ident, "`transparent` is for a struct, not an enum, with exactly one field that is saved");
    }
}

fn check_reduced<'c>(container: &'c Container, errors: &mut Errors) {
    let of_fields = |fields: &'c Fields| fields.fields.iter().map(|field| &field.given);
    let of_parts: Vec<&Given> = match &container.data {
        Data::Struct(fields) => of_fields(fields).collect(),
        Data::Enum(variants) => variants
            .iter()
            .flat_map(|variant| std::iter::once(&variant.given).chain(of_fields(&variant.fields)))
            .collect(),
    };
    for path in of_parts.into_iter().flat_map(|given| &given.0) {
        errors.at(
            path,
            "the fields and variants of a type with `reduce` or `serde` are not saved one by one: they take no attribute",
        );
    }
}

fn check_variants(container: &Container, variants: &[Variant], errors: &mut Errors) {
    let names = variants.iter().flat_map(|variant| {
        std::iter::once(&variant.name).chain(&variant.aliases).map(|name| (&variant.ident, name.as_str()))
    });
    unique(names, "variants", errors);
    if variants.len() > MAX_PARTS {
        errors.at(&container.ident, format!("more than {MAX_PARTS} variants: no loader would take its schema"));
    }
    for name in ["vacant", "other"] {
        for path in variants.iter().filter_map(|variant| variant.given.get(name)).skip(1) {
            errors.at(path, format!("a second `{name}` variant: an enum has one"));
        }
    }
    let has_hooks = container.before_dump.is_some() || container.after_load.is_some();
    for variant in variants {
        if let Some(path) = variant.given.get("vacant") {
            if has_hooks {
                errors.at(path, "an enum with `before_dump` or `after_load` has no vacant value");
            } else if !variant.fields.may_be_vacant() {
                let message = "a vacant variant is made of vacant fields, and one with `with` or `external` has none";
                errors.at(path, message);
            }
        }
        let mut saved = variant.fields.saved();
        let keeps = saved.next().is_none_or(|field| matches!(field.codec, Codec::Plain)) && saved.next().is_none();
        if let (Some(path), false) = (variant.given.get("other"), keeps) {
            errors.at(path, "the variant that stands for unknown ones saves no field, or a `Value` that keeps them");
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
    fields.fields.iter().for_each(|field| check_field(container, fields.style, field, errors));
    if fields.style == Style::Tuple {
        let from_first = fields.saved().skip_while(|field| field.default.is_none());
        for field in from_first.filter(|field| field.default.is_none()) {
            errors.at(&field.ty, "follows a field with `default`: a stream can only lack the last fields of a tuple");
        }
    }
}

fn check_field(container: &Container, style: Style, field: &Field, errors: &mut Errors) {
    let given = &field.given;
    for path in given.all(&["skip", "with", "compact", "external", "serde"]).skip(1) {
        errors.at(path, "contradicts the attribute before it: a field is saved in one way");
    }
    let mut at_each = |names: &[&str], message| given.all(names).for_each(|path| errors.at(path, message));
    let of_name = ["rename", "alias"];
    if given.get("skip").is_some() {
        at_each(&of_name, "a skipped field has no stored name: leave one of the two out");
        at_each(&["default"], "a skipped field is always restored as its default: `skip = …` gives another one");
    }
    if style == Style::Tuple {
        at_each(&of_name, "a field of a tuple is stored by its position: it has no name to change");
    } else if container.transparent {
        at_each(&of_name, "a `transparent` struct looks like what its field holds: no name of it is stored");
    }
    if container.transparent {
        let message = "a stream never lacks the one field of a `transparent` struct: `default` has no use";
        at_each(&["default"], message);
    }
    if container.remote.is_some() {
        at_each(&["external"], "a field of a `remote` type is of that type's: no `External` can be asked for it");
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

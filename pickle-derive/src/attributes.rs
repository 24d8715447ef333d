//! `#[pickle(…)]` to the model.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Expr, ExprPath, LitInt, LitStr, Member, Path, Token, WherePredicate, parenthesized};

use crate::errors::{Errors, bad_name};
use crate::model::{Codec, Container, Data, Field, Fields, Migration, Reduce, Style, Variant, Version};

/// A value that may be given once.
struct Once<T>(Option<(T, Path)>);

impl<T> Once<T> {
    fn set(&mut self, meta: &ParseNestedMeta<'_>, value: T) -> syn::Result<()> {
        if self.0.is_some() {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            return Err(meta.error(format!("`{name}` is given twice")));
        }
        self.0 = Some((value, meta.path.clone()));
        Ok(())
    }

    fn take(self) -> Option<T> {
        self.0.map(|(value, _)| value)
    }

    fn path(&self) -> Option<&Path> {
        self.0.as_ref().map(|(_, path)| path)
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Once(None)
    }
}

/// Runs `parse` on each entry of each `#[pickle(…)]`.
fn each(attributes: &[Attribute], errors: &mut Errors, mut parse: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<()>) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("pickle")) {
        let mut found = Vec::new();
        let parsed = attribute.parse_nested_meta(|meta| {
            if let Err(error) = parse(&meta) {
                found.push(error);
                // Go on behind the value, so that later entries report their errors too.
                skip_value(&meta)?;
            }
            Ok(())
        });
        found.into_iter().for_each(|error| errors.push(error));
        if let Err(error) = parsed {
            errors.push(error);
        }
    }
}

fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    while !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        meta.input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

fn value<T: Parse>(meta: &ParseNestedMeta<'_>) -> syn::Result<T> {
    meta.value()?.parse()
}

fn unknown(meta: &ParseNestedMeta<'_>, on: &str, known: &str) -> syn::Error {
    meta.error(format!("no such attribute; a {on} takes {known}"))
}

fn stored_name(name: Once<LitStr>, errors: &mut Errors) -> Option<String> {
    Some(checked_name(&name.take()?, errors))
}

fn checked_name(name: &LitStr, errors: &mut Errors) -> String {
    if let Some(error) = bad_name(name) {
        errors.push(error);
    }
    name.value()
}

/// Names of earlier releases, of which there may be several.
#[derive(Default)]
struct Aliases(Vec<(LitStr, Path)>);

impl Aliases {
    fn add(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        self.0.push((value(meta)?, meta.path.clone()));
        Ok(())
    }

    fn path(&self) -> Option<&Path> {
        self.0.first().map(|(_, path)| path)
    }

    fn names(&self, errors: &mut Errors) -> Vec<String> {
        self.0.iter().map(|(name, _)| checked_name(name, errors)).collect()
    }
}

/// `0 => path, 1 => path`, in parentheses.
fn migrations(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<(LitInt, ExprPath)>> {
    let content;
    parenthesized!(content in meta.input);
    let one = |input: ParseStream<'_>| {
        let from = input.parse()?;
        input.parse::<Token![=>]>()?;
        Ok((from, input.parse()?))
    };
    Ok(Punctuated::<_, Token![,]>::parse_terminated_with(&content, one)?.into_iter().collect())
}

/// The version of a type, checked with its migrations.
fn version(number: Once<LitInt>, migrations: Once<Vec<(LitInt, ExprPath)>>, errors: &mut Errors) -> Option<Version> {
    if let (None, Some(path)) = (number.path(), migrations.path()) {
        errors.at(path, "`migrate` goes with `version = N`, the version that it brings older ones to");
    }
    let literal = number.take()?;
    let number = match literal.base10_parse::<u8>() {
        Ok(number) if number > 0 => number,
        _ => {
            errors.at(&literal, "a version is a number from 1 to 255; a type that gives none is at 0");
            return None;
        }
    };
    let mut checked: Vec<Migration> = Vec::new();
    for (from, path) in migrations.take().unwrap_or_default() {
        match from.base10_parse::<u8>() {
            Ok(from_version) if from_version >= number => {
                errors.at(&from, format!("the type is at version {number}: there is nothing to migrate"));
            }
            Ok(from_version) if checked.iter().any(|known| known.from == from_version) => {
                errors.at(&from, format!("version {from_version} has a migration already"));
            }
            Ok(from) => checked.push(Migration { from, path }),
            Err(_) => errors.at(&from, "a version is a number from 0 to 255"),
        }
    }
    Some(Version { number, migrations: checked })
}

/// Reads the whole input; whatever is wrong goes into `errors`.
pub(crate) fn container(input: &DeriveInput, errors: &mut Errors) -> Container {
    let mut name = Once::default();
    let mut aliases = Aliases::default();
    let mut number = Once::default();
    let mut migrate = Once::default();
    let mut krate = Once::<Path>::default();
    let mut transparent = Once::default();
    let mut reduce = Once::<ExprPath>::default();
    let mut rebuild = Once::<ExprPath>::default();
    let mut before_dump = Once::default();
    let mut after_load = Once::default();
    let mut bound = Once::default();
    let mut remote = Once::default();
    let mut serde = Once::default();
    each(&input.attrs, errors, |meta| match meta.path.get_ident().map(ToString::to_string).as_deref() {
        Some("name") => name.set(meta, value(meta)?),
        Some("alias") => aliases.add(meta),
        Some("version") => number.set(meta, value(meta)?),
        Some("migrate") => migrate.set(meta, migrations(meta)?),
        Some("crate") => krate.set(meta, meta.value()?.call(Path::parse_mod_style)?),
        Some("transparent") => transparent.set(meta, ()),
        Some("reduce") => reduce.set(meta, value(meta)?),
        Some("rebuild") => rebuild.set(meta, value(meta)?),
        Some("before_dump") => before_dump.set(meta, value(meta)?),
        Some("after_load") => after_load.set(meta, value(meta)?),
        Some("remote") => remote.set(meta, value(meta)?),
        Some("serde") => serde.set(meta, ()),
        Some("bound") => {
            let content;
            parenthesized!(content in meta.input);
            let predicates = Punctuated::<WherePredicate, Token![,]>::parse_terminated(&content)?;
            bound.set(meta, predicates.into_iter().collect())
        }
        _ => {
            let known = "name, alias, version, migrate, transparent, reduce, rebuild, before_dump, after_load, bound, remote, serde, crate";
            Err(unknown(meta, "type", known))
        }
    });
    if let (None, Some(path)) = (reduce.path(), rebuild.path()) {
        errors.at(path, "`rebuild` goes with `reduce = path`, which gives what it takes");
    }
    let krate = krate.take().unwrap_or_else(|| syn::parse_quote!(::pickle_core));
    if let (Some(path), Some(_)) = (serde.path(), reduce.path()) {
        errors.at(path, "contradicts `reduce`: a type is saved in one way");
    }
    let by_serde = serde.path().is_some();
    let reduce = match (reduce.take(), rebuild.take()) {
        (Some(reduce), Some(rebuild)) => Some(Reduce::Static { reduce, rebuild }),
        (Some(reduce), None) => Some(Reduce::Chosen { reduce }),
        (None, _) => serde.take().map(|()| Reduce::Static {
            reduce: syn::parse_quote!(#krate::__private::serde::dump),
            rebuild: syn::parse_quote!(#krate::__private::serde::load),
        }),
    };
    let data = match &input.data {
        syn::Data::Struct(data) => Data::Struct(fields(&data.fields, &krate, errors)),
        syn::Data::Enum(data) => Data::Enum(data.variants.iter().map(|v| variant(v, &krate, errors)).collect()),
        _ => {
            errors.at(&input.ident, "a union can't be pickled: nothing says which of its fields is valid");
            Data::Struct(Fields { style: Style::Unit, fields: Vec::new() })
        }
    };
    Container {
        visibility: input.vis.clone(),
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        name: stored_name(name, errors).unwrap_or_else(|| input.ident.unraw().to_string()),
        aliases: aliases.names(errors),
        version: version(number, migrate, errors),
        krate,
        transparent: transparent.take().is_some(),
        reduce,
        by_serde,
        before_dump: before_dump.take(),
        after_load: after_load.take(),
        bound: bound.take(),
        remote: remote.take(),
        is_lent: false,
        data,
    }
}

fn variant(variant: &syn::Variant, krate: &Path, errors: &mut Errors) -> Variant {
    let mut rename = Once::default();
    let mut aliases = Aliases::default();
    let mut vacant = Once::default();
    let mut other = Once::default();
    each(&variant.attrs, errors, |meta| match meta.path.get_ident().map(ToString::to_string).as_deref() {
        Some("rename") => rename.set(meta, value(meta)?),
        Some("alias") => aliases.add(meta),
        Some("vacant") => vacant.set(meta, ()),
        Some("other") => other.set(meta, ()),
        _ => Err(unknown(meta, "variant", "rename, alias, vacant, other")),
    });
    let fields = fields(&variant.fields, krate, errors);
    if let Some(path) = vacant.path()
        && !fields.may_be_vacant()
    {
        errors.at(path, "a vacant variant is made of vacant fields, and one with `with` or `external` has none");
    }
    if let Some(path) = other.path() {
        let mut saved = fields.saved();
        let keeps = saved.next().is_none_or(|field| matches!(field.codec, Codec::Plain)) && saved.next().is_none();
        if !keeps {
            errors.at(path, "the variant that stands for unknown ones saves no field, or a `Value` that keeps them");
        }
    }
    Variant {
        ident: variant.ident.clone(),
        name: stored_name(rename, errors).unwrap_or_else(|| variant.ident.unraw().to_string()),
        aliases: aliases.names(errors),
        vacant: vacant.take().is_some(),
        other: other.take().is_some(),
        fields,
    }
}

fn fields(fields: &syn::Fields, krate: &Path, errors: &mut Errors) -> Fields {
    let style = match fields {
        syn::Fields::Named(_) => Style::Named,
        syn::Fields::Unnamed(_) => Style::Tuple,
        _ => Style::Unit,
    };
    let fields = fields.iter().enumerate().map(|(i, one)| field(i, one, krate, errors)).collect();
    Fields { style, fields }
}

fn field(index: usize, field: &syn::Field, krate: &Path, errors: &mut Errors) -> Field {
    let mut rename = Once::default();
    let mut aliases = Aliases::default();
    let mut default = Once::<Option<Expr>>::default();
    let mut skip = Once::<Option<Expr>>::default();
    let mut with = Once::<Path>::default();
    let mut compact = Once::default();
    let mut external = Once::default();
    let mut serde = Once::default();
    each(&field.attrs, errors, |meta| match meta.path.get_ident().map(ToString::to_string).as_deref() {
        Some("rename") => rename.set(meta, value(meta)?),
        Some("alias") => aliases.add(meta),
        Some("default") => {
            let expression = if meta.input.peek(Token![=]) { Some(value(meta)?) } else { None };
            default.set(meta, expression)
        }
        Some("skip") => {
            let restored_as = if meta.input.peek(Token![=]) { Some(value(meta)?) } else { None };
            skip.set(meta, restored_as)
        }
        Some("with") => {
            let input = meta.value()?;
            if input.peek(LitStr) {
                return Err(input.error("the path of a module, without quotes: `with = module`"));
            }
            with.set(meta, input.call(Path::parse_mod_style)?)
        }
        Some("compact") => compact.set(meta, ()),
        Some("external") => external.set(meta, ()),
        Some("serde") => serde.set(meta, ()),
        _ => Err(unknown(meta, "field", "skip, default, rename, alias, with, compact, external, serde")),
    });
    let ways = [skip.path(), with.path(), compact.path(), external.path(), serde.path()];
    for path in ways.into_iter().flatten().skip(1) {
        errors.at(path, "contradicts the attribute before it: a field is saved in one way");
    }
    for path in [rename.path(), aliases.path()].into_iter().flatten() {
        if skip.path().is_some() {
            errors.at(path, "a skipped field has no stored name: leave one of the two out");
        }
        if field.ident.is_none() {
            errors.at(path, "a field of a tuple is stored by its position: it has no name to change");
        }
    }
    if let (Some(path), Some(_)) = (default.path(), skip.path()) {
        errors.at(path, "a skipped field is always restored as its default: `skip = …` gives another one");
    }
    let (has_zero, by_serde) = (compact.path().is_some(), serde.path().is_some());
    let codec = if let Some(restored_as) = skip.take() {
        Codec::Skip(restored_as)
    } else if let Some(module) = with.take() {
        Codec::With(module)
    } else if compact.take().is_some() {
        Codec::With(syn::parse_quote!(#krate::__private::compact))
    } else if serde.take().is_some() {
        Codec::With(syn::parse_quote!(#krate::__private::serde))
    } else if external.take().is_some() {
        Codec::External
    } else {
        Codec::Plain
    };
    let (member, name) = match &field.ident {
        Some(ident) => (Member::Named(ident.clone()), ident.unraw().to_string()),
        None => (Member::Unnamed(index.into()), String::new()),
    };
    Field {
        index,
        member,
        name: stored_name(rename, errors).unwrap_or(name),
        aliases: aliases.names(errors),
        ty: field.ty.clone(),
        codec,
        default: default.take(),
        has_zero,
        by_serde,
    }
}

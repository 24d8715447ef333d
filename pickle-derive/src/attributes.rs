//! `#[pickle(…)]` to the model.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Expr, ExprPath, LitInt, LitStr, Member, Path, Token, WherePredicate, parenthesized};

use crate::errors::{Errors, bad_name};
use crate::model::{Codec, Container, Data, Field, Fields, Given, Migration, Reduce, Style, Variant, Version};

/// A value that may be given once.
pub(crate) struct Once<T>(pub(crate) Option<T>);

impl<T> Once<T> {
    pub(crate) fn set(&mut self, meta: &ParseNestedMeta<'_>, value: T) -> syn::Result<()> {
        if self.0.is_some() {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            return Err(meta.error(format!("`{name}` is given twice")));
        }
        self.0 = Some(value);
        Ok(())
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Once(None)
    }
}

/// Runs `parse` on each entry of each `#[pickle(…)]`; gives those that it took.
fn each(
    attributes: &[Attribute],
    errors: &mut Errors,
    mut parse: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<()>,
) -> Given {
    let mut given = Given::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("pickle")) {
        let mut found = Vec::new();
        let parsed = attribute.parse_nested_meta(|meta| {
            match parse(&meta) {
                Ok(()) => given.0.push(meta.path),
                Err(error) => {
                    found.push(error);
                    // Go on behind the value, so that later entries report their errors too.
                    skip_value(&meta)?;
                }
            }
            Ok(())
        });
        found.into_iter().for_each(|error| errors.push(error));
        if let Err(error) = parsed {
            errors.push(error);
        }
    }
    given
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

pub(crate) fn stored_name(name: Once<LitStr>, errors: &mut Errors) -> Option<String> {
    Some(checked_name(&name.0?, errors))
}

fn checked_name(name: &LitStr, errors: &mut Errors) -> String {
    let text = name.value();
    if let Some(error) = bad_name(name, &text) {
        errors.push(error);
    }
    text
}

/// Names of earlier releases, of which there may be several.
#[derive(Default)]
struct Aliases(Vec<LitStr>);

impl Aliases {
    fn add(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        self.0.push(value(meta)?);
        Ok(())
    }

    fn names(&self, errors: &mut Errors) -> Vec<String> {
        self.0.iter().map(|name| checked_name(name, errors)).collect()
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
    let literal = number.0?;
    let number = match literal.base10_parse::<u8>() {
        Ok(number) if number > 0 => number,
        _ => {
            errors.at(&literal, "a version is a number from 1 to 255; a type that gives none is at 0");
            return None;
        }
    };
    let mut checked: Vec<Migration> = Vec::new();
    for (from, path) in migrations.0.unwrap_or_default() {
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
    let given = each(&input.attrs, errors, |meta| match meta.path.get_ident().map(ToString::to_string).as_deref() {
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
    let krate = krate.0.unwrap_or_else(|| syn::parse_quote!(::pickle_core));
    let by_serde = serde.0.is_some();
    let reduce = match (reduce.0, rebuild.0) {
        (Some(reduce), Some(rebuild)) => Some(Reduce::Static { reduce, rebuild }),
        (Some(reduce), None) => Some(Reduce::Chosen { reduce }),
        (None, _) => serde.0.map(|()| Reduce::Static {
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
        transparent: transparent.0.is_some(),
        reduce,
        by_serde,
        before_dump: before_dump.0,
        after_load: after_load.0,
        bound: bound.0,
        remote: remote.0,
        is_lent: false,
        data,
        given,
    }
}

fn variant(variant: &syn::Variant, krate: &Path, errors: &mut Errors) -> Variant {
    let mut rename = Once::default();
    let mut aliases = Aliases::default();
    let mut vacant = Once::default();
    let mut other = Once::default();
    let given = each(&variant.attrs, errors, |meta| match meta.path.get_ident().map(ToString::to_string).as_deref() {
        Some("rename") => rename.set(meta, value(meta)?),
        Some("alias") => aliases.add(meta),
        Some("vacant") => vacant.set(meta, ()),
        Some("other") => other.set(meta, ()),
        _ => Err(unknown(meta, "variant", "rename, alias, vacant, other")),
    });
    Variant {
        ident: variant.ident.clone(),
        name: stored_name(rename, errors).unwrap_or_else(|| variant.ident.unraw().to_string()),
        aliases: aliases.names(errors),
        vacant: vacant.0.is_some(),
        other: other.0.is_some(),
        fields: fields(&variant.fields, krate, errors),
        given,
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
    let given = each(&field.attrs, errors, |meta| match meta.path.get_ident().map(ToString::to_string).as_deref() {
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
    let (has_zero, by_serde) = (compact.0.is_some(), serde.0.is_some());
    let codec = if let Some(restored_as) = skip.0 {
        Codec::Skip(restored_as)
    } else if let Some(module) = with.0 {
        Codec::With(module)
    } else if has_zero {
        Codec::With(syn::parse_quote!(#krate::__private::compact))
    } else if by_serde {
        Codec::With(syn::parse_quote!(#krate::__private::serde))
    } else if external.0.is_some() {
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
        default: default.0,
        has_zero,
        by_serde,
        given,
    }
}

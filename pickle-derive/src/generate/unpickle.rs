//! `impl Unpickle`.

use proc_macro2::TokenStream;
use quote::quote;

use super::bounds::{self, Of};
use super::fields::{bound, of_self};
use super::inline;
use super::pickle::inner_head_length;
use super::shape::{has_payload, is_one_piece, may_fail, tag_width};
use crate::model::{Container, Data, Migration, Reduce, Variant};

pub(super) fn generate(container: &Container) -> TokenStream {
    let (krate, ident) = (&container.krate, &container.ident);
    let generics = bounds::generics(container, Of::Unpickle);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = container.generics.split_for_impl();
    let (all_head, from_head) = from_head(container);
    let (before, after) = in_one_piece(container);
    let migrated = migrated(container);
    let value = value(container);
    let built = match finish(container) {
        None => quote!(#before #value #after ::core::result::Result::Ok(__value)),
        Some(finish) => quote! {
            let mut __value = __reader.solid(|__reader| -> #krate::Result<Self> {
                #before
                #value
                #after
                ::core::result::Result::Ok(__value)
            })?;
            #finish
        },
    };
    let (fill, inline) = (fill(container), inline(container));
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Unpickle<'__a> for #ident #type_generics #where_clause {
            #inline
            fn build<'__r>(
                __head: &'__r [::core::primitive::u8],
                __bad: &mut ::core::primitive::bool,
                __reader: &mut #krate::Reader<'__r, '__a>,
            ) -> #krate::Result<Self> {
                #all_head
                #migrated
                #built
            }

            #from_head

            #fill
        }
    }
}

/// `fn fill`, where the fields may have cells.
fn fill(container: &Container) -> TokenStream {
    let krate = &container.krate;
    // What user code has made or looked at has no cells that wait.
    if container.reduce.is_some() || container.after_load.is_some() {
        return TokenStream::new();
    }
    let fills = match &container.data {
        Data::Struct(fields) => fields.fills(krate, of_self),
        Data::Enum(variants) => {
            let arms: Vec<_> = variants
                .iter()
                .filter_map(|variant| {
                    let (ident, fields) = (&variant.ident, &variant.fields);
                    let (pattern, fills) = (fields.pattern(), fields.fills(krate, bound));
                    (!fills.is_empty()).then(|| {
                        // What has an adapter is bound, and not looked at.
                        let locals = fields.locals();
                        quote!(Self::#ident #pattern => { let _ = (#(#locals,)*); #fills })
                    })
                })
                .collect();
            if arms.is_empty() {
                TokenStream::new()
            } else {
                let rest = if arms.len() < variants.len() { quote!(_ => {}) } else { TokenStream::new() };
                quote!(match self { #(#arms)* #rest })
            }
        }
    };
    if fills.is_empty() {
        return fills;
    }
    quote! {
        fn fill(&self, __reader: &mut #krate::Reader<'_, '__a>) -> #krate::Result<()> {
            if <Self as #krate::Shape>::BODY {
                #fills
            }
            ::core::result::Result::Ok(())
        }
    }
}

/// The way that a type without a body is built: one that can't fail. A type may turn out to have a body only when its
/// fields' types are known; then nothing calls it.
fn from_head(container: &Container) -> (TokenStream, TokenStream) {
    let krate = &container.krate;
    let none = (TokenStream::new(), TokenStream::new());
    if may_fail(container) {
        return none;
    }
    let made = match &container.data {
        Data::Struct(fields) => match fields.builds_all_head(krate) {
            Some(builds) => {
                let made = fields.made();
                quote! {
                    let mut __heads = __head;
                    #builds
                    let _ = (&mut __heads, __bad);
                    Self #made
                }
            }
            None => return none,
        },
        Data::Enum(variants) if has_payload(variants) => return none,
        Data::Enum(variants) => unit_variants(container, variants),
    };
    let from_head = quote! {
        #[inline]
        fn from_head(__head: &[::core::primitive::u8], __bad: &mut ::core::primitive::bool) -> Self {
            #made
        }
    };
    let all_head = quote! {
        if !<Self as #krate::Shape>::BODY {
            return ::core::result::Result::Ok(<Self as #krate::Unpickle<'__a>>::from_head(__head, __bad));
        }
    };
    (all_head, from_head)
}

/// What stands before and after the value of a type whose head lies in its body.
fn in_one_piece(container: &Container) -> (TokenStream, TokenStream) {
    if !is_one_piece(container) {
        return (TokenStream::new(), TokenStream::new());
    }
    let (krate, length) = (&container.krate, inner_head_length(container));
    let before = quote! {
        let _ = (&__head, &__bad);
        let __head = __reader.take(#length)?;
        let mut __bad_piece = false;
        let __bad = &mut __bad_piece;
    };
    let after = quote! {
        if *__bad {
            return ::core::result::Result::Err(#krate::__private::refuse_piece::<Self>(__head, __reader));
        }
    };
    (before, after)
}

/// Makes a value of an older version's, where the head says so, and returns it.
fn migrated(container: &Container) -> Option<TokenStream> {
    let version = container.version.as_ref()?;
    let (krate, name, number) = (&container.krate, &container.name, version.number);
    let arms = version
        .migrations
        .iter()
        .map(|Migration { from, path }| quote!(#from => #krate::__private::migrated(#path, #name, #from, __reader)));
    let hook = container.after_load.as_ref().map(|hook| {
        let what = format!("`after_load` of `{}`", container.name);
        quote!(#krate::__private::after_load::<Self, _>(#hook, #what, &mut __value, __reader)?;)
    });
    let binding = if hook.is_some() { quote!(mut __value) } else { quote!(__value) };
    Some(quote! {
        if __head[0] != #number {
            let __migrated: #krate::Result<Self> = match #krate::__private::older_version(#name, __head[0], __reader)? {
                #(#arms,)*
                __version => ::core::result::Result::Err(
                    #krate::__private::unknown_version(#name, __version, #number, __reader),
                ),
            };
            let #binding = __migrated?;
            #hook
            return ::core::result::Result::Ok(__value);
        }
    })
}

/// Runs the hook on `__value`, where there is one, and returns it.
fn finish(container: &Container) -> Option<TokenStream> {
    let krate = &container.krate;
    let hook = container.after_load.as_ref()?;
    let what = format!("`after_load` of `{}`", container.name);
    // A value with a bad bit in its head never gets as far as the hook: the caller refuses it.
    Some(quote! {
        if !*__bad {
            #krate::__private::after_load::<Self, _>(#hook, #what, &mut __value, __reader)?;
        }
        ::core::result::Result::Ok(__value)
    })
}

/// Statements that make `__value`.
fn value(container: &Container) -> TokenStream {
    let krate = &container.krate;
    let value = match (&container.reduce, &container.data) {
        (Some(Reduce::Static { reduce, rebuild }), _) => {
            let what = format!("the rebuilder of `{}`", container.name);
            return quote! {
                let mut __heads = __head;
                let __value: Self = #krate::__private::loaded::<_, Self, _>(
                    #rebuild,
                    const { #krate::__private::dumped_in_one_piece::<Self, _>(#reduce) },
                    #what,
                    &mut __heads,
                    __reader,
                )?;
            };
        }
        (Some(Reduce::Chosen { .. }), _) => quote! {
            let _ = __head;
            let __value: Self = #krate::__private::build_reduced::<Self>(__reader)?;
        },
        (None, Data::Struct(fields)) => {
            let (builds, made) = (fields.builds(krate), fields.made());
            quote! {
                let mut __heads = __head;
                #builds
                let _ = &mut __heads;
                let __value = Self #made;
            }
        }
        (None, Data::Enum(variants)) if !has_payload(variants) => {
            let value = unit_variants(container, variants);
            quote!(let __value = { #value };)
        }
        (None, Data::Enum(variants)) if variants.is_empty() => {
            let name = &container.name;
            return quote! {
                let _ = __bad;
                let __tag = #krate::__private::read_tag::<1>(__head);
                let __value = ::core::result::Result::Err::<Self, _>(
                    #krate::__private::unknown_tag(#name, __tag, 0, __reader),
                )?;
            };
        }
        (None, Data::Enum(variants)) => {
            let (name, width, count) = (&container.name, tag_width(variants), variants.len());
            let arms = variants.iter().enumerate().map(|(tag, variant)| arm(container, tag, variant));
            quote! {
                let __value = match #krate::__private::read_tag::<#width>(__head) {
                    #(#arms)*
                    __tag => {
                        return ::core::result::Result::Err(
                            #krate::__private::unknown_tag(#name, __tag, #count, __reader),
                        );
                    }
                };
            }
        }
    };
    if container.transparent {
        return value;
    }
    quote! {
        if <Self as #krate::Shape>::NESTS {
            __reader.enter()?;
        }
        #value
        if <Self as #krate::Shape>::NESTS {
            __reader.leave();
        }
    }
}

/// An enum without payloads is all head, and builds from any head.
fn unit_variants(container: &Container, variants: &[Variant]) -> TokenStream {
    let (krate, width) = (&container.krate, tag_width(variants));
    let values: Vec<_> = variants
        .iter()
        .map(|variant| {
            let (ident, builds, made) = (&variant.ident, variant.fields.builds(krate), variant.fields.made());
            quote!({ #builds Self::#ident #made })
        })
        .collect();
    let arms = values.iter().enumerate().map(|(tag, value)| quote!(#tag => #value));
    let first = &values[0];
    quote! {
        match #krate::__private::read_tag::<#width>(__head) {
            #(#arms)*
            _ => {
                *__bad = true;
                #first
            }
        }
    }
}

fn arm(container: &Container, tag: usize, variant: &Variant) -> TokenStream {
    let (krate, ident, fields) = (&container.krate, &variant.ident, &variant.fields);
    let (builds, made) = (fields.builds(krate), fields.made());
    if fields.saved().next().is_none() {
        return quote!(#tag => { #builds Self::#ident #made });
    }
    let length = fields.heads_length(krate);
    // A function of its own, so that the stack that one level takes is that of its own variant, not of all of them.
    quote! {
        #tag => (|| -> #krate::Result<Self> {
            let __payload = __reader.take(#length)?;
            let mut __heads = __payload;
            let mut __bad_field = false;
            let __bad = &mut __bad_field;
            #builds
            let _ = &mut __heads;
            if *__bad {
                return ::core::result::Result::Err(
                    #krate::__private::refuse_payload::<Self>(#tag, __payload, __reader),
                );
            }
            ::core::result::Result::Ok(Self::#ident #made)
        })()?,
    }
}

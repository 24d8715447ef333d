//! The two functions of an adapter for a type of another crate, by a mirror of it.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, Lifetime, PathArguments, TypePath, parse_quote};

use super::{pickle, shape};
use crate::model::{Codec, Container, Data, Field, Fields, Style};

/// `dump` borrows the fields of the other type, as a type of the mirror's shape; `load` makes the other type of a mirror.
pub(super) fn generate(mirror: &Container, remote: &TypePath) -> TokenStream {
    let lent = lent(mirror);
    let (definition, shape, pickle) = (define(&lent), shape::generate(&lent), pickle::generate(&lent));
    let (ident, visibility) = (&mirror.ident, &mirror.visibility);
    let (impl_generics, type_generics, where_clause) = mirror.generics.split_for_impl();
    let lent_ident = &lent.ident;
    let (_, lent_generics, _) = lent.generics.split_for_impl();
    let made = constructor(remote);
    let dumped = arms(mirror, &made, &quote!(#lent_ident), is_saved);
    let loaded = arms(mirror, &quote!(Self), &made, |_| true);
    quote! {
        #definition
        #shape
        #pickle

        #[automatically_derived]
        #[allow(dead_code)]
        impl #impl_generics #ident #type_generics #where_clause {
            #[doc(hidden)]
            #visibility fn dump<'__l>(__remote: &'__l #remote) -> #lent_ident #lent_generics {
                match __remote { #dumped }
            }

            #[doc(hidden)]
            #visibility fn load(self) -> ::core::result::Result<#remote, ::core::convert::Infallible> {
                ::core::result::Result::Ok(match self { #loaded })
            }
        }
    }
}

fn is_saved(field: &Field) -> bool {
    !matches!(field.codec, Codec::Skip(_))
}

/// The lifetime of what is lent.
fn lifetime() -> Lifetime {
    Lifetime::new("'__l", Span::call_site())
}

/// The mirror, with a reference for each field, which is what it refers to in all generated code. What is not saved is only
/// named, for the parameters that nothing else may have.
fn lent(mirror: &Container) -> Container {
    let lifetime = lifetime();
    let mut lent = mirror.clone();
    lent.ident = format_ident!("__Lent{}", mirror.ident);
    (lent.remote, lent.is_lent) = (None, true);
    // What is loaded is the mirror.
    lent.after_load = None;
    if !mirror.fields().is_empty() {
        lent.generics.params.insert(0, parse_quote!(#lifetime));
    }
    lent
}

fn define(lent: &Container) -> TokenStream {
    let (ident, visibility) = (&lent.ident, &lent.visibility);
    let (generics, _, where_clause) = lent.generics.split_for_impl();
    let definition = match &lent.data {
        Data::Struct(fields) => match fields.style {
            Style::Named => {
                let fields = definitions(fields);
                quote!(struct #ident #generics #where_clause #fields)
            }
            Style::Tuple | Style::Unit => {
                let fields = definitions(fields);
                quote!(struct #ident #generics #fields #where_clause;)
            }
        },
        Data::Enum(variants) => {
            let variants = variants.iter().map(|variant| {
                let (ident, fields) = (&variant.ident, definitions(&variant.fields));
                quote!(#ident #fields)
            });
            quote!(enum #ident #generics #where_clause { #(#variants),* })
        }
    };
    quote! {
        #[doc(hidden)]
        #[automatically_derived]
        #[allow(dead_code, missing_debug_implementations)]
        #visibility #definition
    }
}

fn definitions(of: &Fields) -> TokenStream {
    let lifetime = lifetime();
    let types = of.fields.iter().map(|field| {
        let ty = &field.ty;
        if is_saved(field) { quote!(&#lifetime #ty) } else { quote!(::core::marker::PhantomData<&#lifetime #ty>) }
    });
    match of.style {
        Style::Unit => TokenStream::new(),
        Style::Tuple => quote!((#(#types),*)),
        Style::Named => {
            let members = of.fields.iter().map(|field| &field.member);
            quote!({ #(#members: #types),* })
        }
    }
}

/// The name of a type, as values are made and taken apart by.
fn constructor(of: &TypePath) -> TokenStream {
    let mut path = of.path.clone();
    path.segments.iter_mut().for_each(|segment| segment.arguments = PathArguments::None);
    quote!(#path)
}

/// Arms that take the fields that `take` chooses out of a value, and make a value of another type, which only names the rest.
fn arms(mirror: &Container, from: &TokenStream, to: &TokenStream, take: fn(&Field) -> bool) -> TokenStream {
    let arm = |fields: &Fields, variant: Option<&Ident>| {
        let taken = fields.fields.iter().filter(|field| take(field)).map(|field| {
            let (member, local) = (&field.member, field.local());
            quote!(#member: #local)
        });
        let made = fields.fields.iter().map(|field| {
            let (member, local) = (&field.member, field.local());
            if take(field) { quote!(#member: #local) } else { quote!(#member: ::core::marker::PhantomData) }
        });
        let variant = variant.map(|variant| quote!(::#variant));
        quote!(#from #variant { #(#taken,)* .. } => #to #variant { #(#made),* },)
    };
    match &mirror.data {
        Data::Struct(fields) => arm(fields, None),
        Data::Enum(variants) => variants.iter().map(|variant| arm(&variant.fields, Some(&variant.ident))).collect(),
    }
}

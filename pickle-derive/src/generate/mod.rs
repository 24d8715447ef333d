//! Code from the model: one impl of each trait.
//!
//! Everything that generated code names goes through `__private` and absolute paths, and its own names begin with two
//! underscores.

mod bounds;
mod fields;
mod pickle;
mod remote;
mod shape;
mod unpickle;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;
use crate::model::{Container, Data};
use crate::{attributes, check};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let container = attributes::container(input, &mut errors);
    check::check(&container, &mut errors);
    let krate = container.krate.clone();
    match errors.finish(container) {
        Ok(container) => {
            let shape = shape::generate(&container);
            let pickle = pickle::generate(&container);
            let unpickle = unpickle::generate(&container);
            let remote = container.remote.as_ref().map(|remote| remote::generate(&container, remote));
            quote!(#shape #pickle #unpickle #remote)
        }
        Err(errors) => {
            let fallback = fallback(input, &krate);
            quote!(#errors #fallback)
        }
    }
}

/// How the functions are compiled that write and build all fields. What has few is built where it is to lie: moving it there
/// would wait for each field to be stored. What has many is compiled once, and on its own: else the compiler makes one
/// function of all types that hold each other, over which it takes long, and again in each of the parts that it cuts a crate
/// into.
fn inline(container: &Container) -> Option<TokenStream> {
    match (&container.data, container.fields().len()) {
        (Data::Struct(_), ..=4) => Some(quote!(#[inline(always)])),
        (Data::Enum(_), ..=4) => Some(quote!(#[inline])),
        (_, 5..=8) => None,
        _ => Some(quote!(#[inline(never)])),
    }
}

/// Impls that say nothing, so that one bad attribute is one message, not one for each use of the type.
fn fallback(input: &DeriveInput, krate: &syn::Path) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let mut loading = input.generics.clone();
    loading.params.insert(0, syn::parse_quote!('__a));
    let (load_generics, ..) = loading.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Shape for #ident #type_generics #where_clause {
            const HEAD: ::core::primitive::usize = 0;
            const BODY: ::core::primitive::bool = false;
            const NESTS: ::core::primitive::bool = false;
            fn name() -> ::std::string::String { ::core::unreachable!() }
            fn describe(_: &mut #krate::Describer) -> #krate::TypeRef { ::core::unreachable!() }
        }
        #[automatically_derived]
        impl #impl_generics #krate::Pickle for #ident #type_generics #where_clause {
            const FALLIBLE: ::core::primitive::bool = false;
            fn head(&self, _: &mut [::core::primitive::u8]) {}
            fn body(&self, _: &mut #krate::Writer<'_>) {}
        }
        #[automatically_derived]
        impl #load_generics #krate::Unpickle<'__a> for #ident #type_generics #where_clause {
            fn build<'__r>(
                _: &'__r [::core::primitive::u8],
                _: &mut ::core::primitive::bool,
                _: &mut #krate::Reader<'__r, '__a>,
            ) -> #krate::Result<Self> {
                ::core::unreachable!()
            }
        }
    }
}

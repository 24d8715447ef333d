//! `impl Pickle`.

use proc_macro2::TokenStream;
use quote::quote;

use super::bounds::{self, Of};
use super::fields::{bound, of_self};
use super::inline;
use super::shape::{has_payload, is_one_piece, tag_width};
use crate::model::{Container, Data, Reduce, Variant};

pub(super) fn generate(container: &Container) -> TokenStream {
    let (krate, ident) = (&container.krate, &container.ident);
    let generics = bounds::generics(container, Of::Pickle);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let fallible = fallible(container);
    let head = head(container);
    let mut body = body(container);
    // What runs a hook first is written in one piece after it, because the hook may still change a cell.
    let outer_head = if is_one_piece(container) {
        let length = inner_head_length(container);
        let hook = container.before_dump.as_ref().map(|hook| {
            let what = format!("`before_dump` of `{}`", container.name);
            quote! {
                if #krate::__private::before_dump(#hook, #what, self, __writer) {
                    return;
                }
            }
        });
        body = quote! {
            #hook
            {
                let mut __heads = __writer.reserve(#length);
                #head
                let _ = &mut __heads;
            }
            #body
        };
        container.version.as_ref().map_or(TokenStream::new(), |version| {
            let number = version.number;
            quote!(__heads[0] = #number; let _ = &mut __heads;)
        })
    } else {
        head
    };
    // A hook looks at the value as soon as it is built.
    if container.after_load.is_some() && !body.is_empty() {
        body = quote!(__writer.solid(|__writer| { #body }););
    }
    let (touch, inline) = (touch(container), inline(container));
    let used = if outer_head.is_empty() { quote!(_) } else { quote!(mut __heads) };
    let writer = if body.is_empty() { quote!(_) } else { quote!(__writer) };
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Pickle for #ident #type_generics #where_clause {
            const FALLIBLE: ::core::primitive::bool = #fallible;

            #[inline]
            fn head(&self, #used: &mut [::core::primitive::u8]) {
                #outer_head
            }

            #inline
            fn body(&self, #writer: &mut #krate::Writer<'_>) {
                #body
            }

            #touch
        }
    }
}

/// The function that touches what `body` reads; none where user code makes it.
fn touch(container: &Container) -> TokenStream {
    let krate = &container.krate;
    if container.reduce.is_some() || container.before_dump.is_some() {
        return TokenStream::new();
    }
    let touches = match &container.data {
        Data::Struct(fields) => fields.touches(krate, of_self),
        Data::Enum(variants) if !has_payload(variants) || variants.is_empty() => TokenStream::new(),
        Data::Enum(variants) => {
            let arms = variants.iter().map(|Variant { ident, fields, .. }| {
                let (pattern, touches) = (fields.pattern(), fields.touches(krate, bound));
                quote!(Self::#ident #pattern => { #touches })
            });
            quote!(match self { #(#arms)* })
        }
    };
    if touches.is_empty() {
        return touches;
    }
    quote! {
        #[inline]
        fn touch(&self, __writer: &#krate::Writer<'_>) {
            #touches
        }
    }
}

fn fallible(container: &Container) -> TokenStream {
    let krate = &container.krate;
    if container.reduce.is_some() || container.before_dump.is_some() {
        return quote!(true);
    }
    let fields = match &container.data {
        Data::Struct(fields) => fields.fallible(krate),
        Data::Enum(variants) => variants.iter().flat_map(|variant| variant.fields.fallible(krate)).collect(),
    };
    quote!(<Self as #krate::Shape>::NESTS #(|| #fields)*)
}

/// The length of the head where a hook moves it into the body.
pub(super) fn inner_head_length(container: &Container) -> TokenStream {
    let krate = &container.krate;
    match (&container.reduce, &container.data) {
        (Some(Reduce::Static { reduce, .. }), _) => {
            quote!(const { #krate::__private::dumped_head_length::<Self, _>(#reduce) })
        }
        (Some(Reduce::Chosen { .. }), _) => quote!(0),
        (None, Data::Struct(fields)) => fields.heads_length(krate),
        (None, Data::Enum(variants)) => {
            let width = tag_width(variants);
            quote!(#width)
        }
    }
}

/// Statements that write the head into `__heads`.
fn head(container: &Container) -> TokenStream {
    let krate = &container.krate;
    match (&container.reduce, &container.data) {
        (Some(Reduce::Static { reduce, .. }), _) => {
            quote!(#krate::__private::dumped_head::<Self, _>(#reduce, self, &mut __heads);)
        }
        (Some(Reduce::Chosen { .. }), _) => TokenStream::new(),
        (None, Data::Struct(fields)) => {
            let heads = fields.heads(krate, of_self);
            // The last cut leaves an empty rest behind.
            if heads.is_empty() { heads } else { quote!(#heads let _ = __heads;) }
        }
        (None, Data::Enum(variants)) if variants.is_empty() => quote!(let _ = &mut __heads; match *self {}),
        (None, Data::Enum(variants)) => {
            let width = tag_width(variants);
            let arms = variants.iter().enumerate().map(|(tag, variant)| {
                let ident = &variant.ident;
                quote!(Self::#ident { .. } => #tag)
            });
            quote! {
                let __tag = match self { #(#arms),* };
                #krate::__private::tag::<#width>(__tag, &mut __heads);
            }
        }
    }
}

fn body(container: &Container) -> TokenStream {
    let krate = &container.krate;
    let bodies = match (&container.reduce, &container.data) {
        (Some(Reduce::Static { reduce, .. }), _) => {
            return quote!(#krate::__private::dumped_body::<Self, _>(#reduce, self, __writer););
        }
        (Some(Reduce::Chosen { reduce }), _) => {
            quote!(#krate::__private::persist_reduced::<Self>(&#reduce(self), __writer);)
        }
        (None, Data::Struct(fields)) => fields.bodies(krate, of_self),
        (None, Data::Enum(variants)) if !has_payload(variants) || variants.is_empty() => TokenStream::new(),
        (None, Data::Enum(variants)) => {
            let arms = variants.iter().map(|variant| arm(container, variant));
            quote!(match self { #(#arms)* })
        }
    };
    if bodies.is_empty() || container.transparent {
        return bodies;
    }
    quote! {
        if <Self as #krate::Shape>::NESTS && !__writer.enter() {
            return;
        }
        #bodies
        if <Self as #krate::Shape>::NESTS {
            __writer.leave();
        }
    }
}

/// Writes the fields of one variant: all their heads, then their bodies.
fn arm(container: &Container, variant: &Variant) -> TokenStream {
    let (krate, ident, fields) = (&container.krate, &variant.ident, &variant.fields);
    if fields.saved().next().is_none() {
        return quote!(Self::#ident { .. } => {});
    }
    let (pattern, length) = (fields.pattern(), fields.heads_length(krate));
    let (heads, bodies) = (fields.heads(krate, bound), fields.bodies(krate, bound));
    let heads = if heads.is_empty() {
        heads
    } else {
        quote!({
            let mut __heads = __writer.reserve(#length);
            #heads
            let _ = __heads;
        })
    };
    quote!(Self::#ident #pattern => { #heads #bodies })
}

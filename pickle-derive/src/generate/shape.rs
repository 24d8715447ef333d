//! `impl Shape`.

use proc_macro2::TokenStream;
use quote::quote;

use super::bounds::{self, Of};
use super::fields::Constant;
use crate::model::{Container, Data, Reduce, Variant, Version};

/// Bytes of the tag of an enum.
pub(super) fn tag_width(variants: &[Variant]) -> usize {
    if variants.len() <= 256 { 1 } else { 2 }
}

/// Whether an enum has anything behind its tag. One that has no variants is no value at all, which its body refuses.
pub(super) fn has_payload(variants: &[Variant]) -> bool {
    variants.is_empty() || variants.iter().any(|variant| variant.fields.saved().next().is_some())
}

/// Whether user code runs when a value is loaded or dumped, beside that of its fields: it may fail.
fn has_hooks(container: &Container) -> bool {
    container.reduce.is_some() || container.before_dump.is_some() || container.after_load.is_some()
}

/// Whether more than the heads of its fields may be at fault where a value can't be built.
pub(super) fn may_fail(container: &Container) -> bool {
    has_hooks(container) || container.version.is_some()
}

/// Whether its fields' heads stand in its body: with what a hook or another version makes of it.
pub(super) fn is_one_piece(container: &Container) -> bool {
    container.before_dump.is_some() || container.version.is_some()
}

pub(super) fn generate(container: &Container) -> TokenStream {
    let (krate, ident, name) = (&container.krate, &container.ident, &container.name);
    let generics = bounds::generics(container, Of::Shape);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let arguments = bounds::argument_names(container);
    let Constants { head, body, nests } = constants(container);
    let describe = describe(container);
    let former_names = former_names(container, &arguments);
    let vacant = vacant(container);
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Shape for #ident #type_generics #where_clause {
            const HEAD: ::core::primitive::usize = #head;
            const BODY: ::core::primitive::bool = #body;
            const NESTS: ::core::primitive::bool = #nests;

            fn name() -> ::std::string::String {
                #krate::__private::generic_name(#name, &[#(#arguments),*])
            }

            #former_names

            fn describe(__schema: &mut #krate::Describer) -> #krate::TypeRef {
                #describe
            }

            #vacant
        }
    }
}

/// `fn former_names`, where there are any.
fn former_names(container: &Container, arguments: &[TokenStream]) -> Option<TokenStream> {
    let (krate, aliases) = (&container.krate, &container.aliases);
    (!aliases.is_empty()).then(|| {
        quote! {
            fn former_names() -> ::std::vec::Vec<::std::string::String> {
                let __arguments = [#(#arguments),*];
                ::std::vec![#(#krate::__private::generic_name(#aliases, &__arguments)),*]
            }
        }
    })
}

/// `fn vacant`, where the type may have a vacant value.
fn vacant(container: &Container) -> TokenStream {
    let krate = &container.krate;
    if has_hooks(container) || container.is_lent {
        return TokenStream::new();
    }
    let (vacant, has_vacant) = match &container.data {
        Data::Struct(fields) if !fields.may_be_vacant() => return TokenStream::new(),
        Data::Struct(fields) => {
            let (vacants, made, asked) = (fields.vacants(krate), fields.made(), fields.have_vacants(krate));
            (quote!(#vacants ::core::option::Option::Some(Self #made)), asked)
        }
        Data::Enum(variants) => {
            let marked = variants.iter().any(|variant| variant.vacant);
            let candidates: Vec<_> =
                variants.iter().filter(|variant| variant.vacant || !marked && variant.fields.may_be_vacant()).collect();
            let tries = candidates.iter().map(|variant| {
                let (ident, fields) = (&variant.ident, &variant.fields);
                let (vacants, made, asked) = (fields.vacants(krate), fields.made(), fields.have_vacants(krate));
                quote! {
                    if #asked {
                        #vacants
                        return ::core::option::Option::Some(Self::#ident #made);
                    }
                }
            });
            let asked = candidates.iter().map(|variant| variant.fields.have_vacants(krate));
            // A variant may hold the enum itself: within the question it has none.
            (
                quote!(__vacancy.of::<Self, _>(|__vacancy| {
                    let _ = &__vacancy;
                    #(#tries)*
                    ::core::option::Option::None
                })),
                quote! {
                    __vacancy
                        .of::<Self, _>(|__vacancy| {
                            let _ = &__vacancy;
                            (false #(|| #asked)*).then_some(())
                        })
                        .is_some()
                },
            )
        }
    };
    quote! {
        fn vacant(__vacancy: &mut #krate::Vacancy) -> ::core::option::Option<Self> {
            let _ = &__vacancy;
            #vacant
        }

        fn has_vacant(__vacancy: &mut #krate::Vacancy) -> ::core::primitive::bool {
            let _ = &__vacancy;
            #has_vacant
        }
    }
}

struct Constants {
    head: TokenStream,
    body: TokenStream,
    nests: TokenStream,
}

fn constants(container: &Container) -> Constants {
    let mut constants = of_data(container);
    if may_fail(container) {
        constants.body = quote!(true);
    }
    if is_one_piece(container) {
        constants.head = if container.version.is_some() { quote!(1) } else { quote!(0) };
    }
    constants
}

fn of_data(container: &Container) -> Constants {
    let krate = &container.krate;
    let any = |parts: Vec<TokenStream>| quote!(false #(|| #parts)*);
    match (&container.reduce, &container.data) {
        (Some(Reduce::Static { reduce, .. }), _) => Constants {
            head: quote!(#krate::__private::dumped_head_length::<Self, _>(#reduce)),
            body: quote!(true),
            nests: quote!(#krate::__private::dumped_nests::<Self, _>(#reduce)),
        },
        (Some(Reduce::Chosen { .. }), _) => Constants { head: quote!(0), body: quote!(true), nests: quote!(true) },
        (None, Data::Struct(fields)) => {
            let heads = fields.constants(krate, Constant::Head);
            Constants {
                head: quote!(0 #(+ #heads)*),
                body: any(fields.constants(krate, Constant::Body)),
                nests: any(fields.constants(krate, Constant::Nests)),
            }
        }
        (None, Data::Enum(variants)) => {
            let (head, body) = (tag_width(variants), has_payload(variants));
            let nests = variants.iter().flat_map(|variant| variant.fields.constants(krate, Constant::Nests));
            Constants { head: quote!(#head), body: quote!(#body), nests: any(nests.collect()) }
        }
    }
}

fn describe(container: &Container) -> TokenStream {
    let (krate, name) = (&container.krate, &container.name);
    let aliases = &container.aliases;
    let names = quote!(&[#name #(, #aliases)*]);
    let described = match (&container.reduce, &container.data) {
        (Some(Reduce::Static { reduce, rebuild }), _) => quote! {
            __schema.structure::<Self>(#names, #krate::__private::Style::Tuple, &[
                #krate::__private::FieldShape::new(&[""], |__schema| {
                    #krate::__private::describe_dumped::<Self, _, _, Self, _>(__schema, #name, #reduce, #rebuild)
                }),
            ])
        },
        (Some(Reduce::Chosen { .. }), _) => quote! {
            __schema.structure::<Self>(#names, #krate::__private::Style::Tuple, &[
                #krate::__private::FieldShape::new(&[""], |__schema| {
                    let __reduced = __schema.dynamic::<#krate::Reduced<Self>>(#names);
                    __schema.solid(__reduced)
                }),
            ])
        },
        (None, Data::Struct(fields)) if container.transparent => {
            let (style, described) = fields.described(container);
            return quote!(#krate::__private::describe_transparent(__schema, #style, #described));
        }
        (None, Data::Struct(fields)) => {
            let (style, described) = fields.described(container);
            quote!(__schema.structure::<Self>(#names, #style, #described))
        }
        (None, Data::Enum(variants)) => {
            let variants = variants.iter().map(|variant| {
                let Variant { name: own, aliases, other, .. } = variant;
                let (style, described) = variant.fields.described(container);
                let kept = variant.fields.saved().next().map(|field| &field.ty);
                let other = match (other, kept) {
                    (false, _) => quote!(::core::option::Option::None),
                    (true, None) => quote!(::core::option::Option::Some(#krate::__private::Other::dropping())),
                    (true, Some(kept)) => {
                        quote!(::core::option::Option::Some(#krate::__private::Other::keeping::<#kept>()))
                    }
                };
                quote!(#krate::__private::VariantShape {
                    names: &[#own #(, #aliases)*],
                    style: #style,
                    fields: #described,
                    other: #other,
                })
            });
            quote!(__schema.enumeration::<Self>(#names, const { &[#(#variants),*] }))
        }
    };
    let described = match container.after_load {
        Some(_) => quote!({
            let __described = #described;
            __schema.solid(__described)
        }),
        None => described,
    };
    match (&container.version, &container.before_dump) {
        (Some(Version { number, migrations }), _) => {
            let (from, paths) = (migrations.iter().map(|one| one.from), migrations.iter().map(|one| &one.path));
            quote! {
                __schema.versioned::<Self>(#number, |__schema| #described, &[
                    #((#from, |__schema| #krate::__private::describe_argument(__schema, #paths))),*
                ])
            }
        }
        (None, Some(_)) => quote!(__schema.hooked::<Self>(|__schema| #described)),
        (None, None) => described,
    }
}

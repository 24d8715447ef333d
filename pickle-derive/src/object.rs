//! `#[object]`: trait objects that can be pickled, and their implementors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Generics, ItemImpl, ItemTrait, Path, Type};

use crate::errors::Errors;
use crate::function::Options;

/// What may stand beside a trait behind `dyn`: four types that a program can name.
const MARKERS: [&[&str]; 4] = [&[], &["Send"], &["Sync"], &["Send", "Sync"]];

fn with_markers(subject: &TokenStream, markers: &[&str]) -> TokenStream {
    let markers = markers.iter().map(|marker| {
        let marker = quote::format_ident!("{marker}");
        quote!(+ ::core::marker::#marker)
    });
    quote!(#subject #(#markers)*)
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(arguments, &mut errors);
    let expanded = if let Ok(mut item) = syn::parse2::<ItemTrait>(item.clone()) {
        let impls = of_trait(&mut item, &options);
        quote!(#item #impls)
    } else if let Ok(item) = syn::parse2::<ItemImpl>(item.clone()) {
        let registration = of_impl(&item, &options, &mut errors);
        quote!(#item #registration)
    } else {
        let message = "`#[object]` goes on a trait, or on an `impl` of one";
        errors.push(syn::Error::new(proc_macro2::Span::call_site(), message));
        item
    };
    match errors.finish(()) {
        Ok(()) => expanded,
        Err(errors) => quote!(#expanded #errors),
    }
}

/// Adds the supertrait, and gives the impls for `Box<dyn Trait>`.
fn of_trait(item: &mut ItemTrait, options: &Options) -> TokenStream {
    let krate = &options.krate;
    item.supertraits.push(syn::parse_quote!(#krate::__private::Object));
    item.colon_token.get_or_insert_default();
    let name = options.name.clone().unwrap_or_else(|| item.ident.unraw().to_string());
    let ident = &item.ident;
    let mut generics = item.generics.clone();
    let parameters: Vec<_> = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
    let bounds = &mut generics.make_where_clause().predicates;
    for parameter in parameters {
        bounds.push(syn::parse_quote!(#parameter: 'static));
    }
    let (_, type_generics, _) = item.generics.split_for_impl();
    MARKERS
        .iter()
        .map(|markers| {
            let object = with_markers(&quote!(dyn #ident #type_generics), markers);
            of_view(krate, &name, &object, &generics)
        })
        .collect()
}

/// The impls for one box.
fn of_view(krate: &Path, name: &str, object: &TokenStream, generics: &Generics) -> TokenStream {
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let mut loading = generics.clone();
    loading.params.insert(0, syn::parse_quote!('__a));
    let (load_generics, ..) = loading.split_for_impl();
    let shown = format!("Box<dyn {name}>");
    let target = format!("dyn {name}");
    quote! {
        impl #impl_generics #krate::Shape for ::std::boxed::Box<#object> #where_clause {
            const HEAD: ::core::primitive::usize = 0;
            const BODY: ::core::primitive::bool = true;
            const NESTS: ::core::primitive::bool = true;

            fn name() -> ::std::string::String {
                ::std::string::ToString::to_string(#shown)
            }

            fn describe(__schema: &mut #krate::Describer) -> #krate::TypeRef {
                __schema.dynamic::<#krate::__private::BehindDyn<#object>>(#name)
            }
        }

        impl #impl_generics #krate::Pickle for ::std::boxed::Box<#object> #where_clause {
            const FALLIBLE: ::core::primitive::bool = true;

            #[inline]
            fn head(&self, _: &mut [::core::primitive::u8]) {}

            fn body(&self, __writer: &mut #krate::Writer<'_>) {
                let __object: &(#object) = &**self;
                #krate::__private::persist_object::<#object>(
                    #krate::__private::Object::__pickle_any(__object),
                    #krate::__private::Object::__pickle_type_name(__object),
                    __writer,
                );
            }
        }

        impl #load_generics #krate::Unpickle<'__a> for ::std::boxed::Box<#object> #where_clause {
            fn build<'__r>(
                _: &'__r [::core::primitive::u8],
                _: &mut ::core::primitive::bool,
                __reader: &mut #krate::Reader<'__r, '__a>,
            ) -> #krate::Result<Self> {
                #krate::__private::restore_object::<#object>(__reader)
            }

            fn fill(&self, __reader: &mut #krate::Reader<'_, '__a>) -> #krate::Result<()> {
                #krate::__private::fill_object::<#object>(&**self, __reader)
            }
        }

        impl #impl_generics #krate::Target for #object #where_clause {
            fn target_name() -> ::std::string::String {
                ::std::string::ToString::to_string(#target)
            }

            fn describe_target(__schema: &mut #krate::Describer) -> #krate::TypeRef {
                __schema.dynamic::<#krate::__private::BehindDyn<#object>>(#name)
            }

            fn class<__F: #krate::__private::Family>() -> #krate::__private::PointerClass {
                #krate::__private::object_class::<#object, __F>()
            }

            fn concrete(&self) -> ::core::any::TypeId {
                ::core::any::Any::type_id(#krate::__private::Object::__pickle_any(self))
            }

            fn implementor(
                &self,
                __writer: &mut #krate::Writer<'_>,
            ) -> #krate::Result<#krate::__private::Registered> {
                #krate::__private::registered::<#object>(self, __writer)
            }

            fn persist(&self, __writer: &mut #krate::Writer<'_>) {
                #krate::__private::persist_shared::<#object>(self, __writer);
            }

            fn strong<__F: #krate::__private::Family>(
                __pointer: &dyn ::core::any::Any,
                __concrete: ::core::any::TypeId,
            ) -> ::core::option::Option<__F::Strong<Self>> {
                #krate::__private::strong_object::<#object, __F>(__pointer, __concrete)
            }

            fn weak<__F: #krate::__private::Family>(
                __pointer: &dyn ::core::any::Any,
                __concrete: ::core::any::TypeId,
            ) -> ::core::option::Option<__F::Weak<Self>> {
                #krate::__private::weak_object::<#object, __F>(__pointer, __concrete)
            }

            fn dangling<__F: #krate::__private::Family>() -> ::core::option::Option<__F::Weak<Self>> {
                #krate::__private::dangling_object::<#object, __F>()
            }
        }
    }
}

fn of_impl(item: &ItemImpl, options: &Options, errors: &mut Errors) -> TokenStream {
    let Some((path, _)) = &item.trait_ else {
        errors.at(&item.self_ty, "`#[object]` goes on the `impl` of a trait: `impl Trait for Type`");
        return TokenStream::new();
    };
    if !item.generics.params.is_empty() {
        let message =
            "a generic `impl` is registered for each type that it is used with: `register!(Type<u32> as dyn Trait)`";
        errors.at(&item.generics, message);
        return TokenStream::new();
    }
    registration(&options.krate, &item.self_ty, &quote!(#path), options.name.as_deref())
}

/// The entries of a type for a trait, one for each way that the trait stands behind `dyn`.
pub(crate) fn registration(krate: &Path, concrete: &Type, of_trait: &TokenStream, name: Option<&str>) -> TokenStream {
    let private = quote!(#krate::__private);
    let stored_name = match name {
        Some(name) => quote!(|| ::std::string::ToString::to_string(#name)),
        None => quote!(<#concrete as #krate::Shape>::name),
    };
    // Whether the type is `Send` or `Sync` is asked of the compiler: a constant of the type itself, which is there only
    // where the bounds hold, wins over the trait's.
    let mut fallbacks = TokenStream::new();
    let mut answers = TokenStream::new();
    let mut entries = TokenStream::new();
    let views =
        quote!(::core::option::Option<&'static (dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync)>);
    for markers in MARKERS {
        let object = with_markers(&quote!(dyn #of_trait), markers);
        let bounds = with_markers(&quote!(#krate::UnpickleOwned + #of_trait + 'static), markers);
        let constant = quote::format_ident!(
            "VIEWS{}",
            markers.iter().map(|m| format!("_{}", m.to_uppercase())).collect::<String>()
        );
        fallbacks.extend(quote!(const #constant: #views = ::core::option::Option::None;));
        answers.extend(quote! {
            impl<__T: #bounds> __PickleViews<__T> {
                const #constant: #views = ::core::option::Option::Some(&#private::Views::<#object> {
                    boxed: |__reader| {
                        __reader.charge(::core::mem::size_of::<__T>())?;
                        ::core::result::Result::Ok(::std::boxed::Box::new(__reader.value::<__T>()?))
                    },
                    fill: |__object, __reader| {
                        #private::fill_concrete::<__T>(#private::Object::__pickle_any(__object), __reader)
                    },
                    rc: #private::Casts {
                        strong: |__pointer| {
                            let __strong = __pointer.downcast_ref::<::std::rc::Rc<__T>>()?;
                            ::core::option::Option::Some(::core::clone::Clone::clone(__strong) as _)
                        },
                        weak: |__pointer| {
                            let __weak = __pointer.downcast_ref::<::std::rc::Weak<__T>>()?;
                            ::core::option::Option::Some(::core::clone::Clone::clone(__weak) as _)
                        },
                        dangling: || ::std::rc::Weak::<__T>::new() as _,
                    },
                    arc: #private::Casts {
                        strong: |__pointer| {
                            let __strong = __pointer.downcast_ref::<::std::sync::Arc<__T>>()?;
                            ::core::option::Option::Some(::core::clone::Clone::clone(__strong) as _)
                        },
                        weak: |__pointer| {
                            let __weak = __pointer.downcast_ref::<::std::sync::Weak<__T>>()?;
                            ::core::option::Option::Some(::core::clone::Clone::clone(__weak) as _)
                        },
                        dangling: || ::std::sync::Weak::<__T>::new() as _,
                    },
                });
            }
        });
        entries.extend(quote! {
            #private::inventory::submit! {
                #private::ImplementorEntry {
                    place: #private::Place {
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    view: ::core::any::TypeId::of::<#object>,
                    concrete: ::core::any::TypeId::of::<#concrete>,
                    name: #stored_name,
                    former_names: <#concrete as #krate::Shape>::former_names,
                    schema: #private::schema_of::<#concrete>,
                    persist: #private::persist_concrete::<#concrete>,
                    views: <__PickleViews<#concrete>>::#constant,
                    rc_class: &#private::ClassOf::<#private::RcPointers, #concrete>(::core::marker::PhantomData),
                    arc_class: &#private::ClassOf::<#private::ArcPointers, #concrete>(::core::marker::PhantomData),
                }
            }
        });
    }
    quote! {
        const _: () = {
            struct __PickleViews<__T>(::core::marker::PhantomData<__T>);
            #[allow(dead_code, reason = "a constant of the type itself may serve")]
            trait __PickleNoView { #fallbacks }
            impl<__T> __PickleNoView for __PickleViews<__T> {}
            fn __implements<__T: #krate::Pickle + #krate::UnpickleOwned + #of_trait + 'static>() {}
            const _: fn() = __implements::<#concrete>;
            #answers
            #entries
        };
    }
}

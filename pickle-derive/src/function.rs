//! `#[function]`: registers a free function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{FnArg, GenericParam, ItemFn, Lifetime, Path, ReturnType, Signature, Type, TypeReference};

use crate::attributes::{Once, stored_name};
use crate::errors::{Errors, bad_name};

/// `name = "…", crate = path`: what the attributes and macros take beside their subject.
pub(crate) struct Options {
    pub(crate) name: Option<String>,
    pub(crate) krate: Path,
}

impl Options {
    pub(crate) fn parse(arguments: TokenStream, errors: &mut Errors) -> Options {
        let (mut name, mut krate) = (Once::default(), Once::default());
        let parser = syn::meta::parser(|meta| {
            if meta.path.is_ident("name") {
                name.set(&meta, meta.value()?.parse()?)
            } else if meta.path.is_ident("crate") {
                krate.set(&meta, meta.value()?.call(Path::parse_mod_style)?)
            } else {
                Err(meta.error("no such argument; there are name, crate"))
            }
        });
        if let Err(error) = syn::parse::Parser::parse2(parser, arguments) {
            errors.push(error);
        }
        Options { name: stored_name(name, errors), krate: krate.0.unwrap_or_else(|| syn::parse_quote!(::pickle_core)) }
    }
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(arguments, &mut errors);
    let function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let message = "`#[function]` goes on a free function; what it can't reach is registered with `register!`";
            let errors = syn::Error::new(error.span(), message).into_compile_error();
            return quote!(#errors #item);
        }
    };
    check(&function.sig, &mut errors);
    match errors.finish(()) {
        Ok(()) => {
            let registration = registration(&function, &options);
            quote!(#function #registration)
        }
        Err(errors) => quote!(#errors #function),
    }
}

fn check(signature: &Signature, errors: &mut Errors) {
    if let Some(receiver) = signature.receiver() {
        errors.at(receiver, "a method is registered outside its `impl`: `register!(Type::method as fn(&Type) -> …)`");
    }
    if signature.asyncness.is_some() {
        errors.at(&signature.asyncness, "an async function has a type that no signature names: it can't be pickled");
    }
    if signature.inputs.len() > 12 {
        errors.at(&signature.inputs, "a function has at most 12 parameters to be pickled");
    }
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            let message =
                "a generic function has one entry for each instance: `register!(function::<u32> as fn(u32) -> …)`";
            errors.at(parameter, message);
        }
    }
    if !matches!(signature.safety, syn::Safety::Default) {
        errors.at(&signature.ident, "an unsafe function can't be pickled: a loaded one could be called by safe code");
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, "only functions of the Rust ABI can be pickled");
    }
    let mut anonymous = Anonymous(Vec::new());
    anonymous.visit_signature(signature);
    for part in anonymous.0 {
        errors.at(&part, "`impl Trait` stands for a type that no signature names: the function can't be pickled");
    }
}

struct Anonymous(Vec<syn::TypeImplTrait>);

impl Visit<'_> for Anonymous {
    fn visit_type_impl_trait(&mut self, part: &syn::TypeImplTrait) {
        self.0.push(part.clone());
    }
}

/// The function pointer type of a signature.
fn pointer(signature: &Signature) -> TokenStream {
    let lifetimes = &signature.generics.params;
    let lifetimes = if lifetimes.is_empty() { TokenStream::new() } else { quote!(for<#lifetimes>) };
    let inputs = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => Some(&input.ty),
        FnArg::Receiver(_) => None,
    });
    let output = &signature.output;
    quote!(#lifetimes fn(#(#inputs),*) #output)
}

/// Whether a function can be asked if it rebuilds: it has one parameter, and no lifetimes.
pub(crate) fn may_rebuild(inputs: &[&Type], output: &ReturnType) -> bool {
    struct Lifetimes(bool);
    impl Visit<'_> for Lifetimes {
        fn visit_lifetime(&mut self, _: &Lifetime) {
            self.0 = true;
        }
        fn visit_type_reference(&mut self, _: &TypeReference) {
            self.0 = true;
        }
    }
    let mut found = Lifetimes(false);
    inputs.iter().for_each(|input| found.visit_type(input));
    visit::visit_return_type(&mut found, output);
    inputs.len() == 1 && !found.0 && matches!(output, ReturnType::Type(..))
}

/// The entry of a function in the registry.
pub(crate) fn entry(
    krate: &Path,
    name: &str,
    item: &TokenStream,
    pointer: &TokenStream,
    may_rebuild: bool,
) -> TokenStream {
    if let Some(error) = bad_name(item, name) {
        return error.into_compile_error();
    }
    let rebuilder = if may_rebuild {
        quote!(|| {
            #[allow(unused_imports, reason = "the inherent method of the same name may serve")]
            use #krate::__private::NoRebuilder as _;
            #krate::__private::RebuilderOf((#item) as #pointer).rebuilder()
        })
    } else {
        quote!(|| ::core::option::Option::None)
    };
    quote! {
        const _: () = {
            #krate::__private::inventory::submit! {
                #krate::__private::FunctionEntry {
                    name: #name,
                    place: #krate::__private::Place {
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    item: || #krate::__private::type_of(&(#item)),
                    pointer: || ::std::boxed::Box::new((#item) as #pointer),
                    rebuilder: #rebuilder,
                }
            }
        };
    }
}

fn registration(function: &ItemFn, options: &Options) -> TokenStream {
    let (krate, visibility, ident) = (&options.krate, &function.vis, &function.sig.ident);
    let name = options.name.clone().unwrap_or_else(|| ident.unraw().to_string());
    let pointer = pointer(&function.sig);
    let inputs: Vec<&Type> = function
        .sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(input) => Some(&*input.ty),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let may_rebuild = may_rebuild(&inputs, &function.sig.output);
    let item = quote!(#ident);
    let entry = entry(krate, &name, &item, &pointer, may_rebuild);
    // A type lives in another namespace than a function: the path of one is the path of both.
    quote_spanned! {ident.span()=>
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations, reason = "only `func!` names it")]
        #visibility enum #ident {}

        impl #krate::__private::FunctionItem for #ident {
            type Pointer = #pointer;

            fn function() -> #krate::Function<Self::Pointer> {
                #krate::Function::attributed(#name, #ident as Self::Pointer)
            }
        }

        #entry
    }
}

/// A compile error at these tokens.
pub(crate) fn unsupported(tokens: &impl Spanned, message: &str) -> TokenStream {
    syn::Error::new(tokens.span(), message).into_compile_error()
}

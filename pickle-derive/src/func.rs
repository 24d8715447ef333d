//! `func!`: the `Function` at a path.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Path, PathArguments, Token, Type};

use crate::register::is_type;

/// `$crate; path` or `$crate; path as fn(…) -> …`
struct Func {
    krate: Path,
    path: Type,
    signature: Option<Type>,
}

impl Parse for Func {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = input.call(Path::parse_mod_style)?;
        input.parse::<Token![;]>()?;
        if input.peek(Token![|]) || input.peek(syn::token::Paren) {
            return Err(input.error(
                "a closure is another one wherever it is written: register it with a name, and find it by `Function::named`",
            ));
        }
        let path = input.parse()?;
        let signature = if input.peek(Token![as]) {
            input.parse::<Token![as]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Func { krate, path, signature })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let Func { krate, path, signature } = match syn::parse2(input) {
        Ok(func) => func,
        Err(error) => return error.into_compile_error(),
    };
    match signature {
        Some(signature) => quote!(#krate::Function::registered(#path, #path as #signature)),
        None if is_registered(&path) => quote!(#krate::Function::registered(#path, #path)),
        None => {
            let path = path.to_token_stream();
            quote!(<#path as #krate::__private::FunctionItem>::function())
        }
    }
}

/// Whether a path is one that only `register!` reaches: a method, or an instance of a generic function.
fn is_registered(path: &Type) -> bool {
    let Type::Path(path) = path else { return false };
    let segments = &path.path.segments;
    let owner = segments.len().checked_sub(2).map(|i| &segments[i].ident);
    path.qself.is_some()
        || owner.is_some_and(is_type)
        || segments.last().is_some_and(|last| !matches!(last.arguments, PathArguments::None))
}

//! All errors of one input, reported together.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// What is wrong with a stored name, if anything is.
pub(crate) fn bad_name(name: &syn::LitStr) -> Option<syn::Error> {
    match name.value().len() {
        0 => Some(syn::Error::new_spanned(name, "a name can't be empty")),
        1..=256 => None,
        _ => Some(syn::Error::new_spanned(name, "a name has at most 256 bytes")),
    }
}

/// Collects errors; each points at the tokens that it is about.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        }
    }

    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// The value, or the errors as code that reports them.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, TokenStream> {
        match self.0 {
            None => Ok(value),
            Some(errors) => Err(errors.into_compile_error()),
        }
    }
}

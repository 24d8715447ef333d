//! All errors of one input, reported together.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// What is wrong with a stored name, if anything is; `given` is what it comes from.
pub(crate) fn bad_name(given: &impl ToTokens, name: &str) -> Option<syn::Error> {
    match name.len() {
        0 => Some(syn::Error::new_spanned(given, "a name can't be empty")),
        1..=256 => None,
        _ => Some(syn::Error::new_spanned(given, "a name has at most 256 bytes: give a shorter one")),
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

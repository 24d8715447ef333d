//! All errors of one input, reported together.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

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

//! `register!`: what attributes cannot reach.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, LitStr, Path, Token, Type, token};

use crate::errors::bad_name;
use crate::function::{entry, may_rebuild, unsupported};
use crate::object;

/// `$crate; subject as view, name = "…"`
struct Registration {
    krate: Path,
    subject: Subject,
    view: Type,
    name: Option<String>,
}

enum Subject {
    /// A path, which is a type's or a function's.
    Path(Box<Type>),
    /// A closure in parentheses.
    Closure(Expr),
}

impl Parse for Registration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = input.call(Path::parse_mod_style)?;
        input.parse::<Token![;]>()?;
        let subject = if input.peek(token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            Subject::Closure(content.parse()?)
        } else if input.peek(Token![|]) {
            return Err(input.error(
                "a closure stands in parentheses: `register!((|x: f64| 2.0 * x) as fn(f64) -> f64, name = \"…\")`",
            ));
        } else {
            Subject::Path(Box::new(input.parse()?))
        };
        input.parse::<Token![as]>()?;
        let view = input.parse()?;
        let mut name = None;
        if input.peek(Token![,]) && !input.peek2(syn::parse::End) {
            input.parse::<Token![,]>()?;
            let key: syn::Ident = input.parse()?;
            if key != "name" {
                return Err(syn::Error::new(key.span(), "no such argument; there is name"));
            }
            input.parse::<Token![=]>()?;
            let given = input.parse::<LitStr>()?;
            let text = given.value();
            if let Some(error) = bad_name(&given, &text) {
                return Err(error);
            }
            name = Some(text);
        }
        input.parse::<Option<Token![,]>>()?;
        Ok(Registration { krate, subject, view, name })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let Registration { krate, subject, view, name } = match syn::parse2(input) {
        Ok(registration) => registration,
        Err(error) => return error.into_compile_error(),
    };
    match (&view, subject) {
        (Type::FnPtr(pointer), subject) => {
            let (item, stored) = match &subject {
                Subject::Closure(closure) => (quote!((#closure)), None),
                Subject::Path(path) => (path.to_token_stream(), function_name(path)),
            };
            let Some(name) = name.or(stored) else {
                return unsupported(&item, "this function needs a name: `register!(… as fn(…) -> …, name = \"…\")`");
            };
            let inputs: Vec<&Type> = pointer.inputs.iter().map(|input| &input.ty).collect();
            if inputs.len() > 12 {
                return unsupported(pointer, "a function has at most 12 parameters to be pickled");
            }
            let rebuilds = may_rebuild(&inputs, &pointer.output);
            entry(&krate, &name, &item, &pointer.to_token_stream(), rebuilds)
        }
        (Type::TraitObject(object), Subject::Path(concrete)) => {
            // Markers are added to the trait again, in every way that a program can name.
            let bounds = object.bounds.iter().filter(|bound| !is_marker(bound));
            object::registration(&krate, &concrete, &quote!(#(#bounds)+*), name.as_deref())
        }
        _ => unsupported(&view, "what is registered stands `as fn(…) -> …` or `as dyn Trait`"),
    }
}

fn is_marker(bound: &syn::TypeParamBound) -> bool {
    match bound {
        syn::TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|last| last.ident == "Send" || last.ident == "Sync")
        }
        _ => true,
    }
}

/// The stored name of a function: its identifier, after that of its type where it has one, its arguments behind it.
fn function_name(path: &Type) -> Option<String> {
    let Type::Path(path) = path else { return None };
    if path.qself.is_some() {
        return None;
    }
    let segments: Vec<_> = path.path.segments.iter().collect();
    let last = segments.last()?;
    let name = compact(last.to_token_stream());
    match segments.len().checked_sub(2).map(|i| segments[i]) {
        Some(owner) if is_type(&owner.ident) => Some(format!("{}::{name}", compact(owner.to_token_stream()))),
        _ => Some(name),
    }
}

/// Tokens as on one line, without turbofish, and with a space only where two words would become one.
fn compact(tokens: TokenStream) -> String {
    let of_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut compact = String::new();
    for part in tokens.to_string().split_whitespace() {
        if compact.ends_with(of_word) && part.starts_with(of_word) {
            compact.push(' ');
        }
        compact.push_str(part);
    }
    compact.replace("::<", "<").replace(",>", ">").replace("r#", "")
}

/// Whether a segment of a path is a type's: by the convention for names, and the primitives.
pub(crate) fn is_type(ident: &syn::Ident) -> bool {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64",
    ];
    let name = ident.to_string();
    PRIMITIVES.contains(&name.as_str()) || name.starts_with(char::is_uppercase)
}

//! Bounds inferred for each field: on type parameters, not on field types, which would send recursive types round in
//! circles.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{GenericParam, Generics, Ident, Path, Type, TypePath, WherePredicate, parse_quote};

use crate::model::{Codec, Container, Field};

/// The trait that an impl is of.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of {
    Shape,
    Pickle,
    Unpickle,
}

/// What fields take of the type's parameters: these themselves, and `T::Item`, which takes a bound of its own.
struct Taken<'c> {
    parameters: Vec<&'c Ident>,
    used: Vec<TypePath>,
    /// Those within a shared pointer, whose objects are built apart.
    shared: Vec<TypePath>,
    in_pointer: bool,
}

/// The pointers that share what they point to.
const POINTERS: [&str; 3] = ["Rc", "Arc", "Weak"];

impl<'c> Taken<'c> {
    fn new(container: &'c Container) -> Self {
        Taken {
            parameters: container.generics.type_params().map(|parameter| &parameter.ident).collect(),
            used: Vec::new(),
            shared: Vec::new(),
            in_pointer: false,
        }
    }

    /// Those of a field alone.
    fn by(container: &'c Container, field: &Field) -> Self {
        let mut taken = Taken::new(container);
        taken.visit_type(&field.ty);
        taken
    }
}

impl Visit<'_> for Taken<'_> {
    fn visit_path(&mut self, path: &Path) {
        // Nothing is asked of the parameter of a `PhantomData`.
        if path.segments.last().is_some_and(|last| last.ident == "PhantomData") {
            return;
        }
        let outside = self.in_pointer;
        self.in_pointer |= path.segments.last().is_some_and(|last| POINTERS.iter().any(|name| last.ident == name));
        visit::visit_path(self, path);
        self.in_pointer = outside;
    }

    fn visit_type_path(&mut self, ty: &TypePath) {
        let path = match ty.qself.as_ref().map(|of| &*of.ty) {
            Some(Type::Path(of)) => &of.path,
            _ => &ty.path,
        };
        if path.segments.first().is_none_or(|first| !self.parameters.contains(&&first.ident)) {
            return visit::visit_type_path(self, ty);
        }
        if !self.used.contains(ty) {
            self.used.push(ty.clone());
        }
        if self.in_pointer && !self.shared.contains(ty) {
            self.shared.push(ty.clone());
        }
    }
}

fn taken(container: &Container) -> Taken<'_> {
    let mut taken = Taken::new(container);
    if container.reduce.is_none() {
        for field in container.fields() {
            if matches!(field.codec, Codec::Plain) {
                taken.visit_type(&field.ty);
            }
        }
    }
    taken
}

/// The type's generics with the bounds of an impl; the lifetime of the input comes first where it loads.
pub(super) fn generics(container: &Container, of: Of) -> Generics {
    let krate = &container.krate;
    let bound: TokenStream = match of {
        Of::Shape => quote!(#krate::Shape),
        Of::Pickle => quote!(#krate::Pickle),
        Of::Unpickle => quote!(#krate::Unpickle<'__a>),
    };
    let mut predicates: Vec<WherePredicate> = Vec::new();
    match &container.bound {
        Some(given) => predicates.extend(given.iter().cloned()),
        None => {
            let taken = taken(container);
            // With both bounds the compiler would not know which of the two to take.
            let own = taken.used.iter().filter(|ty| !taken.shared.contains(ty));
            predicates.extend(own.map(|ty| -> WherePredicate { parse_quote!(#ty: #bound) }));
            predicates.extend(
                taken.shared.iter().map(|ty| -> WherePredicate {
                    parse_quote!(#ty: #krate::Pickle + #krate::UnpickleOwned + 'static)
                }),
            );
            predicates.extend(by_serde(container));
            predicates.extend(defaults(container));
            predicates.extend(missing(container, &taken));
        }
    }
    let mut generics = container.generics.clone();
    if of == Of::Unpickle {
        for lifetime in container.generics.lifetimes() {
            let lifetime = &lifetime.lifetime;
            predicates.push(parse_quote!('__a: #lifetime));
        }
        generics.params.insert(0, parse_quote!('__a));
    }
    if matches!(container.reduce, Some(crate::model::Reduce::Chosen { .. })) {
        predicates.extend(container.generics.type_params().map(|parameter| -> WherePredicate {
            let parameter = &parameter.ident;
            parse_quote!(#parameter: 'static)
        }));
    }
    generics.make_where_clause().predicates.extend(predicates);
    generics
}

/// What is saved by what its type knows of serde must know it, where that depends on a parameter.
fn by_serde(container: &Container) -> Vec<WherePredicate> {
    let krate = &container.krate;
    let bound = quote!(#krate::__private::serde::Both);
    if container.by_serde {
        let ident = &container.ident;
        let (_, type_generics, _) = container.generics.split_for_impl();
        let generic = container.generics.type_params().next().is_some();
        return generic.then(|| parse_quote!(#ident #type_generics: #bound)).into_iter().collect();
    }
    let fields = container.fields().into_iter().filter(|field| field.by_serde);
    let of_parameters = fields.filter(|field| !Taken::by(container, field).used.is_empty()).map(|field| &field.ty);
    of_parameters.map(|ty| parse_quote!(#ty: #bound)).collect()
}

/// What is written in place of a field that a stream lacks must be picklable, and live for a while.
fn missing(container: &Container, taken: &Taken<'_>) -> Vec<WherePredicate> {
    let krate = &container.krate;
    let mut of_defaults = Taken::new(container);
    for field in container.fields().into_iter().filter(|field| field.default.is_some()) {
        of_defaults.visit_type(&field.ty);
    }
    let own = of_defaults.used.iter().filter(|ty| !taken.shared.contains(ty));
    own.map(|ty| parse_quote!(#ty: #krate::Pickle + 'static)).collect()
}

/// A skipped field of a generic type must have a default, and so must one that a stream may lack.
fn defaults(container: &Container) -> Vec<WherePredicate> {
    let mut predicates = Vec::new();
    for field in container.fields() {
        let asks = matches!(field.codec, Codec::Skip(None)) || matches!(field.default, Some(None));
        if asks && !Taken::by(container, field).used.is_empty() {
            let ty = &field.ty;
            predicates.push(parse_quote!(#ty: ::core::default::Default));
        }
    }
    predicates
}

/// The stored names of the type's arguments, as expressions.
pub(super) fn argument_names(container: &Container) -> Vec<TokenStream> {
    let krate = &container.krate;
    let taken = taken(container);
    let names = container.generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) if container.bound.is_none() => {
            let ident = &parameter.ident;
            let is_used = taken.used.iter().any(|ty| ty.path.is_ident(ident));
            is_used.then(|| quote!(<#ident as #krate::Shape>::name()))
        }
        GenericParam::Const(parameter) => {
            let ident = parameter.ident.to_token_stream();
            Some(quote!(::std::string::ToString::to_string(&#ident)))
        }
        _ => None,
    });
    names.collect()
}

//! The code for the fields of a struct or variant.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Generics, Ident, Lifetime, Member, Path};

use crate::model::{Codec, Container, Field, Fields, Style};

/// The function of an adapter module.
fn of_module(module: &Path, function: &str) -> TokenStream {
    // Errors about the adapter point at its path.
    let function = format_ident!("{function}", span = module.span());
    quote_spanned!(module.span()=> #module::#function)
}

/// Makes the lifetimes of the type those of the program; what a `for<'x>` binds stays.
struct StaticLifetimes<'c>(&'c Generics);

impl VisitMut for StaticLifetimes<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.0.lifetimes().any(|own| own.lifetime == *lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
    }
}

/// What is asked of a field's type to answer for the whole.
#[derive(Clone, Copy)]
pub(super) enum Constant {
    Head,
    Body,
    Nests,
}

impl Field {
    /// The local that holds the field in generated code.
    pub(super) fn local(&self) -> Ident {
        format_ident!("__field{}", self.index)
    }

    /// The field's name in the path of an error.
    fn step(&self, krate: &Path) -> TokenStream {
        match &self.member {
            Member::Named(ident) => {
                let name = syn::ext::IdentExt::unraw(ident).to_string();
                quote!(#krate::__private::Name::Named(#name))
            }
            Member::Unnamed(index) => quote!(#krate::__private::Name::Position(#index)),
        }
    }

    /// The length of the field's head, whether it has a body, whether it nests: each a constant expression of its own,
    /// because a recursive type may ask for one of them while it answers another.
    fn constant(&self, krate: &Path, constant: Constant) -> TokenStream {
        let ty = &self.ty;
        match (&self.codec, constant) {
            (Codec::With(module), Constant::Head) => {
                let dump = of_module(module, "dump");
                quote!(#krate::__private::dumped_head_length::<#ty, _>(#dump))
            }
            (Codec::With(module), Constant::Nests) => {
                let dump = of_module(module, "dump");
                quote!(#krate::__private::dumped_nests::<#ty, _>(#dump))
            }
            (Codec::External, Constant::Head) => quote!(0),
            (Codec::With(_), Constant::Body) | (Codec::External, Constant::Body | Constant::Nests) => quote!(true),
            (Codec::Plain | Codec::Skip(_), Constant::Head) => quote!(<#ty as #krate::Shape>::HEAD),
            (Codec::Plain | Codec::Skip(_), Constant::Body) => quote!(<#ty as #krate::Shape>::BODY),
            (Codec::Plain | Codec::Skip(_), Constant::Nests) => quote!(<#ty as #krate::Shape>::NESTS),
        }
    }

    fn fallible(&self, krate: &Path) -> TokenStream {
        let ty = &self.ty;
        match &self.codec {
            Codec::With(module) => {
                let dump = of_module(module, "dump");
                quote!(#krate::__private::dumped_fallible::<#ty, _>(#dump))
            }
            Codec::External => quote!(true),
            Codec::Plain | Codec::Skip(_) => quote!(<#ty as #krate::Pickle>::FALLIBLE),
        }
    }

    /// A function that describes the field.
    fn describe(&self, container: &Container) -> TokenStream {
        let (krate, ty) = (&container.krate, &self.ty);
        match &self.codec {
            Codec::With(module) => {
                let (dump, load) = (of_module(module, "dump"), of_module(module, "load"));
                let name = format!("{}.{}", container.name, self.name);
                quote!(|__schema| #krate::__private::describe_dumped::<#ty, _, _, #ty, _>(__schema, #name, #dump, #load))
            }
            Codec::External => quote!(#krate::__private::describe_external::<#ty>),
            Codec::Plain | Codec::Skip(_) => quote!(<#ty as #krate::Shape>::describe),
        }
    }

    /// `.or(…)`, where the field has a default: how that is made and written.
    fn default_shape(&self, container: &Container) -> Option<TokenStream> {
        let krate = &container.krate;
        let expression = match self.default.as_ref()? {
            Some(expression) => quote!(#expression),
            None => quote_spanned!(self.ty.span()=> ::core::default::Default::default()),
        };
        // It outlives the call that makes it, so what it borrows must live as long as the program.
        let mut ty = self.ty.clone();
        StaticLifetimes(&container.generics).visit_type_mut(&mut ty);
        let field = Field { ty, ..self.clone() };
        let ty = &field.ty;
        let value = quote!(__value);
        let (head, body, has_body) =
            (field.head(krate, &value), field.body(krate, &value), field.constant(krate, Constant::Body));
        Some(quote! {
            .or(if #has_body {
                #krate::__private::FieldDefault::Value(|| {
                    let __value: #ty = #expression;
                    ::std::boxed::Box::new(#krate::__private::DefaultOf {
                        value: __value,
                        head: |__value: &#ty, mut __heads| { #head let _ = (__value, &mut __heads); },
                        body: |__value: &#ty, __writer| { #body let _ = (__value, __writer); },
                    })
                })
            } else {
                #krate::__private::FieldDefault::Head(|mut __heads| {
                    let __made: #ty = #expression;
                    let __value = &__made;
                    #head
                    let _ = (__value, &mut __heads);
                })
            })
        })
    }

    /// Writes the head of the field, which `value` is a reference to.
    fn head(&self, krate: &Path, value: &TokenStream) -> TokenStream {
        let ty = &self.ty;
        match &self.codec {
            Codec::With(module) => {
                let dump = of_module(module, "dump");
                quote!(#krate::__private::dumped_head::<#ty, _>(#dump, #value, &mut __heads);)
            }
            Codec::External | Codec::Skip(_) => TokenStream::new(),
            Codec::Plain => quote!(<#ty as #krate::Pickle>::field_head(#value, &mut __heads);),
        }
    }

    /// Touches what the body of the field reads.
    fn touch(&self, krate: &Path, value: &TokenStream) -> TokenStream {
        let ty = &self.ty;
        match &self.codec {
            Codec::Plain => quote!(<#ty as #krate::Pickle>::touch(#value, __writer);),
            // Adapters are user code.
            Codec::With(_) | Codec::External | Codec::Skip(_) => TokenStream::new(),
        }
    }

    /// Writes the body of the field, which `value` is a reference to.
    fn body(&self, krate: &Path, value: &TokenStream) -> TokenStream {
        let (ty, step) = (&self.ty, self.step(krate));
        let failed = match &self.codec {
            Codec::With(module) => {
                let dump = of_module(module, "dump");
                quote!(#krate::__private::dumped_field::<#ty, _>(#dump, #value, __writer, #step))
            }
            Codec::External => quote!(#krate::__private::external_field::<#ty>(#value, __writer, #step)),
            Codec::Plain => quote!(<#ty as #krate::Pickle>::field_body(#value, __writer, #step)),
            Codec::Skip(_) => return TokenStream::new(),
        };
        quote!(if #failed { return; })
    }

    /// An `Option` of the field's vacant value, within a function that gives an `Option`.
    fn vacant(&self, krate: &Path) -> TokenStream {
        let (ty, local) = (&self.ty, self.local());
        let value = match &self.codec {
            Codec::Plain => quote!(<#ty as #krate::Shape>::vacant(__vacancy)?),
            Codec::With(_) if self.has_zero => quote!(<#ty as #krate::Shape>::vacant(__vacancy)?),
            Codec::Skip(Some(expression)) => quote!(#expression),
            Codec::Skip(None) => quote!(::core::default::Default::default()),
            // What an adapter makes, it makes of what was saved: `may_be_vacant` has said no.
            Codec::With(_) | Codec::External => return TokenStream::new(),
        };
        quote!(let #local: #ty = #value;)
    }

    /// Fills the deferred cells of the field, which `value` is a reference to.
    fn fill(&self, krate: &Path, value: &TokenStream) -> TokenStream {
        let (ty, step) = (&self.ty, self.step(krate));
        match &self.codec {
            Codec::Plain => quote!(<#ty as #krate::Unpickle<'__a>>::fill_field(#value, __reader, #step)?;),
            // The others hold what user code has made.
            Codec::With(_) | Codec::External | Codec::Skip(_) => TokenStream::new(),
        }
    }

    /// Builds the field of a type without a body into its local.
    fn build_all_head(&self, krate: &Path) -> Option<TokenStream> {
        let (ty, local) = (&self.ty, self.local());
        let value = match &self.codec {
            Codec::Plain => quote!(<#ty as #krate::Unpickle<'__a>>::field_from_head(&mut __heads, __bad)),
            Codec::Skip(Some(expression)) => quote!(#expression),
            Codec::Skip(None) => quote!(::core::default::Default::default()),
            Codec::With(_) | Codec::External => return None,
        };
        Some(quote!(let #local: #ty = #value;))
    }

    /// Builds the field into its local.
    fn build(&self, krate: &Path) -> TokenStream {
        let (ty, step, local) = (&self.ty, self.step(krate), self.local());
        let value = match &self.codec {
            Codec::With(module) => {
                let (dump, load) = (of_module(module, "dump"), of_module(module, "load"));
                let in_one_piece = quote!(const { #krate::__private::dumped_in_one_piece::<#ty, _>(#dump) });
                quote! {
                    #krate::__private::loaded_field::<_, #ty, _>(#load, #in_one_piece, &mut __heads, __reader, #step)?
                }
            }
            Codec::External => quote!(#krate::__private::build_external::<#ty>(__reader, #step)?),
            Codec::Plain => quote!(<#ty as #krate::Unpickle<'__a>>::build_field(&mut __heads, __bad, __reader, #step)?),
            Codec::Skip(Some(expression)) => quote!(#expression),
            Codec::Skip(None) => quote!(::core::default::Default::default()),
        };
        quote!(let #local: #ty = #value;)
    }
}

impl Fields {
    /// One of the constants of every saved field.
    pub(super) fn constants(&self, krate: &Path, constant: Constant) -> Vec<TokenStream> {
        self.saved().map(|field| field.constant(krate, constant)).collect()
    }

    pub(super) fn fallible(&self, krate: &Path) -> Vec<TokenStream> {
        self.saved().map(|field| field.fallible(krate)).collect()
    }

    /// The length of all heads, as a constant expression.
    pub(super) fn heads_length(&self, krate: &Path) -> TokenStream {
        let heads = self.constants(krate, Constant::Head);
        quote!(const { 0 #(+ #heads)* })
    }

    /// The style, and the list of how the fields describe themselves.
    pub(super) fn described(&self, container: &Container) -> (TokenStream, TokenStream) {
        let krate = &container.krate;
        let style = match self.style {
            Style::Unit => quote!(Unit),
            Style::Tuple => quote!(Tuple),
            Style::Named => quote!(Named),
        };
        let fields = self.saved().map(|field| {
            let Field { name, aliases, .. } = field;
            let describe = field.describe(container);
            let default = field.default_shape(container);
            quote!(#krate::__private::FieldShape::new(&[#name #(, #aliases)*], #describe) #default)
        });
        // A table, and no code that makes one.
        (quote!(#krate::__private::Style::#style), quote!(const { &[#(#fields),*] }))
    }

    /// Statements that write the heads into `__heads`.
    pub(super) fn heads(&self, krate: &Path, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        self.saved().map(|field| field.head(krate, &value(field))).collect()
    }

    /// Statements that write the bodies.
    pub(super) fn bodies(&self, krate: &Path, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        self.saved().map(|field| field.body(krate, &value(field))).collect()
    }

    /// Statements that touch what the bodies of the saved fields read.
    pub(super) fn touches(&self, krate: &Path, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        self.saved().map(|field| field.touch(krate, &value(field))).collect()
    }

    /// Statements that make a vacant value of every field.
    pub(super) fn vacants(&self, krate: &Path) -> TokenStream {
        self.fields.iter().map(|field| field.vacant(krate)).collect()
    }

    /// Whether all fields have a vacant value.
    pub(super) fn have_vacants(&self, krate: &Path) -> TokenStream {
        let asked = self.saved().map(|field| {
            let ty = &field.ty;
            quote!(<#ty as #krate::Shape>::has_vacant(__vacancy))
        });
        quote!((true #(&& #asked)*))
    }

    /// Whether all fields may have a vacant value, as far as their attributes say.
    pub(crate) fn may_be_vacant(&self) -> bool {
        !self.fields.iter().any(|field| matches!(field.codec, Codec::With(_) | Codec::External) && !field.has_zero)
    }

    /// Statements that fill the deferred cells.
    pub(super) fn fills(&self, krate: &Path, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        self.saved().map(|field| field.fill(krate, &value(field))).collect()
    }

    /// Statements that build every field, in declared order.
    pub(super) fn builds(&self, krate: &Path) -> TokenStream {
        self.fields.iter().map(|field| field.build(krate)).collect()
    }

    /// The same for a type without a body; `None` where a field runs code that can fail.
    pub(super) fn builds_all_head(&self, krate: &Path) -> Option<TokenStream> {
        self.fields.iter().map(|field| field.build_all_head(krate)).collect()
    }

    /// `{ a: __field_a, 0: __field_0 }`, of all fields: what makes a value.
    pub(super) fn made(&self) -> TokenStream {
        let fields = self.fields.iter().map(|field| {
            let (member, local) = (&field.member, field.local());
            quote!(#member: #local)
        });
        quote!({ #(#fields),* })
    }

    /// What that pattern binds.
    pub(super) fn locals(&self) -> Vec<Ident> {
        self.saved().map(Field::local).collect()
    }

    /// A pattern that binds the saved fields.
    pub(super) fn pattern(&self) -> TokenStream {
        let fields = self.saved().map(|field| {
            let (member, local) = (&field.member, field.local());
            quote!(#member: #local)
        });
        quote!({ #(#fields,)* .. })
    }
}

/// A field of `self`.
pub(super) fn of_self(field: &Field) -> TokenStream {
    let member = &field.member;
    quote!(&self.#member)
}

/// A field that a pattern has bound.
pub(super) fn bound(field: &Field) -> TokenStream {
    let local = field.local();
    quote!(#local)
}

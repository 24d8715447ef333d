//! Generated code depends on nothing that a program may shadow, and warns of nothing.

#![forbid(unsafe_code)]
#![deny(warnings, unused, clippy::pedantic, missing_docs, unreachable_pub, unused_qualifications)]
#![deny(
    missing_debug_implementations,
    rust_2018_idioms,
    single_use_lifetimes,
    unused_lifetimes,
    variant_size_differences
)]
#![allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the library says the signatures of hooks and adapters"
)]

/// Everything that the prelude brings, under other meanings.
mod shadowed {
    #![no_implicit_prelude]
    #![allow(dead_code, non_camel_case_types, reason = "they are there to be in the way")]

    use ::std::prelude::rust_2024::{Eq as RealEq, PartialEq, derive};

    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct Box;
    pub(crate) struct String;
    pub(crate) struct Vec;
    pub(crate) struct Default;
    pub(crate) struct Send;
    pub(crate) struct Sync;
    pub(crate) struct u8;
    pub(crate) struct bool;
    pub(crate) struct usize;
    pub(crate) struct str;
    pub(crate) trait Clone {}
    pub(crate) trait Pickle {}
    pub(crate) trait Unpickle {}
    pub(crate) trait Shape {}
    pub(crate) mod std {}
    pub(crate) mod core {}
    pub(crate) mod pickle_core {}

    #[derive(::pickle_core::Pickle, PartialEq, RealEq)]
    pub(crate) struct Struct<T> {
        pub(crate) a: ::std::string::String,
        pub(crate) b: ::std::vec::Vec<T>,
        #[pickle(skip)]
        pub(crate) c: u32,
        #[pickle(compact)]
        pub(crate) d: u64,
        #[pickle(with = adapter)]
        pub(crate) e: i16,
    }

    pub(crate) mod adapter {
        pub(crate) fn dump(value: &i16) -> i16 {
            *value
        }
        pub(crate) fn load(value: i16) -> ::std::result::Result<i16, ::std::string::String> {
            ::std::result::Result::Ok(value)
        }
    }

    #[derive(::pickle_core::Pickle, PartialEq)]
    #[pickle(before_dump = Enum::check, after_load = Enum::wake)]
    pub(crate) enum Enum {
        Ok,
        Err(::std::boxed::Box<Enum>),
        Some { u8: i32, bool: char },
    }

    impl Enum {
        fn check(&self) -> ::std::result::Result<(), ::std::string::String> {
            ::std::result::Result::Ok(())
        }
        fn wake(&mut self) -> ::std::result::Result<(), ::std::string::String> {
            ::std::result::Result::Ok(())
        }
    }

    #[derive(::pickle_core::Pickle, PartialEq)]
    #[pickle(reduce = Reduced::parts, rebuild = Reduced::new)]
    pub(crate) struct Reduced(pub(crate) i8);

    impl Reduced {
        fn parts(&self) -> i8 {
            self.0
        }
        fn new(part: i8) -> ::std::result::Result<Self, ::std::string::String> {
            ::std::result::Result::Ok(Self(part))
        }
    }

    #[derive(::pickle_core::Pickle, PartialEq)]
    #[pickle(version = 2, migrate(1 => Self::from_first), alias = "Elder")]
    pub(crate) struct Versioned<T> {
        pub(crate) a: T,
        #[pickle(default)]
        pub(crate) b: u16,
        #[pickle(default = ::std::option::Option::Some(7), alias = "d")]
        pub(crate) c: ::std::option::Option<u32>,
    }

    #[derive(::pickle_core::Pickle)]
    #[pickle(version = 1, name = "Versioned")]
    pub(crate) struct First<T> {
        pub(crate) a: T,
    }

    impl<T> Versioned<T> {
        fn from_first(first: First<T>) -> ::std::result::Result<Self, ::std::string::String> {
            ::std::result::Result::Ok(Self { a: first.a, b: 1, c: ::std::option::Option::None })
        }
    }

    #[derive(::pickle_core::Pickle)]
    pub(crate) enum Vacant {
        Full(::std::rc::Rc<::std::cell::RefCell<Vacant>>, ::std::rc::Weak<u64>),
        #[pickle(vacant)]
        Empty {
            bool: i8,
        },
        #[pickle(other)]
        Other(::pickle_core::Value),
    }

    #[derive(::pickle_core::Pickle, PartialEq)]
    #[pickle(transparent)]
    pub(crate) struct Transparent<T>(pub(crate) ::std::vec::Vec<T>);

    #[derive(::pickle_core::Pickle)]
    pub(crate) struct Outside(#[pickle(external)] pub(crate) External);

    pub(crate) struct External(pub(crate) i64);

    impl ::pickle_core::External for External {
        type Id = i64;

        fn persist(
            &self,
            _: &::pickle_core::Context,
        ) -> ::std::result::Result<
            i64,
            ::std::boxed::Box<dyn ::std::error::Error + ::std::marker::Send + ::std::marker::Sync>,
        > {
            ::std::result::Result::Ok(self.0)
        }

        fn restore(
            id: i64,
            _: &::pickle_core::Context,
        ) -> ::std::result::Result<
            Self,
            ::std::boxed::Box<dyn ::std::error::Error + ::std::marker::Send + ::std::marker::Sync>,
        > {
            ::std::result::Result::Ok(Self(id))
        }
    }

    #[derive(::pickle_core::Pickle, PartialEq)]
    #[pickle(reduce = Chosen::parts)]
    pub(crate) struct Chosen(pub(crate) i8);

    #[::pickle_core::function]
    pub(crate) fn choose_in_the_shade(part: i8) -> ::std::result::Result<Chosen, ::std::string::String> {
        ::std::result::Result::Ok(Chosen(part))
    }

    impl Chosen {
        fn parts(&self) -> ::pickle_core::Reduced<Self> {
            ::pickle_core::Reduced::new(::pickle_core::func!(choose_in_the_shade), self.0)
        }
    }

    #[::pickle_core::object]
    pub(crate) trait Speak {
        fn speak(&self) -> i32;
    }

    #[derive(::pickle_core::Pickle)]
    pub(crate) struct Parrot(pub(crate) i32);

    #[::pickle_core::object]
    impl Speak for Parrot {
        fn speak(&self) -> i32 {
            self.0
        }
    }

    #[::pickle_core::function]
    pub(crate) fn twice_in_the_shade(x: i32) -> i32 {
        2 * x
    }

    ::pickle_core::register!(Parrot as dyn Loud);

    #[::pickle_core::object]
    pub(crate) trait Loud {}

    impl Loud for Parrot {}

    pub(crate) fn twice() -> ::pickle_core::Function<fn(i32) -> i32> {
        ::pickle_core::func!(twice_in_the_shade)
    }
}

use pickle_core::Pickle;
use pickle_tests::round_trip;

#[test]
fn the_prelude_may_be_shadowed() {
    use shadowed::{
        Chosen, Enum, External, First, Outside, Parrot, Reduced, Speak, Struct, Transparent, Vacant, Versioned,
    };
    let value = Struct { a: "a".into(), b: vec![1i8, 2], c: 9, d: 300, e: -5 };
    assert!(round_trip(&value) == Struct { c: 0, ..value });
    for value in [Enum::Ok, Enum::Err(Box::new(Enum::Ok)), Enum::Some { u8: -1, bool: 'x' }] {
        assert!(round_trip(&value) == value);
    }
    assert!(round_trip(&Reduced(5)) == Reduced(5));
    assert!(round_trip(&Chosen(6)) == Chosen(6));
    let versioned = Versioned { a: 1u8, b: 2, c: Some(3) };
    assert!(round_trip(&versioned) == versioned);
    let migrated: Versioned<u8> = pickle_core::loads(&pickle_tests::bytes_of(&First { a: 1u8 })).expect("it migrates");
    assert!(migrated == Versioned { a: 1, b: 1, c: None });
    assert!(round_trip(&Transparent(vec![1u8])) == Transparent(vec![1]));
    assert_eq!(round_trip(&Outside(External(5))).0.0, 5);
    let cell = std::rc::Rc::new(std::cell::RefCell::new(Vacant::Empty { bool: 1 }));
    *cell.borrow_mut() = Vacant::Full(cell.clone(), std::rc::Weak::new());
    let back = round_trip(&cell);
    for cell in [cell, back] {
        assert!(
            matches!(cell.replace(Vacant::Empty { bool: 2 }), Vacant::Full(inner, _) if std::rc::Rc::ptr_eq(&inner, &cell))
        );
    }
    let other = round_trip(&Vacant::Empty { bool: 3 });
    assert!(!matches!(other, Vacant::Other(_)));
    let parrot: Box<dyn Speak + Send> = Box::new(Parrot(7));
    assert_eq!(round_trip(&parrot).speak(), 7);
    assert_eq!(round_trip(&shadowed::twice())(4), 8);
}

/// Fields named as the locals of generated code, and as keywords.
#[derive(Pickle, Debug, PartialEq, Eq)]
struct Locals {
    head: u8,
    heads: String,
    writer: bool,
    reader: u8,
    bad: bool,
    value: u8,
    tag: u8,
    schema: Box<u8>,
    r#type: u8,
    field_0: u8,
}

#[derive(Pickle, Debug, PartialEq, Eq)]
enum LocalVariants {
    Named { head: u8, writer: String, reader: Vec<u8>, bad: bool, r#match: Option<Box<Self>> },
}

#[test]
fn fields_may_have_the_names_of_generated_locals() {
    let (heads, schema) = ("2".into(), Box::new(12));
    let locals = Locals {
        head: 1,
        heads,
        writer: true,
        reader: 6,
        bad: false,
        value: 8,
        tag: 9,
        schema,
        r#type: 14,
        field_0: 16,
    };
    assert_eq!(round_trip(&locals), locals);
    let named =
        |inner| LocalVariants::Named { head: 1, writer: "3".into(), reader: vec![5], bad: true, r#match: inner };
    let value = named(Some(Box::new(named(None))));
    assert_eq!(round_trip(&value), value);
}

/// Parameters and lifetimes named as those of generated code.
#[derive(Pickle, Debug, PartialEq)]
struct Parameters<'a, 'r, T, A, R> {
    a: &'a str,
    r: &'r str,
    t: T,
    rest: (A, R),
}

#[test]
fn parameters_may_have_the_names_of_the_traits_own() -> Result<(), pickle_core::Error> {
    let value = Parameters { a: "a", r: "r", t: 1u8, rest: ('x', true) };
    let bytes = pickle_core::dumps(&value)?;
    assert_eq!(pickle_core::loads::<Parameters<'_, '_, u8, char, bool>>(&bytes)?, value);
    Ok(())
}

/// Methods and constants with the names of the traits' own.
#[derive(Pickle, Debug, PartialEq, Eq)]
struct Inherent {
    n: u8,
    text: String,
}

impl Inherent {
    const HEAD: &'static str = "its own";
    const BODY: u8 = 3;

    const fn head(&self) -> u8 {
        self.n
    }
    const fn body(&self) -> &str {
        self.text.as_str()
    }
    const fn build() -> u8 {
        7
    }
    const fn name() -> u8 {
        8
    }
}

#[test]
fn inherent_items_may_have_the_names_of_the_traits_own() {
    let value = Inherent { n: 1, text: "t".into() };
    assert_eq!((value.head(), value.body(), Inherent::build(), Inherent::name()), (1, "t", 7, 8));
    assert_eq!((Inherent::HEAD, Inherent::BODY), ("its own", 3));
    assert_eq!(round_trip(&vec![value])[0].body(), "t");
}

/// Types and constants named as what generated code uses.
mod named_like_ours {
    #![allow(non_upper_case_globals, reason = "they are there to be in the way")]

    use pickle_core::Pickle;

    pub(crate) const reader: u8 = 1;
    pub(crate) const writer: u8 = 2;
    pub(crate) static head: u8 = 3;
    pub(crate) static schema: u8 = 4;
    pub(crate) const value: u8 = 5;
    pub(crate) const tag: u8 = 6;
    pub(crate) const bad: u8 = 7;

    #[derive(Pickle, Debug, PartialEq, Eq)]
    pub(crate) struct Reader {
        pub(crate) writer: Writer,
    }

    #[derive(Pickle, Debug, PartialEq, Eq)]
    pub(crate) struct Writer(pub(crate) Vec<Describer<TypeRef>>);

    #[derive(Pickle, Debug, PartialEq, Eq)]
    pub(crate) enum Describer<Family> {
        Error { step: Family },
        Name(Box<Self>),
        Vacancy,
    }

    #[derive(Pickle, Debug, PartialEq, Eq)]
    pub(crate) struct TypeRef;

    #[derive(Pickle, Debug, PartialEq, Eq)]
    pub(crate) struct Shape<Pickle, Unpickle> {
        pub(crate) pickle: Pickle,
        pub(crate) unpickle: Unpickle,
    }
}

#[test]
fn types_may_have_the_names_of_the_library_s_own() {
    use named_like_ours::{Describer, Reader, Shape, TypeRef, Writer, bad, head, reader, schema, tag, value, writer};
    let parts =
        vec![Describer::Error { step: TypeRef }, Describer::Name(Box::new(Describer::Vacancy)), Describer::Vacancy];
    let whole = Shape { pickle: Reader { writer: Writer(parts) }, unpickle: [reader, writer, head, schema] };
    assert_eq!(round_trip(&whole), whole);
    assert_eq!([value, tag, bad], [5, 6, 7]);
}

#[test]
fn a_macro_may_pass_fragments_into_types_that_derive() {
    macro_rules! declare {
        (
            $(#[$meta:meta])* $name:ident<$lifetime:lifetime, $parameter:ident>
            { $($visibility:vis $field:ident: $type:ty = $skipped:expr),* } $path:path, $text:literal
        ) => {
            $(#[$meta])*
            #[derive(Debug, PartialEq)]
            #[pickle(name = $text)]
            struct $name<$lifetime, $parameter> {
                text: &$lifetime str,
                parameter: $parameter,
                $(#[pickle(skip = $skipped)] $visibility $field: $type,)*
                #[pickle(with = $path)]
                adapted: i16,
            }
        };
    }
    declare! {
        #[derive(Pickle)]
        Made<'m, T> { pub(crate) list: Vec<Option<u8>> = vec![Some(1 + 2); 2], number: u8 = 3 * 4 } shadowed::adapter, "Fragments"
    }
    let made = Made { text: "t", parameter: 5u8, list: vec![Some(3); 2], number: 12, adapted: -1 };
    let bytes = pickle_tests::bytes_of(&made);
    assert_eq!(pickle_core::loads::<Made<'_, u8>>(&bytes).expect("it loads"), made);
    assert_eq!(<Made<'_, u8> as pickle_core::Shape>::name(), "Fragments<u8>");
}

#[test]
fn a_macro_may_declare_types_that_derive() {
    macro_rules! declare {
        ($name:ident { $($field:ident: $type:ty),* } $variant:ident) => {
            #[derive(Pickle, Debug, PartialEq, Eq)]
            struct $name { $($field: $type),* }
            #[derive(Pickle, Debug, PartialEq, Eq)]
            enum Choice { $variant($name), Other { x: u8 } }
        };
    }
    declare!(Made { a: u8, b: Vec<String> } First);
    let value = vec![Choice::First(Made { a: 1, b: vec!["b".into()] }), Choice::Other { x: 2 }];
    assert_eq!(round_trip(&value), value);
}

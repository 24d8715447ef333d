//! Asking a value what it is before it is written: whether a number, or a struct of which fields. Nothing in it is looked at.

use serde::ser::{Impossible, Serialize, SerializeStruct, Serializer};

use super::number::each_number;

/// What is something else than was asked for.
#[derive(Debug)]
pub(super) struct Other;

impl std::fmt::Display for Other {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("something else")
    }
}

impl std::error::Error for Other {}

impl serde::ser::Error for Other {
    fn custom<M: std::fmt::Display>(_: M) -> Self {
        Other
    }
}

pub(super) type Never = Impossible<(), Other>;

/// Says of what it is not asked for that it is something else; without arguments, of all that neither question is for.
macro_rules! others {
    () => {
        type SerializeSeq = Never;
        type SerializeTuple = Never;
        type SerializeTupleStruct = Never;
        type SerializeTupleVariant = Never;
        type SerializeMap = Never;
        type SerializeStructVariant = Never;

        // Nobody needs the text to say so.
        fn collect_str<T: std::fmt::Display + ?Sized>(self, _: &T) -> Result<(), Other> {
            Err(Other)
        }

        others! {
            serialize_bool(bool) -> ();
            serialize_char(char) -> ();
            serialize_str(&str) -> ();
            serialize_bytes(&[u8]) -> ();
            serialize_none() -> ();
            serialize_some[T](&T) -> ();
            serialize_unit() -> ();
            serialize_unit_struct(&'static str) -> ();
            serialize_unit_variant(&'static str, u32, &'static str) -> ();
            serialize_newtype_variant[T](&'static str, u32, &'static str, &T) -> ();
            serialize_seq(Option<usize>) -> Never;
            serialize_tuple(usize) -> Never;
            serialize_tuple_struct(&'static str, usize) -> Never;
            serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
            serialize_map(Option<usize>) -> Never;
            serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
        }
    };
    ($($method:ident $([$generic:ident])? ($($argument:ty),*) -> $ok:ty;)*) => {$(
        #[inline]
        fn $method$(<$generic: Serialize + ?Sized>)?(self $(, _: $argument)*) -> Result<$ok, Other> {
            Err(Other)
        }
    )*};
}
pub(super) use others;

/// Asks whether a value is a struct, and of which fields.
pub(super) struct Names<'n> {
    names: &'n mut Vec<&'static str>,
    /// How many of the names were met; `None` where there are none yet, and all are taken.
    met: Option<usize>,
}

impl<'n> Names<'n> {
    /// Takes the names.
    pub(super) fn of(names: &'n mut Vec<&'static str>) -> Self {
        Names { names, met: None }
    }

    /// Asks whether these are the names.
    pub(super) fn are(names: &'n mut Vec<&'static str>) -> Self {
        Names { names, met: Some(0) }
    }
}

macro_rules! numbers {
    ($($kind:ident $run:ident $type:ident $serialize:ident $deserialize:ident $visit:ident,)*) => {
        others! { $($serialize($type) -> ();)* }
    };
}

impl Serializer for Names<'_> {
    type Ok = ();
    type Error = Other;
    type SerializeStruct = Self;

    others!();
    each_number!(numbers);

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Other> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Other> {
        Ok(self)
    }
}

impl SerializeStruct for Names<'_> {
    type Ok = ();
    type Error = Other;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, _: &T) -> Result<(), Other> {
        match &mut self.met {
            None => self.names.push(name),
            Some(met) if self.names.get(*met) == Some(&name) => *met += 1,
            Some(_) => return Err(Other),
        }
        Ok(())
    }

    #[inline]
    fn end(self) -> Result<(), Other> {
        if self.met.is_none_or(|met| met == self.names.len()) { Ok(()) } else { Err(Other) }
    }
}

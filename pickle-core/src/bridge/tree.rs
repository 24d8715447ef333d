//! Making the tree, where it must be there before it can be written: of what does not say how long it is, and of keys.

use std::borrow::Cow;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::Failure;
use super::data;
use super::number::each_number;
use crate::error::{Error, Step};
use crate::stack::deeper;
use crate::wire::Writer;

/// A tree, with the names that the program gives its parts.
type Data = data::Data<'static>;
type Name = Cow<'static, str>;

/// Makes a tree of a value.
#[derive(Clone, Copy)]
pub(super) struct Tree {
    /// How many levels it may have, and the limit that this comes from.
    left: usize,
    max_depth: usize,
}

/// What a level counts: it takes more stack than one that is written as it is met.
const LEVEL: usize = 4;

impl Tree {
    /// A tree that the levels left to a writer have room for.
    pub(super) fn within(writer: &Writer<'_>) -> Tree {
        Tree { left: writer.depth() / LEVEL, max_depth: writer.max_depth() }
    }

    /// One level deeper.
    fn inner(self) -> Result<Tree, Failure> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Tree { left, ..self }),
            None => Err(Error::too_deep(self.max_depth).into()),
        }
    }

    /// The tree of a part.
    fn part<T: Serialize + ?Sized>(self, value: &T) -> Result<Data, Failure> {
        let inner = self.inner()?;
        deeper(|| value.serialize(inner))
    }
}

macro_rules! numbers {
    ($($kind:ident $run:ident $type:ident $serialize:ident $deserialize:ident $visit:ident,)*) => {$(
        #[inline]
        fn $serialize(self, number: $type) -> Result<Data, Failure> {
            Ok(Data::$kind(number))
        }
    )*};
}

impl Serializer for Tree {
    type Ok = Data;
    type Error = Failure;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    each_number!(numbers);

    fn serialize_bool(self, value: bool) -> Result<Data, Failure> {
        Ok(Data::Bool(value))
    }

    fn serialize_char(self, value: char) -> Result<Data, Failure> {
        Ok(Data::Char(value))
    }

    fn serialize_str(self, value: &str) -> Result<Data, Failure> {
        Ok(Data::Str(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Data, Failure> {
        Ok(Data::Bytes(value.to_owned()))
    }

    fn serialize_none(self) -> Result<Data, Failure> {
        Ok(Data::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Data, Failure> {
        Ok(Data::Some(Box::new(self.part(value)?)))
    }

    fn serialize_unit(self) -> Result<Data, Failure> {
        Ok(Data::Unit)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Data, Failure> {
        Ok(Data::Unit)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Data, Failure> {
        Ok(Data::UnitVariant(variant.into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Data, Failure> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Data, Failure> {
        Ok(Data::Variant(variant.into(), Box::new(self.part(value)?)))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, Failure> {
        Ok(Items { tree: self, items: Vec::new(), variant: None })
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, Failure> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, Failure> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, Failure> {
        Ok(Items { tree: self.inner()?, items: Vec::new(), variant: Some(variant.into()) })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, Failure> {
        Ok(Entries { tree: self, entries: Vec::new(), key: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Failure> {
        Ok(Fields { tree: self, fields: Vec::new(), variant: None })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields, Failure> {
        Ok(Fields { tree: self.inner()?, fields: Vec::new(), variant: Some(variant.into()) })
    }
}

/// The content of a variant, or what is none.
fn in_variant(variant: Option<Name>, content: Data) -> Data {
    match variant {
        Some(name) => Data::Variant(name, Box::new(content)),
        None => content,
    }
}

/// A sequence of any kind.
pub(super) struct Items {
    tree: Tree,
    items: Vec<Data>,
    variant: Option<Name>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let number = self.items.len();
        self.items.push(self.tree.part(value).map_err(|failure| failure.step(Step::Index(number)))?);
        Ok(())
    }

    fn finish(self) -> Result<Data, Failure> {
        Ok(in_variant(self.variant, Data::sequence(self.items)))
    }
}

compound! {
    Items => Data:
    SerializeSeq serialize_element push;
    SerializeTuple serialize_element push;
    SerializeTupleStruct serialize_field push;
    SerializeTupleVariant serialize_field push;
}
compound! {
    Fields => Data:
    SerializeStruct serialize_field push, key: &'static str;
    SerializeStructVariant serialize_field push, key: &'static str;
}

/// A struct, or a variant like one.
pub(super) struct Fields {
    tree: Tree,
    fields: Vec<(Name, Data)>,
    variant: Option<Name>,
}

impl Fields {
    fn push<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Failure> {
        let value = self.tree.part(value).map_err(|failure| failure.step(Step::Field(name.into())))?;
        self.fields.push((name.into(), value));
        Ok(())
    }

    fn finish(self) -> Result<Data, Failure> {
        Ok(in_variant(self.variant, Data::Struct(self.fields)))
    }
}

/// A map.
pub(super) struct Entries {
    tree: Tree,
    entries: Vec<(Data, Data)>,
    key: Option<Data>,
}

impl SerializeMap for Entries {
    type Ok = Data;
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        let number = self.entries.len();
        self.key = Some(self.tree.part(key).map_err(|failure| failure.step(Step::Key(number)))?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let number = self.entries.len();
        let value = self.tree.part(value).map_err(|failure| failure.step(Step::Index(number)))?;
        match self.key.take() {
            Some(key) => self.entries.push((key, value)),
            None => return Err(super::no_key()),
        }
        Ok(())
    }

    fn end(self) -> Result<Data, Failure> {
        Ok(Data::Map(self.entries))
    }
}

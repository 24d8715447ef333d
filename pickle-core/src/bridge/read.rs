//! Reading a value from its tree: each part as the tree's own code would read it, with the same limits.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::Failure;
use super::data::tag;
use super::number::{Kind, One};
use crate::error::{Error, Step};
use crate::stack::deeper;
use crate::traits::Unpickle;
use crate::wire::Reader;

/// What a value is charged beside its text and bytes: what it becomes is for its type's own code to allocate.
const CHARGE: usize = 16;

/// Reads a value, which is one piece.
pub(super) fn whole<T: DeserializeOwned>(reader: &mut Reader<'_, '_>) -> Result<T, Error> {
    let mut source = Source { reader, failed: false };
    let read = source.tag().and_then(|tag| T::deserialize(In { source: &mut source, tag, names: None }));
    match read {
        // Where it has stopped nothing can be read any more, whatever the type's own code made of the error.
        Ok(_) if source.failed => Err(source.reader.corrupt("a `Deserialize` that went on after an error")),
        Ok(value) => Ok(value),
        Err(Failure(Some(error))) => Err(source.reader.place(error)),
        Err(Failure(None)) => Err(source.reader.corrupt("a value that could not be read")),
    }
}

/// The reader, and whether an error has left it somewhere within a value.
struct Source<'s, 'r, 'a> {
    reader: &'s mut Reader<'r, 'a>,
    failed: bool,
}

impl<'r, 'a> Source<'_, 'r, 'a> {
    fn tag(&mut self) -> Result<u8, Failure> {
        Ok(self.reader.take(1)?[0])
    }

    fn length(&mut self) -> Result<usize, Failure> {
        let short = self.tag()?;
        Ok(self.reader.length(short)?)
    }

    fn text(&mut self, short: u8) -> Result<&'r str, Failure> {
        let length = self.reader.length(short)?;
        Ok(self.reader.text(length)?)
    }

    fn scalar<T: Unpickle<'a>>(&mut self) -> Result<T, Failure> {
        Ok(self.reader.value()?)
    }

    /// The number of entries of a list, each of which has so many bytes at the least.
    fn count(&mut self, least: usize) -> Result<usize, Failure> {
        let count = self.length()?;
        self.reader.claimed_heads(count, least)?;
        Ok(count)
    }

    /// The names of the fields of rows, and how many rows there are.
    fn names(&mut self) -> Result<(Vec<&'r str>, usize), Failure> {
        let heads = self.reader.take(2)?;
        let count = self.reader.length(heads[0])?;
        self.reader.claimed_heads(count, 1)?;
        let mut names = self.reader.vec(count)?;
        for _ in 0..count {
            let short = self.tag()?;
            names.push(self.text(short)?);
        }
        let rows = self.reader.length(heads[1])?;
        self.reader.claimed_heads(rows, 1)?;
        Ok((names, rows))
    }

    /// Runs what goes one level deeper, by the type's own code; notes that an error passes.
    fn within<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R, Failure>) -> Result<R, Failure> {
        self.reader.enter()?;
        let value = deeper(|| read(self));
        self.failed |= value.is_err();
        self.reader.leave();
        value
    }

    /// The error, at this place, of a part.
    #[cold]
    fn at(&self, failure: Failure, step: Step) -> Failure {
        Failure(failure.0.map(|error| self.reader.place(error).step(step)))
    }
}

/// A value whose tag was read.
struct In<'i, 's, 'r, 'a> {
    source: &'i mut Source<'s, 'r, 'a>,
    tag: u8,
    /// The fields of a row, where it may be one.
    names: Option<&'i [&'r str]>,
}

impl<'i, 's, 'r, 'a> In<'i, 's, 'r, 'a> {
    /// Reads the value, as what it is.
    fn read<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let In { source, tag, names } = self;
        source.reader.charge(CHARGE)?;
        if let Some(kind) = Kind::after(tag::NUMBER, tag) {
            let head = source.reader.take(kind.size())?;
            return One::of(kind, head).deserialize_any(visitor);
        }
        match tag {
            tag::NONE => visitor.visit_none(),
            tag::SOME => source.within(|source| {
                let tag = source.tag()?;
                visitor.visit_some(In { source, tag, names: None })
            }),
            tag::UNIT => visitor.visit_unit(),
            tag::BOOL => visitor.visit_bool(source.scalar()?),
            tag::CHAR => visitor.visit_char(source.scalar()?),
            tag::STR | tag::UNIT_VARIANT => {
                let short = source.tag()?;
                visitor.visit_str(source.text(short)?)
            }
            tag::BYTES => {
                let count = source.length()?;
                visitor.visit_byte_buf(source.reader.owned_bytes(count, 0)?)
            }
            tag::SEQ => {
                let left = source.count(1)?;
                source.within(|source| whole_list(source, left, None, |list| visitor.visit_seq(list)))
            }
            tag::MAP => {
                let left = source.count(2)?;
                source.within(|source| whole_list(source, left, None, |list| visitor.visit_map(Map { list, value: 0 })))
            }
            tag::STRUCT => {
                let left = source.count(2)?;
                source.within(|source| {
                    whole_list(source, left, None, |list| visitor.visit_map(Fields { list, field: ("", 0) }))
                })
            }
            tag::ROWS => {
                let names = source.names()?;
                let (names, left) = (&*names.0, names.1);
                source.within(|source| whole_list(source, left, Some(names), |list| visitor.visit_seq(list)))
            }
            tag::ROW => {
                let left = source.count(1)?;
                let Some(names) = names.filter(|names| names.len() == left) else {
                    return Err(source.reader.corrupt("a row that has not the fields of its rows").into());
                };
                source.within(|source| whole_list(source, left, None, |list| visitor.visit_map(Row { list, names })))
            }
            tag::VARIANT => {
                let short = source.tag()?;
                let name = source.text(short)?;
                source.within(|source| visitor.visit_map(OneVariant { source, name: Some(name) }))
            }
            _ => match Kind::after(tag::RUN, tag) {
                Some(kind) => {
                    let left = source.count(kind.size())?;
                    source.reader.charge(left.saturating_mul(kind.size()))?;
                    let mut run = Run { source, kind, heads: &[], left, number: 0 };
                    let value = visitor.visit_seq(&mut run)?;
                    if run.left > 0 { Err(too_many(run.number, run.left)) } else { Ok(value) }
                }
                None => Err(source.reader.refuse_tag("Serde", tag.into(), tag::COUNT).into()),
            },
        }
    }

    /// Reads the value one level deeper.
    fn read_deeper<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let In { source, tag, names } = self;
        source.within(|source| In { source, tag, names }.read(visitor))
    }
}

/// The error of a list that the type did not read to its end.
#[cold]
fn too_many(taken: usize, left: usize) -> Failure {
    Failure::invalid_length(taken + left, &&*format!("{taken}"))
}

/// Reads a list by the type's own code, to its end. It is two levels, as it was when it was written.
fn whole_list<'i, 's, 'r, 'a, R>(
    source: &'i mut Source<'s, 'r, 'a>,
    left: usize,
    names: Option<&'i [&'r str]>,
    read: impl FnOnce(&mut List<'i, 's, 'r, 'a>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    source.reader.enter()?;
    let mut list = List { source, left, number: 0, names };
    let value = read(&mut list)?;
    list.source.reader.leave();
    if list.left > 0 { Err(too_many(list.number, list.left)) } else { Ok(value) }
}

macro_rules! as_it_is {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Failure> {
            $(let _ = $argument;)*
            self.read_deeper(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for In<'_, '_, '_, '_> {
    type Error = Failure;

    as_it_is! {
        deserialize_any();
        deserialize_tuple(_count: usize);
        deserialize_unit_struct(_name: &'static str);
        deserialize_tuple_struct(_name: &'static str, _count: usize);
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str]);
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.tag {
            tag::NONE | tag::SOME => self.read_deeper(visitor),
            // What was no option once. A type may hold itself in options and newtypes alone: each is a level.
            tag => {
                let names = self.names;
                self.source.within(|source| visitor.visit_some(In { source, tag, names }))
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Failure> {
        let In { source, tag, names } = self;
        source.within(|source| visitor.visit_newtype_struct(In { source, tag, names }))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let In { source, tag, names } = self;
        match tag {
            tag::STR | tag::UNIT_VARIANT => source.within(|source| {
                source.reader.charge(CHARGE)?;
                let short = source.tag()?;
                let name: StrDeserializer<'_, Failure> = source.text(short)?.into_deserializer();
                visitor.visit_enum(name)
            }),
            tag::VARIANT => source.within(|source| {
                source.reader.charge(CHARGE)?;
                let short = source.tag()?;
                let name = source.text(short)?;
                source.within(|source| visitor.visit_enum(OneVariant { source, name: Some(name) }))
            }),
            _ => In { source, tag, names }.read_deeper(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit seq map identifier
        ignored_any
    }
}

/// Elements or entries that are left to read.
struct List<'i, 's, 'r, 'a> {
    source: &'i mut Source<'s, 'r, 'a>,
    left: usize,
    number: usize,
    /// The fields of those that are rows.
    names: Option<&'i [&'r str]>,
}

impl List<'_, '_, '_, '_> {
    /// Begins the next one: its heads.
    fn next<const HEADS: usize>(&mut self) -> Result<Option<[u8; HEADS]>, Failure> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let heads = self.source.reader.take(HEADS)?;
        Ok(heads.first_chunk().copied())
    }

    /// Reads a part by the type's own code.
    fn part<'de, T: DeserializeSeed<'de>>(
        &mut self,
        tag: u8,
        seed: T,
        step: impl FnOnce(usize) -> Step,
    ) -> Result<T::Value, Failure> {
        let read = seed.deserialize(In { source: &mut *self.source, tag, names: self.names });
        read.map_err(|failure| self.source.at(failure, step(self.number)))
    }
}

impl<'de> SeqAccess<'de> for &mut List<'_, '_, '_, '_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Failure> {
        let Some([tag]) = self.next()? else { return Ok(None) };
        let value = self.part(tag, seed, Step::Index)?;
        self.number += 1;
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// A map, between two entries or between a key and its value, whose tag was read with the key's.
struct Map<'l, 'i, 's, 'r, 'a> {
    list: &'l mut List<'i, 's, 'r, 'a>,
    value: u8,
}

impl<'de> MapAccess<'de> for Map<'_, '_, '_, '_, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some([key, value]) = self.list.next()? else { return Ok(None) };
        self.value = value;
        self.list.source.reader.enter()?;
        self.list.part(key, seed, Step::Key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let value = self.list.part(self.value, seed, Step::Index)?;
        self.list.source.reader.leave();
        self.list.number += 1;
        Ok(value)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.list.left)
    }
}

/// The fields of a struct; the name of the one whose value comes next, and its tag.
struct Fields<'l, 'i, 's, 'r, 'a> {
    list: &'l mut List<'i, 's, 'r, 'a>,
    field: (&'r str, u8),
}

impl<'de> MapAccess<'de> for Fields<'_, '_, '_, '_, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some([name, value]) = self.list.next()? else { return Ok(None) };
        let source = &mut *self.list.source;
        source.reader.enter()?;
        self.field = (source.text(name)?, value);
        let name: StrDeserializer<'_, Failure> = self.field.0.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let (name, tag) = self.field;
        let value = self.list.part(tag, seed, |_| Step::Field(name.to_owned().into()))?;
        self.list.source.reader.leave();
        self.list.number += 1;
        Ok(value)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.list.left)
    }
}

/// A row: a struct whose fields are named elsewhere.
struct Row<'l, 'i, 's, 'r, 'a> {
    list: &'l mut List<'i, 's, 'r, 'a>,
    names: &'l [&'r str],
}

impl<'de> MapAccess<'de> for Row<'_, '_, '_, '_, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some(name) = self.names.get(self.list.number) else { return Ok(None) };
        let name: StrDeserializer<'_, Failure> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let (Some([tag]), Some(name)) = (self.list.next()?, self.names.get(self.list.number)) else {
            return Err(Failure::custom("a value beyond the last one"));
        };
        let value = self.list.part(tag, seed, |_| Step::Field((*name).to_owned().into()))?;
        self.list.number += 1;
        Ok(value)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.list.left)
    }
}

/// A variant with content: for an enum what it is, else a map of one entry, which every enum takes too.
struct OneVariant<'i, 's, 'r, 'a> {
    source: &'i mut Source<'s, 'r, 'a>,
    name: Option<&'r str>,
}

impl<'i, 's, 'r, 'a> OneVariant<'i, 's, 'r, 'a> {
    fn content(self) -> Result<In<'i, 's, 'r, 'a>, Failure> {
        let tag = self.source.tag()?;
        Ok(In { source: self.source, tag, names: None })
    }
}

impl<'de> MapAccess<'de> for OneVariant<'_, '_, '_, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some(name) = self.name.take() else { return Ok(None) };
        let name: StrDeserializer<'_, Failure> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let tag = self.source.tag()?;
        let read = seed.deserialize(In { source: &mut *self.source, tag, names: None });
        read.map_err(|failure| self.source.at(failure, Step::Position(0)))
    }
}

impl<'de> EnumAccess<'de> for OneVariant<'_, '_, '_, '_> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, Self), Failure> {
        let name: StrDeserializer<'_, Failure> = self.name.take().unwrap_or_default().into_deserializer();
        let value = seed.deserialize(name)?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for OneVariant<'_, '_, '_, '_> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Err(Failure::invalid_type(Unexpected::Other("a variant with content"), &"a unit variant"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Failure> {
        self.content()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Failure> {
        self.content()?.deserialize_any(visitor)
    }
}

/// Numbers side by side: what is left of those in the current block, and of all.
struct Run<'i, 's, 'r, 'a> {
    source: &'i mut Source<'s, 'r, 'a>,
    kind: Kind,
    heads: &'r [u8],
    left: usize,
    number: usize,
}

impl<'de> SeqAccess<'de> for &mut Run<'_, '_, '_, '_> {
    type Error = Failure;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Failure> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        let size = self.kind.size();
        if self.heads.is_empty() {
            self.heads = self.source.reader.run(size, self.left)?;
        }
        let (head, rest) = self.heads.split_at(size);
        (self.heads, self.left) = (rest, left);
        let number = self.number;
        self.number += 1;
        let read = seed.deserialize(One::of(self.kind, head));
        read.map(Some).map_err(|failure| self.source.at(failure, Step::Index(number)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

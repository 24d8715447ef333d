//! Writing a value as its tree: each part as the tree's own code would write it, heads first.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::asking::Names;
use super::data::{Data, tag};
use super::number::{Kind, Run, each_number};
use super::tree::Tree;
use super::{Failure, miscounted, no_key};
use crate::error::Step;
use crate::stack::deeper;
use crate::traits::Pickle;
use crate::wire::{Writer, short};

/// Writes a value, in one piece.
pub(super) fn whole<T: Serialize + ?Sized>(value: &T, writer: &mut Writer<'_>) {
    let written = value.serialize(Out { writer: &mut *writer, before: Before::Nothing });
    if let Err(Failure(Some(error))) = written {
        writer.fail(error);
    }
}

/// What stands before a value in its entry: their heads come together.
#[derive(Clone, Copy)]
pub(super) enum Before<'b> {
    Nothing,
    /// The name of a field.
    Name(&'static str),
    /// A key.
    Key(&'b Data<'static>),
    /// Nothing; a struct has these fields, and leaves their names out.
    Row(&'b [&'static str]),
}

/// Writes one value.
pub(super) struct Out<'o, 'w> {
    writer: &'o mut Writer<'w>,
    before: Before<'o>,
}

/// Whether all is well: the writer keeps its errors, whatever the value's own code makes of ours.
fn written(writer: &Writer<'_>) -> Result<(), Failure> {
    if writer.failed() { Err(Failure(None)) } else { Ok(()) }
}

fn enter(writer: &mut Writer<'_>) -> Result<(), Failure> {
    if writer.enter() { Ok(()) } else { Err(Failure(None)) }
}

impl<'o, 'w> Out<'o, 'w> {
    /// Writes the tag of the value, with what stands before it, and enters both.
    #[inline]
    fn begin(self, tag: u8) -> Result<&'o mut Writer<'w>, Failure> {
        let Out { writer, before } = self;
        match before {
            Before::Nothing | Before::Row(_) => writer.reserve(1)[0] = tag,
            Before::Name(name) => {
                let heads = writer.reserve(2);
                (heads[0], heads[1]) = (short(name.len()), tag);
                enter(writer)?;
                name.body(writer);
            }
            Before::Key(key) => {
                let heads = writer.reserve(2);
                key.head(&mut heads[..1]);
                heads[1] = tag;
                enter(writer)?;
                key.body(writer);
                written(writer)?;
            }
        }
        enter(writer)?;
        Ok(writer)
    }

    /// Writes a value that is all payload.
    #[inline]
    fn scalar<T: Pickle + ?Sized>(self, tag: u8, value: &T) -> Result<(), Failure> {
        let writer = self.begin(tag)?;
        writer.value(value);
        writer.leave();
        Ok(())
    }

    /// Writes a number that has these bytes.
    fn number(self, kind: Kind, head: &[u8]) -> Result<(), Failure> {
        let writer = self.begin(kind.number_tag())?;
        writer.reserve(head.len()).copy_from_slice(head);
        writer.leave();
        Ok(())
    }

    /// Writes a tree that was made already.
    fn tree(self, data: &Data<'_>) -> Result<(), Failure> {
        let mut head = [0];
        data.head(&mut head);
        // What the tree's own code enters.
        let writer = self.begin(head[0])?;
        writer.leave();
        data.body(writer);
        written(writer)
    }

    /// Begins a variant with content; the content comes next, two levels deeper.
    fn variant(self, name: &'static str) -> Result<Out<'o, 'w>, Failure> {
        let writer = self.begin(tag::VARIANT)?;
        writer.value(name);
        enter(writer)?;
        Ok(Out { writer, before: Before::Nothing })
    }

    /// Begins a list of so many parts, within so many levels more.
    fn list(self, tag: u8, count: usize, levels: usize) -> Result<List<'o, 'w>, Failure> {
        let writer = self.begin(tag)?;
        writer.reserve(1)[0] = short(count);
        writer.length(count);
        List::begin(writer, count, levels)
    }

    fn items(self, count: usize, levels: usize) -> Items<'o, 'w> {
        Items { state: State::Run(self, None, Vec::new()), count, levels }
    }
}

macro_rules! numbers {
    ($($kind:ident $run:ident $type:ident $serialize:ident $deserialize:ident $visit:ident,)*) => {$(
        #[inline]
        fn $serialize(self, number: $type) -> Result<(), Failure> {
            self.scalar(const { Kind::$kind as u8 + tag::NUMBER }, &number)
        }
    )*};
}

impl<'o, 'w> Serializer for Out<'o, 'w> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Seq<'o, 'w>;
    type SerializeTuple = Items<'o, 'w>;
    type SerializeTupleStruct = Items<'o, 'w>;
    type SerializeTupleVariant = Items<'o, 'w>;
    type SerializeMap = Map<'o, 'w>;
    type SerializeStruct = List<'o, 'w>;
    type SerializeStructVariant = List<'o, 'w>;

    each_number!(numbers);

    fn serialize_bool(self, value: bool) -> Result<(), Failure> {
        self.scalar(tag::BOOL, &value)
    }

    fn serialize_char(self, value: char) -> Result<(), Failure> {
        self.scalar(tag::CHAR, &value)
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Failure> {
        self.scalar(tag::STR, value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Failure> {
        self.scalar(tag::BYTES, value)
    }

    fn serialize_none(self) -> Result<(), Failure> {
        self.scalar(tag::NONE, &())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failure> {
        let writer = self.begin(tag::SOME)?;
        enter(writer)?;
        deeper(|| value.serialize(Out { writer, before: Before::Nothing }))?;
        writer.leave();
        writer.leave();
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), Failure> {
        self.scalar(tag::UNIT, &())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Failure> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Failure> {
        self.scalar(tag::UNIT_VARIANT, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Failure> {
        let Out { writer, before } = self;
        // It is the value, and a level all the same: a type may hold itself in newtypes alone.
        enter(writer)?;
        deeper(|| value.serialize(Out { writer: &mut *writer, before }))?;
        writer.leave();
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        let Out { writer, .. } = self.variant(variant)?;
        deeper(|| value.serialize(Out { writer, before: Before::Nothing }))?;
        writer.leave();
        writer.leave();
        Ok(())
    }

    fn serialize_seq(self, count: Option<usize>) -> Result<Seq<'o, 'w>, Failure> {
        Ok(match count {
            Some(count) => Seq::Items(self.items(count, 0)),
            None => Seq::Tree(tree_of(&self).serialize_seq(None)?, self),
        })
    }

    fn serialize_tuple(self, count: usize) -> Result<Items<'o, 'w>, Failure> {
        Ok(self.items(count, 0))
    }

    fn serialize_tuple_struct(self, _: &'static str, count: usize) -> Result<Items<'o, 'w>, Failure> {
        Ok(self.items(count, 0))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        count: usize,
    ) -> Result<Items<'o, 'w>, Failure> {
        Ok(self.variant(variant)?.items(count, 2))
    }

    fn serialize_map(self, count: Option<usize>) -> Result<Map<'o, 'w>, Failure> {
        Ok(match count {
            Some(count) => Map::Entries(self.list(tag::MAP, count, 0)?, None),
            None => Map::Tree(tree_of(&self).serialize_map(None)?, self),
        })
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, count: usize) -> Result<List<'o, 'w>, Failure> {
        match self.before {
            Before::Row(names) => Ok(List { names: Some(names), ..self.list(tag::ROW, names.len(), 0)? }),
            _ => self.list(tag::STRUCT, count, 0),
        }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        count: usize,
    ) -> Result<List<'o, 'w>, Failure> {
        self.variant(variant)?.list(tag::STRUCT, count, 2)
    }
}

/// Makes a tree, no deeper than what is written may be.
fn tree_of(out: &Out<'_, '_>) -> Tree {
    Tree::within(out.writer)
}

/// Parts that are written one after the other, and counted.
pub(super) struct List<'o, 'w> {
    writer: &'o mut Writer<'w>,
    count: usize,
    written: usize,
    /// The levels to leave at the end.
    levels: usize,
    /// The names of the fields, where they are left out.
    names: Option<&'o [&'static str]>,
}

impl<'o, 'w> List<'o, 'w> {
    /// Begins the parts, within so many levels more. They are two levels, one more than the tree's own code makes of them:
    /// as much stack as the code of two crates takes.
    fn begin(writer: &'o mut Writer<'w>, count: usize, levels: usize) -> Result<Self, Failure> {
        enter(writer)?;
        enter(writer)?;
        Ok(List { writer, count, written: 0, levels: levels + 3, names: None })
    }

    /// Writes a part, which is `levels` deeper with what stands before it.
    #[inline]
    fn part(
        &mut self,
        levels: usize,
        step: impl FnOnce(usize) -> Step,
        write: impl FnOnce(&mut Writer<'w>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let number = self.written;
        self.written += 1;
        if number == self.count {
            return Err(miscounted(self.count, self.written));
        }
        if let Err(failure) = deeper(|| write(self.writer)) {
            // Part of it is written: nothing that comes after it counts.
            if let Some(error) = failure.0 {
                self.writer.fail(error);
            }
            self.writer.step(step(number));
            return Err(Failure(None));
        }
        (0..levels).for_each(|_| self.writer.leave());
        Ok(())
    }

    #[inline]
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.part(0, Step::Index, |writer| value.serialize(Out { writer, before: Before::Nothing }))
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Failure> {
        let step = |_| Step::Field(name.into());
        match self.names {
            None => self.part(1, step, |writer| value.serialize(Out { writer, before: Before::Name(name) })),
            Some(names) if names.get(self.written) == Some(&name) => {
                self.part(0, step, |writer| value.serialize(Out { writer, before: Before::Nothing }))
            }
            // It was asked for them a moment ago.
            Some(names) => Err(miscounted(names.len(), self.written)),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        if self.written < self.count {
            let Failure(error) = miscounted(self.count, self.written);
            error.into_iter().for_each(|error| self.writer.fail(error));
            return Err(Failure(None));
        }
        (0..self.levels).for_each(|_| self.writer.leave());
        Ok(())
    }
}

/// A sequence: a run for as long as all are numbers of one kind.
pub(super) struct Items<'o, 'w> {
    state: State<'o, 'w>,
    count: usize,
    /// Levels beyond its own.
    levels: usize,
}

enum State<'o, 'w> {
    /// Nothing but numbers of a kind, if anything: they are not written yet.
    Run(Out<'o, 'w>, Option<Kind>, Vec<u8>),
    List(List<'o, 'w>),
    /// Structs, the first of which has these fields.
    Rows(List<'o, 'w>, Vec<&'static str>),
    /// An error has ended it.
    Ended,
}

impl Items<'_, '_> {
    #[inline]
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        match &mut self.state {
            State::List(list) => list.item(value),
            State::Rows(list, names) => {
                // Asked for its names first, because what is written stays.
                let row = value.serialize(Names::are(names)).is_ok();
                let before = if row { Before::Row(names) } else { Before::Nothing };
                list.part(0, Step::Index, |writer| value.serialize(Out { writer, before }))
            }
            State::Run(_, kind, bytes) => {
                if value.serialize(Run { kind, bytes, count: self.count }).is_ok() {
                    return Ok(());
                }
                let mut names = Vec::new();
                if kind.is_none() && value.serialize(Names::of(&mut names)).is_ok() {
                    self.rows(names)?;
                } else {
                    self.list()?;
                }
                self.push(value)
            }
            State::Ended => Err(Failure(None)),
        }
    }

    /// Goes on as rows.
    #[cold]
    fn rows(&mut self, names: Vec<&'static str>) -> Result<(), Failure> {
        if let State::Run(out, ..) = std::mem::replace(&mut self.state, State::Ended) {
            let writer = out.begin(tag::ROWS)?;
            let heads = writer.reserve(2);
            (heads[0], heads[1]) = (short(names.len()), short(self.count));
            writer.length(names.len());
            names.iter().for_each(|name| writer.value(*name));
            writer.length(self.count);
            self.state = State::Rows(List::begin(writer, self.count, self.levels)?, names);
        }
        Ok(())
    }

    /// Goes on as a list.
    #[cold]
    fn list(&mut self) -> Result<(), Failure> {
        if let State::Run(out, kind, bytes) = std::mem::replace(&mut self.state, State::Ended) {
            let mut list = out.list(tag::SEQ, self.count, self.levels)?;
            if let Some(kind) = kind {
                for head in bytes.chunks_exact(kind.size()) {
                    list.part(0, Step::Index, |writer| Out { writer, before: Before::Nothing }.number(kind, head))?;
                }
            }
            self.state = State::List(list);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), Failure> {
        if let State::Run(_, None, _) = self.state {
            self.list()?;
        }
        match self.state {
            State::List(list) | State::Rows(list, _) => list.finish(),
            State::Run(out, Some(kind), bytes) => {
                let count = bytes.len() / kind.size();
                if count != self.count {
                    return Err(miscounted(self.count, count));
                }
                let writer = out.begin(kind.run_tag())?;
                writer.reserve(1)[0] = short(count);
                writer.length(count);
                if kind == Kind::U8 {
                    writer.bytes(&bytes)
                } else {
                    writer.run(&bytes, kind.size())
                }
                (0..=self.levels).for_each(|_| writer.leave());
                Ok(())
            }
            State::Run(_, None, _) | State::Ended => Err(Failure(None)),
        }
    }
}

/// A sequence, which may not say how long it is.
pub(super) enum Seq<'o, 'w> {
    Items(Items<'o, 'w>),
    Tree(<Tree as Serializer>::SerializeSeq, Out<'o, 'w>),
}

impl SerializeSeq for Seq<'_, '_> {
    type Ok = ();
    type Error = Failure;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        match self {
            Seq::Items(items) => items.push(value),
            Seq::Tree(tree, _) => SerializeSeq::serialize_element(tree, value),
        }
    }

    fn end(self) -> Result<(), Failure> {
        match self {
            Seq::Items(items) => items.finish(),
            Seq::Tree(tree, out) => out.tree(&SerializeSeq::end(tree)?),
        }
    }
}

/// A map, which may not say how long it is. Each key waits for its value.
pub(super) enum Map<'o, 'w> {
    Entries(List<'o, 'w>, Option<Data<'static>>),
    Tree(<Tree as Serializer>::SerializeMap, Out<'o, 'w>),
}

impl SerializeMap for Map<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        match self {
            Map::Entries(list, place) => {
                let tree = Tree::within(list.writer);
                let key = deeper(|| key.serialize(tree)).map_err(|failure| failure.step(Step::Key(list.written)))?;
                *place = Some(key);
                Ok(())
            }
            Map::Tree(tree, _) => tree.serialize_key(key),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        match self {
            Map::Entries(list, key) => {
                let key = key.take().ok_or_else(no_key)?;
                list.part(1, Step::Index, |writer| value.serialize(Out { writer, before: Before::Key(&key) }))
            }
            Map::Tree(tree, _) => tree.serialize_value(value),
        }
    }

    fn end(self) -> Result<(), Failure> {
        match self {
            Map::Entries(list, _) => list.finish(),
            Map::Tree(tree, out) => out.tree(&SerializeMap::end(tree)?),
        }
    }
}

compound! {
    Items<'_, '_> => ():
    SerializeTuple serialize_element push;
    SerializeTupleStruct serialize_field push;
    SerializeTupleVariant serialize_field push;
}
compound! {
    List<'_, '_> => ():
    SerializeStruct serialize_field field, name: &'static str;
    SerializeStructVariant serialize_field field, name: &'static str;
}

//! A part of a value: what it is, what it holds, how to get further.

use std::fmt;

use super::arena::{DANGLING, NOWHERE, Slot, WEAK};
use super::build::packed;
use super::{Value, path, show};
use crate::inspect::{Primitive, Reference, Scalar, Step, Type};
use crate::schema::{Layout, Op};

/// A part of a [`Value`], or all of it.
///
/// Accessors look through what Rust code would go through without a word: boxes, cells, options that are `Some`, trait
/// objects and shared pointers. [`data`](Node::data) does not.
///
/// ```
/// use pickle_core::{Value, dumps, loads};
/// let value: Value = loads(&dumps(&vec![Some(Box::new((1u8, "one"))), None])?)?;
/// let pair = value.at("[0]").unwrap();
/// assert_eq!(pair.at("1").and_then(|text| text.as_str()), Some("one"));
/// assert_eq!(pair.kind().name(), "Option<Box<(u8, String)>>");
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Node<'v> {
    pub(super) value: &'v Value,
    pub(super) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Slot(u32),
    /// An element of a sequence or array of numbers, whose slot this is.
    Element(u32, usize),
}

/// What a [`Node`] holds.
///
/// ```
/// use pickle_core::{Value, dumps, inspect::Scalar, loads, value::Data};
/// let value: Value = loads(&dumps(&Some(7u8))?)?;
/// let Data::Present(content) = value.root().data() else { panic!("it is `Some`") };
/// assert!(matches!(content.data(), Data::Scalar(Scalar::U8(7))));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Data<'v> {
    /// A number, `bool`, `char` or unit.
    Scalar(Scalar),
    /// A string.
    Text(&'v str),
    /// A function, by its name.
    FunctionName(&'v str),
    /// `None`
    Absent,
    /// `Some`, and its content.
    Present(Node<'v>),
    /// A `Box` or the like, and its content.
    Piece(Node<'v>),
    /// A cell, and its content.
    InCell(Node<'v>),
    /// A value with a version, and the value itself.
    Versioned(u8, Node<'v>),
    /// A value behind a trait: the name of its type, and the value itself.
    Dynamic(&'v str, Node<'v>),
    /// A pointer to an object.
    Reference(Reference),
    /// A struct, by its name; its fields are [parts](Node::parts).
    Struct(&'v str),
    /// A tuple.
    Tuple,
    /// A variant, by its name; its fields are parts.
    Variant(&'v str),
    /// An array.
    Array,
    /// A sequence.
    Sequence,
    /// A set.
    Set,
    /// A map: its parts are keys and values in turn.
    Map,
}

impl<'v> Node<'v> {
    pub(super) fn slot(self) -> Slot {
        match self.place {
            Place::Slot(slot) | Place::Element(slot, _) => self.value.held.arena.slot(slot),
        }
    }

    pub(super) fn layout(self) -> &'v Layout {
        let kind = self.kind();
        kind.table.layout(kind.code)
    }

    fn of(self, slot: u32) -> Node<'v> {
        Node { value: self.value, place: Place::Slot(slot) }
    }

    /// The value that this is a part of.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&[1u8, 2])?)?;
    /// assert_eq!(*value.at("[1]").unwrap().value(), value);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn value(self) -> &'v Value {
        self.value
    }

    /// Its type.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&[1u8, 2])?)?;
    /// assert_eq!(value.at("[1]").unwrap().kind().name(), "u8");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn kind(self) -> Type<'v> {
        let slot = self.slot();
        let table = &*self.value.held.tables[usize::from(slot.table)];
        let kind = table.type_of(u32::from(slot.code));
        match self.place {
            Place::Slot(_) => kind,
            Place::Element(..) => packed(table, table.layout(kind.code)).map_or(kind, |(code, _)| table.type_of(code)),
        }
    }

    /// What it holds.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads, value::Data};
    /// let value: Value = loads(&dumps("text")?)?;
    /// assert!(matches!(value.root().data(), Data::Text("text")));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn data(self) -> Data<'v> {
        let (slot, kind) = (self.slot(), self.kind());
        let arena = &self.value.held.arena;
        let content = || self.of(slot.b as u32);
        match kind.table.layout(kind.code).op {
            Op::Primitive(Primitive::Text) => Data::Text(arena.str(slot)),
            Op::Primitive(Primitive::FunctionName) => Data::FunctionName(arena.str(slot)),
            Op::Primitive(primitive) | Op::NonZero(primitive) | Op::Compact(primitive) => match self.place {
                Place::Slot(_) => Data::Scalar(arena.scalar(primitive, slot.b)),
                Place::Element(_, index) => {
                    let size = primitive.size().unwrap_or(0);
                    let head =
                        arena.runs.get(slot.b as usize).and_then(|run| run.get(index * size..(index + 1) * size));
                    Data::Scalar(head.and_then(|head| Scalar::decode(primitive, head)).unwrap_or(Scalar::Unit))
                }
            },
            Op::Option(_) if slot.a == 0 => Data::Absent,
            Op::Option(_) => Data::Present(content()),
            Op::Piece(_) => Data::Piece(content()),
            Op::Cell(_) => Data::InCell(content()),
            Op::Versioned(version, _) => Data::Versioned(version, content()),
            Op::Dynamic => {
                let name = self.value.held.named.get(slot.a as usize).map_or("", |named| &named.name);
                Data::Dynamic(name, content())
            }
            Op::Shared(_) | Op::Weak(_) => Data::Reference(match slot.b {
                DANGLING => Reference::Dangling,
                WEAK => Reference::Weak(slot.a),
                _ => Reference::Strong(slot.a),
            }),
            Op::Fields(..) if kind.table.is_tuple(kind.code) => Data::Tuple,
            Op::Fields(..) => Data::Struct(kind.own_name()),
            Op::Enum(..) => Data::Variant(kind.variant_name(slot.a as usize)),
            Op::Array(..) => Data::Array,
            Op::Sequence(_) => Data::Sequence,
            Op::Set(_) => Data::Set,
            Op::Map(..) => Data::Map,
        }
    }

    /// The value behind boxes, cells, options, versions, trait objects and pointers. `None`, and a pointer to nothing,
    /// stay themselves.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads, value::Data};
    /// let value: Value = loads(&dumps(&Some(std::rc::Rc::new("text".to_owned())))?)?;
    /// assert!(matches!(value.root().inner().data(), Data::Text("text")));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn inner(self) -> Node<'v> {
        let mut node = self;
        // Pointers to pointers can lead in a ring, which is no more than there are objects.
        for _ in 0..=self.value.held.arena.slots.len() {
            node = match node.data() {
                Data::Present(inner)
                | Data::Piece(inner)
                | Data::InCell(inner)
                | Data::Versioned(_, inner)
                | Data::Dynamic(_, inner) => inner,
                Data::Reference(Reference::Strong(id) | Reference::Weak(id)) => match self.value.object(id) {
                    Some(object) => object,
                    None => return node,
                },
                _ => return node,
            };
        }
        node
    }

    /// The object that it points to.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let shared = std::rc::Rc::new(5u8);
    /// let value: Value = loads(&dumps(&[shared.clone(), shared])?)?;
    /// assert_eq!(value.at("[0]").unwrap().reference(), value.at("[1]").unwrap().reference());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn reference(self) -> Option<Reference> {
        match self.data() {
            Data::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// How many parts it has: elements, keys, fields, or the entries of a map.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec![1.5f64; 3])?)?;
    /// assert_eq!(value.root().len(), 3);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn len(self) -> usize {
        let inner = self.inner();
        let count = inner.part_count();
        if matches!(inner.layout().op, Op::Map(..)) { count / 2 } else { count }
    }

    /// Whether it has no parts.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&Vec::<u8>::new())?)?;
    /// assert!(value.root().is_empty());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// How many parts it has itself, keys and values of a map each counted.
    pub(super) fn part_count(self) -> usize {
        let Place::Slot(_) = self.place else { return 0 };
        let (slot, kind) = (self.slot(), self.kind());
        let layout = kind.table.layout(kind.code);
        match layout.op {
            Op::Sequence(_) | Op::Array(..) => match packed(kind.table, layout) {
                Some((_, size)) => self.value.held.arena.runs.get(slot.b as usize).map_or(0, |run| run.len() / size),
                None => slot.a as usize,
            },
            Op::Set(_) | Op::Map(..) => slot.a as usize,
            Op::Fields(..) | Op::Enum(..) => super::build::field_count(kind.table, layout, slot.a as usize),
            _ => 0,
        }
    }

    /// The part at this place among its own.
    pub(super) fn part(self, index: usize) -> Option<Node<'v>> {
        let Place::Slot(own) = self.place else { return None };
        if index >= self.part_count() {
            return None;
        }
        let kind = self.kind();
        if packed(kind.table, kind.table.layout(kind.code)).is_some() {
            return Some(Node { value: self.value, place: Place::Element(own, index) });
        }
        let part = *self.value.held.arena.parts.get(self.slot().b as usize + index)?;
        (part != NOWHERE).then(|| self.of(part))
    }

    /// The step to the part at this place.
    pub(super) fn step(self, index: usize) -> Step<'v> {
        let kind = self.kind();
        match kind.table.layout(kind.code).op {
            Op::Fields(..) | Op::Enum(..) => match kind.table.field_name(kind.code, self.slot().a as usize, index) {
                Some(name) => Step::Field(name),
                None => Step::Position(index),
            },
            Op::Set(_) => Step::Key(index),
            Op::Map(..) if index.is_multiple_of(2) => Step::Key(index / 2),
            Op::Map(..) => Step::Index(index / 2),
            _ => Step::Index(index),
        }
    }

    /// Its parts, each with the step that leads to it.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, inspect::Step, loads};
    /// let value: Value = loads(&dumps(&(1u32..5))?)?;
    /// let parts: Vec<_> = value.root().parts().map(|(step, part)| (step, part.as_u64())).collect();
    /// assert_eq!(parts, [(Step::Field("start"), Some(1)), (Step::Field("end"), Some(5))]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn parts(self) -> impl Iterator<Item = (Step<'v>, Node<'v>)> {
        let inner = self.inner();
        (0..inner.part_count()).filter_map(move |index| Some((inner.step(index), inner.part(index)?)))
    }

    /// The elements of a sequence, set or array, or the values of a map.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec![1u8, 2, 3])?)?;
    /// assert_eq!(value.root().iter().filter_map(|x| x.as_u64()).sum::<u64>(), 6);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn iter(self) -> impl Iterator<Item = Node<'v>> {
        let is_map = matches!(self.inner().layout().op, Op::Map(..));
        self.parts().filter(move |(step, _)| !is_map || matches!(step, Step::Index(_))).map(|(_, part)| part)
    }

    /// The field of this name.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&(1u32..5))?)?;
    /// assert_eq!(value.root().field("end").and_then(|end| end.as_u64()), Some(5));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn field(self, name: &str) -> Option<Node<'v>> {
        self.parts().find(|(step, _)| *step == Step::Field(name)).map(|(_, part)| part)
    }

    /// The element at this index, or the value of the map's entry at it.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec!["a", "b"])?)?;
    /// assert_eq!(value.root().get(1).and_then(|text| text.as_str()), Some("b"));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn get(self, index: usize) -> Option<Node<'v>> {
        let inner = self.inner();
        match inner.layout().op {
            Op::Map(..) => inner.part(index.checked_mul(2)? + 1),
            Op::Sequence(_) | Op::Array(..) | Op::Set(_) => inner.part(index),
            _ => None,
        }
    }

    /// The value of the entry of this key, in a map whose keys are strings.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// # use std::collections::HashMap;
    /// let value: Value = loads(&dumps(&HashMap::from([("Ann", 250i64)]))?)?;
    /// assert_eq!(value.root().entry("Ann").and_then(|score| score.as_i64()), Some(250));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn entry(self, key: &str) -> Option<Node<'v>> {
        let inner = self.inner();
        let Op::Map(..) = inner.layout().op else { return None };
        let count = inner.part_count();
        let found = (0..count).step_by(2).find(|at| inner.part(*at).and_then(Node::as_str) == Some(key))?;
        inner.part(found + 1)
    }

    /// The part at the end of a path, as errors give it: `players[3].pet`, `scores[key 0]`, `.0`, `#5.name` for a part
    /// of object 5. An empty path is the node itself.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec![(0u8..4, "a"), (2..3, "b")])?)?;
    /// assert_eq!(value.root().at("[1].0.start").and_then(|start| start.as_u64()), Some(2));
    /// assert!(value.root().at("[2].0").is_none());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn at(self, path: &str) -> Option<Node<'v>> {
        let mut node = self;
        for step in path::parse(path) {
            node = match step? {
                path::Part::Name(name) => node.inner_named(name)?,
                path::Part::Index(index) => node.get(index)?,
                path::Part::Key(index) => {
                    let inner = node.inner();
                    match inner.layout().op {
                        Op::Map(..) => inner.part(index.checked_mul(2)?)?,
                        Op::Set(_) => inner.part(index)?,
                        _ => return None,
                    }
                }
                path::Part::Object(id) => self.value.object(id)?,
            };
        }
        Some(node)
    }

    /// A field by its name, or by its position where it has none.
    fn inner_named(self, name: &str) -> Option<Node<'v>> {
        let inner = self.inner();
        let (Op::Fields(..) | Op::Enum(..)) = inner.layout().op else { return None };
        (0..inner.part_count())
            .find(|index| match inner.step(*index) {
                Step::Field(field) => field == name,
                Step::Position(position) => name.parse() == Ok(position),
                _ => false,
            })
            .and_then(|index| inner.part(index))
    }

    /// The name of the variant that it is.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&Err::<u8, _>("no"))?)?;
    /// assert_eq!(value.root().variant(), Some("Err"));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn variant(self) -> Option<&'v str> {
        match self.inner().data() {
            Data::Variant(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is `None`, or a pointer to nothing.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&[Some(1u8), None])?)?;
    /// assert!(value.at("[1]").unwrap().is_none() && !value.at("[0]").unwrap().is_none());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_none(self) -> bool {
        matches!(self.inner().data(), Data::Absent | Data::Reference(Reference::Dangling))
    }

    /// The number, `bool` or `char` that it is.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, inspect::Scalar, loads};
    /// let value: Value = loads(&dumps(&'x')?)?;
    /// assert_eq!(value.root().as_scalar(), Some(Scalar::Char('x')));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_scalar(self) -> Option<Scalar> {
        match self.inner().data() {
            Data::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The string that it is.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps("text")?)?;
    /// assert_eq!(value.root().as_str(), Some("text"));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_str(self) -> Option<&'v str> {
        match self.inner().data() {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The `bool` that it is.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&true)?)?;
    /// assert_eq!(value.root().as_bool(), Some(true));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.as_scalar()? {
            Scalar::Bool(x) => Some(x),
            _ => None,
        }
    }

    /// The integer that it is, of any type, if it fits.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&(7u8, -7i8))?)?;
    /// assert_eq!((value.at("0").unwrap().as_u64(), value.at("1").unwrap().as_u64()), (Some(7), None));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        match self.as_scalar()? {
            Scalar::U128(x) => x.try_into().ok(),
            scalar => integer(scalar)?.try_into().ok(),
        }
    }

    /// The same, with a sign.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&(7u8, -7i8))?)?;
    /// assert_eq!((value.at("0").unwrap().as_i64(), value.at("1").unwrap().as_i64()), (Some(7), Some(-7)));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        integer(self.as_scalar()?)?.try_into().ok()
    }

    /// The float that it is.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&1.5f32)?)?;
    /// assert_eq!(value.root().as_f64(), Some(1.5));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self.as_scalar()? {
            Scalar::F32(x) => Some(f64::from(x)),
            Scalar::F64(x) => Some(x),
            _ => None,
        }
    }

    /// The bytes of a sequence or array of `u8`.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec![1u8, 2])?)?;
    /// assert_eq!(value.root().as_bytes(), Some(&[1, 2][..]));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_bytes(self) -> Option<&'v [u8]> {
        match self.inner().as_run()? {
            (Primitive::U8, bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The numbers of a sequence or array, as they lie side by side: their type, and their bytes, little-endian.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, inspect::Primitive, loads};
    /// let value: Value = loads(&dumps(&vec![1u16, 2])?)?;
    /// assert_eq!(value.root().as_run(), Some((Primitive::U16, &[1, 0, 2, 0][..])));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_run(self) -> Option<(Primitive, &'v [u8])> {
        let inner = self.inner();
        let Place::Slot(_) = inner.place else { return None };
        let kind = inner.kind();
        let (element, _) = packed(kind.table, kind.table.layout(kind.code))?;
        let (Op::Primitive(primitive) | Op::NonZero(primitive)) = kind.table.layout(element).op else { return None };
        Some((primitive, self.value.held.arena.runs.get(inner.slot().b as usize)?))
    }
}

pub(super) fn integer(scalar: Scalar) -> Option<i128> {
    Some(match scalar {
        Scalar::U8(x) => x.into(),
        Scalar::U16(x) => x.into(),
        Scalar::U32(x) | Scalar::Nanos(x) => x.into(),
        Scalar::U64(x) | Scalar::Usize(x) => x.into(),
        Scalar::U128(x) => x.try_into().ok()?,
        Scalar::I8(x) => x.into(),
        Scalar::I16(x) => x.into(),
        Scalar::I32(x) => x.into(),
        Scalar::I64(x) | Scalar::Isize(x) => x.into(),
        Scalar::I128(x) => x,
        _ => return None,
    })
}

/// As Rust would write it; see [`Value`].
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::show(*self, f)
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::show(*self, f)
    }
}

/// Two parts are equal where the values that they reach are; see [`Value`].
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        super::equal::equal(*self, *other)
    }
}

impl Eq for Node<'_> {}

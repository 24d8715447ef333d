//! Changes, each checked against the schema: what is written afterwards is what the types could have written.

mod blank;
pub(super) mod copy;
mod finite;
mod refuse;

use super::arena::{DANGLING, NOWHERE, Slot};
use super::build::{packed, part_number};
use super::equal::{self, Objects};
use super::node::{Data, Node, Place, integer};
use super::{Value, path};
use crate::error::{Result, Step};
use crate::inspect::{Kind, Primitive, Reference, Scalar};
use crate::schema::Op;

/// What a part of a [`Value`] is set to.
///
/// Numbers, `bool`s, `char`s, strings and [`Node`]s convert into it. A number fits where its value does, whatever type it
/// is written in: `7` into a `u8`, an `i64` or an `f32`.
///
/// ```
/// use pickle_core::{Value, dumps, loads, value::New};
/// let mut value: Value = loads(&dumps(&(1u8, Some(2.5f32)))?)?;
/// value.set("0", 200)?;
/// value.set("1", New::Absent)?;
/// assert_eq!(loads::<(u8, Option<f32>)>(&dumps(&value)?)?, (200, None));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum New<'n> {
    /// A number, `bool`, `char` or unit.
    Scalar(Scalar),
    /// A string.
    Text(&'n str),
    /// `None`, or a weak pointer to nothing.
    Absent,
    /// `Some`, of what is blank: what an option can have in it without anything given.
    ///
    /// ```
    /// use pickle_core::{Value, dumps, loads, value::New};
    /// let mut value: Value = loads(&dumps(&None::<(u8, String)>)?)?;
    /// value.set("", New::Present)?;
    /// value.set("1", "text")?;
    /// assert_eq!(loads::<Option<(u8, String)>>(&dumps(&value)?)?, Some((0, "text".to_owned())));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    Present,
    /// Zero, empty, `None`, the first variant: what the type can have without anything given. Where a variant holds the
    /// enum itself, one that does not is taken.
    Blank,
    /// What a part of another value holds, of the same type.
    Node(Node<'n>),
}

macro_rules! from_scalar {
    ($($type:ident $variant:ident,)*) => {$(
        impl From<$type> for New<'_> {
            fn from(x: $type) -> Self {
                New::Scalar(Scalar::$variant(x))
            }
        }
    )*};
}
from_scalar! {
    bool Bool, char Char,
    u8 U8, u16 U16, u32 U32, u64 U64, u128 U128,
    i8 I8, i16 I16, i32 I32, i64 I64, i128 I128,
    f32 F32, f64 F64,
}

impl From<usize> for New<'_> {
    fn from(x: usize) -> Self {
        New::Scalar(Scalar::Usize(x as u64))
    }
}

impl From<isize> for New<'_> {
    fn from(x: isize) -> Self {
        New::Scalar(Scalar::Isize(x as i64))
    }
}

impl From<Scalar> for New<'_> {
    fn from(scalar: Scalar) -> Self {
        New::Scalar(scalar)
    }
}

impl<'n> From<&'n str> for New<'n> {
    fn from(text: &'n str) -> Self {
        New::Text(text)
    }
}

impl<'n> From<&'n String> for New<'n> {
    fn from(text: &'n String) -> Self {
        New::Text(text)
    }
}

impl<'n> From<Node<'n>> for New<'n> {
    fn from(node: Node<'n>) -> Self {
        New::Node(node)
    }
}

/// What a change is made to, where that is not just any part.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Enum,
    /// What elements or keys are put into.
    Elements,
    Map,
    /// What something is taken out of.
    Many,
}

impl Wanted {
    fn is(self, op: Op) -> bool {
        match self {
            Wanted::Enum => matches!(op, Op::Enum(..)),
            Wanted::Elements => matches!(op, Op::Sequence(_) | Op::Set(_)),
            Wanted::Map => matches!(op, Op::Map(..)),
            Wanted::Many => matches!(op, Op::Sequence(_) | Op::Set(_) | Op::Map(..)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Wanted::Enum => "an enum",
            Wanted::Elements => "a sequence or set",
            Wanted::Map => "a map",
            Wanted::Many => "a sequence, set or map",
        }
    }
}

impl Value {
    /// Sets the part at the end of a path.
    ///
    /// It goes through boxes, cells, options and pointers as [`Node::at`] does: an option that is `None` becomes `Some`,
    /// and what a pointer points to is changed for all that point to it.
    ///
    /// # Errors
    /// [`WrongType`](crate::ErrorKind::WrongType) where the part is of a type that does not hold this,
    /// [`InvalidValue`](crate::ErrorKind::InvalidValue) where there is no such part or the number does not fit;
    /// [`Unrepresentable`](crate::ErrorKind::Unrepresentable) where nothing is blank, or a pointer is from another value;
    /// [`Limit`](crate::ErrorKind::Limit) where what is blank is made of more than 65,536 values; with the path. What is
    /// refused changes nothing.
    ///
    /// ```
    /// use pickle_core::{ErrorKind, Value, dumps, loads};
    /// let mut value: Value = loads(&dumps(&(vec![1u8, 2], None::<String>))?)?;
    /// value.set("0[1]", 3)?;
    /// value.set("1", "text")?;
    /// assert_eq!(loads::<(Vec<u8>, Option<String>)>(&dumps(&value)?)?, (vec![1, 3], Some("text".into())));
    /// let error = value.set("0[1]", 300).unwrap_err();
    /// assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, "0[1]"));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn set<'n>(&mut self, path: &str, new: impl Into<New<'n>>) -> Result<()> {
        let new = new.into();
        self.edit(path, |value, place| value.assign(place, &new))
    }

    /// Makes an enum another variant, with blank fields: zero, empty, `None`.
    ///
    /// # Errors
    /// As [`set`](Value::set); [`UnknownName`](crate::ErrorKind::UnknownName) for a variant that the enum does not
    /// have.
    ///
    /// ```
    /// use pickle_core::{Value, dumps, loads};
    /// let mut value: Value = loads(&dumps(&Ok::<u8, String>(1))?)?;
    /// value.set_variant("", "Err")?;
    /// value.set("0", "no")?;
    /// assert_eq!(loads::<Result<u8, String>>(&dumps(&value)?)?, Err("no".to_owned()));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn set_variant(&mut self, path: &str, variant: &str) -> Result<()> {
        self.edit(path, |value, place| {
            let slot = value.through(place, Wanted::Enum)?;
            let kind = value.node(slot).kind();
            let Kind::Enum(name, variants) = kind.kind() else { return Ok(()) };
            let Some(number) = variants.iter().position(|known| known.name == variant) else {
                return Err(refuse::no_variant(name, variant, variants.iter().map(|known| known.name)));
            };
            let Slot { table, code, .. } = value.held.arena.slot(slot);
            let new = value.blank_variant(table, u32::from(code), number)?;
            value.replace(slot, new);
            Ok(())
        })
    }

    /// Adds an element to the end of a sequence, or a key to a set.
    ///
    /// # Errors
    /// As [`set`](Value::set); [`DuplicateKey`](crate::ErrorKind::DuplicateKey) for a key that a set has.
    ///
    /// ```
    /// use pickle_core::{Value, dumps, loads, value::New};
    /// let mut value: Value = loads(&dumps(&vec![(1u8, "a".to_owned())])?)?;
    /// value.push("", New::Blank)?;
    /// value.set("[1].1", "b")?;
    /// assert_eq!(loads::<Vec<(u8, String)>>(&dumps(&value)?)?, [(1, "a".to_owned()), (0, "b".to_owned())]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn push<'n>(&mut self, path: &str, new: impl Into<New<'n>>) -> Result<()> {
        let length = self.at(path).map_or(0, Node::len);
        self.insert(path, length, new)
    }

    /// Puts an element before the one at `index` of a sequence or set; their number is its end.
    ///
    /// # Errors
    /// As [`push`](Value::push).
    ///
    /// ```
    /// use pickle_core::{Value, dumps, loads};
    /// let mut value: Value = loads(&dumps(&vec![1.5f64, 3.5])?)?;
    /// value.insert("", 1, 2.5)?;
    /// assert_eq!(loads::<Vec<f64>>(&dumps(&value)?)?, [1.5, 2.5, 3.5]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn insert<'n>(&mut self, path: &str, index: usize, new: impl Into<New<'n>>) -> Result<()> {
        let new = new.into();
        self.edit(path, |value, place| {
            let slot = value.through(place, Wanted::Elements)?;
            let node = value.node(slot);
            let count = node.part_count();
            if index > count {
                return Err(refuse::no_place(count, index));
            }
            let (Op::Sequence(element) | Op::Set(element)) = node.layout().op else { return Ok(()) };
            if let Some((element, size)) = packed(node.kind().table, node.layout()) {
                let head =
                    value.number_head(slot, element, size, &new).map_err(|error| error.step(Step::Index(index)))?;
                let run = value.held.arena.slot(slot).b as usize;
                if let Some(run) = value.held.arena.runs.get_mut(run) {
                    run.splice(index * size..index * size, head);
                }
                return Ok(());
            }
            let is_set = matches!(node.layout().op, Op::Set(_));
            let step = if is_set { Step::Key(index) } else { Step::Index(index) };
            let part = value.make(slot, element, &new).map_err(|error| error.step(step.clone()))?;
            if is_set {
                value.check_key(slot, part, 1).map_err(|error| error.step(step))?;
            }
            value.splice(slot, index, 0, &[part])
        })
    }

    /// Adds an entry to a map.
    ///
    /// # Errors
    /// As [`push`](Value::push).
    ///
    /// ```
    /// use pickle_core::{Value, dumps, loads};
    /// use std::collections::BTreeMap;
    /// let mut value: Value = loads(&dumps(&BTreeMap::from([("Ann".to_owned(), 250i64)]))?)?;
    /// value.insert_entry("", "Bo", 7)?;
    /// assert_eq!(loads::<BTreeMap<String, i64>>(&dumps(&value)?)?["Bo"], 7);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn insert_entry<'n>(&mut self, path: &str, key: impl Into<New<'n>>, new: impl Into<New<'n>>) -> Result<()> {
        let (key, new) = (key.into(), new.into());
        self.edit(path, |value, place| {
            let slot = value.through(place, Wanted::Map)?;
            let count = value.node(slot).part_count();
            let Op::Map(key_type, value_type) = value.node(slot).layout().op else { return Ok(()) };
            let key = value.make(slot, key_type, &key).map_err(|error| error.step(Step::Key(count / 2)))?;
            value.check_key(slot, key, 2).map_err(|error| error.step(Step::Key(count / 2)))?;
            let part = value.make(slot, value_type, &new).map_err(|error| error.step(Step::Index(count / 2)))?;
            value.splice(slot, count, 0, &[key, part])
        })
    }

    /// Takes out the element, key or entry at `index` of a sequence, set or map.
    ///
    /// # Errors
    /// As [`set`](Value::set).
    ///
    /// ```
    /// use pickle_core::{Value, dumps, loads};
    /// let mut value: Value = loads(&dumps(&vec!["a", "b", "c"])?)?;
    /// value.remove("", 1)?;
    /// assert_eq!(loads::<Vec<String>>(&dumps(&value)?)?, ["a", "c"]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn remove(&mut self, path: &str, index: usize) -> Result<()> {
        self.edit(path, |value, place| {
            let slot = value.through(place, Wanted::Many)?;
            let node = value.node(slot);
            let width = if matches!(node.layout().op, Op::Map(..)) { 2 } else { 1 };
            let count = node.part_count() / width;
            if index >= count {
                return Err(refuse::none_to_remove(count, index));
            }
            if let Some((_, size)) = packed(node.kind().table, node.layout()) {
                let run = value.held.arena.slot(slot).b as usize;
                if let Some(run) = value.held.arena.runs.get_mut(run) {
                    run.drain(index * size..(index + 1) * size);
                }
                return Ok(());
            }
            value.splice(slot, index * width, width, &[])
        })
    }

    /// Sets a part to what another part of this value holds, of the same type. A pointer is then to the same object.
    ///
    /// # Errors
    /// As [`set`](Value::set).
    ///
    /// ```
    /// use pickle_core::{Value, dumps, loads};
    /// let mut value: Value = loads(&dumps(&vec![("a", 1u8), ("b", 2)])?)?;
    /// value.copy("[0]", "[1]")?;
    /// assert_eq!(value.to_string(), r#"[("a", 1), ("a", 1)]"#);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn copy(&mut self, from: &str, to: &str) -> Result<()> {
        let Some(from) = self.at(from).map(|node| node.place) else { return Err(refuse::no_part(self, from)) };
        self.edit(to, |value, place| value.copy_within(from, place))
    }

    pub(super) fn node(&self, slot: u32) -> Node<'_> {
        Node { value: self, place: Place::Slot(slot) }
    }

    /// Changes what is at the end of a path; an error gets that path.
    fn edit(&mut self, path: &str, change: impl FnOnce(&mut Value, Place) -> Result<()>) -> Result<()> {
        let Some(place) = self.at(path).map(|node| node.place) else { return Err(refuse::no_part(self, path)) };
        let (arena, tables, named) = (self.held.arena.lengths(), self.held.tables.len(), self.held.named.len());
        let result = change(self, place);
        match result {
            Ok(()) => self.held.changed = true,
            // What is there already changes last, when nothing is refused any more.
            Err(_) => {
                self.held.arena.truncate(arena);
                self.held.tables.truncate(tables);
                self.held.named.truncate(named);
            }
        }
        result.map_err(|error| error.steps(steps(path)))
    }

    /// The slot of what is wanted, through boxes, cells, options that are `Some`, and pointers.
    fn through(&self, place: Place, wanted: Wanted) -> Result<u32> {
        let node = Node { value: self, place };
        match (node.inner().place, wanted.is(node.inner().layout().op)) {
            (Place::Slot(slot), true) => Ok(slot),
            _ => Err(refuse::wrong(node, wanted)),
        }
    }

    fn assign(&mut self, place: Place, new: &New<'_>) -> Result<()> {
        let slot = match place {
            Place::Slot(slot) => slot,
            Place::Element(slot, index) => {
                let node = self.node(slot);
                let Some((element, size)) = packed(node.kind().table, node.layout()) else { return Ok(()) };
                let head = self.number_head(slot, element, size, new)?;
                let run = self.held.arena.slot(slot).b as usize;
                if let Some(place) =
                    self.held.arena.runs.get_mut(run).and_then(|run| run.get_mut(index * size..(index + 1) * size))
                {
                    place.copy_from_slice(&head);
                }
                return Ok(());
            }
        };
        let target = self.target(slot, new)?;
        let Slot { table, code, .. } = self.held.arena.slot(target);
        let made = self.make_of(table, u32::from(code), new)?;
        self.replace(target, made);
        Ok(())
    }

    /// The slot that something new goes to: through what holds it, but not through what it is itself.
    fn target(&self, mut slot: u32, new: &New<'_>) -> Result<u32> {
        for _ in 0..=self.held.arena.slots.len() {
            let node = self.node(slot);
            let stays = match new {
                New::Blank => true,
                New::Absent => matches!(node.layout().op, Op::Option(_) | Op::Weak(_)),
                New::Present => matches!(node.layout().op, Op::Option(_)),
                New::Node(new) => copy::same_type(node.kind(), new.kind()),
                New::Scalar(_) | New::Text(_) => false,
            };
            let inner = match node.data() {
                _ if stays => return Ok(slot),
                Data::Present(inner)
                | Data::Piece(inner)
                | Data::InCell(inner)
                | Data::Versioned(_, inner)
                | Data::Dynamic(_, inner) => inner,
                Data::Reference(Reference::Strong(id) | Reference::Weak(id)) => match self.object(id) {
                    Some(object) => object,
                    None => return Ok(slot),
                },
                _ => return Ok(slot),
            };
            let Place::Slot(inner) = inner.place else { return Ok(slot) };
            slot = inner;
        }
        Ok(slot)
    }

    /// A part of this type, for a composite in this slot.
    fn make(&mut self, slot: u32, code: u32, new: &New<'_>) -> Result<u32> {
        let table = self.held.arena.slot(slot).table;
        self.make_of(table, code, new)
    }

    /// A value of this type that holds what is given, with what only holds the type of the thing made around it.
    fn make_of(&mut self, table: u16, mut code: u32, new: &New<'_>) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        let mut around = Vec::new();
        let mut made = loop {
            let op = types.layout(code).op;
            match (new, op) {
                (New::Blank, _) | (New::Absent | New::Present, Op::Option(_)) => {
                    break self.make_here(table, code, new)?;
                }
                (New::Node(node), _) if copy::same_type(types.type_of(code), node.kind()) => {
                    break self.copy_from(*node, table, code)?;
                }
                // A type may be a box of itself and nothing else.
                (_, Op::Option(content) | Op::Piece(content) | Op::Cell(content) | Op::Versioned(_, content))
                    if !around.contains(&code) =>
                {
                    around.push(code);
                    code = content;
                }
                _ => break self.make_here(table, code, new)?,
            }
        };
        for code in around.into_iter().rev() {
            made = self.held.arena.add(Slot { table, code: code as u16, a: 1, b: u64::from(made) })?;
        }
        Ok(made)
    }

    /// A value of this very type that is what is given.
    fn make_here(&mut self, table: u16, code: u32, new: &New<'_>) -> Result<u32> {
        let types = self.held.tables[usize::from(table)].clone();
        let kind = types.type_of(code);
        let op = types.layout(code).op;
        let slot = |a: u32, b: u64| Slot { table, code: code as u16, a, b };
        match (new, op) {
            (New::Blank, _) => self.blank(table, code),
            (New::Absent, Op::Option(_)) => self.held.arena.add(slot(0, u64::from(NOWHERE))),
            (New::Present, Op::Option(content)) => {
                let content = self.blank(table, content)?;
                self.held.arena.add(slot(1, u64::from(content)))
            }
            (New::Absent, Op::Weak(_)) => self.held.arena.add(slot(NOWHERE, DANGLING)),
            (New::Scalar(scalar), Op::Primitive(primitive) | Op::NonZero(primitive) | Op::Compact(primitive)) => {
                let fitted = fit(*scalar, primitive, matches!(op, Op::NonZero(_)));
                let fitted = fitted.ok_or_else(|| refuse::does_not_fit(*scalar, primitive, kind))?;
                let bits = self.held.arena.number(fitted)?;
                self.held.arena.add(slot(0, bits))
            }
            (New::Text(text), Op::Primitive(Primitive::Text | Primitive::FunctionName)) => {
                let (length, at) = self.held.arena.add_text(text)?;
                self.held.arena.add(slot(length, at))
            }
            _ => Err(refuse::cannot_be(kind, new)),
        }
    }

    /// The bytes of a number among others.
    fn number_head(&self, slot: u32, element: u32, size: usize, new: &New<'_>) -> Result<Vec<u8>> {
        let kind = self.node(slot).kind().table.type_of(element);
        let (Op::Primitive(primitive) | Op::NonZero(primitive)) = kind.table.layout(element).op else {
            return Ok(vec![]);
        };
        let non_zero = matches!(kind.table.layout(element).op, Op::NonZero(_));
        let given = match new {
            New::Scalar(scalar) => Some(*scalar),
            New::Node(node) => node.as_scalar(),
            New::Blank => Some(Scalar::U8(u8::from(non_zero))),
            _ => None,
        };
        let Some(scalar) = given else {
            return Err(refuse::cannot_be(kind, new));
        };
        let blank = matches!(new, New::Blank) && !primitive.is_integer();
        let fitted = if blank { Scalar::decode(primitive, &[0; 16]) } else { fit(scalar, primitive, non_zero) };
        let fitted = fitted.ok_or_else(|| refuse::does_not_fit(scalar, primitive, kind))?;
        let bits = match super::arena::to_bits(fitted) {
            super::arena::Bits::Narrow(bits) => u128::from(bits),
            super::arena::Bits::Wide(bits) => bits,
        };
        Ok(bits.to_le_bytes()[..size].to_vec())
    }

    /// Puts what one slot holds in the place of what another holds.
    fn replace(&mut self, target: u32, made: u32) {
        self.held.arena.slots[target as usize] = self.held.arena.slots[made as usize];
    }

    /// Checks that a set or map has no such key; keys come every `width` parts.
    fn check_key(&self, slot: u32, key: u32, width: usize) -> Result<()> {
        let (node, new) = (self.node(slot), equal::key(self.node(key), Objects::Number));
        let known = (0..node.part_count()).step_by(width).filter_map(|index| node.part(index));
        match known.map(|key| equal::key(key, Objects::Number)).position(|key| key == new) {
            Some(place) => Err(refuse::known_key(node, place, self.node(key))),
            None => Ok(()),
        }
    }

    /// Takes `count` parts from `index` on out of a composite, and puts others in.
    fn splice(&mut self, slot: u32, index: usize, count: usize, new: &[u32]) -> Result<()> {
        let Slot { a, b, .. } = self.held.arena.slot(slot);
        let number = part_number(a as usize - count + new.len())?;
        let (length, total) = (a as usize, number as usize);
        let start = self.held.arena.room_for_parts(b as usize, length, total)?;
        let parts = &mut self.held.arena.parts[start..start + length.max(total)];
        parts.copy_within(index + count..length, index + new.len());
        parts[index..index + new.len()].copy_from_slice(new);
        parts[total..].fill(NOWHERE);
        let slot = &mut self.held.arena.slots[slot as usize];
        (slot.a, slot.b) = (number, start as u64);
        Ok(())
    }
}

/// The steps of a path that has been followed.
fn steps(path: &str) -> Vec<Step> {
    path::parse(path)
        .flatten()
        .map(|part| match part {
            path::Part::Name(name) => match name.parse() {
                Ok(position) => Step::Position(position),
                Err(_) => Step::Field(name.to_owned().into()),
            },
            path::Part::Index(index) => Step::Index(index),
            path::Part::Key(index) => Step::Key(index),
            path::Part::Object(id) => Step::Object(id),
        })
        .collect()
}

/// Whether an `f64` has this integer: its precision counts from the first bit that is set to the last. A cast there and
/// back would not tell, because it saturates.
fn is_exact(x: u128) -> bool {
    x == 0 || u128::BITS - x.leading_zeros() - x.trailing_zeros() <= f64::MANTISSA_DIGITS
}

/// The number as this primitive, where its value is one of it.
fn fit(scalar: Scalar, primitive: Primitive, non_zero: bool) -> Option<Scalar> {
    let number = match scalar {
        Scalar::U128(x) => i128::try_from(x).ok(),
        _ => integer(scalar),
    };
    let float = match scalar {
        Scalar::F32(x) => Some(f64::from(x)),
        Scalar::F64(x) => Some(x),
        Scalar::U128(x) => is_exact(x).then_some(x as f64),
        _ => number.filter(|x| is_exact(x.unsigned_abs())).map(|x| x as f64),
    };
    let fitted = match (primitive, scalar) {
        (Primitive::Unit, Scalar::Unit) | (Primitive::Bool, Scalar::Bool(_)) | (Primitive::Char, Scalar::Char(_)) => {
            scalar
        }
        (Primitive::F64, _) => Scalar::F64(float?),
        (Primitive::F32, _) => {
            let narrow = float? as f32;
            if f64::from(narrow) != float? && !float?.is_nan() {
                return None;
            }
            Scalar::F32(narrow)
        }
        (Primitive::U128, Scalar::U128(_)) => scalar,
        (Primitive::U8, _) => Scalar::U8(number?.try_into().ok()?),
        (Primitive::U16, _) => Scalar::U16(number?.try_into().ok()?),
        (Primitive::U32, _) => Scalar::U32(number?.try_into().ok()?),
        (Primitive::U64, _) => Scalar::U64(number?.try_into().ok()?),
        (Primitive::U128, _) => Scalar::U128(number?.try_into().ok()?),
        (Primitive::Usize, _) => Scalar::Usize(number?.try_into().ok()?),
        (Primitive::I8, _) => Scalar::I8(number?.try_into().ok()?),
        (Primitive::I16, _) => Scalar::I16(number?.try_into().ok()?),
        (Primitive::I32, _) => Scalar::I32(number?.try_into().ok()?),
        (Primitive::I64, _) => Scalar::I64(number?.try_into().ok()?),
        (Primitive::I128, _) => Scalar::I128(number?),
        (Primitive::Isize, _) => Scalar::Isize(number?.try_into().ok()?),
        (Primitive::Nanos, _) => Scalar::Nanos(u32::try_from(number?).ok().filter(|nanos| *nanos < 1_000_000_000)?),
        _ => return None,
    };
    (!non_zero || number != Some(0)).then_some(fitted)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::rc::Rc;

    use super::super::NamedType;
    use super::*;
    use crate::error::{Error, ErrorKind};
    use crate::{dumps, loads};

    #[test]
    fn a_change_that_is_refused_leaves_nothing_behind() -> Result<()> {
        let keys = (BTreeSet::from(["a".to_owned()]), BTreeMap::from([(1u128, 2u8)]));
        let mut value: Value = loads(&dumps(&(keys, vec![("b".to_owned(), Rc::new(1u8))], vec![1u8]))?)?;
        let other = value.clone();
        let before = |value: &Value| (value.held.arena.lengths(), value.held.tables.len(), value.held.named.len());
        let lengths = before(&value);
        let named = NamedType { name: "other".into(), table: 0, schema: None };
        let refused = [
            value.push("0.0", "a"),
            value.insert_entry("0.1", 3u128, 256),
            value.insert_entry("0.1", 1u128, 2),
            value.push("1", other.at("1[0]").map_or(New::Blank, New::Node)),
            value.push("1", New::Blank),
            value.set("2[0]", 256),
            value.remove("2", 1),
            value.edit("", |value, _| {
                let mut other = value.clone();
                other.held.named.push(named);
                value.named_as(&other, 0)?;
                let _ = value.held.arena.add_run(8)?;
                Err(Error::new(ErrorKind::WrongType, "it is refused after that"))
            }),
        ];
        assert!(refused.iter().all(Result::is_err), "{refused:?}");
        assert_eq!(before(&value), lengths);
        assert!(value == other && !value.held.changed, "{value}");
        value.push("2", 3)?;
        assert!(value != other && value.held.changed, "{value}");
        Ok(())
    }
}

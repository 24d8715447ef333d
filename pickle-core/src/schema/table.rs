//! The types of a schema, by the codes that refer to them.

use std::fmt;

use super::canonical;
use super::decode::{Bytes, Room, damaged};
use super::heads;
use super::layout::{FIRST, Layout, VariantLayout, code};
use super::minimal::is_minimal;
use super::model::{Model, Node, Primitive, Ref};
use super::view::Type;
use crate::error::{Error, Result};
use crate::wire::Memory;

/// The types that a stream describes: all that its root reaches, in their order there.
///
/// It displays as the Rust definitions that it stands for.
///
/// ```
/// use pickle_core::{Pickle, dumps, inspect::Stream};
///
/// #[derive(Pickle)]
/// struct Point { x: f64, y: f64 }
///
/// let bytes = dumps(&vec![Point { x: 1.0, y: 2.0 }])?;
/// let stream = Stream::open(&bytes)?;
/// let types = stream.types()?;
/// assert_eq!(types.root().name(), "Vec<Point>");
/// assert!(types.to_string().contains("struct Point {\n    x: f64,\n    y: f64,\n}"));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone)]
pub struct TypeTable {
    pub(crate) model: Model,
    pub(crate) root: u32,
    /// By the code of a reference: primitives first, types from 32.
    pub(super) layouts: Vec<Layout>,
    /// The fields of structs, tuples and variants.
    pub(crate) parts: Vec<u32>,
    pub(crate) variants: Vec<VariantLayout>,
    /// What was charged for it when it was read.
    pub(super) charged: usize,
}

impl PartialEq for TypeTable {
    fn eq(&self, other: &Self) -> bool {
        self.model == other.model
    }
}

impl TypeTable {
    /// Reads the schema that has the fingerprint `found`, in its one form.
    ///
    /// # Errors
    /// A schema that is damaged, or that no limit lets through.
    pub(crate) fn decode(bytes: &[u8], found: u64, memory: &mut Memory) -> Result<TypeTable> {
        if super::fingerprint(bytes) != found {
            return Err(damaged("it does not match its fingerprint"));
        }
        let before = memory.left;
        let model = Model::decode(bytes, memory)?;
        let charged = before - memory.left;
        check_numbers(&model)?;
        if !is_minimal(&model) {
            return Err(damaged("it has one type twice"));
        }
        let table = TypeTable::new(model)?;
        table.check_levels()?;
        Ok(TypeTable { charged, ..table })
    }

    /// The types that one of them reaches, which becomes the root, charged.
    pub(crate) fn part(&self, root: u32, memory: &mut Memory) -> Result<TypeTable> {
        let root = TypeTable::reference(root);
        // What it takes to find them: a mark for each type there is, and two indices.
        let finding = self.len() * (1 + 2 * size_of::<usize>());
        memory.charge(finding)?;
        memory.charge(canonical::part_memory(&self.model, root))?;
        let part = TypeTable::new(canonical::part(&self.model, root));
        memory.give_back(finding);
        part
    }

    /// What was charged for it when it was read, and is again by a load that finds it kept.
    pub(crate) fn charged(&self) -> usize {
        self.charged
    }

    #[inline(always)]
    pub(crate) fn layout(&self, code: u32) -> &Layout {
        &self.layouts[code as usize]
    }

    #[inline]
    pub(crate) fn of(&self, part: Ref) -> Layout {
        self.layouts[code(part) as usize]
    }

    #[inline]
    pub(crate) fn node_of(&self, part: Ref) -> Option<&Node> {
        match part {
            Ref::Primitive(_) => None,
            Ref::Type(index) => self.model.types.get(index),
        }
    }

    pub(crate) fn is_tuple(&self, code: u32) -> bool {
        matches!(self.node(code), Some(Node::Tuple(_)))
    }

    /// The name of a field; `None` where it has a position alone.
    #[inline]
    pub(crate) fn field_name(&self, code: u32, variant: usize, position: usize) -> Option<&str> {
        let fields = match self.node(code)? {
            Node::Struct(_, fields) => fields,
            Node::Enum(_, variants) => &variants.get(variant)?.1,
            _ => return None,
        };
        let name = &fields.fields.get(position)?.0;
        (fields.style == super::Style::Named).then_some(name)
    }

    /// The error for a head that stands at `at` and is no value.
    #[cold]
    pub(crate) fn refuse_head(&self, code: u32, head: &[u8], at: u64) -> Error {
        heads::error(heads::first_bad(self, TypeTable::reference(code), head), Some(at))
    }

    /// Checks a head that nothing else looks at. An error has no place.
    ///
    /// # Errors
    /// Bits that are no value.
    #[inline]
    pub(crate) fn check_head(&self, part: Ref, head: &[u8]) -> Result<()> {
        match self.of(part).fallible.then(|| heads::first_bad(self, part, head)).flatten() {
            None => Ok(()),
            bad => Err(heads::error(bad, None)),
        }
    }

    /// The type with this code; the code is one that the table itself has given.
    #[inline(always)]
    pub(crate) fn type_of(&self, code: u32) -> Type<'_> {
        Type { table: self, code }
    }

    pub(crate) fn node(&self, code: u32) -> Option<&Node> {
        self.model.types.get((code as usize).checked_sub(FIRST)?)
    }

    /// The code that references have of the type with this number.
    #[inline]
    pub(crate) fn code_of(number: u32) -> u32 {
        number.saturating_add(FIRST as u32)
    }

    /// The number of the type with this code.
    #[inline]
    pub(crate) fn number_of(code: u32) -> u32 {
        code.saturating_sub(FIRST as u32)
    }

    pub(crate) fn reference(code: u32) -> Ref {
        match (code as usize).checked_sub(FIRST) {
            Some(index) => Ref::Type(index),
            None => Ref::Primitive(Primitive::ALL.get(code as usize).copied().unwrap_or(Primitive::Unit)),
        }
    }

    /// The type of a value of the root.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&[1u8, 2])?;
    /// assert_eq!(Stream::open(&bytes)?.types()?.root().name(), "[u8; 2]");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn root(&self) -> Type<'_> {
        self.type_of(self.root)
    }

    /// How many types there are, primitives not counted.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&vec![Some(1u8)])?;
    /// assert_eq!(Stream::open(&bytes)?.types()?.len(), 2);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.model.types.len()
    }

    /// Whether there is no type: the root is a primitive.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&1u8)?;
    /// assert!(Stream::open(&bytes)?.types()?.is_empty());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.model.types.is_empty()
    }

    /// The type with this number.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&vec![Some(1u8)])?;
    /// let stream = Stream::open(&bytes)?;
    /// assert_eq!(stream.types()?.get(1).map(|found| found.name()), Some("Option<u8>".to_owned()));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Type<'_>> {
        (index < self.len()).then(|| self.type_of((index + FIRST) as u32))
    }

    /// All types, in the order of their numbers.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&vec![Some(1u8)])?;
    /// let stream = Stream::open(&bytes)?;
    /// let names: Vec<String> = stream.types()?.iter().map(|found| found.name()).collect();
    /// assert_eq!(names, ["Vec<Option<u8>>", "Option<u8>"]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Type<'_>> {
        (0..self.len()).map(|index| self.type_of((index + FIRST) as u32))
    }
}

/// Checks that types are numbered as a walk from the root meets them.
fn check_numbers(model: &Model) -> Result<()> {
    let mut next = 0;
    let mut stack = vec![model.root];
    while let Some(part) = stack.pop() {
        let Ref::Type(index) = part else { continue };
        if index == next {
            next += 1;
            stack.extend(model.types[index].parts().into_iter().rev());
        } else if index > next {
            return Err(damaged("its types are not in the order in which the root meets them"));
        }
    }
    if next < model.types.len() { Err(damaged("it has a type that the root does not reach")) } else { Ok(()) }
}

/// Tells the lengths of the parts of a schema: the root, the number of types, then each type.
pub(crate) fn lengths(schema: &[u8], mut tell: impl FnMut(usize) -> Result<()>) -> Result<()> {
    let mut bytes = Bytes { rest: schema };
    let mut before = schema.len();
    let mut part = |bytes: &Bytes<'_>| tell(std::mem::replace(&mut before, bytes.rest.len()) - bytes.rest.len());
    bytes.reference()?;
    part(&bytes)?;
    let count = bytes.count("types", super::MAX_TYPES)?;
    part(&bytes)?;
    for _ in 0..count {
        bytes.node(&mut Room::new(&mut Memory::UNLIMITED.clone()))?;
        part(&bytes)?;
    }
    Ok(())
}

impl fmt::Debug for TypeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeTable").field("root", &self.root().name()).field("types", &self.len()).finish()
    }
}

//! The types of a schema as programs and people look at them.

use std::fmt;

use super::model::{self, Node, Primitive, Ref, Style};
use super::table::TypeTable;

/// One type of a [`TypeTable`].
///
/// ```
/// use pickle_core::{dumps, inspect::{Kind, Primitive, Stream}};
/// let bytes = dumps(&vec![1.5f32])?;
/// let stream = Stream::open(&bytes)?;
/// let Kind::Sequence(element) = stream.types()?.root().kind() else { panic!("a `Vec` is a sequence") };
/// assert!(matches!(element.kind(), Kind::Primitive(Primitive::F32)));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Type<'t> {
    pub(crate) table: &'t TypeTable,
    pub(crate) code: u32,
}

/// What a type is, and what it is made of.
///
/// ```
/// use pickle_core::{dumps, inspect::{Kind, Stream}};
/// let bytes = dumps(&Some('x'))?;
/// assert!(matches!(Stream::open(&bytes)?.types()?.root().kind(), Kind::Optional(_)));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind<'t> {
    /// A type without parts.
    Primitive(Primitive),
    /// `None`, or a value of the type.
    Optional(Type<'t>),
    /// Any number of elements in order.
    Sequence(Type<'t>),
    /// Any number of keys.
    Set(Type<'t>),
    /// Any number of entries, of a key and a value.
    Map(Type<'t>, Type<'t>),
    /// So many elements.
    Array(Type<'t>, u64),
    /// A tuple.
    Tuple(Fields<'t>),
    /// A `Box`, or what an adapter, a hook or a reducer gave.
    Piece(Type<'t>),
    /// A `RefCell`, a lock, a cell that is set once.
    InCell(Type<'t>),
    /// A type with a version, which is this in this stream.
    Versioned(u8, Type<'t>),
    /// An integer other than zero.
    NonZero(Type<'t>),
    /// An integer in as many bytes as it needs.
    Compact(Type<'t>),
    /// A struct: its name and fields.
    Struct(&'t str, Fields<'t>),
    /// An enum: its name and variants.
    Enum(&'t str, Variants<'t>),
    /// A value of a type that it names itself, behind the trait of this name, or for the rebuilders of this type.
    Dynamic(&'t str),
    /// A shared pointer to objects of the type.
    Shared(Type<'t>),
    /// A weak pointer: to the objects of this shared one.
    Weak(Type<'t>),
}

impl<'t> Type<'t> {
    /// The number of the type in its table; `None` for a primitive.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps("text")?;
    /// assert_eq!(Stream::open(&bytes)?.types()?.root().index(), None);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn index(self) -> Option<usize> {
        match TypeTable::reference(self.code) {
            Ref::Type(index) => Some(index),
            Ref::Primitive(_) => None,
        }
    }

    /// The types that this one is of.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&[1u8])?;
    /// assert_eq!(Stream::open(&bytes)?.types()?.root().table().len(), 1);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn table(self) -> &'t TypeTable {
        self.table
    }

    /// How people read the type: `Vec<Player>`. Characters of names that a terminal might obey are escaped.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&(1u8, vec!['a']))?;
    /// assert_eq!(Stream::open(&bytes)?.types()?.root().name(), "(u8, Vec<char>)");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn name(self) -> String {
        self.table.model.name(TypeTable::reference(self.code))
    }

    /// The name of a struct or enum.
    pub(crate) fn own_name(self) -> &'t str {
        match self.kind() {
            Kind::Struct(name, _) | Kind::Enum(name, _) | Kind::Dynamic(name) => name,
            _ => "",
        }
    }

    /// The name of a variant.
    pub(crate) fn variant_name(self, number: usize) -> &'t str {
        match self.kind() {
            Kind::Enum(_, variants) => variants.get(number).map_or("", |variant| variant.name),
            _ => "",
        }
    }

    fn part(self, part: Ref) -> Type<'t> {
        of(self.table, part)
    }

    /// What the type is.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Primitive, Stream}};
    /// let bytes = dumps(&7u16)?;
    /// assert!(matches!(Stream::open(&bytes)?.types()?.root().kind(), Kind::Primitive(Primitive::U16)));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn kind(self) -> Kind<'t> {
        let table = self.table;
        let node = match TypeTable::reference(self.code) {
            Ref::Primitive(primitive) => return Kind::Primitive(primitive),
            Ref::Type(index) => &table.model.types[index],
        };
        match node {
            Node::Option(a) => Kind::Optional(self.part(*a)),
            Node::Sequence(a) => Kind::Sequence(self.part(*a)),
            Node::Set(a) => Kind::Set(self.part(*a)),
            Node::Map(k, v) => Kind::Map(self.part(*k), self.part(*v)),
            Node::Array(a, count) => Kind::Array(self.part(*a), *count),
            Node::Tuple(parts) => Kind::Tuple(Fields { table, parts: Parts::Tuple(parts) }),
            Node::Piece(a) => Kind::Piece(self.part(*a)),
            Node::Cell(a) => Kind::InCell(self.part(*a)),
            Node::Versioned(version, a) => Kind::Versioned(*version, self.part(*a)),
            Node::NonZero(a) => Kind::NonZero(self.part(*a)),
            Node::Compact(a) => Kind::Compact(self.part(*a)),
            Node::Struct(name, fields) => Kind::Struct(name, Fields { table, parts: Parts::Fields(fields) }),
            Node::Enum(name, variants) => Kind::Enum(name, Variants { table, variants }),
            Node::Dynamic(name) => Kind::Dynamic(name),
            Node::Shared(a) => Kind::Shared(self.part(*a)),
            Node::Weak(a) => Kind::Weak(self.part(*a)),
        }
    }
}

fn of(table: &TypeTable, part: Ref) -> Type<'_> {
    let code = match part {
        Ref::Primitive(primitive) => primitive as u32,
        Ref::Type(index) => index as u32 + super::canonical::FIRST_TYPE as u32,
    };
    Type { table, code }
}

/// Its name.
impl fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

#[derive(Clone, Copy)]
enum Parts<'t> {
    Tuple(&'t [Ref]),
    Fields(&'t model::Fields),
}

/// The fields of a struct, tuple or variant.
///
/// ```
/// use pickle_core::{dumps, inspect::{Kind, Stream}};
/// let bytes = dumps(&(1u8, 'a'))?;
/// let stream = Stream::open(&bytes)?;
/// let Kind::Tuple(fields) = stream.types()?.root().kind() else { panic!("it is a tuple") };
/// assert_eq!(fields.iter().map(|field| field.kind.name()).collect::<Vec<_>>(), ["u8", "char"]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Fields<'t> {
    table: &'t TypeTable,
    parts: Parts<'t>,
}

/// A field: its name where it has one, and its type.
///
/// ```
/// use pickle_core::{dumps, inspect::{Kind, Stream}};
/// let bytes = dumps(&(0u8..3))?;
/// let stream = Stream::open(&bytes)?;
/// let Kind::Struct("Range", fields) = stream.types()?.root().kind() else { panic!("it is a range") };
/// assert_eq!(fields.get(1).and_then(|field| field.name), Some("end"));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Field<'t> {
    /// Its name; `None` for a field of a tuple.
    pub name: Option<&'t str>,
    /// Its type.
    pub kind: Type<'t>,
}

impl<'t> Fields<'t> {
    /// How they are written in Rust.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream, Style}};
    /// # let bytes = dumps(&(0u8..3))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Struct("Range", fields) = stream.types()?.root().kind() else { panic!("it is a range") };
    /// assert_eq!(fields.style(), Style::Named);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn style(self) -> Style {
        match self.parts {
            Parts::Tuple(_) => Style::Tuple,
            Parts::Fields(fields) => fields.style,
        }
    }

    /// How many there are.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&(1u8, 'a'))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Tuple(fields) = stream.types()?.root().kind() else { panic!("it is a tuple") };
    /// assert_eq!(fields.len(), 2);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn len(self) -> usize {
        match self.parts {
            Parts::Tuple(parts) => parts.len(),
            Parts::Fields(fields) => fields.fields.len(),
        }
    }

    /// Whether there is none.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&(1u8, 'a'))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Tuple(fields) = stream.types()?.root().kind() else { panic!("it is a tuple") };
    /// assert!(!fields.is_empty());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The field at this position.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&(1u8, 'a'))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Tuple(fields) = stream.types()?.root().kind() else { panic!("it is a tuple") };
    /// assert!(fields.get(1).is_some_and(|field| field.kind.name() == "char") && fields.get(2).is_none());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn get(self, position: usize) -> Option<Field<'t>> {
        let (name, part) = match self.parts {
            Parts::Tuple(parts) => (None, *parts.get(position)?),
            Parts::Fields(fields) => {
                let (name, part) = fields.fields.get(position)?;
                ((fields.style == Style::Named).then_some(name.as_str()), *part)
            }
        };
        Some(Field { name, kind: of(self.table, part) })
    }

    /// All of them, in declared order.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&(0u8..3))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Struct("Range", fields) = stream.types()?.root().kind() else { panic!("it is a range") };
    /// assert_eq!(fields.iter().filter_map(|field| field.name).collect::<Vec<_>>(), ["start", "end"]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn iter(self) -> impl Iterator<Item = Field<'t>> {
        (0..self.len()).filter_map(move |position| self.get(position))
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|field| (field.name, field.kind))).finish()
    }
}

/// The variants of an enum.
///
/// ```
/// use pickle_core::{dumps, inspect::{Kind, Stream}};
/// let bytes = dumps(&Ok::<u8, String>(1))?;
/// let stream = Stream::open(&bytes)?;
/// let Kind::Enum("Result", variants) = stream.types()?.root().kind() else { panic!("it is an enum") };
/// assert_eq!(variants.iter().map(|variant| variant.name).collect::<Vec<_>>(), ["Ok", "Err"]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Variants<'t> {
    table: &'t TypeTable,
    variants: &'t [(String, model::Fields)],
}

/// A variant: its name and fields.
///
/// ```
/// use pickle_core::{dumps, inspect::{Kind, Stream}};
/// let bytes = dumps(&Ok::<u8, String>(1))?;
/// let stream = Stream::open(&bytes)?;
/// let Kind::Enum(_, variants) = stream.types()?.root().kind() else { panic!("it is an enum") };
/// assert_eq!(variants.get(1).map(|variant| variant.fields.len()), Some(1));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Variant<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its fields.
    pub fields: Fields<'t>,
}

impl<'t> Variants<'t> {
    /// How many there are.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&Ok::<u8, String>(1))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Enum(_, variants) = stream.types()?.root().kind() else { panic!("it is an enum") };
    /// assert_eq!(variants.len(), 2);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn len(self) -> usize {
        self.variants.len()
    }

    /// Whether there is none.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&Ok::<u8, String>(1))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Enum(_, variants) = stream.types()?.root().kind() else { panic!("it is an enum") };
    /// assert!(!variants.is_empty());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.variants.is_empty()
    }

    /// The variant with this number.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&Ok::<u8, String>(1))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Enum(_, variants) = stream.types()?.root().kind() else { panic!("it is an enum") };
    /// assert_eq!(variants.get(0).map(|variant| variant.name), Some("Ok"));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn get(self, index: usize) -> Option<Variant<'t>> {
        let (name, fields) = self.variants.get(index)?;
        Some(Variant { name, fields: Fields { table: self.table, parts: Parts::Fields(fields) } })
    }

    /// All of them, in declared order.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::{Kind, Stream}};
    /// # let bytes = dumps(&Ok::<u8, String>(1))?;
    /// # let stream = Stream::open(&bytes)?;
    /// let Kind::Enum(_, variants) = stream.types()?.root().kind() else { panic!("it is an enum") };
    /// assert!(variants.iter().all(|variant| variant.fields.len() == 1));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn iter(self) -> impl Iterator<Item = Variant<'t>> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}

impl fmt::Debug for Variants<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The definitions, each struct and enum as one would write it in Rust; the root's type first where it is neither.
impl fmt::Display for TypeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.root();
        let mut first = !matches!(root.kind(), Kind::Struct(..) | Kind::Enum(..));
        if first {
            write!(f, "type Root = {};", root.name())?;
        }
        first = !first;
        for defined in self.iter() {
            let kind = defined.kind();
            if !matches!(kind, Kind::Struct(..) | Kind::Enum(..)) {
                continue;
            }
            if !std::mem::take(&mut first) {
                f.write_str("\n\n")?;
            }
            match kind {
                Kind::Struct(name, fields) => {
                    write!(f, "struct {}", name.escape_debug())?;
                    write_fields(f, fields, "")?;
                    if fields.style() != Style::Named {
                        f.write_str(";")?;
                    }
                }
                Kind::Enum(name, variants) => {
                    write!(f, "enum {} {{", name.escape_debug())?;
                    for variant in variants.iter() {
                        write!(f, "\n    {}", variant.name.escape_debug())?;
                        write_fields(f, variant.fields, "    ")?;
                        f.write_str(",")?;
                    }
                    f.write_str(if variants.is_empty() { "}" } else { "\n}" })?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn write_fields(f: &mut fmt::Formatter<'_>, fields: Fields<'_>, indent: &str) -> fmt::Result {
    match fields.style() {
        Style::Unit => Ok(()),
        Style::Tuple => {
            f.write_str("(")?;
            for (i, field) in fields.iter().enumerate() {
                write!(f, "{}{}", if i > 0 { ", " } else { "" }, field.kind.name())?;
            }
            f.write_str(")")
        }
        Style::Named => {
            f.write_str(" {")?;
            for field in fields.iter() {
                let name = field.name.unwrap_or_default().escape_debug();
                write!(f, "\n{indent}    {name}: {},", field.kind.name())?;
            }
            if fields.is_empty() { f.write_str("}") } else { write!(f, "\n{indent}}}") }
        }
    }
}

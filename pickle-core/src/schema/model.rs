//! A schema in memory: a table of types that refer to each other by index.

/// A type without parts.
///
/// Its number is its code in a schema.
///
/// ```
/// use pickle_core::inspect::Primitive;
/// assert_eq!((Primitive::F64.name(), Primitive::F64.size()), ("f64", Some(8)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Primitive {
    /// `()`, and all else that takes no bytes and has no name.
    Unit = 0,
    /// `bool`
    Bool = 1,
    /// `char`
    Char = 2,
    /// `u8`
    U8 = 3,
    /// `u16`
    U16 = 4,
    /// `u32`
    U32 = 5,
    /// `u64`
    U64 = 6,
    /// `u128`
    U128 = 7,
    /// `usize`, in 64 bits.
    Usize = 8,
    /// `i8`
    I8 = 9,
    /// `i16`
    I16 = 10,
    /// `i32`
    I32 = 11,
    /// `i64`
    I64 = 12,
    /// `i128`
    I128 = 13,
    /// `isize`, in 64 bits.
    Isize = 14,
    /// `f32`
    F32 = 15,
    /// `f64`
    F64 = 16,
    /// `String`: text, in UTF-8.
    Text = 17,
    /// A function, by its name.
    FunctionName = 18,
    /// A `u32` below a billion.
    Nanos = 19,
}

impl Primitive {
    pub(crate) const ALL: [Primitive; 20] = {
        use Primitive::*;
        [
            Unit,
            Bool,
            Char,
            U8,
            U16,
            U32,
            U64,
            U128,
            Usize,
            I8,
            I16,
            I32,
            I64,
            I128,
            Isize,
            F32,
            F64,
            Text,
            FunctionName,
            Nanos,
        ]
    };

    /// The name that people read.
    ///
    /// ```
    /// assert_eq!(pickle_core::inspect::Primitive::Unit.name(), "()");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        use Primitive::*;
        match self {
            Unit => "()",
            Bool => "bool",
            Char => "char",
            U8 => "u8",
            U16 => "u16",
            U32 => "u32",
            U64 => "u64",
            U128 => "u128",
            Usize => "usize",
            I8 => "i8",
            I16 => "i16",
            I32 => "i32",
            I64 => "i64",
            I128 => "i128",
            Isize => "isize",
            F32 => "f32",
            F64 => "f64",
            Text => "String",
            FunctionName => "Function",
            Nanos => "Nanos",
        }
    }

    /// Bytes of a value; `None` where values differ in length.
    ///
    /// ```
    /// use pickle_core::inspect::Primitive;
    /// assert_eq!((Primitive::Char.size(), Primitive::Text.size()), (Some(4), None));
    /// ```
    #[must_use]
    pub const fn size(self) -> Option<usize> {
        match self {
            Primitive::Text | Primitive::FunctionName => None,
            _ => Some(self.head()),
        }
    }

    /// Whether values are integers.
    pub(crate) fn is_integer(self) -> bool {
        (Primitive::U8 as u8..=Primitive::Isize as u8).contains(&(self as u8))
    }

    pub(crate) const fn head(self) -> usize {
        use Primitive::*;
        match self {
            Unit => 0,
            Bool | U8 | I8 | Text | FunctionName => 1,
            U16 | I16 => 2,
            Char | U32 | I32 | F32 | Nanos => 4,
            U64 | I64 | F64 | Usize | Isize => 8,
            U128 | I128 => 16,
        }
    }
}

/// A reference to a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ref {
    Primitive(Primitive),
    Type(usize),
}

/// How the fields of a struct or variant are written in Rust.
///
/// ```
/// use pickle_core::inspect::Style;
/// assert_ne!(Style::Tuple, Style::Named);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `struct A;`
    Unit = 0,
    /// `struct A(u8);`
    Tuple = 1,
    /// `struct A { a: u8 }`
    Named = 2,
}

/// The fields of a struct or variant, in declared order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fields {
    pub(crate) style: Style,
    /// Names are there in the named style only.
    pub(crate) fields: Vec<(String, Ref)>,
}

/// One type of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Option(Ref),
    Sequence(Ref),
    Set(Ref),
    Map(Ref, Ref),
    Array(Ref, u64),
    Tuple(Vec<Ref>),
    /// Head and body of the content together: `Box`, adapters.
    Piece(Ref),
    /// The same for a cell or lock, which may be filled after its object was built.
    Cell(Ref),
    /// A type that has changed in ways that only its own code can follow: its version, and a piece of that version.
    Versioned(u8, Ref),
    NonZero(Ref),
    /// An integer as a varint.
    Compact(Ref),
    Struct(String, Fields),
    Enum(String, Vec<(String, Fields)>),
    /// One of the types registered for a trait, or what one of a type's rebuilders takes.
    Dynamic(String),
    /// A shared pointer to an object. Two that may point to one object are one node; no two others are, whatever their
    /// shapes.
    Shared(Ref),
    /// A weak pointer: it refers to the node of the shared one.
    Weak(Ref),
}

impl Node {
    pub(crate) const OPTION: u8 = 0;
    pub(crate) const SEQUENCE: u8 = 1;
    pub(crate) const SET: u8 = 2;
    pub(crate) const MAP: u8 = 3;
    pub(crate) const ARRAY: u8 = 4;
    pub(crate) const TUPLE: u8 = 5;
    pub(crate) const PIECE: u8 = 6;
    pub(crate) const NON_ZERO: u8 = 7;
    pub(crate) const COMPACT: u8 = 8;
    pub(crate) const STRUCT: u8 = 9;
    pub(crate) const ENUM: u8 = 10;
    pub(crate) const DYNAMIC: u8 = 11;
    pub(crate) const SHARED: u8 = 12;
    pub(crate) const WEAK: u8 = 13;
    pub(crate) const CELL: u8 = 14;
    pub(crate) const VERSIONED: u8 = 15;

    /// Length of the tag of an enum.
    pub(crate) fn tag_width(variants: usize) -> usize {
        if variants <= 256 { 1 } else { 2 }
    }

    /// How many parts, fields and variants it has.
    pub(crate) fn size(&self) -> usize {
        match self {
            Node::Enum(_, variants) => variants.iter().map(|(_, fields)| 1 + fields.fields.len()).sum(),
            _ => self.part_count(),
        }
    }

    fn part_count(&self) -> usize {
        let mut count = 0;
        self.each_part(&mut |_| count += 1);
        count
    }

    /// Bytes of all its names.
    pub(super) fn names_length(&self) -> usize {
        let of_fields = |fields: &Fields| fields.fields.iter().map(|(name, _)| name.len()).sum::<usize>();
        match self {
            Node::Struct(name, fields) => name.len() + of_fields(fields),
            Node::Enum(name, variants) => {
                variants.iter().fold(name.len(), |sum, (name, fields)| sum + name.len() + of_fields(fields))
            }
            Node::Dynamic(name) => name.len(),
            _ => 0,
        }
    }

    /// The types that this one refers to, in order.
    pub(crate) fn parts(&self) -> Vec<Ref> {
        let mut parts = Vec::with_capacity(self.part_count());
        self.each_part(&mut |part| parts.push(part));
        parts
    }

    /// Goes through them, and allocates nothing.
    pub(super) fn each_part(&self, part: &mut dyn FnMut(Ref)) {
        let mut of_fields = |fields: &Fields| fields.fields.iter().for_each(|field| part(field.1));
        match self {
            Node::Option(a)
            | Node::Sequence(a)
            | Node::Set(a)
            | Node::Array(a, _)
            | Node::Piece(a)
            | Node::Cell(a)
            | Node::Versioned(_, a)
            | Node::NonZero(a)
            | Node::Compact(a)
            | Node::Shared(a)
            | Node::Weak(a) => part(*a),
            Node::Map(a, b) => {
                part(*a);
                part(*b);
            }
            Node::Tuple(parts) => parts.iter().for_each(|a| part(*a)),
            Node::Struct(_, fields) => of_fields(fields),
            Node::Enum(_, variants) => variants.iter().for_each(|(_, fields)| of_fields(fields)),
            Node::Dynamic(_) => {}
        }
    }
}

/// A whole schema.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    pub(crate) root: Ref,
    pub(crate) types: Vec<Node>,
}

impl Model {
    /// How people read a type: `Vec<Player>`. What is longer than they would read ends in `…`, however large the type.
    pub(crate) fn name(&self, of: Ref) -> String {
        let mut name = String::new();
        self.write_name(of, &mut name, 0);
        name
    }

    /// The stored name of a struct or enum; empty for other types.
    pub(crate) fn stored_name(&self, of: Ref) -> String {
        match of {
            Ref::Type(index) => match &self.types[index] {
                Node::Struct(name, _) | Node::Enum(name, _) => name.clone(),
                Node::Versioned(_, content) => self.stored_name(*content),
                _ => String::new(),
            },
            Ref::Primitive(_) => String::new(),
        }
    }

    fn write_name(&self, of: Ref, name: &mut String, depth: usize) {
        const LONG: usize = 160;
        const DEEP: usize = 6;
        let node = match of {
            Ref::Primitive(primitive) => return name.push_str(primitive.name()),
            Ref::Type(index) => &self.types[index],
        };
        if name.len() > LONG || depth > DEEP {
            return name.push('…');
        }
        let mut list = |open: &str, parts: &[Ref], close: &str| {
            name.push_str(open);
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    name.push_str(", ");
                }
                if name.len() > LONG {
                    name.push('…');
                    break;
                }
                self.write_name(*part, name, depth + 1);
            }
            name.push_str(close);
        };
        match node {
            Node::Option(a) => list("Option<", &[*a], ">"),
            Node::Sequence(a) => list("Vec<", &[*a], ">"),
            Node::Set(a) => list("Set<", &[*a], ">"),
            Node::Map(k, v) => list("Map<", &[*k, *v], ">"),
            Node::Array(a, n) => list("[", &[*a], &format!("; {n}]")),
            Node::Tuple(parts) => list("(", parts, if parts.len() == 1 { ",)" } else { ")" }),
            Node::Piece(a) => list("Box<", &[*a], ">"),
            Node::Cell(a) => list("Cell<", &[*a], ">"),
            Node::Versioned(_, a) => list("", &[*a], ""),
            Node::NonZero(a) => list("NonZero<", &[*a], ">"),
            Node::Compact(a) => list("compact ", &[*a], ""),
            Node::Shared(a) => list("Rc<", &[*a], ">"),
            Node::Weak(a) => match self.types.get(match a {
                Ref::Type(i) => *i,
                Ref::Primitive(_) => usize::MAX,
            }) {
                Some(Node::Shared(a)) => list("Weak<", &[*a], ">"),
                _ => list("Weak<", &[*a], ">"),
            },
            // Names may come from a stream: nothing of them reaches a terminal unescaped.
            Node::Struct(own, _) | Node::Enum(own, _) => name.extend(own.escape_debug()),
            Node::Dynamic(own) => {
                name.push_str("dyn ");
                name.extend(own.escape_debug());
            }
        }
    }
}

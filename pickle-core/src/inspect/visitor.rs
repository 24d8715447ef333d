//! What a walk tells its visitor.

use std::sync::Arc;

use crate::error::{BoxError, Error, Result};
use crate::schema::view::Type;
use crate::schema::{Primitive, TypeTable};

/// What looks at a stream as it is walked through; see [`Stream::walk`](super::Stream::walk).
///
/// Every method does nothing unless it is written. Values come in their order: a composite is [begun](Visitor::begin),
/// each of its parts is a [step](Visitor::step) and a value, and it is [ended](Visitor::end); what is no composite is one
/// call. The values of a stream are those of its objects, those that fill cells, and the root. An error ends the walk,
/// which gives it; [`stop`] makes one.
///
/// ```
/// use pickle_core::{Result, dumps, inspect::{Composite, Stream, Visitor}};
///
/// #[derive(Default)]
/// struct Depth { now: u32, most: u32 }
///
/// impl Visitor<'_> for Depth {
///     fn begin(&mut self, _: Composite<'_>) -> Result<()> {
///         self.now += 1;
///         self.most = self.most.max(self.now);
///         Ok(())
///     }
///     fn end(&mut self) -> Result<()> {
///         self.now -= 1;
///         Ok(())
///     }
/// }
///
/// let bytes = dumps(&vec![vec![(1u8, "a")], vec![]])?;
/// let mut depth = Depth::default();
/// Stream::open(&bytes)?.walk(&mut depth)?;
/// assert_eq!(depth.most, 3);
/// # Ok::<(), pickle_core::Error>(())
/// ```
///
/// What is told of two pointers to one object, which comes before the root:
///
/// ```
/// use std::rc::Rc;
/// use pickle_core::{Result, dumps};
/// use pickle_core::inspect::{Composite, Object, Reference, Run, Scalar, Step, Stream, Type, Visitor};
///
/// #[derive(Default)]
/// struct Log(Vec<&'static str>);
///
/// impl Log {
///     fn add(&mut self, what: &'static str) -> Result<()> {
///         self.0.push(what);
///         Ok(())
///     }
/// }
///
/// impl Visitor<'_> for Log {
///     fn objects(&mut self, _: usize) -> Result<()> { self.add("objects") }
///     fn begin_object(&mut self, _: Object<'_>) -> Result<()> { self.add("begin_object") }
///     fn end_object(&mut self) -> Result<()> { self.add("end_object") }
///     fn begin_root(&mut self, _: Type<'_>) -> Result<()> { self.add("begin_root") }
///     fn end_root(&mut self) -> Result<()> { self.add("end_root") }
///     fn begin(&mut self, _: Composite<'_>) -> Result<()> { self.add("begin") }
///     fn end(&mut self) -> Result<()> { self.add("end") }
///     fn step(&mut self, _: Step<'_>) -> Result<()> { self.add("step") }
///     fn scalar(&mut self, _: Scalar, _: Type<'_>) -> Result<()> { self.add("scalar") }
///     fn string(&mut self, _: &str) -> Result<()> { self.add("string") }
///     fn run(&mut self, _: Run<'_, '_>) -> Result<()> { self.add("run") }
///     fn reference(&mut self, _: Reference, _: Type<'_>) -> Result<()> { self.add("reference") }
/// }
///
/// let text = Rc::new("shared".to_owned());
/// let bytes = dumps(&(text.clone(), text, vec![1u16, 2, 3], true))?;
/// let mut log = Log::default();
/// Stream::open(&bytes)?.walk(&mut log)?;
/// let (object, root) = log.0.split_at(4);
/// assert_eq!(object, ["objects", "begin_object", "string", "end_object"]);
/// assert_eq!(root[..6], ["begin_root", "begin", "step", "reference", "step", "reference"]);
/// assert_eq!(root[6..], ["step", "begin", "run", "end", "step", "scalar", "end", "end_root"]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[allow(unused_variables, reason = "the names of arguments are for those who write the methods")]
pub trait Visitor<'s> {
    /// What it may still allocate, where it keeps what it is told: the walk charges the same limit.
    #[doc(hidden)]
    #[inline]
    fn memory_left(&mut self) -> Option<&mut usize> {
        None
    }

    /// Bytes of the stream, and what they are. Each byte is in one span; those of strings come between those of what
    /// lies beside them, so spans are not in the order of the bytes.
    #[inline]
    fn span(&mut self, span: Span) -> Result<()> {
        Ok(())
    }

    /// A type that only values name, before the first of it, with the number that [`Composite::Dynamic`] has.
    #[inline]
    fn types(&mut self, number: usize, name: &'s str, types: &Arc<TypeTable>) -> Result<()> {
        Ok(())
    }

    /// How many objects there are; before the first of them.
    #[inline]
    fn objects(&mut self, count: usize) -> Result<()> {
        Ok(())
    }

    /// An object that the next ones refer to weakly; its value comes after them.
    #[inline]
    fn open_object(&mut self, object: Object<'_>) -> Result<()> {
        Ok(())
    }

    /// An object, whose value follows.
    #[inline]
    fn begin_object(&mut self, object: Object<'_>) -> Result<()> {
        Ok(())
    }

    /// The end of it.
    #[inline]
    fn end_object(&mut self) -> Result<()> {
        Ok(())
    }

    /// The content of a [deferred](Visitor::deferred) cell, which follows.
    #[inline]
    fn begin_fill(&mut self, cell: DeferredCell, content: Type<'_>) -> Result<()> {
        Ok(())
    }

    /// The end of it.
    #[inline]
    fn end_fill(&mut self) -> Result<()> {
        Ok(())
    }

    /// The root, whose value follows.
    #[inline]
    fn begin_root(&mut self, root: Type<'_>) -> Result<()> {
        Ok(())
    }

    /// The end of it.
    #[inline]
    fn end_root(&mut self) -> Result<()> {
        Ok(())
    }

    /// The place in the composite begun last where the next value stands.
    #[inline]
    fn step(&mut self, step: Step<'_>) -> Result<()> {
        Ok(())
    }

    /// A value that has parts.
    #[inline]
    fn begin(&mut self, composite: Composite<'_>) -> Result<()> {
        Ok(())
    }

    /// The end of the composite begun last.
    #[inline]
    fn end(&mut self) -> Result<()> {
        Ok(())
    }

    /// A number, `bool`, `char` or unit. Its type is a primitive, or [`NonZero`](super::Kind::NonZero) or
    /// [`Compact`](super::Kind::Compact) of one.
    #[inline]
    fn scalar(&mut self, scalar: Scalar, kind: Type<'_>) -> Result<()> {
        Ok(())
    }

    /// A string.
    #[inline]
    fn string(&mut self, text: &'s str) -> Result<()> {
        Ok(())
    }

    /// A function, by its name.
    #[inline]
    fn function(&mut self, name: &'s str) -> Result<()> {
        Ok(())
    }

    /// Elements of the sequence, set or array begun last that are numbers, side by side: in place of their steps and
    /// scalars. A long sequence comes in several.
    #[inline]
    fn run(&mut self, run: Run<'_, 's>) -> Result<()> {
        Ok(())
    }

    /// A pointer to an object.
    #[inline]
    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> Result<()> {
        Ok(())
    }

    /// The cell begun last has no content yet: that comes in a [fill](Visitor::begin_fill), cells in the order of these
    /// calls.
    #[inline]
    fn deferred(&mut self, cell: DeferredCell, content: Type<'_>) -> Result<()> {
        Ok(())
    }
}

/// The error with which a visitor ends a walk; its kind is [`Hook`](crate::ErrorKind::Hook).
///
/// ```
/// use pickle_core::{Result, dumps, inspect::{Scalar, Stream, Type, Visitor, stop}};
/// struct Positive;
/// impl Visitor<'_> for Positive {
///     fn scalar(&mut self, scalar: Scalar, _: Type<'_>) -> Result<()> {
///         if matches!(scalar, Scalar::I8(n) if n < 0) { Err(stop("it is negative")) } else { Ok(()) }
///     }
/// }
/// let bytes = dumps(&(1i8, -1i8))?;
/// let error = Stream::open(&bytes)?.walk(&mut Positive).unwrap_err();
/// assert_eq!((error.path().as_str(), error.kind()), ("1", pickle_core::ErrorKind::Hook));
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub fn stop(error: impl Into<BoxError>) -> Error {
    Error::hook("the visitor", error.into())
}

/// Some bytes of the stream.
///
/// ```
/// use pickle_core::inspect::{Span, What};
/// let span = Span { offset: 0, length: 4, what: What::Magic };
/// assert_eq!(span.offset + span.length, 4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where they begin, from the first byte of the stream.
    pub offset: u64,
    /// How many they are.
    pub length: u64,
    /// What they are.
    pub what: What,
}

/// What bytes of a stream are.
///
/// ```
/// assert_eq!(format!("{:?}", pickle_core::inspect::What::Text), "Text");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum What {
    /// The first bytes of each stream.
    Magic,
    /// The version of the format.
    Version,
    /// What the stream has.
    Flags,
    /// The fingerprint of the schema.
    Fingerprint,
    /// The length of the schema.
    SchemaLength,
    /// The reference to the root's type, in the schema.
    SchemaRoot,
    /// How many types the schema has.
    SchemaCount,
    /// The type with this number.
    SchemaType(usize),
    /// The header of a block.
    BlockHeader,
    /// Zeros between the lanes of a block.
    Gap,
    /// The length and name of a type that values name.
    TypeName,
    /// Its fingerprint.
    TypeFingerprint,
    /// The length of its schema, and that.
    TypeSchema,
    /// How many scopes there are: schemas in which pointers stand.
    ScopeCount,
    /// A scope.
    Scope,
    /// How many classes of objects there are.
    ClassCount,
    /// A class.
    Class,
    /// How many objects there are.
    ObjectCount,
    /// What an entry among the records is.
    Entry,
    /// The class of an object.
    ClassNumber,
    /// The number of an object.
    ObjectNumber,
    /// How many cells of an object are deferred.
    CellCount,
    /// The ordinal of a deferred cell.
    CellOrdinal,
    /// Whether an `Option` is `Some`.
    OptionTag,
    /// The number of a variant.
    VariantTag,
    /// The version of a value.
    ValueVersion,
    /// The length of a string, sequence, set or map.
    Length,
    /// The same where it is 255 or more.
    LongLength,
    /// A number, `bool` or `char`.
    Scalar,
    /// An integer in as many bytes as it needs.
    Compact,
    /// Numbers side by side.
    Run,
    /// The bytes of a string or of a function's name.
    Text,
    /// The number of a type that the value names.
    TypeNumber,
    /// The number of an object that a pointer points to.
    Reference,
    /// The CRC-32 of all bytes before it.
    Checksum,
}

/// An object: what shared pointers point to.
///
/// ```
/// use pickle_core::{Result, dumps, inspect::{Object, Stream, Visitor}};
/// struct Names(Vec<String>);
/// impl Visitor<'_> for Names {
///     fn begin_object(&mut self, object: Object<'_>) -> Result<()> {
///         self.0.push(format!("#{} {}", object.id, object.kind.name()));
///         Ok(())
///     }
/// }
/// let mut names = Names(vec![]);
/// Stream::open(&dumps(&std::rc::Rc::new(5u8))?)?.walk(&mut names)?;
/// assert_eq!(names.0, ["#0 u8"]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Object<'t> {
    /// Its number.
    pub id: u32,
    /// The number of its class.
    pub class: u32,
    /// Its type.
    pub kind: Type<'t>,
    /// The number of its type, where the pointers to it see it as a trait; see [`Visitor::types`].
    pub behind: Option<usize>,
    /// Whether it was [opened](Visitor::open_object) before.
    pub opened: bool,
}

/// A cell whose content comes later.
///
/// ```
/// use pickle_core::inspect::DeferredCell;
/// assert_eq!(DeferredCell { object: 0, ordinal: 1 }.ordinal, 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeferredCell {
    /// The number of the object that it is in.
    pub object: u32,
    /// Its number among the cells of that object's record.
    pub ordinal: u32,
}

/// The way from a composite to one of its parts.
///
/// ```
/// use pickle_core::inspect::Step;
/// assert_ne!(Step::Index(0), Step::Key(0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step<'t> {
    /// The field of this name.
    Field(&'t str),
    /// The field at this position of a tuple.
    Position(usize),
    /// The element of a sequence or array, or the value of a map's entry, counted from 0.
    Index(usize),
    /// The key of a map's entry, or of a set.
    Key(usize),
}

/// A value that has parts, begun.
///
/// ```
/// use pickle_core::{dumps, Result, inspect::{Composite, Stream, Visitor}};
/// struct Lengths(Vec<usize>);
/// impl Visitor<'_> for Lengths {
///     fn begin(&mut self, composite: Composite<'_>) -> Result<()> {
///         if let Composite::Sequence { length, .. } = composite { self.0.push(length) }
///         Ok(())
///     }
/// }
/// let mut lengths = Lengths(vec![]);
/// Stream::open(&dumps(&vec![vec![1u8], vec![]])?)?.walk(&mut lengths)?;
/// assert_eq!(lengths.0, [2, 1, 0]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Composite<'t> {
    /// A struct: its fields follow.
    Struct(Type<'t>),
    /// A tuple: its parts follow.
    Tuple(Type<'t>),
    /// An enum: the fields of the variant with this number follow.
    Variant(Type<'t>, usize),
    /// An array: its elements follow.
    Array {
        /// Its type.
        kind: Type<'t>,
        /// How many there are.
        length: usize,
    },
    /// A sequence: its elements follow.
    Sequence {
        /// Its type.
        kind: Type<'t>,
        /// How many there are.
        length: usize,
    },
    /// A set: its keys follow.
    Set {
        /// Its type.
        kind: Type<'t>,
        /// How many there are.
        length: usize,
    },
    /// A map: the key and the value of each entry follow.
    Map {
        /// Its type.
        kind: Type<'t>,
        /// How many entries there are.
        length: usize,
    },
    /// `None`: nothing follows.
    Absent(Type<'t>),
    /// `Some`: the value follows.
    Present(Type<'t>),
    /// A `Box` and the like: the content follows.
    Piece(Type<'t>),
    /// A cell: the content follows, or the cell is deferred.
    InCell(Type<'t>),
    /// A value with a version: the struct or enum follows.
    Versioned(Type<'t>),
    /// A value that names its type: that value follows.
    Dynamic {
        /// The trait.
        kind: Type<'t>,
        /// The number of the value's own type; see [`Visitor::types`].
        number: usize,
        /// The name of the value's own type.
        name: &'t str,
        /// The value's own type.
        content: Type<'t>,
    },
}

impl<'t> Composite<'t> {
    /// The type of the value.
    ///
    /// ```
    /// # use pickle_core::{dumps, Result, inspect::{Composite, Stream, Visitor}};
    /// # struct Names(Vec<String>);
    /// impl Visitor<'_> for Names {
    ///     fn begin(&mut self, composite: Composite<'_>) -> Result<()> {
    ///         self.0.push(composite.kind().name());
    ///         Ok(())
    ///     }
    /// }
    /// # let mut names = Names(vec![]);
    /// # Stream::open(&dumps(&Some(vec![1u8]))?)?.walk(&mut names)?;
    /// # assert_eq!(names.0, ["Option<Vec<u8>>", "Vec<u8>"]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn kind(&self) -> Type<'t> {
        match self {
            Composite::Struct(kind)
            | Composite::Tuple(kind)
            | Composite::Variant(kind, _)
            | Composite::Array { kind, .. }
            | Composite::Sequence { kind, .. }
            | Composite::Set { kind, .. }
            | Composite::Map { kind, .. }
            | Composite::Absent(kind)
            | Composite::Present(kind)
            | Composite::Piece(kind)
            | Composite::InCell(kind)
            | Composite::Versioned(kind)
            | Composite::Dynamic { kind, .. } => *kind,
        }
    }
}

/// A value without parts.
///
/// ```
/// use pickle_core::inspect::Scalar;
/// assert_eq!(Scalar::F32(1.5).to_string(), "1.5");
/// assert_eq!(Scalar::Char('x').to_string(), "'x'");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// `()`
    Unit,
    /// `bool`
    Bool(bool),
    /// `char`
    Char(char),
    /// `u8`
    U8(u8),
    /// `u16`
    U16(u16),
    /// `u32`
    U32(u32),
    /// `u64`
    U64(u64),
    /// `u128`
    U128(u128),
    /// `usize`, which has 64 bits in a stream.
    Usize(u64),
    /// `i8`
    I8(i8),
    /// `i16`
    I16(i16),
    /// `i32`
    I32(i32),
    /// `i64`
    I64(i64),
    /// `i128`
    I128(i128),
    /// `isize`, which has 64 bits in a stream.
    Isize(i64),
    /// `f32`
    F32(f32),
    /// `f64`
    F64(f64),
    /// Nanoseconds, less than a second.
    Nanos(u32),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::{Debug, Display};
        match self {
            Scalar::Unit => f.write_str("()"),
            Scalar::Bool(x) => Display::fmt(x, f),
            Scalar::Char(x) => Debug::fmt(x, f),
            Scalar::U8(x) => Display::fmt(x, f),
            Scalar::U16(x) => Display::fmt(x, f),
            Scalar::U32(x) | Scalar::Nanos(x) => Display::fmt(x, f),
            Scalar::U64(x) | Scalar::Usize(x) => Display::fmt(x, f),
            Scalar::U128(x) => Display::fmt(x, f),
            Scalar::I8(x) => Display::fmt(x, f),
            Scalar::I16(x) => Display::fmt(x, f),
            Scalar::I32(x) => Display::fmt(x, f),
            Scalar::I64(x) | Scalar::Isize(x) => Display::fmt(x, f),
            Scalar::I128(x) => Display::fmt(x, f),
            Scalar::F32(x) => Debug::fmt(x, f),
            Scalar::F64(x) => Debug::fmt(x, f),
        }
    }
}

impl Scalar {
    /// Reads a value of a primitive from its bytes; `None` where they are no value of it.
    #[inline(always)]
    pub(crate) fn decode(primitive: Primitive, head: &[u8]) -> Option<Scalar> {
        #[inline(always)]
        fn chunk<const N: usize>(head: &[u8]) -> [u8; N] {
            head.first_chunk().copied().unwrap_or([0; N])
        }
        Some(match primitive {
            Primitive::Unit => Scalar::Unit,
            Primitive::Bool => match head.first()? {
                0 => Scalar::Bool(false),
                1 => Scalar::Bool(true),
                _ => return None,
            },
            Primitive::Char => Scalar::Char(char::from_u32(u32::from_le_bytes(chunk(head)))?),
            Primitive::U8 => Scalar::U8(*head.first()?),
            Primitive::U16 => Scalar::U16(u16::from_le_bytes(chunk(head))),
            Primitive::U32 => Scalar::U32(u32::from_le_bytes(chunk(head))),
            Primitive::U64 => Scalar::U64(u64::from_le_bytes(chunk(head))),
            Primitive::U128 => Scalar::U128(u128::from_le_bytes(chunk(head))),
            Primitive::Usize => Scalar::Usize(u64::from_le_bytes(chunk(head))),
            Primitive::I8 => Scalar::I8(i8::from_le_bytes(chunk(head))),
            Primitive::I16 => Scalar::I16(i16::from_le_bytes(chunk(head))),
            Primitive::I32 => Scalar::I32(i32::from_le_bytes(chunk(head))),
            Primitive::I64 => Scalar::I64(i64::from_le_bytes(chunk(head))),
            Primitive::I128 => Scalar::I128(i128::from_le_bytes(chunk(head))),
            Primitive::Isize => Scalar::Isize(i64::from_le_bytes(chunk(head))),
            Primitive::F32 => Scalar::F32(f32::from_le_bytes(chunk(head))),
            Primitive::F64 => Scalar::F64(f64::from_le_bytes(chunk(head))),
            Primitive::Nanos => match u32::from_le_bytes(chunk(head)) {
                nanos @ 0..1_000_000_000 => Scalar::Nanos(nanos),
                _ => return None,
            },
            Primitive::Text | Primitive::FunctionName => return None,
        })
    }
}

/// Numbers side by side.
///
/// ```
/// use pickle_core::{dumps, Result, inspect::{Run, Scalar, Stream, Visitor}};
/// struct Sum(f64);
/// impl Visitor<'_> for Sum {
///     fn run(&mut self, run: Run<'_, '_>) -> Result<()> {
///         self.0 += run.iter().map(|x| if let Scalar::F64(x) = x { x } else { 0.0 }).sum::<f64>();
///         Ok(())
///     }
/// }
/// let mut sum = Sum(0.0);
/// Stream::open(&dumps(&vec![0.5; 100_000])?)?.walk(&mut sum)?;
/// assert_eq!(sum.0, 50_000.0);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Run<'t, 's> {
    /// The type of each.
    pub kind: Type<'t>,
    /// The primitive that each is; where the type is [`NonZero`](super::Kind::NonZero), none is zero.
    pub primitive: Primitive,
    /// The number of the first among the elements.
    pub first: usize,
    /// Their bytes, little-endian, each valid.
    pub bytes: &'s [u8],
}

impl<'s> Run<'_, 's> {
    /// The numbers.
    ///
    /// ```
    /// # use pickle_core::{dumps, Result, inspect::{Run, Scalar, Stream, Visitor}};
    /// # struct All(Vec<Scalar>);
    /// impl Visitor<'_> for All {
    ///     fn run(&mut self, run: Run<'_, '_>) -> Result<()> {
    ///         self.0.extend(run.iter());
    ///         Ok(())
    ///     }
    /// }
    /// # let mut all = All(vec![]);
    /// # Stream::open(&dumps(&[true, false])?)?.walk(&mut all)?;
    /// # assert_eq!(all.0, [Scalar::Bool(true), Scalar::Bool(false)]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Scalar> + use<'s> {
        let primitive = self.primitive;
        self.bytes.chunks_exact(primitive.head().max(1)).filter_map(move |head| Scalar::decode(primitive, head))
    }
}

/// What a pointer points to.
///
/// ```
/// use pickle_core::inspect::Reference;
/// assert_ne!(Reference::Strong(3), Reference::Weak(3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reference {
    /// The object with this number, which the pointer keeps alive.
    Strong(u32),
    /// The object with this number.
    Weak(u32),
    /// Nothing: a weak pointer whose object nothing else keeps alive.
    Dangling,
}

//! A stream, opened.

use std::sync::Arc;

use super::visitor::{Span, Visitor, What};
use super::walk::Walker;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{self, TypeTable};
use crate::unpickler::{Unpickler, check_trailer};
use crate::wire::header::{self, HEADER, Header};
use crate::wire::{BLOCK_HEADER, Frame, Input, LAST, Limits, Memory, Reader};

/// A stream at the start of some bytes: its header, its schema and its length are read, its values are not.
///
/// ```
/// use pickle_core::{dump, inspect::Stream};
/// let mut file = Vec::new();
/// dump("state", &mut file)?;
/// dump(&7u8, &mut file)?;
/// let mut names = vec![];
/// let mut rest = &file[..];
/// while !rest.is_empty() {
///     let stream = Stream::open(rest)?;
///     names.push(stream.types()?.root().name());
///     rest = &rest[stream.length()..];
/// }
/// assert_eq!(names, ["String", "u8"]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Stream<'s> {
    /// From its first byte to its last.
    bytes: &'s [u8],
    header: Header,
    /// Where its blocks begin.
    blocks: usize,
    schema: &'s [u8],
    types: Option<Arc<TypeTable>>,
    limits: Limits,
}

impl<'s> Stream<'s> {
    /// Opens the stream that `bytes` start with, with the limits that [`Unpickler`] has if nothing is set;
    /// [`Unpickler::inspect`] is for others. More may follow it.
    ///
    /// # Errors
    /// Bytes that are no stream, end within it, or have a damaged schema.
    ///
    /// ```
    /// use pickle_core::{ErrorKind, dumps, inspect::Stream};
    /// let bytes = dumps(&5u8)?;
    /// assert_eq!(Stream::open(&bytes)?.length(), bytes.len());
    /// assert_eq!(Stream::open(&bytes[..30]).unwrap_err().kind(), ErrorKind::Truncated);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn open(bytes: &'s [u8]) -> Result<Stream<'s>> {
        Unpickler::new().inspect(bytes)
    }

    pub(crate) fn open_with(bytes: &'s [u8], limits: impl Fn(usize) -> Limits) -> Result<Stream<'s>> {
        let header = Header::decode(bytes)?;
        let (types, blocks) = match header.embedded {
            true => {
                types_of(header, bytes, &mut limits(bytes.len()).memory()).map(|(types, start)| (Some(types), start))?
            }
            false => (None, HEADER),
        };
        let schema = bytes.get(HEADER + 4..blocks).unwrap_or_default();
        let end = end_of_blocks(bytes, blocks)?;
        let end = end + if header.checksum { 4 } else { 0 };
        let Some(whole) = bytes.get(..end) else {
            return Err(header::truncated(bytes.len() as u64, end - bytes.len(), "the checksum"));
        };
        Ok(Stream { bytes: whole, header, blocks, schema, types, limits: limits(end) })
    }

    /// The version of the format.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// assert_eq!(Stream::open(&dumps(&5u8)?)?.version(), 1);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn version(&self) -> u8 {
        header::VERSION
    }

    /// The fingerprint of the root's schema.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let (one, two) = (dumps(&5u8)?, dumps(&6u8)?);
    /// assert_eq!(Stream::open(&one)?.fingerprint(), Stream::open(&two)?.fingerprint());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.header.fingerprint
    }

    /// Whether the schema is in the stream; without it nothing but the header can be read.
    ///
    /// ```
    /// # use pickle_core::{Pickler, Schema, inspect::Stream};
    /// let bytes = Pickler::new().schema(Schema::Fingerprint).dumps(&5u8)?;
    /// assert!(!Stream::open(&bytes)?.is_embedded());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.header.embedded
    }

    /// Whether a checksum ends the stream.
    ///
    /// ```
    /// # use pickle_core::{Pickler, inspect::Stream};
    /// let bytes = Pickler::new().checksum(true).dumps(&5u8)?;
    /// assert!(Stream::open(&bytes)?.has_checksum());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn has_checksum(&self) -> bool {
        self.header.checksum
    }

    /// Whether there are shared objects.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// assert!(Stream::open(&dumps(&std::rc::Rc::new(5u8))?)?.has_objects());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn has_objects(&self) -> bool {
        self.header.objects
    }

    /// How many bytes the stream has: where the next one begins.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// let bytes = dumps(&5u8)?;
    /// let twice = [&bytes[..], &bytes[..]].concat();
    /// assert_eq!(Stream::open(&twice)?.length(), bytes.len());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// The types of the root and of what it holds. Those behind `dyn` come with the values: [`Visitor::types`].
    ///
    /// # Errors
    /// [`NoSchema`](ErrorKind::NoSchema) where the stream has only the fingerprint of them.
    ///
    /// ```
    /// # use pickle_core::{dumps, inspect::Stream};
    /// assert_eq!(Stream::open(&dumps(&5u8)?)?.types()?.root().name(), "u8");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn types(&self) -> Result<&Arc<TypeTable>> {
        self.types.as_ref().ok_or_else(|| no_schema(self.header))
    }

    /// Goes through the stream from its first byte to its last, and tells the visitor all that it meets. What the
    /// format asks of a stream is checked on the way; a checksum is verified first. What only the Rust types could tell
    /// is not: that names are registered, that hooks agree.
    ///
    /// # Errors
    /// Those of [`loads`](crate::loads), with the path to the value and the offset; those of the visitor, with the path;
    /// [`NoSchema`](ErrorKind::NoSchema), of a stream whose checksum, if it has one, is right.
    ///
    /// ```
    /// use pickle_core::{ErrorKind, dumps, inspect::{Span, Stream, Visitor, What}};
    /// struct Text(u64);
    /// impl Visitor<'_> for Text {
    ///     fn span(&mut self, span: Span) -> pickle_core::Result<()> {
    ///         if span.what == What::Text { self.0 += span.length }
    ///         Ok(())
    ///     }
    /// }
    /// let mut bytes = dumps(&vec![("a string", true)])?;
    /// let mut text = Text(0);
    /// Stream::open(&bytes)?.walk(&mut text)?;
    /// assert_eq!(text.0, 8);
    ///
    /// let at = bytes.len() - 9;
    /// bytes[at] = 2;
    /// let error = Stream::open(&bytes)?.walk(&mut text).unwrap_err();
    /// assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, "[0].1"));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn walk<V: Visitor<'s> + ?Sized>(&self, visitor: &mut V) -> Result<()> {
        let mut blocks = &self.bytes[self.blocks..];
        if self.header.checksum {
            blocks = check_trailer(self.bytes, self.blocks)?;
        }
        let types = self.types()?.clone();
        self.header_spans(visitor)?;
        let mut reader = Reader::new(Input::Slice(blocks), self.blocks, blocks.len(), true, &self.limits, None);
        reader.charge(types.charged())?;
        Walker::new(&mut reader, types, visitor).stream(self.header.objects)?;
        if self.header.checksum {
            let offset = self.bytes.len() as u64 - 4;
            visitor.span(Span { offset, length: 4, what: What::Checksum })?;
        }
        Ok(())
    }

    fn header_spans<V: Visitor<'s> + ?Sized>(&self, visitor: &mut V) -> Result<()> {
        let mut offset = 0;
        let mut span = |length: usize, what| {
            let span = Span { offset, length: length as u64, what };
            offset += length as u64;
            if length == 0 { Ok(()) } else { visitor.span(span) }
        };
        span(header::MAGIC.len(), What::Magic)?;
        span(1, What::Version)?;
        span(1, What::Flags)?;
        span(8, What::Fingerprint)?;
        if !self.header.embedded {
            return Ok(());
        }
        span(4, What::SchemaLength)?;
        let mut parts = [What::SchemaRoot, What::SchemaCount].into_iter().chain((0..).map(What::SchemaType));
        schema::lengths(self.schema, |length| parts.next().map_or(Ok(()), |what| span(length, what)))
    }
}

/// The types of a stream's root, and where its blocks begin.
pub(crate) fn types_of(header: Header, bytes: &[u8], memory: &mut Memory) -> Result<(Arc<TypeTable>, usize)> {
    let schema = embedded(header, bytes)?;
    let types = TypeTable::decode(schema, header.fingerprint, memory);
    Ok((Arc::new(types.map_err(|error| error.at(HEADER as u64 + 4))?), HEADER + 4 + schema.len()))
}

/// The schema of a stream that has one.
pub(crate) fn embedded(header: Header, bytes: &[u8]) -> Result<&[u8]> {
    if !header.embedded {
        return Err(no_schema(header));
    }
    let Some((length, rest)) = bytes.get(HEADER..).unwrap_or_default().split_first_chunk() else {
        return Err(header::truncated(bytes.len() as u64, HEADER + 4 - bytes.len(), "the header"));
    };
    let length = u32::from_le_bytes(*length) as usize;
    if length > schema::MAX_BYTES {
        return Err(schema::too_large(length));
    }
    rest.get(..length).ok_or_else(|| header::truncated(bytes.len() as u64, length - rest.len(), "the schema"))
}

#[cold]
fn no_schema(header: Header) -> Error {
    let message = format!(
        "the stream has no schema, only the fingerprint of one, {:016x}: nothing but its Rust type can read it",
        header.fingerprint
    );
    Error::new(ErrorKind::NoSchema, message)
        .at(header::FLAGS as u64)
        .with_remedy("load it as the type that wrote it, or dump it with `Schema::Embedded`, which is the default")
}

/// Where the last block ends.
fn end_of_blocks(bytes: &[u8], mut at: usize) -> Result<usize> {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(header) = rest.first_chunk() else {
            return Err(header::truncated(bytes.len() as u64, BLOCK_HEADER - rest.len(), "a block"));
        };
        let frame = Frame::decode(header, at as u64)?;
        let length = BLOCK_HEADER as u64 + frame.length();
        if length > rest.len() as u64 {
            let missing = usize::try_from(length - rest.len() as u64).unwrap_or(usize::MAX);
            return Err(header::truncated(bytes.len() as u64, missing, "a block"));
        }
        at += length as usize;
        if frame.flags & LAST != 0 {
            return Ok(at);
        }
    }
}

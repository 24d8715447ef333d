//! Loading, with limits.

use std::fmt;
use std::io::Read;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::evolve::{self, Plan};
use crate::inspect::{self, Stream};
use crate::pickler::DEFAULT_DEPTH;
use crate::schema::{self, TypeSchema};
use crate::traits::{Unpickle, UnpickleOwned};
use crate::wire::gather::Gathered;
use crate::wire::header::{self, HEADER, Header};
use crate::wire::{BLOCK_HEADER, Frame, Input, LAST, Limits, Memory, Reader};

const DEFAULT_MEMORY: usize = 128 << 20;
/// Memory that a load may take for each byte of a large input.
const MEMORY_PER_BYTE: usize = 16;
const DEFAULT_EMPTY_ELEMENTS: usize = 8192;

/// Loads values, with limits: what bytes from anywhere may cost.
///
/// ```
/// use pickle_core::{ErrorKind, Unpickler, dumps};
/// let bytes = dumps(&vec![0u64; 1000])?;
/// let error = Unpickler::new().max_memory(4096).loads::<Vec<u64>>(&bytes).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Limit);
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Unpickler<'c> {
    max_memory: Option<usize>,
    max_depth: usize,
    max_empty_elements: Option<usize>,
    max_objects: usize,
    context: Option<&'c Context>,
    allow: Option<Arc<Allow<'c>>>,
}

/// Whether a name may stand in a stream.
type Allow<'c> = dyn Fn(&str) -> bool + Send + Sync + 'c;

impl fmt::Debug for Unpickler<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpickler")
            .field("max_memory", &self.max_memory)
            .field("max_depth", &self.max_depth)
            .field("max_empty_elements", &self.max_empty_elements)
            .field("max_objects", &self.max_objects)
            .field("context", &self.context)
            .field("allow", &self.allow.as_ref().map(|_| "…"))
            .finish()
    }
}

impl Default for Unpickler<'_> {
    fn default() -> Self {
        Unpickler::new()
    }
}

impl<'c> Unpickler<'c> {
    /// An unpickler with the default limits.
    ///
    /// ```
    /// let bytes = pickle_core::dumps(&(1, 'x'))?;
    /// assert_eq!(pickle_core::Unpickler::new().loads::<(i32, char)>(&bytes)?, (1, 'x'));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Unpickler {
            max_memory: None,
            max_depth: DEFAULT_DEPTH,
            max_empty_elements: None,
            max_objects: usize::MAX,
            context: None,
            allow: None,
        }
    }

    /// An unpickler without limits, for bytes that you would trust with the memory of your program: what it wrote itself.
    ///
    /// Nothing else changes: damage is still an error, and no stream can name more than it could before. How deep values
    /// nest stays bounded, because the stack bounds it, unless the feature `deep` gives them one that grows.
    ///
    /// ```
    /// use pickle_core::{Unpickler, dumps};
    /// let bytes = dumps(&vec![(); 1_000_000])?;
    /// assert!(Unpickler::new().loads::<Vec<()>>(&bytes).is_err());
    /// assert_eq!(Unpickler::trusted().loads::<Vec<()>>(&bytes)?.len(), 1_000_000);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn trusted() -> Self {
        Unpickler {
            max_memory: Some(usize::MAX),
            max_depth: if cfg!(feature = "deep") { usize::MAX } else { DEFAULT_DEPTH },
            max_empty_elements: Some(usize::MAX),
            ..Unpickler::new()
        }
    }

    /// Lets a stream name only those of the types and functions that are registered for a trait or signature of which
    /// `allow` says so, by their stored names. What the root's own type reaches is not asked for. Where it is called
    /// twice, both have to say so.
    ///
    /// ```
    /// use pickle_core::{ErrorKind, Function, Unpickler, dumps, func, function, loads};
    ///
    /// #[function(name = "add")]
    /// fn add(a: i32, b: i32) -> i32 { a + b }
    /// #[function(name = "delete_everything")]
    /// fn delete_everything(a: i32, b: i32) -> i32 { a - b }
    ///
    /// let careful = Unpickler::new().allow(|name| name == "add");
    /// let job: Function<fn(i32, i32) -> i32> = careful.loads(&dumps(&func!(add))?)?;
    /// assert_eq!(job(1, 2), 3);
    ///
    /// let error = careful.loads::<Function<fn(i32, i32) -> i32>>(&dumps(&func!(delete_everything))?).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotAllowed);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn allow(mut self, allow: impl Fn(&str) -> bool + Send + Sync + 'c) -> Self {
        self.allow = Some(match self.allow.take() {
            Some(before) => Arc::new(move |name| before(name) && allow(name)),
            None => Arc::new(allow),
        });
        self
    }

    /// Bytes that the loaded value may take on the heap, strings counted even where they are only borrowed; 128 MiB or 16
    /// times the input, the larger, unless it is set. What is made of a schema counts as well where the stream is of an older
    /// shape or is read as a [`Value`](crate::Value): some KiB, for large types some MiB. Where a limit is set, what
    /// [`load`](Unpickler::load) takes from a reader has the same bound.
    ///
    /// ```
    /// # use pickle_core::{Unpickler, dumps};
    /// let bytes = dumps("a string of 27 bytes or so")?;
    /// assert!(Unpickler::new().max_memory(10).loads::<String>(&bytes).is_err());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn max_memory(mut self, bytes: usize) -> Self {
        self.max_memory = Some(bytes);
        self
    }

    /// How deep values may nest; 256 unless it is set. What a level is, and what it costs, is said at
    /// [`Pickler::max_depth`](crate::Pickler::max_depth).
    ///
    /// ```
    /// # use pickle_core::{Unpickler, dumps};
    /// let bytes = dumps(&vec![vec![String::new()]])?;
    /// assert!(Unpickler::new().max_depth(1).loads::<Vec<Vec<String>>>(&bytes).is_err());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn max_depth(mut self, max_depth: usize) -> Self {
        self.max_depth = max_depth;
        self
    }

    /// How many elements that take no bytes of the stream (`()`, unit structs) a load may make; 8,192 or the length of
    /// the input, the larger, unless it is set.
    ///
    /// ```
    /// # use pickle_core::{Unpickler, dumps};
    /// let bytes = dumps(&vec![(); 10_000])?;
    /// assert!(Unpickler::new().loads::<Vec<()>>(&bytes).is_err());
    /// assert!(Unpickler::new().max_empty_elements(10_000).loads::<Vec<()>>(&bytes).is_ok());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn max_empty_elements(mut self, count: usize) -> Self {
        self.max_empty_elements = Some(count);
        self
    }

    /// How many objects a load may make, which are shared ones and values behind a pointer to their trait; as many as the
    /// bytes hold, unless it is set.
    ///
    /// ```
    /// use pickle_core::{ErrorKind, Pickle, Unpickler, dumps, object};
    ///
    /// #[object]
    /// trait Event {}
    /// #[derive(Pickle)]
    /// struct Click;
    /// #[object]
    /// impl Event for Click {}
    ///
    /// let events: Vec<Box<dyn Event>> = vec![Box::new(Click), Box::new(Click)];
    /// let bytes = dumps(&events)?;
    /// assert!(Unpickler::new().max_objects(2).loads::<Vec<Box<dyn Event>>>(&bytes).is_ok());
    /// let error = Unpickler::new().max_objects(1).loads::<Vec<Box<dyn Event>>>(&bytes).err().unwrap();
    /// assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Limit, "[1]"));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn max_objects(mut self, count: usize) -> Self {
        self.max_objects = count;
        self
    }

    /// The live things that [`External`](crate::External) values are restored from.
    ///
    /// ```
    /// use pickle_core::{Context, Unpickler, dumps};
    /// let context = Context::new().with("a live thing");
    /// assert_eq!(Unpickler::new().context(&context).loads::<u8>(&dumps(&1u8)?)?, 1);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn context(mut self, context: &'c Context) -> Self {
        self.context = Some(context);
        self
    }

    /// Loads the one value that `bytes` hold. It may borrow from them.
    ///
    /// # Errors
    /// Any of [`ErrorKind`]; no input panics, hangs or takes more than the limits.
    ///
    /// ```
    /// let bytes = pickle_core::dumps("borrowed")?;
    /// let text: &str = pickle_core::Unpickler::new().loads(&bytes)?;
    /// assert_eq!(text, "borrowed");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[inline]
    pub fn loads<'a, T: Unpickle<'a>>(&self, bytes: &'a [u8]) -> Result<T> {
        let header = Header::decode(bytes)?;
        if T::ANY {
            return self.loads_any(header, bytes);
        }
        let schema = schema::of::<T>()?;
        let Some(start) = own_start(header, bytes, schema) else { return self.loads_older(header, bytes, schema) };
        let mut blocks = &bytes[start..];
        if header.checksum {
            blocks = check_trailer(bytes, start)?;
        }
        if header.embedded && schema.has_dynamics() && evolve::is_outdated(schema, Input::Slice(blocks)) {
            return self.loads_older(header, bytes, schema);
        }
        let limits = self.limits(bytes.len());
        let mut reader = self.reader(Input::Slice(blocks), (start, blocks.len()), header, &limits);
        if header.objects { reader.graph(schema) } else { reader.root() }
    }

    /// Loads a value of another shape than `T` has now.
    #[cold]
    #[inline(never)]
    fn loads_older<'a, T: Unpickle<'a>>(&self, header: Header, bytes: &[u8], schema: &'static TypeSchema) -> Result<T> {
        let limits = self.limits(bytes.len());
        let mut memory = limits.memory();
        let (start, plan) = plan(header, bytes, schema, &mut memory)?;
        let blocks = if header.checksum { check_trailer(bytes, start)? } else { &bytes[start..] };
        let blocks = (Input::Slice(blocks), start, blocks.len());
        let rewritten = evolve::rewrite(&plan, header, blocks, (&limits, memory), self.context)?;
        self.rewritten(&rewritten, schema, (&limits, memory))
    }

    /// Builds a value that was brought into the shape of `T`.
    fn rewritten<'a, T: Unpickle<'a>>(
        &self,
        stream: &Vec<u8>,
        schema: &'static TypeSchema,
        (limits, memory): (&Limits, Memory),
    ) -> Result<T> {
        let header = Header::decode(stream)?;
        let blocks = &stream[HEADER..];
        let input = Input::Rewritten(blocks);
        let mut reader = self.reader(input, (HEADER, blocks.len()), header, limits);
        reader.set_memory_left(memory.left);
        reader.charge(stream.capacity()).map_err(Error::without_offset)?;
        let value = if header.objects { reader.graph(schema) } else { reader.root() };
        // These bytes are nobody's but ours.
        value.map_err(Error::without_offset)
    }

    /// Takes exactly one value's bytes from a reader, and loads them. What follows stays in the reader.
    ///
    /// # Errors
    /// As [`loads`](Unpickler::loads), and those of the reader.
    ///
    /// ```
    /// let file = pickle_core::dumps(&7u8)?;
    /// assert_eq!(pickle_core::Unpickler::new().load::<u8, _>(&file[..])?, 7);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn load<T: UnpickleOwned, R: Read>(&self, mut reader: R) -> Result<T> {
        match self.gather::<T>(&mut reader)? {
            Some(stream) => self.decode(&stream),
            None => Err(Error::new(ErrorKind::Truncated, "the reader has no bytes")
                .at(0)
                .with_remedy("where it may be at its end, use `Unpickler::iter`")),
        }
    }

    /// Loads the values that follow each other in a reader, one at each step.
    ///
    /// It ends with the reader, and after the first error.
    ///
    /// ```
    /// let mut file = Vec::new();
    /// for n in 0..3u32 {
    ///     pickle_core::dump(&n, &mut file)?;
    /// }
    /// let numbers: Vec<u32> = pickle_core::Unpickler::new().iter(&file[..]).collect::<Result<_, _>>()?;
    /// assert_eq!(numbers, [0, 1, 2]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn iter<T: UnpickleOwned, R: Read>(&self, reader: R) -> Iter<'c, T, R> {
        Iter { unpickler: self.clone(), reader: Some(reader), item: PhantomData }
    }

    /// Opens the stream that `bytes` start with, to be read without its Rust types under these limits.
    ///
    /// # Errors
    /// Those of [`Stream::open`](crate::inspect::Stream::open).
    ///
    /// ```
    /// use pickle_core::{Unpickler, dumps};
    /// let bytes = dumps(&vec![1u8, 2])?;
    /// let stream = Unpickler::new().max_depth(10).inspect(&bytes)?;
    /// assert_eq!(stream.types()?.root().name(), "Vec<u8>");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn inspect<'s>(&self, bytes: &'s [u8]) -> Result<Stream<'s>> {
        Stream::open_with(bytes, |length| self.limits(length))
    }

    /// Takes the bytes of one stream of `T`.
    fn gather<T: UnpickleOwned>(&self, reader: &mut dyn Read) -> Result<Option<Gathered>> {
        Gathered::read(reader, self.max_memory.unwrap_or(usize::MAX), |prefix| {
            let header = Header::decode(prefix)?;
            let mut memory = self.limits(prefix.len()).memory();
            if T::ANY {
                return inspect::types_of(header, prefix, &mut memory).map(drop);
            }
            let schema = schema::of::<T>()?;
            if own_start(header, prefix, schema).is_none() {
                plan(header, prefix, schema, &mut memory)?;
            }
            Ok(())
        })
    }

    /// Loads a root that takes any stream.
    #[cold]
    fn loads_any<'a, T: Unpickle<'a>>(&self, header: Header, bytes: &'a [u8]) -> Result<T> {
        let limits = self.limits(bytes.len());
        let mut memory = limits.memory();
        let (types, start) = inspect::types_of(header, bytes, &mut memory)?;
        let blocks = if header.checksum { check_trailer(bytes, start)? } else { &bytes[start..] };
        let mut reader = Reader::new(Input::Slice(blocks), start, blocks.len(), true, &limits, None);
        reader.set_memory_left(memory.left);
        let value = T::build_any(&mut reader, types, header.objects)?;
        reader.nothing_follows()?;
        Ok(value)
    }

    fn decode<T: UnpickleOwned>(&self, stream: &Gathered) -> Result<T> {
        let header = Header::decode(&stream.prefix)?;
        let start = stream.prefix.len();
        let length = stream.length();
        if let Some(expected) = stream.checksum.first_chunk() {
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&stream.prefix);
            stream.blocks.iter().for_each(|block| hasher.update(block));
            compare_checksum(hasher.finalize(), u32::from_le_bytes(*expected), start + length)?;
        }
        let limits = self.limits(start + length);
        let blocks = Input::Gathered(&stream.blocks);
        let mut memory = limits.memory();
        if T::ANY {
            let (types, _) = inspect::types_of(header, &stream.prefix, &mut memory)?;
            let mut reader = Reader::new(blocks, start, length, true, &limits, None);
            reader.set_memory_left(memory.left);
            return T::build_any(&mut reader, types, header.objects);
        }
        let schema = schema::of::<T>()?;
        let same = own_start(header, &stream.prefix, schema).is_some();
        if !same || header.embedded && schema.has_dynamics() && evolve::is_outdated(schema, blocks) {
            let (_, plan) = plan(header, &stream.prefix, schema, &mut memory)?;
            let blocks = (blocks, start, length);
            let rewritten = evolve::rewrite(&plan, header, blocks, (&limits, memory), self.context)?;
            return self.rewritten(&rewritten, schema, (&limits, memory));
        }
        let mut reader = self.reader(blocks, (start, length), header, &limits);
        if header.objects { reader.graph(schema) } else { reader.root() }
    }

    /// A reader of blocks that start at a byte of the stream and are so long.
    #[inline]
    fn reader<'r, 'a: 'r>(
        &'r self,
        blocks: Input<'r, 'a>,
        (start, length): (usize, usize),
        header: Header,
        limits: &Limits,
    ) -> Reader<'r, 'a> {
        let mut reader = Reader::new(blocks, start, length, header.embedded, limits, self.context);
        reader.set_allow(self.allow.as_deref());
        reader
    }

    #[inline]
    fn limits(&self, input: usize) -> Limits {
        Limits {
            depth: self.max_depth,
            memory: self.max_memory.unwrap_or(DEFAULT_MEMORY.max(input.saturating_mul(MEMORY_PER_BYTE))),
            empty_elements: self.max_empty_elements.unwrap_or(DEFAULT_EMPTY_ELEMENTS.max(input)),
            objects: self.max_objects,
        }
    }
}

/// The values of a reader; see [`Unpickler::iter`].
///
/// ```
/// let mut values = pickle_core::Unpickler::new().iter::<u8, _>(&b""[..]);
/// assert!(values.next().is_none());
/// ```
#[derive(Debug)]
pub struct Iter<'c, T, R> {
    unpickler: Unpickler<'c>,
    reader: Option<R>,
    item: PhantomData<fn() -> T>,
}

impl<T: UnpickleOwned, R: Read> Iterator for Iter<'_, T, R> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let stream = self.unpickler.gather::<T>(self.reader.as_mut()?);
        let value = stream.and_then(|stream| stream.map(|stream| self.unpickler.decode(&stream)).transpose());
        let value = value.transpose();
        if !matches!(value, Some(Ok(_))) {
            self.reader = None;
        }
        value
    }
}

impl<T: UnpickleOwned, R: Read> FusedIterator for Iter<'_, T, R> {}

/// Where the blocks begin, in a stream of this type in this shape.
#[inline]
fn own_start(header: Header, bytes: &[u8], schema: &TypeSchema) -> Option<usize> {
    if header.fingerprint != schema.fingerprint() {
        return None;
    }
    if !header.embedded {
        return Some(HEADER);
    }
    let own = schema.embedded_header();
    (bytes.get(HEADER..own.len()) == Some(&own[HEADER..])).then_some(own.len())
}

/// How a stream of another shape is brought into this one, and where its blocks begin.
#[cold]
#[inline(never)]
fn plan(header: Header, bytes: &[u8], schema: &'static TypeSchema, memory: &mut Memory) -> Result<(usize, Arc<Plan>)> {
    if !header.embedded {
        return Err(schema::unknown_shape(schema, header.fingerprint).at(HEADER as u64 - 8));
    }
    let Some((length, rest)) = bytes[HEADER..].split_first_chunk() else {
        return Err(header::truncated(bytes.len() as u64, HEADER + 4 - bytes.len(), "the header"));
    };
    let length = u32::from_le_bytes(*length) as usize;
    if length > schema::MAX_BYTES {
        return Err(schema::too_large(length));
    }
    let Some(found) = rest.get(..length) else {
        return Err(header::truncated(bytes.len() as u64, length - rest.len(), "the schema"));
    };
    let plan = evolve::plan_for(found, header.fingerprint, schema, memory).map_err(|error| error.at(HEADER as u64))?;
    Ok((HEADER + 4 + length, plan))
}

/// Verifies the checksum that ends `bytes`; gives the blocks between `start` and it.
#[cold]
pub(crate) fn check_trailer(bytes: &[u8], start: usize) -> Result<&[u8]> {
    let Some((body, trailer)) = bytes.split_last_chunk().filter(|(body, _)| body.len() >= start) else {
        return Err(header::truncated(bytes.len() as u64, (start + 4).saturating_sub(bytes.len()), "the checksum"));
    };
    let compared = compare_checksum(crc32fast::hash(body), u32::from_le_bytes(*trailer), body.len());
    match compared {
        Ok(()) => Ok(&body[start..]),
        // The bytes may well be whole, and another stream behind them.
        Err(error) => match end_of_blocks(bytes, start) {
            Some(end) if end + 4 < bytes.len() => Err(header::trailing(bytes.len() as u64, bytes.len() - end - 4)),
            _ => Err(error),
        },
    }
}

/// Where the last block ends, as far as the blocks' headers tell.
#[cold]
fn end_of_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let frame = Frame::decode(bytes.get(at..)?.first_chunk()?, at as u64).ok()?;
        at = at.checked_add(BLOCK_HEADER)?.checked_add(usize::try_from(frame.length()).ok()?)?;
        if at > bytes.len() {
            return None;
        }
        if frame.flags & LAST != 0 {
            return Some(at);
        }
    }
}

fn compare_checksum(found: u32, expected: u32, offset: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let message = format!("the checksum of the bytes is {found:08x}, the stream says {expected:08x}");
    Err(Error::new(ErrorKind::Checksum, message)
        .at(offset as u64)
        .with_remedy("the bytes were changed or cut after they were written: read them from an intact copy"))
}

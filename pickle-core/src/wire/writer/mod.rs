//! Writing: heads and fixed-width bodies grow up from a block's start, text grows down from its end.

mod blocks;
mod raw;
mod scratch;
mod types;

use std::any::TypeId;
use std::io::Write;
use std::time::Duration;

pub(crate) use types::RuntimeType;

use self::blocks::Lane;
use self::types::Types;
use super::block::copy;
use super::{BLOCK_HEADER, FIRST_BLOCK, LAST, LONG, MAX_BLOCK, header};
use crate::context::Context;
use crate::error::{Error, Result, Step};
use crate::graph::Graph;
use crate::schema::{Numbering, Schema, TypeSchema};
use crate::traits::Pickle;

/// What a value is written into.
///
/// User code meets it only as the argument of [`Pickle::body`].
///
/// ```
/// // Its buffer is kept by the `Pickler` that owns it.
/// let mut pickler = pickle_core::Pickler::new();
/// assert_eq!(pickler.dumps(&1u8)?, pickler.dumps(&1u8)?);
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub struct Writer<'w> {
    /// Bytes not yet passed on. Its length is a high-water mark; what counts ends at `end`.
    buffer: Vec<u8>,
    /// The current block: its header, where data and text stand, its end.
    begin: usize,
    cursor: usize,
    top: usize,
    end: usize,
    next_size: usize,
    /// The type of the last stream's root and the length of its header, where another one of that type only has to go on
    /// behind it.
    again: Option<(TypeId, usize)>,
    /// How much the lanes of the last block of the last stream took, and what its first block is expected to take where
    /// that was so twice.
    lanes: usize,
    expected: usize,
    /// The most that the buffer may take, and the most that it has taken while it grew.
    room: usize,
    most_held: usize,
    /// How many more values may nest in the current one.
    depth: usize,
    error: Option<Error>,
    max_depth: usize,
    lock_timeout: Duration,
    sink: Option<&'w mut dyn Write>,
    checksum: Option<crc32fast::Hasher>,
    context: Option<&'w Context>,
    schema: Schema,
    types: Types,
    /// What shared pointers lead to, where the root's type reaches any.
    graph: Option<Box<Graph>>,
    /// The memory of an earlier graph, for the next one.
    spare_graph: Option<Box<Graph>>,
    /// Whether that memory is kept.
    keeps_graph: bool,
    /// The buffer, while its place is taken by chunks of records.
    kept: Vec<u8>,
    /// The schema that what is being written stands in: 0 is the root's.
    scope: u32,
    /// Within how many values that user code looks at when they are loaded.
    solid: usize,
    /// How the nodes of classes and scopes are numbered.
    numbering: Numbering,
}

impl<'w> Writer<'w> {
    pub(crate) fn new(buffer: Vec<u8>) -> Self {
        Writer {
            most_held: buffer.capacity(),
            room: usize::MAX,
            buffer,
            begin: 0,
            cursor: 0,
            top: 0,
            end: 0,
            next_size: FIRST_BLOCK,
            again: None,
            lanes: 0,
            expected: 0,
            depth: 0,
            error: None,
            max_depth: 0,
            lock_timeout: Duration::ZERO,
            sink: None,
            checksum: None,
            context: None,
            schema: Schema::Embedded,
            types: Types::default(),
            graph: None,
            spare_graph: None,
            keeps_graph: false,
            kept: Vec::new(),
            scope: 0,
            solid: 0,
            numbering: Numbering::Canonical,
        }
    }

    pub(crate) fn set_sink(&mut self, sink: &'w mut dyn Write) {
        self.sink = Some(sink);
    }

    pub(crate) fn set_context(&mut self, context: Option<&'w Context>) {
        self.context = context;
    }

    pub(crate) fn set_options(&mut self, schema: Schema, max_depth: usize, lock_timeout: Duration) {
        self.again = None;
        self.schema = schema;
        self.max_depth = max_depth;
        self.lock_timeout = lock_timeout;
    }

    pub(crate) fn lock_timeout(&self) -> Duration {
        self.lock_timeout
    }

    pub(crate) fn take_buffer(&mut self) -> Vec<u8> {
        self.again = None;
        std::mem::take(&mut self.buffer)
    }

    pub(crate) fn give_buffer(&mut self, buffer: Vec<u8>) {
        self.buffer = buffer;
    }

    /// Begins a stream of another value of the last one's type `root`; false where it takes a [`start`](Writer::start).
    // Inlined, like `finish`, into the one place of each root type: a small message spends as long here as on its values.
    #[inline(always)]
    pub(crate) fn restart(&mut self, root: TypeId) -> bool {
        match self.again {
            Some((known, header)) if known == root => {
                self.depth = self.max_depth;
                self.next_size = FIRST_BLOCK;
                self.open(header, 0);
                self.fold();
                true
            }
            _ => false,
        }
    }

    /// Begins a stream of values of the type `root`.
    #[inline(never)]
    pub(crate) fn start(&mut self, root: TypeId, schema: &'static TypeSchema, checksum: bool) {
        if self.error.is_some() || !self.types.met.is_empty() || self.graph.is_some() {
            self.clear();
        }
        self.depth = self.max_depth;
        self.checksum = checksum.then(crc32fast::Hasher::new);
        if schema.shares() {
            self.begin_scratch(schema);
        } else {
            self.begin(schema, 0);
            if !checksum {
                self.again = Some((root, self.begin));
            }
        }
    }

    /// Lets go of what an earlier stream has left: its error, its types, and its objects where the value's own code panicked.
    #[cold]
    fn clear(&mut self) {
        self.error = None;
        self.types = Types::default();
        if self.graph.take().is_some() {
            self.buffer = std::mem::take(&mut self.kept);
        }
    }

    /// Begins a stream whose records are brought into the shape of `root`: only this program reads it.
    pub(crate) fn start_rewriting(&mut self, root: &'static TypeSchema) {
        self.numbering = Numbering::Own;
        self.depth = self.max_depth;
        if root.may_share() { self.begin_scratch(root) } else { self.begin(root, 0) }
    }

    pub(crate) fn numbering(&self) -> Numbering {
        self.numbering
    }

    /// Writes the header and opens the first block.
    fn begin(&mut self, root: &TypeSchema, flags: u8) {
        self.again = None;
        self.next_size = FIRST_BLOCK;
        let header = match self.schema {
            Schema::Embedded => root.embedded_header(),
            Schema::Fingerprint => root.bare_header(),
        };
        self.open(header.len(), 0);
        self.buffer[..header.len()].copy_from_slice(header);
        self.buffer[header::FLAGS] |= flags;
        if self.checksum.is_some() {
            self.buffer[header::FLAGS] |= header::CHECKSUM;
        }
    }

    /// Ends the stream; gives its length where there is no sink.
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> Result<usize> {
        self.seal(LAST);
        let lanes = self.end - self.begin - BLOCK_HEADER;
        if lanes != self.lanes {
            self.lanes = lanes;
            self.expected = 0;
        } else if lanes != self.expected {
            self.expect(lanes);
        }
        if self.checksum.is_some() || self.sink.is_some() || self.error.is_some() {
            self.finish_slowly()?;
        }
        Ok(self.end)
    }

    #[cold]
    fn finish_slowly(&mut self) -> Result<()> {
        if let Some(mut hasher) = self.checksum.take() {
            hasher.update(&self.buffer[..self.end]);
            let trailer = hasher.finalize().to_le_bytes();
            self.grow_to(self.end + trailer.len());
            self.buffer[self.end..self.end + trailer.len()].copy_from_slice(&trailer);
            self.end += trailer.len();
        }
        self.pass_on();
        if let (Some(sink), None) = (&mut self.sink, &self.error)
            && let Err(error) = sink.flush()
        {
            self.error = Some(Error::io("writing", error));
        }
        self.error.take().map_or(Ok(()), Err)
    }

    /// The finished stream, of the length that `finish` gave.
    #[inline]
    pub(crate) fn finished(&self, length: usize) -> &[u8] {
        &self.buffer[..length]
    }

    /// Room for `n` bytes in the data lane.
    #[doc(hidden)]
    #[inline(always)]
    pub fn reserve(&mut self, n: usize) -> &mut [u8] {
        if n > self.top - self.cursor {
            self.roll(n);
        }
        let start = self.cursor;
        let end = start + n;
        self.cursor = end;
        &mut self.buffer[start..end]
    }

    /// Writes a value: its head, then its body.
    #[doc(hidden)]
    #[inline(always)]
    pub fn value<T: Pickle + ?Sized>(&mut self, value: &T) {
        if T::HEAD > 0 {
            value.head(self.reserve(T::HEAD));
        }
        if T::BODY {
            value.body(self);
        }
    }

    /// Writes what follows the length byte of a string, sequence or map: a long length.
    #[inline(always)]
    pub(crate) fn length(&mut self, n: usize) {
        if n >= LONG as usize {
            self.long_length(n);
        }
    }

    #[cold]
    #[inline(never)]
    fn long_length(&mut self, n: usize) {
        self.reserve(8).copy_from_slice(&(n as u64).to_le_bytes());
    }

    /// Writes a string's bytes into the text lane.
    #[inline(always)]
    pub(crate) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if bytes.len() > self.top - self.cursor {
            return self.text_in_next_block(bytes);
        }
        let end = self.top;
        let start = end - bytes.len();
        self.top = start;
        copy(&mut self.buffer[start..end], bytes);
    }

    #[cold]
    #[inline(never)]
    fn text_in_next_block(&mut self, bytes: &[u8]) {
        if bytes.len() > MAX_BLOCK - BLOCK_HEADER {
            return self.large(bytes, Lane::Text);
        }
        self.roll(bytes.len());
        let end = self.top;
        self.top = end - bytes.len();
        self.buffer[self.top..end].copy_from_slice(bytes);
    }

    /// Writes a run of bytes, in one piece, into the data lane.
    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if bytes.len() > MAX_BLOCK - BLOCK_HEADER && bytes.len() > self.top - self.cursor {
            return self.large(bytes, Lane::Data);
        }
        self.reserve(bytes.len()).copy_from_slice(bytes);
    }

    /// Writes the elements of a sequence; those without a body may be split over blocks.
    #[inline]
    pub(crate) fn elements<T: Pickle>(&mut self, items: &[T]) {
        if T::BODY {
            for (i, item) in items.iter().enumerate() {
                self.value(item);
                if T::FALLIBLE && self.failed() {
                    return self.step(Step::Index(i));
                }
            }
        } else {
            let mut rest = items;
            while !rest.is_empty() {
                // Elements without a head are not written at all.
                let Some(fit) = (self.top - self.cursor).checked_div(T::HEAD) else { return };
                if fit == 0 {
                    self.roll(T::HEAD);
                    continue;
                }
                let (now, later) = rest.split_at(fit.min(rest.len()));
                for (head, item) in self.reserve(T::HEAD * now.len()).chunks_exact_mut(T::HEAD).zip(now) {
                    item.head(head);
                }
                rest = later;
            }
        }
    }

    /// About how much memory the stream has taken so far.
    #[inline]
    pub(crate) fn memory(&self) -> usize {
        match self.graph.as_deref() {
            None => self.most_held,
            Some(graph) => graph.memory().saturating_add(self.buffer.len()),
        }
    }

    /// Says how much memory the stream may take: the buffer does not grow by more than it needs where that is little.
    pub(crate) fn set_room(&mut self, bytes: usize) {
        self.room = bytes;
    }

    /// Goes one value deeper; false (and an error) beyond `max_depth`.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter(&mut self) -> bool {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                true
            }
            None => {
                self.too_deep();
                false
            }
        }
    }

    /// Comes back from [`enter`](Writer::enter).
    #[doc(hidden)]
    #[inline(always)]
    pub fn leave(&mut self) {
        self.depth += 1;
    }

    #[cold]
    #[inline(never)]
    fn too_deep(&mut self) {
        self.fail(Error::too_deep(self.max_depth));
    }

    /// How many more values may nest in the current one.
    #[cfg(feature = "serde")]
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether an error has been kept: nothing that is written after it counts.
    #[doc(hidden)]
    #[inline(always)]
    pub fn failed(&self) -> bool {
        self.error.is_some()
    }

    /// Keeps an error, unless there is one.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&mut self, error: Error) {
        self.again = None;
        self.error.get_or_insert(error);
    }

    /// Adds a step to the path of the error that was kept.
    #[cold]
    #[inline(never)]
    pub(crate) fn step(&mut self, step: Step) {
        self.error = self.error.take().map(|error| error.step(step));
    }

    pub(crate) fn context(&self) -> Option<&'w Context> {
        self.context
    }
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("failed", &self.failed()).finish_non_exhaustive()
    }
}

//! Dumping, with options.

use std::io::Write;
use std::time::Duration;

use crate::context::Context;
use crate::error::Result;
use crate::schema::{self, Schema};
use crate::traits::Pickle;
use crate::wire::Writer;

/// Nesting of values that a dump or load goes into.
pub(crate) const DEFAULT_DEPTH: usize = 256;

/// Dumps values, with options; keeps its buffer from one value to the next.
///
/// ```
/// use pickle_core::{Pickler, loads};
/// let mut pickler = Pickler::new().checksum(true);
/// for message in ["one", "two"] {
///     assert_eq!(loads::<String>(&pickler.dumps(message)?)?, message);
/// }
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Pickler<'c> {
    writer: Writer<'c>,
    schema: Schema,
    checksum: bool,
    max_depth: usize,
    lock_timeout: Duration,
    context: Option<&'c Context>,
}

impl Default for Pickler<'_> {
    fn default() -> Self {
        Pickler::new()
    }
}

impl<'c> Pickler<'c> {
    /// A pickler with the default options: the schema embedded, no checksum, nesting to 256.
    ///
    /// ```
    /// assert_eq!(pickle_core::Pickler::new().dumps(&5u8)?, pickle_core::dumps(&5u8)?);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        let mut pickler = Pickler {
            writer: Writer::new(Vec::new()),
            schema: Schema::default(),
            checksum: false,
            max_depth: DEFAULT_DEPTH,
            lock_timeout: Duration::from_secs(1),
            context: None,
        };
        pickler.set_options();
        pickler
    }

    /// Whether the stream carries its schema, or only the fingerprint of it.
    ///
    /// ```
    /// use pickle_core::{Pickler, Schema};
    /// let bytes = Pickler::new().schema(Schema::Fingerprint).dumps("short")?;
    /// assert_eq!(bytes.len(), 32);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = schema;
        self.set_options();
        self
    }

    /// Whether a CRC-32 of the stream follows it. A load verifies it before it builds anything.
    ///
    /// ```
    /// use pickle_core::{ErrorKind, Pickler, loads};
    /// let mut bytes = Pickler::new().checksum(true).dumps(&7u64)?;
    /// let at = bytes.len() - 8;
    /// bytes[at] ^= 1;
    /// assert_eq!(loads::<u64>(&bytes).unwrap_err().kind(), ErrorKind::Checksum);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn checksum(mut self, checksum: bool) -> Self {
        self.checksum = checksum;
        self
    }

    /// How deep values may nest; 256 unless it is set.
    ///
    /// Every box, option, sequence, map, cell, struct and enum on the way down is a level, if what it holds can nest; so a
    /// list of `Option<Box<Node>>` takes three levels a node. Numbers, strings and what has only those take none. Each
    /// level takes stack, in a debug build a kibibyte or two: raise the limit together with the stack of the thread.
    ///
    /// ```
    /// use pickle_core::{ErrorKind, Pickler};
    /// let nested = Some(Box::new(Some(Box::new("deep".to_owned()))));
    /// assert!(Pickler::new().dumps(&nested).is_ok());
    /// assert_eq!(Pickler::new().max_depth(2).dumps(&nested).unwrap_err().kind(), ErrorKind::Limit);
    /// ```
    #[must_use]
    pub fn max_depth(mut self, max_depth: usize) -> Self {
        self.max_depth = max_depth;
        self.set_options();
        self
    }

    /// How long to wait for a `Mutex` or `RwLock` that another thread holds; a second unless it is set. A lock that this
    /// thread holds is waited for as long, then refused: a dump never deadlocks.
    ///
    /// ```
    /// use std::{sync::Mutex, time::Duration};
    /// use pickle_core::{ErrorKind, Pickler};
    /// let lock = Mutex::new(1u8);
    /// let guard = lock.lock().unwrap();
    /// let error = Pickler::new().lock_timeout(Duration::ZERO).dumps(&lock).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Inaccessible);
    /// # drop(guard);
    /// ```
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self.set_options();
        self
    }

    fn set_options(&mut self) {
        self.writer.set_options(self.schema, self.max_depth, self.lock_timeout);
    }

    /// The live things that [`External`](crate::External) values take their ids from.
    ///
    /// ```
    /// use pickle_core::{Context, Pickler};
    /// let context = Context::new().with("a live thing");
    /// assert!(Pickler::new().context(&context).dumps(&1u8).is_ok());
    /// ```
    #[must_use]
    pub fn context(mut self, context: &'c Context) -> Self {
        self.context = Some(context);
        self.writer.set_context(self.context);
        self
    }

    /// Dumps a value into bytes of their own.
    ///
    /// # Errors
    /// What could not be loaded again: see [`ErrorKind`](crate::ErrorKind).
    ///
    /// ```
    /// let bytes = pickle_core::Pickler::new().dumps(&[1.5f32, f32::NAN])?;
    /// let back: Vec<f32> = pickle_core::loads(&pickle_core::dumps(&vec![1.5f32])?)?;
    /// # assert!(!bytes.is_empty() && back == [1.5]);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn dumps<T: Pickle + ?Sized>(&mut self, value: &T) -> Result<Vec<u8>> {
        self.dump_slice(value).map(<[u8]>::to_vec)
    }

    /// Dumps a value into the pickler's own buffer: the fastest way where the bytes are used before the next dump.
    ///
    /// # Errors
    /// As [`dumps`](Pickler::dumps).
    ///
    /// ```
    /// let mut pickler = pickle_core::Pickler::new();
    /// let mut total = 0;
    /// for n in 0..3u32 {
    ///     total += pickler.dump_slice(&n)?.len();
    /// }
    /// assert_eq!(total, 3 * pickler.dumps(&0u32)?.len());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[inline]
    pub fn dump_slice<T: Pickle + ?Sized>(&mut self, value: &T) -> Result<&[u8]> {
        let length = write(&mut self.writer, value, self.checksum)?;
        Ok(self.writer.finished(length))
    }

    /// Dumps a value into `bytes`, in place of what they held.
    ///
    /// # Errors
    /// As [`dumps`](Pickler::dumps); `bytes` are empty then.
    ///
    /// ```
    /// let mut bytes = Vec::new();
    /// pickle_core::Pickler::new().dump_into("text", &mut bytes)?;
    /// assert_eq!(bytes, pickle_core::dumps("text")?);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn dump_into<T: Pickle + ?Sized>(&mut self, value: &T, bytes: &mut Vec<u8>) -> Result<()> {
        bytes.clear();
        bytes.extend_from_slice(self.dump_slice(value)?);
        Ok(())
    }

    /// Dumps a value into a writer, block by block: in memory there is one block (128 KiB) at a time, however large the
    /// value. Shared objects are the exception: their records wait in memory until their order is known. Several values
    /// may follow each other.
    ///
    /// # Errors
    /// As [`dumps`](Pickler::dumps), and those of the writer. It may then hold part of a stream; `dumps` and then
    /// `write_all` does not leave one behind for what the value itself is refused for.
    ///
    /// ```
    /// let mut file = Vec::new();
    /// let mut pickler = pickle_core::Pickler::new();
    /// pickler.dump(&1u8, &mut file)?;
    /// pickler.dump("two", &mut file)?;
    /// let mut file = &file[..];
    /// assert_eq!(pickle_core::load::<u8, _>(&mut file)?, 1);
    /// assert_eq!(pickle_core::load::<String, _>(&mut file)?, "two");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn dump<T: Pickle + ?Sized, W: Write>(&mut self, value: &T, mut writer: W) -> Result<()> {
        let mut blocks = Writer::new(self.writer.take_buffer());
        blocks.set_options(self.schema, self.max_depth, self.lock_timeout);
        blocks.set_context(self.context);
        blocks.set_sink(&mut writer);
        let written = write(&mut blocks, value, self.checksum);
        let buffer = blocks.take_buffer();
        self.writer.give_buffer(buffer);
        written.map(drop)
    }
}

/// Writes one stream.
#[inline]
fn write<T: Pickle + ?Sized>(writer: &mut Writer<'_>, value: &T, checksum: bool) -> Result<usize> {
    if let Some(value) = value.as_value() {
        value.persist(writer, checksum);
        return writer.finish();
    }
    let root = typeid::of::<T>();
    if checksum || !writer.restart(root) {
        writer.start(root, schema::of::<T>()?, checksum);
    }
    writer.value(value);
    if writer.has_graph() {
        writer.finish_graph(&mut |writer: &mut Writer<'_>| writer.value(value));
    }
    writer.finish()
}

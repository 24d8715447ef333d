//! Reading: the mirror of the writer, with every length checked, every allocation charged and every block used up.

mod blocks;
mod limits;
mod refuse;
mod types;
mod walk;

use std::borrow::Cow;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

pub(crate) use blocks::{Addresses, Input, Mark};
pub(crate) use limits::{Limits, Memory, table_size, unavailable};
pub(crate) use walk::Place;

use self::limits::SMALL;
use super::LONG;
use crate::context::Context;
use crate::error::{Error, Result, Step};
use crate::graph::{Cells, Objects};
use crate::schema::runtime::RuntimeType;
use crate::schema::{Numbering, TypeSchema};
use crate::traits::Unpickle;
use crate::value::KnownTypes;

/// What a value is built from.
///
/// User code meets it only as the argument of [`Unpickle::build`]. Items of `'r` live as long as the load, items of
/// `'a` as long as the input.
///
/// ```
/// // One is made by each load; the options are the `Unpickler`'s.
/// let bytes = pickle_core::dumps(&[1u8, 2, 3])?;
/// let array: [u8; 3] = pickle_core::Unpickler::new().max_depth(4).loads(&bytes)?;
/// assert_eq!(array, [1, 2, 3]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
pub struct Reader<'r, 'a: 'r> {
    /// Where it is.
    here: Mark<'r, 'a>,
    /// Where the stream's blocks end.
    end: u64,
    /// Where the last block starts whose text was charged.
    charged_to: u64,
    depth: usize,
    memory: usize,
    empty_elements: usize,
    objects_left: usize,
    limits: Limits,
    context: Option<&'r Context>,
    /// Which names the stream may use of those that are registered.
    allow: Option<&'r (dyn Fn(&str) -> bool + Send + Sync)>,
    embedded: bool,
    pub(crate) cells: Cells,
    /// How the nodes of classes and scopes are numbered.
    numbering: Numbering,
    /// What a small message does without, which is set up for it in no time.
    extras: Option<Box<Extras<'r, 'a>>>,
}

/// What few streams have.
#[derive(Default)]
struct Extras<'r, 'a> {
    /// Types that only values name, so far.
    types: Vec<RuntimeType<'r>>,
    /// How many of them have been used.
    types_used: usize,
    /// Just behind the start of the last block of types.
    defined_to: u64,
    objects: Option<Objects<'r, 'a>>,
    known_types: KnownTypes,
}

impl<'r, 'a: 'r> Reader<'r, 'a> {
    /// A reader of blocks that are `length` bytes long and start `start` bytes into the stream.
    #[inline]
    pub(crate) fn new(
        input: Input<'r, 'a>,
        start: usize,
        length: usize,
        embedded: bool,
        limits: &Limits,
        context: Option<&'r Context>,
    ) -> Self {
        Reader {
            here: Mark {
                data: &[],
                text: "",
                lent: None,
                last: false,
                rest: input,
                lane: &[],
                lane_start: start as u64,
                later: length,
            },
            end: (start + length) as u64,
            charged_to: 0,
            depth: limits.depth,
            memory: limits.memory,
            empty_elements: limits.empty_elements,
            objects_left: limits.objects,
            limits: *limits,
            context,
            allow: None,
            embedded,
            cells: Cells::default(),
            numbering: if matches!(input, Input::Rewritten(_)) { Numbering::Own } else { Numbering::Canonical },
            extras: None,
        }
    }

    /// Reads the objects of the stream, then the root value.
    #[cold]
    #[inline(never)]
    pub(crate) fn graph<T: Unpickle<'a>>(&mut self, schema: &'static TypeSchema) -> Result<T> {
        let built = catch_unwind(AssertUnwindSafe(|| {
            self.next()?;
            self.restore_objects(schema)?;
            let value = self.value()?;
            self.used_up()?;
            self.all_reached()?;
            self.nothing_follows()?;
            Ok(value)
        }));
        if !matches!(built, Ok(Ok(_))) {
            self.abandon_objects();
        }
        // A panic of the values' own code would else leave cycles behind.
        built.unwrap_or_else(|panic| resume_unwind(panic))
    }

    pub(crate) fn set_objects(&mut self, objects: Objects<'r, 'a>) {
        self.extras().objects = Some(objects);
    }

    #[inline]
    pub(crate) fn objects(&mut self) -> Result<&mut Objects<'r, 'a>> {
        if self.extras.as_deref().is_none_or(|extras| extras.objects.is_none()) {
            return Err(no_objects().at(self.offset()));
        }
        // Looked at again, because the borrow of the one arm would last into the other.
        self.extras.as_deref_mut().and_then(|extras| extras.objects.as_mut()).ok_or_else(no_objects)
    }

    fn extras(&mut self) -> &mut Extras<'r, 'a> {
        self.extras.get_or_insert_default()
    }

    /// The types of streams that were met within this one.
    pub(crate) fn known_types(&mut self) -> &mut KnownTypes {
        &mut self.extras().known_types
    }

    /// Reads the root value, which must use up all blocks, and these the input.
    #[inline(always)]
    pub(crate) fn root<T: Unpickle<'a>>(&mut self) -> Result<T> {
        match self.first().and_then(|()| self.take(T::HEAD)) {
            Ok(head) => self.root_of(head),
            Err(error) => Err(error),
        }
    }

    // One local and one way out, so that the value is built where the caller wants it: each copy of one that was just put
    // together from its fields waits for all of them.
    #[inline(always)]
    fn root_of<T: Unpickle<'a>>(&mut self, head: &'r [u8]) -> Result<T> {
        let mut bad = false;
        let mut value = T::build(head, &mut bad, self);
        if value.is_ok()
            && let Err(error) = self.end_of_root::<T>(head, bad)
        {
            value = Err(error);
        }
        value
    }

    #[inline(always)]
    fn end_of_root<T: Unpickle<'a>>(&mut self, head: &[u8], bad: bool) -> Result<()> {
        if bad {
            return Err(self.refuse::<T>(head));
        }
        self.used_up()?;
        self.nothing_follows()
    }

    /// The next `n` bytes of the data lane.
    #[doc(hidden)]
    #[inline(always)]
    pub fn take(&mut self, n: usize) -> Result<&'r [u8]> {
        if n > self.here.data.len() {
            self.next()?;
        }
        match self.here.data.split_at_checked(n) {
            Some((taken, rest)) => {
                self.here.data = rest;
                Ok(taken)
            }
            None => Err(self.short_block(n)),
        }
    }

    /// The next `n` bytes of the data lane, which lie in the current block.
    pub(crate) fn take_here(&mut self, n: usize) -> Result<&'r [u8]> {
        if n > self.here.data.len() { Err(self.short_block(n)) } else { self.take(n) }
    }

    /// Reads a value: its head, then its body.
    #[doc(hidden)]
    #[inline(always)]
    pub fn value<T: Unpickle<'a>>(&mut self) -> Result<T> {
        let head = self.take(T::HEAD)?;
        let mut bad = false;
        let mut value = T::build(head, &mut bad, self);
        if bad && value.is_ok() {
            value = Err(self.refuse::<T>(head));
        }
        value
    }

    /// The length whose byte in the head was `short`.
    #[inline(always)]
    pub(crate) fn length(&mut self, short: u8) -> Result<usize> {
        if short < LONG { Ok(short as usize) } else { self.long_length() }
    }

    #[cold]
    #[inline(never)]
    fn long_length(&mut self) -> Result<usize> {
        let bytes = self.take(8)?;
        let length = bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        if length < u64::from(LONG) {
            return Err(self.corrupt("a length in its long form that has a short one"));
        }
        usize::try_from(length).map_err(|_| self.claim(length))
    }

    /// Cuts a string of `n` bytes off the text lane.
    #[inline(always)]
    pub(crate) fn text(&mut self, n: usize) -> Result<&'r str> {
        if n > self.here.text.len() {
            self.next()?;
        }
        match self.here.text.split_at_checked(self.here.text.len().wrapping_sub(n)) {
            Some((rest, cut)) => {
                self.here.text = rest;
                Ok(cut)
            }
            None => Err(self.bad_cut(n)),
        }
    }

    /// Like `text`, for a value that borrows from the input.
    #[inline(always)]
    pub(crate) fn lent_text(&mut self, n: usize) -> Result<&'a str> {
        self.text(n)?;
        let start = self.here.text.len();
        match self.here.lent.and_then(|(_, text)| text.get(start..start + n)) {
            Some(text) => Ok(text),
            None => Err(self.cannot_lend("&str", "String")),
        }
    }

    /// Like `text`, lent from the input where that outlives the load.
    pub(crate) fn cow_text(&mut self, n: usize) -> Result<Cow<'a, str>> {
        match self.here.rest {
            Input::Slice(_) => self.lent_text(n).map(Cow::Borrowed),
            Input::Gathered(_) | Input::Rewritten(_) => self.text(n).map(|text| Cow::Owned(text.to_owned())),
        }
    }

    /// A run of `n` bytes that lie in one piece.
    #[inline]
    pub(crate) fn bytes(&mut self, n: usize) -> Result<&'r [u8]> {
        if n > self.here.data.len() && n > self.remaining() {
            return Err(self.claim(n as u64));
        }
        self.take(n)
    }

    /// `n` bytes and room for `more`. They lie in one piece where a `Vec` wrote them; what only looks like a `u8` may be
    /// split, as any element.
    #[inline]
    pub(crate) fn owned_bytes(&mut self, n: usize, more: usize) -> Result<Vec<u8>> {
        if n > SMALL || n > self.here.data.len() {
            return self.long_bytes(n, more);
        }
        let run = self.take(n)?;
        let mut bytes = self.vec(n + more)?;
        bytes.extend_from_slice(run);
        Ok(bytes)
    }

    #[inline(never)]
    fn long_bytes(&mut self, n: usize, more: usize) -> Result<Vec<u8>> {
        self.claimed::<u8>(n)?;
        let mut bytes = self.vec(n + more)?;
        while bytes.len() < n {
            let run = self.run(1, n - bytes.len())?;
            bytes.extend_from_slice(run);
        }
        Ok(bytes)
    }

    /// Like `bytes`, lent from the input; `None`, and nothing is taken, where the input does not outlive the load.
    pub(crate) fn try_lend_bytes(&mut self, n: usize) -> Result<Option<&'a [u8]>> {
        if !matches!(self.here.rest, Input::Slice(_)) {
            return Ok(None);
        }
        self.bytes(n)?;
        let end = self.here.lane.len() - self.here.data.len();
        Ok(self.here.lent.and_then(|(data, _)| data.get(end.wrapping_sub(n)..end)))
    }

    /// Bytes of the input, for a value that can only borrow.
    pub(crate) fn lent_bytes(&mut self, n: usize) -> Result<&'a [u8]> {
        match self.try_lend_bytes(n)? {
            Some(bytes) => Ok(bytes),
            None => Err(self.cannot_lend("&[u8]", "Vec<u8>")),
        }
    }

    /// Reads `count` elements of a sequence, as the writer's `elements` wrote them.
    #[inline]
    pub(crate) fn elements<T: Unpickle<'a>>(&mut self, count: usize) -> Result<Vec<T>> {
        if T::BODY || T::HEAD == 0 {
            let mut items = self.reserve::<T>(count)?;
            for i in 0..count {
                if let Err(error) = self.push_element(&mut items) {
                    return Err(error.step(Step::Index(i)));
                }
            }
            return Ok(items);
        }
        // Most sequences are short, and lie in one block.
        if count > SMALL / size_of::<T>().max(1) || count > self.here.data.len() / T::HEAD {
            return self.long_elements(count);
        }
        self.charge(count * size_of::<T>())?;
        let run = self.take(count * T::HEAD)?;
        let mut bad = false;
        let items = run.chunks_exact(T::HEAD).map(|head| T::from_head(head, &mut bad)).collect();
        if bad { Err(self.refuse_in_run::<T>(run, 0)) } else { Ok(items) }
    }

    /// The same for elements without a body that may take much memory, or lie in several blocks.
    #[inline(never)]
    fn long_elements<T: Unpickle<'a>>(&mut self, count: usize) -> Result<Vec<T>> {
        let mut items = self.reserve::<T>(count)?;
        while items.len() < count {
            let run = self.run(T::HEAD, count - items.len())?;
            let mut bad = false;
            items.extend(run.chunks_exact(T::HEAD).map(|head| T::from_head(head, &mut bad)));
            if bad {
                let before = items.len() - run.len() / T::HEAD;
                return Err(self.refuse_in_run::<T>(run, before));
            }
        }
        Ok(items)
    }

    /// Reads one of several values. One that takes no bytes at all is counted, because no input bounds their number.
    #[inline(always)]
    pub(crate) fn element<T: Unpickle<'a>>(&mut self) -> Result<T> {
        if T::HEAD > 0 {
            return self.value();
        }
        let before = (self.remaining(), self.here.text.len());
        let value = self.value();
        if before == (self.remaining(), self.here.text.len()) {
            self.charge_empty_element()?;
        }
        value
    }

    /// Reads an element and adds it to the items, which have room for it.
    // The item is never dropped by itself, so its fields need not be gathered in one place before they lie in the vector.
    #[inline(always)]
    fn push_element<T: Unpickle<'a>>(&mut self, items: &mut Vec<T>) -> Result<()> {
        let before = (self.remaining(), self.here.text.len());
        let head = self.take(T::HEAD)?;
        let mut bad = false;
        match T::build(head, &mut bad, self) {
            Ok(item) => {
                let item = ManuallyDrop::new(item);
                if items.len() == items.capacity() {
                    return Err(self.corrupt("more elements than it claims"));
                }
                items.push(ManuallyDrop::into_inner(item));
            }
            Err(error) => return Err(error),
        }
        if bad {
            return Err(self.refuse::<T>(head));
        }
        if T::HEAD == 0 && before == (self.remaining(), self.here.text.len()) {
            self.charge_empty_element()?;
        }
        Ok(())
    }

    /// The heads of at least one and at most `count` elements, as many as lie in one block.
    #[inline]
    pub(crate) fn run(&mut self, head: usize, count: usize) -> Result<&'r [u8]> {
        if self.here.data.len() < head {
            self.next()?;
        }
        let fit = (self.here.data.len() / head).min(count);
        if fit == 0 {
            return Err(self.short_block(head));
        }
        self.take(fit * head)
    }

    pub(crate) fn numbering(&self) -> Numbering {
        self.numbering
    }

    pub(crate) fn context(&self) -> Option<&'r Context> {
        self.context
    }
}

#[cold]
fn no_objects() -> Error {
    Error::damaged("the stream", "a reference to an object, of which it has none")
}

impl std::fmt::Debug for Reader<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("offset", &self.offset()).finish_non_exhaustive()
    }
}

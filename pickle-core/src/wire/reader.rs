//! Reading: the mirror of the writer, with every length checked, every allocation charged and every block used up.

use std::any::{Any, TypeId};
use std::borrow::Cow;

use super::{BLOCK_HEADER, LAST, LONG, MAX_GAP, TYPES, header};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::schema::runtime::{self, RuntimeType};
use crate::schema::{self, TypeSchema};
use crate::traits::{Shape, Unpickle};

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
    /// What is left of the current block's lanes.
    data: &'r [u8],
    text: &'r str,
    /// The whole lanes of the current block, where they are the input's own and so can be lent out.
    lent: Option<(&'a [u8], &'a str)>,
    last: bool,
    rest: Input<'r, 'a>,
    /// Bytes that the current block's data lane starts at, and that the stream's blocks end at.
    data_start: u64,
    data_length: usize,
    end: u64,
    /// Bytes after the current block.
    later: usize,
    depth: usize,
    memory: usize,
    empty_elements: usize,
    limits: &'r Limits,
    context: Option<&'r Context>,
    types: Vec<RuntimeType<'r>>,
}

/// The blocks of a stream, from one slice or as they were gathered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'r, 'a> {
    Slice(&'a [u8]),
    Gathered(&'r [Vec<u8>]),
}

/// The limits of a load, worked out for its input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) depth: usize,
    pub(crate) memory: usize,
    pub(crate) empty_elements: usize,
}

impl<'r, 'a: 'r> Reader<'r, 'a> {
    /// A reader of blocks that are `length` bytes long and start `start` bytes into the stream.
    #[inline]
    pub(crate) fn new(
        input: Input<'r, 'a>,
        start: usize,
        length: usize,
        limits: &'r Limits,
        context: Option<&'r Context>,
    ) -> Self {
        Reader {
            data: &[],
            text: "",
            lent: None,
            last: false,
            rest: input,
            data_start: start as u64,
            data_length: 0,
            end: (start + length) as u64,
            later: length,
            depth: limits.depth,
            memory: limits.memory,
            empty_elements: limits.empty_elements,
            limits,
            context,
            types: Vec::new(),
        }
    }

    /// Reads the root value, which must use up all blocks.
    // The result is changed in place here and below: taking it apart and putting it together again copies the value.
    #[inline(always)]
    pub(crate) fn root<T: Unpickle<'a>>(&mut self) -> Result<T> {
        self.next()?;
        let mut value = self.value();
        if value.is_ok()
            && let Err(error) = self.used_up()
        {
            value = Err(error);
        }
        value
    }

    #[inline]
    fn used_up(&mut self) -> Result<()> {
        if !self.last {
            self.next()?;
        }
        if self.last && self.data.is_empty() && self.text.is_empty() { Ok(()) } else { Err(self.not_used_up()) }
    }

    /// Bytes after the last block.
    #[inline]
    pub(crate) fn after_blocks(&self) -> usize {
        self.later
    }

    /// Opens the next block.
    #[cold]
    #[inline(never)]
    fn next(&mut self) -> Result<()> {
        loop {
            if !self.data.is_empty() || !self.text.is_empty() {
                return Err(self.not_used_up());
            }
            if self.last {
                return Err(self.corrupt("the stream ends before its value does"));
            }
            let start = self.end - self.later as u64;
            let block = match &mut self.rest {
                Input::Slice(rest) => {
                    let block = Block::open(rest, start)?;
                    *rest = &rest[block.length..];
                    self.lent = Some((block.data, block.text));
                    block
                }
                Input::Gathered(blocks) => {
                    let Some((first, after)) = blocks.split_first() else {
                        return Err(self.corrupt("the stream ends before its value does"));
                    };
                    *blocks = after;
                    Block::open(first, start)?
                }
            };
            self.later -= block.length;
            self.data_start = start + BLOCK_HEADER as u64;
            if block.flags & TYPES != 0 {
                let known = self.types.len();
                runtime::read(block.data, &mut self.types).map_err(|error| error.at(start))?;
                self.charge((self.types.len() - known) * size_of::<RuntimeType<'_>>())?;
                continue;
            }
            self.last = block.flags & LAST != 0;
            if !self.last && block.data.is_empty() && block.text.is_empty() {
                return Err(self.corrupt("an empty block in the middle of the stream"));
            }
            self.data_length = block.data.len();
            self.data = block.data;
            self.text = block.text;
            // What the text becomes on the heap is charged here, once for all the strings of the block.
            return self.charge(block.text.len());
        }
    }

    /// The next `n` bytes of the data lane.
    #[doc(hidden)]
    #[inline(always)]
    pub fn take(&mut self, n: usize) -> Result<&'r [u8]> {
        if n > self.data.len() {
            self.next()?;
        }
        match self.data.split_at_checked(n) {
            Some((taken, rest)) => {
                self.data = rest;
                Ok(taken)
            }
            None => Err(self.short_block(n)),
        }
    }

    /// The next `n` bytes of the data lane, which lie in the current block.
    pub(crate) fn take_here(&mut self, n: usize) -> Result<&'r [u8]> {
        if n > self.data.len() { Err(self.short_block(n)) } else { self.take(n) }
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
        if n > self.text.len() {
            self.next()?;
        }
        match self.text.split_at_checked(self.text.len().wrapping_sub(n)) {
            Some((rest, cut)) => {
                self.text = rest;
                Ok(cut)
            }
            None => Err(self.bad_cut(n)),
        }
    }

    /// Like `text`, for a value that borrows from the input.
    #[inline(always)]
    pub(crate) fn lent_text(&mut self, n: usize) -> Result<&'a str> {
        self.text(n)?;
        let start = self.text.len();
        match self.lent.and_then(|(_, text)| text.get(start..start + n)) {
            Some(text) => Ok(text),
            None => Err(self.cannot_lend("&str", "String")),
        }
    }

    /// Like `text`, lent from the input where that outlives the load.
    pub(crate) fn cow_text(&mut self, n: usize) -> Result<Cow<'a, str>> {
        match self.rest {
            Input::Slice(_) => self.lent_text(n).map(Cow::Borrowed),
            Input::Gathered(_) => self.text(n).map(|text| Cow::Owned(text.to_owned())),
        }
    }

    /// A run of `n` bytes that lie in one piece.
    #[inline]
    pub(crate) fn bytes(&mut self, n: usize) -> Result<&'r [u8]> {
        if n > self.data.len() && n > self.remaining() {
            return Err(self.claim(n as u64));
        }
        self.take(n)
    }

    /// Like `bytes`, lent from the input; `None`, and nothing is taken, where the input does not outlive the load.
    pub(crate) fn try_lend_bytes(&mut self, n: usize) -> Result<Option<&'a [u8]>> {
        if matches!(self.rest, Input::Gathered(_)) {
            return Ok(None);
        }
        self.bytes(n)?;
        let end = self.data_length - self.data.len();
        Ok(self.lent.and_then(|(data, _)| data.get(end.wrapping_sub(n)..end)))
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
        let mut items = self.reserve::<T>(count)?;
        if T::BODY || T::HEAD == 0 {
            for i in 0..count {
                match self.value() {
                    Ok(item) => items.push(item),
                    Err(error) => return Err(error.step(Step::Index(i))),
                }
            }
            return Ok(items);
        }
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

    /// The heads of at least one and at most `count` elements, as many as lie in one block.
    #[inline]
    fn run(&mut self, head: usize, count: usize) -> Result<&'r [u8]> {
        if self.data.len() < head {
            self.next()?;
        }
        let fit = (self.data.len() / head).min(count);
        if fit == 0 {
            return Err(self.short_block(head));
        }
        self.take(fit * head)
    }

    /// An empty vector with room for `count` elements, which have been checked against what the stream can hold and
    /// charged.
    #[inline]
    pub(crate) fn reserve<T: Shape>(&mut self, count: usize) -> Result<Vec<T>> {
        self.claimed::<T>(count)?;
        self.vec(count)
    }

    /// Checks that what is left of the stream can hold `count` values.
    #[inline]
    pub(crate) fn claimed<T: Shape>(&mut self, count: usize) -> Result<()> {
        if T::HEAD == 0 {
            self.charge_empty_elements(count)
        } else if count > self.remaining() / T::HEAD {
            Err(self.claim(count as u64))
        } else {
            Ok(())
        }
    }

    /// An empty vector with room for `count` items, charged.
    #[inline]
    pub(crate) fn vec<T>(&mut self, count: usize) -> Result<Vec<T>> {
        let bytes = count.saturating_mul(size_of::<T>());
        self.charge(bytes)?;
        let mut items = Vec::new();
        self.allocated(bytes, items.try_reserve_exact(count))?;
        Ok(items)
    }

    /// The error for `bytes` of memory that the system does not have.
    pub(crate) fn allocated<E>(&self, bytes: usize, result: Result<(), E>) -> Result<()> {
        result.map_err(|_| self.out_of_memory(bytes))
    }

    /// Bytes that the rest of the stream has at the most.
    #[inline]
    fn remaining(&self) -> usize {
        self.data.len() + self.later
    }

    /// Charges `bytes` of memory that are about to be allocated.
    #[doc(hidden)]
    #[inline(always)]
    pub fn charge(&mut self, bytes: usize) -> Result<()> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => Err(self.out_of_memory(bytes)),
        }
    }

    #[cold]
    #[inline(never)]
    fn charge_empty_elements(&mut self, count: usize) -> Result<()> {
        match self.empty_elements.checked_sub(count) {
            Some(left) => {
                self.empty_elements = left;
                Ok(())
            }
            None => Err(self
                .limit(format!(
                    "more elements that take no bytes than max_empty_elements, {}",
                    self.limits.empty_elements
                ))
                .with_remedy("raise it with `Unpickler::max_empty_elements`")),
        }
    }

    /// Goes one value deeper.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter(&mut self) -> Result<()> {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                Ok(())
            }
            None => Err(self.too_deep()),
        }
    }

    /// Comes back from [`enter`](Reader::enter).
    #[doc(hidden)]
    #[inline(always)]
    pub fn leave(&mut self) {
        self.depth += 1;
    }

    pub(crate) fn context(&self) -> Option<&'r Context> {
        self.context
    }

    /// What `find` answers for the type that is named by its index, kept for the next value of that type and `view`.
    pub(crate) fn resolve(
        &mut self,
        view: TypeId,
        find: impl FnOnce(&RuntimeType<'r>, &Self) -> Result<Option<&'static (dyn Any + Send + Sync)>>,
    ) -> Result<&'static (dyn Any + Send + Sync)> {
        let short = self.take(1)?[0];
        let index = self.length(short)?;
        let Some(found) = self.types.get(index) else {
            return Err(self.corrupt("a type behind `dyn` that the stream has not defined"));
        };
        match found.resolved {
            Some((resolved, answer)) if resolved == view => Ok(answer),
            _ => {
                let Some(answer) = find(found, self)? else {
                    return Err(self.corrupt("a type that can't stand here"));
                };
                self.types[index].resolved = Some((view, answer));
                Ok(answer)
            }
        }
    }

    fn offset(&self) -> u64 {
        self.data_start + (self.data_length - self.data.len()) as u64
    }

    /// The error, at the current place of the data lane unless it has a place.
    #[cold]
    pub(crate) fn place(&self, error: Error) -> Error {
        error.at(self.offset())
    }

    /// An error at the current place of the data lane.
    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, message).at(self.offset())
    }

    /// An error at the byte after those of `part`, where the current block holds them.
    #[cold]
    fn offset_of(&self, part: &[u8]) -> u64 {
        let end = self.data.as_ptr().addr();
        let start = part.as_ptr().addr();
        match end.checked_sub(start) {
            Some(back) if back <= self.data_length => self.offset() - back as u64,
            _ => self.offset(),
        }
    }

    /// Tells which bit pattern in the head of a `T` is no value.
    #[cold]
    #[inline(never)]
    pub(crate) fn refuse<T: Shape>(&self, head: &[u8]) -> Error {
        let start = self.offset_of(head);
        match schema::of::<T>() {
            Ok(schema) => schema.refuse_head(head, start),
            Err(error) => error,
        }
    }

    /// The same within a piece: for its whole head, or the fields' heads of variant number `tag`.
    #[cold]
    #[inline(never)]
    pub(crate) fn refuse_payload<T: Shape>(&self, tag: Option<usize>, head: &[u8]) -> Error {
        let start = self.offset_of(head);
        match schema::of::<T>() {
            Ok(schema) => schema.refuse_payload(tag, head, start),
            Err(error) => error,
        }
    }

    #[cold]
    fn refuse_in_run<T: Shape>(&self, run: &[u8], before: usize) -> Error {
        let Ok(schema) = schema::of::<T>() else { return self.refuse::<T>(run) };
        let start = self.offset_of(run);
        let bad = run.chunks_exact(T::HEAD).position(|head| schema.has_bad_head(head)).unwrap_or(0);
        let head = &run[bad * T::HEAD..(bad + 1) * T::HEAD];
        schema.refuse_head(head, start + (bad * T::HEAD) as u64).step(Step::Index(before + bad))
    }

    /// An error about a tag that selects nothing.
    #[cold]
    #[inline(never)]
    pub(crate) fn refuse_tag(&self, name: &str, tag: usize, variants: usize) -> Error {
        let message = format!("`{name}` has {variants} variants, the stream has number {tag}");
        self.error(ErrorKind::InvalidValue, message)
    }

    #[cold]
    pub(crate) fn corrupt(&self, what: &str) -> Error {
        self.error(ErrorKind::Corrupt, format!("the stream is damaged: {what}"))
            .with_remedy("read it from an intact copy; dump with `Pickler::checksum(true)` to be told of damage before anything is built")
    }

    #[cold]
    #[inline(never)]
    fn short_block(&self, n: usize) -> Error {
        self.corrupt(&format!("{n} bytes are needed, the block has {}", self.data.len()))
    }

    #[cold]
    #[inline(never)]
    fn bad_cut(&self, n: usize) -> Error {
        if n > self.text.len() {
            self.corrupt(&format!("a string of {n} bytes, the block has {} bytes of text", self.text.len()))
        } else {
            self.corrupt("a string that begins within a character")
        }
    }

    #[cold]
    #[inline(never)]
    fn not_used_up(&self) -> Error {
        let (data, text) = (self.data.len(), self.text.len());
        self.corrupt(&format!("a block has {data} bytes of data and {text} of text more than its values take"))
    }

    #[cold]
    #[inline(never)]
    fn claim(&self, count: u64) -> Error {
        if let Some(error) = self.cut_short() {
            return error;
        }
        let left = self.remaining();
        self.corrupt(&format!("it claims {count} elements, and {left} bytes are left"))
    }

    /// The error for a stream whose last block is missing, if it is.
    #[cold]
    fn cut_short(&self) -> Option<Error> {
        let Input::Slice(mut rest) = self.rest else { return None };
        let mut last = self.last;
        while !last {
            let start = self.end - rest.len() as u64;
            match Block::open(rest, start) {
                Ok(block) => {
                    last = block.flags & LAST != 0;
                    rest = &rest[block.length..];
                }
                Err(error) => return Some(error),
            }
        }
        None
    }

    #[cold]
    fn limit(&self, message: String) -> Error {
        self.error(ErrorKind::Limit, message)
    }

    #[cold]
    #[inline(never)]
    fn out_of_memory(&self, bytes: usize) -> Error {
        let (used, limit) = (self.limits.memory - self.memory, self.limits.memory);
        self.limit(format!("{bytes} bytes more than the {used} allocated so far exceed max_memory, {limit} bytes"))
            .with_remedy("raise it with `Unpickler::max_memory` if the stream is to be trusted")
    }

    #[cold]
    #[inline(never)]
    fn too_deep(&self) -> Error {
        self.limit(format!("values nest deeper than max_depth, {}", self.limits.depth))
            .with_remedy("raise it with `Unpickler::max_depth`")
    }

    #[cold]
    #[inline(never)]
    fn cannot_lend(&self, borrowed: &str, owned: &str) -> Error {
        self.error(ErrorKind::CannotBorrow, format!("`{borrowed}` can't borrow from these bytes"))
            .with_remedy(format!("use `{owned}`, or `loads` from a slice"))
    }

    /// The stored shape of what stands behind `dyn`, checked against the type that is to be built.
    pub(crate) fn check_runtime_type(&self, found: &RuntimeType<'r>, expected: &TypeSchema) -> Result<()> {
        if found.fingerprint == expected.fingerprint() && found.schema.is_none_or(|schema| schema == expected.bytes()) {
            return Ok(());
        }
        Err(schema::mismatch(expected, found.fingerprint, found.schema).at(self.offset()))
    }
}

impl std::fmt::Debug for Reader<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("offset", &self.offset()).finish_non_exhaustive()
    }
}

/// One block, opened: its framing checked, its text checked as UTF-8.
struct Block<'b> {
    flags: u16,
    data: &'b [u8],
    text: &'b str,
    length: usize,
}

impl<'b> Block<'b> {
    /// Opens the block at the start of `bytes`, which stands `start` bytes into the stream.
    #[inline(always)]
    fn open(bytes: &'b [u8], start: u64) -> Result<Block<'b>> {
        let Some((frame, rest)) = bytes.split_first_chunk::<BLOCK_HEADER>() else {
            return Err(cut_short(bytes, BLOCK_HEADER, start));
        };
        let Frame { data, gap, flags, text } = Frame::decode(frame, start)?;
        let cut = || cut_short(bytes, BLOCK_HEADER + data + gap + text, start);
        let (data, rest) = rest.split_at_checked(data).ok_or_else(cut)?;
        let (gap, rest) = rest.split_at_checked(gap).ok_or_else(cut)?;
        let (text, rest) = rest.split_at_checked(text).ok_or_else(cut)?;
        if gap.iter().any(|byte| *byte != 0) {
            return Err(Frame::damaged("a gap that is not zeroed", start));
        }
        let text = match utf8(text) {
            Some(text) => text,
            None => return Err(Frame::damaged("text that is not UTF-8", start)),
        };
        Ok(Block { flags, data, text, length: bytes.len() - rest.len() })
    }
}

#[cold]
fn cut_short(bytes: &[u8], need: usize, start: u64) -> Error {
    header::truncated(start + bytes.len() as u64, need.saturating_sub(bytes.len()), "a block")
}

#[inline]
fn utf8(bytes: &[u8]) -> Option<&str> {
    // The vectorised check has a start-up cost that short texts do not earn back.
    if bytes.len() < 64 { std::str::from_utf8(bytes).ok() } else { simdutf8::basic::from_utf8(bytes).ok() }
}

/// A block's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) data: usize,
    pub(crate) gap: usize,
    pub(crate) flags: u16,
    pub(crate) text: usize,
}

impl Frame {
    #[inline]
    pub(crate) fn decode(bytes: &[u8; BLOCK_HEADER], start: u64) -> Result<Frame> {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *bytes;
        let frame = Frame {
            data: u32::from_le_bytes([a, b, c, d]) as usize,
            gap: u16::from_le_bytes([e, f]) as usize,
            flags: u16::from_le_bytes([g, h]),
            text: u32::from_le_bytes([i, j, k, l]) as usize,
        };
        let lone = frame.flags != 0 && frame.gap != 0 || frame.flags & TYPES != 0 && frame.text != 0;
        if frame.gap > MAX_GAP || lone || !matches!(frame.flags, 0 | LAST | TYPES) {
            return Err(Frame::damaged("a block header that no writer makes", start));
        }
        Ok(frame)
    }

    pub(crate) fn length(&self) -> u64 {
        self.data as u64 + self.gap as u64 + self.text as u64
    }

    #[cold]
    fn damaged(what: &str, start: u64) -> Error {
        Error::new(ErrorKind::Corrupt, format!("the stream is damaged: {what}")).at(start)
    }
}

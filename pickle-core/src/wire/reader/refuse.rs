//! What a reader refuses, in words, with the place in the bytes.

use super::Reader;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::schema::runtime::RuntimeType;
use crate::schema::{self, Described, TypeSchema};
use crate::traits::Shape;
use crate::wire::block::Block;
use crate::wire::{Input, LAST};

impl<'r, 'a: 'r> Reader<'r, 'a> {
    /// Where the next byte of the data lane stands.
    #[inline(always)]
    pub(crate) fn offset(&self) -> u64 {
        self.here.lane_start + (self.here.lane.len() - self.here.data.len()) as u64
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

    /// The error of what no writer makes, at the current place of the data lane.
    #[cold]
    pub(crate) fn unwritten(&self, kind: ErrorKind, message: &str) -> Error {
        Error::unwritten(kind, message.to_owned()).at(self.offset())
    }

    /// Where a part of the current block's data lane stands in the stream; `None` for what lay in an earlier block.
    #[cold]
    pub(super) fn offset_of(&self, part: &[u8]) -> Option<u64> {
        let place = part.as_ptr().addr().checked_sub(self.here.lane.as_ptr().addr())?;
        (place + part.len() <= self.here.lane.len()).then_some(self.here.lane_start + place as u64)
    }

    /// Tells which bit pattern in the head of a `T` is no value.
    #[cold]
    #[inline(never)]
    pub(crate) fn refuse<T: Shape>(&self, head: &[u8]) -> Error {
        self.refuse_head(Described::of::<T>(), head)
    }

    #[cold]
    fn refuse_head(&self, described: Described, head: &[u8]) -> Error {
        let start = self.offset_of(head);
        match schema::shared(described) {
            Ok(schema) => self.place(schema.refuse_head(head, start)),
            Err(error) => error,
        }
    }

    /// The same within a piece: for its whole head, or the fields' heads of variant number `tag`.
    #[cold]
    #[inline(never)]
    pub(crate) fn refuse_payload<T: Shape>(&self, tag: Option<usize>, head: &[u8]) -> Error {
        self.refuse_part(Described::of::<T>(), tag, head)
    }

    #[cold]
    fn refuse_part(&self, described: Described, tag: Option<usize>, head: &[u8]) -> Error {
        let start = self.offset_of(head);
        match schema::shared(described) {
            Ok(schema) => self.place(schema.refuse_payload(tag, head, start)),
            Err(error) => error,
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn refuse_in_run<T: Shape>(&self, run: &[u8], before: usize) -> Error {
        self.refuse_one_of(Described::of::<T>(), T::HEAD, run, before)
    }

    #[cold]
    fn refuse_one_of(&self, described: Described, length: usize, run: &[u8], before: usize) -> Error {
        let schema = match schema::shared(described) {
            Ok(schema) => schema,
            Err(error) => return error,
        };
        let start = self.offset_of(run);
        let bad = run.chunks_exact(length).position(|head| schema.has_bad_head(head)).unwrap_or(0);
        let head = &run[bad * length..(bad + 1) * length];
        self.place(schema.refuse_head(head, start.map(|start| start + (bad * length) as u64)))
            .step(Step::Index(before + bad))
    }

    /// The error for parts that are no value of a type, as what makes it of them says.
    #[cold]
    #[inline(never)]
    pub(crate) fn no_value<T: Shape>(&self, error: &dyn std::fmt::Display) -> Error {
        self.error(ErrorKind::InvalidValue, format!("no `{}`: {error}", crate::names::short::<T>()))
            .with_remedy("read it from an intact copy, or as the type that wrote it")
    }

    /// An error about a tag that selects nothing.
    #[cold]
    #[inline(never)]
    pub(crate) fn refuse_tag(&self, name: &str, tag: usize, variants: usize) -> Error {
        let message = format!("`{name}` has {variants} variants, the stream has number {tag}");
        self.unwritten(ErrorKind::InvalidValue, &message)
    }

    #[cold]
    pub(crate) fn corrupt(&self, what: &str) -> Error {
        Error::damaged("the stream", what).at(self.offset())
    }

    #[cold]
    #[inline(never)]
    pub(super) fn short_block(&self, n: usize) -> Error {
        self.corrupt(&format!("{n} bytes are needed, the block has {}", self.here.data.len()))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn bad_cut(&self, n: usize) -> Error {
        if n > self.here.text.len() {
            self.corrupt(&format!("a string of {n} bytes, the block has {} bytes of text", self.here.text.len()))
        } else {
            self.corrupt("a string that begins within a character")
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn not_used_up(&self) -> Error {
        let (data, text) = (self.here.data.len(), self.here.text.len());
        self.corrupt(&format!("a block has {data} bytes of data and {text} of text more than its values take"))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn claim(&self, count: u64) -> Error {
        if let Some(error) = self.cut_short() {
            return error;
        }
        let left = self.remaining();
        self.corrupt(&format!("it claims {count} elements, and {left} bytes are left"))
    }

    /// The error for a stream whose last block is missing, if it is.
    #[cold]
    pub(super) fn cut_short(&self) -> Option<Error> {
        let Input::Slice(mut rest) = self.here.rest else { return None };
        let mut last = self.here.last;
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
    pub(super) fn limit(&self, message: String) -> Error {
        self.error(ErrorKind::Limit, message)
    }

    /// The error for a number of elements that the rest of the stream can't hold.
    #[cold]
    #[inline(never)]
    pub(super) fn too_many(&self, count: usize, head: usize) -> Error {
        if head == 0 && self.cut_short().is_none() { self.too_many_empty() } else { self.claim(count as u64) }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn too_many_empty(&self) -> Error {
        let limit = self.limits.empty_elements;
        self.limit(format!("more elements that take no bytes than max_empty_elements, {limit}"))
            .with_remedy("raise it with `Unpickler::max_empty_elements`")
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_many_objects(&self) -> Error {
        self.limit(format!("more objects than max_objects, {}", self.limits.objects))
            .with_remedy("raise it with `Unpickler::max_objects`")
    }

    #[cold]
    #[inline(never)]
    pub(super) fn not_allowed(&self, name: &str) -> Error {
        let name = name.escape_debug();
        self.error(
            ErrorKind::NotAllowed,
            format!("the stream names `{name}`, which `Unpickler::allow` does not let it"),
        )
        .with_remedy(format!("let it say yes to \"{name}\" if a stream from there may use that"))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn out_of_memory(&self, bytes: usize) -> Error {
        self.place(self.memory().exceeded(bytes))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn too_deep(&self) -> Error {
        self.limit(format!("values nest deeper than max_depth, {}", self.limits.depth))
            .with_remedy("raise it with `Unpickler::max_depth`")
    }

    #[cold]
    #[inline(never)]
    pub(super) fn cannot_lend(&self, borrowed: &str, owned: &str) -> Error {
        let error = self.error(ErrorKind::CannotBorrow, format!("`{borrowed}` can't borrow from these bytes"));
        match self.here.rest {
            // They were brought into the reader's shape, and live no longer than the load.
            Input::Rewritten(_) => error.with_remedy(format!("the stream is of an older shape: use `{owned}`")),
            _ => error.with_remedy(format!("use `{owned}`, or `loads` from a slice")),
        }
    }

    /// The stored shape of what stands behind `dyn`, checked against the type that is to be built.
    pub(crate) fn check_runtime_type(&self, found: &RuntimeType<'r>, expected: &TypeSchema) -> Result<()> {
        if found.fingerprint == expected.fingerprint() && found.schema.is_none_or(|schema| schema == expected.bytes()) {
            return Ok(());
        }
        let is_damaged = found.schema.is_some_and(|schema| schema::fingerprint(schema) != found.fingerprint);
        Err(match is_damaged {
            true => {
                self.place(Error::damaged("the schema of a type behind `dyn`", "it does not match its fingerprint"))
            }
            false => schema::unknown_shape(expected, found.fingerprint).at(self.offset()),
        })
    }
}

//! The one error type: what went wrong, where in the value, where in the bytes, and what to do about it.

mod kind;
mod path;

use std::borrow::Cow;
use std::fmt;

pub use kind::ErrorKind;
pub(crate) use path::Step;

/// What a hook, a rebuilder or an adapter may fail with: anything that converts into it (`String` and `&str` included).
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of everything in this crate that can fail.
///
/// ```
/// fn save(scores: &[u32]) -> pickle_core::Result<Vec<u8>> {
///     pickle_core::dumps(scores)
/// }
/// assert!(save(&[1, 2, 3]).is_ok());
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a value could not be dumped or loaded.
///
/// [`kind`](Error::kind) is for programs, `Display` for people: one sentence with the path to the value, what was
/// expected and found, the byte offset, and the remedy where there is one.
///
/// ```
/// let error = pickle_core::loads::<u32>(b"not a pickle").unwrap_err();
/// assert_eq!(error.kind(), pickle_core::ErrorKind::NotAStream);
/// assert_eq!(error.offset(), Some(0));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    /// Innermost step first: steps are added on the way out.
    path: Vec<Step>,
    /// Whether the path begins at the root, so that no more steps come before it.
    rooted: bool,
    offset: Option<u64>,
    message: Cow<'static, str>,
    remedy: Option<Cow<'static, str>>,
    source: Option<BoxError>,
}

impl Error {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            path: Vec::new(),
            rooted: false,
            offset: None,
            message: message.into(),
            remedy: None,
            source: None,
        }))
    }

    /// An error of the user's own code, which keeps its text and is the `source`.
    #[cold]
    pub(crate) fn hook(what: &str, source: BoxError) -> Self {
        // An error of ours that passed through user code stays what it was.
        let source = match source.downcast::<Error>() {
            Ok(error) => return *error,
            Err(source) => source,
        };
        let mut error = Error::new(ErrorKind::Hook, format!("{what} failed: {source}"));
        error.0.source = Some(source);
        error
    }

    #[cold]
    pub(crate) fn io(what: &str, source: std::io::Error) -> Self {
        let mut error = Error::new(ErrorKind::Io, format!("{what} failed: {source}"));
        error.0.source = Some(Box::new(source));
        error
    }

    /// A value that no dump takes.
    #[cold]
    pub(crate) fn too_deep(max_depth: usize) -> Self {
        Error::new(ErrorKind::Limit, format!("values nest deeper than max_depth, {max_depth}"))
            .with_remedy("raise it with `Pickler::max_depth` (and `Unpickler::max_depth` to load it)")
    }

    /// What no writer makes, so that the bytes are not what was written.
    #[cold]
    pub(crate) fn unwritten(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(kind, message).with_remedy(
            "read it from an intact copy; dump with `Pickler::checksum(true)` to be told of damage before anything is built",
        )
    }

    /// The same in a `part`, which is the stream or its schema, where it has no kind of its own.
    #[cold]
    pub(crate) fn damaged(part: &str, what: &str) -> Self {
        Error::unwritten(ErrorKind::Corrupt, format!("{part} is damaged: {what}"))
    }

    #[cold]
    pub(crate) fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.0.remedy = Some(remedy.into());
        self
    }

    /// Gives the offset, unless a place nearer to the cause has given it.
    #[cold]
    pub(crate) fn at(mut self, offset: u64) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// The same without a place in bytes that the user has never seen.
    #[cold]
    pub(crate) fn without_offset(mut self) -> Self {
        self.0.offset = None;
        self
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn step(mut self, step: Step) -> Self {
        if !self.0.rooted {
            self.0.path.push(step);
        }
        self
    }

    #[cold]
    pub(crate) fn steps(mut self, outer_first: impl IntoIterator<Item = Step, IntoIter: DoubleEndedIterator>) -> Self {
        if !self.0.rooted {
            self.0.path.extend(outer_first.into_iter().rev());
        }
        self
    }

    /// Puts the path of another error before this one's.
    #[cold]
    pub(crate) fn within(mut self, outer: Error) -> Self {
        if !self.0.rooted {
            self.0.path.extend(outer.0.path);
        }
        self
    }

    /// The same where its path is that of a walk from the root, which something deeper down had asked for.
    #[cold]
    pub(crate) fn rooted(mut self) -> Self {
        self.0.rooted = true;
        self
    }

    /// What went wrong, as a program would ask.
    ///
    /// ```
    /// # use pickle_core::{ErrorKind, dumps, loads};
    /// let error = loads::<u32>(&dumps("text").unwrap()).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::WrongType);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The path from the root to the value that failed, such as `players[1].name`; empty for the root itself.
    ///
    /// A number in brackets counts the elements of a sequence or the entries of a map, from 0; `[key 3]` is the key
    /// of the entry with number 3; `.0` is a field of a tuple.
    ///
    /// ```
    /// # use std::cell::RefCell;
    /// let cells = vec![RefCell::new(1), RefCell::new(2)];
    /// let held = cells[1].borrow_mut();
    /// assert_eq!(pickle_core::dumps(&cells).unwrap_err().path(), "[1]");
    /// # drop(held);
    /// ```
    #[must_use]
    pub fn path(&self) -> String {
        path::Path(&self.0.path).to_string()
    }

    /// Where in the stream, in bytes from its first byte; `None` where the bytes are not the cause.
    ///
    /// ```
    /// let bytes = pickle_core::dumps(&7u32).unwrap();
    /// let error = pickle_core::loads::<u32>(&bytes[..3]).unwrap_err();
    /// assert_eq!(error.offset(), Some(3));
    /// ```
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            write!(f, "`{:#}`: ", path::Path(&self.0.path))?;
        }
        f.write_str(&self.0.message)?;
        if let Some(offset) = self.0.offset {
            write!(f, " (at byte {offset})")?;
        }
        if let Some(remedy) = &self.0.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

/// The kind and the sentence: what `unwrap` and a failing `main` print.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

//! The file, read once, and the streams in it.

use std::fs::File;
use std::io::{self, Read};

use pickle_core::inspect::Stream;
use pickle_core::{Error, Value};

use crate::console::Source;
use crate::failure::Failure;
use crate::options::{self, Limits};
use crate::path::Path;
use crate::progress::Progress;
use crate::text;

/// A file, whole.
pub(crate) struct Input {
    name: String,
    pub(crate) bytes: Vec<u8>,
    limits: Limits,
    /// Whether somebody is told how far slow work is.
    tells_progress: bool,
}

/// A stream of a file.
pub(crate) struct Part<'i> {
    input: &'i Input,
    /// Which one it is, from 0.
    pub(crate) index: usize,
    /// Where in the file it begins.
    pub(crate) offset: usize,
    pub(crate) bytes: &'i [u8],
    pub(crate) stream: Stream<'i>,
}

/// Bytes that are read between two looks at how far it is.
const STEP: u64 = 4 << 20;
const MAGIC: [u8; 4] = [0x89, b'P', b'K', b'L'];

impl Input {
    /// Reads a file, or standard input.
    pub(crate) fn read(file: &options::File, source: &mut Source<'_>) -> Result<Input, Failure> {
        let is_stdin = file.file.as_os_str() == "-";
        let name = if is_stdin { "standard input".to_owned() } else { file.file.display().to_string() };
        let mut input = Input { name, bytes: Vec::new(), limits: file.limits, tells_progress: source.tells_progress };
        let read = if is_stdin {
            input.take(&mut source.reader, 0)
        } else {
            File::open(&file.file).and_then(|opened| {
                let length = opened.metadata().map_or(0, |metadata| metadata.len());
                input.take(opened, length)
            })
        };
        match read {
            Ok(()) => Ok(input),
            Err(error) => Err(Failure::io("cannot read", &input.name, &error)),
        }
    }

    /// Reads to the end; of what is no pickle only the beginning, which may have no end. Where the length is not known, it is 0.
    fn take(&mut self, mut reader: impl Read, length: u64) -> io::Result<()> {
        let progress = self.progress("reading", length, length == 0);
        let most = self.limits.input().filter(|_| length == 0).map_or(u64::MAX, |most| most as u64);
        let bytes = &mut self.bytes;
        // Where the length is known, nothing is moved as they grow.
        let capacity = usize::try_from(length).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        bytes.try_reserve_exact(capacity)?;
        let mut step = MAGIC.len() as u64;
        loop {
            // One byte too many tells that there are more.
            let asked = step.min((most - bytes.len() as u64).saturating_add(1));
            let read = reader.by_ref().take(asked).read_to_end(bytes)?;
            progress.at(bytes.len() as u64);
            if bytes.len() as u64 > most {
                return Err(io::Error::other("it is longer than --max-memory"));
            }
            if (read as u64) < asked || !bytes.starts_with(&MAGIC) {
                return Ok(());
            }
            step = STEP;
        }
    }

    /// Tells of the work on so many bytes.
    pub(crate) fn progress(&self, what: &'static str, bytes: u64, quiet: bool) -> Progress {
        Progress::new(what, bytes, quiet || !self.tells_progress)
    }

    /// The streams, one after the other, to the end or the first error.
    pub(crate) fn streams(&self) -> impl Iterator<Item = Result<Part<'_>, Failure>> {
        let (mut next, mut index) = (Some(0), 0);
        std::iter::from_fn(move || {
            let offset = next.take()?;
            let rest = &self.bytes[offset..];
            match self.limits.unpickler().inspect(rest) {
                Ok(stream) => {
                    let end = offset + stream.length();
                    next = (end < self.bytes.len()).then_some(end);
                    let bytes = &self.bytes[offset..end];
                    index += 1;
                    Some(Ok(Part { input: self, index: index - 1, offset, bytes, stream }))
                }
                Err(error) => Some(Err(self.failure(index, offset, &error))),
            }
        })
    }

    /// The failure of a path that leads to nothing in any stream.
    pub(crate) fn has_nothing_at(&self, path: &Path) -> Failure {
        Failure::Bad(format!("{}: nothing is at `{path}`", text::name(&self.name)))
    }

    /// How messages name it.
    pub(crate) fn file_name(&self) -> String {
        text::name(&self.name)
    }

    fn failure(&self, index: usize, offset: usize, error: &Error) -> Failure {
        Failure::of(error, || format!("{}: {}", text::name(&self.name), message(index, offset, error)))
    }
}

/// An error, with the place of its stream where that is not the first: offsets in it are from there.
fn message(index: usize, offset: usize, error: &Error) -> String {
    let error = Limits::in_terms_of_options(&error.to_string());
    if index == 0 { error } else { format!("stream {index}, which begins at byte {offset}: {error}") }
}

impl Part<'_> {
    /// The failure of an error in this stream.
    pub(crate) fn failure(&self, error: &Error) -> Failure {
        self.input.failure(self.index, self.offset, error)
    }

    /// What is said of an error in this stream.
    pub(crate) fn message(&self, error: &Error) -> String {
        text::line(&message(self.index, self.offset, error))
    }

    /// How messages name its file.
    pub(crate) fn file_name(&self) -> String {
        self.input.file_name()
    }

    /// Whether it is all that the file has.
    pub(crate) fn is_only(&self) -> bool {
        self.bytes.len() == self.input.bytes.len()
    }

    /// What the stream holds, with its objects.
    pub(crate) fn value(&self) -> Result<Value, Failure> {
        let _progress = self.progress("gathering", false);
        self.input.limits.unpickler().loads(self.bytes).map_err(|error| self.failure(&error))
    }

    /// Tells of the work on this stream.
    pub(crate) fn progress(&self, what: &'static str, quiet: bool) -> Progress {
        self.input.progress(what, self.bytes.len() as u64, quiet)
    }
}

//! `pickle show`: the values of a file as a tree.

mod layout;
mod line;
mod seek;
mod tell;
mod tree;

use clap::{Args, ValueEnum};

use self::seek::Seek;
use self::tree::{Extent, Tree};
use crate::console::Source;
use crate::failure::Failure;
use crate::input::{Input, Part};
use crate::options::File;
use crate::output::{Ink, Out};
use crate::path::Path;
use crate::progress::Progress;

/// What it can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// Show only what this leads to: `players[3].pet`, `scores["Ann"]`, `ages{7}`, `pairs[key 0]`, `#5.name` of shared object 5
    #[arg(long, value_parser = Path::parse)]
    path: Option<Path>,

    /// Show no more than so many levels
    #[arg(long, value_name = "LEVELS")]
    depth: Option<usize>,

    /// Show all elements, and strings to their ends
    #[arg(long)]
    all: bool,

    /// Where shared objects are shown; by itself `use`, and `file` in a stream of more than 16 MiB
    #[arg(long, value_enum, conflicts_with = "path")]
    objects: Option<Objects>,
}

/// Where shared objects are shown.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Objects {
    /// Where the way to them from the root is shortest; takes several times the memory of the file
    Use,
    /// Each by itself, in the order of the file, the root last; takes little memory beyond the file's
    File,
}

const ELEMENTS: usize = 20;
const TEXT: usize = 100;
/// Streams up to this size are gathered where they have shared objects, so that these can be shown where they are used.
const GATHERED: usize = 16 << 20;

impl Options {
    fn extent(&self) -> Extent {
        let limit = |limit| if self.all { usize::MAX } else { limit };
        Extent { depth: self.depth.unwrap_or(usize::MAX), elements: limit(ELEMENTS), text: limit(TEXT), fit: !self.all }
    }

    fn tree<'o, 'w>(&self, progress: Progress, out: &'o mut Out<'w>) -> Tree<'o, 'w> {
        let title = self.path.as_ref().map(Path::to_string).unwrap_or_default();
        Tree::new(out, self.extent(), progress, &title)
    }

    /// Whether the stream is gathered and then shown, or shown while it is walked through.
    fn gathers(&self, part: &Part<'_>) -> bool {
        let objects = match part.bytes.len() {
            0..=GATHERED => Objects::Use,
            _ => Objects::File,
        };
        let from_the_root = self.path.is_some() || self.objects.unwrap_or(objects) == Objects::Use;
        part.stream.has_objects() && from_the_root
    }
}

/// Shows each stream; with a path, what it leads to in any of them.
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let input = Input::read(&options.file, source)?;
    let mut found = false;
    for part in input.streams() {
        let part = part?;
        if !part.is_only() {
            let note = format!("stream {}, from byte {}", part.index, part.offset);
            let note = out.paint.text(Ink::Note, &note);
            out.line(&note)?;
        }
        found |= show(options, &part, out)?;
    }
    match &options.path {
        Some(path) if !found => Err(input.has_nothing_at(path)),
        _ => Ok(()),
    }
}

/// Shows one stream, and gives whether the path led to something.
fn show(options: &Options, part: &Part<'_>, out: &mut Out<'_>) -> Result<bool, Failure> {
    if options.gathers(part) {
        return gather(options, part, out);
    }
    let failed = |error: &pickle_core::Error| part.failure(error);
    let Some(path) = &options.path else {
        if part.stream.has_objects() && options.objects.is_none() {
            let note = "shared objects as the file has them, the root last; from the root on: --objects use";
            let note = out.paint.text(Ink::Note, note);
            out.line(&note).map_err(|error| failed(&error))?;
        }
        // Lines that run over a terminal tell enough of progress.
        let is_seen = out.is_terminal;
        let mut tree = options.tree(part.progress("showing", is_seen), out);
        part.stream.walk(&mut tree).map_err(|error| failed(&error))?;
        return Ok(true);
    };
    let mut seek = Seek::new(path, options.tree(part.progress("showing", false), out));
    part.stream.walk(&mut seek).map_err(|error| failed(&error))?;
    match seek.found() {
        Some(found) => Ok(found),
        None => gather(options, part, out),
    }
}

/// The same of a stream whose values are gathered first.
fn gather(options: &Options, part: &Part<'_>, out: &mut Out<'_>) -> Result<bool, Failure> {
    let value = part.value()?;
    let found = match &options.path {
        Some(path) => path.find_in_object(&value),
        None => Some((value.root(), None)),
    };
    let Some((node, object)) = found else { return Ok(false) };
    let mut tree = options.tree(part.progress("showing", true), out);
    tell::tell(&value, node, object, &mut tree).map_err(|error| part.failure(&error))?;
    Ok(true)
}

//! `pickle show`: the values of a file as a tree.

use clap::Args;

use crate::failure::Failure;
use crate::graph;
use crate::input::{Input, Part};
use crate::options::File;
use crate::output::{Ink, Out};
use crate::path::Path;
use crate::tree::{Extent, Tree};

/// What it can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// Show only what this leads to: `players[3].pet`, `scores["Ann"]`, `pairs[key 0]`, `#5.name` of shared object 5
    #[arg(long, value_parser = Path::parse)]
    path: Option<Path>,

    /// Show no more than so many levels
    #[arg(long, value_name = "LEVELS")]
    depth: Option<usize>,

    /// Show all elements of sequences, and strings to their ends
    #[arg(long)]
    all: bool,

    /// Show shared objects in the order of the file, each by itself: takes no memory beyond the file's
    #[arg(long, conflicts_with = "path")]
    flat: bool,
}

const ELEMENTS: usize = 20;
const TEXT: usize = 200;

impl Options {
    fn extent(&self) -> Extent {
        let limit = |limit| if self.all { usize::MAX } else { limit };
        Extent {
            depth: self.depth.unwrap_or(usize::MAX),
            elements: limit(ELEMENTS),
            text: limit(TEXT),
            fit: !self.all,
        }
    }
}

/// Shows each stream; with a path, what it leads to in any of them.
pub(crate) fn run(options: &Options, out: &mut Out) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
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
    if found { Ok(()) } else { Err(Failure::Bad("the file has nothing at the end of this path".to_owned())) }
}

/// Shows one stream, and gives whether the path led to something.
fn show(options: &Options, part: &Part<'_>, out: &mut Out) -> Result<bool, Failure> {
    let name = options.path.as_ref().map(Path::to_string).unwrap_or_default();
    let quiet = out.is_terminal;
    let failed = |error: &pickle_core::Error| part.failure(error);
    if options.flat || !part.stream.has_objects() {
        if options.path.as_ref().is_some_and(Path::is_of_object) {
            return Ok(false);
        }
        let mut tree = Tree::new(out, options.extent(), part.progress("showing", quiet));
        if let Some(path) = &options.path {
            tree = tree.seek(path.clone(), &name);
        }
        part.stream.walk(&mut tree).map_err(|error| failed(&error))?;
        return Ok(tree.found());
    }
    let value = part.value()?;
    let node = match &options.path {
        Some(path) => path.find(&value),
        None => Some(value.root()),
    };
    let Some(node) = node else { return Ok(false) };
    let mut tree = Tree::new(out, options.extent(), part.progress("showing", true)).titled(&name);
    graph::tell(&value, node, &mut tree).map_err(|error| failed(&error))?;
    Ok(true)
}

//! `pickle json`: the values of a file as JSON, one document a stream.

use clap::Args;

use crate::console::Source;
use crate::failure::Failure;
use crate::input::Input;
use crate::options::File;
use crate::output::Out;
use crate::path::Path;

const CONVENTIONS: &str = "\
How values are written:
  struct, map with simple keys    an object
  tuple, sequence, set, array     an array; a struct of one unnamed field is that field alone
  map with other keys             an array of pairs
  enum                            \"Variant\", or {\"Variant\": its fields}
  value behind a trait            {\"NameOfItsType\": value}
  Option                          null, or the value
  NaN, infinities                 null, because JSON has none of them
  file with shared objects        {\"$root\": value, \"$objects\": [object 0, object 1, ...]}
  pointer to a shared object      {\"$ref\": its number}; a weak one {\"$weak\": its number}; one to nothing null

Several streams are several documents, each on a line of its own.";

/// What it can be told.
#[derive(Debug, Args)]
#[command(after_help = CONVENTIONS)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// Write only what this leads to, such as `players[3].pet`, without the shared objects; what is at `#5` is one
    #[arg(long, value_parser = Path::parse)]
    path: Option<Path>,

    /// Write it on many lines, indented
    #[arg(long)]
    pretty: bool,
}

/// Writes each stream.
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let input = Input::read(&options.file, source)?;
    let mut found = options.path.is_none();
    for part in input.streams() {
        let part = part?;
        let value = part.value()?;
        let written = match &options.path {
            None => out.json(&value, options.pretty),
            Some(path) => match path.find(&value) {
                Some(node) => {
                    found = true;
                    out.json(&node, options.pretty)
                }
                None => Ok(()),
            },
        };
        written.map_err(|error| part.failure(&error))?;
    }
    match &options.path {
        Some(path) if !found => Err(input.has_nothing_at(path)),
        _ => Ok(()),
    }
}

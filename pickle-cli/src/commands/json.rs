//! `pickle json`: the values of a file as JSON, one document a stream and line.

use clap::Args;
use pickle_core::inspect::{Composite, Kind, Object, Primitive, Reference, Run, Scalar, Step, Type, Visitor};

use crate::failure::Failure;
use crate::graph::{self, Sink};
use crate::input::Input;
use crate::options::File;
use crate::output::Out;

const CONVENTIONS: &str = "\
How values are written:
  struct, map with simple keys      an object; a `$` that begins a key is written twice
  tuple, sequence, set, array       an array; a struct of one unnamed field is that field alone
  map with other keys               an array of pairs
  enum                              \"Variant\", or {\"Variant\": its fields}
  value behind a trait              {\"NameOfItsType\": value}
  Option                            null or the value; {\"Some\": value} where the value itself may be null
  Vec<u8>                           {\"$bytes\": \"base64\"}, or an array with --bytes array
  u128, i128                        a string
  NaN, infinities                   \"NaN\", \"Infinity\", \"-Infinity\"
  object with several pointers      {\"$id\": 3, its fields} or {\"$id\": 3, \"$value\": value} at the first of them,
                                    {\"$ref\": 3} at the others; a weak pointer is {\"$weak\": 3}, or null
  long chains of objects            {\"$root\": value, \"$objects\": [the objects too far from the root]}";

/// What it can be told.
#[derive(Debug, Args)]
#[command(after_help = CONVENTIONS)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// How sequences of u8 are written
    #[arg(long, value_enum, default_value_t = Bytes::Base64)]
    bytes: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum Bytes {
    /// As text
    Base64,
    /// As numbers
    Array,
}

/// Writes each stream.
pub(crate) fn run(options: &Options, out: &mut Out) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
    for part in input.streams() {
        let part = part?;
        let mut writer = Writer { out, bytes: options.bytes, ..Writer::new() };
        if part.stream.has_objects() {
            let value = part.value()?;
            let mut pointers = Pointers { counts: vec![0; value.object_count()], ..Pointers::default() };
            graph::tell(&value, value.root(), &mut pointers).map_err(|error| part.failure(&error))?;
            writer.pointers = pointers;
            graph::tell(&value, value.root(), &mut writer).map_err(|error| part.failure(&error))?;
        } else {
            part.stream.walk(&mut writer).map_err(|error| part.failure(&error))?;
        }
        writer.finish()?;
    }
    Ok(())
}

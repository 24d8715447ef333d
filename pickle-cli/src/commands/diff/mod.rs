//! `pickle diff`: where two files differ.

mod compare;
mod pairs;

use std::path::PathBuf;

use clap::Args;
use pickle_core::Value;
use serde_json::json;

use self::compare::{Compare, Difference};
use crate::console::Source;
use crate::failure::Failure;
use crate::input::{Input, Part};
use crate::options::{File, Format, Limits};
use crate::output::{Ink, Out};

const EXPLAINED: &str = "\
  path: old -> new    another value
- path: value         only in A
+ path: value         only in B
  path: sharing ...   pointers that are to one object in the one file, and to two in the other

Entries of maps and sets are compared by their keys, fields by their names. Where a sequence got longer or shorter, its \
first and last elements are compared with those that they are like; a path has the place in A, after `+` that in B. An \
object that many refer to is compared once, at the first path to it; far from the root that is `#7`, its number in A. \
Streams of the same bytes are not looked into: whether they are intact is for `pickle verify` to tell.

Exit codes: 0 no difference, 1 they differ, 2 a file is damaged or can't be had.";

/// What it can be told.
#[derive(Debug, Args)]
#[command(after_help = EXPLAINED)]
pub(crate) struct Options {
    /// The one file; `-` is standard input
    #[arg(value_name = "A")]
    old: PathBuf,

    /// The other file
    #[arg(value_name = "B")]
    new: PathBuf,

    /// For whom the output is
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    limits: Limits,
}

/// Compares stream by stream.
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    if options.old == options.new && options.old.as_os_str() == "-" {
        return Err(Failure::Trouble("standard input can be only one of the two files".to_owned()));
    }
    let mut read = |file: &PathBuf| Input::read(&File { file: file.clone(), limits: options.limits }, source);
    let inputs = [read(&options.old)?, read(&options.new)?];
    let differ = compare(&inputs, options.format == Format::Json, out).map_err(|failure| match failure {
        // What differs exits with 1, as with other programs that compare.
        Failure::Bad(message) => Failure::Trouble(message),
        // What could not be written is a difference.
        Failure::Unwritten => Failure::Said,
        failure => failure,
    })?;
    if differ { Err(Failure::Said) } else { Ok(()) }
}

fn compare(inputs: &[Input; 2], is_json: bool, out: &mut Out<'_>) -> Result<bool, Failure> {
    let [old, new] = inputs;
    let (mut old, mut new) = (old.streams(), new.streams());
    let mut differ = false;
    loop {
        let mut report = Report { out, is_json, stream: 0, is_one_of_many: false, differ: false };
        match (old.next().transpose()?, new.next().transpose()?) {
            (None, None) => return Ok(differ),
            (Some(a), Some(b)) => {
                report.stream = a.index;
                report.is_one_of_many = !a.is_only() || !b.is_only();
                both(&a, &b, &mut report)?;
            }
            (Some(a), None) => report.only(&a, true)?,
            (None, Some(b)) => report.only(&b, false)?,
        }
        differ |= report.differ;
    }
}

fn both(a: &Part<'_>, b: &Part<'_>, report: &mut Report<'_, '_>) -> Result<(), Failure> {
    if a.bytes == b.bytes {
        return Ok(());
    }
    let values: [Value; 2] = [a.value()?, b.value()?];
    if a.stream.fingerprint() != b.stream.fingerprint() {
        let [old, new] = [a, b].map(|part| format!("{:016x}", part.stream.fingerprint()));
        report.tell("", Difference::Types { old, new })?;
    }
    let [a, b] = &values;
    Compare::new(a, b).run(&mut |path, difference| report.tell(path, difference))?;
    Ok(())
}

/// Writes differences as they are found.
struct Report<'o, 'w> {
    out: &'o mut Out<'w>,
    is_json: bool,
    stream: usize,
    is_one_of_many: bool,
    differ: bool,
}

impl Report<'_, '_> {
    /// A stream that only one of the files has.
    fn only(&mut self, part: &Part<'_>, is_old: bool) -> pickle_core::Result<()> {
        self.stream = part.index;
        self.is_one_of_many = true;
        let value = part.stream.types().map_or_else(|_| "a stream".to_owned(), |types| types.root().name());
        self.tell("", if is_old { Difference::Removed { value } } else { Difference::Added { value } })
    }

    fn tell(&mut self, path: &str, difference: Difference) -> pickle_core::Result<()> {
        self.differ = true;
        if self.is_json {
            let line = match difference {
                Difference::Changed { old, new } => json!({ "change": "changed", "a": old, "b": new }),
                Difference::Removed { value } => json!({ "change": "removed", "a": value }),
                Difference::Added { value } => json!({ "change": "added", "b": value }),
                Difference::Sharing { old, new } => json!({ "change": "sharing", "a": old, "b": new }),
                Difference::Types { old, new } => json!({ "change": "types", "a": old, "b": new }),
            };
            let mut whole = json!({ "stream": self.stream, "path": path });
            if let (Some(whole), serde_json::Value::Object(line)) = (whole.as_object_mut(), line) {
                whole.extend(line);
            }
            return self.out.json(&whole, false);
        }
        let paint = self.out.paint;
        let mut line = match difference {
            Difference::Removed { .. } => paint.text(Ink::Old, "- "),
            Difference::Added { .. } => paint.text(Ink::New, "+ "),
            _ => "  ".to_owned(),
        };
        if self.is_one_of_many {
            paint.push(&mut line, Ink::Note, &format!("stream {} ", self.stream));
        }
        paint.push(&mut line, Ink::Label, if path.is_empty() { "(root)" } else { path });
        line.push_str(": ");
        match difference {
            Difference::Changed { old, new } => {
                paint.push(&mut line, Ink::Old, &old);
                line.push_str(" -> ");
                paint.push(&mut line, Ink::New, &new);
            }
            Difference::Removed { value } => paint.push(&mut line, Ink::Old, &value),
            Difference::Added { value } => paint.push(&mut line, Ink::New, &value),
            Difference::Sharing { old, new } => {
                line.push_str("sharing: ");
                paint.push(&mut line, Ink::Old, &old);
                line.push_str(" -> ");
                paint.push(&mut line, Ink::New, &new);
            }
            Difference::Types { old, new } => {
                line.push_str("other types, which `pickle schema` shows: fingerprint ");
                paint.push(&mut line, Ink::Old, &old);
                line.push_str(" -> ");
                paint.push(&mut line, Ink::New, &new);
            }
        }
        self.out.line(&line)
    }
}

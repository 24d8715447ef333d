//! `pickle verify`: whether a file is intact, as far as that can be told without its Rust types.

use clap::Args;
use pickle_core::ErrorKind;
use pickle_core::inspect::{Composite, Reference, Run, Scalar, Span, Type, Visitor};
use serde_json::json;

use crate::console::Source;
use crate::failure::Failure;
use crate::input::{Input, Part};
use crate::options::{File, Format};
use crate::output::{Ink, Out};
use crate::progress::Progress;
use crate::text;

/// What it can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// For whom the output is
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Counts what is checked.
struct Counts {
    values: u64,
    objects: u64,
    progress: Progress,
}

impl Counts {
    fn value(&mut self) -> pickle_core::Result<()> {
        self.values += 1;
        Ok(())
    }
}

impl Visitor<'_> for Counts {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.progress.at(span.offset);
        Ok(())
    }
    fn objects(&mut self, count: usize) -> pickle_core::Result<()> {
        self.objects = count as u64;
        Ok(())
    }
    fn begin(&mut self, _: Composite<'_>) -> pickle_core::Result<()> {
        self.value()
    }
    fn scalar(&mut self, _: Scalar, _: Type<'_>) -> pickle_core::Result<()> {
        self.value()
    }
    fn string(&mut self, _: &str) -> pickle_core::Result<()> {
        self.value()
    }
    fn function(&mut self, _: &str) -> pickle_core::Result<()> {
        self.value()
    }
    fn reference(&mut self, _: Reference, _: Type<'_>) -> pickle_core::Result<()> {
        self.value()
    }
    fn run(&mut self, run: Run<'_, '_>) -> pickle_core::Result<()> {
        self.values += run.iter().count() as u64;
        Ok(())
    }
}

/// Checks each stream, and says what was checked; a stream without its schema only in so far as that can be. Whether that can
/// be written changes nothing of the answer: `Out::finish` tells.
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let input = Input::read(&options.file, source)?;
    let is_json = options.format == Format::Json;
    let (mut streams, mut bytes) = (0, 0);
    for part in input.streams() {
        let part = match part {
            Ok(part) => part,
            Err(Failure::Bad(message)) if is_json => {
                let line = json!({ "stream": streams, "offset": bytes, "ok": false, "error": message });
                drop(out.json(&line, false));
                return Err(Failure::Said);
            }
            Err(failure) => return Err(failure),
        };
        let (values, objects) = match check(&part) {
            Ok(counts) => counts,
            Err(error) if is_json => {
                let line = json!({
                    "stream": part.index, "offset": part.offset, "ok": false, "error": part.message(&error),
                    "path": error.path(), "byte": error.offset().map(|at| at + part.offset as u64),
                });
                drop(out.json(&line, false));
                return Err(Failure::Said);
            }
            Err(error) => return Err(part.failure(&error)),
        };
        if is_json {
            let types = part.stream.types().ok();
            let line = json!({
                "stream": part.index, "offset": part.offset, "ok": true, "bytes": part.bytes.len(),
                "root": types.map(|types| types.root().name()), "schema": types.is_some(),
                "fingerprint": format!("{:016x}", part.stream.fingerprint()),
                "checksum": part.stream.has_checksum(),
                "values": types.map(|_| values), "objects": types.map(|_| objects),
            });
            drop(out.json(&line, false));
        } else {
            drop(tell(&part, values, objects, out));
        }
        streams += 1;
        bytes += part.bytes.len();
    }
    if !is_json && streams > 1 {
        let streams = text::count(streams, "stream", "streams");
        drop(out.line(&format!("{}: {streams}, {}", input.file_name(), text::bytes(bytes as u64))));
    }
    Ok(())
}

/// The numbers of values and of objects in a stream, which are not known without its schema.
fn check(part: &Part<'_>) -> pickle_core::Result<(u64, u64)> {
    let mut counts = Counts { values: 0, objects: 0, progress: part.progress("verifying", false) };
    match part.stream.walk(&mut counts) {
        Err(error) if error.kind() != ErrorKind::NoSchema => Err(error),
        _ => Ok((counts.values, counts.objects)),
    }
}

fn tell(part: &Part<'_>, values: u64, objects: u64, out: &mut Out<'_>) -> pickle_core::Result<()> {
    let mut line = String::new();
    let name = if part.is_only() { part.file_name() } else { format!("stream {}", part.index) };
    out.paint.push(&mut line, Ink::Label, &name);
    line.push_str(": ");
    let mut facts = vec![];
    match part.stream.types() {
        Ok(types) => {
            facts.push(out.paint.text(Ink::New, "ok"));
            facts.push(out.paint.text(Ink::Type, &types.root().name()));
            facts.push(text::count(values, "value", "values"));
            if objects > 0 {
                facts.push(text::count(objects, "shared object", "shared objects"));
            }
        }
        Err(_) => facts.push(format!(
            "only its blocks can be checked without a schema, whose fingerprint is {:016x}",
            part.stream.fingerprint()
        )),
    }
    facts.push(if part.stream.has_checksum() { "checksum right" } else { "no checksum" }.to_owned());
    facts.push(text::bytes(part.bytes.len() as u64));
    line.push_str(&facts.join(", "));
    out.line(&line)
}

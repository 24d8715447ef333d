//! `pickle verify`: whether a file is intact, as far as that can be told without its Rust types.

use clap::Args;
use pickle_core::ErrorKind;
use pickle_core::inspect::{Composite, Reference, Run, Scalar, Span, Type, Visitor};
use serde_json::json;

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
        self.values += 1;
        Ok(())
    }
    fn scalar(&mut self, _: Scalar, _: Type<'_>) -> pickle_core::Result<()> {
        self.values += 1;
        Ok(())
    }
    fn string(&mut self, _: &str) -> pickle_core::Result<()> {
        self.values += 1;
        Ok(())
    }
    fn function(&mut self, _: &str) -> pickle_core::Result<()> {
        self.values += 1;
        Ok(())
    }
    fn reference(&mut self, _: Reference, _: Type<'_>) -> pickle_core::Result<()> {
        self.values += 1;
        Ok(())
    }
    fn run(&mut self, run: Run<'_, '_>) -> pickle_core::Result<()> {
        self.values += run.iter().count() as u64;
        Ok(())
    }
}

/// Checks each stream, and says what was checked; a stream without its schema only in so far as that can be.
pub(crate) fn run(options: &Options, out: &mut Out) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
    let is_json = options.format == Format::Json;
    let (mut streams, mut bytes) = (0, 0);
    for part in input.streams() {
        let part = match part {
            Ok(part) => part,
            Err(failure) if is_json => {
                let Failure::Bad(message) = failure else { return Err(failure) };
                out.line(&json!({ "stream": streams, "offset": bytes, "ok": false, "error": message }).to_string())?;
                return Err(Failure::Said);
            }
            Err(failure) => return Err(failure),
        };
        let mut counts = Counts { values: 0, objects: 0, progress: part.progress("verifying", false) };
        let checked = part.stream.walk(&mut counts);
        drop(std::mem::replace(&mut counts.progress, part.progress("", true)));
        if let Err(error) = &checked
            && error.kind() != ErrorKind::NoSchema
        {
            if !is_json {
                return Err(part.failure(error));
            }
            let line = json!({
                "stream": part.index, "offset": part.offset, "ok": false, "error": part.message(error),
                "path": error.path(), "byte": error.offset().map(|at| at + part.offset as u64),
            });
            out.line(&line.to_string())?;
            return Err(Failure::Said);
        }
        tell(&part, &counts, is_json, out)?;
        streams += 1;
        bytes += part.bytes.len();
    }
    if !is_json {
        let streams = text::count(streams, "stream", "streams");
        out.line(&format!("{}: {streams}, {}", text::name(&input.name), text::bytes(bytes as u64)))?;
    }
    Ok(())
}

fn tell(part: &Part<'_>, counts: &Counts, is_json: bool, out: &mut Out) -> Result<(), Failure> {
    let types = part.stream.types().ok();
    let root = types.map(|types| types.root().name());
    let has_checksum = part.stream.has_checksum();
    if is_json {
        let line = json!({
            "stream": part.index, "offset": part.offset, "ok": true, "bytes": part.bytes.len(), "root": root,
            "fingerprint": format!("{:016x}", part.stream.fingerprint()), "schema": types.is_some(),
            "checksum": has_checksum, "values": types.map(|_| counts.values), "objects": types.map(|_| counts.objects),
        });
        return Ok(out.line(&line.to_string())?);
    }
    let mut line = String::new();
    out.paint.push(&mut line, Ink::Label, &format!("stream {}", part.index));
    line.push_str(": ");
    match root {
        Some(root) => {
            out.paint.push(&mut line, Ink::New, "ok");
            line.push_str(", ");
            out.paint.push(&mut line, Ink::Type, &root);
            line.push_str(&format!(", {}", text::count(counts.values, "value", "values")));
            if counts.objects > 0 {
                line.push_str(&format!(", {}", text::count(counts.objects, "shared object", "shared objects")));
            }
            line.push_str(if has_checksum { ", checksum right" } else { ", no checksum" });
        }
        None => {
            line.push_str("its header and the lengths of its blocks are right; without its schema no more can be checked");
        }
    }
    line.push_str(&format!(", {}", text::bytes(part.bytes.len() as u64)));
    Ok(out.line(&line)?)
}

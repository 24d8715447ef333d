//! `pickle dis`: what every byte of a file is.

mod blocks;
mod explain;

use std::collections::HashMap;
use std::sync::Arc;

use clap::Args;
use pickle_core::ErrorKind;
use pickle_core::inspect::{
    Composite, DeferredCell, Kind, Object, Reference, Run, Scalar, Span, Step, Type, TypeTable, Visitor, What,
};
use serde_json::json;

use crate::failure::Failure;
use crate::input::{Input, Part};
use crate::options::{File, Format};
use crate::output::{Ink, Out};
use crate::path::Trail;
use crate::progress::Progress;
use crate::text;

/// What it can be told.
#[derive(Debug, Args)]
#[command(after_help = "\
Each line is a span of bytes: where it begins in the file, how long it is, the bytes, the path of the value that it \
belongs to, and what it is. The text of a block stands at its end, the first string last.")]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// For whom the output is
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Explains each stream, one span of bytes a line.
pub(crate) fn run(options: &Options, out: &mut Out) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
    let quiet = out.is_terminal;
    for part in input.streams() {
        let part = part?;
        let mut dis = Dis {
            out,
            part: &part,
            is_json: options.format == Format::Json,
            width: text::number(input.bytes.len() as u64).len(),
            spans: Vec::new(),
            waiting: 0,
            deferred: HashMap::new(),
            trail: Trail::default(),
            types: part.stream.types().ok().cloned(),
            progress: part.progress("explaining", quiet),
        };
        let walked = match part.stream.walk(&mut dis) {
            Err(error) if error.kind() == ErrorKind::NoSchema => blocks::without_schema(&mut dis),
            walked => walked,
        };
        // What was explained before an error is still worth reading.
        dis.write_spans()?;
        walked.map_err(|error| part.failure(&error))?;
    }
    Ok(())
}

struct Dis<'o, 'p> {
    out: &'o mut Out,
    part: &'p Part<'p>,
    is_json: bool,
    /// Characters of an offset.
    width: usize,
    /// Spans of the block that is read, which are not in the order of their bytes; the next event may say more about the
    /// last one.
    spans: Vec<Explained>,
    /// How much memory they take.
    waiting: usize,
    /// The paths of cells that are filled later.
    deferred: HashMap<DeferredCell, String>,
    trail: Trail,
    types: Option<Arc<TypeTable>>,
    progress: Progress,
}

struct Explained {
    span: Span,
    path: String,
    note: String,
}

/// Bytes that are shown of a span.
const HEX: usize = 8;
const TEXT: usize = 60;
const NUMBERS: usize = 6;
/// A hostile file may be one block of a span a byte, each far from the root: what waits for its order takes no more bytes.
const WAITING: usize = 64 << 20;

impl Dis<'_, '_> {
    fn bytes(&self, span: Span) -> &[u8] {
        let start = usize::try_from(span.offset).unwrap_or(usize::MAX);
        let length = usize::try_from(span.length).unwrap_or(usize::MAX);
        self.part.bytes.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    /// Adds a span, with the path to where the walk stands.
    fn add(&mut self, span: Span, note: String) -> pickle_core::Result<()> {
        // All spans of a block come between its header and that of the next one.
        if matches!(span.what, What::BlockHeader | What::Checksum) || self.waiting > WAITING {
            self.write_spans()?;
        }
        self.waiting += size_of::<Explained>() + self.trail.path().len() + note.len();
        self.spans.push(Explained { span, path: self.trail.path().to_owned(), note });
        Ok(())
    }

    /// Writes the spans that wait, in the order of their bytes.
    fn write_spans(&mut self) -> pickle_core::Result<()> {
        let mut spans = std::mem::take(&mut self.spans);
        spans.sort_by_key(|explained| explained.span.offset);
        spans.iter().try_for_each(|explained| self.write(explained))?;
        spans.clear();
        (self.spans, self.waiting) = (spans, 0);
        Ok(())
    }

    fn write(&mut self, Explained { span, path, note }: &Explained) -> pickle_core::Result<()> {
        let offset = span.offset + self.part.offset as u64;
        if self.is_json {
            /// Bytes that programs get of a span.
            const MOST: usize = 64;
            let first = |bytes: &'_ [u8]| bytes[..bytes.len().min(MOST)].to_vec();
            let line = json!({
                "stream": self.part.index, "offset": offset, "length": span.length, "what": format!("{:?}", span.what),
                "path": path, "note": note, "bytes": text::hex(&first(self.bytes(*span)), MOST, ""),
            });
            return self.out.json(&line, false);
        }
        let paint = self.out.paint;
        let bytes = text::hex(self.bytes(*span), HEX, " ");
        let mut line = format!("{:>width$} {:>7}  ", text::number(offset), text::number(span.length), width = self.width);
        paint.push(&mut line, Ink::Note, &format!("{bytes:<25}"));
        line.push(' ');
        if !path.is_empty() {
            paint.push(&mut line, Ink::Label, path);
            line.push_str(": ");
        }
        line.push_str(note);
        self.out.line(&line)
    }

    /// Says more about the last span, if it is of one of these kinds.
    fn note(&mut self, of: &[What], note: impl FnOnce() -> String) {
        if let Some(last) = self.spans.last_mut()
            && of.contains(&last.span.what)
        {
            last.note = note();
        }
    }
}

impl<'s> Visitor<'s> for Dis<'_, '_> {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.progress.at(span.offset);
        self.add(span, self.explain(span))
    }
    fn types(&mut self, number: usize, name: &'s str, _: &Arc<TypeTable>) -> pickle_core::Result<()> {
        self.note(&[What::TypeNumber], || format!("type {number}, `{}`", text::name(name)));
        Ok(())
    }
    fn begin_object(&mut self, object: Object<'_>) -> pickle_core::Result<()> {
        self.trail.restart(Some(object.id));
        self.note(&[What::ObjectNumber], || format!("object #{}, `{}`", object.id, object.kind.name()));
        Ok(())
    }
    fn end_object(&mut self) -> pickle_core::Result<()> {
        self.trail.restart(None);
        Ok(())
    }
    fn begin_fill(&mut self, cell: DeferredCell, _: Type<'_>) -> pickle_core::Result<()> {
        self.trail.restart(Some(cell.object));
        if let Some(path) = self.deferred.remove(&cell) {
            self.trail.restart_at(path);
        }
        Ok(())
    }
    fn end_fill(&mut self) -> pickle_core::Result<()> {
        self.trail.restart(None);
        Ok(())
    }
    fn begin_root(&mut self, _: Type<'_>) -> pickle_core::Result<()> {
        self.trail.restart(None);
        Ok(())
    }
    fn end_root(&mut self) -> pickle_core::Result<()> {
        self.trail.restart(None);
        Ok(())
    }
    fn step(&mut self, step: Step<'_>) -> pickle_core::Result<()> {
        self.trail.step(step);
        Ok(())
    }
    fn begin(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        self.trail.begin();
        let kind = composite.kind();
        match composite {
            Composite::Variant(_, number) => {
                if let Kind::Enum(name, variants) = kind.kind() {
                    let variant = variants.get(number).map_or("", |variant| variant.name);
                    let (name, variant) = (text::name(name), text::name(variant));
                    self.note(&[What::VariantTag], || format!("variant {number}, `{name}::{variant}`"));
                }
            }
            Composite::Dynamic { number, name, .. } => {
                self.note(&[What::TypeNumber], || format!("type {number}, `{}`", text::name(name)));
            }
            Composite::Absent(_) => self.note(&[What::OptionTag], || "None".into()),
            Composite::Present(_) => self.note(&[What::OptionTag], || "Some".into()),
            Composite::Sequence { length, .. } | Composite::Set { length, .. } | Composite::Map { length, .. } => {
                let length = text::number(length as u64);
                self.note(&[What::Length, What::LongLength], || format!("{}, length {length}", kind.name()));
            }
            _ => {}
        }
        Ok(())
    }
    fn end(&mut self) -> pickle_core::Result<()> {
        self.trail.end();
        Ok(())
    }
    fn deferred(&mut self, cell: DeferredCell, _: Type<'_>) -> pickle_core::Result<()> {
        self.deferred.insert(cell, self.trail.path().to_owned());
        Ok(())
    }
    fn scalar(&mut self, scalar: Scalar, kind: Type<'_>) -> pickle_core::Result<()> {
        self.note(&[What::Scalar, What::Compact], || format!("{} {scalar}", kind.name()));
        Ok(())
    }
    fn string(&mut self, text: &'s str) -> pickle_core::Result<()> {
        self.note(&[What::Text], || text::quoted(text, TEXT));
        Ok(())
    }
    fn function(&mut self, name: &'s str) -> pickle_core::Result<()> {
        self.note(&[What::Text], || format!("fn {}", text::name(name)));
        Ok(())
    }
    fn run(&mut self, run: Run<'_, 's>) -> pickle_core::Result<()> {
        self.note(&[What::Run], || {
            let count = run.iter().count();
            let shown: Vec<_> = run.iter().take(NUMBERS).map(|number| number.to_string()).collect();
            let more = if count > NUMBERS { ", …" } else { "" };
            let (count, kind) = (text::number(count as u64), run.kind.name());
            let from = if run.first > 0 { format!(" from [{}] on", run.first) } else { String::new() };
            format!("{count} {kind}{from}: {}{more}", shown.join(", "))
        });
        Ok(())
    }
    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> pickle_core::Result<()> {
        let to = match reference {
            Reference::Strong(id) | Reference::Weak(id) => format!("object #{id}"),
            Reference::Dangling => "nothing".to_owned(),
        };
        self.note(&[What::Reference], || format!("{} to {to}", kind.name()));
        Ok(())
    }
}

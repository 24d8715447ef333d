//! `pickle dis`: what every byte of a file is.

mod blocks;
mod explain;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use clap::Args;
use pickle_core::ErrorKind;
use pickle_core::inspect::{
    Composite, DeferredCell, Kind, Object, Reference, Run, Scalar, Span, Step, Type, TypeTable, Visitor, What,
};
use serde_json::json;

use crate::console::Source;
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
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let input = Input::read(&options.file, source)?;
    let quiet = out.is_terminal;
    let form = Form { is_json: options.format == Format::Json, width: text::number(input.bytes.len() as u64).len() };
    for part in input.streams() {
        let part = part?;
        let mut window = 0..u64::MAX;
        loop {
            let mut dis = Dis {
                part: &part,
                window: window.clone(),
                spans: BTreeMap::new(),
                waiting: 0,
                last: None,
                deferred: VecDeque::new(),
                trail: Trail::default(),
                types: part.stream.types().ok().cloned(),
                progress: part.progress("explaining", quiet),
            };
            let walked = match part.stream.walk(&mut dis) {
                Err(error) if error.kind() == ErrorKind::NoSchema => blocks::without_schema(&mut dis),
                walked => walked,
            };
            // What was explained before an error is still worth reading.
            let Dis { spans, window: Range { end, .. }, .. } = dis;
            spans.values().try_for_each(|explained| form.write(explained, &part, out))?;
            if end == u64::MAX {
                walked.map_err(|error| part.failure(&error))?;
                break;
            }
            window = end..u64::MAX;
        }
    }
    Ok(())
}

/// Explains the spans of a stream in the order of their bytes, which is not that in which they are read: a field's head may
/// come long before its turn. So the spans wait, and where there are too many of them the stream is walked through again.
struct Dis<'p> {
    part: &'p Part<'p>,
    /// Where the spans begin that this walk is for; the end comes nearer as more of them wait than may.
    window: Range<u64>,
    spans: BTreeMap<u64, Explained>,
    /// How much memory they take.
    waiting: usize,
    /// The span that the next event may say more about.
    last: Option<u64>,
    /// The paths of cells that are filled later, in the order in which they will be.
    deferred: VecDeque<String>,
    trail: Trail,
    types: Option<Arc<TypeTable>>,
    progress: Progress,
}

struct Explained {
    span: Span,
    path: String,
    note: String,
}

impl Explained {
    fn size(&self) -> usize {
        /// What allocations take beside what was asked for.
        const BESIDE: usize = 24;
        size_of::<(u64, Explained)>() + self.path.len() + self.note.len() + 2 * BESIDE
    }
}

/// Bytes that are shown of a span, to people and to programs.
const HEX: [usize; 2] = [8, 64];
const TEXT: usize = 60;
const NUMBERS: usize = 6;
/// Bytes of memory that spans may take as they wait, or twice the stream's.
const WAITING: usize = 64 << 20;

fn bytes_of(span: Span, bytes: &[u8]) -> &[u8] {
    let start = usize::try_from(span.offset).unwrap_or(usize::MAX);
    let length = usize::try_from(span.length).unwrap_or(usize::MAX);
    bytes.get(start..start.saturating_add(length)).unwrap_or_default()
}

/// How lines are written.
struct Form {
    is_json: bool,
    /// Characters of an offset.
    width: usize,
}

impl Form {
    fn write(&self, explained: &Explained, part: &Part<'_>, out: &mut Out<'_>) -> pickle_core::Result<()> {
        let Explained { span, path, note } = explained;
        let offset = span.offset + part.offset as u64;
        let bytes = bytes_of(*span, part.bytes);
        let [few, most] = HEX;
        if self.is_json {
            let line = json!({
                "stream": part.index, "offset": offset, "length": span.length, "what": format!("{:?}", span.what),
                "path": path, "note": note, "bytes": text::hex(&bytes[..bytes.len().min(most)], most, ""),
            });
            return out.json(&line, false);
        }
        let paint = out.paint;
        let (offset, length) = (text::number(offset), text::number(span.length));
        let mut line = format!("{offset:>0$} {length:>7}  ", self.width);
        paint.push(&mut line, Ink::Note, &format!("{:<25}", text::hex(bytes, few, " ")));
        line.push(' ');
        if !path.is_empty() {
            paint.push(&mut line, Ink::Label, path);
            line.push_str(": ");
        }
        line.push_str(note);
        out.line(&line)
    }
}

impl Dis<'_> {
    fn bytes(&self, span: Span) -> &[u8] {
        bytes_of(span, self.part.bytes)
    }

    /// Adds a span, with the path to where the walk stands.
    fn add(&mut self, span: Span, note: impl FnOnce(&Self) -> String) {
        self.last = None;
        if !self.window.contains(&span.offset) {
            return;
        }
        let explained = Explained { span, path: self.trail.path().to_owned(), note: note(self) };
        self.waiting += explained.size();
        self.spans.insert(span.offset, explained);
        while self.waiting > WAITING.max(self.part.bytes.len().saturating_mul(2))
            && self.spans.len() > 1
            && let Some((offset, explained)) = self.spans.pop_last()
        {
            self.waiting -= explained.size();
            self.window.end = offset;
        }
        self.last = self.window.contains(&span.offset).then_some(span.offset);
    }

    /// Says more about the last span, if it is of one of these kinds.
    fn note(&mut self, of: &[What], note: impl FnOnce() -> String) {
        if let Some(last) = self.last.and_then(|offset| self.spans.get_mut(&offset))
            && of.contains(&last.span.what)
        {
            self.waiting -= last.size();
            last.note = note();
            self.waiting += last.size();
        }
    }
}

impl<'s> Visitor<'s> for Dis<'_> {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.progress.at(span.offset);
        self.add(span, |dis| dis.explain(span));
        Ok(())
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
        if let Some(path) = self.deferred.pop_front() {
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
        /// Bytes of a path that is kept: there may be as many as there are cells.
        const MOST: usize = 200;
        let path = self.trail.path();
        self.deferred.push_back(if path.len() > MOST { format!("#{}", cell.object) } else { path.to_owned() });
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

//! `pickle dis`: what every byte of a file is.

use std::fmt::Write;
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
use crate::text;

/// What it can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// In the order of the bytes, not in that in which they are read: strings lie apart from what they belong to. It
    /// keeps all lines in memory
    #[arg(long)]
    by_offset: bool,

    /// For whom the output is
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Explains each stream, one span of bytes a line.
pub(crate) fn run(options: &Options, out: &mut Out) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
    for part in input.streams() {
        let part = part?;
        let mut dis = Dis {
            out,
            part: &part,
            is_json: options.format == Format::Json,
            width: text::number(input.bytes.len() as u64).len(),
            kept: options.by_offset.then(Vec::new),
            trail: Trail::default(),
            types: part.stream.types().ok().cloned(),
            pending: None,
        };
        match part.stream.walk(&mut dis) {
            Err(error) if error.kind() == ErrorKind::NoSchema => dis.blocks()?,
            Err(error) => {
                // What was explained so far is still worth reading.
                dis.flush()?;
                dis.sorted()?;
                return Err(part.failure(&error));
            }
            Ok(()) => {}
        }
        dis.flush()?;
        dis.sorted()?;
    }
    Ok(())
}

struct Dis<'o, 'p> {
    out: &'o mut Out,
    part: &'p Part<'p>,
    is_json: bool,
    /// Characters of an offset.
    width: usize,
    /// The lines, where they are sorted at the end.
    kept: Option<Vec<(u64, String)>>,
    trail: Trail,
    types: Option<Arc<TypeTable>>,
    /// The span that the next event may say more about.
    pending: Option<Line>,
}

struct Line {
    span: Span,
    path: String,
    note: String,
}

/// Bytes that are shown of a span.
const HEX: usize = 8;
const TEXT: usize = 60;
const NUMBERS: usize = 6;

impl Dis<'_, '_> {
    fn bytes(&self, span: Span) -> &[u8] {
        let start = usize::try_from(span.offset).unwrap_or(usize::MAX);
        let length = usize::try_from(span.length).unwrap_or(usize::MAX);
        self.part.bytes.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    fn put(&mut self, offset: u64, length: u64, what: &'static str) -> pickle_core::Result<()> {
        self.flush()?;
        // A span that the walk can't name: `what` is what it is.
        let span = Span { offset, length, what: What::Gap };
        self.pending = Some(Line { span, path: String::new(), note: what.to_owned() });
        self.flush()
    }

    /// The header and the blocks of a stream whose schema is not there.
    fn blocks(&mut self) -> pickle_core::Result<()> {
        for (offset, length, what) in
            [(0, 4, What::Magic), (4, 1, What::Version), (5, 1, What::Flags), (6, 8, What::Fingerprint)]
        {
            self.span(Span { offset, length, what })?;
        }
        let (mut at, end) = (14_usize, self.part.bytes.len());
        while let Some(header) = self.part.bytes.get(at..).and_then(|rest| rest.first_chunk::<12>()) {
            let frame = Frame::decode(header);
            self.span(Span { offset: at as u64, length: 12, what: What::BlockHeader })?;
            let mut offset = at as u64 + 12;
            for (length, what) in [
                (frame.data, "data of the block, which the schema would explain"),
                (frame.gap, "zeros between the lanes of the block"),
                (frame.text, "text of the block"),
            ] {
                if length > 0 {
                    self.put(offset, length, what)?;
                }
                offset += length;
            }
            at = usize::try_from(offset).unwrap_or(end);
            if frame.last {
                break;
            }
        }
        if at < end {
            self.span(Span { offset: at as u64, length: (end - at) as u64, what: What::Checksum })?;
        }
        Ok(())
    }

    fn flush(&mut self) -> pickle_core::Result<()> {
        let Some(Line { span, path, note }) = self.pending.take() else { return Ok(()) };
        let offset = span.offset + self.part.offset as u64;
        let bytes = self.bytes(span);
        let line = if self.is_json {
            let hex: String = bytes.iter().take(64).fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            json!({
                "stream": self.part.index, "offset": offset, "length": span.length, "what": format!("{:?}", span.what),
                "path": path, "note": note, "bytes": hex,
            })
            .to_string()
        } else {
            let paint = self.out.paint;
            let mut line = format!("{offset:>0$} {1:>7}  ", self.width, span.length);
            paint.push(&mut line, Ink::Note, &format!("{:<25}", text::hex(bytes, HEX)));
            line.push(' ');
            if !path.is_empty() {
                paint.push(&mut line, Ink::Label, &path);
                line.push_str(": ");
            }
            line.push_str(&note);
            line
        };
        match &mut self.kept {
            Some(kept) => {
                kept.push((offset, line));
                Ok(())
            }
            None => self.out.line(&line),
        }
    }

    fn sorted(&mut self) -> pickle_core::Result<()> {
        let mut kept = self.kept.take().unwrap_or_default();
        kept.sort_by_key(|(offset, _)| *offset);
        kept.iter().try_for_each(|(_, line)| self.out.line(line))
    }

    /// Says more about the last span, if it is of one of these kinds.
    fn note(&mut self, of: &[What], note: impl FnOnce() -> String) {
        if let Some(line) = &mut self.pending
            && of.contains(&line.span.what)
        {
            line.note = note();
        }
    }

    /// What the bytes say by themselves.
    fn explain(&self, span: Span) -> String {
        let bytes = self.bytes(span);
        let number = bytes.iter().rev().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let short = |what: &str| match bytes {
            [255] => format!("{what}: 255 or more, follows"),
            _ => format!("{what} {number}"),
        };
        match span.what {
            What::Magic => "magic: a stream of Pickle for Rust".into(),
            What::Version => format!("version {number} of the format"),
            What::Flags => {
                let names = [(1, "the schema is embedded"), (2, "a checksum ends it"), (4, "it has shared objects")];
                let set: Vec<_> = names.iter().filter(|(bit, _)| number & bit != 0).map(|(_, name)| *name).collect();
                format!("flags: {}", if set.is_empty() { "none".to_owned() } else { set.join(", ") })
            }
            What::Fingerprint => format!("fingerprint of the schema, {:016x}", self.part.stream.fingerprint()),
            What::SchemaLength => format!("schema of {}", text::bytes(number)),
            What::SchemaRoot => {
                format!("schema: the root is `{}`", self.types.as_ref().map_or(String::new(), |of| of.root().name()))
            }
            What::SchemaCount => "schema: how many types".into(),
            What::SchemaType(index) => {
                let found = self.types.as_ref().and_then(|types| types.iter().nth(index).map(Type::name));
                format!("schema: type {index}, `{}`", found.unwrap_or_default())
            }
            What::BlockHeader => match bytes.first_chunk() {
                Some(header) => Frame::decode(header).to_string(),
                None => "block".into(),
            },
            What::Gap => "zeros between the lanes of the block".into(),
            What::TypeName => "name of a type behind `dyn`".into(),
            What::TypeFingerprint => "its fingerprint".into(),
            What::TypeSchema => "its schema".into(),
            What::ScopeCount => format!("number of scopes {number}"),
            What::Scope => format!("scope: {number}"),
            What::ClassCount => format!("number of classes {number}"),
            What::Class => format!("class: {number}"),
            What::ObjectCount => format!("number of shared objects {number}"),
            What::Entry => match number {
                0 => "record of an object".into(),
                1 => "record of an object with deferred cells".into(),
                2 => "an object is opened".into(),
                3 => "the value of the object opened last".into(),
                4 => "the value of the object opened last, with deferred cells".into(),
                5 => "what deferred cells hold".into(),
                6 => "the root".into(),
                _ => "entry".into(),
            },
            What::ClassNumber => short("class"),
            What::ObjectNumber => format!("object #{number}"),
            What::CellCount => format!("deferred cells {number}"),
            What::CellOrdinal => format!("deferred cell {number}"),
            What::OptionTag => if number == 0 { "None" } else { "Some" }.into(),
            What::VariantTag => format!("variant {number}"),
            What::ValueVersion => format!("version {number}"),
            What::Length => short("length"),
            What::LongLength => format!("length {number}"),
            What::Text => format!("text of {}", text::bytes(span.length)),
            What::TypeNumber => short("type"),
            What::Reference if number == u64::from(u32::MAX) => "to nothing".into(),
            What::Reference => format!("to object #{number}"),
            What::Checksum => format!("checksum, CRC-32 {number:08x}"),
            what => format!("{what:?}").to_lowercase(),
        }
    }
}

/// The header of a block.
struct Frame {
    data: u64,
    gap: u64,
    text: u64,
    last: bool,
    types: bool,
}

impl Frame {
    fn decode(header: &[u8; 12]) -> Frame {
        let number = |range: std::ops::Range<usize>| {
            header[range].iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        };
        let flags = number(6..8);
        Frame { data: number(0..4), gap: number(4..6), text: number(8..12), last: flags & 1 != 0, types: flags & 2 != 0 }
    }
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "block{}: {} of data", if self.types { " of types" } else { "" }, text::bytes(self.data))?;
        if self.gap > 0 {
            write!(f, ", {} between", text::bytes(self.gap))?;
        }
        write!(f, ", {} of text{}", text::bytes(self.text), if self.last { ", the last one" } else { "" })
    }
}

impl<'s> Visitor<'s> for Dis<'_, '_> {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.flush()?;
        self.pending = Some(Line { span, path: self.trail.path().to_owned(), note: self.explain(span) });
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
        match composite {
            Composite::Variant(kind, number) => {
                if let Kind::Enum(name, variants) = kind.kind() {
                    let variant = variants.get(number).map_or("", |variant| variant.name);
                    let (name, variant) = (text::name(name), text::name(variant));
                    self.note(&[What::VariantTag], || format!("variant {number}, `{name}::{variant}`"));
                }
            }
            Composite::Dynamic { number, name, .. } => {
                self.note(&[What::TypeNumber], || format!("type {number}, `{}`", text::name(name)));
            }
            _ => {}
        }
        Ok(())
    }
    fn end(&mut self) -> pickle_core::Result<()> {
        self.trail.end();
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
            format!("{count} {kind} from [{}]: {}{more}", run.first, shown.join(", "))
        });
        Ok(())
    }
    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> pickle_core::Result<()> {
        if let Reference::Strong(id) | Reference::Weak(id) = reference {
            self.note(&[What::Reference], || format!("to object #{id}, {}", kind.name()));
        }
        Ok(())
    }
}

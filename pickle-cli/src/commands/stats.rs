//! `pickle stats`: what takes the space in a file.

use std::collections::{BTreeMap, HashMap};

use clap::Args;
use pickle_core::inspect::{
    Composite, DeferredCell, Kind, Object, Reference, Run, Scalar, Span, Step, Type, Visitor, What,
};
use serde_json::json;

use crate::failure::Failure;
use crate::input::Input;
use crate::options::{File, Format};
use crate::output::{Ink, Out};
use crate::progress::Progress;
use crate::text;

/// What it can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// So many lines of each list
    #[arg(long, value_name = "LINES", default_value_t = 20)]
    top: usize,

    /// For whom the output is; programs get all lines
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Default, Clone, Copy)]
struct Tally {
    bytes: u64,
    count: u64,
}

impl Tally {
    fn add(&mut self, bytes: u64, count: u64) {
        self.bytes += bytes;
        self.count += count;
    }
}

/// A step of a path, elements all alike.
#[derive(PartialEq)]
enum Label {
    Root,
    Object(String),
    Field(String),
    Position(usize),
    Each,
    EachKey,
}

struct Place {
    parent: usize,
    label: Label,
    level: usize,
    tally: Tally,
    children: Vec<usize>,
}

struct Stats {
    progress: Progress,
    /// Bytes that the next value takes.
    pending: u64,
    overhead: BTreeMap<&'static str, Tally>,
    types: HashMap<(usize, usize), (String, Tally)>,
    places: Vec<Place>,
    /// The places of the composites that are begun.
    stack: Vec<usize>,
    here: usize,
}

/// Recursive types have paths without end: what is deeper, or too much, counts where it is in.
const LEVELS: usize = 16;
const PLACES: usize = 50_000;

/// Counts over all streams of a file.
pub(crate) fn run(options: &Options, out: &mut Out) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
    let mut stats = Stats {
        progress: Progress::new("counting", input.bytes.len() as u64, false),
        pending: 0,
        overhead: BTreeMap::new(),
        types: HashMap::new(),
        places: vec![],
        stack: vec![],
        here: 0,
    };
    stats.add_place(0, Label::Root, 0);
    let mut streams = 0;
    let mut types: BTreeMap<String, Tally> = BTreeMap::new();
    for part in input.streams() {
        let part = part?;
        part.stream.walk(&mut stats).map_err(|error| part.failure(&error))?;
        streams += 1;
        // The keys are the places of tables in memory, which the next stream may use again.
        for (name, tally) in stats.types.drain().map(|(_, found)| found) {
            types.entry(name).or_default().add(tally.bytes, tally.count);
        }
    }
    stats.progress = Progress::new("", 0, true);
    stats.sum_up();
    let total = input.bytes.len() as u64;
    let mut by_type: Vec<_> = types.into_iter().collect();
    by_type.extend(stats.overhead.iter().map(|(name, tally)| (format!("({name})"), *tally)));
    by_type.sort_by(|a, b| b.1.bytes.cmp(&a.1.bytes).then_with(|| a.0.cmp(&b.0)));
    let mut by_path: Vec<_> = (0..stats.places.len()).map(|at| (stats.path(at), stats.places[at].tally)).collect();
    by_path.sort_by(|a, b| b.1.bytes.cmp(&a.1.bytes).then_with(|| a.0.cmp(&b.0)));
    if options.format == Format::Json {
        out.line(&json!({ "bytes": total, "streams": streams }).to_string())?;
        for (list, name) in [(&by_type, "type"), (&by_path, "path")] {
            for (key, tally) in list {
                out.line(&json!({ name: key, "bytes": tally.bytes, "count": tally.count }).to_string())?;
            }
        }
        return Ok(());
    }
    let streams = text::count(streams, "stream", "streams");
    out.line(&format!("{}: {streams}, {}", text::name(&input.name), text::bytes(total)))?;
    for (list, title) in
        [(&by_type, "by type, what the values themselves take"), (&by_path, "by path, with all that is in it")]
    {
        let title = out.paint.text(Ink::Label, title);
        out.line("")?;
        out.line(&title)?;
        out.line(&out.paint.text(Ink::Note, &format!("{:>14} {:>6} {:>14}", "bytes", "", "count")))?;
        for (key, tally) in list.iter().take(options.top) {
            let percent = tally.bytes as f64 * 100.0 / total.max(1) as f64;
            let (bytes, count) = (text::number(tally.bytes), text::number(tally.count));
            let key = if key.is_empty() { "(the root)" } else { key };
            let key = out.paint.text(Ink::Type, key);
            out.line(&format!("{bytes:>14} {percent:>5.1}% {count:>14}  {key}"))?;
        }
        if let more @ 1.. = list.len().saturating_sub(options.top) {
            let note = out.paint.text(Ink::Note, &format!("{:>14} … {more} more (--top)", ""));
            out.line(&note)?;
        }
    }
    Ok(())
}

impl Stats {
    fn add_place(&mut self, parent: usize, label: Label, level: usize) -> usize {
        self.places.push(Place { parent, label, level, tally: Tally::default(), children: vec![] });
        let at = self.places.len() - 1;
        if at > 0 {
            self.places[parent].children.push(at);
        }
        at
    }

    /// Goes from a place on by a step.
    fn go(&mut self, from: usize, is: impl Fn(&Label) -> bool, label: impl FnOnce() -> Label) {
        let found = self.places[from].children.iter().copied().find(|child| is(&self.places[*child].label));
        let level = self.places[from].level + 1;
        self.here = match found {
            Some(child) => child,
            None if level > LEVELS || self.places.len() >= PLACES => from,
            None => self.add_place(from, label(), level),
        };
    }

    fn restart(&mut self, object: Option<Type<'_>>) {
        self.stack.clear();
        self.here = 0;
        if let Some(kind) = object {
            let name = format!("#{}", kind.name());
            self.go(0, |label| matches!(label, Label::Object(found) if *found == name), || Label::Object(name.clone()));
        }
    }

    fn value(&mut self, kind: Type<'_>, count: u64) {
        let bytes = std::mem::take(&mut self.pending);
        self.places[self.here].tally.add(bytes, count);
        let key = match (kind.index(), kind.kind()) {
            (None, Kind::Primitive(primitive)) => (0, primitive as usize),
            (index, _) => (std::ptr::from_ref(kind.table()) as usize, index.unwrap_or(usize::MAX)),
        };
        self.types.entry(key).or_insert_with(|| (kind.name(), Tally::default())).1.add(bytes, count);
    }

    fn text(&mut self, name: &str, key: usize) {
        let bytes = std::mem::take(&mut self.pending);
        self.places[self.here].tally.add(bytes, 1);
        self.types.entry((0, key)).or_insert_with(|| (name.to_owned(), Tally::default())).1.add(bytes, 1);
    }

    /// Adds to each place what is below it.
    fn sum_up(&mut self) {
        for at in (1..self.places.len()).rev() {
            let (parent, bytes) = (self.places[at].parent, self.places[at].tally.bytes);
            self.places[parent].tally.bytes += bytes;
        }
    }

    fn path(&self, mut at: usize) -> String {
        let mut steps = vec![];
        while at > 0 {
            steps.push(&self.places[at].label);
            at = self.places[at].parent;
        }
        let mut path = String::new();
        for step in steps.into_iter().rev() {
            let dot = if path.is_empty() { "" } else { "." };
            match step {
                Label::Root => {}
                Label::Object(name) => path.push_str(name),
                Label::Field(name) => path.extend([dot, &text::name(name)]),
                Label::Position(position) => path.extend([dot, &position.to_string()]),
                Label::Each => path.push_str("[]"),
                Label::EachKey => path.push_str("[key]"),
            }
        }
        path
    }
}

impl Visitor<'_> for Stats {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.progress.at(span.offset);
        let overhead = match span.what {
            What::Magic | What::Version | What::Flags | What::Fingerprint => "headers",
            What::SchemaLength | What::SchemaRoot | What::SchemaCount | What::SchemaType(_) => "schemas",
            What::TypeName | What::TypeFingerprint | What::TypeSchema => "schemas behind dyn",
            What::BlockHeader | What::Gap => "blocks",
            What::ScopeCount | What::Scope | What::ClassCount | What::Class | What::ObjectCount => "tables of objects",
            What::Entry | What::ClassNumber | What::ObjectNumber | What::CellCount | What::CellOrdinal => {
                "records of objects"
            }
            What::Checksum => "checksums",
            _ => {
                self.pending += span.length;
                return Ok(());
            }
        };
        self.overhead.entry(overhead).or_default().add(span.length, 1);
        Ok(())
    }
    fn begin_object(&mut self, object: Object<'_>) -> pickle_core::Result<()> {
        self.restart(Some(object.kind));
        Ok(())
    }
    fn begin_fill(&mut self, _: DeferredCell, content: Type<'_>) -> pickle_core::Result<()> {
        self.restart(Some(content));
        Ok(())
    }
    fn begin_root(&mut self, _: Type<'_>) -> pickle_core::Result<()> {
        self.restart(None);
        Ok(())
    }
    fn step(&mut self, step: Step<'_>) -> pickle_core::Result<()> {
        let from = self.stack.last().copied().unwrap_or(0);
        match step {
            Step::Field(name) => self.go(
                from,
                |label| matches!(label, Label::Field(found) if found == name),
                || Label::Field(name.to_owned()),
            ),
            Step::Position(at) => self.go(from, |label| *label == Label::Position(at), || Label::Position(at)),
            Step::Index(_) => self.go(from, |label| *label == Label::Each, || Label::Each),
            Step::Key(_) => self.go(from, |label| *label == Label::EachKey, || Label::EachKey),
        }
        Ok(())
    }
    fn begin(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        self.value(composite.kind(), 1);
        self.stack.push(self.here);
        Ok(())
    }
    fn end(&mut self) -> pickle_core::Result<()> {
        self.stack.pop();
        Ok(())
    }
    fn scalar(&mut self, _: Scalar, kind: Type<'_>) -> pickle_core::Result<()> {
        self.value(kind, 1);
        Ok(())
    }
    fn string(&mut self, _: &str) -> pickle_core::Result<()> {
        self.text("String", usize::MAX - 1);
        Ok(())
    }
    fn function(&mut self, _: &str) -> pickle_core::Result<()> {
        self.text("Function", usize::MAX - 2);
        Ok(())
    }
    fn run(&mut self, run: Run<'_, '_>) -> pickle_core::Result<()> {
        let back = self.here;
        let from = self.stack.last().copied().unwrap_or(0);
        self.go(from, |label| *label == Label::Each, || Label::Each);
        self.value(run.kind, run.iter().count() as u64);
        self.here = back;
        Ok(())
    }
    fn reference(&mut self, _: Reference, kind: Type<'_>) -> pickle_core::Result<()> {
        self.value(kind, 1);
        Ok(())
    }
}

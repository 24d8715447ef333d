//! `pickle stats`: what takes the space in a file.

mod places;

use std::collections::{BTreeMap, HashMap, VecDeque};

use clap::Args;
use pickle_core::inspect::{
    Composite, DeferredCell, Kind, Object, Reference, Run, Scalar, Span, Step, Type, Visitor, What,
};
use serde_json::json;

use self::places::{Label, Places};
use crate::console::Source;
use crate::failure::Failure;
use crate::input::Input;
use crate::options::{File, Format};
use crate::output::{Ink, Out};
use crate::progress::Progress;
use crate::text;

/// What it can be told.
#[derive(Debug, Args)]
#[command(after_help = "\
Of a type: what its values take themselves, without what is in them. Of a path: with all that is in it; `[]` stands for \
every element, `#Page` for every shared object of type `Page`. What belongs to no value is in (brackets).")]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// So many lines of each list; programs get all
    #[arg(long, value_name = "LINES", default_value_t = 20)]
    top: usize,

    /// For whom the output is
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Default, Clone, Copy)]
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

/// A type of the stream: its table in memory, and its number in that.
type TypeKey = (usize, usize);

/// The strings, which come without their type.
const TEXT: TypeKey = (0, usize::MAX);
const FUNCTION: TypeKey = (0, usize::MAX - 1);

struct Stats {
    progress: Progress,
    /// Bytes of the value that comes next.
    pending: u64,
    overhead: BTreeMap<&'static str, Tally>,
    types: HashMap<TypeKey, (String, Tally)>,
    places: Places,
    /// The places of objects, by their type.
    objects: HashMap<TypeKey, usize>,
    /// The places of the composites that are begun.
    stack: Vec<usize>,
    /// The places of cells that are filled later, in the order in which they will be.
    deferred: VecDeque<usize>,
    here: usize,
}

/// Counts over all streams of a file.
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let input = Input::read(&options.file, source)?;
    let total = input.bytes.len() as u64;
    let mut stats = Stats {
        progress: input.progress("counting", total, false),
        pending: 0,
        overhead: BTreeMap::new(),
        types: HashMap::new(),
        places: Places::new(),
        objects: HashMap::new(),
        stack: vec![],
        deferred: VecDeque::new(),
        here: 0,
    };
    let mut streams = 0;
    let mut types: BTreeMap<String, Tally> = BTreeMap::new();
    for part in input.streams() {
        let part = part?;
        part.stream.walk(&mut stats).map_err(|error| part.failure(&error))?;
        streams += 1;
        // The next stream's tables may lie where those of this one did.
        stats.objects.clear();
        for (name, tally) in stats.types.drain().map(|(_, found)| found) {
            types.entry(name).or_default().add(tally.bytes, tally.count);
        }
    }
    let Stats { overhead, places, .. } = stats;
    let overhead = overhead.into_iter().map(|(name, tally)| (format!("({name})"), tally));
    let by_type = sorted(types.into_iter().chain(overhead).collect());
    let by_path = sorted(places.into_tallies());
    if options.format == Format::Json {
        out.json(&json!({ "bytes": total, "streams": streams }), false)?;
        for (list, name) in [(&by_type, "type"), (&by_path, "path")] {
            for (key, tally) in list {
                out.json(&json!({ name: key, "bytes": tally.bytes, "count": tally.count }), false)?;
            }
        }
        return Ok(());
    }
    let streams = text::count(streams, "stream", "streams");
    out.line(&format!("{}: {streams}, {}", input.file_name(), text::bytes(total)))?;
    for (list, title) in [(&by_type, "type, without what is in it"), (&by_path, "path, with all that is in it")] {
        out.line("")?;
        let title = format!("{:>14} {:>6} {:>14}  {title}", "bytes", "", "values");
        out.line(&out.paint.text(Ink::Label, &title))?;
        for (key, tally) in list.iter().take(options.top) {
            let percent = tally.bytes as f64 * 100.0 / total.max(1) as f64;
            let bytes = text::number(tally.bytes);
            let count = if tally.count > 0 { text::number(tally.count) } else { String::new() };
            let key = if key.is_empty() { "(all values)" } else { key };
            let key = out.paint.text(Ink::Type, key);
            out.line(&format!("{bytes:>14} {percent:>5.1}% {count:>14}  {key}"))?;
        }
        if let more @ 1.. = list.len().saturating_sub(options.top) {
            let note = format!("{:>38}… {} more, which --top shows", "", text::number(more as u64));
            out.line(&out.paint.text(Ink::Note, &note))?;
        }
    }
    Ok(())
}

/// The largest first.
fn sorted(mut list: Vec<(String, Tally)>) -> Vec<(String, Tally)> {
    list.sort_by(|(a, x), (b, y)| y.bytes.cmp(&x.bytes).then(y.count.cmp(&x.count)).then_with(|| a.cmp(b)));
    list
}

fn key(kind: Type<'_>) -> TypeKey {
    match (kind.index(), kind.kind()) {
        (None, Kind::Primitive(primitive)) => (0, primitive as usize),
        (index, _) => (std::ptr::from_ref(kind.table()) as usize, index.unwrap_or(usize::MAX)),
    }
}

impl Stats {
    /// Begins a path anew, at the root or at an object of this type.
    fn restart(&mut self, object: Option<Type<'_>>) {
        self.stack.clear();
        self.here = match object {
            None => 0,
            Some(kind) => {
                let places = &mut self.places;
                *self.objects.entry(key(kind)).or_insert_with(|| places.go(0, Label::Object(&kind.name())))
            }
        };
    }

    /// So many values of a type, which are at the same place as what they wrap, if they do.
    fn values(&mut self, kind: Type<'_>, count: u64, wraps: bool) {
        let bytes = std::mem::take(&mut self.pending);
        self.places.add(self.here, bytes, if wraps { 0 } else { count });
        self.types.entry(key(kind)).or_insert_with(|| (kind.name(), Tally::default())).1.add(bytes, count);
    }

    fn text(&mut self, key: TypeKey, name: &str) {
        let bytes = std::mem::take(&mut self.pending);
        self.places.add(self.here, bytes, 1);
        self.types.entry(key).or_insert_with(|| (name.to_owned(), Tally::default())).1.add(bytes, 1);
    }

    fn go(&mut self, label: Label<'_>) {
        let from = self.stack.last().copied().unwrap_or(0);
        self.here = self.places.go(from, label);
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
        self.overhead.entry(overhead).or_default().add(span.length, 0);
        Ok(())
    }
    fn begin_object(&mut self, object: Object<'_>) -> pickle_core::Result<()> {
        self.restart(Some(object.kind));
        Ok(())
    }
    fn begin_fill(&mut self, _: DeferredCell, _: Type<'_>) -> pickle_core::Result<()> {
        self.restart(None);
        self.here = self.deferred.pop_front().unwrap_or(0);
        Ok(())
    }
    fn begin_root(&mut self, _: Type<'_>) -> pickle_core::Result<()> {
        self.restart(None);
        Ok(())
    }
    fn step(&mut self, step: Step<'_>) -> pickle_core::Result<()> {
        self.go(match step {
            Step::Field(name) => Label::Field(name),
            Step::Position(position) => Label::Position(position),
            Step::Index(_) => Label::Each,
            Step::Key(_) => Label::EachKey,
        });
        Ok(())
    }
    fn begin(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        let wraps = matches!(
            composite,
            Composite::Present(_)
                | Composite::Piece(_)
                | Composite::InCell(_)
                | Composite::Versioned(_)
                | Composite::Dynamic { .. }
        );
        self.values(composite.kind(), 1, wraps);
        self.stack.push(self.here);
        Ok(())
    }
    fn end(&mut self) -> pickle_core::Result<()> {
        self.stack.pop();
        Ok(())
    }
    fn scalar(&mut self, _: Scalar, kind: Type<'_>) -> pickle_core::Result<()> {
        self.values(kind, 1, false);
        Ok(())
    }
    fn string(&mut self, _: &str) -> pickle_core::Result<()> {
        self.text(TEXT, "String");
        Ok(())
    }
    fn function(&mut self, _: &str) -> pickle_core::Result<()> {
        self.text(FUNCTION, "Function");
        Ok(())
    }
    fn run(&mut self, run: Run<'_, '_>) -> pickle_core::Result<()> {
        self.go(Label::Each);
        self.values(run.kind, run.iter().count() as u64, false);
        Ok(())
    }
    fn deferred(&mut self, _: DeferredCell, _: Type<'_>) -> pickle_core::Result<()> {
        self.deferred.push_back(self.here);
        Ok(())
    }
    fn reference(&mut self, _: Reference, kind: Type<'_>) -> pickle_core::Result<()> {
        self.values(kind, 1, false);
        Ok(())
    }
}

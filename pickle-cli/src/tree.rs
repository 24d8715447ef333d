//! Values as a tree of lines, printed as they are met: `name: Type = value`.

use pickle_core::inspect::{
    Composite, DeferredCell, Kind, Object, Primitive, Reference, Run, Scalar, Step, Type, Visitor, stop,
};

use crate::graph::Sink;
use crate::output::{Ink, Out};
use crate::path::{self, Path};
use crate::progress::Progress;
use crate::text;

/// How much is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Levels below the first line.
    pub(crate) depth: usize,
    /// Elements of a sequence.
    pub(crate) elements: usize,
    /// Characters of a string.
    pub(crate) text: usize,
    /// Whether numbers end with the line.
    pub(crate) fit: bool,
}

/// Prints what it is told.
pub(crate) struct Tree<'o> {
    out: &'o mut Out,
    extent: Extent,
    progress: Progress,
    frames: Vec<Frame>,
    /// How many of the frames have lines of their own.
    blocks: usize,
    /// The line that is not ended yet, and how many characters of it are seen.
    line: String,
    /// Whether the type of the value that comes belongs on the line.
    wants_type: Option<TypeText>,
    has_value: bool,
    /// A pointer to a trait: the type that is behind it is worth a word.
    wants_name: bool,
    /// The next value is not shown.
    hides_next: bool,
    /// Composites that are begun and not shown.
    hidden: usize,
    seek: Option<Seek>,
    /// What the first line is called.
    title: String,
}

#[derive(Clone, Copy)]
enum TypeText {
    /// `: Vec<u8>`
    Colon,
    /// The same, unless it is a type that its text tells.
    Element,
    /// ` Vec<u8>`, after an arrow.
    Entry,
}

enum Frame {
    /// Each part has a line.
    Block { indent: usize, length: usize, left_out: usize, is_map: bool, key: Option<String> },
    /// All parts stand on the line of the whole.
    Inline { parts: usize, close: &'static str },
    /// Numbers side by side.
    Numbers { shown: usize, length: usize, full: bool },
    /// Nothing but its content is shown.
    Wrapper,
    /// On the way to what is looked for.
    Passage { matches: bool },
}

/// What a path leads to, in a walk.
struct Seek {
    path: Path,
    name: String,
    /// Steps that lead to where the walk stands.
    done: usize,
    key: Option<String>,
    in_key: bool,
    found: bool,
}

/// Strings of an inline tuple are no longer than this.
const INLINE: usize = 4;

impl<'o> Tree<'o> {
    pub(crate) fn new(out: &'o mut Out, extent: Extent, progress: Progress) -> Tree<'o> {
        Tree {
            out,
            extent,
            progress,
            frames: Vec::new(),
            blocks: 0,
            line: String::new(),
            wants_type: None,
            has_value: false,
            wants_name: false,
            hides_next: false,
            hidden: 0,
            seek: None,
            title: String::new(),
        }
    }

    /// Calls the first line so.
    pub(crate) fn titled(mut self, title: &str) -> Tree<'o> {
        self.title = title.to_owned();
        self
    }

    /// Prints only what the path leads to.
    pub(crate) fn seek(mut self, path: Path, name: &str) -> Tree<'o> {
        self.seek = Some(Seek { path, name: name.to_owned(), done: 0, key: None, in_key: false, found: false });
        self
    }

    /// Whether what was looked for was there.
    pub(crate) fn found(&self) -> bool {
        self.seek.as_ref().is_none_or(|seek| seek.found)
    }

    /// Prints a line that stands for a value at the margin.
    pub(crate) fn heading(&mut self, label: &str) {
        self.line.clear();
        self.out.paint.push(&mut self.line, Ink::Label, label);
        self.expect(if label.is_empty() { TypeText::Entry } else { TypeText::Colon });
    }

    fn expect(&mut self, kind: TypeText) {
        self.wants_type = Some(kind);
        self.has_value = false;
        self.wants_name = false;
    }

    fn show_type(&mut self, kind: Type<'_>) {
        let Some(how) = self.wants_type.take() else { return };
        let plain = matches!(kind.kind(), Kind::Primitive(_) | Kind::NonZero(_) | Kind::Compact(_));
        match how {
            TypeText::Colon => self.line.push_str(": "),
            TypeText::Element | TypeText::Entry if plain && !self.line.is_empty() => return,
            TypeText::Element => self.line.push_str(": "),
            TypeText::Entry if self.line.is_empty() => {}
            TypeText::Entry => self.line.push(' '),
        }
        self.out.paint.push(&mut self.line, Ink::Type, &kind.name());
    }

    /// Adds to the value on the line.
    fn show(&mut self, ink: Ink, text: &str) {
        if !matches!(self.frames.last(), Some(Frame::Inline { .. })) {
            let arrow = self.line.ends_with("=>");
            self.line.push_str(if self.has_value || arrow { " " } else { " = " });
        }
        self.has_value = true;
        self.out.paint.push(&mut self.line, ink, text);
    }

    /// Ends the line, unless it belongs to more than the value that was shown.
    fn end_value(&mut self) -> pickle_core::Result<()> {
        let owner = self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Wrapper));
        match owner {
            Some(Frame::Inline { .. } | Frame::Numbers { .. }) => Ok(()),
            Some(Frame::Block { key: Some(_), is_map: true, .. }) => Ok(()),
            _ => self.end_line(),
        }
    }

    fn end_line(&mut self) -> pickle_core::Result<()> {
        self.out.line(&self.line)?;
        self.line.clear();
        Ok(())
    }

    /// Whether the value that comes is not shown; a composite is then left out to its end.
    #[inline]
    fn is_hidden(&mut self) -> bool {
        self.hidden > 0 || std::mem::take(&mut self.hides_next)
    }

    fn leaf(&mut self, ink: Ink, text: &str) -> pickle_core::Result<()> {
        self.show(ink, text);
        self.end_value()
    }

    /// A simple value on the way to what is looked for: maybe the key of an entry.
    fn passes(&mut self, text: impl FnOnce() -> String) -> bool {
        match &mut self.seek {
            Some(seek) if seek.in_key => {
                seek.key = Some(text());
                seek.in_key = false;
                true
            }
            _ => false,
        }
    }

    /// Begins a composite whose parts have lines of their own.
    fn block(&mut self, note: Option<String>, length: usize, is_map: bool, parts: usize) -> pickle_core::Result<()> {
        if let Some(note) = note {
            self.show(Ink::Note, &note);
        }
        let deep = parts > 0 && self.blocks >= self.extent.depth;
        if deep {
            self.out.paint.push(&mut self.line, Ink::Note, " …");
        }
        self.end_line()?;
        if deep {
            self.hidden = 1;
            return Ok(());
        }
        self.blocks += 1;
        self.frames.push(Frame::Block { indent: self.blocks, length, left_out: 0, is_map, key: None });
        Ok(())
    }

    fn fields(&mut self, kind: Type<'_>, name: &str, variant: Option<usize>) -> pickle_core::Result<()> {
        let fields = match (kind.kind(), variant) {
            (Kind::Struct(_, fields) | Kind::Tuple(fields), _) => fields,
            (Kind::Enum(_, variants), Some(number)) => match variants.get(number) {
                Some(variant) => variant.fields,
                None => return Ok(self.frames.push(Frame::Wrapper)),
            },
            _ => return Ok(self.frames.push(Frame::Wrapper)),
        };
        let wants_name = std::mem::take(&mut self.wants_name);
        let name = text::name(name);
        if variant.is_some() || wants_name && !name.is_empty() {
            self.show(Ink::Value, &name);
        }
        let named = fields.get(0).is_some_and(|field| field.name.is_some());
        if fields.is_empty() {
            self.frames.push(Frame::Wrapper);
            return self.end_value();
        }
        let fits = |kind: Type<'_>| match kind.kind() {
            Kind::Primitive(Primitive::Text) => !named,
            Kind::Primitive(_) | Kind::NonZero(_) | Kind::Compact(_) => true,
            _ => false,
        };
        if fields.len() > INLINE || !fields.iter().all(|field| fits(field.kind)) {
            return self.block(None, usize::MAX, false, fields.len());
        }
        let (open, close) = if named { ("{ ", " }") } else { ("(", ")") };
        let glued = variant.is_some() && !named;
        if glued { self.line.push_str(open) } else { self.show(Ink::Note, open) }
        self.frames.push(Frame::Inline { parts: 0, close });
        Ok(())
    }

    fn elements(&mut self, length: usize, of: Type<'_>, what: (&str, &str)) -> pickle_core::Result<()> {
        let is_map = what.0 == "entry";
        let numbers = match of.kind() {
            Kind::Primitive(primitive) => {
                !is_map
                    && what.0 != "key"
                    && !matches!(primitive, Primitive::Text | Primitive::FunctionName | Primitive::Unit)
            }
            Kind::NonZero(_) => !is_map && what.0 != "key",
            _ => false,
        };
        if numbers && length > 0 {
            self.show(Ink::Note, "[");
            self.frames.push(Frame::Numbers { shown: 0, length, full: false });
            return Ok(());
        }
        let note = if length == 0 { "empty".to_owned() } else { text::count(length as u64, what.0, what.1) };
        self.block(Some(note), length, is_map, length)
    }

    fn begin_shown(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        let kind = composite.kind();
        self.show_type(kind);
        match composite {
            Composite::Absent(_) => {
                self.leaf(Ink::Value, "None")?;
                self.frames.push(Frame::Wrapper);
            }
            Composite::Present(kind) => {
                if let Kind::Optional(content) = kind.kind()
                    && matches!(content.kind(), Kind::Optional(_))
                {
                    self.show(Ink::Value, "Some");
                }
                self.frames.push(Frame::Wrapper);
            }
            Composite::Versioned(kind) => {
                if let Kind::Versioned(version, _) = kind.kind() {
                    self.show(Ink::Note, &format!("version {version}"));
                }
                self.frames.push(Frame::Wrapper);
            }
            Composite::Dynamic { name, .. } => {
                self.show(Ink::Type, &text::name(name));
                self.frames.push(Frame::Wrapper);
            }
            Composite::Struct(kind) => {
                let name = match kind.kind() {
                    Kind::Struct(name, _) => name,
                    _ => "",
                };
                return self.fields(kind, name, None);
            }
            Composite::Tuple(kind) => return self.fields(kind, "", None),
            Composite::Variant(kind, number) => {
                let name = match kind.kind() {
                    Kind::Enum(_, variants) => variants.get(number).map_or("", |variant| variant.name),
                    _ => "",
                };
                return self.fields(kind, name, Some(number));
            }
            Composite::Array { kind, length } | Composite::Sequence { kind, length } => {
                if let Kind::Array(of, _) | Kind::Sequence(of) = kind.kind() {
                    return self.elements(length, of, ("element", "elements"));
                }
            }
            Composite::Set { kind, length } => {
                if let Kind::Set(of) = kind.kind() {
                    return self.elements(length, of, ("key", "keys"));
                }
            }
            Composite::Map { kind, length } => {
                if let Kind::Map(_, of) = kind.kind() {
                    return self.elements(length, of, ("entry", "entries"));
                }
            }
            // A `Box` and a cell are in the type already.
            _ => self.frames.push(Frame::Wrapper),
        }
        Ok(())
    }

    fn step_shown(&mut self, step: Step<'_>) {
        let (elements, paint) = (self.extent.elements, self.out.paint);
        match self.frames.last_mut() {
            Some(Frame::Block { indent, left_out, is_map, key, .. }) => {
                let place = match step {
                    Step::Index(place) | Step::Key(place) => place,
                    _ => 0,
                };
                if place >= elements {
                    if !*is_map || matches!(step, Step::Key(_)) {
                        *left_out += 1;
                    }
                    self.hides_next = true;
                    return;
                }
                if key.take().is_some() {
                    // The key is on the line, and the value comes behind it.
                    self.line.push_str(" =>");
                    return self.expect(TypeText::Entry);
                }
                self.line.extend(std::iter::repeat_n("  ", *indent));
                let mut label = String::new();
                path::push(&mut label, step);
                paint.push(&mut self.line, Ink::Label, &label);
                self.expect(match step {
                    Step::Field(_) | Step::Position(_) => TypeText::Colon,
                    _ => TypeText::Element,
                });
            }
            Some(Frame::Inline { parts, .. }) => {
                if *parts > 0 {
                    self.line.push_str(", ");
                }
                *parts += 1;
                if let Step::Field(name) = step {
                    self.line.push_str(&text::name(name));
                    self.line.push_str(": ");
                }
            }
            _ => {}
        }
    }

    /// Whether the key that comes is simple, so that it stands on the line of its value.
    fn begin_simple_key(&mut self, step: Step<'_>) {
        let Step::Key(place) = step else { return };
        // A simple key is one call; what it is shows when it comes.
        if let Some(Frame::Block { is_map: true, key, indent, .. }) = self.frames.last_mut()
            && !self.hides_next
        {
            *key = Some(String::new());
            self.line.clear();
            self.line.extend(std::iter::repeat_n("  ", *indent));
            self.out.paint.push(&mut self.line, Ink::Label, &format!("[{place}]"));
            self.wants_type = None;
            self.has_value = true;
        }
    }

    /// A key turned out to have parts: it gets lines of its own.
    fn begin_composite_key(&mut self) {
        let mut place = None;
        if let Some(Frame::Block { is_map: true, key, indent, .. }) = self.frames.last_mut()
            && key.take().is_some()
        {
            place = Some(*indent);
        }
        if let Some(indent) = place {
            let label = self.line.trim().replacen('[', "[key ", 1);
            // The label was painted whole, so its bracket is the first one but for an escape.
            let label = if self.line.contains('\u{1b}') { self.line.trim().to_owned() } else { label };
            self.line = "  ".repeat(indent);
            self.line.push_str(&label);
            self.expect(TypeText::Element);
        }
    }

    fn end_shown(&mut self) -> pickle_core::Result<()> {
        match self.frames.pop() {
            Some(Frame::Block { indent, length, left_out, .. }) => {
                self.blocks -= 1;
                if left_out > 0 && length != usize::MAX {
                    self.line.clear();
                    self.line.extend(std::iter::repeat_n("  ", indent));
                    let note = format!("… {} more", text::number(left_out as u64));
                    self.out.paint.push(&mut self.line, Ink::Note, &note);
                    self.end_line()?;
                }
                Ok(())
            }
            Some(Frame::Inline { close, .. }) => {
                self.out.paint.push(&mut self.line, Ink::Note, close);
                self.end_value()
            }
            Some(Frame::Numbers { shown, length, .. }) => {
                if shown < length {
                    let note = format!(", … {} more", text::number((length - shown) as u64));
                    self.out.paint.push(&mut self.line, Ink::Note, if shown == 0 { &note[2..] } else { &note });
                }
                self.out.paint.push(&mut self.line, Ink::Note, "]");
                self.end_value()
            }
            _ => Ok(()),
        }
    }

    /// Looks whether a part is on the way to what is looked for. Gives whether the rest of the step's work is done.
    fn seek_step(&mut self, step: Step<'_>) -> bool {
        let Some(seek) = &mut self.seek else { return false };
        match self.frames.last() {
            Some(Frame::Passage { matches: true }) => {}
            Some(Frame::Passage { .. }) => return true,
            _ => return false,
        }
        if seek.found {
            self.hides_next = true;
            return true;
        }
        if let Step::Key(_) = step {
            seek.in_key = true;
        }
        let is_key = matches!(step, Step::Key(_));
        let leads = seek.path.0.get(seek.done).is_some_and(|wanted| wanted.is(step, seek.key.as_deref()));
        if leads {
            seek.done += 1;
            seek.found = seek.done == seek.path.0.len();
            seek.in_key &= !seek.found;
        } else if !seek.in_key {
            self.hides_next = true;
        }
        if !is_key {
            seek.key = None;
        }
        if seek.found {
            let name = seek.name.clone();
            self.heading(&name);
        }
        true
    }

    /// Whether a composite is on the way, and not shown itself.
    fn seek_begin(&mut self) -> bool {
        let Some(seek) = &mut self.seek else { return false };
        if seek.found {
            return false;
        }
        if std::mem::take(&mut seek.in_key) {
            // The key of an entry, which is not looked for.
            self.hidden = 1;
            return true;
        }
        self.frames.push(Frame::Passage { matches: true });
        true
    }

    fn number_shown(&mut self, text: &str) -> pickle_core::Result<()> {
        let (fit, width) = (self.extent.fit, self.out.width);
        let Some(Frame::Numbers { shown, length, full }) = self.frames.last_mut() else { return Ok(()) };
        // Room for how many more there are.
        let rest = if *shown + 1 < *length { 24 } else { 1 };
        if *full || fit && *shown > 0 && self.line.chars().count() + text.len() + 2 + rest > width {
            *full = true;
            return Ok(());
        }
        if *shown > 0 {
            self.line.push_str(", ");
        }
        *shown += 1;
        self.line.push_str(text);
        const PIECE: usize = 1 << 16;
        if !fit && self.line.len() > PIECE {
            self.out.write(&self.line)?;
            self.line.clear();
        }
        Ok(())
    }
}

impl<'s> Visitor<'s> for Tree<'_> {
    fn span(&mut self, span: pickle_core::inspect::Span) -> pickle_core::Result<()> {
        self.progress.at(span.offset);
        Ok(())
    }

    fn begin_object(&mut self, object: Object<'_>) -> pickle_core::Result<()> {
        // An object that follows its pointer goes on in its line.
        if self.frames.is_empty() && self.line.is_empty() && self.seek.is_none() {
            self.heading(&format!("#{}", object.id));
        }
        Ok(())
    }

    fn begin_fill(&mut self, cell: DeferredCell, _: Type<'_>) -> pickle_core::Result<()> {
        self.heading(&format!("#{} cell {}", cell.object, cell.ordinal));
        Ok(())
    }

    fn begin_root(&mut self, _: Type<'_>) -> pickle_core::Result<()> {
        match &self.seek {
            Some(seek) if !seek.path.0.is_empty() => {}
            Some(_) => {
                if let Some(seek) = &mut self.seek {
                    seek.found = true;
                }
                self.heading("");
            }
            None => {
                let title = std::mem::take(&mut self.title);
                self.heading(&title);
            }
        }
        Ok(())
    }

    fn step(&mut self, step: Step<'_>) -> pickle_core::Result<()> {
        if self.hidden > 0 || self.seek_step(step) {
            return Ok(());
        }
        if let (Step::Key(_), Some(Frame::Block { is_map: true, .. })) = (step, self.frames.last()) {
            self.step_shown(step);
            self.begin_simple_key(step);
        } else {
            self.step_shown(step);
        }
        Ok(())
    }

    fn begin(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        if self.hidden > 0 {
            self.hidden += 1;
            return Ok(());
        }
        if std::mem::take(&mut self.hides_next) {
            self.hidden = 1;
            return Ok(());
        }
        if self.seek_begin() {
            return Ok(());
        }
        self.begin_composite_key();
        self.begin_shown(composite)
    }

    fn end(&mut self) -> pickle_core::Result<()> {
        if self.hidden > 0 {
            self.hidden -= 1;
            return Ok(());
        }
        if let Some(Frame::Passage { .. }) = self.frames.last() {
            self.frames.pop();
            return Ok(());
        }
        self.end_shown()
    }

    fn scalar(&mut self, scalar: Scalar, kind: Type<'_>) -> pickle_core::Result<()> {
        if self.is_hidden() || self.passes(|| scalar.to_string()) {
            return Ok(());
        }
        if self.seek.as_ref().is_some_and(|seek| !seek.found) {
            return Ok(());
        }
        if let Some(Frame::Numbers { .. }) = self.frames.last() {
            return self.number_shown(&scalar.to_string());
        }
        self.show_type(kind);
        let ink = if matches!(scalar, Scalar::Char(_)) { Ink::Text } else { Ink::Value };
        self.leaf(ink, &scalar.to_string())
    }

    fn string(&mut self, text: &'s str) -> pickle_core::Result<()> {
        if self.is_hidden() || self.passes(|| format!("{text:?}")) {
            return Ok(());
        }
        if self.seek.as_ref().is_some_and(|seek| !seek.found) {
            return Ok(());
        }
        if let Some(TypeText::Colon) = self.wants_type.take() {
            self.line.push_str(": ");
            self.out.paint.push(&mut self.line, Ink::Type, "String");
        } else if self.line.is_empty() {
            self.out.paint.push(&mut self.line, Ink::Type, "String");
        }
        self.leaf(Ink::Text, &text::quoted(text, self.extent.text))
    }

    fn function(&mut self, name: &'s str) -> pickle_core::Result<()> {
        if self.is_hidden() || self.passes(|| format!("{name:?}")) {
            return Ok(());
        }
        if self.seek.as_ref().is_some_and(|seek| !seek.found) {
            return Ok(());
        }
        self.wants_type = None;
        self.leaf(Ink::Value, &format!("fn {}", text::name(name)))
    }

    fn run(&mut self, run: Run<'_, 's>) -> pickle_core::Result<()> {
        if self.hidden > 0 {
            return Ok(());
        }
        match self.frames.last() {
            Some(Frame::Numbers { full: false, .. }) => {}
            Some(Frame::Passage { .. }) => {
                // What is looked for may be one of the numbers.
                for (index, scalar) in run.iter().enumerate() {
                    let wanted = self.seek.as_ref().and_then(|seek| seek.path.0.get(seek.done));
                    if !matches!(wanted, Some(path::Step::Index(wanted)) if *wanted == run.first + index) {
                        continue;
                    }
                    self.step(Step::Index(run.first + index))?;
                    self.scalar(scalar, run.kind)?;
                    break;
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        for scalar in run.iter() {
            self.number_shown(&scalar.to_string())?;
            if let Some(Frame::Numbers { full: true, .. }) = self.frames.last() {
                break;
            }
        }
        Ok(())
    }

    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> pickle_core::Result<()> {
        self.pointer(reference, kind, false)
    }

    fn deferred(&mut self, _: DeferredCell, _: Type<'_>) -> pickle_core::Result<()> {
        if self.hidden > 0 {
            return Ok(());
        }
        self.leaf(Ink::Note, "(below)")
    }
}

impl<'s> Sink<'s> for Tree<'_> {
    fn pointer(&mut self, reference: Reference, kind: Type<'_>, met: bool) -> pickle_core::Result<()> {
        if self.is_hidden() {
            return if met { Err(stop("an object is told where none is taken")) } else { Ok(()) };
        }
        self.begin_composite_key();
        self.show_type(kind);
        match reference {
            Reference::Dangling => return self.leaf(Ink::Value, "Weak to nothing"),
            Reference::Weak(id) => return self.leaf(Ink::Object, &format!("Weak #{id}")),
            Reference::Strong(id) => self.show(Ink::Object, &format!("#{id}")),
        }
        if !met {
            return self.end_value();
        }
        if let Kind::Shared(target) = kind.kind() {
            self.wants_name = matches!(target.kind(), Kind::Dynamic(_));
        }
        Ok(())
    }

    fn takes_objects(&self) -> bool {
        self.hidden == 0 && !self.hides_next
    }
}

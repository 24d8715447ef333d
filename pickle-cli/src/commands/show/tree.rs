//! Values as a tree of lines, written as they are met.

mod visit;

use pickle_core::inspect::{Composite, Fields, Kind, Reference, Scalar, Step, Style, Type};

use super::layout;
use super::line::{Line, Slot};
use crate::output::{Ink, Out};
use crate::path;
use crate::progress::Progress;
use crate::text;

/// How much is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Levels below the first line.
    pub(super) depth: usize,
    /// Elements of a sequence.
    pub(super) elements: usize,
    /// Characters of a string.
    pub(super) text: usize,
    /// Whether numbers end with the line.
    pub(super) fit: bool,
}

/// Writes what it is told.
pub(super) struct Tree<'o, 'w> {
    out: &'o mut Out<'w>,
    extent: Extent,
    progress: Progress,
    title: String,
    line: Line,
    frames: Vec<Frame>,
    /// How many of the frames are blocks: the parts of the next one stand so far to the right.
    indent: usize,
    hidden: Hidden,
}

/// A composite that is begun.
enum Frame {
    /// Each part has a line; of so many elements, where they are counted.
    Block { length: usize },
    /// The same with keys, which stand before their values where they fit there.
    Map { length: usize, key_fits: bool, in_key: bool },
    /// All parts stand on the line of the whole.
    Inline { parts: usize, end: &'static str },
    /// Numbers side by side.
    Numbers { shown: usize, length: usize, full: bool, end: &'static str },
    /// Nothing but its content is shown.
    Wrapper,
}

/// What is met and not shown.
#[derive(Clone, Copy, PartialEq)]
enum Hidden {
    Nothing,
    /// The next value.
    Next,
    /// A composite, or so many more in it.
    Within(usize),
}

/// Where the object is shown that a pointer is to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shown {
    /// Here, next.
    Here,
    /// On other lines, above or below.
    Elsewhere,
}

impl<'o, 'w> Tree<'o, 'w> {
    pub(super) fn new(out: &'o mut Out<'w>, extent: Extent, progress: Progress, title: &str) -> Tree<'o, 'w> {
        let line = Line::new(out.paint);
        let title = title.to_owned();
        Tree { out, extent, progress, title, line, frames: Vec::new(), indent: 0, hidden: Hidden::Nothing }
    }

    /// Begins the line of the value that all others are parts of.
    pub(super) fn begin_title(&mut self) {
        let title = std::mem::take(&mut self.title);
        self.heading(&title);
    }

    /// Begins a line at the margin.
    pub(super) fn heading(&mut self, label: &str) {
        self.line.begin(0, label, if label.is_empty() { Slot::Nothing } else { Slot::Field });
    }

    /// Whether what is met now is shown.
    pub(super) fn shows(&self) -> bool {
        self.hidden == Hidden::Nothing
    }

    /// Whether a value without parts is left out.
    #[inline]
    fn hides(&mut self) -> bool {
        if self.hidden == Hidden::Next {
            self.hidden = Hidden::Nothing;
            return true;
        }
        self.hidden != Hidden::Nothing
    }

    /// The composite whose parts come next, but for those that only wrap one value.
    fn owner(&self) -> Option<&Frame> {
        self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Wrapper))
    }

    fn end_line(&mut self) -> pickle_core::Result<()> {
        self.line.take(|text| self.out.line(text))
    }

    /// Ends the line, unless more than the value that is complete now stands on it.
    fn end_value(&mut self) -> pickle_core::Result<()> {
        match self.owner() {
            Some(Frame::Inline { .. } | Frame::Numbers { .. } | Frame::Map { key_fits: true, in_key: true, .. }) => {
                Ok(())
            }
            _ => self.end_line(),
        }
    }

    fn leaf(&mut self, ink: Ink, text: &str) -> pickle_core::Result<()> {
        self.line.value(ink, text);
        self.end_value()
    }

    /// Begins a composite whose parts have lines of their own.
    fn block(&mut self, frame: Frame, is_empty: bool) -> pickle_core::Result<()> {
        let is_too_deep = !is_empty && self.indent >= self.extent.depth;
        if is_too_deep {
            self.line.value_after(" ", Ink::Note, "…");
        }
        self.end_line()?;
        if is_too_deep {
            self.hidden = Hidden::Within(0);
            return Ok(());
        }
        self.indent += 1;
        self.frames.push(frame);
        Ok(())
    }

    /// The fields of a struct, tuple or variant, whose name is on the line already or is not.
    fn fields(&mut self, fields: Fields<'_>, is_named: bool) -> pickle_core::Result<()> {
        if fields.is_empty() {
            self.frames.push(Frame::Wrapper);
            return self.end_value();
        }
        let is_within = matches!(self.owner(), Some(Frame::Inline { .. } | Frame::Map { in_key: true, .. }));
        if !is_within && !layout::fields_fit(fields) {
            return self.block(Frame::Block { length: 0 }, false);
        }
        let (start, end) = if fields.style() == Style::Named { ("{ ", " }") } else { ("(", ")") };
        if is_named && fields.style() == Style::Tuple {
            self.line.glue();
        }
        self.line.value(Ink::Note, start);
        self.frames.push(Frame::Inline { parts: 0, end });
        Ok(())
    }

    fn elements(&mut self, of: Type<'_>, length: usize, ends: [&'static str; 2]) -> pickle_core::Result<()> {
        if length == 0 {
            self.frames.push(Frame::Wrapper);
            let [start, end] = ends;
            return self.leaf(Ink::Note, &format!("{start}{end}"));
        }
        if layout::is_number(of) {
            self.line.value(Ink::Note, ends[0]);
            self.frames.push(Frame::Numbers { shown: 0, length, full: false, end: ends[1] });
            return Ok(());
        }
        self.line.value(Ink::Note, &text::count(length as u64, "element", "elements"));
        self.block(Frame::Block { length }, false)
    }

    fn entries(&mut self, key: Type<'_>, length: usize) -> pickle_core::Result<()> {
        if length == 0 {
            self.frames.push(Frame::Wrapper);
            return self.leaf(Ink::Note, "{}");
        }
        self.line.value(Ink::Note, &text::count(length as u64, "entry", "entries"));
        self.block(Frame::Map { length, key_fits: layout::key_fits(key), in_key: false }, false)
    }

    fn begin_shown(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        let kind = composite.kind();
        self.line.kind(kind);
        match (composite, kind.kind()) {
            (Composite::Absent(_), _) => {
                self.leaf(Ink::Value, "None")?;
                self.frames.push(Frame::Wrapper);
                return Ok(());
            }
            (Composite::Present(_), Kind::Optional(content)) if matches!(content.kind(), Kind::Optional(_)) => {
                self.line.value(Ink::Value, "Some");
            }
            (Composite::Versioned(_), Kind::Versioned(version, _)) => {
                self.line.value(Ink::Note, &format!("version {version}"));
            }
            // What has no fields tells its own name.
            (Composite::Dynamic { name, content, .. }, _) if matches!(content.kind(), Kind::Struct(own, fields) if own == name && fields.is_empty()) =>
                {}
            (Composite::Dynamic { name, content, .. }, _) => {
                self.line.value(Ink::Type, &text::name(name));
                // The name stands before the fields, as that of a variant does.
                if let Kind::Struct(_, fields) = content.kind()
                    && fields.style() == Style::Tuple
                    && layout::fields_fit(fields)
                {
                    self.line.glue();
                }
            }
            (Composite::Struct(_), Kind::Struct(name, fields)) if fields.is_empty() => {
                self.line.value(Ink::Value, &text::name(name));
                return self.fields(fields, true);
            }
            (Composite::Struct(_), Kind::Struct(_, fields)) | (Composite::Tuple(_), Kind::Tuple(fields)) => {
                return self.fields(fields, false);
            }
            (Composite::Variant(_, number), Kind::Enum(_, variants)) => {
                if let Some(variant) = variants.get(number) {
                    self.line.value(Ink::Value, &text::name(variant.name));
                    return self.fields(variant.fields, true);
                }
            }
            (Composite::Array { length, .. }, Kind::Array(of, _))
            | (Composite::Sequence { length, .. }, Kind::Sequence(of)) => return self.elements(of, length, ["[", "]"]),
            (Composite::Set { length, .. }, Kind::Set(of)) => return self.elements(of, length, ["{", "}"]),
            (Composite::Map { length, .. }, Kind::Map(key, _)) => return self.entries(key, length),
            // A `Box` and a cell are in the type already.
            _ => {}
        }
        self.frames.push(Frame::Wrapper);
        Ok(())
    }

    fn step_shown(&mut self, step: Step<'_>) {
        let place = match step {
            Step::Index(place) | Step::Key(place) => place,
            Step::Field(_) | Step::Position(_) => 0,
        };
        let is_key = matches!(step, Step::Key(_));
        match self.frames.last_mut() {
            Some(Frame::Block { .. } | Frame::Map { .. }) if place >= self.extent.elements => {
                self.hidden = Hidden::Next;
            }
            Some(Frame::Map { key_fits: true, in_key, .. }) => {
                *in_key = is_key;
                if is_key {
                    self.line.begin(self.indent, &format!("[{place}]"), Slot::Within);
                    self.line.expect(Slot::Within, " ");
                } else {
                    self.line.plain(" =>");
                    self.line.expect(Slot::Entry, "");
                }
            }
            Some(Frame::Block { .. } | Frame::Map { .. }) => {
                let mut label = String::new();
                path::push(&mut label, step);
                let is_field = matches!(step, Step::Field(_) | Step::Position(_));
                self.line.begin(self.indent, &label, if is_field { Slot::Field } else { Slot::Element });
            }
            Some(Frame::Inline { parts, .. }) => {
                if *parts > 0 {
                    self.line.plain(", ");
                }
                *parts += 1;
                if let Step::Field(name) = step {
                    self.line.write(Ink::Label, &text::name(name));
                    self.line.plain(": ");
                }
                self.line.expect(Slot::Within, "");
            }
            Some(Frame::Numbers { .. } | Frame::Wrapper) | None => {}
        }
    }

    fn end_shown(&mut self) -> pickle_core::Result<()> {
        match self.frames.pop() {
            Some(Frame::Block { length } | Frame::Map { length, .. }) => {
                if let more @ 1.. = length.saturating_sub(self.extent.elements) {
                    self.line.begin(self.indent, "", Slot::Within);
                    self.line.value(Ink::Note, &format!("… {} more", text::number(more as u64)));
                    self.end_line()?;
                }
                self.indent -= 1;
                Ok(())
            }
            Some(Frame::Inline { end, .. }) => {
                self.line.write(Ink::Note, end);
                self.end_value()
            }
            Some(Frame::Numbers { shown, length, end, .. }) => {
                if let more @ 1.. = length - shown {
                    let start = if shown > 0 { ", " } else { "" };
                    self.line.write(Ink::Note, &format!("{start}… {} more", text::number(more as u64)));
                }
                self.line.write(Ink::Note, end);
                self.end_value()
            }
            Some(Frame::Wrapper) | None => Ok(()),
        }
    }

    /// A number beside others: those that the line has no room for are counted.
    fn number(&mut self, number: Scalar) -> pickle_core::Result<()> {
        let Some(Frame::Numbers { shown, length, full, .. }) = self.frames.last_mut() else { return Ok(()) };
        if *full {
            return Ok(());
        }
        let text = number.to_string();
        /// How wide the count may be.
        const REST: usize = 24;
        let rest = if *shown + 1 < *length { REST } else { 1 };
        if self.extent.fit && *shown > 0 && self.line.width() + text.len() + 2 + rest > self.out.width {
            *full = true;
            return Ok(());
        }
        if *shown > 0 {
            self.line.plain(", ");
        }
        *shown += 1;
        let ink = if matches!(number, Scalar::Char(_)) { Ink::Text } else { Ink::Value };
        self.line.write(ink, &text);
        /// A line without end is written piece by piece.
        const PIECE: usize = 1 << 16;
        if self.line.width() > PIECE {
            self.line.take(|text| self.out.write(text))?;
        }
        Ok(())
    }

    /// A pointer, and where what it points to is shown.
    pub(super) fn pointer(
        &mut self,
        reference: Reference,
        kind: Type<'_>,
        shown: Shown,
        behind: Option<Type<'_>>,
    ) -> pickle_core::Result<()> {
        if self.hides() {
            return Ok(());
        }
        self.line.kind(kind);
        let id = match reference {
            Reference::Dangling => {
                self.line.value_after(" -> ", Ink::Value, "nothing");
                return self.end_value();
            }
            Reference::Strong(id) | Reference::Weak(id) => format!("#{id}"),
        };
        match shown {
            Shown::Here => {
                self.line.value(Ink::Object, &id);
                if let Some(behind) = behind {
                    self.line.value(Ink::Type, &behind.name());
                }
                Ok(())
            }
            Shown::Elsewhere => {
                self.line.value_after(" -> ", Ink::Object, &id);
                self.end_value()
            }
        }
    }
}

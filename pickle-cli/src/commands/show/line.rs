//! The line that is being written: `name: Type = value`.

use pickle_core::inspect::Type;

use super::layout;
use crate::output::{Ink, Paint};

/// What stands before the next value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot {
    /// The label of a field: `name: Type = value`.
    Field,
    /// The label of an element, whose type is left out where its value tells it.
    Element,
    /// The key of an entry, and an arrow: `key => Type = value`, or only the value where it tells its type.
    Entry,
    /// Nothing: `Type = value`.
    Nothing,
    /// Other parts of the same value, or its type.
    Within,
}

/// Text, and how wide it is on a terminal.
pub(super) struct Line {
    text: String,
    width: usize,
    paint: Paint,
    slot: Slot,
    /// What comes between what is there and the value.
    separator: &'static str,
}

impl Line {
    pub(super) fn new(paint: Paint) -> Line {
        Line { text: String::new(), width: 0, paint, slot: Slot::Nothing, separator: "" }
    }

    /// Begins a line with a label, for a value that is a part of so many others.
    pub(super) fn begin(&mut self, indent: usize, label: &str, slot: Slot) {
        self.text.extend(std::iter::repeat_n("  ", indent));
        self.width += indent * 2;
        self.write(Ink::Label, label);
        self.expect(slot, "");
    }

    /// What comes next is a value, after this.
    pub(super) fn expect(&mut self, slot: Slot, separator: &'static str) {
        (self.slot, self.separator) = (slot, separator);
    }

    /// Writes the type of the value that comes, if it is to be written and is not yet.
    pub(super) fn kind(&mut self, kind: Type<'_>) {
        self.type_text(layout::is_told_by_its_text(kind), || kind.name());
    }

    /// The same for a type that `is_told` by the text of its values, or is not.
    pub(super) fn type_text(&mut self, is_told: bool, name: impl FnOnce() -> String) {
        let before = match std::mem::replace(&mut self.slot, Slot::Within) {
            Slot::Within => return,
            Slot::Element | Slot::Entry if is_told => {
                self.separator = if self.text.ends_with("=>") { " " } else { " = " };
                return;
            }
            Slot::Field | Slot::Element => ": ",
            Slot::Entry => " ",
            Slot::Nothing => "",
        };
        self.plain(before);
        self.write(Ink::Type, &name());
        self.separator = " = ";
    }

    /// Adds to the value.
    pub(super) fn value(&mut self, ink: Ink, text: &str) {
        self.plain(self.separator);
        self.separator = " ";
        self.write(ink, text);
    }

    /// Adds to the value, with another text in place of the equals sign.
    pub(super) fn value_after(&mut self, separator: &'static str, ink: Ink, text: &str) {
        if self.separator == " = " {
            self.separator = separator;
        }
        self.value(ink, text);
    }

    /// What comes next stands right behind what is there.
    pub(super) fn glue(&mut self) {
        self.separator = "";
    }

    pub(super) fn write(&mut self, ink: Ink, text: &str) {
        self.width += text.chars().count();
        self.paint.push(&mut self.text, ink, text);
    }

    pub(super) fn plain(&mut self, text: &str) {
        self.width += text.len();
        self.text.push_str(text);
    }

    /// How many characters it has.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// What is there, which is then gone.
    pub(super) fn take(&mut self, to: impl FnOnce(&str) -> pickle_core::Result<()>) -> pickle_core::Result<()> {
        let written = to(&self.text);
        self.text.clear();
        self.width = 0;
        written
    }
}

//! The path from the root of a value to the part that failed.

use std::borrow::Cow;
use std::fmt;

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Field(Cow<'static, str>),
    /// A field of a tuple.
    Position(usize),
    /// An element of a sequence, or the value of a map's entry.
    Index(usize),
    /// The key of a map's entry.
    Key(usize),
}

/// Displays steps that are stored innermost first.
pub(super) struct Path<'a>(pub(super) &'a [Step]);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().rev().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            match step {
                Step::Field(name) => write!(f, "{dot}{name}")?,
                Step::Position(n) => write!(f, "{dot}{n}")?,
                Step::Index(n) => write!(f, "[{n}]")?,
                Step::Key(n) => write!(f, "[key {n}]")?,
            }
        }
        Ok(())
    }
}

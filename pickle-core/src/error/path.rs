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
    /// All elements: where types are compared, not values.
    Each,
    /// All keys.
    EachKey,
    /// A shared object, by its number in the stream.
    Object(u32),
}

/// Displays steps that are stored innermost first; the alternate form (`{:#}`) leaves out the middle of long ones.
pub(super) struct Path<'a>(pub(super) &'a [Step]);

/// Steps at each end of a path that is too long to be read.
const SHOWN: usize = 12;

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        for (i, step) in self.0.iter().rev().enumerate() {
            if f.alternate() && count > 2 * SHOWN && (SHOWN..count - SHOWN).contains(&i) {
                if i == SHOWN {
                    write!(f, " … {} more … ", count - 2 * SHOWN)?;
                }
                continue;
            }
            let dot = if i == 0 { "" } else { "." };
            match step {
                Step::Field(name) => write!(f, "{dot}{name}")?,
                Step::Position(n) => write!(f, "{dot}{n}")?,
                Step::Index(n) => write!(f, "[{n}]")?,
                Step::Key(n) => write!(f, "[key {n}]")?,
                Step::Each => f.write_str("[]")?,
                Step::EachKey => f.write_str("[key]")?,
                Step::Object(id) => write!(f, "#{id}")?,
            }
        }
        Ok(())
    }
}

//! Where a cell is in a workbook: titles of sheets, places, and areas.

use std::fmt;
use std::rc::Rc;
use std::str::FromStr;

use pickle_core::Pickle;

use super::address::{Address, Range};
use super::error::{Error, Result};

/// The title of a sheet: one text, held by the sheet and by all that names it.
#[derive(Pickle, Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[pickle(after_load = Self::check)]
pub struct Title(Rc<str>);

impl Title {
    /// The bytes that a title may have.
    pub const MAX_LENGTH: usize = 80;

    /// A title that formulas can name.
    ///
    /// # Errors
    /// [`Error::Title`]: it is empty or too long, or has a `'` or a control character in it.
    pub fn new(text: &str) -> Result<Self> {
        let mut title = Title(text.into());
        title.check().map_err(|_| Error::Title(text.to_owned()))?;
        Ok(title)
    }

    // The titles of a stream are repeated in names and tables, so none may be long.
    fn check(&mut self) -> Result<(), &'static str> {
        let length = self.0.len();
        let odd = |c: char| c == '\'' || c.is_control();
        let good = length > 0 && length <= Title::MAX_LENGTH && !self.0.contains(odd);
        if good { Ok(()) } else { Err("no title of a sheet") }
    }

    /// The characters of titles that need no quotes.
    pub(super) fn is_plain(c: char) -> bool {
        c.is_ascii_alphanumeric() || c == '_'
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic()) && self.0.chars().all(Title::is_plain) {
            f.write_str(&self.0)
        } else {
            write!(f, "'{}'", self.0)
        }
    }
}

/// The place of one cell: `iris!B3`.
#[derive(Pickle, Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The sheet.
    pub sheet: Title,
    /// Where in the sheet.
    pub address: Address,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}!{}", self.sheet, self.address)
    }
}

/// A rectangle of cells as a formula names it: `A2:A51` in the formula's own sheet, `iris!A2:A51` in another.
#[derive(Pickle, Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// The sheet, where it is named.
    pub sheet: Option<Title>,
    /// The cells.
    pub range: Range,
}

impl Area {
    /// The name of its first cell: what stands for an area of one cell.
    #[must_use]
    pub fn first(&self) -> String {
        self.prefix() + &self.range.first().to_string()
    }

    fn prefix(&self) -> String {
        self.sheet.as_ref().map_or_else(String::new, |sheet| format!("{sheet}!"))
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.prefix(), self.range)
    }
}

impl FromStr for Area {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (sheet, range) = split_sheet(text)?;
        Ok(Area { sheet, range: range.parse()? })
    }
}

/// The `sheet!` before a cell or range, and what follows it.
pub(super) fn split_sheet(text: &str) -> Result<(Option<Title>, &str)> {
    let Some((title, rest)) = text.rsplit_once('!') else { return Ok((None, text)) };
    let unquoted = title.strip_prefix('\'').and_then(|title| title.strip_suffix('\'')).unwrap_or(title);
    Ok((Some(Title::new(unquoted)?), rest))
}

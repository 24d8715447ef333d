//! What can go wrong in the spreadsheet.

use std::fmt;

use super::order::Cycle;
use super::workbook::Workbook;

/// The result of what can fail in the spreadsheet.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the spreadsheet could not do what it was told.
#[derive(Debug)]
pub enum Error {
    /// Not the name of a cell or range.
    Address(String),
    /// Not the title of a sheet, or that of another.
    Title(String),
    /// No sheet has this title.
    NoSheet(String),
    /// A place that has a cell.
    Occupied(String),
    /// A cell of another workbook.
    Foreign(String),
    /// An area of more cells than a formula may read.
    TooLarge(String),
    /// A formula that can't be parsed, and at which byte of it.
    Formula(String, usize),
    /// Cells that need each other.
    Cycle(Cycle),
    /// There is no edit to undo.
    NothingToUndo,
    /// The workbook could not be dumped or loaded.
    Pickle(pickle_core::Error),
    /// A file could not be read or written.
    Io(std::io::Error),
    /// The table to import is no CSV.
    Csv(csv::Error),
    /// The data source failed.
    Sqlite(rusqlite::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Address(text) => write!(f, "`{text}` is no cell or range, such as `B3` or `A2:A51`"),
            Error::Title(title) => write!(f, "no new sheet can have the title `{}`", title.escape_debug()),
            Error::NoSheet(title) => write!(f, "there is no sheet `{title}`"),
            Error::Occupied(place) => write!(f, "there is a cell at {place} already"),
            Error::Foreign(cell) => write!(f, "the cell {cell} that is read belongs to another workbook"),
            Error::TooLarge(area) => write!(f, "{area} has more than {} cells", Workbook::MAX_AREA),
            Error::Formula(message, at) => write!(f, "{message} (at byte {at} of the formula)"),
            Error::Cycle(cycle) => cycle.fmt(f),
            Error::NothingToUndo => f.write_str("there is nothing to undo"),
            Error::Pickle(error) => error.fmt(f),
            Error::Io(error) => error.fmt(f),
            Error::Csv(error) => error.fmt(f),
            Error::Sqlite(error) => error.fmt(f),
        }
    }
}

// `Display` shows the inner error's text, so it is not given as a source a second time.
impl std::error::Error for Error {}

macro_rules! from {
    ($($variant:ident: $error:ty),*) => {
        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Error::$variant(error)
            }
        })*
    };
}
from!(Cycle: Cycle, Pickle: pickle_core::Error, Io: std::io::Error, Csv: csv::Error, Sqlite: rusqlite::Error);

//! What can go wrong in the spreadsheet.

use std::fmt;

use super::order::Cycle;

/// The result of what can fail in the spreadsheet.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the spreadsheet could not do what it was told.
#[derive(Debug)]
pub enum Error {
    /// Not the name of a cell or range.
    Address(String),
    /// A formula that can't be parsed, and at which byte of it.
    Formula(String, usize),
    /// Cells that need each other.
    Cycle(Cycle),
    /// There is no edit to undo.
    NothingToUndo,
    /// The sheet could not be dumped or loaded.
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

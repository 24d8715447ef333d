//! A spreadsheet that is saved and restored whole.
//!
//! What it shows, and where: trait objects ([`Cell`]), a recursive tree with functions in it ([`Expression`]), a hook that
//! checks what was loaded ([`Range`], [`Sheet`]), a skipped cache ([`Sheet`]), a live connection that is saved as its
//! settings ([`Source`]), and an undo history that outlives the process.

mod address;
mod cell;
mod error;
mod formula;
mod functions;
mod history;
mod order;
mod parser;
mod sheet;
mod source;
mod summary;
mod table;
mod value;

pub use address::{Address, Range};
pub use cell::{Cell, Formula, Number, Text, parse_cell};
pub use error::{Error, Result};
pub use formula::{Argument, Expression, Operator};
pub use order::Cycle;
pub use parser::{MAX_DEPTH, parse_formula};
pub use sheet::Sheet;
pub use source::{Settings, Source};
pub use summary::summarize;
pub use table::Table;
pub use value::{Value, Values};

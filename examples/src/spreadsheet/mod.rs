//! A workbook that is saved and restored whole.
//!
//! What it shows, and where: a graph with cycles and objects in several places ([`Cell`]: formulas hold their inputs and are
//! held by them, sheets share cells), trait objects in it ([`Content`]), a recursive tree with functions and pointers in it
//! ([`Expression`]), a text shared by all that names it ([`Title`]), hooks that check what was loaded ([`Range`],
//! [`Workbook`]), a skipped cache ([`Cell`]), a live connection that is saved as its settings ([`Source`]), and an undo
//! history that outlives the process.

mod address;
mod cell;
mod content;
mod error;
mod formula;
mod functions;
mod graph;
mod history;
mod order;
mod parser;
mod place;
mod sheet;
mod source;
mod summary;
mod table;
mod value;
mod workbook;

pub use address::{Address, Range};
pub use cell::{Cell, Inputs};
pub use content::{Content, Formula, Number, Text, constant};
pub use error::{Error, Result};
pub use formula::{Argument, Expression, Operator};
pub use order::Cycle;
pub use parser::{MAX_DEPTH, parse_formula};
pub use place::{Area, Place, Title};
pub use sheet::Sheet;
pub use source::{Settings, Source};
pub use summary::{SUMMARY, summarize};
pub use table::Table;
pub use value::Value;
pub use workbook::Workbook;

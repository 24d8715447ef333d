//! What the example programs are made of.
//!
//! - [`spreadsheet`]: a small spreadsheet whose whole state (sheets that share cells, formulas, undo history, data source) is one pickled
//!   value; the program `spreadsheet` is its command line.
//! - [`classics`]: the classic demonstrations of Python's pickle, in Rust; the program `classics` runs them.

pub mod classics;
pub mod spreadsheet;

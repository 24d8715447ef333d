//! Tables from CSV.

use std::io::Read;

use super::error::Result;

/// A table as it is imported: a line of names, and rows of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads comma-separated values whose first line names the columns.
    ///
    /// # Errors
    /// Those of the reader; a row is longer or shorter than the first line.
    pub fn from_csv(csv: impl Read) -> Result<Self> {
        let mut reader = csv::Reader::from_reader(csv);
        let header = reader.headers()?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            rows.push(record?.iter().map(str::to_owned).collect());
        }
        Ok(Table { header, rows })
    }
}

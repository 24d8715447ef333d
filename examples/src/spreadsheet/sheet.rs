//! The sheet: all that a spreadsheet file holds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use pickle_core::{Pickle, Pickler};

use super::address::{Address, Range, column_letters};
use super::cell::{Cell, Text, parse_cell};
use super::error::{Error, Result};
use super::history::{Edit, History};
use super::order::{Cycle, order};
use super::source::Source;
use super::table::Table;
use super::value::{Value, Values};

/// A sheet of cells, with its undo history and the data source that it was imported into.
///
/// Values are not saved: they are a cache, computed anew once the cells are loaded.
#[derive(Pickle, Debug)]
#[pickle(after_load = Self::recompute)]
pub struct Sheet {
    title: String,
    cells: BTreeMap<Address, Box<dyn Cell>>,
    history: History,
    source: Option<Source>,
    #[pickle(skip)]
    values: Values,
}

impl Sheet {
    /// An empty sheet.
    #[must_use]
    pub fn new(title: &str) -> Self {
        println!("constructed the sheet {title}");
        Sheet {
            title: title.to_owned(),
            cells: BTreeMap::new(),
            history: History::default(),
            source: None,
            values: Values::default(),
        }
    }

    /// A sheet with an imported table at its top left, the names of the columns in row 1.
    #[must_use]
    pub fn import(title: &str, table: &Table) -> Self {
        let mut sheet = Sheet::new(title);
        for (row, texts) in (1..).zip([&table.header].into_iter().chain(&table.rows)) {
            for (column, text) in (1..).zip(texts) {
                let Some(address) = Address::new(column, row) else { continue };
                // A table brings no formulas with it: a text that starts with `=` stays a text.
                let cell = if text.starts_with('=') { None } else { parse_cell(text).ok() };
                sheet.cells.insert(address, cell.unwrap_or_else(|| Box::new(Text(text.clone()))));
            }
        }
        // No cell of an import reads another, so there is no cycle.
        let _ = sheet.recompute();
        sheet
    }

    /// Keeps the data source with the sheet.
    pub fn connect(&mut self, source: Source) {
        self.source = Some(source);
    }

    /// The data source, if there is one.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The number of edits that can be undone.
    #[must_use]
    pub fn edits(&self) -> usize {
        self.history.len()
    }

    /// What a cell holds; `None` where it is empty.
    #[must_use]
    pub fn cell(&self, address: Address) -> Option<&dyn Cell> {
        self.cells.get(&address).map(|cell| &**cell)
    }

    /// What a cell comes to; `None` where it is empty.
    #[must_use]
    pub fn value(&self, address: Address) -> Option<&Value> {
        self.values.get(address)
    }

    /// Puts a cell in its place and computes all that depends on it. [`undo`](Sheet::undo) takes it back.
    ///
    /// # Errors
    /// [`Error::Cycle`]; the sheet is then as it was.
    pub fn set(&mut self, at: Address, cell: Box<dyn Cell>) -> Result<()> {
        let before = self.replace(at, Some(cell))?;
        self.history.push(Edit { at, before });
        Ok(())
    }

    /// Takes the last edit back; gives the cell that it was made in.
    ///
    /// # Errors
    /// [`Error::NothingToUndo`].
    pub fn undo(&mut self) -> Result<Address> {
        let Edit { at, before } = self.history.pop().ok_or(Error::NothingToUndo)?;
        self.replace(at, before)?;
        Ok(at)
    }

    /// Forgets the edits: what is there now is where undoing ends.
    pub fn settle(&mut self) {
        self.history = History::default();
    }

    /// Puts a cell in its place, or empties it; gives what stood there. Where that makes a cycle it is taken back.
    fn replace(&mut self, at: Address, cell: Option<Box<dyn Cell>>) -> Result<Option<Box<dyn Cell>>, Cycle> {
        let before = self.exchange(at, cell);
        match self.recompute() {
            Ok(()) => Ok(before),
            Err(cycle) => {
                self.exchange(at, before);
                Err(cycle)
            }
        }
    }

    fn exchange(&mut self, at: Address, cell: Option<Box<dyn Cell>>) -> Option<Box<dyn Cell>> {
        match cell {
            Some(cell) => self.cells.insert(at, cell),
            None => self.cells.remove(&at),
        }
    }

    /// Computes all values, each cell after those that it reads. It also runs once a sheet is loaded, where a cycle, which
    /// no edit can make, refuses the file.
    fn recompute(&mut self) -> Result<(), Cycle> {
        let mut values = Values::default();
        for address in order(&self.cells)? {
            if let Some(cell) = self.cells.get(&address) {
                values.insert(address, cell.compute(&values));
            }
        }
        self.values = values;
        Ok(())
    }

    /// Saves the sheet. The file is written beside its place and then moved there, so a crash leaves the old one.
    ///
    /// # Errors
    /// [`Error::Pickle`] where the sheet can't be dumped, [`Error::Io`] where the file can't be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let bytes = Pickler::new().checksum(true).dumps(self)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Loads a sheet that [`save`](Sheet::save) has written.
    ///
    /// # Errors
    /// [`Error::Io`] where the file can't be read, [`Error::Pickle`] where it holds no sheet that this program can load.
    pub fn load(path: &Path) -> Result<Self> {
        Ok(pickle_core::loads(&std::fs::read(path)?)?)
    }

    /// The first rows as an aligned table, numbers to the right; only columns and rows that hold something are shown.
    #[must_use]
    pub fn render(&self, rows: usize) -> String {
        let all: BTreeSet<u32> = self.cells.keys().map(|address| address.row()).collect();
        let shown: Vec<u32> = all.iter().copied().take(rows).collect();
        let mut columns: BTreeMap<u32, usize> = BTreeMap::new();
        let within = |address: Address| shown.last().is_some_and(|last| address.row() <= *last);
        for (address, value) in self.values.iter().filter(|(address, _)| within(*address)) {
            let letters = column_letters(address.column()).len();
            let width = columns.entry(address.column()).or_insert(letters);
            *width = (*width).max(value.to_string().chars().count());
        }
        let margin = shown.last().map_or(0, |row| row.to_string().len());
        let mut table = format!("{:margin$}", "");
        for (column, width) in &columns {
            table += &format!("  {:^width$}", column_letters(*column));
        }
        for row in &shown {
            table = table.trim_end().to_owned() + &format!("\n{row:>margin$}");
            for (column, width) in &columns {
                let value = Address::new(*column, *row).and_then(|address| self.value(address));
                table += &match value {
                    Some(Value::Number(_)) => format!("  {:>width$}", value.map(Value::to_string).unwrap_or_default()),
                    _ => format!("  {:<width$}", value.map(Value::to_string).unwrap_or_default()),
                };
            }
        }
        table = table.trim_end().to_owned() + "\n";
        match all.len() - shown.len() {
            0 => table,
            more => table + &format!("... and {more} more rows\n"),
        }
    }

    /// The formulas and other computed cells, one a line: `G2  =mean(A2:A51)`.
    #[must_use]
    pub fn formulas(&self) -> Vec<String> {
        let computed = self.cells.iter().filter(|(_, cell)| !cell.reads().is_empty());
        computed.map(|(address, cell)| format!("{address}  {}", cell.input())).collect()
    }

    /// The numbers in a range.
    ///
    /// # Errors
    /// The first error among the cells.
    pub fn numbers(&self, range: Range) -> Result<Vec<f64>, String> {
        self.values.numbers(range)
    }
}

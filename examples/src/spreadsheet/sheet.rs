//! One sheet of a workbook: which cells it shows, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use pickle_core::Pickle;

use super::address::{Address, column_letters};
use super::cell::Cell;
use super::place::Title;
use super::value::Value;

/// A sheet. Its cells may be shown in other sheets too.
#[derive(Pickle, Debug)]
pub struct Sheet {
    pub(super) title: Title,
    pub(super) cells: BTreeMap<Address, Rc<Cell>>,
}

impl Sheet {
    pub(super) fn new(title: Title) -> Self {
        println!("constructed the sheet {title}");
        Sheet { title, cells: BTreeMap::new() }
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> &Title {
        &self.title
    }

    /// The cell at an address; `None` where nothing was entered and no formula reads anything.
    #[must_use]
    pub fn cell(&self, address: Address) -> Option<&Rc<Cell>> {
        self.cells.get(&address)
    }

    /// Whether a cell was made here, and is not only shown here.
    pub(super) fn is_home(&self, address: Address, cell: &Cell) -> bool {
        cell.home().sheet == self.title && cell.home().address == address
    }

    /// The first rows as an aligned table, numbers to the right; only columns and rows that hold something are shown.
    #[must_use]
    pub fn render(&self, rows: usize) -> String {
        let values: BTreeMap<Address, Value> =
            self.cells.iter().filter_map(|(address, cell)| Some((*address, cell.value()?))).collect();
        let all: BTreeSet<u32> = values.keys().map(|address| address.row()).collect();
        let shown: Vec<u32> = all.iter().copied().take(rows).collect();
        let mut columns: BTreeMap<u32, usize> = BTreeMap::new();
        let within = |address: Address| shown.last().is_some_and(|last| address.row() <= *last);
        for (address, value) in values.iter().filter(|(address, _)| within(**address)) {
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
                let value = Address::new(*column, *row).and_then(|address| values.get(&address));
                let text = value.map(Value::to_string).unwrap_or_default();
                table += &match value {
                    Some(Value::Number(_)) => format!("  {text:>width$}"),
                    _ => format!("  {text:<width$}"),
                };
            }
        }
        table = table.trim_end().to_owned() + "\n";
        match all.len() - shown.len() {
            0 => table,
            more => table + &format!("... and {more} more rows\n"),
        }
    }

    /// The formulas and other computed contents of its own cells, one a line: `G2  =mean(A2:A51)`.
    #[must_use]
    pub fn formulas(&self) -> Vec<String> {
        let own = self.cells.iter().filter(|(address, cell)| self.is_home(**address, cell));
        let computed = own.filter(|(_, cell)| !cell.inputs().is_empty());
        computed.map(|(address, cell)| format!("{address}  {}", cell.input().unwrap_or_default())).collect()
    }

    /// The cells that it shows and another place is the home of: `B9 is iris!A2`.
    #[must_use]
    pub fn shared(&self) -> Vec<String> {
        let foreign = self.cells.iter().filter(|(address, cell)| !self.is_home(**address, cell));
        foreign.map(|(address, cell)| format!("{address} is {}", cell.home())).collect()
    }
}

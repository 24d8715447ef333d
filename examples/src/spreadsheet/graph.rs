//! The cells of a workbook as a graph: checked and computed when it is loaded, taken apart when it is dropped.

use std::collections::HashSet;
use std::rc::Rc;

use super::cell::{Cell, distinct_inputs};
use super::history::Edit;
use super::order::order;
use super::workbook::Workbook;

impl Workbook {
    /// All cells that the workbook keeps alive, each once.
    fn reachable(&self) -> Vec<Rc<Cell>> {
        let mut met = HashSet::new();
        let mut cells: Vec<Rc<Cell>> = self.sheets.iter().flat_map(|sheet| sheet.cells.values()).cloned().collect();
        for edit in self.history.iter() {
            if let Edit::Changed { cell, before, .. } = edit {
                cells.push(cell.clone());
                cells.extend(before.as_deref().map_or_else(Vec::new, distinct_inputs));
            }
        }
        cells.retain(|cell| met.insert(Rc::as_ptr(cell)));
        let mut visited = 0;
        while let Some(cell) = cells.get(visited) {
            visited += 1;
            let next = cell.inputs().into_iter().chain(cell.dependants());
            let next: Vec<Rc<Cell>> = next.filter(|cell| met.insert(Rc::as_ptr(cell))).collect();
            cells.extend(next);
        }
        cells
    }

    /// Runs once a workbook is loaded, whatever the stream says: it refuses the graphs that no edits lead to, and computes
    /// the values of all cells.
    pub(super) fn restore(&mut self) -> Result<(), String> {
        let titles: HashSet<_> = self.sheets.iter().map(|sheet| &sheet.title).collect();
        if titles.len() < self.sheets.len() {
            return Err("two sheets have one title".to_owned());
        }
        let cells = self.reachable();
        let mut at_home = HashSet::new();
        for sheet in &self.sheets {
            let own = sheet.cells.iter().filter(|(address, cell)| sheet.is_home(**address, cell));
            at_home.extend(own.map(|(_, cell)| Rc::as_ptr(cell)));
        }
        if let Some(cell) = cells.iter().find(|cell| !at_home.contains(&Rc::as_ptr(cell))) {
            return Err(format!("there is no cell {} in its sheet", cell.home()));
        }
        // Each cell is held back by all that it reads, and by nothing else.
        let mut reads = HashSet::new();
        for cell in &cells {
            reads.extend(cell.inputs().iter().map(|input| (Rc::as_ptr(input), Rc::as_ptr(cell))));
        }
        for cell in &cells {
            for dependant in cell.dependants() {
                if !reads.remove(&(Rc::as_ptr(cell), Rc::as_ptr(&dependant))) {
                    return Err(format!("{} does not read its input {}", dependant.home(), cell.home()));
                }
            }
        }
        if !reads.is_empty() {
            return Err("a cell is read by one that it does not know".to_owned());
        }
        // No edit makes a cycle, and what depends on itself has no value.
        for cell in order(cells).map_err(|cycle| cycle.to_string())? {
            cell.compute();
        }
        Ok(())
    }
}

/// Cells hold each other both ways, so none of them would ever go by itself. Who still holds one then holds it empty.
impl Drop for Workbook {
    fn drop(&mut self) {
        // All are held here until the last is detached, so that no drop leads to the next and the stack stays small.
        for cell in &self.reachable() {
            cell.detach();
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::super::content::Content;
    use super::super::error::Result;
    use super::super::place::{Place, Title};
    use super::super::sheet::Sheet;
    use super::*;

    type Change = fn(&mut Workbook);

    fn cell(book: &Workbook, at: &str) -> Rc<Cell> {
        book.cell(&book.place(at).expect("a place")).expect("a cell").clone()
    }

    /// A workbook where C1 reads B1, which reads A1.
    fn book() -> Result<Workbook> {
        let mut book = Workbook::default();
        book.add_sheet("s")?;
        for (at, input) in [("A1", "1"), ("B1", "=A1 + 1"), ("C1", "=sum(B1:B1)")] {
            let at = book.place(at)?;
            book.enter(&at, input)?;
        }
        Ok(book)
    }

    /// Whoever writes a file can write any graph of cells into it.
    #[test]
    fn graphs_that_no_edits_lead_to_are_refused_and_taken_apart() -> Result<()> {
        let changes: [(&str, Change); 8] = [
            ("cells need each other: s!A1 -> s!C1 -> s!B1 -> s!A1", |book| {
                let (a, c) = (cell(book, "A1"), cell(book, "C1"));
                *a.content.borrow_mut() = Some(reading(book, "C1"));
                c.dependants.borrow_mut().push(a);
            }),
            ("cells need each other: s!A1 -> s!A1", |book| {
                let a = cell(book, "A1");
                *a.content.borrow_mut() = Some(reading(book, "A1"));
                a.dependants.borrow_mut().push(a.clone());
            }),
            ("a cell is read by one that it does not know", |book| {
                cell(book, "A1").dependants.borrow_mut().clear();
            }),
            ("s!B1 does not read its input s!A1", |book| {
                let b = cell(book, "B1");
                cell(book, "A1").dependants.borrow_mut().push(b);
            }),
            ("s!A1 does not read its input s!C1", |book| {
                let a = cell(book, "A1");
                cell(book, "C1").dependants.borrow_mut().push(a);
            }),
            ("there is no cell s!B1 in its sheet", |book| {
                let b = book.place("B1").expect("a place");
                book.sheets[0].cells.remove(&b.address);
            }),
            ("there is no cell t!A1 in its sheet", |book| {
                let a = Place { sheet: Title::new("t").expect("a title"), ..cell(book, "A1").home };
                let (cell, at) = (Cell::new(a.clone()), a.clone());
                book.history.push(Edit::Changed { at, cell, before: None });
            }),
            ("two sheets have one title", |book| {
                let title = book.sheets[0].title.clone();
                book.sheets.push(Sheet::new(title));
            }),
        ];
        for (expected, change) in changes {
            let mut book = book()?;
            change(&mut book);
            let bytes = pickle_core::dumps(&book)?;
            let error = pickle_core::loads::<Workbook>(&bytes).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
            let a = Rc::downgrade(&cell(&book, "A1"));
            drop(book);
            assert!(a.upgrade().is_none(), "{expected}");
        }
        Ok(())
    }

    fn reading(book: &mut Workbook, at: &str) -> Box<dyn Content> {
        let title = book.sheets[0].title.clone();
        book.parse(&title, &format!("={at}")).expect("a formula")
    }
}

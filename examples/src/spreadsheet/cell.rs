//! Cells, and how they hold each other.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

use pickle_core::Pickle;

use super::content::Content;
use super::order::{Cycle, order};
use super::place::{Area, Place};
use super::value::Value;

/// A cell: one object, in however many sheets it is shown.
///
/// Its content holds the cells that it reads, and each of those holds it as a dependant: the cells of a workbook are a graph
/// with cycles, though no formula reads itself. The value is a cache, so it is not saved.
#[derive(Pickle)]
pub struct Cell {
    pub(super) home: Place,
    pub(super) content: RefCell<Option<Box<dyn Content>>>,
    pub(super) dependants: RefCell<Vec<Rc<Cell>>>,
    #[pickle(skip)]
    value: RefCell<Option<Value>>,
}

impl Cell {
    /// An empty cell.
    pub(super) fn new(home: Place) -> Rc<Self> {
        let (content, dependants, value) = <(_, _, _)>::default();
        Rc::new(Cell { home, content, dependants, value })
    }

    /// The place that it was made in: its name, also where another sheet shows it.
    #[must_use]
    pub fn home(&self) -> &Place {
        &self.home
    }

    /// What it comes to; `None` where it is empty.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        self.value.borrow().clone()
    }

    /// What a user types to get its content; `None` where it is empty.
    #[must_use]
    pub fn input(&self) -> Option<String> {
        self.content.borrow().as_ref().map(|content| content.input())
    }

    /// The cells that its content reads, each once.
    #[must_use]
    pub fn inputs(&self) -> Vec<Rc<Cell>> {
        self.content.borrow().as_deref().map_or_else(Vec::new, distinct_inputs)
    }

    /// The cells whose contents read it.
    #[must_use]
    pub fn dependants(&self) -> Vec<Rc<Cell>> {
        self.dependants.borrow().clone()
    }

    /// Computes its value from those of its inputs.
    pub(super) fn compute(&self) {
        let value = self.content.borrow().as_ref().map(|content| content.compute());
        self.value.replace(value);
    }

    /// Lets go of all other cells.
    pub(super) fn detach(&self) {
        self.content.take();
        self.dependants.take();
    }

    /// Gives the cell another content, and computes it and all that depends on it, each cell once and after its inputs.
    /// Gives the old content, and the dependants in the order in which they were computed.
    ///
    /// # Errors
    /// The content reads what depends on the cell; nothing is changed then.
    pub(super) fn replace(self: &Rc<Self>, content: Option<Box<dyn Content>>) -> Result<Replaced, Cycle> {
        let inputs = content.as_deref().map_or_else(Vec::new, distinct_inputs);
        for input in &inputs {
            input.dependants.borrow_mut().push(self.clone());
        }
        // The order follows dependants, so the new ones are there before the content is, and the old ones still are: a
        // cell that the old content read as well is a dependant of it twice for a moment.
        let mut affected = match order([self.clone()]) {
            Ok(affected) => affected,
            Err(cycle) => {
                inputs.iter().for_each(|input| drop(input.dependants.borrow_mut().pop()));
                return Err(cycle);
            }
        };
        let before = self.content.replace(content);
        for input in before.as_deref().map_or_else(Vec::new, distinct_inputs) {
            let mut dependants = input.dependants.borrow_mut();
            if let Some(i) = dependants.iter().position(|dependant| Rc::ptr_eq(dependant, self)) {
                dependants.remove(i);
            }
        }
        affected.iter().for_each(|cell| cell.compute());
        affected.remove(0);
        Ok(Replaced { before, recomputed: affected.iter().map(|cell| cell.home.clone()).collect() })
    }
}

/// What [`Cell::replace`] has done.
pub(super) struct Replaced {
    pub(super) before: Option<Box<dyn Content>>,
    pub(super) recomputed: Vec<Place>,
}

/// The cells that a content reads, each once, in the order in which it names them.
pub(super) fn distinct_inputs(content: &dyn Content) -> Vec<Rc<Cell>> {
    let mut met = HashSet::new();
    let all = content.inputs().into_iter().flat_map(|inputs| &inputs.cells);
    all.filter(|cell| met.insert(Rc::as_ptr(cell))).cloned().collect()
}

// Cells lead back to themselves, so only their names are shown.
impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.home)
    }
}

/// An area as a content holds it: its name, and the cells themselves, row by row.
#[derive(Pickle, Debug)]
pub struct Inputs {
    pub(super) area: Area,
    pub(super) cells: Vec<Rc<Cell>>,
}

impl Inputs {
    /// What the area is called.
    #[must_use]
    pub fn area(&self) -> &Area {
        &self.area
    }

    /// The number in the first cell; an empty one counts as 0.
    ///
    /// # Errors
    /// The cell holds a text, or an error.
    pub fn number(&self) -> Result<f64, Rc<str>> {
        match self.cells.first().and_then(|cell| cell.value()) {
            None => Ok(0.0),
            Some(Value::Number(number)) => Ok(number),
            Some(Value::Text(_)) => Err(format!("{} is a text", self.area.first()).into()),
            Some(Value::Error(error)) => Err(error),
        }
    }

    /// The numbers in the cells, row by row; texts and empty cells are passed over, as spreadsheets do.
    ///
    /// # Errors
    /// The first error among the cells.
    pub fn numbers(&self) -> Result<Vec<f64>, Rc<str>> {
        let numbers = self.cells.iter().filter_map(|cell| match &*cell.value.borrow() {
            Some(Value::Number(number)) => Some(Ok(*number)),
            Some(Value::Error(error)) => Some(Err(error.clone())),
            Some(Value::Text(_)) | None => None,
        });
        numbers.collect()
    }
}

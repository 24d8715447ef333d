//! Edits that can be undone, also after the program was closed.

use std::collections::VecDeque;
use std::rc::Rc;

use pickle_core::Pickle;

use super::cell::Cell;
use super::content::Content;
use super::place::Place;

/// The edits that are kept.
const KEPT: usize = 100;

/// One edit, as what takes it back.
#[derive(Pickle, Debug)]
pub(super) enum Edit {
    /// A cell had another content; `None` where it was empty.
    Changed { at: Place, cell: Rc<Cell>, before: Option<Box<dyn Content>> },
    /// A cell came to be shown in one more place.
    Shown { at: Place },
}

/// The last edits, oldest first. Saved with the workbook.
#[derive(Pickle, Debug, Default)]
pub(super) struct History {
    edits: VecDeque<Edit>,
}

impl History {
    pub(super) fn push(&mut self, edit: Edit) {
        if self.edits.len() >= KEPT {
            self.edits.pop_front();
        }
        self.edits.push_back(edit);
    }

    pub(super) fn pop(&mut self) -> Option<Edit> {
        self.edits.pop_back()
    }

    pub(super) fn len(&self) -> usize {
        self.edits.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Edit> {
        self.edits.iter()
    }
}

//! Edits that can be undone, also after the program was closed.

use std::collections::VecDeque;

use pickle_core::Pickle;

use super::address::Address;
use super::cell::Cell;

/// The edits that are kept.
const KEPT: usize = 100;

/// One edit: the cell that stood there before it.
#[derive(Pickle, Debug)]
pub(super) struct Edit {
    pub(super) at: Address,
    /// `None` where the cell was empty.
    pub(super) before: Option<Box<dyn Cell>>,
}

/// The last edits, oldest first. Saved with the sheet.
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
}

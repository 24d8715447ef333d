//! In which order cells are computed: each after all that it reads.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use super::cell::Cell;

/// Cells that need each other. The first stands at the end again: `A1 -> B1 -> A1`, each reads the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle(
    /// The names of the cells, the first one also last.
    pub Vec<String>,
);

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cells need each other: {}", self.0.join(" -> "))
    }
}

impl std::error::Error for Cycle {}

/// Some cells and all that depends on them, each once, and each before its own dependants.
///
/// It is a depth-first search along dependants, the last one first, turned around at the end: so cells that do not need each
/// other come in the order in which they were entered. The search keeps a stack of its own, so a chain
/// may be of any length.
pub(super) fn order(starts: impl IntoIterator<Item = Rc<Cell>>) -> Result<Vec<Rc<Cell>>, Cycle> {
    let mut order = Vec::new();
    let mut complete: HashMap<*const Cell, bool> = HashMap::new();
    for start in starts {
        if complete.contains_key(&Rc::as_ptr(&start)) {
            continue;
        }
        complete.insert(Rc::as_ptr(&start), false);
        let unvisited = start.dependants().into_iter().rev();
        let mut path = vec![(start, unvisited)];
        while let Some((_, unvisited)) = path.last_mut() {
            let Some(next) = unvisited.next() else {
                if let Some((cell, _)) = path.pop() {
                    complete.insert(Rc::as_ptr(&cell), true);
                    order.push(cell);
                }
                continue;
            };
            match complete.get(&Rc::as_ptr(&next)) {
                Some(true) => {}
                Some(false) => {
                    let within = path.iter().map(|(cell, _)| cell).skip_while(|cell| !Rc::ptr_eq(cell, &next));
                    let mut names: Vec<String> = within.chain([&next]).map(|cell| cell.home().to_string()).collect();
                    // The search went from what is read to what reads it.
                    names.reverse();
                    return Err(Cycle(names));
                }
                None => {
                    complete.insert(Rc::as_ptr(&next), false);
                    let unvisited = next.dependants().into_iter().rev();
                    path.push((next, unvisited));
                }
            }
        }
    }
    order.reverse();
    Ok(order)
}

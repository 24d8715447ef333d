//! In which order cells are computed: each after all that it reads.

use std::collections::BTreeMap;
use std::fmt;

use super::address::Address;
use super::cell::Cell;

/// Cells that need each other. The first stands at the end again: `A1 -> B1 -> A1`, each reads the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle(
    /// The cells, the first one also last.
    pub Vec<Address>,
);

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cells need each other: ")?;
        for (i, address) in self.0.iter().enumerate() {
            write!(f, "{}{address}", if i == 0 { "" } else { " -> " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Cycle {}

/// All cells, each after those that it reads. The search keeps a stack of its own, so a chain may be of any length.
pub(super) fn order(cells: &BTreeMap<Address, Box<dyn Cell>>) -> Result<Vec<Address>, Cycle> {
    let mut order = Vec::with_capacity(cells.len());
    let mut done = BTreeMap::new();
    for &start in cells.keys() {
        if done.contains_key(&start) {
            continue;
        }
        done.insert(start, false);
        let mut path = vec![(start, precedents(cells, start).into_iter())];
        while let Some((address, unvisited)) = path.last_mut() {
            let address = *address;
            let Some(next) = unvisited.next() else {
                done.insert(address, true);
                order.push(address);
                path.pop();
                continue;
            };
            match done.get(&next) {
                Some(true) => {}
                Some(false) => {
                    let within = path.iter().map(|(address, _)| *address).skip_while(|address| *address != next);
                    return Err(Cycle(within.chain([next]).collect()));
                }
                None => {
                    done.insert(next, false);
                    path.push((next, precedents(cells, next).into_iter()));
                }
            }
        }
    }
    Ok(order)
}

/// The cells that a cell reads; of a range only those that are there.
fn precedents(cells: &BTreeMap<Address, Box<dyn Cell>>, address: Address) -> Vec<Address> {
    let reads = cells.get(&address).map(|cell| cell.reads()).unwrap_or_default();
    let mut found = Vec::new();
    for range in reads {
        let rows = cells.range(range.first()..=range.last());
        found.extend(rows.map(|(address, _)| *address).filter(|address| range.contains(*address)));
    }
    found
}

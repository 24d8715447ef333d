//! The bars: what the library promises of its speed and size, and whether this run holds it.

use std::cmp::Ordering;

use crate::codecs::Role;
use crate::data::{log, mesh, minecraft_savedata, mk48, small};
use crate::measure::{Op, Row};
use crate::report::label;

/// One bar, and where this run stands.
pub struct Bar {
    what: String,
    /// What the figure is compared with.
    against: String,
    ratio: f64,
    /// The most that the ratio may be.
    most: f64,
}

impl Bar {
    fn is_met(&self) -> bool {
        self.ratio <= self.most
    }

    /// How much of what is allowed is taken.
    fn share(&self) -> f64 {
        self.ratio / self.most
    }
}

/// The bars of the data sets that were measured, the worst last.
pub fn bars(rows: &[Row]) -> Vec<Bar> {
    let mut bars = Vec::new();
    for set in [log::NAME, mesh::NAME, minecraft_savedata::NAME, mk48::NAME, small::NAME] {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.set == set).collect();
        if rows.is_empty() {
            continue;
        }
        let set = Set { name: set, rows };
        if set.name == small::NAME { set.small(&mut bars) } else { set.large(&mut bars) }
    }
    bars.sort_by(|a, b| a.share().partial_cmp(&b.share()).unwrap_or(Ordering::Equal));
    bars
}

/// A line for each bar; whether all are met.
pub fn print(bars: &[Bar]) -> bool {
    let width = bars.iter().map(|bar| bar.what.len()).max().unwrap_or(0);
    for Bar { what, against, ratio, most } in bars {
        let verdict = if ratio <= most { "met   " } else { "missed" };
        println!("{verdict} {what:<width$}  {ratio:.2} of {most:.2}, against {against}");
    }
    bars.iter().all(Bar::is_met)
}

/// The rows of a data set.
struct Set<'r> {
    name: &'static str,
    rows: Vec<&'r Row>,
}

/// What a figure is compared with.
#[derive(Clone, Copy)]
enum Against {
    /// The best of all peers.
    Peers,
    /// The best of some.
    Packages(&'static [(&'static str, &'static str)]),
    Memcpy,
}

/// Those whose size is that of the values, or about.
const UNPACKED: &[(&str, &str)] = &[("wincode", ""), ("rkyv", ""), ("savefile", ""), ("bincode", "fixed integers")];
const WINCODE: &[(&str, &str)] = &[("wincode", "")];
const EMBEDDED: &str = "";
const FINGERPRINT: &str = "fingerprint";

impl Set<'_> {
    fn large(&self, bars: &mut Vec<Bar>) {
        let (serialize, deserialize) = (|row: &Row| row.median(Op::Serialize), |row: &Row| row.median(Op::Deserialize));
        self.bar(bars, "serialize", EMBEDDED, serialize, Against::Peers, 1.0);
        self.bar(bars, "deserialize", EMBEDDED, deserialize, Against::Peers, 1.0);
        if self.name == mesh::NAME {
            self.bar(bars, "serialize", EMBEDDED, serialize, Against::Memcpy, 1.1);
            self.bar(bars, "deserialize", EMBEDDED, deserialize, Against::Memcpy, 1.1);
        }
        self.bar(bars, "borrow", EMBEDDED, |row| row.median(Op::Borrow), Against::Packages(WINCODE), 1.0);
        self.bar(bars, "size", EMBEDDED, |row| Some(row.size as f64), Against::Packages(UNPACKED), 1.0);
    }

    fn small(&self, bars: &mut Vec<Bar>) {
        for (what, op) in [("serialize", Op::Serialize), ("deserialize", Op::Deserialize)] {
            self.bar(bars, what, FINGERPRINT, |row| row.median(op), Against::Peers, 1.0);
            self.bar(bars, what, EMBEDDED, |row| row.median(op), Against::Peers, 3.0);
        }
    }

    /// Adds a bar, where there is something to compare.
    fn bar(
        &self,
        bars: &mut Vec<Bar>,
        what: &str,
        variant: &str,
        figure: impl Fn(&Row) -> Option<f64>,
        against: Against,
        most: f64,
    ) {
        let ours = self.rows.iter().find(|row| row.role == Role::Ours && row.variant == variant);
        let others = self.rows.iter().filter(|row| match against {
            Against::Peers => row.role == Role::Peer,
            Against::Memcpy => row.role == Role::Memcpy,
            Against::Packages(packages) => packages.contains(&(row.codec, row.variant)),
        });
        let best = others
            .filter_map(|row| Some((figure(row)?, row)))
            .min_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
        let (Some(ours), Some((best, row))) = (ours.and_then(|row| figure(row)), best) else { return };
        let variant = if variant.is_empty() { String::new() } else { format!(" ({variant})") };
        bars.push(Bar {
            what: format!("{} {what}{variant}", self.name),
            against: label((row.codec, row.variant)),
            ratio: ours / best,
            most,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(codec: &'static str, role: Role, size: usize) -> Row {
        Row::new(log::NAME, (codec, ""), role, size)
    }

    #[test]
    fn the_worst_is_last_and_decides() {
        let rows = [row("pickle-core", Role::Ours, 100), row("wincode", Role::Peer, 110), row("rkyv", Role::Peer, 120)];
        let met = bars(&rows);
        assert_eq!(met.len(), 1, "only sizes were measured");
        assert!(met[0].is_met() && met[0].against.starts_with("wincode"));

        let rows = [row("pickle-core", Role::Ours, 100), row("savefile", Role::Peer, 90)];
        let missed = bars(&rows);
        assert!(!print(&missed));
    }
}

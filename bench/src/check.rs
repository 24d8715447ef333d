//! The bars of the data sets: what the library promises of its speed and size, and whether this run holds it.

use crate::Result;
use crate::codecs::Role;
use crate::copy::Pairs;
use crate::data::{log, mesh, minecraft_savedata, small};
use crate::measure::{Op, Row, of_set};
use crate::report::label;

/// One bar, and where this run stands.
struct Bar {
    what: String,
    /// What the figure is compared with.
    against: String,
    ratio: f64,
    /// The most that the ratio may be.
    most: f64,
    /// Why that is above what it is elsewhere, or empty.
    why: &'static str,
}

impl Bar {
    fn is_met(&self) -> bool {
        self.ratio <= self.most
    }

    /// How much of what is allowed is taken.
    fn share(&self) -> f64 {
        self.ratio / self.most
    }

    fn line(&self, width: usize) -> String {
        let Bar { what, against, ratio, most, why } = self;
        let verdict = if self.is_met() { "met   " } else { "missed" };
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        format!("{verdict} {what:<width$}  {ratio:.3} of {most:.3}, against {against}{why}")
    }
}

/// Prints a line for each bar of some data sets, the worst last; `copies` are those of `mesh`. An error where one is missed, or
/// cannot be told.
pub fn print<'s>(sets: impl IntoIterator<Item = &'s str>, rows: &[Row], copies: Option<&Pairs>) -> Result<()> {
    let bars = bars(sets, rows, copies)?;
    let width = bars.iter().map(|bar| bar.what.len()).max().unwrap_or(0);
    for bar in &bars {
        println!("{}", bar.line(width));
    }
    if bars.iter().all(Bar::is_met) { Ok(()) } else { Err("a bar is missed".into()) }
}

/// The bars of some data sets, the worst last.
fn bars<'s>(sets: impl IntoIterator<Item = &'s str>, rows: &[Row], copies: Option<&Pairs>) -> Result<Vec<Bar>> {
    let mut bars = Vec::new();
    for set in sets {
        let rows = of_set(set, rows);
        for promise in promises(set) {
            bars.push(promise.stands(set, &rows)?);
        }
        if set == mesh::NAME {
            bars.extend(copied(copies.ok_or("no copies of `mesh` were measured")?));
        }
    }
    bars.sort_by(|a, b| a.share().total_cmp(&b.share()));
    Ok(bars)
}

/// The bars against a copy right after each call.
fn copied(pairs: &Pairs) -> [Bar; 2] {
    let [dump, load] = pairs.ratios();
    [("serialize", dump), ("deserialize", load)].map(|(what, ratio)| Bar {
        what: format!("{} {what}", mesh::NAME),
        against: "a copy right after it".to_owned(),
        ratio,
        most: 1.1,
        why: "",
    })
}

/// A figure of ours that may be at most so many times another.
#[derive(Clone, Copy)]
struct Promise {
    what: &'static str,
    figure: fn(&Row) -> Option<f64>,
    /// Which row of ours.
    variant: &'static str,
    against: Against,
    most: f64,
    why: &'static str,
}

/// What a figure is compared with.
#[derive(Clone, Copy)]
enum Against {
    /// The best of all peers.
    Peers,
    /// The best of some.
    Packages(&'static [(&'static str, &'static str)]),
}

/// Those whose size is that of the values, or about.
const UNPACKED: &[(&str, &str)] = &[("wincode", ""), ("rkyv", ""), ("savefile", ""), ("bincode", "fixed integers")];
const WINCODE: &[(&str, &str)] = &[("wincode", "")];
const EMBEDDED: &str = "";
const FINGERPRINT: &str = "fingerprint";

const SERIALIZE: Promise = Promise {
    what: "serialize",
    figure: |row| row.median(Op::Serialize),
    variant: EMBEDDED,
    against: Against::Peers,
    most: 1.0,
    why: "",
};
const DESERIALIZE: Promise = Promise { what: "deserialize", figure: |row| row.median(Op::Deserialize), ..SERIALIZE };
const BORROW: Promise =
    Promise { what: "borrow", figure: |row| row.median(Op::Borrow), against: Against::Packages(WINCODE), ..SERIALIZE };
const SIZE: Promise =
    Promise { what: "size", figure: |row| Some(row.size as f64), against: Against::Packages(UNPACKED), ..SERIALIZE };

/// What is promised of a data set.
fn promises(set: &str) -> Vec<Promise> {
    let times = [SERIALIZE, DESERIALIZE];
    let and = |more: &[Promise]| [&times[..], more].concat();
    match set {
        small::NAME => [FINGERPRINT, EMBEDDED]
            .into_iter()
            .zip([1.0, 3.0])
            .flat_map(|(variant, most)| times.map(|promise| Promise { variant, most, ..promise }))
            .collect(),
        mesh::NAME => {
            and(&[Promise { most: 1.001, why: "floats alone, so a header and blocks are all that differs", ..SIZE }])
        }
        log::NAME | minecraft_savedata::NAME => and(&[BORROW, SIZE]),
        _ => and(&[SIZE]),
    }
}

impl Promise {
    /// Where it stands in the rows of a set, which have to be there.
    fn stands(&self, set: &str, rows: &[&Row]) -> Result<Bar> {
        let known = |row: &Row| {
            let absent = || format!("{set}: {} has no figure for {}", label((row.codec, row.variant)), self.what);
            (self.figure)(row).ok_or_else(absent)
        };
        let variant = if self.variant.is_empty() { String::new() } else { format!(" ({})", self.variant) };
        let what = format!("{set} {}{variant}", self.what);
        let ours = rows.iter().find(|row| row.role == Role::Ours && row.variant == self.variant);
        let ours = known(ours.ok_or_else(|| format!("{what}: there is no row of ours"))?)?;
        let mut best: Option<(f64, &Row)> = None;
        for row in self.against.among(rows)? {
            let figure = known(row)?;
            if best.is_none_or(|(least, _)| figure < least) {
                best = Some((figure, row));
            }
        }
        let (best, row) = best.ok_or_else(|| format!("{what}: there is no row to compare with"))?;
        let against = label((row.codec, row.variant));
        Ok(Bar { what, against, ratio: ours / best, most: self.most, why: self.why })
    }
}

impl Against {
    fn among<'r>(self, rows: &[&'r Row]) -> Result<Vec<&'r Row>> {
        match self {
            Against::Peers => Ok(rows.iter().copied().filter(|row| row.role == Role::Peer).collect()),
            Against::Packages(packages) => packages
                .iter()
                .map(|package| {
                    let row = rows.iter().copied().find(|row| (row.codec, row.variant) == *package);
                    row.ok_or_else(|| format!("there is no row of {}", label(*package)).into())
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{self, mk48};

    /// A row of which every figure is the same, but that only some sets have strings to lend.
    fn row(set: &'static str, codec: (&'static str, &'static str), role: Role, figure: f64) -> Row {
        let mut row = Row::new(set, codec, role, figure as usize);
        row.record(Op::Serialize, figure);
        row.record(Op::Deserialize, figure);
        if [log::NAME, minecraft_savedata::NAME].contains(&set) {
            row.record(Op::Borrow, figure);
        }
        row
    }

    fn all_rows(set: &'static str) -> Vec<Row> {
        let peers = UNPACKED.iter().map(|package| row(set, *package, Role::Peer, 100.0));
        let ours = [EMBEDDED, FINGERPRINT].map(|variant| row(set, ("pickle-core", variant), Role::Ours, 100.0));
        ours.into_iter().chain(peers).collect()
    }

    /// Those that take as long as what they are compared with.
    fn copies() -> Pairs {
        Pairs::of((100.0, 100.0), (100.0, 100.0))
    }

    #[test]
    fn every_row_that_is_compared_has_to_be_there() {
        for set in data::ALL.map(|set| set.name) {
            let all = bars([set], &all_rows(set), Some(&copies())).expect(set);
            assert!(all.iter().all(Bar::is_met), "{set}: what is equal is not slower");
            for absent in 0..all_rows(set).len() {
                let mut rows = all_rows(set);
                let row = rows.remove(absent);
                let compared = match row.role {
                    Role::Ours => row.variant == EMBEDDED || set == small::NAME,
                    // Of all peers, one is enough.
                    _ => set != small::NAME,
                };
                assert_eq!(
                    bars([set], &rows, Some(&copies())).is_err(),
                    compared,
                    "{set} without {} {}",
                    row.codec,
                    row.variant
                );
            }
        }
    }

    #[test]
    fn every_figure_that_is_compared_has_to_be_there() {
        for codec in [("pickle-core", EMBEDDED), ("wincode", "")] {
            let mut rows = all_rows(log::NAME);
            for row in rows.iter_mut().filter(|row| (row.codec, row.variant) == codec) {
                *row = Row::new(row.set, codec, row.role, row.size);
            }
            assert!(bars([log::NAME], &rows, None).is_err(), "{codec:?} was not measured");
        }
    }

    #[test]
    fn a_figure_is_compared_with_the_best() {
        let mut rows = all_rows(log::NAME);
        rows[3] = row(log::NAME, ("rkyv", ""), Role::Peer, 80.0);
        let bars = bars([log::NAME], &rows, None).expect("all rows are there");
        let stands: Vec<_> = bars.iter().map(|bar| (bar.what.as_str(), bar.ratio, bar.is_met())).collect();
        let expected = [("log borrow", 1.0), ("log serialize", 1.25), ("log deserialize", 1.25), ("log size", 1.25)];
        assert_eq!(stands, expected.map(|(what, ratio)| (what, ratio, ratio <= 1.0)));
        assert!(bars[0].against.starts_with("wincode") && bars[1].against.starts_with("rkyv"));
    }

    #[test]
    fn the_small_message_may_take_longer_with_its_schema() {
        let bars = bars([small::NAME], &all_rows(small::NAME), None).expect("all rows are there");
        let most: Vec<_> = bars.iter().map(|bar| (bar.what.as_str(), bar.most)).collect();
        assert_eq!(most[..2], [("small serialize", 3.0), ("small deserialize", 3.0)]);
        assert_eq!(most[2..], [("small serialize (fingerprint)", 1.0), ("small deserialize (fingerprint)", 1.0)]);
    }

    #[test]
    fn one_that_is_missed_is_an_error_and_so_is_one_that_is_not_there() {
        let mut rows = all_rows(log::NAME);
        assert!(print([log::NAME], &rows, None).is_ok());
        assert!(print([log::NAME, mk48::NAME], &rows, None).is_err(), "a set that was not measured");
        rows[2] = row(log::NAME, ("wincode", ""), Role::Peer, 99.0);
        assert!(print([log::NAME], &rows, None).is_err(), "wincode is ahead");
    }

    #[test]
    fn the_worst_is_last() {
        let rows: Vec<Row> = [small::NAME, mesh::NAME].into_iter().flat_map(all_rows).collect();
        let shares = |sets: [&str; 2]| -> Vec<f64> {
            let bars = bars(sets, &rows, Some(&copies())).expect("all rows are there");
            bars.iter().map(Bar::share).collect()
        };
        let third = 1.0 / 3.0;
        let copied = 1.0 / 1.1;
        let expected = [third, third, copied, copied, 1.0 / 1.001, 1.0, 1.0, 1.0, 1.0];
        assert_eq!(shares([small::NAME, mesh::NAME]), expected);
        assert_eq!(shares([mesh::NAME, small::NAME]), expected);
    }

    #[test]
    fn a_copy_is_compared_with_the_call_before_it() {
        let rows = all_rows(mesh::NAME);
        assert!(bars([mesh::NAME], &rows, None).is_err(), "it was not measured");
        let bars = bars([mesh::NAME], &rows, Some(&Pairs::of((120.0, 100.0), (105.0, 100.0)))).expect("all is there");
        let last = bars.last().expect("there are some");
        assert_eq!((last.what.as_str(), last.ratio, last.is_met()), ("mesh serialize", 1.2, false));
        let met = bars.iter().find(|bar| bar.ratio == 1.05).expect("the other one");
        assert_eq!((met.what.as_str(), met.is_met()), ("mesh deserialize", true));
    }

    #[test]
    fn a_line_tells_where_a_bar_stands_and_why() {
        let mut bar =
            Bar { what: "mesh size".to_owned(), against: "rkyv".to_owned(), ratio: 1.0003, most: 1.001, why: "floats" };
        assert_eq!(bar.line(10), "met    mesh size   1.000 of 1.001, against rkyv: floats");
        (bar.ratio, bar.why) = (1.002, "");
        assert_eq!(bar.line(9), "missed mesh size  1.002 of 1.001, against rkyv");
    }
}

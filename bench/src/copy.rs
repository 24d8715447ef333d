//! `mesh` next to copying its bytes, in turn: `--only copy`.
//!
//! A copy of some megabytes takes a quarter longer at some times than at others, whatever code makes it, for as long as a
//! sample or longer. So each call is compared with the copy right after it.

use std::hint::black_box;
use std::time::Instant;

use pickle_core::{Pickler, Unpickler};

use crate::Result;
use crate::args::Args;
use crate::data::mesh::{self, Mesh};
use crate::data::random;
use crate::measure::median;
use crate::report::{Format, facts, micros, render, times};

/// Pairs of calls in each round.
const PAIRS: usize = 20;

/// A call and the copy right after it, in microseconds.
type Pair = (f64, f64);

/// The pairs of dumps, and of loads.
pub struct Pairs {
    dumps: Vec<Pair>,
    loads: Vec<Pair>,
}

/// Measures and prints.
pub fn run(args: &Args) -> Result<()> {
    let pairs = Pairs::measure(args.rounds)?;
    let format = args.format();
    let conditions = facts(format, ["pickle-core"], &[times(args.rounds, &format!("each of {PAIRS} calls"))]);
    print!("{conditions}\n{}", pairs.table(format));
    Ok(())
}

impl Pairs {
    /// Measures so many rounds.
    pub fn measure(rounds: usize) -> Result<Pairs> {
        let value = mesh::generate(&mut random());
        let mut pickler = Pickler::new();
        let bytes = pickler.dumps(&value)?;
        let unpickler = Unpickler::new();
        let mut kept = bytes.clone();
        let (mut dumps, mut loads) = (Vec::new(), Vec::new());
        // One after the other, so that what both sides touch stays in the cache.
        for _ in 0..rounds * PAIRS {
            // What is loaded is freed before the copy, which takes its place.
            let load = timed(|| Ok(unpickler.loads::<Mesh>(black_box(&bytes))?))?;
            loads.push((load, timed(|| Ok(black_box(&bytes).to_vec()))?));
        }
        for _ in 0..rounds * PAIRS {
            let dump = timed(|| Ok(black_box(pickler.dump_slice(black_box(&value))?).len()))?;
            let copy = timed(|| {
                kept.copy_from_slice(black_box(&bytes));
                Ok(black_box(kept.as_slice()).len())
            })?;
            dumps.push((dump, copy));
        }
        Ok(Pairs { dumps, loads })
    }

    /// One pair of each.
    #[cfg(test)]
    pub fn of(dump: Pair, load: Pair) -> Pairs {
        Pairs { dumps: vec![dump], loads: vec![load] }
    }

    /// The medians of the ratios of dumps, and of loads.
    pub fn ratios(&self) -> [f64; 2] {
        [&self.dumps, &self.loads].map(|pairs| ratio(pairs))
    }

    fn table(&self, format: Format) -> String {
        let head = ["", "ours µs", "copy µs", "ratio", "ratio where copies are fast", "where they are slow"];
        let mut lines = vec![head.map(str::to_owned).to_vec()];
        lines.extend([line("dump into a kept buffer", &self.dumps), line("load", &self.loads)]);
        render(format, "copy", "`mesh`, and copying its bytes right after", &lines)
    }
}

/// The microseconds that some work takes; what it makes is dropped outside of them.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<f64> {
    let start = Instant::now();
    let made = black_box(work()?);
    let time = start.elapsed();
    drop(made);
    Ok(time.as_secs_f64() * 1e6)
}

/// The medians of both, and of their ratios: of all pairs, and of those with the faster and the slower half of the copies.
fn line(what: &str, pairs: &[Pair]) -> Vec<String> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (fast, slow) = sorted.split_at(sorted.len() / 2);
    let times = [middle(pairs, |pair| pair.0), middle(pairs, |pair| pair.1)].map(micros);
    let ratios = [pairs, fast, slow].map(|pairs| format!("{:.3}", ratio(pairs)));
    [what.to_owned()].into_iter().chain(times).chain(ratios).collect()
}

fn ratio(pairs: &[Pair]) -> f64 {
    middle(pairs, |(ours, copy)| ours / copy)
}

fn middle(pairs: &[Pair], figure: impl Fn(&Pair) -> f64) -> f64 {
    median(&pairs.iter().map(figure).collect::<Vec<f64>>()).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_compared_with_the_copy_right_after_it() {
        let pairs = [(105.0, 100.0), (150.0, 120.0), (102.0, 100.0), (126.0, 120.0)];
        assert_eq!(line("load", &pairs), ["load", "115.5", "110.0", "1.050", "1.035", "1.150"]);
        assert_eq!(Pairs::of(pairs[0], pairs[1]).ratios(), [1.05, 1.25]);
    }
}

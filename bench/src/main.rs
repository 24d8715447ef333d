//! Measures Pickle for Rust next to other binary serialization libraries, on
//! the data sets of the public Rust serialization benchmark, and on object graphs.
//!
//! `cargo run --release -- --help` tells the options. Every codec first has to
//! give back what went in; then rounds of interleaved samples are measured,
//! and the medians printed, one table for each data set.

#![forbid(unsafe_code)]

mod args;
mod build_time;
mod check;
mod codecs;
mod copy;
mod data;
mod evolution;
mod foreign;
mod graphs;
mod limits;
mod machine;
mod measure;
mod paired;
mod plot;
mod random;
mod report;
mod stream;

use std::env;
use std::process::ExitCode;

use crate::args::{Args, USAGE};
use crate::codecs::Role;
use crate::data::DataSet;
use crate::measure::{Plan, Row, of_set};
use crate::report::Format;

/// Every failure ends the run, so its message is all that is needed of it.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What is measured only where it is named, beside the data sets and graphs.
struct Study {
    /// The name for `--only`.
    name: &'static str,
    /// Measures and prints.
    run: fn(&Args) -> Result<()>,
}

const STUDIES: [Study; 6] = [
    Study { name: "evolution", run: evolution::run },
    Study { name: "limits", run: limits::run },
    Study { name: "copy", run: copy::run },
    Study { name: "foreign", run: foreign::run },
    Study { name: "stream", run: stream::run },
    Study { name: "build", run: build_time::run },
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pickle-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == graphs::ARGUMENT) {
        return graphs::attempt(&arguments[1..]);
    }
    let args = Args::parse(arguments.into_iter())?;
    if args.help {
        println!("{USAGE}");
        return Ok(());
    }
    for study in STUDIES.iter().filter(|study| args.names(study.name)) {
        measure::keep_memory();
        (study.run)(&args)?;
    }
    data_sets(&args)?;
    if args.wants_graphs() { graphs::run(&args) } else { Ok(()) }
}

fn data_sets(args: &Args) -> Result<()> {
    let sets: Vec<&DataSet> = data::ALL.iter().filter(|set| args.wants(set.name)).collect();
    if sets.is_empty() {
        return Ok(());
    }
    let mut plan = Plan::default();
    for set in &sets {
        // Every codec has to give back what went in before it is measured.
        (set.enter)(&mut plan)?;
    }
    if args.check_values {
        for set in &sets {
            println!("{}: every codec gives back what went in", set.name);
        }
        return Ok(());
    }
    if let Some(case) = &args.profile {
        return plan.call(case, args.rounds);
    }
    plan.run("data sets", args.rounds)?;
    let format = args.format();
    if args.write {
        report::write(&tables(Format::Markdown, args.rounds, &sets, plan.rows()))?;
        for set in &sets {
            plot::draw(&report::pictures(), set.name, &of_set(set.name, plan.rows()))?;
        }
    }
    if args.check {
        println!("{}", report::conditions(format, args.rounds));
        let has_mesh = sets.iter().any(|set| set.name == data::mesh::NAME);
        let pairs = has_mesh.then(|| copy::Pairs::measure(args.rounds)).transpose()?;
        return check::print(sets.iter().map(|set| set.name), plan.rows(), pairs.as_ref());
    }
    print!("{}", tables(format, args.rounds, &sets, plan.rows()));
    Ok(())
}

/// The conditions of the run, and a table for each data set.
fn tables(format: Format, rounds: usize, sets: &[&DataSet], rows: &[Row]) -> String {
    let mut out = report::conditions(format, rounds);
    for set in sets {
        out.push('\n');
        out.push_str(&report::table(format, (set.name, set.contents), &of_set(set.name, rows), Role::Peer));
    }
    out
}

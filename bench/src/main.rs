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
use crate::data::DataSet;
use crate::measure::{Plan, Row};
use crate::report::Format;

/// Every failure ends the run, so its message is all that is needed of it.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

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
    if args.only.iter().any(|only| only == evolution::NAME) {
        return evolution::run(args.rounds);
    }
    if args.only.iter().any(|only| only == limits::NAME) {
        return limits::run(args.rounds);
    }
    if args.only.iter().any(|only| only == foreign::NAME) {
        return foreign::run(args.rounds);
    }
    if args.only.iter().any(|only| only == stream::NAME) {
        return stream::run(&args);
    }
    if args.only.iter().any(|only| only == build_time::NAME) {
        return build_time::run(&args);
    }
    data_sets(&args)?;
    if args.wants_graphs() && !args.check { graphs::run(&args) } else { Ok(()) }
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
    plan.run(args.rounds, |done| {
        eprint!("\rround {done} of {}", args.rounds);
    })?;
    eprintln!();
    let format = if args.markdown { Format::Markdown } else { Format::Text };
    if args.write {
        report::write(&tables(Format::Markdown, args.rounds, &sets, plan.rows()))?;
        for set in &sets {
            plot::draw(&report::pictures(), set.name, &rows_of(set, plan.rows()))?;
        }
    }
    if args.check {
        println!("{}", report::conditions(format, args.rounds));
        return if check::print(&check::bars(plan.rows())) { Ok(()) } else { Err("a bar is missed".into()) };
    }
    print!("{}", tables(format, args.rounds, &sets, plan.rows()));
    Ok(())
}

/// The conditions of the run, and a table for each data set.
fn tables(format: Format, rounds: usize, sets: &[&DataSet], rows: &[Row]) -> String {
    let mut out = report::conditions(format, rounds);
    for set in sets {
        out.push('\n');
        out.push_str(&report::table(format, set, &rows_of(set, rows)));
    }
    out
}

fn rows_of<'r>(set: &DataSet, rows: &'r [Row]) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.set == set.name).collect()
}

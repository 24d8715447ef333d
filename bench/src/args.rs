//! The command line.

use crate::Result;
use crate::build_time;
use crate::data;
use crate::evolution;
use crate::graphs;
use crate::limits;
use crate::stream;

/// What `--help` prints.
pub const USAGE: &str = "\
Measures Pickle for Rust next to other binary serialization libraries.

usage: pickle-bench [options]

  --rounds N       rounds to take the medians of (default 60)
  --only NAME      measure one data set or graph, or `graphs` for all graphs; may be given more than once.
                   Without it all data sets are measured, and no graphs: those take minutes;
                   `evolution` measures loading older shapes, `limits` what the limits cost, `stream` a gibibyte
                   through writers and readers, `build` compile time and binary size, and nothing else
  --markdown       print the tables as Markdown
  --date DATE      the date to print above the tables
  --check-values   only check the round trips, those of smaller graphs too; measure nothing
  --help           print this";

/// The parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Args {
    pub rounds: usize,
    pub only: Vec<String>,
    pub markdown: bool,
    pub date: Option<String>,
    pub check_values: bool,
    pub help: bool,
}

impl Args {
    /// Parses the arguments after the program's name.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut parsed =
            Self { rounds: 60, only: Vec::new(), markdown: false, date: None, check_values: false, help: false };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--rounds" => parsed.rounds = rounds(&value()?)?,
                "--only" => parsed.only.push(set(value()?)?),
                "--markdown" => parsed.markdown = true,
                "--date" => parsed.date = Some(value()?),
                "--check-values" => parsed.check_values = true,
                "--help" | "-h" => parsed.help = true,
                _ => return Err(format!("unknown argument {arg}; see --help").into()),
            }
        }
        Ok(parsed)
    }

    /// Whether a data set or a graph is to be measured, if its kind is.
    pub fn wants(&self, name: &str) -> bool {
        let graph = graphs::ALL.iter().any(|graph| graph.name == name);
        self.only.is_empty() || self.only.iter().any(|only| only == name || (graph && only == graphs::EVERY))
    }

    /// Whether there are graphs to be measured or checked.
    pub fn wants_graphs(&self) -> bool {
        let named = |graph: &&graphs::Graph| self.wants(graph.name);
        if self.only.is_empty() { self.check_values } else { graphs::ALL.iter().any(named) }
    }
}

fn rounds(value: &str) -> Result<usize> {
    match value.parse() {
        Ok(0) | Err(_) => Err(format!("--rounds needs a number from 1 on, not {value}").into()),
        Ok(rounds) => Ok(rounds),
    }
}

fn set(name: String) -> Result<String> {
    let graphs = graphs::ALL.iter().map(|graph| graph.name);
    let names: Vec<_> = data::ALL
        .iter()
        .map(|set| set.name)
        .chain([graphs::EVERY, evolution::NAME, limits::NAME, stream::NAME, build_time::NAME])
        .chain(graphs)
        .collect();
    if names.contains(&name.as_str()) {
        return Ok(name);
    }
    Err(format!("no data set or graph {name}; there are {}", names.join(", ")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_option_is_understood() {
        let args = parse("--rounds 7 --only log --only small --markdown --date 2000-01-02").expect("a valid line");
        assert_eq!(args.rounds, 7);
        assert!(args.wants("log") && args.wants("small") && !args.wants("mesh"));
        assert!(args.markdown && !args.check_values && !args.help);
        assert_eq!(args.date.as_deref(), Some("2000-01-02"));
    }

    #[test]
    fn graphs_are_measured_only_when_named() {
        assert!(!parse("").expect("a valid line").wants_graphs());
        assert!(parse("--check-values").expect("a valid line").wants_graphs());
        let all = parse("--only graphs").expect("a valid line");
        assert!(all.wants_graphs() && all.wants("tree") && all.wants("list") && !all.wants("log"));
        let one = parse("--only dag").expect("a valid line");
        assert!(one.wants_graphs() && one.wants("dag") && !one.wants("tree"));
    }

    #[test]
    fn mistakes_are_named() {
        for line in ["--rounds", "--rounds 0", "--rounds x", "--only y", "--fast"] {
            assert!(parse(line).is_err(), "{line} was taken");
        }
    }
}

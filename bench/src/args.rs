//! The command line.

use crate::data;
use crate::graphs;
use crate::report::Format;
use crate::{Result, STUDIES};

/// What `--help` prints.
pub const USAGE: &str = "\
Measures Pickle for Rust next to other binary serialization libraries.

usage: pickle-bench [options]

  --rounds N       rounds to take the medians of (default 60, at least 30 for a check)
  --only NAME      measure one data set or graph, or `graphs` for all graphs; may be given more than once.
                   Without it all data sets are measured, and no graphs: those take minutes;
                   `evolution` measures loading older shapes, `limits` what the limits cost, `copy` the data set `mesh`
                   next to copies of its bytes in turn, `foreign` the types of other crates and of serde, `stream` a
                   gibibyte through writers and readers, `build` compile time and binary size
  --markdown       print the tables as Markdown
  --write          write the tables of all data sets into BENCHMARKS.md, and draw the pictures in docs/benchmarks
  --check          measure the data sets and print a line for every bar of theirs, the worst last; fail where one is missed
  --profile CASE   call one case of a data set `--rounds` times and measure nothing, for a profiler; CASE is a codec and
                   `serialize`, `deserialize` or `borrow`, as in `--only mk48 --profile wincode/deserialize`
  --check-values   only check the round trips of the data sets, and of smaller graphs too; measure nothing
  --help           print this";

/// Fewer samples have no median that means much.
const LEAST_OF_A_CHECK: usize = 30;

/// The parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Args {
    pub rounds: usize,
    pub only: Vec<String>,
    pub markdown: bool,
    pub write: bool,
    pub check: bool,
    pub check_values: bool,
    pub profile: Option<String>,
    pub help: bool,
}

impl Args {
    /// Parses the arguments after the program's name.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut parsed = Self {
            rounds: 60,
            only: vec![],
            markdown: false,
            write: false,
            check: false,
            check_values: false,
            profile: None,
            help: false,
        };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--rounds" => parsed.rounds = rounds(&value()?)?,
                "--only" => parsed.only.push(set(value()?)?),
                "--markdown" => parsed.markdown = true,
                "--write" => parsed.write = true,
                "--check" => parsed.check = true,
                "--profile" => parsed.profile = Some(value()?),
                "--check-values" => parsed.check_values = true,
                "--help" | "-h" => parsed.help = true,
                _ => return Err(format!("unknown argument {arg}; see --help").into()),
            }
        }
        match parsed.contradiction() {
            Some(contradiction) => Err(contradiction.into()),
            None => Ok(parsed),
        }
    }

    /// What is asked for and can't be had together.
    fn contradiction(&self) -> Option<String> {
        if self.write && !self.only.is_empty() {
            return Some("--write needs all data sets, so no --only".to_owned());
        }
        if self.check_values && (self.check || self.write) {
            return Some("--check-values measures nothing, so neither --check nor --write".to_owned());
        }
        if self.profile.is_some() && (self.check || self.write || self.check_values) {
            return Some("--profile measures nothing, so neither --check nor --write nor --check-values".to_owned());
        }
        let sets = self.only.iter().filter(|name| data::ALL.iter().any(|set| set.name == **name));
        if self.profile.is_some() && (sets.count() != 1 || self.only.len() != 1) {
            return Some("--profile needs one data set, by --only".to_owned());
        }
        if self.check && self.rounds < LEAST_OF_A_CHECK {
            return Some(format!("--check needs {LEAST_OF_A_CHECK} rounds at least"));
        }
        let is_set = |name: &&String| data::ALL.iter().any(|set| set.name == **name);
        if let Some(name) = self.only.iter().find(|name| self.check && !is_set(name)) {
            return Some(format!("--check has the bars of the data sets alone, and none of {name}"));
        }
        let is_study = |name: &&String| STUDIES.iter().any(|study| study.name == **name);
        if let Some(name) = self.only.iter().find(|name| self.check_values && is_study(name)) {
            return Some(format!("--check-values checks data sets and graphs alone, and not {name}"));
        }
        None
    }

    /// How tables are printed.
    pub fn format(&self) -> Format {
        if self.markdown { Format::Markdown } else { Format::Text }
    }

    /// Whether something is named with `--only`.
    pub fn names(&self, name: &str) -> bool {
        self.only.iter().any(|only| only == name)
    }

    /// Whether a data set or a graph is to be measured, if its kind is.
    pub fn wants(&self, name: &str) -> bool {
        let graph = graphs::ALL.iter().any(|graph| graph.name == name);
        self.only.is_empty() || self.names(name) || (graph && self.names(graphs::EVERY))
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
        .chain(STUDIES.iter().map(|study| study.name))
        .chain([graphs::EVERY])
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
        let args = parse("--rounds 7 --only log --only small --markdown").expect("a valid line");
        assert_eq!(args.rounds, 7);
        assert!(args.wants("log") && args.wants("small") && !args.wants("mesh"));
        assert!(args.markdown && !args.check_values && !args.help);
        let args = parse("--check --write").expect("a valid line");
        assert!(args.check && args.write);
        assert!(parse("--check --only log --only small").expect("a valid line").check);
        assert_eq!(args.format(), Format::Text);
        assert_eq!(parse("--markdown").expect("a valid line").format(), Format::Markdown);
    }

    #[test]
    fn studies_are_named_like_sets_and_graphs() {
        let args = parse("--only stream --only dag").expect("a valid line");
        assert!(args.names("stream") && !args.names("limits"));
        assert!(args.wants("dag") && args.wants_graphs() && !args.wants("log"));
    }

    #[test]
    fn what_cannot_be_checked_is_refused() {
        for name in ["graphs", "dag", "evolution", "limits", "copy", "foreign", "stream", "build"] {
            let refused = parse(&format!("--check --only log --only {name}")).expect_err(name);
            assert!(refused.to_string().contains(name), "{refused}");
        }
        for name in ["evolution", "limits", "copy", "foreign", "stream", "build"] {
            let refused = parse(&format!("--check-values --only {name}")).expect_err(name);
            assert!(refused.to_string().contains(name), "{refused}");
        }
        assert!(parse("--check-values --only graphs --only dag --only log").is_ok());
        assert!(parse("--only mk48 --profile wincode/serialize").is_ok());
        for line in [
            "--check --check-values",
            "--check-values --write",
            "--profile wincode/serialize",
            "--profile wincode/serialize --only log --only mk48",
            "--profile wincode/serialize --only limits",
            "--profile wincode/serialize --only log --check",
        ] {
            assert!(parse(line).is_err(), "{line} was taken");
        }
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
        for line in [
            "--rounds",
            "--profile",
            "--rounds 0",
            "--rounds x",
            "--only y",
            "--fast",
            "--write --only log",
            "--check --rounds 9",
        ] {
            assert!(parse(line).is_err(), "{line} was taken");
        }
    }
}

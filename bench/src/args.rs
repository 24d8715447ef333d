//! The command line.

use crate::Result;
use crate::data;
use crate::evolution;

/// What `--help` prints.
pub const USAGE: &str = "\
Measures Pickle for Rust next to other binary serialization libraries.

usage: pickle-bench [options]

  --rounds N       rounds to take the medians of (default 60)
  --only NAME      measure one data set; may be given more than once; `evolution`
                   measures loading older shapes, and nothing else
  --markdown       print the tables as Markdown
  --date DATE      the date to print above the tables
  --check-values   only check the round trips, measure nothing
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

    /// Whether a data set is to be measured.
    pub fn wants(&self, set: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == set)
    }
}

fn rounds(value: &str) -> Result<usize> {
    match value.parse() {
        Ok(0) | Err(_) => Err(format!("--rounds needs a number from 1 on, not {value}").into()),
        Ok(rounds) => Ok(rounds),
    }
}

fn set(name: String) -> Result<String> {
    let names: Vec<_> = data::ALL.iter().map(|set| set.name).chain([evolution::NAME]).collect();
    if names.contains(&name.as_str()) {
        return Ok(name);
    }
    Err(format!("no data set {name}; there are {}", names.join(", ")).into())
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
    fn mistakes_are_named() {
        for line in ["--rounds", "--rounds 0", "--rounds x", "--only y", "--fast"] {
            assert!(parse(line).is_err(), "{line} was taken");
        }
    }
}

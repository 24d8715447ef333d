//! What the command can be told.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pickle_core::Unpickler;

use crate::commands::{completions, diff, dis, graph, json, schema, show, stats, verify};

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well; of `diff`: no difference
  1  the file is damaged, is no pickle, or does not hold what was asked for; of `diff`: they differ
  2  wrong usage, or a file or output that can't be had; of `diff`: a damaged file too

Files of several streams are taken whole, one stream after the other; FILE `-` is standard input.
Nothing in a file runs. What it may cost in memory and depth is limited; --max-memory and its like raise that.";

const LIMITS: &str = "Limits, for files that are trusted";

/// Looks into files of Pickle for Rust, without their Rust types: what they hold, what each byte is, whether they are
/// intact, where two differ.
#[derive(Debug, Parser)]
#[command(name = "pickle", version, after_help = EXIT_CODES, max_term_width = 120)]
pub(crate) struct Cli {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to write in colours; `auto` is on a terminal only, and follows NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows the values as a tree, with their types; shared objects in full once
    Show(show::Options),
    /// Shows the types, as Rust would define them
    Schema(schema::Options),
    /// Checks everything that can be checked without the Rust types
    Verify(verify::Options),
    /// Explains every byte
    Dis(dis::Options),
    /// Counts bytes and values by type and by path, the largest first
    Stats(stats::Options),
    /// Compares two files by path; shared objects once, and whether they are shared alike
    Diff(diff::Options),
    /// Writes the values as JSON
    Json(json::Options),
    /// Draws the shared objects and what refers to them, for Graphviz
    Graph(graph::Options),
    /// Writes a script that completes the command in a shell
    Completions(completions::Options),
}

/// When to write in colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// For whom the output is.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs: JSON, one object a line
    Json,
}

/// What the file may cost: the limits of the library, or others.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Limits {
    /// Memory that the values may take, such as 512M or 2G; 128M or 16 times the file, the larger, unless it is given.
    /// Where it is given, no more is read from standard input or a pipe either
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = LIMITS)]
    max_memory: Option<usize>,

    /// How deep values may nest; 256 unless it is given
    #[arg(long, value_name = "LEVELS", help_heading = LIMITS)]
    max_depth: Option<usize>,

    /// Elements that take no bytes; 8192 or the file's length, the larger, unless it is given
    #[arg(long, value_name = "COUNT", help_heading = LIMITS)]
    max_empty_elements: Option<usize>,

    /// Shared objects, and values behind a pointer to their trait; what the file holds unless it is given
    #[arg(long, value_name = "COUNT", help_heading = LIMITS)]
    max_objects: Option<usize>,
}

impl Limits {
    /// An unpickler with these limits.
    pub(crate) fn unpickler(&self) -> Unpickler<'static> {
        let given = |unpickler: Unpickler<'static>, limit: Option<usize>, raise: fn(_, usize) -> _| match limit {
            Some(limit) => raise(unpickler, limit),
            None => unpickler,
        };
        let unpickler = given(Unpickler::new(), self.max_memory, Unpickler::max_memory);
        let unpickler = given(unpickler, self.max_depth, Unpickler::max_depth);
        let unpickler = given(unpickler, self.max_empty_elements, Unpickler::max_empty_elements);
        given(unpickler, self.max_objects, Unpickler::max_objects)
    }

    /// Bytes that are read from where no end is known.
    pub(crate) fn input(&self) -> Option<usize> {
        self.max_memory
    }

    /// An error of the library, which names the method that raises a limit, with the option that does.
    pub(crate) fn in_terms_of_options(message: &str) -> String {
        let mut message = message.to_owned();
        for (method, option) in [
            ("max_memory", "--max-memory"),
            ("max_depth", "--max-depth"),
            ("max_empty_elements", "--max-empty-elements"),
            ("max_objects", "--max-objects"),
        ] {
            message = message.replace(&format!("`Unpickler::{method}`"), &format!("`{option}`"));
        }
        message
    }
}

/// The file that a command looks into.
#[derive(Debug, Args)]
pub(crate) struct File {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) limits: Limits,
}

fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_uppercase().trim_end_matches("IB").trim_end_matches('B') {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err("a number of bytes, or of K, M or G, is expected".to_owned()),
    };
    let number: usize = digits.parse().map_err(|error| format!("{error}"))?;
    number.checked_mul(unit).ok_or_else(|| "it is more than this machine can address".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!([size("10"), size("2k"), size("3MiB")], [Ok(10), Ok(2048), Ok(3 << 20)]);
        assert!(size("").is_err() && size("1x").is_err() && size("99999999999G").is_err());
    }
}

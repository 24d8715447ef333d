//! One module a command: its options, and what it does.

pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod dis;
pub(crate) mod graph;
pub(crate) mod json;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod stats;
pub(crate) mod verify;

use crate::console::Source;
use crate::failure::Failure;
use crate::options::{Cli, Command};
use crate::output::Out;

/// Does what was asked for.
pub(crate) fn run(cli: &Cli, input: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    match &cli.command {
        Command::Show(options) => show::run(options, input, out),
        Command::Schema(options) => schema::run(options, input, out),
        Command::Verify(options) => verify::run(options, input, out),
        Command::Dis(options) => dis::run(options, input, out),
        Command::Stats(options) => stats::run(options, input, out),
        Command::Diff(options) => diff::run(options, input, out),
        Command::Json(options) => json::run(options, input, out),
        Command::Graph(options) => graph::run(options, input, out),
        Command::Completions(options) => completions::run(options, out),
    }
}

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

use crate::failure::Failure;
use crate::options::{Cli, Command};
use crate::output::Out;

/// Does what was asked for.
pub(crate) fn run(cli: &Cli, out: &mut Out) -> Result<(), Failure> {
    match &cli.command {
        Command::Show(options) => show::run(options, out),
        Command::Schema(options) => schema::run(options, out),
        Command::Verify(options) => verify::run(options, out),
        Command::Dis(options) => dis::run(options, out),
        Command::Stats(options) => stats::run(options, out),
        Command::Diff(options) => diff::run(options, out),
        Command::Json(options) => json::run(options, out),
        Command::Graph(options) => graph::run(options, out),
        Command::Completions(options) => completions::run(options, out),
    }
}

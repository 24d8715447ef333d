//! `pickle completions`: a script that completes the command in a shell.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::failure::Failure;
use crate::options::Cli;
use crate::output::Out;

/// What it can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes the script.
pub(crate) fn run(options: &Options, out: &mut Out<'_>) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(options.shell, &mut Cli::command(), "pickle", &mut script);
    Ok(out.write(&String::from_utf8_lossy(&script))?)
}

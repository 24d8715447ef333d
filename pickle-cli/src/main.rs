//! The command `pickle`: any file of Pickle for Rust, without its Rust types.

#![forbid(unsafe_code)]

mod brief;
mod commands;
mod failure;
mod input;
mod options;
mod output;
mod path;
mod progress;
mod text;

use std::process::ExitCode;

use clap::Parser;

use self::failure::Failure;
use self::options::Cli;
use self::output::Out;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = Out::stdout(cli.color);
    let done = commands::run(&cli, &mut out);
    // What standard output refused is the cause of whatever else went wrong.
    let done = match out.finish() {
        Err(error) => Err(Failure::Output(error)),
        Ok(()) => done,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

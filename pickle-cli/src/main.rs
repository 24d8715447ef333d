//! The command `pickle`: any file of Pickle for Rust, without its Rust types.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use pickle_cli::Console;

fn main() -> ExitCode {
    ExitCode::from(pickle_cli::run(std::env::args_os(), Console::process()))
}

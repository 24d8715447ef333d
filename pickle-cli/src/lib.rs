//! The command `pickle` as a function: any file of Pickle for Rust, without its Rust types.
//!
//! The program is [`run`] with the arguments and the [`Console`] of its process. A test, or a program that has the command
//! in it, gives its own:
//!
//! ```
//! use pickle_cli::{Console, run};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let stream = pickle_core::dumps(&vec![3u16, 4])?;
//! let (mut out, mut errors) = (Vec::new(), Vec::new());
//! let code = run(["pickle", "show", "-"], Console::new(&stream[..], &mut out, &mut errors));
//! assert_eq!((code, out.as_slice(), errors.as_slice()), (0, &b"Vec<u16> = [3, 4]\n"[..], &b""[..]));
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod brief;
mod commands;
mod console;
mod failure;
mod input;
mod options;
mod output;
mod path;
mod progress;
mod text;

use std::ffi::OsString;
use std::io::ErrorKind;

use clap::Parser;

pub use self::console::Console;
use self::failure::Failure;
use self::options::Cli;
use self::output::Out;

/// Does what the arguments say, the first of which is the name of the program, and gives the exit code: 0 where all is
/// well, 1 for a file that is damaged or differs, 2 for wrong usage and what the system refuses, and of `diff` for a damaged
/// file. `pickle --help` has them all. An output whose reader has left ends the work, and changes nothing of what was found.
///
/// Files are those of the system; the file `-` is the console's input. Nothing is asked of the process, but how wide its
/// terminal is where help is written.
///
/// # Examples
///
/// ```
/// use pickle_cli::{Console, run};
///
/// let (mut out, mut errors) = (Vec::new(), Vec::new());
/// let code = run(["pickle", "verify", "-"], Console::new(&b"no pickle"[..], &mut out, &mut errors));
/// assert_eq!((code, out.is_empty()), (1, true));
/// assert!(errors.starts_with(b"pickle: standard input: "));
/// ```
#[must_use]
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>, console: Console<'_>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => return console.explain(&usage),
    };
    let Console { mut input, output, errors } = console;
    let mut out = Out::new(output, cli.color);
    let done = commands::run(&cli, &mut input, &mut out);
    let done = match out.finish() {
        // What standard output refused is the cause of whatever else went wrong, unless nobody reads it any more.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => done,
    };
    match done {
        Ok(()) => 0,
        Err(failure) => failure.report(errors),
    }
}

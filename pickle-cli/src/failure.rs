//! How a command ends when it does not end well: what is said, and the exit code.

use std::error::Error as _;
use std::fmt::Display;
use std::io::{self, Write};

use crate::console::Sink;
use crate::output::Unwritten;
use crate::text;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The file is damaged, or does not hold what was asked for.
    Bad(String),
    /// Two files differ, or a file is bad, and that has been said already.
    Said,
    /// The command was used wrongly, or the system failed it.
    Trouble(String),
    /// Standard output takes no more.
    Output(io::Error),
    /// The same, where [`Out::finish`](crate::output::Out::finish) tells why.
    Unwritten,
}

impl Failure {
    /// A file or program that the system does not give.
    pub(crate) fn io(what: &str, name: &str, error: &io::Error) -> Failure {
        Failure::Trouble(format!("{what} {}: {error}", text::name(name)))
    }

    /// An error of the library: that the output failed, or else what the message says of the file.
    pub(crate) fn of(error: &pickle_core::Error, message: impl FnOnce() -> String) -> Failure {
        match error.source() {
            Some(source) if source.is::<Unwritten>() => Failure::Unwritten,
            _ => Failure::Bad(message()),
        }
    }

    /// Says it on standard error, in one line, and gives the exit code.
    pub(crate) fn report(self, errors: Sink<'_>) -> u8 {
        match self {
            Failure::Bad(message) => say(errors, &message, 1),
            Failure::Said => 1,
            Failure::Trouble(message) => say(errors, &message, 2),
            // Whoever reads has read enough.
            Failure::Unwritten => 0,
            Failure::Output(error) => say(errors, &format!("cannot write: {error}"), 2),
        }
    }
}

impl From<pickle_core::Error> for Failure {
    fn from(error: pickle_core::Error) -> Failure {
        Failure::of(&error, || error.to_string())
    }
}

fn say(errors: Sink<'_>, message: &dyn Display, code: u8) -> u8 {
    // Names in a message may come from the file.
    let message = text::line(&message.to_string());
    // There is nobody to tell where standard error is closed.
    match errors {
        Sink::Process => drop(writeln!(io::stderr(), "pickle: {message}")),
        Sink::Given(mut writer) => drop(writeln!(writer, "pickle: {message}")),
    }
    code
}

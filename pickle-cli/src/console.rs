//! What the command reads and writes beside files.

use std::fmt;
use std::io::{self, IsTerminal, Read, Write};

/// Standard input, output and error of the command: those of the process, or what a program puts in their places.
///
/// # Examples
///
/// ```
/// use pickle_cli::{Console, run};
///
/// let mut out = Vec::new();
/// let console = Console::new(std::io::empty(), &mut out, std::io::sink());
/// assert_eq!(run(["pickle", "--version"], console), 0);
/// assert!(out.starts_with(b"pickle "));
/// ```
pub struct Console<'c> {
    pub(crate) input: Source<'c>,
    pub(crate) output: Sink<'c>,
    pub(crate) errors: Sink<'c>,
}

/// Standard input, and who waits for it.
pub(crate) struct Source<'c> {
    pub(crate) reader: Box<dyn Read + 'c>,
    /// Whether somebody is told how far slow work is.
    pub(crate) tells_progress: bool,
}

/// Standard output or error.
pub(crate) enum Sink<'c> {
    /// That of the process, which may be a terminal.
    Process,
    /// Anything else, which is none.
    Given(Box<dyn Write + 'c>),
}

impl<'c> Console<'c> {
    /// The standard streams of the process. Where they are a terminal, text has colours and its width, and slow work says
    /// how far it is.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::process::ExitCode;
    ///
    /// fn main() -> ExitCode {
    ///     ExitCode::from(pickle_cli::run(std::env::args_os(), pickle_cli::Console::process()))
    /// }
    /// ```
    #[must_use]
    pub fn process() -> Console<'static> {
        let input = Source { reader: Box::new(io::stdin()), tells_progress: io::stderr().is_terminal() };
        Console { input, output: Sink::Process, errors: Sink::Process }
    }

    /// Anything that can be read and written: text of 120 characters a line, with colours only where `--color always` asks
    /// for them.
    ///
    /// # Examples
    ///
    /// ```
    /// use pickle_cli::{Console, run};
    ///
    /// let mut errors = String::new();
    /// # let mut bytes = Vec::new();
    /// let console = Console::new(std::io::empty(), std::io::sink(), &mut bytes);
    /// assert_eq!(run(["pickle", "show", "no such file"], console), 2);
    /// # errors.push_str(&String::from_utf8_lossy(&bytes));
    /// assert!(errors.contains("cannot read no such file"));
    /// ```
    #[must_use]
    pub fn new(input: impl Read + 'c, output: impl Write + 'c, errors: impl Write + 'c) -> Console<'c> {
        Console {
            input: Source { reader: Box::new(input), tells_progress: false },
            output: Sink::Given(Box::new(output)),
            errors: Sink::Given(Box::new(errors)),
        }
    }

    /// Writes what the arguments are answered with (help, the version, what is wrong with them), and gives the exit code.
    pub(crate) fn explain(self, answer: &clap::Error) -> u8 {
        let sink = if answer.use_stderr() { self.errors } else { self.output };
        // There is nobody to tell where this can't be written.
        match sink {
            Sink::Process => drop(answer.print()),
            Sink::Given(mut writer) => drop(write!(writer, "{}", answer.render())),
        }
        u8::try_from(answer.exit_code()).unwrap_or(2)
    }
}

impl fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_process = matches!(self.output, Sink::Process);
        f.debug_struct("Console").field("is_process", &is_process).finish_non_exhaustive()
    }
}

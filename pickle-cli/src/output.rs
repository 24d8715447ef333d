//! Standard output: text in colours where it is a terminal that has them, and no complaint when its reader leaves.

use std::error::Error;
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Effects, Style};
use pickle_core::inspect::stop;
use serde::Serialize;

use crate::console::Sink;
use crate::options::Color;
use crate::text;

/// Where commands write to.
pub(crate) struct Out<'w> {
    writer: BufWriter<Box<dyn Write + 'w>>,
    /// Whether the text may have colours.
    pub(crate) paint: Paint,
    /// Characters of a line, as far as lines are cut.
    pub(crate) width: usize,
    /// Whether a person sees each line at once.
    pub(crate) is_terminal: bool,
    /// Lines that are still flushed one by one, so that a slow command says something soon.
    early: u32,
    failed: Option<io::Error>,
}

/// That the output failed, as an error with which a visitor ends a walk. [`Out::finish`] tells why it failed.
#[derive(Debug)]
pub(crate) struct Unwritten;

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the output failed")
    }
}

impl Error for Unwritten {}

/// The width of lines that no terminal shows.
const WIDTH: usize = 120;
const EARLY: u32 = 50;

impl<'w> Out<'w> {
    /// Standard output, or what stands in its place.
    pub(crate) fn new(sink: Sink<'w>, color: Color) -> Out<'w> {
        let writer = match sink {
            Sink::Process => return Out::stdout(color),
            Sink::Given(writer) => writer,
        };
        let colored = matches!(color, Color::Always);
        Out {
            writer: buffered(writer),
            paint: Paint { colored },
            width: WIDTH,
            is_terminal: false,
            early: EARLY,
            failed: None,
        }
    }

    fn stdout(color: Color) -> Out<'w> {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let choice = match color {
            Color::Auto => AutoStream::choice(&stdout),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let colored = choice != ColorChoice::Never;
        let width = terminal_size::terminal_size().filter(|_| is_terminal);
        let width = width.map_or(WIDTH, |(width, _)| usize::from(width.0).max(40));
        // A stream that takes no colours would search all text for them.
        let writer: Box<dyn Write> =
            if colored { Box::new(AutoStream::new(stdout, choice)) } else { Box::new(stdout.lock()) };
        Out { writer: buffered(writer), paint: Paint { colored }, width, is_terminal, early: EARLY, failed: None }
    }

    /// Writes text.
    pub(crate) fn write(&mut self, text: &str) -> pickle_core::Result<()> {
        let written = self.writer.write_all(text.as_bytes());
        self.check(written)
    }

    /// Writes text and ends the line.
    pub(crate) fn line(&mut self, text: &str) -> pickle_core::Result<()> {
        self.write(text)?;
        self.end_line()
    }

    /// Writes a line of JSON, or several where it is `pretty`.
    pub(crate) fn json(&mut self, value: &impl Serialize, pretty: bool) -> pickle_core::Result<()> {
        let writer = Harmless(&mut self.writer);
        let written = match pretty {
            true => serde_json::to_writer_pretty(writer, value),
            false => serde_json::to_writer(writer, value),
        };
        match written {
            Ok(()) => self.end_line(),
            Err(error) if error.is_io() => self.check(Err(error.into())),
            Err(error) => Err(stop(error)),
        }
    }

    /// Ends the line.
    pub(crate) fn end_line(&mut self) -> pickle_core::Result<()> {
        self.write("\n")?;
        if self.is_terminal || self.early > 0 {
            self.early = self.early.saturating_sub(1);
            let flushed = self.writer.flush();
            return self.check(flushed);
        }
        Ok(())
    }

    fn check(&mut self, written: io::Result<()>) -> pickle_core::Result<()> {
        written.map_err(|error| {
            self.failed.get_or_insert(error);
            stop(Unwritten)
        })
    }

    /// Writes what is left, and gives the first error that there was.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        match self.failed.take() {
            Some(error) => {
                // Dropping the writer would try once more.
                drop(self.writer.into_parts());
                Err(error)
            }
            None => self.writer.flush(),
        }
    }
}

fn buffered<'w>(writer: Box<dyn Write + 'w>) -> BufWriter<Box<dyn Write + 'w>> {
    BufWriter::with_capacity(1 << 16, writer)
}

/// Escapes what a terminal would obey and JSON lets through, which is not ASCII but for one: it is in strings only.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const DELETE: u8 = 0x7f;
        if bytes.is_ascii() && !bytes.contains(&DELETE) {
            self.0.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        for c in text.chars() {
            let mut units = [0; 2];
            if c == '\n' || text::is_harmless(c) {
                write!(self.0, "{c}")?;
                continue;
            }
            c.encode_utf16(&mut units).iter().try_for_each(|unit| write!(self.0, "\\u{unit:04x}"))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Colours of text, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    colored: bool,
}

/// What text is, as far as colours go.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ink {
    /// A field, a path.
    Label,
    /// The name of a type.
    Type,
    /// A string or `char`.
    Text,
    /// A number, `bool`, `None`, the name of a variant.
    Value,
    /// The number of an object.
    Object,
    /// What is said about values, and is none.
    Note,
    /// What was there before.
    Old,
    /// What is there now.
    New,
}

impl Paint {
    /// Adds text in its colour.
    pub(crate) fn push(self, line: &mut String, ink: Ink, text: &str) {
        if !self.colored || text.is_empty() {
            return line.push_str(text);
        }
        let color = |color: AnsiColor| color.on_default();
        let style = match ink {
            Ink::Label => Style::new().bold(),
            Ink::Type => color(AnsiColor::Cyan),
            Ink::Text | Ink::New => color(AnsiColor::Green),
            Ink::Value => color(AnsiColor::Yellow),
            Ink::Object => color(AnsiColor::Magenta),
            Ink::Note => Style::new() | Effects::DIMMED,
            Ink::Old => color(AnsiColor::Red),
        };
        line.push_str(&style.render().to_string());
        line.push_str(text);
        line.push_str(&style.render_reset().to_string());
    }

    /// Text in its colour.
    pub(crate) fn text(self, ink: Ink, text: &str) -> String {
        let mut line = String::new();
        self.push(&mut line, ink, text);
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_tells_a_terminal_nothing() {
        let mut written = Vec::new();
        let text = "a\u{1b}[31m\u{9b}31m\u{7f}\u{202e}é\u{e0001}";
        assert!(serde_json::to_writer(Harmless(&mut written), text).is_ok());
        assert_eq!(String::from_utf8_lossy(&written), r#""a\u001b[31m\u009b31m\u007f\u202eé\udb40\udc01""#);
        assert_eq!(serde_json::from_slice::<String>(&written).ok().as_deref(), Some(text));
    }
}

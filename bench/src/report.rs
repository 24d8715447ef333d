//! The tables, for the terminal and as Markdown.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::codecs::{PACKAGES, Role};
use crate::data::DataSet;
use crate::graphs::python;
use crate::machine;
use crate::measure::{Op, Row};

/// How the tables are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Markdown,
}

/// The conditions of the run, to be printed above the tables.
pub fn conditions(format: Format, rounds: usize) -> String {
    facts(
        format,
        PACKAGES.iter().copied(),
        &[
            ("Times", format!("medians of {rounds} interleaved rounds, in microseconds")),
            ("In brackets", "the ratio to the best peer, below 1 is better than every peer".to_owned()),
        ],
    )
}

const BEGIN: &str = "<!-- the tables of the data sets, as `--write` writes them -->\n";
const END: &str = "<!-- the end of these tables -->\n";

/// Puts the tables into BENCHMARKS.md, in place of those there.
pub fn write(tables: &str) -> Result<()> {
    let path = repository().join("BENCHMARKS.md");
    let text = fs::read_to_string(&path)?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = parts else { return Err("BENCHMARKS.md has lost the marks of its tables".into()) };
    fs::write(path, format!("{before}{BEGIN}\n{tables}\n{END}{after}"))?;
    Ok(())
}

/// Where the pictures lie.
pub fn pictures() -> PathBuf {
    repository().join("docs/benchmarks")
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A line for each fact that is known of a run: what was measured and on what, then how.
pub fn facts<'p>(format: Format, packages: impl IntoIterator<Item = &'p str>, how: &[(&str, String)]) -> String {
    let mut versions: Vec<_> = packages.into_iter().map(|package| label((package, ""))).collect();
    versions.dedup();
    let what = [
        ("Date", machine::date()),
        ("Machine", machine::description()),
        ("Compiler", machine::COMPILER.to_owned()),
        ("Versions", versions.join(", ")),
    ];
    let lead = if format == Format::Markdown { "- " } else { "" };
    let known = what.iter().chain(how).filter(|(_, fact)| !fact.is_empty());
    known.map(|(name, fact)| format!("{lead}{name}: {fact}\n")).collect()
}

/// The table of one data set.
pub fn table(format: Format, set: &DataSet, rows: &[&Row]) -> String {
    let header = ["codec", "size", "serialize µs", "deserialize µs", "borrow µs"].map(str::to_owned);
    let mut lines = vec![header.to_vec()];
    for row in rows {
        lines.push(vec![
            label((row.codec, row.variant)),
            cell(size, row, rows, |size| thousands(size as usize)),
            cell(|row| row.median(Op::Serialize), row, rows, micros),
            cell(|row| row.median(Op::Deserialize), row, rows, micros),
            cell(|row| row.median(Op::Borrow), row, rows, micros),
        ]);
    }
    render(format, set.name, set.contents, &lines)
}

/// A table with a title; the first line is the header, the first column is text.
pub fn render(format: Format, name: &str, contents: &str, lines: &[Vec<String>]) -> String {
    match format {
        Format::Text => text(name, contents, lines),
        Format::Markdown => markdown(name, contents, lines),
    }
}

fn size(row: &Row) -> Option<f64> {
    Some(row.size as f64)
}

/// A figure and its ratio to the best figure of the peers.
fn cell(figure: impl Fn(&Row) -> Option<f64>, row: &Row, rows: &[&Row], show: impl Fn(f64) -> String) -> String {
    let Some(value) = figure(row) else {
        return "-".to_owned();
    };
    let best = rows.iter().filter(|row| row.role == Role::Peer).filter_map(|row| figure(row)).min_by(f64::total_cmp);
    match best {
        Some(best) if best > 0.0 => format!("{} ({:.2})", show(value), value / best),
        _ => show(value),
    }
}

/// A codec with its version and how it is used.
pub fn label((codec, variant): (&str, &str)) -> String {
    let version = if codec == python::PACKAGE { python::version() } else { locked(codec).map(str::to_owned) };
    let parts = [codec.to_owned()].into_iter().chain(version);
    let name = parts.collect::<Vec<_>>().join(" ");
    if variant.is_empty() { name } else { format!("{name}, {variant}") }
}

fn text(name: &str, contents: &str, lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let mut out = format!("{name}: {contents}\n");
    for line in lines {
        for (column, cell) in line.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = match column {
                0 => write!(out, "  {cell:<0$}", width(column)),
                _ => write!(out, "  {cell:>0$}", width(column)),
            };
        }
        out.push('\n');
    }
    out
}

fn markdown(name: &str, contents: &str, lines: &[Vec<String>]) -> String {
    let mut out = format!("### `{name}`: {contents}\n\n");
    for (index, line) in lines.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} |", line.join(" | "));
        if index == 0 {
            let _ = writeln!(out, "|:--|{}", "--:|".repeat(line.len() - 1));
        }
    }
    out
}

/// Three or four digits that count, whatever the magnitude.
fn micros(value: f64) -> String {
    match value {
        value if value < 1.0 => format!("{value:.4}"),
        value if value < 100.0 => format!("{value:.2}"),
        value if value < 1000.0 => format!("{value:.1}"),
        value => thousands(value.round() as usize),
    }
}

/// A whole number for readers.
pub fn thousands(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The version of a package in the lock file.
pub fn version(package: &str) -> &'static str {
    locked(package).unwrap_or("?")
}

/// The version of a package that is in the lock file.
fn locked(package: &str) -> Option<&'static str> {
    let lock = include_str!("../Cargo.lock");
    let mut lines = lock.lines();
    lines
        .find(|line| quoted(line, "name") == Some(package))
        .and_then(|_| lines.next())
        .and_then(|line| quoted(line, "version"))
}

/// The value of a line like `key = "value"`.
fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_codec_is_in_the_lock_file() {
        for package in PACKAGES {
            assert_ne!(version(package), "?", "{package}");
        }
    }

    #[test]
    fn figures_are_readable() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(micros(0.04567), "0.0457");
        assert_eq!(micros(45.678), "45.68");
        assert_eq!(micros(12_345.6), "12,346");
    }
}

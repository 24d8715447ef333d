//! The tables, for the terminal and as Markdown.

use std::fmt::Write;

use crate::codecs::{PACKAGES, Role};
use crate::data::DataSet;
use crate::machine;
use crate::measure::{Op, Row};

/// How the tables are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Markdown,
}

/// The conditions of the run, to be printed above the tables.
pub fn conditions(format: Format, rounds: usize, date: Option<&str>) -> String {
    let mut facts = Vec::new();
    if let Some(date) = date {
        facts.push(("Date", date.to_owned()));
    }
    facts.push(("Machine", machine::description()));
    facts.push(("Compiler", machine::COMPILER.to_owned()));
    let mut packages: Vec<_> = PACKAGES.iter().map(|package| format!("{package} {}", version(package))).collect();
    packages.dedup();
    facts.push(("Versions", packages.join(", ")));
    facts.push(("Times", format!("medians of {rounds} interleaved rounds, in microseconds")));
    facts.push(("In brackets", "the ratio to the best peer, below 1 is better than every peer".to_owned()));
    let lead = if format == Format::Markdown { "- " } else { "" };
    facts.iter().map(|(name, fact)| format!("{lead}{name}: {fact}\n")).collect()
}

/// The table of one data set.
pub fn table(format: Format, set: &DataSet, rows: &[&Row]) -> String {
    let header = ["codec", "size", "serialize µs", "deserialize µs"].map(str::to_owned);
    let mut lines = vec![header];
    for row in rows {
        lines.push([
            label(row),
            cell(size, row, rows, |size| thousands(size as usize)),
            cell(|row| row.median(Op::Serialize), row, rows, micros),
            cell(|row| row.median(Op::Deserialize), row, rows, micros),
        ]);
    }
    match format {
        Format::Text => text(set, &lines),
        Format::Markdown => markdown(set, &lines),
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

fn label(row: &Row) -> String {
    match (row.role, row.variant) {
        (Role::Memcpy, _) => row.codec.to_owned(),
        (_, "") => format!("{} {}", row.codec, version(row.codec)),
        (_, variant) => format!("{} {}, {variant}", row.codec, version(row.codec)),
    }
}

fn text(set: &DataSet, lines: &[[String; 4]]) -> String {
    let widths: [usize; 4] =
        std::array::from_fn(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0));
    let mut out = format!("{}: {}\n", set.name, set.contents);
    for [codec, size, serialize, deserialize] in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "  {codec:<0$}  {size:>1$}  {serialize:>2$}  {deserialize:>3$}",
            widths[0], widths[1], widths[2], widths[3],
        );
    }
    out
}

fn markdown(set: &DataSet, lines: &[[String; 4]]) -> String {
    let mut out = format!("### `{}`: {}\n\n", set.name, set.contents);
    for (index, line) in lines.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} |", line.join(" | "));
        if index == 0 {
            out.push_str("|:--|--:|--:|--:|\n");
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

fn thousands(value: usize) -> String {
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
fn version(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let mut lines = lock.lines();
    lines
        .find(|line| quoted(line, "name") == Some(package))
        .and_then(|_| lines.next())
        .and_then(|line| quoted(line, "version"))
        .unwrap_or("?")
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

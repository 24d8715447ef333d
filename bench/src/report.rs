//! The tables, for the terminal and as Markdown.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::codecs::{PACKAGES, Role};
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
            times(rounds, "in microseconds"),
            ("In brackets", "the ratio to the best peer, below 1 is better than every peer".to_owned()),
        ],
    )
}

/// How the times of a plan came about, and what else is to be said of them.
pub fn times(rounds: usize, rest: &str) -> (&'static str, String) {
    ("Times", format!("medians of {rounds} interleaved rounds, {rest}"))
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
        ("Command", command(env::args().skip(1))),
    ];
    let lead = if format == Format::Markdown { "- " } else { "" };
    let known = what.iter().chain(how).filter(|(_, fact)| !fact.is_empty());
    known.map(|(name, fact)| format!("{lead}{name}: {fact}\n")).collect()
}

/// What makes the same tables again.
fn command(arguments: impl Iterator<Item = String>) -> String {
    let program = env!("CARGO_PKG_NAME").to_owned();
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// The table of one set, with a name and what it holds. In brackets: the ratio to the best figure of all rows of a role.
pub fn table(format: Format, (name, contents): (&str, &str), rows: &[&Row], base: Role) -> String {
    type Column = (&'static str, fn(&Row) -> Option<f64>, fn(f64) -> String);
    let columns: [Column; 4] = [
        ("size", |row| Some(row.size as f64), |size| thousands(size as usize)),
        ("serialize µs", |row| row.median(Op::Serialize), micros),
        ("deserialize µs", |row| row.median(Op::Deserialize), micros),
        ("borrow µs", |row| row.median(Op::Borrow), micros),
    ];
    let mut lines = vec![vec!["codec".to_owned()]];
    lines.extend(rows.iter().map(|row| vec![label((row.codec, row.variant))]));
    // Not every set has strings to borrow.
    for (title, figure, show) in
        columns.into_iter().filter(|(_, figure, _)| rows.iter().any(|row| figure(row).is_some()))
    {
        let best = rows.iter().filter(|row| row.role == base).filter_map(|row| figure(row)).min_by(f64::total_cmp);
        lines[0].push(title.to_owned());
        for (line, row) in lines[1..].iter_mut().zip(rows) {
            line.push(match (figure(row), best) {
                (Some(value), Some(best)) if best > 0.0 => format!("{} ({:.2})", show(value), value / best),
                (value, _) => value.map_or_else(|| "-".to_owned(), show),
            });
        }
    }
    render(format, name, contents, &lines)
}

/// A table with a title; the first line is the header, the first column is text.
pub fn render(format: Format, name: &str, contents: &str, lines: &[Vec<String>]) -> String {
    match format {
        Format::Text => text(name, contents, lines),
        Format::Markdown => markdown(name, contents, lines),
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
pub fn micros(value: f64) -> String {
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
    fn a_table_has_the_ratios_to_the_best_of_a_role_and_the_columns_that_were_measured() {
        let row = |codec, role, time| {
            let mut row = Row::new("set", (codec, ""), role, 1000);
            row.record(Op::Serialize, time);
            row
        };
        let rows = [row("ours", Role::Ours, 3.0), row("slow", Role::Peer, 4.0), row("fast", Role::Peer, 2.0)];
        let of = |base| table(Format::Markdown, ("set", "contents"), &rows.each_ref(), base);
        assert_eq!(
            of(Role::Peer),
            "### `set`: contents\n\n\
             | codec | size | serialize µs |\n\
             |:--|--:|--:|\n\
             | ours | 1,000 (1.00) | 3.00 (1.50) |\n\
             | slow | 1,000 (1.00) | 4.00 (2.00) |\n\
             | fast | 1,000 (1.00) | 2.00 (1.00) |\n"
        );
        assert!(of(Role::Ours).contains("| fast | 1,000 (1.00) | 2.00 (0.67) |"));
        assert!(of(Role::Memcpy).contains("| fast | 1,000 | 2.00 |"));
    }

    #[test]
    fn what_is_known_of_a_run_is_told_with_its_command() {
        let facts = facts(Format::Markdown, [], &[("How", "so".to_owned())]);
        let names: Vec<_> = facts.lines().filter_map(|line| line.strip_prefix("- ")?.split(": ").next()).collect();
        assert_eq!(names, ["Date", "Machine", "Compiler", "Command", "How"], "no packages, no versions");
        assert_eq!(command(["--rounds", "9"].map(str::to_owned).into_iter()), "pickle-bench --rounds 9");
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

//! The tables of the graphs: times as multiples of this library's, and what a peer cannot do.

use super::{Graph, python};
use crate::codecs::Role;
use crate::measure::{Op, Row};
use crate::report::{Format, facts, label, render, thousands, times};

/// Whose versions are told.
pub const PACKAGES: [&str; 4] = ["pickle-core", "fory", "serde", "bincode"];

/// The conditions of the run, to be printed above the tables.
pub fn conditions(format: Format, rounds: usize) -> String {
    facts(
        format,
        PACKAGES.into_iter().chain(python::version().map(|_| python::PACKAGE)),
        &[
            times(rounds, "in milliseconds; a load without the drop"),
            ("In brackets", "how many times ours, of the first row; above 1 is slower or larger than ours".to_owned()),
        ],
    )
}

/// The table of one graph, and the notes below it.
pub fn table(format: Format, graph: &Graph, objects: usize, rows: &[Row], notes: &[(String, String)]) -> String {
    let mut lines = vec![["codec", "size", "dump ms", "load ms"].map(str::to_owned).to_vec()];
    // One base for the whole table, also where ours has a second row.
    let ours = rows.iter().find(|row| row.role == Role::Ours);
    for row in rows {
        let cell = |figure: &dyn Fn(&Row) -> Option<f64>, show: &dyn Fn(f64) -> String| match (
            figure(row),
            ours.and_then(figure),
        ) {
            (Some(value), Some(base)) if base > 0.0 => format!("{} ({:.2})", show(value), value / base),
            (value, _) => value.map_or_else(|| "-".to_owned(), show),
        };
        lines.push(vec![
            label((row.codec, row.variant)),
            cell(&|row| (row.role != Role::Floor).then_some(row.size as f64), &|size| thousands(size as usize)),
            cell(&|row| row.median(Op::Serialize), &millis),
            cell(&|row| row.median(Op::Deserialize), &millis),
        ]);
    }
    let contents = format!("{} ({} shared objects)", graph.contents, thousands(objects));
    let mut out = render(format, graph.name, &contents, &lines);
    out.push_str(&said(format, notes));
    out
}

/// What a check found, without times.
pub fn check(graph: &Graph, rows: &[Row], notes: &[(String, String)]) -> String {
    let labels: Vec<_> = rows.iter().map(|row| label((row.codec, row.variant))).collect();
    format!("{}: given back by {}\n{}", graph.name, labels.join("; "), said(Format::Text, notes))
}

fn said(format: Format, notes: &[(String, String)]) -> String {
    let (before, lead) = if format == Format::Markdown && !notes.is_empty() { ("\n", "- ") } else { ("", "  ") };
    let lines = notes.iter().map(|(codec, note)| format!("{lead}{codec}: {note}\n"));
    std::iter::once(before.to_owned()).chain(lines).collect()
}

fn millis(micros: f64) -> String {
    let millis = micros / 1e3;
    if millis < 100.0 { format!("{millis:.2}") } else { thousands(millis.round() as usize) }
}

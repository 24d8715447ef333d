//! The table of two ways of loading: a row for each set, and how many times the first way the second one takes.

use crate::measure::{Op, Row};
use crate::report::{Format, micros, render};

/// Of rows that come in pairs: the first way on a set, the second one on it.
pub fn table(format: Format, (name, contents): (&str, &str), ways: [&str; 2], rows: &[Row]) -> String {
    let [first, second] = ways.map(|way| format!("{way} µs"));
    let mut lines = vec![vec!["data set".to_owned(), first, second, "ratio".to_owned()]];
    for pair in rows.chunks_exact(2) {
        let times = [&pair[0], &pair[1]].map(|row| row.median(Op::Deserialize).unwrap_or(f64::NAN));
        let [first, second] = times.map(micros);
        lines.push(vec![pair[0].set.to_owned(), first, second, format!("{:.3}", times[1] / times[0])]);
    }
    render(format, name, contents, &lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codecs::Role;

    #[test]
    fn the_second_is_so_many_times_the_first() {
        let row = |way, time| {
            let mut row = Row::new("set", ("pickle-core", way), Role::Ours, 1);
            row.record(Op::Deserialize, time);
            row
        };
        assert_eq!(
            table(Format::Markdown, ("name", "contents"), ["one", "other"], &[row("one", 4.0), row("other", 5.0)]),
            "### `name`: contents\n\n\
             | data set | one µs | other µs | ratio |\n\
             |:--|--:|--:|--:|\n\
             | set | 4.00 | 5.00 | 1.250 |\n"
        );
    }
}

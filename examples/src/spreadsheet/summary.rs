//! Mean and spread of an imported table, group by group, as formulas beside it.

use super::address::{Address, Range};
use super::cell::{Formula, Text};
use super::error::Result;
use super::sheet::Sheet;
use super::table::Table;

/// Puts formulas beside an imported table: for each run of rows with one text in the last column, and for all rows, the
/// mean and the standard deviation of each column of numbers; below them, how many deviations the mean of all is from 0.
///
/// Gives, for each group, the range that its means are in.
///
/// # Errors
/// None that a table from [`Table::from_csv`] can raise.
pub fn summarize(sheet: &mut Sheet, table: &Table) -> Result<Vec<Range>> {
    let Some(group_column) = table.header.len().checked_sub(1) else { return Ok(Vec::new()) };
    let numeric = (0..group_column)
        .filter(|column| table.rows.iter().all(|row| row.get(*column).is_some_and(|text| text.parse::<f64>().is_ok())));
    let numeric: Vec<usize> = numeric.collect();
    let mut groups = runs(table.rows.iter().map(|row| row[group_column].as_str()));
    groups.push(("all", 0, table.rows.len()));

    let left = group_column + 3;
    let at = |column: usize, row: usize| address(left + column, row);
    text(sheet, at(0, 0)?, "summary")?;
    for (i, column) in numeric.iter().enumerate() {
        text(sheet, at(i + 1, 0)?, &table.header[*column])?;
    }
    let mut means = Vec::new();
    let all = &groups[groups.len() - 1..];
    let statistics = [
        ("mean", "mean(#)", &groups[..]),
        ("stdev", "stdev(#)", &groups[..]),
        ("mean/stdev", "round(mean(#) / stdev(#), 2)", all),
    ];
    let mut row = 0;
    for (statistic, formula, groups) in statistics {
        for (group, from, to) in groups {
            row += 1;
            text(sheet, at(0, row)?, &format!("{group} {statistic}"))?;
            for (k, column) in numeric.iter().enumerate() {
                let range = Range::new(address(*column, from + 1)?, address(*column, *to)?);
                sheet.set(at(k + 1, row)?, Box::new(Formula::new(&formula.replace('#', &range.to_string()))?))?;
            }
            if statistic == "mean" && !numeric.is_empty() {
                means.push(Range::new(at(1, row)?, at(numeric.len(), row)?));
            }
        }
    }
    Ok(means)
}

/// The address at numbers that start at 0.
fn address(column: usize, row: usize) -> Result<Address> {
    let number = |n: usize| u32::try_from(n + 1).unwrap_or(0);
    let address = Address::new(number(column), number(row));
    address.ok_or_else(|| super::error::Error::Address(format!("column {column}, row {row}")))
}

fn text(sheet: &mut Sheet, at: Address, text: &str) -> Result<()> {
    sheet.set(at, Box::new(Text(text.to_owned())))
}

/// Runs of equal texts: the text, its first row and the one after its last.
fn runs<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<(&'t str, usize, usize)> {
    let mut runs: Vec<(&str, usize, usize)> = Vec::new();
    for (row, text) in texts.enumerate() {
        match runs.last_mut() {
            Some((last, _, end)) if *last == text => *end = row + 1,
            _ => runs.push((text, row, row + 1)),
        }
    }
    runs
}

//! Mean and spread of an imported table, group by group, as formulas in a sheet of their own.

use super::address::{Address, Range};
use super::error::{Error, Result};
use super::place::{Area, Place, Title};
use super::table::Table;
use super::workbook::Workbook;

/// The title of the sheet that [`summarize`] adds.
pub const SUMMARY: &str = "summary";

/// Adds a sheet of formulas over an imported one: for each run of rows with one text in the last column, and for all rows,
/// the mean and the standard deviation of each column of numbers; below them, how many deviations the mean of all is from 0.
///
/// The names of the columns, and the first row below everything, are no copies but the cells of the imported sheet.
///
/// Gives, for each group, the area that its means are in.
///
/// # Errors
/// [`Error::Title`], where there is a summary. None else that a table from [`Table::from_csv`] can raise.
pub fn summarize(book: &mut Workbook, imported: &Title, table: &Table) -> Result<Vec<Area>> {
    let summary = book.add_sheet(SUMMARY)?;
    let Some(group_column) = table.header.len().checked_sub(1) else { return Ok(Vec::new()) };
    let numeric = (0..group_column)
        .filter(|column| table.rows.iter().all(|row| row.get(*column).is_some_and(|text| text.parse::<f64>().is_ok())));
    let numeric: Vec<usize> = numeric.collect();
    let mut groups = runs(table.rows.iter().map(|row| row[group_column].as_str()));
    groups.push(("all", 0, table.rows.len()));

    let at = |column, row| Ok::<_, Error>(Place { sheet: summary.clone(), address: address(column, row)? });
    let data = |column, row| Ok::<_, Error>(Place { sheet: imported.clone(), address: address(column, row)? });
    for (i, column) in numeric.iter().enumerate() {
        book.share(&data(*column, 0)?, &at(i + 1, 0)?)?;
    }
    let mut means = Vec::new();
    let all = &groups[groups.len() - 1..];
    let statistics = [
        ("mean", "=mean(#)", &groups[..]),
        ("stdev", "=stdev(#)", &groups[..]),
        ("mean/stdev", "=round(mean(#) / stdev(#), 2)", all),
    ];
    let mut row = 0;
    for (statistic, formula, groups) in statistics {
        for (group, from, to) in groups {
            row += 1;
            book.enter(&at(0, row)?, &format!("{group} {statistic}"))?;
            for (i, column) in numeric.iter().enumerate() {
                let range = Range::new(address(*column, from + 1)?, address(*column, *to)?);
                let area = Area { sheet: Some(imported.clone()), range };
                book.enter(&at(i + 1, row)?, &formula.replace('#', &area.to_string()))?;
            }
            if statistic == "mean" && !numeric.is_empty() {
                let range = Range::new(address(1, row)?, address(numeric.len(), row)?);
                means.push(Area { sheet: None, range });
            }
        }
    }
    if !table.rows.is_empty() {
        book.enter(&at(0, row + 1)?, "first row")?;
        for (i, column) in numeric.iter().enumerate() {
            book.share(&data(*column, 1)?, &at(i + 1, row + 1)?)?;
        }
    }
    Ok(means)
}

/// The address at numbers that start at 0.
fn address(column: usize, row: usize) -> Result<Address> {
    let number = |n: usize| u32::try_from(n + 1).unwrap_or(0);
    let address = Address::new(number(column), number(row));
    address.ok_or_else(|| Error::Address(format!("column {column}, row {row}")))
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

//! A spreadsheet on the command line, and a demonstration of it: `spreadsheet --help` lists what it can do.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use pickle_core::{Pickle, object};
use pickle_examples::spreadsheet::{Address, Cell, Result, Sheet, Source, Table, Value, Values, parse_cell, summarize};
use pickle_examples::spreadsheet::{Error as SheetError, Range};

const HELP: &str = "\
usage:
  spreadsheet [--dir DIR]           a demonstration: import, compute, save, and load in a second process
  spreadsheet import CSV FILE       import a table, with a summary beside it; its SQLite file is put beside FILE
  spreadsheet show FILE [ROWS]      print the first rows (12 unless given), the formulas and the data source
  spreadsheet set FILE CELL VALUE   set a cell: a number, a text, a formula `=mean(A2:A51)`, or bars `~H2:K2`
  spreadsheet undo FILE             take the last edit back
";

const ROWS: usize = 12;
const IRIS: &str = include_str!("../../data/iris.csv");

/// A kind of cell that the library knows nothing of: a range of numbers as a row of bars, `~H2:K2`.
#[derive(Pickle, Debug)]
struct Sparkline {
    range: Range,
}

impl Sparkline {
    fn new(range: Range) -> Self {
        println!("constructed the bars ~{range}");
        Sparkline { range }
    }
}

#[object]
impl Cell for Sparkline {
    fn input(&self) -> String {
        format!("~{}", self.range)
    }

    fn reads(&self) -> Vec<Range> {
        vec![self.range]
    }

    fn compute(&self, values: &Values) -> Value {
        const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        match values.numbers(self.range) {
            Ok(numbers) => {
                let highest = numbers.iter().copied().fold(0.0, f64::max);
                let bar = |x: f64| BARS[(x.max(0.0) / highest * 7.0) as usize % 8];
                Value::Text(numbers.into_iter().map(bar).collect())
            }
            Err(error) => Value::Error(error),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => demonstrate_in_passing(),
        ["--dir", folder] => demonstrate(Path::new(folder)),
        ["import", csv, file] => import(Path::new(csv), Path::new(file)),
        ["show", file] => show(Path::new(file), ROWS),
        ["show", file, rows] if rows.parse::<usize>().is_ok() => show(Path::new(file), rows.parse().unwrap_or(ROWS)),
        ["set", file, cell, value] => set(Path::new(file), cell, value),
        ["undo", file] => undo(Path::new(file)),
        ["--help" | "help"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn import(csv: &Path, file: &Path) -> Result<()> {
    let table = Table::from_csv(std::fs::File::open(csv)?)?;
    let sheet = build(&table, file)?;
    sheet.save(file)?;
    println!("imported {} rows and {} columns", table.rows.len(), table.header.len());
    Ok(())
}

/// The sheet of a table, its summary and its data source, which goes into an SQLite file beside `file`.
fn build(table: &Table, file: &Path) -> Result<Sheet> {
    let title = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut sheet = Sheet::import(&title, table);
    for (i, means) in summarize(&mut sheet, table)?.into_iter().enumerate() {
        let at = Address::new(means.last().column() + 1, means.last().row());
        // Beside the first line of means there is room for the name of the new column.
        if let (0, Some(above)) = (i, Address::new(means.last().column() + 1, 1)) {
            sheet.set(above, parse_cell("bars")?)?;
        }
        if let Some(at) = at {
            sheet.set(at, Box::new(Sparkline::new(means)))?;
        }
    }
    sheet.settle();
    sheet.connect(Source::create(&file.with_extension("sqlite"), &title, table)?);
    Ok(sheet)
}

fn show(file: &Path, rows: usize) -> Result<()> {
    print!("{}", report(&Sheet::load(file)?, rows)?);
    Ok(())
}

/// What `show` prints.
fn report(sheet: &Sheet, rows: usize) -> Result<String> {
    let mut report = sheet.render(rows);
    report += &format!("\n{} computed cells, among them\n", sheet.formulas().len());
    let formulas = sheet.formulas();
    let step = formulas.len().div_ceil(4).max(1);
    for formula in formulas.iter().step_by(step) {
        report += &format!("  {formula}\n");
    }
    if let Some(source) = sheet.source() {
        report += &format!("data source: {}, {} rows\n", source.describe(), source.rows()?);
    }
    report += &format!("edits that can be undone: {}\n", sheet.edits());
    Ok(report)
}

fn set(file: &Path, cell: &str, value: &str) -> Result<()> {
    let mut sheet = Sheet::load(file)?;
    let at: Address = cell.parse()?;
    let cell = match value.strip_prefix('~') {
        Some(range) => Box::new(Sparkline::new(range.parse()?)),
        None => parse_cell(value)?,
    };
    sheet.set(at, cell)?;
    sheet.save(file)?;
    print_cell(&sheet, at);
    Ok(())
}

fn undo(file: &Path) -> Result<()> {
    let mut sheet = Sheet::load(file)?;
    let at = sheet.undo()?;
    sheet.save(file)?;
    print_cell(&sheet, at);
    Ok(())
}

fn print_cell(sheet: &Sheet, at: Address) {
    match (sheet.cell(at), sheet.value(at)) {
        (Some(cell), Some(value)) => println!("{at} is {} and comes to {value}", cell.input()),
        _ => println!("{at} is empty"),
    }
}

fn demonstrate_in_passing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    demonstrate(folder.path())
}

fn demonstrate(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let file: PathBuf = folder.join("iris.sheet");
    println!("== This process: imports Fisher's iris data, computes, and saves");
    let table = Table::from_csv(IRIS.as_bytes())?;
    let sheet = build(&table, &file)?;
    sheet.save(&file)?;
    let saved = report(&sheet, ROWS)?;
    println!("\n{saved}");
    // The second process opens the data source itself; nothing here may hold it.
    drop(sheet);

    println!("== A second process: loads {} bytes and prints the same", std::fs::metadata(&file)?.len());
    let output = Command::new(std::env::current_exe()?).arg("show").arg(&file).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    print!("{printed}{}", String::from_utf8_lossy(&output.stderr));
    let (before, loaded) = printed.split_once('\n').unwrap_or_default();
    let same = output.status.success() && loaded == saved && before.starts_with("reopened");
    if !same || printed.contains("constructed") {
        return Err(SheetError::Io(std::io::Error::other("the second process did not print the same table")));
    }
    println!("\n== What this shows");
    println!(
        "The two tables are equal. In the second process no constructor ran: there is no line \"constructed ...\"."
    );
    println!(
        "Cells are trait objects, the bars a kind that this program added; formulas hold functions, saved by name."
    );
    println!("The open SQLite table was saved as its settings, and opened from them again: the line \"reopened ...\".");
    Ok(())
}

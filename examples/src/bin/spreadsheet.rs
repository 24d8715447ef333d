//! A spreadsheet on the command line, and a demonstration of it: `spreadsheet --help` lists what it can do.

use std::path::Path;
use std::process::{Command, ExitCode};

use pickle_core::{Pickle, object};
use pickle_examples::spreadsheet::{Address, Area, Content, Error, Inputs, Place, Result, SUMMARY, Source, Table};
use pickle_examples::spreadsheet::{Title, Value, Workbook, summarize};

const HELP: &str = "\
usage:
  spreadsheet [--dir DIR]           a demonstration: import, compute, save, load and change in other processes
  spreadsheet import CSV FILE       import a table, with a summary sheet; its SQLite file is put beside FILE
  spreadsheet show FILE [ROWS]      print the first rows (12 unless given), the formulas and the data source
  spreadsheet set FILE CELL VALUE   set a cell: a number, a text, a formula `=mean(A2:A51)`, or bars `~H2:K2`
  spreadsheet share FILE FROM TO    show one cell at a second place: it stays one cell
  spreadsheet undo FILE             take the last edit back
A cell is `B3` in the first sheet, `summary!B3` in another.
";

const ROWS: usize = 12;
const IRIS: &str = include_str!("../../data/iris.csv");

/// A kind of content that the library knows nothing of: a range of numbers as a row of bars, `~H2:K2`.
#[derive(Pickle, Debug)]
struct Sparkline {
    inputs: Inputs,
}

impl Sparkline {
    fn new(inputs: Inputs) -> Self {
        println!("constructed the bars ~{}", inputs.area());
        Sparkline { inputs }
    }
}

#[object]
impl Content for Sparkline {
    fn input(&self) -> String {
        format!("~{}", self.inputs.area())
    }

    fn inputs(&self) -> Vec<&Inputs> {
        vec![&self.inputs]
    }

    fn compute(&self) -> Value {
        const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        match self.inputs.numbers() {
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
        ["share", file, from, to] => share(Path::new(file), from, to),
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
    build(&table, file)?.save(file)?;
    println!("imported {} rows and {} columns", table.rows.len(), table.header.len());
    Ok(())
}

/// The workbook of a table, its summary and its data source, which goes into an SQLite file beside `file`.
fn build(table: &Table, file: &Path) -> Result<Workbook> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let title: String = stem.chars().filter(|c| *c != '\'' && !c.is_control()).take(Title::MAX_LENGTH / 4).collect();
    let mut book = Workbook::default();
    let imported = book.import(if title.is_empty() || title == SUMMARY { "data" } else { &title }, table)?;
    let means = summarize(&mut book, &imported, table)?;
    let summary = Title::new(SUMMARY)?;
    for (i, area) in means.into_iter().enumerate() {
        let last = area.range.last();
        let beside =
            |row| Address::new(last.column() + 1, row).map(|address| Place { sheet: summary.clone(), address });
        if let (0, Some(above)) = (i, beside(1)) {
            book.enter(&above, "bars")?;
        }
        let Some(at) = beside(last.row()) else { continue };
        let inputs = book.inputs(&summary, area)?;
        book.set(&at, Box::new(Sparkline::new(inputs)))?;
    }
    book.settle();
    book.connect(Source::create(&file.with_extension("sqlite"), &title, table)?);
    Ok(book)
}

fn show(file: &Path, rows: usize) -> Result<()> {
    print!("{}", report(&Workbook::load(file)?, rows)?);
    Ok(())
}

/// What `show` prints.
fn report(book: &Workbook, rows: usize) -> Result<String> {
    let mut report = String::new();
    for sheet in book.sheets() {
        report += &format!("sheet {}\n{}", sheet.title(), sheet.render(rows));
        let (formulas, shared) = (sheet.formulas(), sheet.shared());
        if !formulas.is_empty() {
            report += &format!("{} computed cells, among them\n", formulas.len());
            let step = formulas.len().div_ceil(4);
            formulas.iter().step_by(step).for_each(|formula| report += &format!("  {formula}\n"));
        }
        if !shared.is_empty() {
            report += &format!("cells of other sheets: {}\n", shared.join(", "));
        }
        report += "\n";
    }
    if let Some(source) = book.source() {
        report += &format!("data source: {}, {} rows\n", source.describe(), source.rows()?);
    }
    report += &format!("edits that can be undone: {}\n", book.edits());
    Ok(report)
}

fn set(file: &Path, cell: &str, value: &str) -> Result<()> {
    let mut book = Workbook::load(file)?;
    let changed = change(&mut book, cell, value)?;
    book.save(file)?;
    print!("{changed}");
    Ok(())
}

/// Sets a cell; what `set` prints.
fn change(book: &mut Workbook, cell: &str, value: &str) -> Result<String> {
    let at = book.place(cell)?;
    let recomputed = match value.strip_prefix('~') {
        Some(area) => {
            let inputs = book.inputs(&book.home(&at), area.parse::<Area>()?)?;
            book.set(&at, Box::new(Sparkline::new(inputs)))?
        }
        None => book.enter(&at, value)?,
    };
    Ok(changed(book, &at, &recomputed))
}

fn share(file: &Path, from: &str, to: &str) -> Result<()> {
    let mut book = Workbook::load(file)?;
    let (from, to) = (book.place(from)?, book.place(to)?);
    book.share(&from, &to)?;
    book.save(file)?;
    print!("{}", changed(&book, &to, &[]));
    Ok(())
}

fn undo(file: &Path) -> Result<()> {
    let mut book = Workbook::load(file)?;
    let (at, recomputed) = book.undo()?;
    book.save(file)?;
    print!("{}", changed(&book, &at, &recomputed));
    Ok(())
}

/// What became of a cell, and of those that depend on it.
fn changed(book: &Workbook, at: &Place, recomputed: &[Place]) -> String {
    let cell = book.cell(at);
    let mut lines = String::new();
    if let Some(cell) = cell.filter(|cell| cell.home() != at) {
        lines += &format!("{at} is the cell {}\n", cell.home());
    }
    for place in recomputed {
        let value = book.cell(place).and_then(|cell| cell.value());
        lines += &format!("recomputed {place}: {}\n", value.map(|value| value.to_string()).unwrap_or_default());
    }
    lines += &match cell.and_then(|cell| Some((cell.input()?, cell.value()?))) {
        Some((input, value)) => format!("{at} is {input} and comes to {value}\n"),
        None => format!("{at} is empty\n"),
    };
    lines
}

fn demonstrate_in_passing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    demonstrate(folder.path())
}

fn demonstrate(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("iris.sheet");
    println!("== This process: imports Fisher's iris data, computes, and saves");
    let table = Table::from_csv(IRIS.as_bytes())?;
    let mut book = build(&table, &file)?;
    book.save(&file)?;
    let saved = report(&book, ROWS)?;
    println!("\n{saved}");
    let size = std::fs::metadata(&file)?.len();

    // The first flower in the summary, which is one cell with the first flower of the data.
    let (cell, value) = ("summary!B11", "9.9");
    println!("== This process: sets {cell} to {value}, which computes what depends on it, and does not save");
    let changed = change(&mut book, cell, value)?;
    println!("{changed}");
    // The other processes open the data source themselves; nothing here may hold it.
    drop(book);

    println!("== A second process: loads {size} bytes and prints the same");
    let printed = run_again("show", &file, &[])?;
    print!("{printed}");
    let same = printed.strip_prefix(REOPENED) == Some(&saved);

    println!("\n== A third process: loads, makes the same change, and computes the same cells in the same order");
    let printed = run_again("set", &file, &[cell, value])?;
    print!("{printed}");
    if !same || printed.strip_prefix(REOPENED) != Some(&changed) {
        return Err(Error::Io(std::io::Error::other("another process did not print the same")));
    }
    println!("\n{WHAT_THIS_SHOWS}");
    Ok(())
}

const REOPENED: &str = "reopened the data source iris.sqlite, table iris\n";

const WHAT_THIS_SHOWS: &str = "\
== What this shows
What the processes print is equal. In the others no constructor ran: there is no line \"constructed ...\".
Formulas hold the cells that they read, and are held by them: a graph with cycles. Loaded, it leads a change to the same cells.
The sheets share cells: what is set in the summary is set in the data, before and after.
Contents are trait objects, the bars a kind that this program added; formulas hold functions, saved by name.
The open SQLite table was saved as its settings, and opened from them again: the line \"reopened ...\".";

/// Runs this program in another process; gives what it printed.
fn run_again(command: &str, file: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(std::env::current_exe()?).arg(command).arg(file).args(arguments).output()?;
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

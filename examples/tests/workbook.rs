//! The cells of a workbook as a graph: what a change computes, what a file keeps of it, what is left when it is dropped.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use pickle_core::{Pickle, dumps, loads, object};
use pickle_examples::spreadsheet::{Cell, Content, Error, Inputs, Result, Value, Workbook};

thread_local! {
    static COMPUTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static ALIVE: RefCell<Weak<()>> = const { RefCell::new(Weak::new()) };
}

/// A sum that notes when it is computed, and of which none may be left over.
#[derive(Pickle, Debug)]
struct Probe {
    name: String,
    inputs: Inputs,
    #[pickle(skip = alive())]
    _alive: Rc<()>,
}

/// What all probes of this thread hold.
fn alive() -> Rc<()> {
    ALIVE.with_borrow_mut(|alive| {
        alive.upgrade().unwrap_or_else(|| {
            let new = Rc::new(());
            *alive = Rc::downgrade(&new);
            new
        })
    })
}

fn probes_alive() -> usize {
    ALIVE.with_borrow(Weak::strong_count)
}

#[object]
impl Content for Probe {
    fn input(&self) -> String {
        format!("+{}", self.inputs.area())
    }

    fn inputs(&self) -> Vec<&Inputs> {
        vec![&self.inputs]
    }

    fn compute(&self) -> Value {
        COMPUTED.with_borrow_mut(|computed| computed.push(self.name.clone()));
        self.inputs.numbers().map_or_else(Value::Error, |numbers| Value::from(numbers.iter().sum::<f64>()))
    }
}

/// Enters a text, or a probe of what follows a `+`; gives what was recomputed.
fn enter(book: &mut Workbook, at: &str, input: &str) -> Result<Vec<String>> {
    let place = book.place(at)?;
    let recomputed = match input.strip_prefix('+') {
        Some(area) => {
            let inputs = book.inputs(&place.sheet, area.parse()?)?;
            book.set(&place, Box::new(Probe { name: place.to_string(), inputs, _alive: alive() }))?
        }
        None => book.enter(&place, input)?,
    };
    Ok(recomputed.iter().map(ToString::to_string).collect())
}

fn cell(book: &Workbook, at: &str) -> Rc<Cell> {
    book.cell(&book.place(at).expect("a place")).expect("a cell").clone()
}

fn number(book: &Workbook, at: &str) -> f64 {
    match cell(book, at).value() {
        Some(Value::Number(number)) => number,
        other => panic!("{other:?}"),
    }
}

/// Two diamonds across three sheets, one of which shows cells of the others, and a cell apart.
fn book() -> Result<Workbook> {
    let mut book = Workbook::default();
    for title in ["data", "sums", "view"] {
        book.add_sheet(title)?;
    }
    for (at, input) in [
        ("A1", "1"),
        ("A2", "10"),
        ("A3", "100"),
        // Entered before what they read, so that the order of entering is not the order of computing.
        ("sums!D1", "+A1:C1"),
        ("sums!C1", "+A1:B1"),
        ("sums!A1", "+data!A1:A2"),
        ("sums!B1", "+data!A2:A3"),
        ("sums!F1", "+data!A3:A3"),
        ("data!B1", "=sums!D1 * 2"),
    ] {
        enter(&mut book, at, input)?;
    }
    for (from, to) in [("A1", "view!A1"), ("sums!D1", "view!A2"), ("sums!C1", "view!A3")] {
        let (from, to) = (book.place(from)?, book.place(to)?);
        book.share(&from, &to)?;
    }
    Ok(book)
}

/// What a change of each input computes, as the workbook says and as the contents see it.
fn recomputed(book: &mut Workbook) -> Result<Vec<(Vec<String>, Vec<String>)>> {
    let mut all = Vec::new();
    for (at, input) in [("data!A1", "2"), ("data!A2", "20"), ("data!A3", "200"), ("view!A1", "3")] {
        COMPUTED.take();
        let recomputed = enter(book, at, input)?;
        all.push((recomputed, COMPUTED.take()));
    }
    Ok(all)
}

#[test]
fn a_change_computes_its_dependants_each_once_and_after_its_inputs() -> Result<()> {
    let mut book = book()?;
    let of_a1: &[&str] = &["sums!A1", "sums!C1", "sums!D1", "data!B1"];
    let of_a2 = &["sums!A1", "sums!B1", "sums!C1", "sums!D1", "data!B1"];
    let of_a3 = &["sums!B1", "sums!C1", "sums!D1", "data!B1", "sums!F1"];
    for ((recomputed, computed), expected) in recomputed(&mut book)?.iter().zip([of_a1, of_a2, of_a3, of_a1]) {
        // Of two that do not need each other either may come first.
        assert_eq!(recomputed.len(), expected.len());
        assert!(expected.iter().all(|cell| recomputed.contains(&(*cell).to_owned())), "{recomputed:?}");
        let at = |cell: &str| recomputed.iter().position(|other| other == cell);
        for (input, dependant) in [("A1", "C1"), ("B1", "C1"), ("C1", "D1")] {
            assert!(at(&format!("sums!{input}")) < at(&format!("sums!{dependant}")), "{recomputed:?}");
        }
        assert!(at("sums!D1") < at("data!B1"));
        let probes: Vec<&String> = recomputed.iter().filter(|cell| cell.starts_with("sums")).collect();
        assert_eq!(probes, computed.iter().collect::<Vec<_>>());
    }
    assert_eq!((number(&book, "sums!D1"), number(&book, "B1")), (486.0, 972.0));
    Ok(())
}

#[test]
fn after_loading_a_change_computes_the_same_cells_in_the_same_order() -> Result<()> {
    let mut before = book()?;
    let mut after: Workbook = loads(&dumps(&before)?)?;
    assert_eq!(recomputed(&mut before)?, recomputed(&mut after)?);
    assert_eq!(number(&before, "B1"), number(&after, "B1"));
    // What was undone is computed alike, too.
    while before.edits() > 3 {
        COMPUTED.take();
        let (place, recomputed) = before.undo()?;
        let computed = COMPUTED.take();
        assert_eq!((place, recomputed), after.undo()?);
        assert_eq!(computed, COMPUTED.take());
    }
    Ok(())
}

#[test]
fn shared_cells_are_still_one_cell() -> Result<()> {
    let book = book()?;
    let back: Workbook = loads(&dumps(&book)?)?;
    for book in [&book, &back] {
        for (one, other) in [("A1", "view!A1"), ("sums!D1", "view!A2"), ("sums!C1", "view!A3")] {
            assert!(Rc::ptr_eq(&cell(book, one), &cell(book, other)), "{one} {other}");
        }
        // A formula holds the cells of the sheets, and they hold it.
        let (input, sum) = (cell(book, "view!A1"), cell(book, "sums!A1"));
        assert!(Rc::ptr_eq(&sum.inputs()[0], &input) && Rc::ptr_eq(&input.dependants()[0], &sum));
        assert!(!Rc::ptr_eq(&cell(book, "A1"), &cell(book, "A2")));
    }
    Ok(())
}

#[test]
fn a_loaded_workbook_is_saved_as_the_same_bytes() -> Result<()> {
    let mut book = book()?;
    let bytes = dumps(&book)?;
    assert_eq!(dumps(&loads::<Workbook>(&bytes)?)?, bytes);
    // So is one whose edits were made after it was loaded.
    let mut back: Workbook = loads(&bytes)?;
    for book in [&mut book, &mut back] {
        recomputed(book)?;
        book.undo()?;
        enter(book, "sums!A1", "+data!A1:B1").expect_err("a cycle");
    }
    assert_eq!(dumps(&book)?, dumps(&back)?);
    Ok(())
}

#[test]
fn a_cycle_changes_nothing_before_and_after_loading() -> Result<()> {
    let mut book = book()?;
    let mut back: Workbook = loads(&dumps(&book)?)?;
    for book in [&mut book, &mut back] {
        let expected = recomputed(book)?;
        let Err(Error::Cycle(cycle)) = enter(book, "view!A1", "=B1") else { panic!("it is a cycle") };
        assert_eq!(cycle.0, ["data!A1", "data!B1", "sums!D1", "sums!C1", "sums!A1", "data!A1"]);
        assert_eq!((number(book, "view!A1"), recomputed(book)?), (3.0, expected));
    }
    Ok(())
}

#[test]
fn no_cell_is_left_when_a_workbook_is_dropped() -> Result<()> {
    let mut book = book()?;
    let mut back: Workbook = loads(&dumps(&book)?)?;
    assert!(probes_alive() > 0);
    for book in [&mut book, &mut back] {
        recomputed(book)?;
        book.undo()?;
    }
    let weak = |book: &Workbook| -> Vec<Weak<Cell>> {
        let places = ["A1", "A2", "A3", "B1", "sums!A1", "sums!B1", "sums!C1", "sums!D1", "sums!F1", "view!A1"];
        places.map(|at| Rc::downgrade(&cell(book, at))).into()
    };
    let cells = [weak(&book), weak(&back)].concat();
    assert!(cells.iter().all(|cell| cell.upgrade().is_some()));
    drop((book, back));
    assert!(cells.iter().all(|cell| cell.upgrade().is_none()));
    assert_eq!(probes_alive(), 0);
    Ok(())
}

#[test]
fn no_cell_is_left_of_a_load_that_failed() -> Result<()> {
    let mut bytes = dumps(&book()?)?;
    let mut fails = 0;
    for length in 0..bytes.len() {
        assert!(loads::<Workbook>(&bytes[..length]).is_err(), "{length}");
        assert_eq!(probes_alive(), 0, "{length}");
    }
    for bit in 0..8 * bytes.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        fails += u32::from(loads::<Workbook>(&bytes).is_err());
        assert_eq!(probes_alive(), 0, "bit {bit}");
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(fails > 0);
    Ok(())
}

#[test]
fn a_cell_that_is_held_longer_than_its_workbook_is_empty() -> Result<()> {
    let book = book()?;
    let sum = cell(&book, "sums!A1");
    drop(book);
    assert!(sum.inputs().is_empty() && sum.dependants().is_empty() && sum.input().is_none());
    Ok(())
}

#[test]
fn a_long_chain_needs_no_stack() -> Result<()> {
    const LENGTH: u32 = 20_000;
    let run = || -> Result<()> {
        let mut book = Workbook::default();
        book.add_sheet("chain")?;
        for row in 2..=LENGTH {
            enter(&mut book, &format!("A{row}"), &format!("+A{0}:A{0}", row - 1))?;
        }
        book.settle();
        let bytes = dumps(&book)?;
        let mut back: Workbook = loads(&bytes)?;
        for book in [&mut book, &mut back] {
            assert_eq!(enter(book, "A1", "7")?.len(), LENGTH as usize - 1);
            assert_eq!(number(book, &format!("A{LENGTH}")), 7.0);
        }
        Ok(())
    };
    let thread =
        std::thread::Builder::new().stack_size(256 << 10).spawn(move || run().map_err(|error| error.to_string()));
    thread?.join().expect("no panic").expect("it runs");
    Ok(())
}

#[test]
fn the_cells_of_another_workbook_are_refused() -> Result<()> {
    let (mut book, mut other) = (book()?, book()?);
    let place = book.place("A9")?;
    let inputs = other.inputs(&place.sheet, "A1:A2".parse()?)?;
    let error =
        book.set(&place, Box::new(Probe { name: String::new(), inputs, _alive: alive() })).expect_err("another's");
    assert!(matches!(&error, Error::Foreign(cell) if cell == "data!A1"), "{error}");
    Ok(())
}

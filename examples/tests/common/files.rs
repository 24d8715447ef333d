//! The files of the programs, each with a way to load it and use what came of it.

use std::collections::HashMap;

use pickle_core::{Result, dumps, loads};
use pickle_examples::classics::{Shape, dictionary, read_several, shapes};
use pickle_examples::spreadsheet::{Source, Table, Workbook, summarize};

use super::common::{Folder, SHEET_CSV};

/// A stream, and what loads it and then goes over the value.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) load: fn(&[u8]) -> Result<()>,
}

/// A workbook of eight rows with their summary, three edits, and the data source in `folder`.
pub(crate) fn workbook(folder: &Folder) -> Workbook {
    let table = Table::from_csv(SHEET_CSV.as_bytes()).expect("a table");
    let mut book = Workbook::default();
    let imported = book.import("s", &table).expect("a new title");
    summarize(&mut book, &imported, &table).expect("formulas");
    book.settle();
    let place = |book: &Workbook, text| book.place(text).expect("a cell");
    for (at, input) in [("summary!B11", "5.2"), ("A12", "=-(A2 + count(A1:C4, summary!B2)) * 2 - 1")] {
        let at = place(&book, at);
        book.enter(&at, input).expect("no cycle");
    }
    book.share(&place(&book, "A12"), &place(&book, "summary!E1")).expect("an empty place");
    book.connect(Source::create(&folder.path("s.sqlite"), "s", &table).expect("a data source"));
    book
}

/// The files of both programs, without a checksum, so that a change meets the decoder.
pub(crate) fn files(folder: &Folder) -> Vec<File> {
    let several = |(a, b, c)| [dumps(&a), dumps(&b), dumps(&c)].into_iter().collect::<Result<Vec<_>>>();
    let values = (3u32, "three values", vec![('a', true), ('b', false)]);
    let files = [
        ("workbook", dumps(&workbook(folder)), load_workbook as fn(&[u8]) -> Result<()>),
        ("dictionary", dumps(&dictionary()), |bytes| loads::<HashMap<String, Vec<f64>>>(bytes).map(drop)),
        ("several", several(values).map(|streams| streams.concat()), |bytes| read_several(bytes).map(drop)),
        ("shapes", dumps(&shapes()), |bytes| {
            let shapes: Vec<Box<dyn Shape>> = loads(bytes)?;
            let _: f64 = shapes.iter().map(|shape| shape.area()).sum();
            Ok(())
        }),
    ];
    let files = files.map(|(name, bytes, load)| File { name, bytes: bytes.expect("it can be dumped"), load });
    files.into()
}

/// A value that loads is a value like any other: it can be shown, changed, taken back, and dumped again.
fn load_workbook(bytes: &[u8]) -> Result<()> {
    let mut book: Workbook = loads(bytes)?;
    for sheet in book.sheets() {
        let _ = (sheet.render(usize::MAX), sheet.formulas(), sheet.shared());
    }
    dumps(&book)?;
    // A changed history may lead into a cycle, which is an error.
    while book.undo().is_ok() {}
    for place in ["A2", "A12", "summary!B2"] {
        // A changed title has no such place.
        let _ = book.place(place).and_then(|place| book.enter(&place, "=B3 + 1"));
    }
    Ok(())
}

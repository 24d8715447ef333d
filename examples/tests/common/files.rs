//! The files of the programs, each with a way to load it and use what came of it.

use std::collections::HashMap;

use pickle_core::{Result, dumps, loads};
use pickle_examples::classics::{Shape, dictionary, read_several, shapes};
use pickle_examples::spreadsheet::{Sheet, Source, Table, parse_cell, summarize};

use super::common::{Folder, SHEET_CSV};

/// A stream, and what loads it and then goes over the value.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) load: fn(&[u8]) -> Result<()>,
}

/// A sheet of eight rows with its summary, two edits, and its data source in `folder`.
pub(crate) fn sheet(folder: &Folder) -> Sheet {
    let table = Table::from_csv(SHEET_CSV.as_bytes()).expect("a table");
    let mut sheet = Sheet::import("s", &table);
    summarize(&mut sheet, &table).expect("formulas");
    sheet.settle();
    for (at, input) in [("A2", "5.2"), ("A12", "=-(A2 + count(A1:C4, 2)) * 2 - 1")] {
        sheet.set(at.parse().expect("a cell"), parse_cell(input).expect("a cell")).expect("no cycle");
    }
    sheet.connect(Source::create(&folder.path("s.sqlite"), "s", &table).expect("a data source"));
    sheet
}

/// The files of both programs, without a checksum, so that a change meets the decoder.
pub(crate) fn files(folder: &Folder) -> Vec<File> {
    let several = |(a, b, c)| [dumps(&a), dumps(&b), dumps(&c)].into_iter().collect::<Result<Vec<_>>>();
    let values = (3u32, "three values", vec![('a', true), ('b', false)]);
    let files = [
        ("sheet", dumps(&sheet(folder)), load_sheet as fn(&[u8]) -> Result<()>),
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

/// A value that loads is a value like any other: it can be shown, taken back, and dumped again.
fn load_sheet(bytes: &[u8]) -> Result<()> {
    let mut sheet: Sheet = loads(bytes)?;
    let _ = (sheet.render(usize::MAX), sheet.formulas());
    dumps(&sheet)?;
    // A changed history may lead into a cycle, which is an error.
    while sheet.undo().is_ok() {}
    Ok(())
}

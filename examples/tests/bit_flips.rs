//! A file with a changed bit is an error or another valid value, and never a panic.

mod common;
#[path = "common/files.rs"]
mod files;

use common::Folder;
use pickle_examples::spreadsheet::Workbook;

#[test]
fn no_changed_bit_is_a_panic() {
    let folder = Folder::new();
    for file in files::files(&folder) {
        assert!(file.bytes.len() < 8192, "{} has {} bytes", file.name, file.bytes.len());
        let mut bytes = file.bytes;
        let (mut errors, mut values) = (0, 0);
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            match (file.load)(&bytes) {
                Ok(()) => values += 1,
                Err(_) => errors += 1,
            }
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        println!("{}: {errors} errors, {values} other values", file.name);
        // Numbers and letters can take other values; the header and the schema can't.
        assert!(errors > 0 && values > 0, "{}: {errors} errors, {values} values", file.name);
    }
    // The settings of a changed data source name files that are not there; none was made.
    assert_eq!(std::fs::read_dir(folder.path("")).expect("the folder").count(), 1);
}

#[test]
fn every_changed_bit_of_a_saved_workbook_is_an_error() {
    let folder = Folder::new();
    let path = folder.path("s.sheet");
    files::workbook(&folder).save(&path).expect("it can be saved");
    let mut bytes = std::fs::read(&path).expect("it was saved");
    for bit in 0..8 * bytes.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(pickle_core::loads::<Workbook>(&bytes).is_err(), "bit {bit}");
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

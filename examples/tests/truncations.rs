//! A file that was cut short is an error, wherever it was cut.

mod common;
#[path = "common/files.rs"]
mod files;

use common::Folder;

#[test]
fn every_truncation_is_an_error() {
    let folder = Folder::new();
    for file in files::files(&folder) {
        (file.load)(&file.bytes).expect("the whole file loads");
        for length in 0..file.bytes.len() {
            assert!((file.load)(&file.bytes[..length]).is_err(), "{} cut to {length} bytes", file.name);
        }
    }
}

#[test]
fn every_truncation_of_a_saved_workbook_is_an_error() {
    let folder = Folder::new();
    let path = folder.path("s.sheet");
    files::workbook(&folder).save(&path).expect("it can be saved");
    let bytes = std::fs::read(&path).expect("it was saved");
    for length in 0..bytes.len() {
        assert!(pickle_core::loads::<pickle_examples::spreadsheet::Workbook>(&bytes[..length]).is_err(), "{length}");
    }
}

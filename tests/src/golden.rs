//! The streams that are kept from release to release.

use std::fs;
use std::path::PathBuf;

/// The folder of the files.
#[must_use]
pub fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "golden"].iter().collect()
}

/// The file of a stream.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    folder().join(name).with_extension("pickle")
}

/// A stream.
///
/// # Panics
/// If there is none of this name.
#[must_use]
pub fn read(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap()
}

/// The names of all streams, in order.
///
/// # Panics
/// If the folder can't be read.
#[must_use]
pub fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let streams = files.filter(|file| file.extension().is_some_and(|extension| extension == "pickle"));
    let mut names: Vec<String> = streams.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

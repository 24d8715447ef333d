//! The file that training is kept in.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result};
use pickle_core::{Pickler, load};

use crate::training::Training;

/// Replaces the file, whole or not at all: it is written beside the old one, and then takes its place.
pub fn save(training: &Training, path: &Path) -> Result<()> {
    let beside = beside(path);
    write(training, &beside)
        .and_then(|()| Ok(fs::rename(&beside, path)?))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
        .with_context(|| format!("can't save {}", path.display()))
}

fn write(training: &Training, path: &Path) -> Result<()> {
    let file = File::create(path)?;
    // A changed byte shall be an error, and not other weights.
    Pickler::new().checksum(true).dump(training, &file).map_err(in_one_sentence)?;
    Ok(file.sync_all()?)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".new");
    name.into()
}

/// What [`save`] has saved. No constructor runs; what the bytes say is checked.
pub fn open(path: &Path) -> Result<Training> {
    File::open(path)
        .map_err(Error::from)
        .and_then(|file| load(file).map_err(in_one_sentence))
        .with_context(|| format!("can't load {}", path.display()))
}

/// The library's errors tell their causes themselves: without this, `{:#}` would tell those twice.
fn in_one_sentence(error: pickle_core::Error) -> Error {
    Error::msg(error.to_string())
}

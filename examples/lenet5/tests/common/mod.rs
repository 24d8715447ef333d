//! A folder with so few digits that an epoch takes less than a second.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use tempfile::TempDir;

/// Of the training digits 600 are for validation.
const TRAINING: u32 = 600 + 320;
const TEST: u32 = 100;

#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        fs::create_dir(folder.path("digits")).expect("a folder in it");
        for (kind, count) in [("train", TRAINING), ("t10k", TEST)] {
            for (name, dimensions, size) in [("images-idx3-ubyte", 3, 28 * 28), ("labels-idx1-ubyte", 1, 1)] {
                let name = format!("{kind}-{name}");
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(&name).with_extension("gz");
                let mut bytes = Vec::new();
                GzDecoder::new(fs::File::open(path).expect("the digits")).read_to_end(&mut bytes).expect("gzip");
                bytes[4..8].copy_from_slice(&count.to_be_bytes());
                bytes.truncate(4 + 4 * dimensions + size * count as usize);
                fs::write(folder.path("digits").join(name), bytes).expect("a file");
            }
        }
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

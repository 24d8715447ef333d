//! Writes the seeds: `cargo run --example seeds`. They are few and small, and the same each
//! time but for the order of what has none.

#![forbid(unsafe_code)]

use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

use pickle_properties::random::Random;
use pickle_properties::subjects::SUBJECTS;

/// Larger files teach a fuzzer nothing that smaller ones don't.
const LARGEST: usize = 2500;

fn write(target: &str, name: &str, parts: &[&[u8]]) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), parts.concat())
}

/// The golden streams of the tests.
fn golden() -> Result<Vec<(String, Vec<u8>)>> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "tests", "golden"].iter().collect();
    let mut streams = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "pickle") {
            streams.push((name, fs::read(path)?));
        }
    }
    streams.retain(|(_, bytes)| bytes.len() <= LARGEST);
    Ok(streams)
}

fn main() -> Result<()> {
    for (index, subject) in SUBJECTS.iter().enumerate() {
        let sample = subject.sample();
        for target in ["bytes", "sealed"] {
            write(target, subject.name, &[&[index as u8, 0], &sample])?;
        }
        for target in ["value", "command"] {
            write(target, subject.name, &[&[index as u8], &sample])?;
        }
        for target in ["edited", "round_trip", "planned"] {
            write(target, subject.name, &[&[index as u8], &Random(index as u64).bytes(200)])?;
        }
    }
    for (name, bytes) in golden()? {
        for target in ["value", "command"] {
            write(target, &format!("golden-{name}"), &[&[7], &bytes])?;
        }
    }
    // What is no stream is a path into one.
    for (index, path) in ["animals[3].0", "named{7}.name", "0[\"a\"].1[key 2]", "#5.next"].iter().enumerate() {
        write("command", &format!("path-{index}"), &[&[index as u8], path.as_bytes()])?;
    }
    Ok(())
}

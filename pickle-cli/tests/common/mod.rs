//! Runs the command.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "not every test uses all of it")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command said, and its exit code.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `pickle` with standard input.
pub(crate) fn with_input(args: &[&str], input: &[u8]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pickle"));
    command.args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // It may end before it has read all.
        scope.spawn(move || stdin.write_all(input));
        let output = process.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("it ended by itself, and not by a signal");
        Said { code, out: text(output.stdout), err: text(output.stderr) }
    })
}

pub(crate) fn pickle(args: &[&str]) -> Said {
    with_input(args, b"")
}

/// Every command that takes one file, in every form of its output.
pub(crate) const EVERY: &[&[&str]] = &[
    &["show"],
    &["show", "--all", "--objects", "file"],
    &["show", "--depth", "1"],
    &["show", "--path", "players[0].name"],
    &["schema"],
    &["schema", "--format", "json"],
    &["dis"],
    &["dis", "--format", "json"],
    &["verify"],
    &["verify", "--format", "json"],
    &["stats"],
    &["stats", "--format", "json"],
    &["json"],
    &["graph"],
    &["graph", "--format", "json", "--max-nodes", "3"],
];

/// The golden streams.
pub(crate) fn golden() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
    let mut found = vec![];
    for folder in [folder.clone(), folder.join("compatibility")] {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        found.extend(entries.filter(|path| path.extension().is_some_and(|extension| extension == "pickle")));
    }
    found.sort();
    assert!(found.len() >= 16, "the golden streams are there");
    found
}

/// The golden stream of this name.
pub(crate) fn golden_stream(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden").join(name).with_extension("pickle");
    path.to_str().unwrap().to_owned()
}

pub(crate) fn is_without_schema(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "fingerprint-checksum")
}

//! A reader in Python, written from FORMAT.md, reads the golden files, and refuses what they are damaged to.
//!
//! What it reads stands beside each file, as `NAME.json`; `PICKLE_BLESS=1` writes that anew.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is left out says so")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pickle_tests::golden;

/// Its schemas are what the file without one needs.
const EVERYTHING: &str = "everything";

const VALUE: &str = "a value";

/// What the reader reads in a stream.
fn json(name: &str) -> PathBuf {
    golden::path(name).with_extension("json")
}

fn names() -> Vec<String> {
    let names = golden::names();
    assert!(names.len() >= 12);
    names
}

fn python() -> bool {
    let new_enough = ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"];
    let found = Command::new("python3").args(new_enough).status().is_ok_and(|status| status.success());
    if !found {
        eprintln!("left out: there is no python3, 3.9 or later");
    }
    found
}

fn reader() -> Command {
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python/reader.py"));
    command
}

/// What the reader prints, or how it refuses: anything else that it may do fails the test.
fn read(file: &Path, schemas: bool) -> Result<String, String> {
    let mut command = reader();
    if schemas {
        command.arg("--schemas").arg(golden::path(EVERYTHING));
    }
    let output = command.arg(file).output().unwrap();
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    match output.status.code() {
        Some(0) if stderr.is_empty() => Ok(stdout.replace("\r\n", "\n")),
        Some(1) if stdout.is_empty() && stderr.starts_with("reader.py: ") && stderr.lines().count() == 1 => Err(stderr),
        code => panic!("{}: {code:?}, {stderr}", file.display()),
    }
}

/// What the reader says to each of many files, which have the schemas of [`EVERYTHING`]: "a value", or why not.
fn judge(test: &str, files: &[Vec<u8>]) -> Vec<String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let mut command = reader();
    command.arg("--schemas").arg(golden::path(EVERYTHING)).arg("--each").current_dir(&directory);
    for (i, bytes) in files.iter().enumerate() {
        fs::write(directory.join(i.to_string()), bytes).unwrap();
        command.arg(i.to_string());
    }
    let output = command.output().unwrap();
    fs::remove_dir_all(&directory).unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), files.len());
    assert!(lines.iter().all(|line| line == VALUE || line.starts_with("refused: ")), "{lines:#?}");
    lines
}

#[test]
fn every_golden_file_is_read() {
    if !python() {
        return;
    }
    for name in names() {
        let found = read(&golden::path(&name), name == "fingerprint-checksum").unwrap();
        if std::env::var_os("PICKLE_BLESS").is_some() {
            fs::write(json(&name), &found).unwrap();
        }
        let expected = fs::read_to_string(json(&name)).unwrap().replace("\r\n", "\n");
        assert!(found == expected, "{name} is read as\n{found}");
    }
}

#[test]
fn one_type_is_one_value_however_it_is_framed() {
    let value = |name| {
        let json = fs::read_to_string(json(name)).unwrap();
        json.split_once("\"root\"").unwrap().1.to_owned()
    };
    assert_eq!(value(EVERYTHING), value("fingerprint-checksum"));
}

#[test]
fn streams_that_follow_each_other() {
    if !python() {
        return;
    }
    let names = ["named", EVERYTHING, "fingerprint-checksum", "graph-ring"];
    let all: Vec<u8> = names.iter().flat_map(|name| golden::read(name)).collect();
    let first = golden::read("named").len();
    let lines = judge("streams", &[all[..first + 7].to_vec(), all.clone(), [&all[..], b"x"].concat()]);
    assert_eq!(lines, ["refused: the bytes end within a value", VALUE, "refused: the bytes end within a value"]);
}

#[test]
fn what_is_cut_short_is_refused() {
    if !python() {
        return;
    }
    let cut = |name: String| {
        let bytes = golden::read(&name);
        let near = (0..24).chain(bytes.len() - 24..bytes.len());
        near.chain((1..16).map(|i| bytes.len() * i / 16)).map(|cut| bytes[..cut].to_vec()).collect::<Vec<_>>()
    };
    let files: Vec<_> = names().into_iter().flat_map(cut).collect();
    assert!(judge("cut", &files).iter().all(|line| line != VALUE));
}

#[test]
fn what_is_changed_is_refused_or_is_a_value() {
    if !python() {
        return;
    }
    let changed = |name: &str, places: usize| {
        let bytes = golden::read(name);
        let change = |i: usize| {
            let mut bytes = bytes.clone();
            let at = bytes.len() * i / places;
            bytes[at] ^= [0x01, 0xff, 0x80, 0x02, 0x10][i % 5];
            bytes
        };
        (0..places).map(change).collect::<Vec<_>>()
    };
    let files: Vec<_> = names().iter().flat_map(|name| changed(name, 60)).collect();
    let lines = judge("changed", &files);
    assert!(lines.iter().any(|line| line == VALUE), "some changes give another value");
    let summed = judge("summed", &changed("fingerprint-checksum", 200));
    assert!(summed.iter().all(|line| line != VALUE), "no change has the same checksum");
}

#[test]
fn refusals_say_what_is_wrong() {
    if !python() {
        return;
    }
    let stream = golden::read("graph-ring");
    let cases = [
        (0, 0x00, "this is no stream"),
        (4, 0x02, "the version is unknown"),
        (5, 0x0d, "a flag is unknown"),
        (6, 0x00, "a schema has another fingerprint"),
        // How many objects there are, and the root's reference to one.
        (0x56, 0x09, "an object is not complete"),
        (stream.len() - 4, 0x07, "a reference to an object that is not there"),
        (stream.len() - 4, 0x01, "objects are not numbered in the order in which they are met"),
    ];
    let files = cases.map(|(at, byte, _)| {
        let mut bytes = stream.clone();
        bytes[at] = byte;
        bytes
    });
    assert_eq!(judge("refusals", &files), cases.map(|(_, _, why)| format!("refused: {why}")));
    let error = read(&golden::path("absent"), false).unwrap_err();
    assert!(error.contains("absent.pickle"), "{error}");
}

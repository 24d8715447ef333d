//! The golden files are of the format version that FORMAT.md states, and their bytes change only with that version.
//!
//! `golden/MANIFEST.txt` has a line for each file: the format version, the SHA-256, the name. `PICKLE_BLESS=1` adds lines for
//! new files and for those of another version; it never changes the hash of a file within a version.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use pickle_core::dumps;
use pickle_tests::golden;

/// Where the version stands in a stream.
const VERSION: usize = 4;

/// Version and hash of each file, by its name.
type Files = BTreeMap<String, (u8, String)>;

fn files() -> Files {
    let described = golden::names().into_iter().map(|name| {
        let bytes = golden::read(&name);
        let hash = hmac_sha256::Hash::hash(&bytes).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        (format!("{name}.pickle"), (bytes[VERSION], hash))
    });
    described.collect()
}

fn parse(manifest: &str) -> Files {
    let lines = manifest.lines().map(|line| {
        let [version, hash, name] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("not a line: {line}") };
        (name.to_owned(), (version.parse().unwrap(), hash.to_owned()))
    });
    lines.collect()
}

/// What is wrong with the files, as the manifest has it.
fn changes(listed: &Files, found: &Files) -> Vec<String> {
    let mut changes = Vec::new();
    for (name, (version, hash)) in found {
        match listed.get(name) {
            None => changes.push(format!("{name} is not listed")),
            Some((old, _)) if old != version => {
                changes.push(format!("{name} is of version {version}, listed with {old}"))
            }
            Some((_, old)) if old != hash => {
                changes.push(format!(
                    "{name} has other bytes than format version {version} had: that needs a new version"
                ));
            }
            Some(_) => {}
        }
    }
    changes.extend(listed.keys().filter(|name| !found.contains_key(*name)).map(|name| format!("{name} is gone")));
    changes
}

#[test]
fn the_golden_files_are_those_of_the_manifest() {
    let path = golden::folder().join("MANIFEST.txt");
    let found = files();
    let mut listed = parse(&fs::read_to_string(&path).unwrap_or_default());
    if std::env::var_os("PICKLE_BLESS").is_some() {
        for (name, file) in &found {
            if listed.get(name).is_none_or(|old| old.0 != file.0) {
                listed.insert(name.clone(), file.clone());
            }
        }
        let lines = listed.iter().map(|(name, (version, hash))| format!("{version} {hash} {name}\n"));
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
    let changes = changes(&listed, &found);
    assert!(changes.is_empty(), "{}", changes.join("; "));
}

#[test]
fn the_document_the_library_and_the_files_agree_on_the_version() {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../FORMAT.md")).unwrap();
    let (_, after) = document.split_once("This is format version ").unwrap();
    let stated: u8 = after.split('.').next().unwrap().parse().unwrap();
    assert_eq!(dumps(&()).unwrap()[VERSION], stated, "what the library writes");
    assert!(document.contains(&format!("| format version | `{stated:02X}` |")), "the table of the header");
    for (name, (version, _)) in files() {
        assert_eq!(version, stated, "{name}");
    }
}

#[test]
fn a_change_within_a_version_is_told_from_others() {
    let files = |text: &str| parse(text);
    let listed = files("1 aa one\n1 bb two");
    assert!(changes(&listed, &listed).is_empty());
    assert!(changes(&listed, &files("1 aa one\n1 cc two"))[0].contains("needs a new version"));
    assert!(changes(&listed, &files("1 aa one\n2 cc two"))[0].contains("is of version 2"));
    assert_eq!(changes(&listed, &files("1 aa one\n1 dd three")), ["three is not listed", "two is gone"]);
}

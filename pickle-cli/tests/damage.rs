//! Every command on damaged streams: an error of one line and exit code 1, or a good answer, and never a panic.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

mod common;

use std::fs;

use common::{EVERY, Said, golden_stream, with_input};

fn check(command: &[&str], bytes: &[u8], what: &str) -> Said {
    let said = with_input(&[command, &["-"]].concat(), bytes);
    assert!(said.code == 0 || said.code == 1, "{command:?}, {what}: {said:?}");
    assert!(!said.err.contains("panicked") && said.err.lines().count() <= 1, "{command:?}, {what}: {}", said.err);
    assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{command:?}, {what}: an escape");
    said
}

#[test]
fn truncated_streams_are_refused_with_the_place() {
    for name in ["named", "graph-tree", "compatibility/game-v2"] {
        let bytes = fs::read(golden_stream(name)).unwrap();
        for end in (0..bytes.len()).step_by(bytes.len() / 16) {
            for command in EVERY {
                let said = check(command, &bytes[..end], &format!("{name} up to {end}"));
                if end == 0 {
                    assert!(
                        said.err.contains("there are no bytes") || said.out.contains("there are no bytes"),
                        "{said:?}"
                    );
                    continue;
                }
                assert_eq!(said.code, 1, "{command:?}, {name} up to {end}");
                let place = format!("at byte {end}");
                assert!(said.err.contains(&place) || said.out.contains(&place), "{command:?}, {place}: {said:?}");
            }
        }
    }
}

#[test]
fn flipped_bits_are_told_or_change_a_value() {
    for name in ["named", "cells", "graph-views", "graph-maps"] {
        let bytes = fs::read(golden_stream(name)).unwrap();
        for at in (0..bytes.len()).step_by(3) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            // In turn: all of them together would take minutes.
            let command = EVERY[at / 3 % EVERY.len()];
            let said = check(command, &damaged, &format!("{name}, bit {} of byte {at}", at % 8));
            let verified = check(&["verify"], &damaged, &format!("{name}, byte {at}"));
            if verified.code == 1 && command[0] != "schema" {
                assert_eq!(said.code, 1, "{command:?} takes what `verify` does not: {name}, byte {at}: {said:?}");
            }
        }
    }
}

#[test]
fn a_checksum_is_checked_without_a_schema() {
    let mut bytes = fs::read(golden_stream("fingerprint-checksum")).unwrap();
    assert!(check(&["verify"], &bytes, "whole").out.contains("checksum right"));
    bytes[600] ^= 1;
    let said = check(&["verify"], &bytes, "damaged");
    assert!(said.code == 1 && said.err.contains("checksum"), "{said:?}");
}

#[test]
fn damage_in_the_second_stream_is_told_after_the_first() {
    let mut bytes = fs::read(golden_stream("named")).unwrap();
    let length = bytes.len();
    bytes.extend(fs::read(golden_stream("cells")).unwrap());
    bytes.pop();
    let said = check(&["show"], &bytes, "two streams");
    assert!(said.out.starts_with("stream 0, from byte 0\nNamed\n"), "{}", said.out);
    assert!(said.code == 1 && said.err.contains(&format!("stream 1, which begins at byte {length}")), "{}", said.err);
    let said = check(&["verify", "--format", "json"], &bytes, "two streams");
    let lines: Vec<serde_json::Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines[0]["ok"].as_bool(), lines[1]["ok"].as_bool(), said.code), (Some(true), Some(false), 1));
}

#[test]
fn limits_are_those_of_the_library_and_can_be_raised() {
    #[derive(pickle_core::Pickle)]
    struct Deep(Option<Box<Deep>>);
    let mut deep = Deep(None);
    for _ in 0..400 {
        deep = Deep(Some(Box::new(deep)));
    }
    let bytes = pickle_core::Pickler::new().max_depth(2000).dumps(&deep).unwrap();
    for command in [["show"], ["verify"], ["dis"], ["stats"], ["graph"]] {
        let said = check(&command, &bytes, "deep");
        assert!(said.code == 1 && said.err.contains("raise it with `--max-depth`"), "{command:?}: {}", said.err);
        assert!(said.err.contains("at byte"), "{}", said.err);
        let said = check(&[command[0], "--max-depth", "2000"], &bytes, "deep");
        assert_eq!(said.code, 0, "{command:?}: {}", said.err);
    }
    let bytes = pickle_core::dumps(&vec!["x"; 10_000]).unwrap();
    let said = check(&["json", "--max-memory", "64K"], &bytes, "large");
    assert!(said.code == 1 || said.err.contains("--max-memory"), "{said:?}");
    let said = check(&["verify", "--max-empty-elements", "9"], &pickle_core::dumps(&vec![(); 10]).unwrap(), "units");
    assert!(said.code == 1 && said.err.contains("`--max-empty-elements`"), "{}", said.err);
    let shared: Vec<_> = (0..10u8).map(std::rc::Rc::new).collect();
    let said = check(&["verify", "--max-objects", "9"], &pickle_core::dumps(&shared).unwrap(), "objects");
    assert!(said.code == 1 && said.err.contains("`--max-objects`"), "{}", said.err);
}

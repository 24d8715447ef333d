//! Every command on every golden stream.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

mod common;

use std::fs;

use common::{EVERY, golden, is_without_schema, pickle};
use serde_json::Value as Json;

#[test]
fn every_command_takes_every_stream() {
    for path in golden() {
        let file = path.to_str().unwrap();
        for command in EVERY {
            let said = pickle(&[*command, &[file]].concat());
            let works_without = matches!(command[0], "dis" | "verify");
            let expected = match command {
                _ if is_without_schema(&path) && !works_without => 1,
                // No golden stream has players.
                ["show", "--path", _] => 1,
                _ => 0,
            };
            assert_eq!(said.code, expected, "{command:?} {file}: {}", said.err);
            assert_eq!(said.err.lines().count(), usize::from(expected == 1), "{command:?} {file}: {}", said.err);
        }
    }
}

#[test]
fn the_spans_of_dis_are_disjoint_and_sum_to_the_file() {
    for path in golden() {
        let said = pickle(&["dis", "--format", "json", path.to_str().unwrap()]);
        assert_eq!(said.code, 0, "{}", said.err);
        let bytes = fs::read(&path).unwrap();
        let mut at = 0;
        for line in said.out.lines() {
            let span: Json = serde_json::from_str(line).unwrap();
            let (offset, length) = (span["offset"].as_u64().unwrap(), span["length"].as_u64().unwrap());
            assert!(length > 0 && offset == at, "{}: {line} begins elsewhere than at {at}", path.display());
            let hex: String = bytes[offset as usize..][..(length as usize).min(64)]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(span["bytes"], hex, "{line}");
            assert_ne!(span["note"], "", "{line}");
            at += length;
        }
        assert_eq!(at, bytes.len() as u64, "{}", path.display());
    }
}

#[test]
fn dis_for_people_has_the_same_spans() {
    for path in golden() {
        let file = path.to_str().unwrap();
        let (people, programs) = (pickle(&["dis", file]).out, pickle(&["dis", "--format", "json", file]).out);
        let offsets: Vec<u64> = people
            .lines()
            .map(|line| line.split_whitespace().next().unwrap().replace(',', "").parse().unwrap())
            .collect();
        let expected: Vec<u64> = programs
            .lines()
            .map(|line| serde_json::from_str::<Json>(line).unwrap()["offset"].as_u64().unwrap())
            .collect();
        assert_eq!(offsets, expected);
    }
}

#[test]
fn the_types_of_stats_sum_to_the_file_and_each_list_is_sorted() {
    for path in golden().into_iter().filter(|path| !is_without_schema(path)) {
        let said = pickle(&["stats", "--format", "json", path.to_str().unwrap()]);
        let lines: Vec<Json> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let list = |name: &str| -> Vec<u64> {
            lines.iter().filter(|line| line.get(name).is_some()).map(|line| line["bytes"].as_u64().unwrap()).collect()
        };
        let (types, paths) = (list("type"), list("path"));
        assert_eq!(types.iter().sum::<u64>(), lines[0]["bytes"].as_u64().unwrap());
        assert_eq!(lines[0]["bytes"], fs::metadata(&path).unwrap().len());
        assert!(types.is_sorted_by(|a, b| a >= b) && paths.is_sorted_by(|a, b| a >= b));
        // The largest path holds all values: what is in brackets belongs to none.
        let overhead = lines.iter().filter(|line| line["type"].as_str().is_some_and(|name| name.starts_with('(')));
        let overhead: u64 =
            overhead.filter(|line| line["count"] == 0).map(|line| line["bytes"].as_u64().unwrap()).sum();
        assert_eq!(paths[0] + overhead, lines[0]["bytes"].as_u64().unwrap(), "{}", path.display());
    }
}

#[test]
fn json_is_what_the_library_gives() {
    for path in golden().into_iter().filter(|path| !is_without_schema(path)) {
        let value: pickle_core::Value = pickle_core::loads(&fs::read(&path).unwrap()).unwrap();
        let said = pickle(&["json", path.to_str().unwrap()]);
        let expected: Json = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Json>(&said.out).unwrap(), expected, "{}", path.display());
    }
}

#[test]
fn a_stream_is_equal_to_itself_and_to_no_other() {
    let paths: Vec<_> = golden().into_iter().filter(|path| !is_without_schema(path)).collect();
    for (i, a) in paths.iter().enumerate() {
        for (j, b) in paths.iter().enumerate() {
            let said = pickle(&["diff", a.to_str().unwrap(), b.to_str().unwrap()]);
            assert_eq!(said.code, i32::from(i != j), "{} {}: {}", a.display(), b.display(), said.err);
            assert_eq!(said.out.is_empty(), i == j);
        }
    }
}

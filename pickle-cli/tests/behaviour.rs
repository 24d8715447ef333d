//! Standard input, exit codes, closed pipes, colours, several streams, paths and depth.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::rc::Rc;

use common::{EVERY, golden_stream, pickle, with_input};
use pickle_core::{Pickle, dumps, func};
use serde_json::{Value as Json, json};

#[test]
fn standard_input_gives_what_the_file_gives() {
    let file = golden_stream("graph-maps");
    let bytes = fs::read(&file).unwrap();
    for command in EVERY {
        let (mut of_file, of_input) =
            (pickle(&[*command, &[&file]].concat()), with_input(&[*command, &["-"]].concat(), &bytes));
        of_file.out = of_file.out.replace(&file, "standard input");
        of_file.err = of_file.err.replace(&file, "standard input");
        assert_eq!(of_file, of_input, "{command:?}");
    }
    assert_eq!(with_input(&["diff", &file, "-"], &bytes).code, 0);
    assert_eq!(with_input(&["diff", "-", "-"], &bytes).code, 2);
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let file = golden_stream("named");
    for (args, code) in [
        (vec!["verify", &file], 0),
        (vec!["--help"], 0),
        (vec!["verify", env!("CARGO_MANIFEST_DIR")], 2),
        (vec!["verify", "no such file"], 2),
        (vec!["verify"], 2),
        (vec!["frobnicate", &file], 2),
        (vec!["show", &file, "--path", "[x"], 2),
        (vec!["show", &file, "--path", "nothing"], 1),
        (vec!["json", &file, "--path", "nothing"], 1),
        (vec!["verify", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], 1),
        (vec!["diff", &file, concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], 2),
        (vec!["diff", &file, "no such file"], 2),
    ] {
        let said = pickle(&args);
        assert_eq!(said.code, code, "{args:?}: {}", said.err);
        assert_eq!(said.err.is_empty(), code == 0, "{args:?}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.pickle");
    let lines: Vec<(u32, String)> = (0..100_000).map(|i| (i, format!("line {i}"))).collect();
    fs::write(&file, dumps(&lines).unwrap()).unwrap();
    for command in [&["show", "--all"][..], &["dis"], &["json"], &["dis", "--format", "json"]] {
        let mut process = Command::new(env!("CARGO_BIN_EXE_pickle"))
            .args(command)
            .arg(&file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 20];
        process.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = process.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{command:?}");
    }
}

#[test]
fn colours_are_only_where_they_are_asked_for() {
    let file = golden_stream("everything");
    let plain = pickle(&["show", &file]).out;
    assert!(!plain.contains('\u{1b}'));
    let colored = pickle(&["show", "--color", "always", &file]).out;
    assert!(colored.contains("\u{1b}["));
    assert_eq!(pickle(&["show", "--color", "never", &file]).out, plain);
    let without_codes: String =
        colored.split("\u{1b}[").map(|part| part.split_once('m').map_or(part, |(_, text)| text)).collect();
    assert_eq!(without_codes, plain);
}

#[test]
fn names_and_texts_tell_a_terminal_nothing() {
    let evil = "\u{1b}[31m\u{9b}2J\u{202e}\r\u{7f}";
    #[derive(Pickle)]
    struct Evil {
        #[pickle(rename = "a\u{1b}[2Jb")]
        field: String,
        keys: BTreeMap<String, u8>,
        shared: Rc<String>,
    }
    let keys = BTreeMap::from([(evil.to_owned(), 1)]);
    let bytes = dumps(&Evil { field: evil.into(), keys, shared: Rc::new(evil.into()) }).unwrap();
    let changed = dumps(&Evil { field: evil[1..].into(), keys: BTreeMap::new(), shared: Rc::default() }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changed.pickle");
    fs::write(&file, changed).unwrap();
    let diff: &[&str] = &["diff", file.to_str().unwrap()];
    for command in EVERY.iter().chain([&diff, &&["diff", "--format", "json", file.to_str().unwrap()][..]]) {
        let said = with_input(&[*command, &["-"]].concat(), &bytes);
        let all = said.out + &said.err;
        let harmful = all.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(harmful, None, "{command:?}: {all}");
    }
}

#[test]
fn streams_are_shown_one_after_the_other() {
    let bytes = [dumps(&1u8).unwrap(), dumps("two").unwrap(), dumps(&vec![3u8]).unwrap()].concat();
    let said = with_input(&["show", "-"], &bytes);
    let first = dumps(&1u8).unwrap().len();
    let ends = [first, first + dumps("two").unwrap().len()];
    let expected = format!(
        "stream 0, from byte 0\nu8 = 1\nstream 1, from byte {}\nString = \"two\"\nstream 2, from byte {}\nVec<u8> = [3]\n",
        ends[0], ends[1]
    );
    assert_eq!((said.out, said.code), (expected, 0));
    assert_eq!(with_input(&["json", "-"], &bytes).out, "1\n\"two\"\n[3]\n");
    assert!(
        with_input(&["verify", "-"], &bytes)
            .out
            .ends_with(&format!("standard input: 3 streams, {} bytes\n", bytes.len()))
    );
    assert_eq!(with_input(&["schema", "-"], &bytes).out.matches("// stream").count(), 3);
    // A path is looked for in each of them.
    assert_eq!(with_input(&["json", "-", "--path", "[0]"], &bytes).out, "3\n");
}

/// Checks what `show` says of a path, and that `json` agrees that there is something or nothing.
fn leads_to(path: &str, bytes: &[u8], expected: Option<&str>) {
    let said = with_input(&["show", "-", "--path", path], bytes);
    let line = expected.map_or(String::new(), |expected| format!("{path}: {expected}\n"));
    assert_eq!((said.out, said.code), (line, i32::from(expected.is_none())), "{path}");
    assert_eq!(with_input(&["json", "-", "--path", path], bytes).code, said.code, "{path}");
}

#[test]
fn paths_lead_to_the_same_with_and_without_objects() {
    type Inner = (BTreeMap<String, (u8, Option<Vec<u16>>)>, BTreeMap<u8, char>, Vec<Box<[bool; 2]>>);
    let inner = || -> Inner {
        let map = BTreeMap::from([("a\"]".to_owned(), (1, None)), ("b".to_owned(), (2, Some(vec![7, 8, 9])))]);
        (map, BTreeMap::from([(5, 'x'), (6, 'y')]), vec![Box::new([true, false])])
    };
    let (plain, shared) = (dumps(&inner()).unwrap(), dumps(&Rc::new(inner())).unwrap());
    for (path, expected) in [
        ("0[\"b\"].1[2]", Some("u16 = 9")),
        ("0[\"a\\\"]\"].0", Some("u8 = 1")),
        ("0[key 1]", Some("String = \"b\"")),
        ("0[0].1", Some("Option<Vec<u16>> = None")),
        ("1{6}", Some("char = 'y'")),
        ("1[1]", Some("char = 'y'")),
        ("1[key 0]", Some("u8 = 5")),
        ("2[0][1]", Some("bool = false")),
        ("2[0]", Some("Box<[bool; 2]> = [true, false]")),
        ("2[1]", None),
        ("2[0][1].x", None),
        ("0[\"c\"]", None),
        ("1{7}", None),
        ("3", None),
    ] {
        for bytes in [&plain, &shared] {
            leads_to(path, bytes, expected);
        }
    }
    let said = with_input(&["show", "-", "--path", "#0.1{5}"], &shared);
    assert_eq!(said.out, "#0.1{5}: char = 'x'\n");
}

#[pickle_core::function]
fn relu(x: f64) -> f64 {
    x.max(0.0)
}

#[derive(Pickle, PartialEq, Eq, PartialOrd, Ord)]
enum Color {
    Red,
    Mixed(u8),
}

#[test]
fn keys_of_any_type_lead_to_their_entries() {
    let colors = || BTreeMap::from([(Color::Red, 1u8), (Color::Mixed(7), 2)]);
    let (plain, shared) = (dumps(&colors()).unwrap(), dumps(&Rc::new(colors())).unwrap());
    for bytes in [&plain, &shared] {
        leads_to("{Red}", bytes, Some("u8 = 1"));
        leads_to("{Mixed(7)}", bytes, Some("u8 = 2"));
        leads_to("{Blue}", bytes, None);
        leads_to("[key 0]", bytes, Some("Color = Red"));
    }
    let options = dumps(&BTreeMap::from([(None, 1u8), (Some(7u8), 2)])).unwrap();
    leads_to("{None}", &options, Some("u8 = 1"));
    leads_to("{7}", &options, Some("u8 = 2"));
    let texts = dumps(&BTreeMap::from([(Some("a"), 1u8)])).unwrap();
    leads_to("[\"a\"]", &texts, Some("u8 = 1"));
    let boxes = dumps(&BTreeMap::from([(Box::new(7u8), 1u8)])).unwrap();
    leads_to("{7}", &boxes, Some("u8 = 1"));
    let functions = dumps(&HashMap::from([(func!(relu), 1u8)])).unwrap();
    leads_to("{fn relu}", &functions, Some("u8 = 1"));
    leads_to("[\"relu\"]", &functions, None);
    let chars = dumps(&BTreeMap::from([('x', (1u8, [2u8]))])).unwrap();
    leads_to("{'x'}.1[0]", &chars, Some("u8 = 2"));
    // The key of the one map is that of the other too.
    let nested = dumps(&BTreeMap::from([(1u8, BTreeMap::from([(1u8, 'x')]))])).unwrap();
    leads_to("{1}{1}", &nested, Some("char = 'x'"));
}

#[test]
fn only_maps_and_sets_have_keys() {
    let (set, texts) = (BTreeSet::from([1u8, 2]), BTreeSet::from(["a", "b"]));
    for (bytes, path, expected) in [
        (dumps(&set), "{1}", Some("u8 = 1")),
        (dumps(&set), "{2}", Some("u8 = 2")),
        (dumps(&set), "{3}", None),
        (dumps(&set), "[1]", Some("u8 = 2")),
        (dumps(&texts), "[\"a\"]", Some("String = \"a\"")),
        (dumps(&BTreeSet::from([(1u8, 'x'), (2, 'y')])), "{(2, 'y')}.1", Some("char = 'y'")),
        (dumps(&vec![1u8, 2]), "{1}", None),
        (dumps(&vec!["a", "b"]), "[\"a\"]", None),
        (dumps(&(1u8, 2u8)), "{1}", None),
        (dumps(&BTreeMap::from([(1u8, vec!["a", "b"])])), "{1}{1}", None),
    ] {
        leads_to(path, &bytes.unwrap(), expected);
    }
}

#[test]
fn depth_and_length_are_bounded_where_asked() {
    let bytes = dumps(&vec![vec![vec!["x".repeat(300)]; 30]; 2]).unwrap();
    let lines = |args: &[&str]| with_input(&[&["show", "-"], args].concat(), &bytes).out.lines().count();
    assert_eq!(lines(&["--depth", "0"]), 1);
    assert_eq!(lines(&["--depth", "1"]), 3);
    assert_eq!(lines(&["--depth", "2"]), 3 + 2 * 21);
    assert_eq!(lines(&[]), 3 + 2 * 41);
    assert_eq!(lines(&["--all"]), 3 + 2 * 60);
    let text = with_input(&["show", "-", "--path", "[0][0][0]"], &bytes).out;
    assert!(text.ends_with("… 300 bytes\n") && text.len() < 150, "{text}");
    assert!(with_input(&["show", "-", "--path", "[0][0][0]", "--all"], &bytes).out.contains(&"x".repeat(300)));
}

#[test]
fn a_long_list_does_not_nest_without_end() {
    #[derive(Pickle)]
    struct Node(u32, Option<Rc<Node>>);
    let mut list = Rc::new(Node(0, None));
    for i in 1..5000 {
        list = Rc::new(Node(i, Some(list)));
    }
    let bytes = dumps(&list).unwrap();
    for order in ["use", "file"] {
        let said = with_input(&["show", "-", "--objects", order], &bytes);
        let widest = said.out.lines().map(|line| line.chars().take_while(|c| *c == ' ').count()).max();
        assert!(said.code == 0 && widest <= Some(26), "{order}: {widest:?} {}", said.err);
        // Each node once, and each pointer.
        let count = |what: &str| said.out.lines().filter(|line| line.contains(what)).count();
        assert_eq!(count("0: u32 = "), 5000, "{order}");
    }
    assert_eq!(with_input(&["graph", "-"], &bytes).out.matches("[label=\"#").count(), 200);
    std::mem::forget(list); // its drop would recurse
}

#[test]
fn an_object_is_shown_where_it_is_nearest_to_the_root() {
    let far = Rc::new("far".to_owned());
    let near = Rc::new(("near".to_owned(), vec![far.clone()]));
    let bytes = dumps(&(Rc::new((near.clone(), 1u8)), near, far)).unwrap();
    let expected = "\
(Rc<(Rc<(String, Vec<Rc<String>>)>, u8)>, Rc<(String, Vec<Rc<String>>)>, Rc<String>)
  0: Rc<(Rc<(String, Vec<Rc<String>>)>, u8)> = #0
    0: Rc<(String, Vec<Rc<String>>)> -> #1
    1: u8 = 1
  1: Rc<(String, Vec<Rc<String>>)> = #1
    0: String = \"near\"
    1: Vec<Rc<String>> = 1 element
      [0]: Rc<String> -> #2
  2: Rc<String> = #2 \"far\"
";
    assert_eq!(with_input(&["show", "-"], &bytes).out, expected);
    // What a path leads to is shown, even where it is not nearest.
    let expected = "0.0: Rc<(String, Vec<Rc<String>>)> = #1\n  0: String = \"near\"\n  1: Vec<Rc<String>> = 1 element\n    [0]: Rc<String> -> #2\n";
    assert_eq!(with_input(&["show", "-", "--path", "0.0"], &bytes).out, expected);
}

#[test]
fn large_streams_of_shared_objects_are_shown_as_the_file_has_them() {
    let shared = Rc::new("x".repeat(17 << 20));
    let bytes = dumps(&[shared.clone(), shared]).unwrap();
    let object = format!("#0: String = \"{}\"… 17,825,792 bytes\n", "x".repeat(100));
    let root = "[Rc<String>; 2] = 2 elements\n  [0]: Rc<String> -> #0\n  [1]: Rc<String> -> #0\n";
    let note = "shared objects as the file has them, the root last; from the root on: --objects use\n";
    assert_eq!(with_input(&["show", "-"], &bytes).out, format!("{note}{object}{root}"));
    assert_eq!(with_input(&["show", "-", "--objects", "file"], &bytes).out, format!("{object}{root}"));
    assert!(with_input(&["show", "-", "--objects", "use"], &bytes).out.contains("  [0]: Rc<String> = #0 \"xxx"));
}

#[test]
fn paths_of_diff_are_paths_of_show() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.pickle");
    let file = file.to_str().unwrap();
    let check = |old: Vec<u8>, new: Vec<u8>, path: &str, change: &str, shown: &str| {
        fs::write(file, old).unwrap();
        assert_eq!(with_input(&["diff", file, "-"], &new).out, format!("{change}\n"));
        assert_eq!(pickle(&["show", file, "--path", path]).out, format!("{path}: {shown}\n"));
    };
    let map = |n: u8| dumps(&BTreeMap::from([((1u8, "a}.x".to_owned()), n), ((2, "b".to_owned()), 0)])).unwrap();
    check(map(1), map(2), "{(1, \"a}.x\")}", "  {(1, \"a}.x\")}: 1 -> 2", "u8 = 1");
    let map = |n: u8| dumps(&BTreeMap::from([(Color::Red, n)])).unwrap();
    check(map(1), map(2), "{Red}", "  {Red}: 1 -> 2", "u8 = 1");
    let set = |n: u8| dumps(&BTreeSet::from([0, n])).unwrap();
    check(set(1), dumps(&BTreeSet::from([0u8])).unwrap(), "{1}", "- {1}: 1", "u8 = 1");
}

#[test]
fn large_files_are_explained_in_order() {
    let bytes = dumps(&vec![(1u8, 2u8); 300_000]).unwrap();
    let said = with_input(&["dis", "-"], &bytes);
    let mut at = 0;
    for line in said.out.lines() {
        let mut numbers = line.split_whitespace().map(|word| word.replace(',', "").parse::<usize>().unwrap());
        assert_eq!(numbers.next(), Some(at), "{line}");
        at += numbers.next().unwrap();
    }
    assert_eq!((at, said.code), (bytes.len(), 0));
}

#[test]
fn a_picture_tells_what_it_leaves_out() {
    let lines = |bytes: &[u8], args: &[&str]| {
        let said = with_input(&[&["graph", "-", "--format", "json"], args].concat(), bytes);
        let lines = said.out.lines().map(|line| serde_json::from_str(line).unwrap());
        let (boxes, rest): (Vec<Json>, Vec<Json>) = lines.partition(|line: &Json| line.get("type").is_some());
        let (arrows, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|line| line.get("to").is_some());
        (boxes.len(), boxes[0].get("arrows_left_out").cloned(), arrows.len(), rest)
    };
    let left_out = |count: u32| vec![json!({ "stream": 0, "left_out": count })];
    let many = dumps(&(0..300u16).map(Rc::new).collect::<Vec<_>>()).unwrap();
    assert_eq!(lines(&many, &[]), (201, None, 200, left_out(100)));
    assert_eq!(lines(&many, &["--max-nodes", "199"]), (200, None, 199, left_out(101)));
    assert_eq!(lines(&many, &["--max-nodes", "1000"]), (301, None, 300, vec![]));
    assert!(with_input(&["graph", "-"], &many).out.contains("100 objects more: --max-nodes"));
    let one = Rc::new(1u8);
    let often = dumps(&vec![one; 300]).unwrap();
    assert_eq!(lines(&often, &[]), (2, Some(json!(100)), 200, vec![]));
    assert_eq!(lines(&often, &["--max-nodes", "0"]), (1, None, 0, left_out(1)));
    assert!(with_input(&["graph", "-"], &often).out.contains("[label=\"Vec<Rc<u8>>\\l… 100 arrows more\\l\""));
}

#[test]
fn a_picture_needs_graphviz() {
    let graph = |path: &std::path::Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pickle"));
        command.args(["graph", "--format", "svg", &golden_stream("graph-ring")]).env("PATH", path);
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = graph(folder.path());
    assert!(code == Some(2) && out.is_empty() && err.contains("`dot` of Graphviz"), "{err}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // One that gives back the arguments and the graph.
        let dot = folder.path().join("dot");
        fs::write(&dot, "#!/bin/sh\necho \"<svg $*>\"\nwhile read -r line; do echo \"$line\"; done\n").unwrap();
        fs::set_permissions(&dot, fs::Permissions::from_mode(0o755)).unwrap();
        let (code, out, err) = graph(folder.path());
        assert_eq!((code, err.as_str()), (Some(0), ""));
        assert!(out.starts_with("<svg -Tsvg>\ndigraph pickle {\n") && out.ends_with("}\n"), "{out}");
        fs::write(&dot, "#!/bin/sh\nexit 3\n").unwrap();
        assert_eq!(graph(folder.path()).0, Some(2));
    }
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = pickle(&["completions", shell]);
        assert!(said.code == 0 && said.out.contains("verify") && said.out.contains("max-memory"), "{shell}");
    }
}

#[pickle_core::object]
trait Step {}

#[derive(Pickle)]
struct Flatten;

#[pickle_core::object]
impl Step for Flatten {}

#[test]
fn what_has_no_fields_behind_a_trait_tells_its_name_once() {
    let steps: Vec<Box<dyn Step>> = vec![Box::new(Flatten)];
    let said = with_input(&["show", "-"], &dumps(&steps).unwrap());
    assert_eq!(said.out, "Vec<dyn Step> = 1 element\n  [0]: dyn Step = Flatten\n");
}

//! What `pickle diff` tells: values by path, and identity.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::rc::{Rc, Weak};

use common::pickle;
use pickle_core::{Pickle, dumps};

/// The lines of `diff`, without those at their beginnings that all have.
fn diff(a: &impl Pickle, b: &impl Pickle) -> Vec<String> {
    diff_bytes(&dumps(a).unwrap(), &dumps(b).unwrap())
}

fn diff_bytes(a: &[u8], b: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let files = ["a", "b"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    fs::write(&files[0], a).unwrap();
    fs::write(&files[1], b).unwrap();
    let said = pickle(&["diff", &files[0], &files[1]]);
    assert_eq!((said.code, said.err.as_str()), (i32::from(!said.out.is_empty()), ""));
    let json = pickle(&["diff", "--format", "json", &files[0], &files[1]]);
    assert_eq!((json.code, json.out.lines().count()), (said.code, said.out.lines().count()));
    for line in json.out.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["change"].is_string() && line["path"].is_string() && line["stream"].is_u64());
    }
    said.out.lines().map(str::to_owned).collect()
}

#[test]
fn values_are_compared_by_path() {
    let old = (1u8, "same", vec![Some(1.5f32), None], BTreeMap::from([("a", 1u8), ("b", 2)]));
    let new = (2u8, "same", vec![None, Some(0.0f32)], BTreeMap::from([("b", 3u8), ("c", 4)]));
    let expected = [
        "  0: 1 -> 2",
        "  2[0]: Some(1.5) -> None",
        "  2[1]: None -> Some(0.0)",
        "- 3[\"a\"]: 1",
        "  3[\"b\"]: 2 -> 3",
        "+ 3[\"c\"]: 4",
    ];
    assert_eq!(diff(&old, &new), expected);
    assert_eq!(diff(&BTreeSet::from([1u8, 2]), &BTreeSet::from([2u8, 3])), ["- {1}: 1", "+ {3}: 3"]);
    assert_eq!(diff(&Ok::<u8, u8>(1), &Err::<u8, u8>(1)), ["  (root): Ok(1) -> Err(1)"]);
    assert_eq!(diff(&(f64::NAN, 0.0), &(f64::NAN, -0.0)), ["  1: 0.0 -> -0.0"]);
}

#[test]
fn the_order_of_a_map_is_no_difference() {
    use std::collections::HashMap;
    let map = || (0..100).map(|i| (i.to_string(), i)).collect::<HashMap<String, i32>>();
    assert_eq!(diff(&map(), &map()), [""; 0]);
}

#[test]
fn elements_that_came_or_went_are_found() {
    let numbers = |range: std::ops::Range<u32>| range.map(|i| (i, i.to_string())).collect::<Vec<_>>();
    assert_eq!(diff(&numbers(0..9), &numbers(1..9)), ["- [0]: (0, \"0\")"]);
    assert_eq!(diff(&numbers(0..8), &numbers(0..9)), ["+ [8]: (8, \"8\")"]);
    let mut longer = vec![0u8; 1000];
    longer.insert(500, 7);
    assert_eq!(diff(&vec![0u8; 1000], &longer), ["+ [500]: 7"]);
}

#[test]
fn long_strings_are_shown_where_they_differ() {
    let text = |end: &str| "x".repeat(1000) + end;
    assert_eq!(diff(&text("a"), &text("b")), ["  (root): …\"xxxxxxxxxxxxa\" -> …\"xxxxxxxxxxxxb\""]);
}

#[test]
fn a_shared_object_is_compared_once() {
    let shared = |n: u8| {
        let one = Rc::new((n, 'x'));
        [one.clone(), one.clone(), one]
    };
    assert_eq!(diff(&shared(1), &shared(2)), ["  [0].0: 1 -> 2"]);
}

#[test]
fn sharing_is_a_difference_by_itself() {
    let one = Rc::new("x".to_owned());
    let shared = [one.clone(), one.clone()];
    let apart = [one.clone(), Rc::new("x".to_owned())];
    let met = "the object at `[0]`";
    assert_eq!(diff(&shared, &apart), [format!("  [1]: sharing: {met} -> an object not met before")]);
    assert_eq!(diff(&apart, &shared), [format!("  [1]: sharing: an object not met before -> {met}")]);
    let two = Rc::new("x".to_owned());
    let (straight, crossed) = ([one.clone(), two.clone(), one.clone()], [one.clone(), two.clone(), two]);
    let expected = "  [2]: sharing: the object at `[0]` -> the object at `[1]`";
    assert_eq!(diff(&straight, &crossed), [expected]);
    // And what is in the object that was not met before is compared.
    let other = [one.clone(), Rc::new("y".to_owned())];
    assert_eq!(diff(&shared, &other)[1..], ["  [1]: \"x\" -> \"y\""]);
}

#[derive(Pickle)]
struct Page {
    name: String,
    next: RefCell<Option<Rc<Page>>>,
    back: RefCell<Weak<Page>>,
}

/// A ring of pages, the one in the middle with this name.
fn ring(length: usize, middle: &str) -> Rc<Page> {
    let page = |i| {
        Rc::new(Page {
            name: if i == length / 2 { middle.into() } else { "page".into() },
            next: None.into(),
            back: RefCell::default(),
        })
    };
    let pages: Vec<_> = (0..length).map(page).collect();
    for (i, page) in pages.iter().enumerate() {
        let next = &pages[(i + 1) % length];
        *page.next.borrow_mut() = Some(next.clone());
        *next.back.borrow_mut() = Rc::downgrade(page);
    }
    pages[0].clone()
}

#[test]
fn cycles_end() {
    assert_eq!(diff(&ring(3, "middle"), &ring(3, "middle")), [""; 0]);
    assert_eq!(diff(&ring(3, "middle"), &ring(3, "MIDDLE")), ["  next.name: \"middle\" -> \"MIDDLE\""]);
    let lines = diff(&ring(3, "page"), &ring(4, "page"));
    assert!(!lines.is_empty() && lines.iter().all(|line| line.contains(": sharing: ")), "{lines:?}");
    // Far from the root an object is called by its number.
    let lines = diff(&ring(2000, "middle"), &ring(2000, "MIDDLE"));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("  #") && lines[0].ends_with("name: \"middle\" -> \"MIDDLE\""), "{lines:?}");
}

#[test]
fn other_types_are_told_and_values_compared_by_name() {
    #[derive(Pickle)]
    struct Old {
        name: String,
        level: u8,
        gone: bool,
    }
    #[derive(Pickle)]
    struct New {
        level: f64,
        name: Option<Rc<String>>,
        new: (),
    }
    let lines = diff(
        &Old { name: "Ann".into(), level: 3, gone: true },
        &New { level: 3.0, name: Some(Rc::new("Ann".into())), new: () },
    );
    assert!(lines[0].starts_with("  (root): other types, which `pickle schema` shows: fingerprint "), "{lines:?}");
    assert_eq!(lines[1..], ["- gone: true", "+ new: ()"]);
}

#[test]
fn streams_are_compared_one_by_one() {
    let (one, two) = (dumps(&1u8).unwrap(), dumps(&2u8).unwrap());
    let both = [&one[..], &two].concat();
    assert_eq!(diff_bytes(&both, &one), ["- stream 1 (root): u8"]);
    assert_eq!(diff_bytes(&one, &both), ["+ stream 1 (root): u8"]);
    assert_eq!(diff_bytes(&both, &[&one[..], &one].concat()), ["  stream 1 (root): 2 -> 1"]);
}

#[test]
fn equal_bytes_are_not_looked_into() {
    let text = dumps("text").unwrap();
    let damaged = [&text[..text.len() - 1], b"\xff"].concat();
    assert_eq!(diff_bytes(&damaged, &damaged), [""; 0]);
    let folder = tempfile::tempdir().unwrap();
    let files = ["good", "damaged"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    fs::write(&files[0], text).unwrap();
    fs::write(&files[1], damaged).unwrap();
    assert_eq!(pickle(&["diff", &files[0], &files[1]]).code, 2);
    assert_eq!(pickle(&["verify", &files[1]]).code, 1);
}

//! What user code looks at while it loads (a key, what a hook takes) refers to what is complete, and waits for nothing,
//! whatever the bytes say; and what says that cells wait, or fills them, has some.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::mutable_key_type, reason = "keys that lead to what is not complete are what is refused here")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::{Rc, Weak};

use pickle_core::{ErrorKind, Pickle, Value, dumps, loads};
use pickle_tests::assert_says;
use pickle_tests::by_hand::{LAST, block, fill, header_of, open, record, root, tables};

/// A node that keys refer from, strongly and weakly, and that has a cell of its own and one in keys.
#[derive(Pickle, Default)]
struct Node {
    strong: BTreeSet<Strong>,
    weak: BTreeSet<Faint>,
    cells: BTreeSet<RefCell<Option<u8>>>,
    next: RefCell<Option<Rc<Node>>>,
    child: Option<Rc<Node>>,
}

/// A key that any other of its kind is equal to: only that it is looked at matters here.
#[derive(Pickle)]
struct Strong(Rc<Node>);
#[derive(Pickle)]
struct Faint(Weak<Node>);

macro_rules! all_equal {
    ($($key:ty)*) => { $(
        impl PartialEq for $key {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }
        impl Eq for $key {}
        impl PartialOrd for $key {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $key {
            fn cmp(&self, _: &Self) -> Ordering {
                Ordering::Equal
            }
        }
    )* };
}
all_equal!(Strong Faint);

/// What a record holds: the objects that its keys refer to, whether it has a key with a cell, what its own cell and its
/// child are.
#[derive(Default, Clone, Copy)]
struct Parts {
    strong: Option<u32>,
    weak: Option<u32>,
    cell: Option<KeyCell>,
    next: Next,
    child: Option<u32>,
}

#[derive(Clone, Copy)]
enum KeyCell {
    Here,
    /// The content follows in a fill.
    Deferred,
}

#[derive(Default, Clone, Copy)]
enum Next {
    #[default]
    None,
    Deferred,
}

/// The value of a record. The heads come first: the lengths of the sets, and whether there is a child.
fn value(parts: Parts) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        [parts.strong.is_some(), parts.weak.is_some(), parts.cell.is_some(), parts.child.is_some()]
            .map(u8::from)
            .to_vec();
    bytes.extend(parts.strong.into_iter().chain(parts.weak).flat_map(u32::to_le_bytes));
    if let Some(KeyCell::Here) = parts.cell {
        bytes.extend([1, 9]);
    }
    if let Next::None = parts.next {
        bytes.push(0);
    }
    bytes.extend(parts.child.into_iter().flat_map(u32::to_le_bytes));
    bytes
}

fn object(id: u32, parts: Parts) -> Vec<u8> {
    record(0, id, &value(parts))
}

/// The record of an object whose cells with these ordinals wait.
fn waiting(id: u32, ordinals: &[u32], parts: Parts) -> Vec<u8> {
    let mut bytes = vec![1, 0];
    bytes.extend(id.to_le_bytes());
    bytes.extend((ordinals.len() as u32).to_le_bytes());
    bytes.extend(ordinals.iter().flat_map(|ordinal| ordinal.to_le_bytes()));
    bytes.extend(value(parts));
    bytes
}

/// The close of an open object, without the cells that it says wait.
fn waiting_close(parts: Parts) -> Vec<u8> {
    [vec![4, 0, 0, 0, 0], value(parts)].concat()
}

fn close(parts: Parts) -> Vec<u8> {
    [vec![3], value(parts)].concat()
}

/// A stream of an `Rc<Node>` with so many objects, and these entries.
fn stream(objects: u32, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = header_of(&dumps(&Rc::new(Node::default())).unwrap());
    bytes.extend(block(&[tables(&[0], objects), entries.concat()].concat(), &[], LAST));
    bytes
}

#[track_caller]
fn is_taken(objects: u32, entries: &[Vec<u8>], look: impl Fn(&Rc<Node>) -> bool) {
    let bytes = stream(objects, entries);
    let node: Rc<Node> = loads(&bytes).unwrap();
    assert!(look(&node));
    assert_eq!(loads::<Value>(&bytes).unwrap().object_count(), objects as usize);
    // No cycle stays behind.
    node.next.take();
}

#[track_caller]
fn is_refused(objects: u32, entries: &[Vec<u8>], says: &str) {
    let bytes = stream(objects, entries);
    let errors = [loads::<Rc<Node>>(&bytes).map(drop).unwrap_err(), loads::<Value>(&bytes).map(drop).unwrap_err()];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        assert_says(error, &[says]);
    }
}

const NOT_COMPLETE: &str = "where that is not built or not complete";

fn parts() -> Parts {
    Parts::default()
}

#[test]
fn keys_refer_to_what_is_complete() {
    let strong = |id| Parts { strong: Some(id), ..parts() };
    let weak = |id| Parts { weak: Some(id), ..parts() };
    // What came before, with nothing open and no cell that waits.
    is_taken(2, &[object(1, parts()), object(0, strong(1)), root(0)], |node| node.strong.len() == 1);
    let both = Parts { strong: Some(1), ..weak(1) };
    is_taken(2, &[object(1, parts()), object(0, both), root(0)], |node| {
        node.weak.iter().all(|key| key.0.upgrade().is_some())
    });

    // An object that is open, or built while one is.
    let child = Parts { child: Some(1), ..parts() };
    is_refused(2, &[open(0), object(1, weak(0)), close(child), root(0)], NOT_COMPLETE);
    for key in [strong(2), Parts { child: Some(2), ..weak(2) }] {
        is_refused(3, &[open(0), object(2, parts()), object(1, key), close(child), root(0)], NOT_COMPLETE);
        // Built before that: complete.
        is_taken(3, &[object(2, parts()), open(0), object(1, key), close(child), root(0)], |node| node.child.is_some());
    }
}

#[test]
fn keys_do_not_refer_to_what_waits() {
    let next = Parts { next: Next::Deferred, ..parts() };
    let keyed = |id| Parts { strong: Some(id), child: Some(id), ..parts() };
    let weakly = |id| Parts { weak: Some(id), child: Some(id), ..parts() };
    for key in [keyed(1), weakly(1)] {
        is_refused(2, &[waiting(1, &[0], next), object(0, key), fill(0), root(0)], NOT_COMPLETE);
        // The object is complete once its cell is filled.
        let own = [waiting(1, &[0], next), fill(1), object(0, key), root(0)];
        is_taken(2, &own, |node| {
            let child = node.child.as_ref().unwrap();
            child.next.take().is_some_and(|next| Rc::ptr_eq(&next, child))
        });
    }
    // It is not while another's is not.
    let other = Parts { strong: Some(2), child: Some(1), ..parts() };
    is_refused(3, &[waiting(1, &[0], next), object(2, parts()), object(0, other), fill(0), root(0)], NOT_COMPLETE);
}

#[test]
fn a_key_waits_for_nothing() {
    let here = Parts { cell: Some(KeyCell::Here), ..parts() };
    is_taken(1, &[object(0, here), root(0)], |node| node.cells.contains(&RefCell::new(Some(9))));
    // Cells in keys are counted as all others.
    let next = Parts { next: Next::Deferred, ..here };
    is_taken(1, &[waiting(0, &[1], next), fill(0), root(0)], |node| {
        node.next.borrow().as_ref().is_some_and(|next| Rc::ptr_eq(next, node))
    });
    let deferred = Parts { cell: Some(KeyCell::Deferred), ..parts() };
    let entries = [waiting(0, &[0], deferred), vec![5, 1, 9], root(0)];
    is_refused(1, &entries, "a deferred cell where user code looks at it");
}

#[test]
fn records_that_wait_for_nothing() {
    let none = "a record with deferred cells that has none";
    is_refused(1, &[waiting(0, &[], parts()), root(0)], none);
    is_refused(1, &[open(0), waiting_close(parts()), root(0)], none);
}

#[test]
fn fills_of_nothing() {
    let none = "a fill where no cell waits";
    is_refused(1, &[object(0, parts()), vec![5], root(0)], none);
    let next = Parts { next: Next::Deferred, ..parts() };
    is_refused(1, &[waiting(0, &[0], next), fill(0), vec![5], root(0)], none);
}

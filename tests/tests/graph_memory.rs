//! What a dump of a graph takes of memory, seen by a counting allocator. One test, because it counts for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use peak_alloc::PeakAlloc;
use pickle_core::{Pickle, dumps};
use pickle_tests::memory::peak;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const OBJECTS: usize = 100_000;

/// The most that a dump may take beyond the graph: times the encoded size, and bytes for each object.
const ENCODED: usize = 3;
const EACH: usize = 100;

/// Dumps `graph`, which has `objects` shared objects; says what is above the bound.
fn check<T: Pickle>(name: &str, graph: &T, objects: usize) -> Option<String> {
    let (bytes, taken) = peak(|| dumps(graph).unwrap());
    let allowed = ENCODED * bytes.len() + EACH * objects;
    (taken > allowed).then(|| format!("{name}: {taken} bytes were taken, {allowed} are allowed"))
}

/// Numbers that look random, the same at every run.
fn below(bound: usize) -> impl FnMut() -> usize {
    let mut state = 1u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    }
}

#[test]
fn a_dump_takes_three_times_the_stream_and_a_hundred_bytes_an_object() {
    let above = [tree(), shared(), random(), list()];
    let above: Vec<String> = above.into_iter().flatten().collect();
    assert!(above.is_empty(), "{}", above.join("; "));
}

#[derive(Pickle)]
struct Branch {
    name: String,
    size: u64,
    parent: Weak<RefCell<Branch>>,
    children: Vec<Rc<RefCell<Branch>>>,
}

/// Each node hangs below a random earlier one, which it points back to.
fn tree() -> Option<String> {
    let node = |number: usize, parent| {
        let (name, size) = (format!("node {number}"), number as u64);
        Rc::new(RefCell::new(Branch { name, size, parent, children: Vec::new() }))
    };
    let mut nodes = vec![node(0, Weak::new())];
    let mut random = below(usize::MAX);
    for number in 1..OBJECTS {
        let parent = Rc::clone(&nodes[random() % number]);
        let child = node(number, Rc::downgrade(&parent));
        parent.borrow_mut().children.push(Rc::clone(&child));
        nodes.push(child);
    }
    check("a tree with parent links", &nodes[0], OBJECTS)
}

#[derive(Pickle)]
struct Whole {
    label: String,
    parts: Vec<Rc<String>>,
}

/// Many objects that share a few.
fn shared() -> Option<String> {
    let parts: Vec<_> = (0..100).map(|number| Rc::new(format!("part {number}"))).collect();
    let mut random = below(parts.len());
    let whole = |number| {
        let parts = (0..4).map(|_| Rc::clone(&parts[random()])).collect();
        Rc::new(Whole { label: format!("object {number}"), parts })
    };
    let wholes: Vec<_> = (0..OBJECTS).map(whole).collect();
    check("objects that share others", &wholes, OBJECTS + parts.len())
}

#[derive(Pickle)]
struct Node {
    number: u32,
    edges: Vec<Rc<RefCell<Node>>>,
}

/// Four edges a node, and nearly all of it one cycle.
fn random() -> Option<String> {
    let node = |number| Rc::new(RefCell::new(Node { number, edges: Vec::new() }));
    let nodes: Vec<_> = (0..OBJECTS as u32).map(node).collect();
    let mut random = below(OBJECTS);
    for _ in 0..4 * OBJECTS {
        let end = Rc::clone(&nodes[random()]);
        nodes[random()].borrow_mut().edges.push(end);
    }
    let above = check("a random graph", &nodes, OBJECTS);
    // Otherwise its cycles would stay.
    nodes.iter().for_each(|node| node.borrow_mut().edges.clear());
    above
}

#[derive(Pickle)]
struct Linked {
    value: u64,
    next: Option<Rc<RefCell<Linked>>>,
    previous: Weak<RefCell<Linked>>,
}

/// Linked both ways.
fn list() -> Option<String> {
    let node = |value, previous| Rc::new(RefCell::new(Linked { value, next: None, previous }));
    let first = node(0, Weak::new());
    let mut last = Rc::clone(&first);
    for value in 1..OBJECTS as u64 {
        let next = node(value, Rc::downgrade(&last));
        last.borrow_mut().next = Some(Rc::clone(&next));
        last = next;
    }
    let above = check("a doubly linked list", &first, OBJECTS);
    // Its own drop would recurse.
    let mut next = first.borrow_mut().next.take();
    while let Some(node) = next {
        next = node.borrow_mut().next.take();
    }
    above
}

//! Shared objects that no program writes: references forward, out of range, to another type, to itself; cycles that nothing
//! holds. Each is refused by its own error, leaves nothing behind, and takes next to nothing. One test, because it counts
//! for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use peak_alloc::PeakAlloc;
use pickle_core::{ErrorKind, Pickle, Value, dumps};
use pickle_tests::by_hand::{LAST, OBJECTS, block, fill, header_of, open, record, root, tables};
use pickle_tests::memory::{BESIDE, peak, refused};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Two classes of objects: a node, and its name.
#[derive(Pickle, Default)]
struct Node {
    next: RefCell<Option<Rc<Node>>>,
    name: Option<Rc<String>>,
    owner: Weak<Node>,
}

/// The places of the two in the table of types: of the pointers to a node and to a name.
const NODES: u32 = 0;
const NAMES: u32 = 5;
const NOTHING: [u8; 4] = [255; 4];

/// A node whose cell is written in place. The heads of its fields come first: `name` alone has one.
fn node(next: Option<u32>, name: Option<u32>, owner: Option<u32>) -> Vec<u8> {
    let mut bytes = vec![u8::from(name.is_some()), u8::from(next.is_some())];
    bytes.extend(next.into_iter().chain(name).flat_map(u32::to_le_bytes));
    bytes.extend(owner.map_or(NOTHING, u32::to_le_bytes));
    bytes
}

/// A node whose cell follows in a fill.
fn waiting() -> Vec<u8> {
    [&1u32.to_le_bytes()[..], &0u32.to_le_bytes(), &[0], &NOTHING].concat()
}

/// The record of an object whose cells wait.
fn waiting_record(id: u32) -> Vec<u8> {
    let mut bytes = record(0, id, &waiting());
    bytes[0] = 1;
    bytes
}

fn close(value: &[u8]) -> Vec<u8> {
    [&[3], value].concat()
}

/// A stream of an `Rc<Node>` with so many objects, and these entries.
fn stream(objects: u32, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = header_of(&dumps(&Rc::new(Node::default())).unwrap());
    let data = [tables(&[NODES, NAMES], objects), entries.concat()].concat();
    // A string of one letter, in case there is a name.
    let text: &[u8] = if entries.iter().any(|entry| entry.starts_with(&[0, 1])) { b"x" } else { b"" };
    bytes.extend(block(&data, text, LAST));
    bytes
}

/// Its name, how many objects the stream has, its entries, and what it is refused with.
type Attack = (&'static str, u32, Vec<Vec<u8>>, ErrorKind, &'static str);

fn name(id: u32) -> Vec<u8> {
    record(1, id, &[1])
}

#[test]
fn objects_that_no_program_writes() {
    what_is_as_it_should_be();
    no_objects();
    let alone = || node(None, None, None);
    let attacks: Vec<Attack> = vec![
        (
            "forward",
            2,
            vec![record(0, 0, &node(Some(1), None, None)), record(0, 1, &alone()), root(0)],
            ErrorKind::Corrupt,
            "a reference to object 1 where that is not built",
        ),
        (
            "to itself",
            1,
            vec![record(0, 0, &node(Some(0), None, None)), root(0)],
            ErrorKind::Corrupt,
            "a reference to object 0 where that is not built",
        ),
        (
            "weakly to itself",
            1,
            vec![record(0, 0, &node(None, None, Some(0))), root(0)],
            ErrorKind::Corrupt,
            "a reference to object 0 where that is not built",
        ),
        (
            "out of range",
            1,
            vec![record(0, 0, &node(Some(1), None, None)), root(0)],
            ErrorKind::Corrupt,
            "a reference to object 1, which it does not have",
        ),
        (
            "far out of range",
            1,
            vec![record(0, 0, &node(Some(u32::MAX), None, None)), root(0)],
            ErrorKind::Corrupt,
            "object 4294967295, which it does not have",
        ),
        (
            "weakly out of range",
            1,
            vec![record(0, 0, &node(None, None, Some(7))), root(0)],
            ErrorKind::Corrupt,
            "a reference to object 7, which it does not have",
        ),
        (
            "the root out of range",
            1,
            vec![record(0, 0, &alone()), root(9)],
            ErrorKind::Corrupt,
            "a reference to object 9, which it does not have",
        ),
        (
            "a name as a node",
            2,
            vec![name(1), record(0, 0, &node(Some(1), None, None)), root(0)],
            ErrorKind::WrongType,
            "object 1 can't be had as `Rc<Node>`: it is of another type",
        ),
        (
            "a node as a name",
            2,
            vec![record(0, 1, &alone()), record(0, 0, &node(None, Some(1), None)), root(0)],
            ErrorKind::WrongType,
            "object 1 can't be had as `Rc<String>`",
        ),
        (
            "a name as an owner",
            2,
            vec![name(1), record(0, 0, &node(None, Some(1), Some(1))), root(0)],
            ErrorKind::WrongType,
            "object 1 can't be had as `Rc<Node>`",
        ),
        ("a name as the root", 1, vec![name(0), root(0)], ErrorKind::WrongType, "object 0 can't be had"),
        (
            "an object twice",
            1,
            vec![record(0, 0, &alone()), record(0, 0, &alone()), root(0)],
            ErrorKind::Corrupt,
            "an object that is there twice",
        ),
        ("an object of no class", 1, vec![record(2, 0, &alone()), root(0)], ErrorKind::Corrupt, "or of no class"),
        (
            "an object too many",
            1,
            vec![record(0, 1, &alone()), root(0)],
            ErrorKind::Corrupt,
            "there twice, or of no class",
        ),
        (
            "an object that is missing",
            2,
            vec![record(0, 0, &alone()), root(0)],
            ErrorKind::Corrupt,
            "an object that is never built",
        ),
        ("a kind of entry that is none", 1, vec![vec![7; 9]], ErrorKind::Corrupt, "a kind of record that is none"),
        (
            "an object that nothing refers to",
            2,
            vec![record(0, 1, &alone()), record(0, 0, &alone()), root(0)],
            ErrorKind::Corrupt,
            "the root does not reach object 1",
        ),
        (
            "objects in another order",
            2,
            vec![record(0, 0, &alone()), record(0, 1, &node(Some(0), None, None)), root(1)],
            ErrorKind::Corrupt,
            "the root does not reach object",
        ),
        (
            "a detached cycle",
            3,
            vec![
                record(0, 0, &alone()),
                waiting_record(1),
                waiting_record(2),
                [fill(2), vec![1], 1u32.to_le_bytes().to_vec()].concat(),
                root(0),
            ],
            ErrorKind::Corrupt,
            "the root does not reach object",
        ),
        (
            "a detached ring of one",
            2,
            vec![record(0, 0, &alone()), waiting_record(1), fill(1), root(0)],
            ErrorKind::Corrupt,
            "the root does not reach object 1",
        ),
        (
            "a cell that is never filled",
            1,
            vec![waiting_record(0), root(0)],
            ErrorKind::Corrupt,
            "or a cell that is never filled",
        ),
        (
            "a ring and then damage",
            1,
            vec![waiting_record(0), fill(0), root(3)],
            ErrorKind::Corrupt,
            "a reference to object 3",
        ),
        (
            "a ring filled with what is not there",
            1,
            vec![waiting_record(0), fill(5), root(0)],
            ErrorKind::Corrupt,
            "a reference to object 5",
        ),
        (
            "an open object that is owned",
            2,
            vec![open(0), record(0, 1, &node(Some(0), None, None)), close(&node(Some(1), None, None)), root(0)],
            ErrorKind::Corrupt,
            "a reference to object 0 where that is not built",
        ),
        (
            "an open object without its value",
            1,
            vec![open(0), root(0)],
            ErrorKind::Corrupt,
            "an open object without its value",
        ),
        (
            "an object opened twice",
            1,
            vec![open(0), open(0), close(&alone()), close(&alone()), root(0)],
            ErrorKind::Corrupt,
            "an object that is there twice",
        ),
        (
            "a value of what is not open",
            1,
            vec![close(&alone()), root(0)],
            ErrorKind::Corrupt,
            "an object that is not open",
        ),
    ];
    for (what, objects, entries, kind, says) in attacks {
        let bytes = stream(objects, &entries);
        let leaves = || {
            let before = MEMORY.current_usage();
            refused::<Rc<Node>>(what, &bytes, kind, &[says], 2 * BESIDE);
            MEMORY.current_usage() != before
        };
        // The thread that runs the tests may allocate for itself, once.
        assert!(!leaves() || !leaves(), "{what}: something is left behind");
        let (value, taken) = peak(|| pickle_core::loads::<Value>(&bytes).map(drop));
        assert!(value.is_err() && taken < 16 * BESIDE, "{what} as a `Value`: {value:?}, {taken} bytes were taken");
    }
    cells_out_of_order();
    too_many_open();
}

/// The streams that the attacks differ from are taken.
fn what_is_as_it_should_be() {
    let check = |objects, entries: &[Vec<u8>], look: fn(&Rc<Node>) -> bool| {
        let node = pickle_core::loads::<Rc<Node>>(&stream(objects, entries)).unwrap();
        assert!(look(&node));
        node.next.take();
    };
    check(1, &[record(0, 0, &node(None, None, None)), root(0)], |node| node.name.is_none());
    let other = |node: &Rc<Node>| node.next.borrow().as_ref().is_some_and(|next| !Rc::ptr_eq(next, node));
    check(2, &[record(0, 1, &node(None, None, None)), record(0, 0, &node(Some(1), None, None)), root(0)], other);
    check(2, &[name(1), record(0, 0, &node(None, Some(1), None)), root(0)], |node| {
        node.name.as_ref().is_some_and(|name| **name == "x")
    });
    let itself = |node: &Rc<Node>| node.next.borrow().as_ref().is_some_and(|next| Rc::ptr_eq(next, node));
    check(1, &[waiting_record(0), fill(0), root(0)], itself);
    let owned =
        |node: &Rc<Node>| node.next.borrow().as_ref().is_some_and(|next| next.owner.ptr_eq(&Rc::downgrade(node)));
    let child = record(0, 1, &node(None, None, Some(0)));
    check(2, &[open(0), child, close(&node(Some(1), None, None)), root(0)], owned);
}

fn cells_out_of_order() {
    for ordinals in [[0u32, 0], [1, 0], [0, 1]] {
        let mut entry = vec![1, 0, 0, 0, 0, 0];
        entry.extend(2u32.to_le_bytes());
        entry.extend(ordinals.into_iter().flat_map(u32::to_le_bytes));
        entry.extend([&[0][..], &NOTHING].concat());
        let bytes = stream(1, &[entry, fill(0), root(0)]);
        refused::<Rc<Node>>("cells that wait", &bytes, ErrorKind::Corrupt, &["deferred cell"], 2 * BESIDE);
    }
}

/// The header says that there are none, and the root refers to one.
fn no_objects() {
    let mut bytes = dumps(&Rc::new(1u8)).unwrap();
    bytes[5] &= !OBJECTS;
    let says = &["of which it has none", "at byte", "intact copy"];
    refused::<Rc<u8>>("pointers to no objects", &bytes, ErrorKind::Corrupt, says, 2 * BESIDE);
}

/// Open objects nest, and so have the limit of values.
fn too_many_open() {
    const OPEN: u32 = 10_000;
    let entries: Vec<_> = (0..OPEN).map(open).collect();
    let bytes = stream(OPEN, &entries);
    let memory = 100 * OPEN as usize + 16 * BESIDE;
    let load = move || {
        refused::<Rc<Node>>(
            "open objects",
            &bytes,
            ErrorKind::Limit,
            &["max_depth, 256", "Unpickler::max_depth"],
            memory,
        );
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(load).unwrap().join().unwrap();
}

//! No bytes make a walk panic, hang or overflow a small stack; and it refuses no stream that the Rust types take.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use pickle_core::inspect::{Span, Stream, Visitor};
use pickle_core::{ErrorKind, Pickle, Result, UnpickleOwned, dumps, loads, object};
use pickle_tests::by_hand::{LAST, block, header, varint};
use pickle_tests::{damaged, golden, on_small_stack};

#[derive(Default)]
struct Ends(u64);

impl Visitor<'_> for Ends {
    fn span(&mut self, span: Span) -> Result<()> {
        self.0 += span.length;
        Ok(())
    }
}

fn walk(bytes: &[u8]) -> Result<()> {
    let stream = Stream::open(bytes)?;
    let mut ends = Ends::default();
    stream.walk(&mut ends)?;
    assert_eq!(ends.0, stream.length() as u64);
    Ok(())
}

/// What a byte is changed to.
fn changes(byte: u8) -> [u8; 6] {
    [byte ^ 1, byte ^ 0x80, byte.wrapping_add(1), 0, 2, 255]
}

#[test]
fn damaged_golden_files_give_an_error_or_an_end() {
    on_small_stack(|| {
        for name in ["everything", "named"] {
            let bytes = golden::read(name);
            walk(&bytes).unwrap();
            damaged(&bytes, changes, |bytes| drop(walk(bytes)));
        }
    });
}

#[object]
trait Animal {
    fn legs(&self) -> usize;
}

#[derive(Pickle)]
struct Dog {
    name: Rc<str>,
    kennel: RefCell<Weak<Kennel>>,
}

#[object]
impl Animal for Dog {
    fn legs(&self) -> usize {
        self.name.len() + self.kennel.borrow().strong_count()
    }
}

#[derive(Pickle)]
struct Kennel {
    dogs: RefCell<Vec<Rc<dyn Animal>>>,
    by_name: RefCell<HashMap<String, Rc<Dog>>>,
    next: RefCell<Option<Rc<Kennel>>>,
    tree: Rc<Tree>,
}

#[derive(Pickle)]
struct Tree {
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

fn kennel() -> Rc<Kennel> {
    let leaf = |parent: &Weak<Tree>| Rc::new(Tree { parent: parent.clone(), children: vec![] });
    let tree = Rc::new_cyclic(|weak| Tree { parent: Weak::new(), children: vec![leaf(weak), leaf(weak)] });
    let (dogs, by_name, next) = Default::default();
    let kennel = Rc::new(Kennel { dogs, by_name, next, tree });
    let name: Rc<str> = "Rex".into();
    let dog = Rc::new(Dog { name: name.clone(), kennel: RefCell::new(Rc::downgrade(&kennel)) });
    let other = Rc::new(Dog { name, kennel: RefCell::default() });
    kennel.dogs.borrow_mut().extend([dog.clone() as Rc<dyn Animal>, other]);
    kennel.by_name.borrow_mut().insert("rex".into(), dog);
    *kennel.next.borrow_mut() = Some(kennel.clone());
    assert_eq!(
        kennel.dogs.borrow()[0].legs(),
        4 + kennel.tree.children.len() - 2 + 1 - kennel.tree.parent.strong_count()
    );
    kennel
}

fn is_taken_too<T: Pickle + UnpickleOwned + 'static>(bytes: Vec<u8>, let_go: fn(T)) {
    on_small_stack(move || {
        walk(&bytes).unwrap();
        let (mut both, mut neither) = (0, 0);
        damaged(&bytes, changes, |bytes| match (loads::<T>(bytes), walk(bytes)) {
            (Ok(value), walked) => {
                walked.unwrap();
                let_go(value);
                both += 1;
            }
            (Err(loaded), Err(walked)) => {
                // A damaged header or schema is refused in other words.
                neither += u32::from(walked.kind() == loaded.kind() && walked.path() == loaded.path());
            }
            (Err(_), Ok(())) => {}
        });
        assert!(both > 50 && neither > 300, "{both} streams taken, {neither} refused for one reason");
    });
}

#[test]
fn what_loads_as_a_graph_is_walked_through_too() {
    is_taken_too::<Rc<Kennel>>(dumps(&kennel()).unwrap(), |kennel| {
        kennel.next.take();
    });
}

#[test]
fn a_schema_made_by_an_attacker_is_refused_or_read() {
    on_small_stack(|| {
        let bytes = dumps(&kennel()).unwrap();
        let length = u32::from_le_bytes(bytes[14..18].try_into().unwrap()) as usize;
        let mut changed = bytes.clone();
        for at in 18..18 + length {
            for value in 0..=255 {
                changed[at] = value;
                let hash = hmac_sha256::Hash::hash(&changed[18..18 + length]);
                changed[6..14].copy_from_slice(&hash[..8]);
                drop(walk(&changed));
            }
            changed[at] = bytes[at];
        }
    });
}

/// A stream of a schema made by hand.
fn stream(schema: &[u8], data: &[u8]) -> Vec<u8> {
    [header(schema, 0), block(data, &[], LAST)].concat()
}

fn refused(schema: &[u8], data: &[u8], kind: ErrorKind) {
    let bytes = stream(schema, data);
    let error = walk(&bytes).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
}

const OPTION: u8 = 0;
const SEQUENCE: u8 = 1;
const ARRAY: u8 = 4;
const TUPLE: u8 = 5;
const PIECE: u8 = 6;
const WEAK: u8 = 13;
const FIRST: u8 = 32;

#[test]
fn types_that_no_program_has_cost_nothing() {
    on_small_stack(|| {
        // A type that holds itself by value, and one that is a box of itself, without end.
        refused(&[FIRST, 1, TUPLE, 1, FIRST], &[], ErrorKind::Corrupt);
        refused(&[FIRST, 1, OPTION, FIRST], &[1; 100], ErrorKind::Corrupt);
        refused(&[FIRST, 1, PIECE, FIRST], &[], ErrorKind::Limit);
        refused(&[FIRST, 1, WEAK, FIRST], &[], ErrorKind::Corrupt);
        // A sequence of itself, a thousand levels deep.
        refused(&[FIRST, 1, SEQUENCE, FIRST], &[1; 1000], ErrorKind::Limit);
        // Arrays of arrays of nothing, and of more than there is.
        let mut schema = vec![FIRST, 3];
        for part in [FIRST + 1, FIRST + 2, 0] {
            schema.extend([ARRAY, part]);
            schema.extend(varint(1 << 40));
        }
        refused(&schema, &[], ErrorKind::Limit);
        *schema.iter_mut().rev().nth(6).unwrap() = 3;
        refused(&schema, &[7; 64], ErrorKind::Corrupt);
        // Tuples of a thousand boxes of tuples, which no byte stands for.
        let mut schema = vec![FIRST, 6];
        for inner in [1, 2, 3, 4, 5] {
            let parts = if inner < 5 { 1000 } else { 1 };
            schema.push(TUPLE);
            schema.extend(varint(parts));
            schema.extend((0..parts).map(|_| FIRST + inner));
        }
        schema.extend([PIECE, FIRST]);
        refused(&schema, &[], ErrorKind::Limit);
    });
}

#[test]
fn a_chain_of_types_has_a_limit() {
    on_small_stack(|| {
        let chain = |length: u64| {
            let mut schema = vec![FIRST];
            schema.extend(varint(length));
            for i in 1..length {
                schema.extend([TUPLE, 1]);
                schema.extend(varint(i + u64::from(FIRST)));
            }
            schema.extend([TUPLE, 1, 3]);
            schema
        };
        walk(&stream(&chain(256), &[9])).unwrap();
        refused(&chain(4096), &[9], ErrorKind::Limit);
    });
}

#[test]
fn types_out_of_order_or_reach_are_refused() {
    refused(&[3, 1, OPTION, 3], &[1], ErrorKind::Corrupt);
    refused(&[FIRST + 1, 2, OPTION, 3, OPTION, FIRST], &[0], ErrorKind::Corrupt);
    // One type twice.
    refused(&[FIRST, 3, TUPLE, 2, FIRST + 1, FIRST + 2, OPTION, 3, OPTION, 3], &[0, 0], ErrorKind::Corrupt);
}

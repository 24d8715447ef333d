//! Nothing recurses along pointers: a million nodes dump, load and fail to load on half a mebibyte of stack.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use pickle_core::{ErrorKind, Pickle, Pickler, Unpickler, dumps, loads};
use pickle_tests::on_small_stack;

const LENGTH: u64 = if cfg!(miri) { 200 } else { 1_000_000 };

#[derive(Pickle)]
struct Node {
    value: u64,
    next: Option<Rc<Node>>,
}

fn list(length: u64) -> Option<Rc<Node>> {
    (0..length).fold(None, |next, value| Some(Rc::new(Node { value, next })))
}

/// Takes a list apart node by node: its own drop would recurse. Gives its length.
fn unlink(mut list: Option<Rc<Node>>) -> u64 {
    let mut length = 0;
    while let Some(node) = list {
        length += 1;
        list = Rc::try_unwrap(node).ok().and_then(|node| node.next);
    }
    length
}

#[test]
fn a_million_plain_nodes() {
    on_small_stack(|| {
        let nodes = list(LENGTH);
        let bytes = dumps(&nodes).unwrap();
        unlink(nodes);
        let back: Option<Rc<Node>> = loads(&bytes).unwrap();
        assert_eq!(back.as_ref().map(|node| node.value), Some(LENGTH - 1));
        assert_eq!(unlink(back), LENGTH);

        let mut damaged = bytes.clone();
        if let Some(last) = damaged.last_mut() {
            *last ^= 0x40;
        }
        assert!(loads::<Option<Rc<Node>>>(&damaged).is_err());
        assert!(loads::<Option<Rc<Node>>>(&bytes[..bytes.len() - 1]).is_err());
    });
}

#[derive(Pickle)]
struct Linked {
    value: u64,
    next: RefCell<Option<Rc<Linked>>>,
    previous: RefCell<Weak<Linked>>,
}

#[test]
fn a_million_nodes_linked_both_ways() {
    on_small_stack(|| {
        let node = |value| Rc::new(Linked { value, next: RefCell::default(), previous: RefCell::default() });
        let first = node(0);
        let mut last = first.clone();
        for value in 1..LENGTH {
            let next = node(value);
            *next.previous.borrow_mut() = Rc::downgrade(&last);
            *last.next.borrow_mut() = Some(next.clone());
            last = next;
        }
        let bytes = dumps(&first).unwrap();
        let back: Rc<Linked> = loads(&bytes).unwrap();
        let damaged = loads::<Rc<Linked>>(&bytes[..bytes.len() - 1]);
        assert_eq!(damaged.map(drop).unwrap_err().kind(), ErrorKind::Truncated);
        for list in [first, back] {
            let mut at = list;
            let mut length = 1;
            while let Some(next) = at.next.take() {
                assert_eq!(next.value, length);
                assert!(Rc::ptr_eq(&next.previous.borrow().upgrade().unwrap(), &at));
                at = next;
                length += 1;
            }
            assert_eq!(length, LENGTH);
        }
    });
}

#[test]
fn a_ring_of_a_million() {
    on_small_stack(|| {
        let node = |value| Rc::new(Linked { value, next: RefCell::default(), previous: RefCell::default() });
        let first = node(0);
        let mut last = first.clone();
        for value in 1..LENGTH {
            let next = node(value);
            *last.next.borrow_mut() = Some(next.clone());
            last = next;
        }
        *last.next.borrow_mut() = Some(first.clone());
        drop(last);
        let bytes = dumps(&first).unwrap();
        let back: Rc<Linked> = loads(&bytes).unwrap();
        let mut damaged = bytes.clone();
        damaged.push(0);
        assert_eq!(loads::<Rc<Linked>>(&damaged).map(drop).unwrap_err().kind(), ErrorKind::Trailing);
        for ring in [first, back] {
            let mut length = 0;
            let mut at = ring;
            while let Some(next) = at.next.take() {
                length += 1;
                at = next;
            }
            assert_eq!((length, at.value), (LENGTH, 0));
        }
    });
}

/// Is dumped as a list that the writer alone holds, and loaded from one that the reader alone holds.
#[derive(Pickle)]
struct Made(#[pickle(with = made)] u64);

mod made {
    use super::{Node, Pickle, Rc, list};

    /// Its class comes after that of the nodes, one of which is met before it.
    #[derive(Pickle)]
    pub(super) struct List {
        first: Option<Rc<Node>>,
    }

    pub(super) fn dump(length: &u64) -> (Rc<Node>, Rc<List>) {
        (Rc::new(Node { value: *length, next: None }), Rc::new(List { first: list(*length) }))
    }

    pub(super) fn load((node, list): (Rc<Node>, Rc<List>)) -> Result<u64, String> {
        let length = std::iter::successors(list.first.as_deref(), |node| node.next.as_deref()).count() as u64;
        if length == node.value { Ok(length) } else { Err(format!("{length} nodes")) }
    }
}

#[test]
fn a_million_nodes_that_an_adapter_makes() {
    on_small_stack(|| {
        let bytes = dumps(&Made(LENGTH)).unwrap();
        assert_eq!(loads::<Made>(&bytes).unwrap().0, LENGTH);
    });
}

#[derive(Pickle)]
struct Boxed {
    next: Option<Box<Boxed>>,
}

#[test]
fn boxes_nest_up_to_max_depth() {
    let nested = |levels| (0..levels).fold(Boxed { next: None }, |next, _| Boxed { next: Some(Box::new(next)) });
    let shared = Rc::new(nested(60));
    assert!(loads::<Rc<Boxed>>(&dumps(&shared).unwrap()).is_ok());
    let error = dumps(&Rc::new(nested(200))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let bytes = Pickler::new().max_depth(1000).dumps(&Rc::new(nested(200))).unwrap();
    assert_eq!(loads::<Rc<Boxed>>(&bytes).map(drop).unwrap_err().kind(), ErrorKind::Limit);
    assert!(Unpickler::new().max_depth(1000).loads::<Rc<Boxed>>(&bytes).is_ok());
}

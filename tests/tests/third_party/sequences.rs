//! Lists of other crates.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use arrayvec::ArrayVec;
use bytes::{Bytes, BytesMut};
use pickle_core::{ErrorKind, Pickle, Unpickler, dumps, loads};
use pickle_tests::{assert_says, round_trip, same};
use smallvec::{SmallVec, smallvec};

use crate::{alike, becomes, refused, shown};

#[test]
fn lists_are_lists() {
    for length in [0usize, 1, 4, 5, 254, 255, 300] {
        let numbers: Vec<u32> = (0..length as u32).collect();
        let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
        same((SmallVec::<[u32; 4]>::from(numbers.clone()), SmallVec::<[String; 2]>::from(words.clone())));
        same(ArrayVec::<String, 300>::from_iter(words.clone()));
        alike(&numbers, &SmallVec::<[u32; 4]>::from(numbers.clone()));
        alike(&words, &ArrayVec::<String, 300>::from_iter(words.clone()));
        becomes(
            &VecDeque::from(numbers.clone()),
            &numbers.iter().map(|n| u64::from(*n)).collect::<SmallVec<[u64; 9]>>(),
        );
    }
    assert!(!round_trip(&SmallVec::from_buf([1u8, 2, 3])).spilled(), "what fits in place is in place");
    assert_eq!(shown(&ArrayVec::from([1u8, 2])), "[1, 2]");
}

#[test]
fn bytes_are_bytes() {
    for length in [0, 3, 255, 200_000] {
        let bytes: Vec<u8> = (0..length).map(|i| i as u8).collect();
        same((Bytes::from(bytes.clone()), BytesMut::from(&bytes[..])));
        alike(&bytes, &Bytes::from(bytes.clone()));
        alike(&bytes, &BytesMut::from(&bytes[..]));
        becomes(&VecDeque::from(bytes.clone()), &Bytes::from(bytes));
    }
}

#[test]
fn a_list_that_is_longer_than_its_room_is_refused() {
    let error = refused::<ArrayVec<u8, 3>>(&vec![1u8, 2, 3, 4]);
    assert_says(error, &["no `ArrayVec<u8, 3>`: 4 elements are more than its 3"]);
    refused::<ArrayVec<String, 1>>(&vec!["a", "b"]);
    becomes(&vec![1u8, 2, 3], &ArrayVec::from([1u8, 2, 3]));
}

#[test]
fn memory_is_charged() {
    let bytes = dumps(&vec![7u8; 3 << 20]).unwrap();
    let small = Unpickler::new().max_memory(1 << 20);
    assert_eq!(small.loads::<Bytes>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(small.loads::<SmallVec<[u8; 4]>>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
    let twice = Unpickler::new().max_memory(5 << 20);
    assert_eq!(twice.loads::<BytesMut>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(twice.loads::<Bytes>(&bytes).unwrap(), [7u8; 3 << 20][..]);
}

/// Nodes that hold each other, by a short list and by one with a bound.
#[derive(Pickle, Default)]
struct Node {
    next: SmallVec<[RefCell<Option<Rc<Node>>>; 2]>,
    also: ArrayVec<RefCell<Vec<Rc<Node>>>, 2>,
}

#[test]
fn cycles_pass_through_lists() {
    let node = Rc::new(Node { next: smallvec![RefCell::default()], also: [RefCell::default()].into_iter().collect() });
    *node.next[0].borrow_mut() = Some(node.clone());
    node.also[0].borrow_mut().push(node.clone());
    let back: Rc<Node> = loads(&dumps(&node).unwrap()).unwrap();
    assert!(Rc::ptr_eq(back.next[0].borrow().as_ref().unwrap(), &back));
    assert!(Rc::ptr_eq(&back.also[0].borrow()[0], &back));
    for node in [node, back] {
        node.next[0].take();
        node.also[0].take();
    }
}

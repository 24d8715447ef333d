//! Sequences, arrays, tuples and options of every length that the format treats apart.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::collections::{BinaryHeap, LinkedList, VecDeque};
use std::fmt::Debug;

use pickle_core::{Pickle, UnpickleOwned, dumps, loads};
use pickle_tests::{bytes_of, round_trip, same};

/// A length has one byte up to 254; larger sequences take several blocks.
const LENGTHS: [usize; 8] = [0, 1, 2, 254, 255, 256, 3000, 70_000];

fn every_sequence<T>(make: impl Fn(usize) -> T)
where
    T: Pickle + UnpickleOwned + Clone + Ord + Debug,
{
    for length in LENGTHS {
        let items: Vec<T> = (0..length).map(&make).collect();
        same(items.clone());
        same(items.clone().into_boxed_slice());
        same(items.iter().cloned().collect::<VecDeque<_>>());
        same(items.iter().cloned().collect::<LinkedList<_>>());
        let heap: BinaryHeap<T> = items.iter().cloned().collect();
        assert!(round_trip(&heap).into_sorted_vec() == heap.into_sorted_vec());
    }
}

#[test]
fn sequences_of_bytes() {
    every_sequence(|n| (n % 251) as u8);
}

#[test]
fn sequences_of_numbers() {
    every_sequence(|n| n as u32 * 3);
}

#[test]
fn sequences_of_wide_tuples() {
    every_sequence(|n| (n as u128, n % 2 == 0, n as i16 as u8));
}

#[test]
fn sequences_of_strings() {
    every_sequence(|n| format!("{}{n}", "·".repeat(n % 7)));
}

#[test]
fn sequences_of_sequences() {
    every_sequence(|n| vec![n as u16; n % 5]);
}

#[test]
fn sequences_of_boxes_which_have_no_head() {
    for length in [0, 1, 254, 255, 256, 8000] {
        same((0..length).map(Box::new).collect::<Vec<Box<u32>>>());
    }
}

#[test]
fn bytes_and_strings_longer_than_any_common_block() {
    for length in [131_059, 131_060, 131_061, 131_072, 200_000, 1_000_000] {
        let bytes: Vec<u8> = (0..length).map(|n| (n % 249) as u8).collect();
        let text: String = ('a'..='z').cycle().take(length).collect();
        same(bytes.clone());
        same(text.clone());
        same((7u8, bytes.clone(), text.clone(), 9u64));
        same((text.clone(), "short".to_owned(), bytes.clone(), vec![1u16, 2]));
        same(vec![text.clone(), String::new(), text]);
        same(vec![bytes.clone(), Vec::new(), bytes]);
    }
}

#[test]
fn lent_bytes_in_a_later_block() {
    // The first block has 512 bytes, the next ones twice as many each.
    for (before, length) in [(300, 400), (400, 900), (490, 20), (2000, 1500)] {
        let value = ("x".repeat(before), vec![7u8; length], vec![1u32; 300], vec![8u8; length]);
        let bytes = bytes_of(&value);
        let (text, one, numbers, two): (&str, &[u8], Vec<u32>, Cow<'_, [u8]>) = loads(&bytes).unwrap();
        assert_eq!((text, one, numbers, two.as_ref()), (&*value.0, &*value.1, value.2, &*value.3));
    }
}

#[test]
fn a_deque_that_is_wrapped_round_keeps_its_order() {
    fn wrapped<T: Pickle + UnpickleOwned + PartialEq + Debug>(length: usize, make: impl Fn(usize) -> T) {
        let mut deque = VecDeque::with_capacity(length + 1);
        (length / 2..length).for_each(|n| deque.push_back(make(n)));
        (0..length / 2).rev().for_each(|n| deque.push_front(make(n)));
        assert!(!deque.as_slices().1.is_empty());
        let in_order: Vec<T> = (0..length).map(&make).collect();
        assert!(loads::<Vec<T>>(&bytes_of(&deque)).unwrap() == in_order);
        same(deque);
    }
    for length in [2, 254, 255, 256, 70_000] {
        wrapped(length, |n| n as u8);
        wrapped(length, |n| n as u64);
        wrapped(length, |n| n.to_string());
        wrapped(length, |n| Box::new(n % 9 == 0));
    }
    wrapped(300_000, |n| n as u8);
}

#[test]
fn a_wrapped_deque_dumps_like_one_in_a_row() {
    let row: VecDeque<u8> = (0..10).collect();
    let mut wrapped: VecDeque<u8> = VecDeque::with_capacity(10);
    wrapped.extend(5..10);
    (0..5).rev().for_each(|n| wrapped.push_front(n));
    assert!(!wrapped.as_slices().1.is_empty());
    assert_eq!(bytes_of(&wrapped), bytes_of(&row));
}

#[test]
fn one_sequence_loads_as_another() {
    let items: Vec<String> = (0..600).map(|n| n.to_string()).collect();
    let bytes = bytes_of(&items);
    assert_eq!(loads::<VecDeque<String>>(&bytes).unwrap(), items);
    assert!(loads::<LinkedList<String>>(&bytes).unwrap().iter().eq(&items));
    assert_eq!(*loads::<Box<[String]>>(&bytes).unwrap(), items);
    assert_eq!(*loads::<Cow<'_, [String]>>(&bytes).unwrap(), items);
    assert_eq!(loads::<BinaryHeap<String>>(&bytes).unwrap().len(), 600);
    assert_eq!(loads::<Vec<&str>>(&bytes).unwrap(), items);
    assert_eq!(bytes_of(&items.iter().map(String::as_str).collect::<LinkedList<_>>()), bytes);
    assert_eq!(bytes_of(&items[..]), bytes);
    assert_eq!(bytes_of(&items.into_boxed_slice()), bytes);
}

#[test]
fn arrays_of_every_length() {
    same([0u8; 0]);
    same::<[String; 0]>([]);
    same([7u64]);
    same([String::from("one")]);
    same([[1u8, 2], [3, 4]]);
    let thirty_three: [u32; 33] = std::array::from_fn(|n| n as u32 * 1_000_003);
    same(thirty_three);
    same([(); 33]);
    same([Box::new(5u8), Box::new(6)]);
    let large: [u64; 5000] = std::array::from_fn(|n| n as u64 * n as u64);
    same(large);
    same(vec![large; 2]);
}

#[test]
fn an_array_larger_than_any_common_block() {
    // Arrays are built by value, and a debug build copies them from frame to frame.
    let large_stack = std::thread::Builder::new().stack_size(64 << 20);
    let all = || {
        same(Box::new([0xabu8; 200_000]));
        same(Box::new([[7u64; 100]; 300]));
    };
    large_stack.spawn(all).unwrap().join().unwrap();
}

#[test]
fn arrays_of_strings() {
    let array: [String; 33] = std::array::from_fn(|n| "x".repeat(n * 20));
    same(array);
    let large: Box<[String; 5000]> = Box::new(std::array::from_fn(|n| n.to_string()));
    same(large);
}

#[test]
fn a_sequence_is_no_array() {
    let error = loads::<[u8; 2]>(&dumps(&vec![1u8, 2]).unwrap()).unwrap_err();
    assert_eq!(error.kind(), pickle_core::ErrorKind::WrongType);
}

#[test]
fn tuples_of_one_to_twelve() {
    same((1u8,));
    same((1u8, "2".to_owned()));
    same((1u8, "2".to_owned(), 3u16));
    same((1u8, "2".to_owned(), 3u16, '4'));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32)));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32), vec![6u64]));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32), vec![6u64], -7i8));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32), vec![6u64], -7i8, true));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32), vec![6u64], -7i8, true, ()));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32), vec![6u64], -7i8, true, (), [10u8; 3]));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32), vec![6u64], -7i8, true, (), [10u8; 3], 11.5f32));
    same((1u8, "2".to_owned(), 3u16, '4', Some(5u32), vec![6u64], -7i8, true, (), [10u8; 3], 11.5f32, Box::new(12)));
}

#[test]
fn options_in_options_keep_their_levels() {
    type Nested = Option<Option<Option<u8>>>;
    let levels: [Nested; 4] = [None, Some(None), Some(Some(None)), Some(Some(Some(1)))];
    same(levels);
    same(Some(String::new()));
    same(Some(()));
    same(None::<Vec<String>>);
    same(Some(Box::new(Some(vec![Some(String::from("deep"))]))));
}

#[test]
fn results_and_boxes() {
    same(Ok::<u8, String>(3));
    same(Err::<u8, String>("no".into()));
    same(vec![Ok(1u128), Err("odd".to_owned())]);
    same(Box::new(5u8));
    same(Box::new(Box::new(String::from("two boxes"))));
}

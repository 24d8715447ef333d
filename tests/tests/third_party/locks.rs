//! Locks of other crates.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use pickle_core::{ErrorKind, Pickle, Pickler, dumps, loads};
use pickle_tests::{assert_says, round_trip};

use crate::becomes;

#[test]
fn what_they_hold_comes_back() {
    let back = round_trip(&(Mutex::new("text".to_owned()), RwLock::new(vec![1u8])));
    assert_eq!((&**back.0.lock(), &**back.1.read()), ("text", &[1][..]));
    becomes(&Mutex::new(5u8), &5u16);
    becomes(&RwLock::new(5u8), &RefCell::new(5u8));
    assert_eq!(dumps(&Mutex::new(5u8)).unwrap(), dumps(&std::sync::Mutex::new(5u8)).unwrap());
    assert_eq!(*loads::<Mutex<u8>>(&dumps(&5u8).unwrap()).unwrap().lock(), 5);
}

#[test]
fn one_that_is_held_is_refused_after_a_while() {
    let mut pickler = Pickler::new().lock_timeout(Duration::from_millis(20));
    let mutex = Mutex::new(1);
    let held = mutex.lock();
    let start = Instant::now();
    let error = pickler.dumps(&(1u8, &mutex)).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Inaccessible, "1"));
    assert_says(&error, &["a `Mutex` was not free within 20ms", "Pickler::lock_timeout"]);
    drop(held);
    let lock = RwLock::new(1);
    let read = lock.read();
    assert!(pickler.dumps(&lock).is_ok(), "who reads is in nobody's way");
    drop(read);
    let _held = lock.write();
    assert_says(pickler.dumps(&lock).unwrap_err(), &["a `RwLock` was not free"]);
}

#[test]
fn a_lock_that_is_freed_in_time_is_dumped() {
    let lock = Mutex::new(7u8);
    let bytes = std::thread::scope(|scope| {
        let held = lock.lock();
        let dumped = scope.spawn(|| Pickler::new().lock_timeout(Duration::from_secs(60)).dumps(&lock));
        std::thread::sleep(Duration::from_millis(5));
        drop(held);
        dumped.join().unwrap().unwrap()
    });
    assert_eq!(loads::<u8>(&bytes).unwrap(), 7);
}

#[derive(Pickle, Default)]
struct Node {
    next: Mutex<Option<Arc<Node>>>,
    all: RwLock<Vec<Arc<Node>>>,
}

#[test]
fn cycles_pass_through_locks() {
    let node = Arc::new(Node::default());
    *node.next.lock() = Some(node.clone());
    node.all.write().push(node.clone());
    let back = round_trip(&node);
    assert!(Arc::ptr_eq(back.next.lock().as_ref().unwrap(), &back));
    assert!(Arc::ptr_eq(&back.all.read()[0], &back));
    for node in [node, back] {
        let taken = (node.next.lock().take(), std::mem::take(&mut *node.all.write()));
        drop(taken);
    }
}

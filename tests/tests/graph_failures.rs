//! A load that fails takes apart all that it has built: cycles too.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, RwLock};

use pickle_core::{ErrorKind, Pickle, Pickler, Unpickler, dumps, loads, object};

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// Counts those of its kind that are alive.
#[derive(Pickle)]
#[pickle(reduce = Self::parts, rebuild = Self::from_parts)]
struct Counted(u8);

impl Counted {
    fn new(number: u8) -> Self {
        LIVE.set(LIVE.get() + 1);
        Counted(number)
    }
    fn parts(&self) -> u8 {
        self.0
    }
    fn from_parts(number: u8) -> Result<Self, String> {
        Ok(Counted::new(number))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

#[object]
trait Part {
    fn unlink(&self);
}

#[derive(Pickle)]
struct Wheel {
    counted: Counted,
    hub: RefCell<Option<Rc<Hub>>>,
}

#[object]
impl Part for Wheel {
    fn unlink(&self) {
        self.hub.take();
    }
}

#[derive(Pickle)]
struct Hub {
    counted: Counted,
    next: RefCell<Option<Rc<Hub>>>,
    parts: Vec<Rc<dyn Part>>,
    boxed: Option<Box<dyn Part>>,
    by_name: HashMap<String, RefCell<Option<Rc<Hub>>>>,
    by_number: BTreeMap<u8, RefCell<Vec<Rc<Hub>>>>,
    shared: Option<Arc<Shared>>,
    tree: Option<Rc<Tree>>,
}

#[derive(Pickle)]
struct Shared {
    counted: Counted,
    own: Mutex<Option<Arc<Shared>>>,
    others: RwLock<Vec<Arc<Shared>>>,
}

#[derive(Pickle)]
struct Tree {
    counted: Option<Rc<Counted>>,
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

fn hub(number: u8) -> Hub {
    Hub {
        counted: Counted::new(number),
        next: RefCell::default(),
        parts: Vec::new(),
        boxed: None,
        by_name: HashMap::new(),
        by_number: BTreeMap::new(),
        shared: None,
        tree: None,
    }
}

fn graph() -> Rc<Hub> {
    let wheel = Rc::new(Wheel { counted: Counted::new(1), hub: RefCell::default() });
    let boxed = Wheel { counted: Counted::new(2), hub: RefCell::default() };
    let shared = Arc::new(Shared { counted: Counted::new(3), own: Mutex::default(), others: RwLock::default() });
    let other = Hub { next: RefCell::default(), ..hub(4) };
    let tree = Rc::new_cyclic(|root| Tree {
        counted: Some(Rc::new(Counted::new(5))),
        parent: Weak::new(),
        children: (0..2).map(|_| Rc::new(Tree { counted: None, parent: root.clone(), children: Vec::new() })).collect(),
    });
    let mut hub = hub(0);
    hub.parts.push(wheel.clone());
    hub.boxed = Some(Box::new(boxed));
    hub.by_name = ["a", "b", "c"].map(|name| (name.to_owned(), RefCell::default())).into();
    hub.by_number = [1, 2].map(|number| (number, RefCell::default())).into();
    hub.shared = Some(shared.clone());
    hub.tree = Some(tree);
    let hub = Rc::new(hub);
    let other = Rc::new(other);
    *other.next.borrow_mut() = Some(hub.clone());
    *hub.next.borrow_mut() = Some(other.clone());
    *wheel.hub.borrow_mut() = Some(hub.clone());
    for (name, cell) in &hub.by_name {
        *cell.borrow_mut() = Some(if name == "b" { other.clone() } else { hub.clone() });
    }
    hub.by_number[&2].borrow_mut().push(hub.clone());
    if let (Ok(mut own), Ok(mut others)) = (shared.own.lock(), shared.others.write()) {
        *own = Some(shared.clone());
        others.push(shared.clone());
    }
    hub
}

fn unlink(hub: &Hub) {
    let next = hub.next.take();
    hub.parts.iter().for_each(|part| part.unlink());
    hub.by_name.values().for_each(|cell| drop(cell.take()));
    hub.by_number.values().for_each(|cell| drop(cell.take()));
    if let Some(shared) = &hub.shared
        && let (Ok(mut own), Ok(mut others)) = (shared.own.lock(), shared.others.write())
    {
        // What they held goes after the locks are free.
        let held = (own.take(), std::mem::take(&mut *others));
        drop((own, others));
        drop(held);
    }
    if let Some(next) = next {
        next.next.take();
    }
}

/// Loads `bytes`, which may be anything; what it leaves alive is counted.
fn load(bytes: &[u8], what: &str) -> bool {
    let loaded = catch_unwind(AssertUnwindSafe(|| loads::<Rc<Hub>>(bytes)));
    let ok = match loaded.unwrap_or_else(|_| panic!("{what}: the loader panicked")) {
        Ok(hub) => {
            // A changed byte may have tied it in another way.
            unlink(&hub);
            true
        }
        Err(error) => {
            assert_eq!(LIVE.get(), 0, "{what}: objects are left behind after {error}");
            false
        }
    };
    LIVE.set(0);
    ok
}

#[test]
fn whole_it_comes_back_and_leaves_nothing() {
    let hub = graph();
    let bytes = Pickler::new().dumps(&hub).unwrap();
    unlink(&hub);
    drop(hub);
    assert_eq!(LIVE.get(), 0);
    let back: Rc<Hub> = loads(&bytes).unwrap();
    assert_eq!(LIVE.get(), 6);
    let other = back.next.borrow().clone().unwrap();
    assert!(Rc::ptr_eq(&other.next.borrow().clone().unwrap(), &back));
    assert!(Rc::ptr_eq(&back.by_name["b"].borrow().clone().unwrap(), &other));
    assert!(Rc::ptr_eq(&back.by_name["c"].borrow().clone().unwrap(), &back));
    let tree = back.tree.clone().unwrap();
    assert!(Rc::ptr_eq(&tree.children[1].parent.upgrade().unwrap(), &tree));
    drop((other, tree));
    unlink(&back);
    drop(back);
    assert_eq!(LIVE.get(), 0);
}

#[test]
fn every_truncation_leaves_nothing() {
    for checksum in [false, true] {
        let hub = graph();
        let bytes = Pickler::new().checksum(checksum).dumps(&hub).unwrap();
        unlink(&hub);
        drop(hub);
        let step = if cfg!(miri) { 41 } else { 1 };
        for length in (0..bytes.len()).step_by(step) {
            assert!(!load(&bytes[..length], &format!("cut to {length} bytes")));
        }
        assert!(load(&bytes, "whole"));
    }
}

#[test]
fn trailing_bytes_leave_nothing() {
    let hub = graph();
    let mut bytes = Pickler::new().dumps(&hub).unwrap();
    unlink(&hub);
    drop(hub);
    bytes.push(0);
    assert!(!load(&bytes, "one byte more"));
}

#[test]
#[cfg_attr(miri, ignore = "a changed byte may close a cycle that nothing here opens again")]
fn every_changed_byte_is_an_error_or_a_value() {
    let hub = graph();
    let bytes = Pickler::new().dumps(&hub).unwrap();
    unlink(&hub);
    drop(hub);
    // The schema is compared as a whole; behind it each byte counts.
    let start = bytes.len() - 700.min(bytes.len());
    for at in start..bytes.len() {
        for change in [1, 2, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            load(&changed, &format!("byte {at} changed by {change:#x}"));
        }
    }
}

/// A cycle whose cells are found by keys that take memory.
#[derive(Pickle)]
struct Index {
    counted: Counted,
    by_key: HashMap<Vec<Vec<u8>>, RefCell<Option<Rc<Index>>>>,
}

#[test]
fn every_limit_that_is_too_low_leaves_nothing() {
    let by_key = (0..3u8).map(|n| (vec![vec![n; 50]; 2], RefCell::default())).collect();
    let index = Rc::new(Index { counted: Counted::new(1), by_key });
    index.by_key.values().for_each(|cell| *cell.borrow_mut() = Some(index.clone()));
    // What follows fails where the cycle is there already.
    let after = vec![Box::new([1u64; 8]); 20];
    let bytes = dumps(&(&index, after)).unwrap();
    let unlink = |index: &Index| index.by_key.values().for_each(|cell| drop(cell.take()));
    unlink(&index);
    drop(index);
    type Both = (Rc<Index>, Vec<Box<[u64; 8]>>);
    let load = |unpickler: Unpickler<'_>| match unpickler.loads::<Both>(&bytes) {
        Ok((index, _)) => {
            unlink(&index);
            true
        }
        Err(error) => {
            assert_eq!((error.kind(), LIVE.get()), (ErrorKind::Limit, 0), "objects are left behind after {error}");
            false
        }
    };
    let step = if cfg!(miri) { 512 } else { 16 };
    let least = (0..).step_by(step).find(|limit| load(Unpickler::new().max_memory(*limit))).unwrap();
    assert!(least > 20 * size_of::<[u64; 8]>());
    assert!((0..).find(|limit| load(Unpickler::new().max_depth(*limit))).unwrap() > 1);
}

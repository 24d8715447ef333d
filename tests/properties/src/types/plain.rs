//! Values without pointers: numbers, text, every container of std, enums, types that nest.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZero, Wrapping};
use std::ops::{Bound, Range, RangeInclusive};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, RwLock};
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use pickle_core::Pickle;

#[derive(Pickle, Arbitrary, Debug)]
pub struct Scalars {
    unit: (),
    flag: bool,
    letter: char,
    unsigned: (u8, u16, u32, u64, u128, usize),
    signed: (i8, i16, i32, i64, i128, isize),
    floats: (f32, f64),
    nonzero: (NonZero<u8>, NonZero<i64>, Option<NonZero<u128>>),
    #[pickle(compact)]
    small: u16,
    #[pickle(compact)]
    wide: i128,
    #[pickle(compact)]
    size: usize,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.arbitrary().map(AtomicU64::new))]
    atomic: AtomicU64,
    cell: Cell<u16>,
    wrapping: Wrapping<i16>,
    wait: Duration,
    array: [[u16; 3]; 2],
}

#[derive(Pickle, Arbitrary, Debug)]
pub struct Texts {
    text: String,
    boxed: Box<str>,
    os: OsString,
    path: PathBuf,
    c: CString,
    addresses: (IpAddr, SocketAddr),
    names: [String; 3],
    lists: Vec<Vec<String>>,
}

#[derive(Pickle, Arbitrary, Debug)]
pub struct Containers {
    bytes: Vec<u8>,
    numbers: Vec<u32>,
    pairs: Vec<(u16, bool)>,
    slice: Box<[i64]>,
    deque: VecDeque<Option<u8>>,
    list: LinkedList<String>,
    heap: BinaryHeap<u16>,
    set: BTreeSet<(u8, String)>,
    map: BTreeMap<String, Vec<u8>>,
    maps: BTreeMap<u8, BTreeMap<char, BTreeSet<bool>>>,
    option: Option<Option<Box<String>>>,
    result: Result<Vec<u16>, String>,
    ranges: (Range<u8>, RangeInclusive<i16>, Bound<String>),
    cells: (RefCell<Vec<u16>>, Mutex<Option<String>>),
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.arbitrary().map(RwLock::new))]
    lock: RwLock<u8>,
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.arbitrary().map(Reverse))]
    reverse: Reverse<u8>,
}

/// What is in no order.
#[derive(Pickle, Arbitrary, Debug, PartialEq)]
pub struct Hashed {
    map: HashMap<String, HashMap<u8, Vec<i16>>>,
    set: HashSet<(char, bool)>,
    sets: Vec<HashSet<String>>,
    nested: BTreeMap<u8, HashSet<Option<u16>>>,
}

/// What takes no bytes, and much of it.
#[derive(Pickle, Arbitrary, Debug)]
pub struct Empty {
    units: Vec<()>,
    arrays: Vec<[(); 4]>,
    boxes: VecDeque<Box<()>>,
    markers: LinkedList<PhantomData<String>>,
    options: Vec<Option<()>>,
    structs: Vec<Nothing>,
    map: BTreeMap<(), ()>,
    nested: Vec<Vec<Nothing>>,
}

#[derive(Pickle, Arbitrary, Debug, PartialEq, Clone, Copy)]
pub struct Nothing;

#[derive(Pickle, Arbitrary, Debug)]
pub enum Tree {
    Leaf,
    Number(char, Option<bool>),
    Node { left: Option<Box<Tree>>, right: Vec<Tree>, label: String },
    Map(BTreeMap<String, Tree>),
    Pair(Box<(Tree, Tree)>),
    List(LinkedList<RefCell<Tree>>),
    Result(Box<Result<Tree, Vec<Tree>>>),
}

#[derive(Pickle, Arbitrary, Debug)]
pub struct Generic<A, B: Ord> {
    one: A,
    many: Vec<A>,
    map: BTreeMap<B, Option<A>>,
}

/// A struct whose parts nest in all of the above.
#[derive(Pickle, Arbitrary, Debug)]
pub struct Mixed {
    generic: Generic<(u8, Tree), String>,
    other: Generic<[Option<u64>; 2], (bool, char)>,
    rows: Vec<Row>,
    more: Option<Box<Mixed>>,
}

#[derive(Pickle, Arbitrary, Debug)]
pub struct Row {
    id: u32,
    flags: [bool; 3],
    kind: Kind,
    score: f32,
}

#[derive(Pickle, Arbitrary, Debug, Clone, Copy)]
pub enum Kind {
    A,
    B(u16),
    C { x: i8, y: i8 },
}

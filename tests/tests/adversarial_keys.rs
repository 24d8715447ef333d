//! Keys that are made to collide, and keys that share objects along more paths than could ever be walked: what takes more
//! than linear time never ends here.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use pickle_core::{Pickle, Value, dumps, loads};

#[test]
fn keys_that_collide_where_a_hasher_has_no_key_of_its_own() {
    const COUNT: u64 = 200_000;
    // A hasher that multiplies or takes low bits puts all of these into one slot.
    let set: HashSet<u64> = (0..COUNT).map(|number| number << 44).collect();
    let bytes = dumps(&set).unwrap();
    assert!(loads::<HashSet<u64>>(&bytes).unwrap() == set);
    assert_eq!(loads::<Value>(&bytes).unwrap().root().len(), set.len());
    let map: HashMap<u128, u8> = set.iter().map(|key| (u128::from(*key) << 64, 1)).collect();
    let bytes = dumps(&map).unwrap();
    assert!(loads::<HashMap<u128, u8>>(&bytes).unwrap() == map);
    assert_eq!(loads::<Value>(&bytes).unwrap().root().len(), map.len());
    // Brought up from an older shape, too.
    let wider: HashSet<u128> = loads(&dumps(&set).unwrap()).unwrap();
    assert_eq!(wider.len(), set.len());
    let text: HashMap<String, u8> =
        set.iter().take(20_000).map(|key| (format!("{}{key}", "k".repeat(200)), 1)).collect();
    assert!(loads::<HashMap<String, u8>>(&dumps(&text).unwrap()).unwrap() == text);
}

/// Two ways on from each of 64 levels: 2^64 paths through 65 objects. It hashes and compares by a number of its own.
#[derive(Pickle, Debug)]
struct Level {
    number: u32,
    left: Option<Rc<Level>>,
    right: Option<Rc<Level>>,
}

impl PartialEq for Level {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Level {}

impl PartialOrd for Level {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Level {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}

impl Hash for Level {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

fn levels() -> Vec<Rc<Level>> {
    let mut levels: Vec<Rc<Level>> = Vec::new();
    for number in 0..65 {
        let below = levels.last().cloned();
        levels.push(Rc::new(Level { number, left: below.clone(), right: below }));
    }
    levels
}

fn depth(level: &Rc<Level>) -> u32 {
    let mut at = level;
    let mut depth = 1;
    while let (Some(left), Some(right)) = (&at.left, &at.right) {
        assert!(Rc::ptr_eq(left, right));
        (at, depth) = (left, depth + 1);
    }
    depth
}

#[test]
fn keys_that_share_what_they_hold() {
    let map: HashMap<Rc<Level>, u8> = levels().into_iter().map(|level| (level, 1)).collect();
    let bytes = dumps(&map).unwrap();
    let back: HashMap<Rc<Level>, u8> = loads(&bytes).unwrap();
    assert_eq!(back.keys().map(depth).max(), Some(65));
    assert_eq!(loads::<Value>(&bytes).unwrap().root().len(), 65);
    let tree: BTreeMap<Rc<Level>, u8> = loads(&bytes).unwrap();
    assert!(tree.keys().map(|level| level.number).eq(0..65));
    let set: HashSet<(Rc<Level>, u64)> = levels().into_iter().map(|level| (level, 1)).collect();
    let back: HashSet<(Rc<Level>, u64)> = loads(&dumps(&set).unwrap()).unwrap();
    assert!(back == set && back.iter().map(|(level, _)| depth(level)).max() == Some(65));
}

mod newer {
    use super::{Hash, Pickle, Rc};

    /// The same with more than it had.
    #[derive(Pickle, PartialEq, Eq)]
    pub(super) struct Level {
        #[pickle(default)]
        pub(super) added: u8,
        pub(super) number: u64,
        pub(super) right: Option<Rc<Level>>,
        pub(super) left: Option<Rc<Level>>,
    }

    impl Hash for Level {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            self.number.hash(state);
        }
    }
}

#[test]
fn keys_that_share_what_they_hold_in_an_older_shape() {
    let map: HashMap<Rc<Level>, u8> = levels().into_iter().map(|level| (level, 1)).collect();
    let back: HashMap<Rc<newer::Level>, u16> = loads(&dumps(&map).unwrap()).unwrap();
    let deepest = back.keys().max_by_key(|level| level.number).unwrap();
    assert_eq!((back.len(), deepest.number, deepest.added), (65, 64, 0));
    assert!(Rc::ptr_eq(deepest.left.as_ref().unwrap(), deepest.right.as_ref().unwrap()));
}

#[test]
fn values_that_share_what_they_hold() {
    let levels = levels();
    let bytes = dumps(&levels).unwrap();
    assert_eq!(loads::<Vec<Rc<Level>>>(&bytes).unwrap().iter().map(depth).max(), Some(65));
    let value: Value = loads(&bytes).unwrap();
    assert!(value == value.clone() && loads::<Value>(&dumps(&value).unwrap()).unwrap() == value);
    assert!(value.to_string().len() < 1 << 20);
}

//! Maps and sets, with any hasher, of any size.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use pickle_core::loads;
use pickle_tests::{bytes_of, round_trip, same};

/// Puts all keys into one bucket.
#[derive(Default, Clone, Debug)]
struct Lazy;

impl Hasher for Lazy {
    fn finish(&self) -> u64 {
        0
    }
    fn write(&mut self, _: &[u8]) {}
}

#[test]
fn maps_of_every_size() {
    for size in [0u32, 1, 2, 254, 255, 256, 20_000] {
        same((0..size).map(|n| (n * 17 % 65_537, n)).collect::<BTreeMap<_, _>>());
        same((0..size).map(|n| (n, n.to_string())).collect::<HashMap<_, _>>());
        same((0..size).map(|n| (n.to_string(), vec![n; 2])).collect::<HashMap<_, _>>());
        same((0..size).map(|n| (n.to_string(), ())).collect::<BTreeMap<_, _>>());
    }
}

#[test]
fn sets_of_every_size() {
    for size in [0u32, 1, 2, 254, 255, 256, 20_000] {
        same((0..size).collect::<HashSet<_>>());
        same((0..size).collect::<BTreeSet<_>>());
        same((0..size).map(|n| format!("key {n}")).collect::<HashSet<_>>());
        same((0..size).map(|n| (n, n.to_string())).collect::<BTreeSet<_>>());
    }
}

#[test]
fn keys_without_bytes() {
    same(BTreeMap::from([((), 5u8)]));
    same(HashMap::from([((), ())]));
    same(BTreeSet::from([()]));
}

#[test]
fn keys_and_values_that_are_composite() {
    same(BTreeMap::from([(vec![Some(1u8), None], BTreeMap::from([('x', Box::new(2.5f64))]))]));
    same(HashMap::from([((1u8, "a".to_owned()), HashMap::from([([1u16; 3], Some(String::new()))]))]));
    same(BTreeSet::from([Some(BTreeSet::from([1u8, 2])), None]));
}

#[test]
fn a_hasher_of_the_program() {
    same((0..600u32).map(|n| (n, n.to_string())).collect::<HashMap<_, _, BuildHasherDefault<DefaultHasher>>>());
    same((0..600u32).map(|n| n.to_string()).collect::<HashSet<_, BuildHasherDefault<DefaultHasher>>>());
    same((0..300u32).collect::<HashSet<_, BuildHasherDefault<Lazy>>>());
    same((0..300u32).map(|n| (n, ())).collect::<HashMap<_, _, BuildHasherDefault<Lazy>>>());
}

#[test]
fn the_hasher_is_no_part_of_the_shape() {
    let map: HashMap<u8, u8> = (0..9).map(|n| (n, n)).collect();
    let bytes = bytes_of(&map);
    assert_eq!(loads::<HashMap<u8, u8, BuildHasherDefault<Lazy>>>(&bytes).unwrap().len(), 9);
}

#[test]
fn one_map_loads_as_another_and_one_set_as_another() {
    let map: HashMap<String, u8> = (0..99).map(|n| (n.to_string(), n)).collect();
    let tree: BTreeMap<String, u8> = loads(&bytes_of(&map)).unwrap();
    assert!(tree.iter().all(|(key, value)| map[key] == *value) && tree.len() == 99);
    assert_eq!(loads::<HashMap<String, u8>>(&bytes_of(&tree)).unwrap(), map);
    let set: HashSet<char> = ('a'..'t').collect();
    assert_eq!(loads::<BTreeSet<char>>(&bytes_of(&set)).unwrap(), ('a'..'t').collect());
}

#[test]
fn a_tree_is_dumped_in_the_order_of_its_keys() {
    let forward: BTreeMap<u16, u8> = (0..500).map(|n| (n, 0)).collect();
    let backward: BTreeMap<u16, u8> = (0..500).rev().map(|n| (n, 0)).collect();
    assert_eq!(bytes_of(&forward), bytes_of(&backward));
    assert!(round_trip(&forward).keys().copied().eq(0..500));
}

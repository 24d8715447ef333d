//! Maps and sets of other crates.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use dashmap::{DashMap, DashSet};
use indexmap::{IndexMap, IndexSet};
use pickle_core::{ErrorKind, Pickle, Pickler, Unpickler, dumps, loads};
use pickle_tests::{assert_says, patch, round_trip, same};

use crate::{becomes, shown};

fn words(count: u32) -> impl Iterator<Item = (u32, String)> + Clone {
    (0..count).map(|n| (n.wrapping_mul(2_654_435_761), n.to_string()))
}

#[test]
fn maps_are_maps() {
    for count in [0, 1, 254, 255, 2000] {
        let index: IndexMap<u32, String> = words(count).collect();
        let back = round_trip(&index);
        assert!(back.iter().eq(&index), "an order is kept");
        same(words(count).collect::<hashbrown::HashMap<_, _>>());
        same((words(count).collect::<IndexSet<_>>(), words(count).collect::<hashbrown::HashSet<_>>()));

        let std: HashMap<u32, String> = words(count).collect();
        becomes(&index, &std);
        becomes(&std, &index);
        let wider = words(count).map(|(key, word)| (u64::from(key), Some(word)));
        becomes(&index, &wider.collect::<hashbrown::HashMap<_, _>>());
        becomes(&words(count).collect::<hashbrown::HashMap<_, _>>(), &words(count).collect::<BTreeMap<_, _>>());
        becomes(&words(count).collect::<BTreeSet<_>>(), &words(count).collect::<IndexSet<_>>());
        becomes(&words(count).collect::<IndexSet<_>>(), &words(count).collect::<Vec<_>>());
        becomes(&words(count).collect::<hashbrown::HashSet<_>>(), &words(count).collect::<HashSet<_>>());
    }
    assert_eq!(shown(&IndexMap::<_, _>::from([("b", 1u8), ("a", 2)])), r#"{ "b": 1, "a": 2 }"#);
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    let mut twice = dumps(&BTreeMap::from([(5u8, 6u8), (7, 6)])).unwrap();
    patch(&mut twice, &[5, 6, 7, 6], &[5, 6, 5, 6]);
    let error = loads::<IndexMap<u8, u8>>(&twice).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::DuplicateKey, "[key 1]"));
    assert_eq!(loads::<hashbrown::HashMap<u8, u8>>(&twice).unwrap_err().kind(), ErrorKind::DuplicateKey);
    assert_eq!(loads::<DashMap<u8, u8>>(&twice).unwrap_err().kind(), ErrorKind::DuplicateKey);
    let mut twice = dumps(&BTreeSet::from([5u8, 7])).unwrap();
    patch(&mut twice, &[5, 7], &[5, 5]);
    assert_eq!(loads::<IndexSet<u8>>(&twice).unwrap_err().kind(), ErrorKind::DuplicateKey);
    assert_eq!(loads::<DashSet<u8>>(&twice).unwrap_err().kind(), ErrorKind::DuplicateKey);
}

#[test]
fn concurrent_maps_are_cells_of_maps() {
    for count in [0, 1, 300] {
        let std: HashMap<u32, String> = words(count).collect();
        let map: DashMap<u32, String> = words(count).collect();
        assert_eq!(round_trip(&map).into_iter().collect::<HashMap<_, _>>(), std);
        becomes(&map, &std);
        becomes(&RefCell::new(std.clone()), &words(count).collect::<BTreeMap<_, _>>());
        let back: DashMap<u32, String> = loads(&dumps(&std).unwrap()).unwrap();
        assert_eq!(back.into_iter().collect::<HashMap<_, _>>(), std);

        let set: DashSet<String> = words(count).map(|(_, word)| word).collect();
        let words: HashSet<String> = words(count).map(|(_, word)| word).collect();
        assert_eq!(round_trip(&set).into_iter().collect::<HashSet<_>>(), words);
        becomes(&set, &words);
    }
}

#[test]
fn a_map_of_which_a_part_is_locked_is_refused_after_a_while() {
    let map = DashMap::new();
    map.insert(1u8, 1u8);
    let mut pickler = Pickler::new().lock_timeout(Duration::from_millis(20));
    let held = map.get_mut(&1).unwrap();
    let error = pickler.dumps(&[&map]).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Inaccessible, "[0]"));
    assert_says(&error, &["a part of a `DashMap` was not free within 20ms", "Pickler::lock_timeout"]);
    drop(held);
    let _reads = map.get(&1).unwrap();
    assert!(pickler.dumps(&map).is_ok(), "who reads is in nobody's way");
}

#[test]
fn the_parts_of_a_concurrent_map_are_charged() {
    // One byte each in the stream.
    let bytes = dumps(&vec![RefCell::new(HashMap::<u8, u8>::new()); 100_000]).unwrap();
    let error = Unpickler::new().max_memory(20 << 20).loads::<Vec<DashMap<u8, u8>>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
}

#[derive(Pickle)]
struct Room {
    doors: DashMap<String, Arc<Room>>,
    found: DashMap<u8, Arc<std::sync::Mutex<Vec<Arc<Room>>>>>,
}

#[derive(Pickle)]
struct Hall {
    by_name: hashbrown::HashMap<String, RefCell<Option<Rc<Hall>>>>,
    in_order: IndexMap<String, RefCell<Option<Rc<Hall>>>>,
}

#[test]
fn cycles_pass_through_maps() {
    let room = || Arc::new(Room { doors: DashMap::new(), found: DashMap::new() });
    let (first, second) = (room(), room());
    first.doors.insert("there".into(), second.clone());
    second.doors.insert("back".into(), first.clone());
    second.doors.insert("here".into(), second.clone());
    first.found.insert(3, Arc::new(vec![second.clone()].into()));
    let back = round_trip(&first);
    let there = back.doors.get("there").unwrap().clone();
    assert!(Arc::ptr_eq(there.doors.get("back").unwrap().value(), &back));
    assert!(Arc::ptr_eq(there.doors.get("here").unwrap().value(), &there));
    assert!(Arc::ptr_eq(&back.found.get(&3).unwrap().lock().unwrap()[0], &there));
    for room in [first, second, back, there] {
        room.doors.clear();
        room.found.clear();
    }

    let names = ["a", "b", "c", "d"];
    let hall = Rc::new(Hall {
        by_name: names.iter().map(|name| (name.to_string(), RefCell::default())).collect(),
        in_order: names.iter().map(|name| (name.to_string(), RefCell::default())).collect(),
    });
    *hall.by_name["c"].borrow_mut() = Some(hall.clone());
    *hall.in_order["b"].borrow_mut() = Some(hall.clone());
    let back = round_trip(&hall);
    assert!(Rc::ptr_eq(back.by_name["c"].borrow().as_ref().unwrap(), &back));
    assert!(Rc::ptr_eq(back.in_order["b"].borrow().as_ref().unwrap(), &back));
    assert!(back.by_name["b"].borrow().is_none() && back.in_order["c"].borrow().is_none());
    for hall in [hall, back] {
        hall.by_name["c"].take();
        hall.in_order["b"].take();
    }
}

#[test]
fn a_cycle_through_a_concurrent_map_that_fails_leaves_nothing_behind() {
    #[derive(Pickle)]
    #[pickle(name = "Owner")]
    struct Owner {
        rooms: Arc<Node>,
        last: Late,
    }
    #[derive(Pickle)]
    #[pickle(after_load = Self::check)]
    struct Late(u8);
    impl Late {
        fn check(&mut self) -> Result<(), &'static str> {
            if self.0 == 9 { Err("refused at the end") } else { Ok(()) }
        }
    }
    #[derive(Pickle)]
    struct Node {
        links: DashMap<u8, Arc<Node>>,
        seen: Arc<str>,
    }
    let node = Arc::new(Node { links: DashMap::new(), seen: "kept".into() });
    node.links.insert(1, node.clone());
    let bytes = dumps(&Owner { rooms: node.clone(), last: Late(9) }).unwrap();
    node.links.clear();
    assert_eq!(loads::<Owner>(&bytes).err().unwrap().kind(), ErrorKind::Hook);
    assert_eq!(&*node.seen, "kept");
}

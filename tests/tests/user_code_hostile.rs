//! What a load calls of a program may fail, panic, or load on its own, and what it made may panic as it goes: nothing is left
//! behind, and what comes after works as ever.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::panic_in_result_fn, reason = "panics are what is tested")]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, LinkedList, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::{Rc, Weak};
use std::sync::Mutex;

use pickle_core::{
    Error, ErrorKind, Pickle, Pickler, Reduced, UnpickleOwned, Unpickler, Value, dumps, func, function, loads, object,
};
use pickle_tests::{assert_says, bytes_of, patch};

/// What the panics here carry, so that no other is taken for one.
#[derive(Debug, PartialEq)]
struct OnPurpose;

thread_local! {
    static LIVE: Cell<i32> = const { Cell::new(0) };
    static BOMBS: Cell<u32> = const { Cell::new(0) };
}

/// The next part that goes after another one failed panics.
const ARMED_WHERE_IT_FAILS: u32 = u32::MAX;

/// The number whose rebuilder fails, and the one whose rebuilder panics.
const FAILS: u64 = 0xfa11_fa11_fa11_fa11;
const PANICS: u64 = 0xdead_dead_dead_dead;

/// Counts those of its kind that are alive.
#[derive(Pickle, Debug)]
#[pickle(reduce = Self::number, rebuild = Self::rebuild)]
struct Part(u64, Alive);

#[derive(Debug)]
struct Alive;

impl Alive {
    fn new() -> Self {
        LIVE.set(LIVE.get() + 1);
        Alive
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
        if BOMBS.get() == 1 && !std::thread::panicking() {
            BOMBS.set(0);
            panic_any(OnPurpose);
        }
    }
}

impl Part {
    fn new(number: u64) -> Self {
        Part(number, Alive::new())
    }

    fn number(&self) -> u64 {
        self.0
    }

    fn rebuild(number: u64) -> Result<Self, String> {
        match number {
            FAILS => {
                BOMBS.set(if BOMBS.get() == ARMED_WHERE_IT_FAILS && LIVE.get() > 0 { 1 } else { 0 });
                Err("it fails".to_owned())
            }
            PANICS => panic_any(OnPurpose),
            _ => Ok(Part::new(number)),
        }
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl std::hash::Hash for Part {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Runs what panics on purpose.
#[track_caller]
fn panics(work: impl FnOnce()) {
    let caught = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    assert!(caught.is::<OnPurpose>(), "it panics in another way");
}

/// A stream in which the number of the part `0x1234_5678_9abc_def0` is another.
fn with_number(bytes: &[u8], number: u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    patch(&mut bytes, &LAST.to_le_bytes(), &number.to_le_bytes());
    bytes
}

const LAST: u64 = 0x1234_5678_9abc_def0;

/// Loads a value whose part `LAST` can't be built, in each way in which it can't.
#[track_caller]
fn check<T: Pickle + UnpickleOwned>(what: &str, value: T) {
    let bytes = bytes_of(&value);
    drop(value);
    assert_eq!(LIVE.get(), 0, "{what}: the test leaves parts alive");
    let error = loads::<T>(&with_number(&bytes, FAILS)).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Hook, "{what}: {error}");
    assert_eq!(LIVE.get(), 0, "{what}: parts are left behind where one fails");
    let panicking = with_number(&bytes, PANICS);
    panics(|| drop(loads::<T>(&panicking)));
    assert_eq!(LIVE.get(), 0, "{what}: parts are left behind where one panics");
    panics(|| drop(pickle_core::load::<T, _>(&panicking[..])));
    assert_eq!(LIVE.get(), 0, "{what}: parts are left behind where one panics, from a reader");

    // The first part that a failed load lets go of panics, where there is one.
    BOMBS.set(ARMED_WHERE_IT_FAILS);
    let failed = catch_unwind(AssertUnwindSafe(|| loads::<T>(&with_number(&bytes, FAILS)).is_err()));
    assert!(failed.as_ref().is_ok_and(|failed| *failed) || failed.is_err_and(|panic| panic.is::<OnPurpose>()));
    assert_eq!((LIVE.get(), BOMBS.get()), (0, 0), "{what}: parts are left behind where one panics as it goes");

    let back = loads::<T>(&bytes).unwrap();
    assert!(bytes_of(&back) == bytes, "{what}: what comes after a panic differs");
    drop(back);
    assert_eq!(LIVE.get(), 0, "{what}: the test leaves parts alive");
}

fn parts() -> Vec<Part> {
    [1, 2, LAST, 4].map(Part::new).into()
}

#[test]
fn in_sequences() {
    check("Vec", parts());
    check("VecDeque", VecDeque::from(parts()));
    check("LinkedList", parts().into_iter().collect::<LinkedList<_>>());
    check("boxed slice", parts().into_boxed_slice());
    check("array", [Part::new(1), Part::new(LAST), Part::new(3)]);
    check("tuple", (Part::new(1), "text".to_owned(), Part::new(LAST), Part::new(3)));
    check("Vec of boxes", parts().into_iter().map(Box::new).collect::<Vec<_>>());
    check("Options", parts().into_iter().map(Some).collect::<Vec<_>>());
    check("cells", parts().into_iter().map(|part| Mutex::new(RefCell::new(part))).collect::<Vec<_>>());
}

#[test]
fn in_maps_sets_and_heaps() {
    check("values of a BTreeMap", parts().into_iter().enumerate().collect::<BTreeMap<_, _>>());
    check("keys of a BTreeMap", parts().into_iter().map(|part| (part, 1u8)).collect::<BTreeMap<_, _>>());
    check("BTreeSet", parts().into_iter().collect::<BTreeSet<_>>());
    check("BinaryHeap", BinaryHeap::from(parts()));
    // One entry: a map with its own seed would give others in another order.
    check("value of a HashMap", (Part::new(1), HashMap::from([(1u8, (Part::new(2), Part::new(LAST)))])));
    check("key of a HashMap", (Part::new(1), HashMap::from([(Part::new(LAST), Part::new(2))])));
}

#[derive(Pickle)]
struct Fields {
    first: Part,
    second: Option<Box<Fields>>,
    kind: Kind,
}

#[derive(Pickle)]
enum Kind {
    None,
    Two(Part, Part),
}

#[object]
trait Thing {}

#[object]
impl Thing for Fields {}

#[derive(Pickle)]
#[pickle(reduce = Self::reduced)]
struct Chosen(Vec<Part>);

#[function]
fn build_chosen(parts: Vec<Part>) -> Result<Chosen, String> {
    Ok(Chosen(parts))
}

impl Chosen {
    fn reduced(&self) -> Reduced<Chosen> {
        Reduced::new(func!(build_chosen), self.0.iter().map(|part| Part::new(part.0)).collect::<Vec<_>>())
    }
}

#[test]
fn in_types_of_a_program() {
    let fields = |last| Fields {
        first: Part::new(1),
        second: Some(Box::new(Fields { first: Part::new(2), second: None, kind: Kind::None })),
        kind: Kind::Two(Part::new(3), Part::new(last)),
    };
    check("struct", fields(LAST));
    check("trait objects", vec![Box::new(fields(4)) as Box<dyn Thing>, Box::new(fields(LAST))]);
    check("what chose its rebuilder", Chosen(parts()));
}

/// Holds itself through cells of each kind, and parts.
#[derive(Pickle)]
struct Node {
    part: Part,
    next: RefCell<Option<Rc<Node>>>,
    by_name: HashMap<u8, RefCell<Option<Rc<Node>>>>,
    lock: Mutex<Vec<Rc<Node>>>,
}

impl Node {
    fn new(number: u64) -> Rc<Node> {
        let by_name = HashMap::from([(1, RefCell::default())]);
        Rc::new(Node { part: Part::new(number), next: RefCell::default(), by_name, lock: Mutex::default() })
    }
}

/// A ring that lets go of itself.
#[derive(Pickle)]
struct Ring {
    nodes: Vec<Rc<Node>>,
    /// Built when the ring is closed.
    after: Vec<Rc<Part>>,
}

impl Ring {
    fn new(numbers: [u64; 3], after: u64) -> Ring {
        let nodes: Vec<_> = numbers.into_iter().map(Node::new).collect();
        for (node, next) in nodes.iter().zip(nodes.iter().skip(1).chain(nodes.first())) {
            *node.next.borrow_mut() = Some(next.clone());
            *node.by_name[&1].borrow_mut() = Some(node.clone());
            node.lock.lock().unwrap().push(next.clone());
        }
        Ring { nodes, after: vec![Rc::new(Part::new(7)), Rc::new(Part::new(after))] }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        for node in &self.nodes {
            node.next.take();
            node.by_name[&1].take();
            drop(node.lock.lock().map(|mut held| std::mem::take(&mut *held)));
        }
    }
}

#[derive(Pickle)]
struct Owner {
    part: Option<Part>,
    children: Vec<Rc<Child>>,
}

#[derive(Pickle)]
struct Child {
    part: Part,
    owner: Weak<Owner>,
}

#[test]
fn in_graphs() {
    check("Rcs", parts().into_iter().map(Rc::new).collect::<Vec<_>>());
    check("a slice behind an Rc", Rc::<[Part]>::from(parts()));
    check("trait objects behind Rcs", {
        let fields = |last| Fields { first: Part::new(last), second: None, kind: Kind::None };
        vec![Rc::new(fields(1)) as Rc<dyn Thing>, Rc::new(fields(LAST))]
    });
    check("before a ring is closed", Ring::new([1, 2, LAST], 3));
    check("after a ring was closed", Ring::new([1, 2, 3], LAST));
    let owner = |owner, children: [u64; 2]| {
        Rc::new_cyclic(|weak| Owner {
            children: children.map(|number| Rc::new(Child { part: Part::new(number), owner: weak.clone() })).into(),
            part: Some(Part::new(owner)),
        })
    };
    check("within an open object", owner(1, [2, LAST]));
    check("an open object's own value", owner(LAST, [1, 2]));
}

#[derive(Pickle, Default)]
struct Hub {
    by_name: HashMap<u8, RefCell<Option<Spoke>>>,
}

#[derive(Pickle)]
struct Spoke {
    part: Part,
    hub: Option<Rc<Hub>>,
}

#[test]
fn in_the_entries_of_a_map() {
    let hub = Rc::new(Hub { by_name: (0..9).map(|name| (name, RefCell::default())).collect() });
    for (name, cell) in &hub.by_name {
        // Only some of the cells wait.
        let hub = (name % 2 == 0).then(|| hub.clone());
        *cell.borrow_mut() = Some(Spoke { part: Part::new(u64::from(*name)), hub });
    }
    let bytes = bytes_of(&(hub.clone(), Rc::new(Part::new(LAST))));
    hub.by_name.values().for_each(|cell| drop(cell.take()));
    drop(hub);
    // Each map that is loaded has an order of its own.
    for _ in 0..10 {
        assert_eq!(LIVE.get(), 0);
        BOMBS.set(ARMED_WHERE_IT_FAILS);
        panics(|| drop(loads::<(Rc<Hub>, Rc<Part>)>(&with_number(&bytes, FAILS))));
        assert_eq!((LIVE.get(), BOMBS.get()), (0, 0), "parts are left behind where one panics as it goes");
    }
}

/// Must be done before it goes; a vacant one is not.
#[derive(Pickle)]
struct Transaction {
    done: bool,
    within: Option<Rc<Account>>,
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.done && !std::thread::panicking() {
            panic_any(OnPurpose);
        }
    }
}

#[derive(Pickle)]
struct Account {
    part: Part,
    transactions: Vec<RefCell<Transaction>>,
}

#[test]
fn what_panics_each_time_it_goes() {
    let transaction = || RefCell::new(Transaction { done: true, within: None });
    let account = Rc::new(Account { part: Part::new(1), transactions: [(); 3].map(|()| transaction()).into() });
    for transaction in &account.transactions {
        transaction.borrow_mut().within = Some(account.clone());
    }
    let bytes = bytes_of(&account);
    account.transactions.iter().for_each(|transaction| drop(transaction.borrow_mut().within.take()));
    drop(account);
    panics(|| drop(loads::<Rc<Account>>(&bytes)));
    assert_eq!(LIVE.get(), 0, "what holds them is left behind");
}

#[test]
fn a_pickler_can_be_used_after_a_panic() {
    #[derive(Pickle)]
    #[pickle(before_dump = Self::ready)]
    struct Mine {
        shared: Vec<Rc<Part>>,
        number: u8,
    }
    impl Mine {
        fn ready(&self) -> Result<(), String> {
            if self.number == 13 { panic_any(OnPurpose) } else { Ok(()) }
        }
    }
    let shared = Rc::new(RefCell::new(1u8));
    let mine = |number| ([shared.clone(), shared.clone()], Box::new(Mine { shared: vec![], number }), 300u32);
    for first in [false, true] {
        let mut pickler = Pickler::new().checksum(true);
        if first {
            pickler.dumps(&mine(1)).unwrap();
            pickler.dumps(&mine(1)).unwrap();
        }
        panics(|| drop(pickler.dumps(&mine(13))));
        let fresh = |number| Pickler::new().checksum(true).dumps(&mine(number)).unwrap();
        assert!(pickler.dumps(&1u8).unwrap() == Pickler::new().checksum(true).dumps(&1u8).unwrap());
        panics(|| drop(pickler.dumps(&mine(13))));
        assert!(pickler.dumps(&mine(2)).unwrap() == fresh(2));
        let mut written = Vec::new();
        panics(|| drop(pickler.dump(&mine(13), &mut written)));
        written.clear();
        pickler.dump(&mine(3), &mut written).unwrap();
        assert!(written == fresh(3));
        panics(|| drop(pickler.dump_into(&mine(13), &mut written)));
        pickler.dump_into(&"text", &mut written).unwrap();
        assert!(written == Pickler::new().checksum(true).dumps("text").unwrap());
    }
}

/// A stream within a stream: its rebuilder loads on its own.
#[derive(Pickle, Debug)]
#[pickle(reduce = Self::bytes, rebuild = Self::unwrap_inner)]
struct Nested(Vec<u8>, Option<Box<Nested>>);

impl Nested {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn unwrap_inner(bytes: Vec<u8>) -> Result<Nested, Error> {
        let inner = if bytes.is_empty() { None } else { Some(Box::new(loads(&bytes)?)) };
        Ok(Nested(bytes, inner))
    }
}

#[test]
fn a_rebuilder_may_load_on_its_own() {
    let within = |levels: usize, innermost: Vec<u8>| {
        (0..levels).fold(bytes_of(&Nested(innermost, None)), |bytes, _| bytes_of(&Nested(bytes, None)))
    };
    let mut at = Some(Box::new(loads::<Nested>(&within(20, vec![])).unwrap()));
    let mut levels = 0;
    while let Some(nested) = at {
        (at, levels) = (nested.1, levels + 1);
    }
    assert_eq!(levels, 21);
    // What fails within stays what it is, and the limits outside are not those inside.
    let error = loads::<Nested>(&within(20, b"no stream".to_vec())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAStream);
    let large = bytes_of(&vec![Box::new(1u64); 10_000]);
    let error = loads::<Nested>(&within(3, large.clone())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongType);
    let all = within(3, vec![]);
    let error = Unpickler::new().max_memory(all.len() / 2).loads::<Nested>(&all).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_says(&error, &["max_memory"]);

    // As a key, behind a pointer and in a cycle's neighbour: the objects of the inner load are its own.
    let ring = || Ring::new([1, 2, 3], 4);
    #[derive(Pickle)]
    #[pickle(reduce = Self::bytes, rebuild = Self::of)]
    struct RingWithin(Vec<u8>);
    impl RingWithin {
        fn bytes(&self) -> &[u8] {
            &self.0
        }
        fn of(bytes: Vec<u8>) -> Result<RingWithin, Error> {
            let ring: Ring = loads(&bytes)?;
            let after = ring.nodes.iter().map(|node| node.part.0).sum::<u64>() + ring.after[1].0;
            assert_eq!(after, 10);
            loads::<Value>(&bytes)?;
            Ok(RingWithin(bytes))
        }
    }
    let both = (Rc::new(RingWithin(bytes_of(&ring()))), ring());
    let back: (Rc<RingWithin>, Ring) = loads(&bytes_of(&both)).unwrap();
    assert!(
        back.0.0 == both.0.0 && Rc::ptr_eq(&back.1.nodes[0].by_name[&1].borrow().clone().unwrap(), &back.1.nodes[0])
    );
}

#[test]
fn keys_that_panic() {
    #[derive(Pickle, PartialEq, Eq)]
    struct Hashed(Part);
    impl std::hash::Hash for Hashed {
        fn hash<H: std::hash::Hasher>(&self, _: &mut H) {
            if self.0.0 == PANICS - 1 {
                panic_any(OnPurpose);
            }
        }
    }
    let bytes = bytes_of(&(Part::new(1), HashMap::from([(Hashed(Part::new(LAST)), Part::new(2))])));
    let bytes = with_number(&bytes, PANICS - 1);
    panics(|| drop(loads::<(Part, HashMap<Hashed, Part>)>(&bytes)));
    assert_eq!(LIVE.get(), 0);

    #[derive(Pickle, PartialEq, Eq)]
    struct Ordered(Part);
    impl PartialOrd for Ordered {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Ordered {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            if self.0.0 == PANICS - 1 || other.0.0 == PANICS - 1 {
                panic_any(OnPurpose);
            }
            self.0.0.cmp(&other.0.0)
        }
    }
    let keys = |last| [1, 2, last].map(|number| Ordered(Part::new(number))).into_iter();
    let set = bytes_of(&keys(LAST).collect::<BTreeSet<_>>());
    let heap = bytes_of(&BinaryHeap::from_iter(keys(LAST)));
    for bytes in [set, heap] {
        let bytes = with_number(&bytes, PANICS - 1);
        if let Ok(back) = catch_unwind(|| loads::<BTreeSet<Ordered>>(&bytes)) {
            assert!(back.is_err(), "a heap is no set");
            panics(|| drop(loads::<BinaryHeap<Ordered>>(&bytes)));
        }
        assert_eq!(LIVE.get(), 0);
    }
}

#[test]
fn the_question_whether_a_name_is_allowed_may_panic() {
    let things: Vec<Box<dyn Thing>> = vec![Box::new(Fields { first: Part::new(1), second: None, kind: Kind::None })];
    let bytes = dumps(&things).unwrap();
    drop(things);
    panics(|| {
        drop(Unpickler::new().allow(|_| panic_any(OnPurpose)).loads::<Vec<Box<dyn Thing>>>(&bytes));
    });
    assert_eq!(LIVE.get(), 0);
    assert_eq!(loads::<Vec<Box<dyn Thing>>>(&bytes).unwrap().len(), 1);
}

//! Graphs that could not be restored are refused when they are dumped, with the way to the cause and the remedy.

#![expect(clippy::mutable_key_type, reason = "a key that leads back to its map is what is refused here")]

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pickle_core::{ErrorKind, Pickle, Pickler, Reduced, dumps, func, function, loads};

#[derive(Pickle, PartialEq, Eq, Hash, Debug)]
struct Key {
    name: String,
    owner: Link,
}

/// Equal whatever it points to, so that a key may hold it.
#[derive(Pickle, Debug, Default)]
struct Link(RefCell<Option<Rc<Table>>>);

impl PartialEq for Link {
    fn eq(&self, _: &Link) -> bool {
        true
    }
}

impl Eq for Link {}

impl std::hash::Hash for Link {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

#[derive(Pickle, Debug, Default)]
struct Table {
    entries: HashMap<Key, u8>,
}

#[test]
fn a_cycle_through_a_map_key() {
    let key = Key { name: "k".into(), owner: Link::default() };
    let table = Rc::new(Table { entries: HashMap::from([(key, 1)]) });
    if let Some((key, _)) = table.entries.iter().next() {
        *key.owner.0.borrow_mut() = Some(table.clone());
    }
    let error = dumps(&("root", table.clone())).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Cycle, "1.entries[key 0].owner.0"));
    assert!(error.to_string().contains("keep that reference out of it"), "{error}");
    table.entries.keys().for_each(|key| drop(key.owner.0.take()));
}

#[derive(Pickle, Default)]
struct Index {
    texts: Vec<Rc<String>>,
    entries: BTreeSet<Entry>,
    more: Vec<Rc<String>>,
    back: RefCell<Option<Rc<Index>>>,
}

/// Any is like any other: only that it is looked at matters here.
#[derive(Pickle)]
struct Entry(Rc<Index>);

impl PartialEq for Entry {
    fn eq(&self, _: &Entry) -> bool {
        true
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, _: &Entry) -> Ordering {
        Ordering::Equal
    }
}

#[test]
fn a_cycle_through_what_a_key_refers_to_wherever_the_map_stands() {
    let texts = |count: usize| (0..count).map(|_| Rc::new("text".to_owned())).collect();
    for (before, after) in [(0, 0), (0, 2), (2, 0), (1, 1)] {
        // The key's object leads back: at once, or by one more.
        for is_far in [false, true] {
            let inner = Rc::new(Index::default());
            let entries = BTreeSet::from([Entry(inner.clone())]);
            let outer = Rc::new(Index { texts: texts(before), entries, more: texts(after), ..Index::default() });
            let far = Rc::new(Index::default());
            *far.back.borrow_mut() = Some(outer.clone());
            *inner.back.borrow_mut() = Some(if is_far { far.clone() } else { outer.clone() });
            let error = dumps(&outer).unwrap_err();
            let what = format!("{before} before, {after} after, {is_far}: {error}");
            assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Cycle, "entries[key 0].0"), "{what}");
            inner.back.take();
            // The same without the way back.
            assert_eq!(loads::<Rc<Index>>(&dumps(&outer).unwrap()).unwrap().entries.len(), 1, "{what}");
            far.back.take();
        }
    }
}

#[derive(Pickle)]
enum Never {
    Always(Rc<RefCell<Never>>, RefCell<Option<u8>>),
    External(#[pickle(with = texts)] u8),
}

mod texts {
    pub(super) fn dump(number: &u8) -> String {
        number.to_string()
    }
    pub(super) fn load(text: String) -> Result<u8, std::num::ParseIntError> {
        text.parse()
    }
}

#[test]
fn a_cycle_whose_cells_can_t_be_vacant() {
    let cell = Rc::new(RefCell::new(Never::External(1)));
    let other = Rc::new(RefCell::new(Never::Always(cell.clone(), RefCell::default())));
    *cell.borrow_mut() = Never::Always(other, RefCell::default());
    let error = dumps(std::slice::from_ref(&cell)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle);
    assert!(error.path().starts_with("[0].0"), "{error}");
    // Others can be vacant, but lie where that does not help.
    assert!(error.to_string().contains("there is none of `Never` to put in a cell"), "{error}");
    assert!(error.to_string().contains("#[pickle(vacant)]"), "{error}");
    *cell.borrow_mut() = Never::External(2);
}

#[derive(Pickle, Debug)]
enum State {
    Busy(Rc<RefCell<State>>, u8),
    #[pickle(vacant)]
    Idle(Noisy),
    Off,
}

thread_local! {
    static MADE: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

#[derive(Pickle, Debug)]
struct Noisy {
    #[pickle(skip = note("idle"))]
    made: (),
}

fn note(what: &'static str) {
    MADE.with_borrow_mut(|made| made.push(what));
}

#[test]
fn the_marked_variant_is_the_vacant_one() {
    let state = Rc::new(RefCell::new(State::Off));
    *state.borrow_mut() = State::Busy(state.clone(), 3);
    MADE.with_borrow_mut(Vec::clear);
    let back: Rc<RefCell<State>> = loads(&dumps(&state).unwrap()).unwrap();
    assert!(MADE.with_borrow(|made| made.contains(&"idle")));
    match &*back.borrow() {
        State::Busy(again, 3) => assert!(Rc::ptr_eq(again, &back)),
        State::Idle(Noisy { made: () }) => panic!("it is vacant"),
        other => panic!("{other:?}"),
    }
    for state in [state, back] {
        state.replace(State::Off);
    }
}

#[derive(Pickle, Default)]
struct Folder {
    files: RefCell<Vec<Rc<Folder>>>,
    lock: Option<Arc<Mutex<u8>>>,
}

#[test]
fn a_held_cell_is_found_through_shared_objects() {
    let inner = Rc::new(Folder::default());
    let outer = Rc::new(Folder { files: RefCell::new(vec![Rc::default(), inner.clone()]), lock: None });
    let held = inner.files.borrow_mut();
    let error = dumps(&("root", Some(outer.clone()))).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Inaccessible, "1.files[1].files"));
    // Each on the way is written again, whichever of its class it is.
    let lock = Some(Arc::new(Mutex::new(1)));
    let top = Rc::new(Folder { files: RefCell::new(vec![Rc::default(), Rc::default(), outer]), lock });
    let error = dumps(&("root", Some(top))).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Inaccessible, "1.files[2].files[1].files"));
    drop(held);
}

#[test]
fn a_lock_that_is_held_or_poisoned() {
    let lock = Arc::new(Mutex::new(1));
    let folder = Rc::new(Folder { files: RefCell::default(), lock: Some(lock.clone()) });
    let held = lock.lock().unwrap();
    let error = Pickler::new().lock_timeout(Duration::ZERO).dumps(&folder).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Inaccessible, "lock"));
    drop(held);
    let again = lock.clone();
    let _ = std::thread::spawn(move || {
        let _held = again.lock();
        panic!("poisons the lock");
    })
    .join();
    assert_eq!(dumps(&folder).unwrap_err().kind(), ErrorKind::Inaccessible);
}

#[derive(Pickle)]
#[pickle(after_load = Self::check)]
struct Checked {
    friend: RefCell<Option<Rc<Checked>>>,
}

impl Checked {
    fn check(&mut self) -> Result<(), String> {
        Ok(())
    }
}

#[derive(Pickle)]
#[pickle(reduce = Self::parts, rebuild = Self::from_parts)]
struct Rebuilt {
    friend: RefCell<Option<Rc<Rebuilt>>>,
}

impl Rebuilt {
    fn parts(&self) -> Option<Rc<Rebuilt>> {
        self.friend.borrow().clone()
    }
    fn from_parts(friend: Option<Rc<Rebuilt>>) -> Result<Rebuilt, String> {
        Ok(Rebuilt { friend: RefCell::new(friend) })
    }
}

#[derive(Pickle)]
#[pickle(reduce = Self::chosen)]
struct Chosen {
    friend: RefCell<Option<Rc<Chosen>>>,
}

impl Chosen {
    fn chosen(&self) -> Reduced<Chosen> {
        Reduced::new(func!(choose), self.friend.borrow().clone())
    }
}

#[function]
fn choose(friend: Option<Rc<Chosen>>) -> Result<Chosen, String> {
    Ok(Chosen { friend: RefCell::new(friend) })
}

#[test]
fn what_user_code_looks_at_is_not_of_its_own_cycle() {
    macro_rules! refused {
        ($type:ident) => {
            let value = Rc::new($type { friend: RefCell::default() });
            *value.friend.borrow_mut() = Some(Rc::new($type { friend: RefCell::new(Some(value.clone())) }));
            let error = dumps(&value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cycle, "{error}");
            value.friend.take();
            let _: Rc<$type> = loads(&dumps(&value).unwrap()).unwrap();
        };
    }
    refused!(Checked);
    refused!(Rebuilt);
    refused!(Chosen);
}

/// Has no vacant value, and a child that points back to it plainly.
#[derive(Pickle)]
struct Parent {
    #[pickle(with = texts)]
    name: u8,
    child: Rc<Plain>,
}

#[derive(Pickle)]
struct Plain {
    parent: Weak<Parent>,
}

#[test]
fn a_plain_weak_to_what_has_no_vacant_value() {
    let parent = Rc::new_cyclic(|parent| Parent { name: 1, child: Rc::new(Plain { parent: parent.clone() }) });
    assert!(parent.child.parent.ptr_eq(&Rc::downgrade(&parent)) && parent.name == 1);
    let error = dumps(&(1u8, parent)).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Cycle, "1"), "{error}");
    assert!(error.to_string().contains("RefCell<Weak<T>>"), "{error}");
}

#[derive(Pickle)]
struct Chain {
    owner: Weak<Chain>,
    next: Option<Rc<Chain>>,
}

fn chain(length: usize, owner: Weak<Chain>) -> Rc<Chain> {
    Rc::new_cyclic(|me| Chain { owner, next: (length > 1).then(|| chain(length - 1, me.clone())) })
}

#[test]
fn plain_weaks_count_toward_the_depth() {
    let back: Rc<Chain> = loads(&dumps(&chain(200, Weak::new())).unwrap()).unwrap();
    let mut at = back;
    let mut length = 1;
    while let Some(next) = at.next.clone() {
        assert!(Rc::ptr_eq(&next.owner.upgrade().unwrap(), &at));
        at = next;
        length += 1;
    }
    assert_eq!(length, 200);
    let long = chain(300, Weak::new());
    let error = dumps(&long).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("max_depth"), "{error}");
    let bytes = Pickler::new().max_depth(400).dumps(&long).unwrap();
    assert_eq!(loads::<Rc<Chain>>(&bytes).map(drop).unwrap_err().kind(), ErrorKind::Limit);
    assert!(pickle_core::Unpickler::new().max_depth(400).loads::<Rc<Chain>>(&bytes).is_ok());
}

#[test]
fn one_allocation_as_an_array_and_as_a_slice() {
    let array = Rc::new([1u8, 2, 3]);
    let slice: Rc<[u8]> = array.clone();
    let error = dumps(&(array, slice)).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unrepresentable, "1"));
}

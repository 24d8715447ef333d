//! Cycles come back, through every cell and every container that can close one.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::{self, Arc, Mutex, OnceLock, RwLock};
use std::thread;

use pickle_core::{Pickle, UnpickleOwned, dumps, loads, object};

fn round_trip<T: Pickle + UnpickleOwned>(value: &T) -> T {
    loads(&dumps(value).expect("it dumps")).expect("it loads")
}

/// A type whose one cell holds `content`, which may lead back to it.
macro_rules! closes {
    ($test:ident, $name:ident, $content:ty, |$own:ident| $close:expr, |$back:ident| $again:expr) => {
        #[derive(Pickle, Default)]
        struct $name {
            before: String,
            content: $content,
            after: Vec<u8>,
        }

        #[test]
        fn $test() {
            let $own = Rc::new($name { before: "b".into(), after: vec![7; 3], ..$name::default() });
            $close;
            // What leads back is taken out of both, so that neither outlives the test.
            for $back in [round_trip(&$own), $own] {
                let again: Rc<$name> = $again;
                assert!(Rc::ptr_eq(&again, &$back));
                assert_eq!((again.before.as_str(), again.after.as_slice()), ("b", [7u8, 7, 7].as_slice()));
            }
        }
    };
}

closes!(
    in_a_cell_itself,
    InCell,
    RefCell<Option<Rc<InCell>>>,
    |own| *own.content.borrow_mut() = Some(own.clone()),
    |back| back.content.take().unwrap()
);
type NeverNone = (Rc<String>, Rc<str>, Arc<[u8]>, Option<Rc<Beside>>);
closes!(
    in_a_cell_beside_pointers_that_are_never_none,
    Beside,
    RefCell<NeverNone>,
    |own| *own.content.borrow_mut() = (Rc::new("s".into()), "t".into(), [5].into(), Some(own.clone())),
    |back| {
        let (sized, text, slice, own) = back.content.take();
        assert_eq!((sized.as_str(), &*text, &*slice), ("s", "t", &[5][..]));
        own.unwrap()
    }
);
closes!(
    in_a_cell_set_once,
    InOnce,
    OnceCell<Weak<InOnce>>,
    |own| own.content.set(Rc::downgrade(&own)).unwrap(),
    |back| back.content.get().unwrap().upgrade().unwrap()
);
closes!(
    in_a_lock,
    InLock,
    RwLock<Vec<Weak<InLock>>>,
    |own| own.content.write().unwrap().push(Rc::downgrade(&own)),
    |back| back.content.read().unwrap()[0].upgrade().unwrap()
);
closes!(
    in_a_lock_set_once,
    InOnceLock,
    (u8, OnceLock<Weak<InOnceLock>>),
    |own| own.content.1.set(Rc::downgrade(&own)).unwrap(),
    |back| back.content.1.get().unwrap().upgrade().unwrap()
);
closes!(
    in_the_values_of_a_map_in_a_cell,
    InMap,
    RefCell<HashMap<String, Rc<InMap>>>,
    |own| drop(own.content.borrow_mut().insert("me".into(), own.clone())),
    |back| back.content.borrow_mut().remove("me").unwrap()
);
closes!(
    in_cells_within_a_cell,
    InCells,
    RefCell<Vec<RefCell<Option<Rc<InCells>>>>>,
    |own| own.content.borrow_mut().push(RefCell::new(Some(own.clone()))),
    |back| back.content.borrow()[0].take().unwrap()
);

#[derive(Pickle)]
struct Holder {
    number: u32,
    elements: Vec<RefCell<Option<Rc<Holder>>>>,
    queue: VecDeque<Box<RefCell<Weak<Holder>>>>,
    list: LinkedList<RefCell<Weak<Holder>>>,
    option: Option<Box<RefCell<Weak<Holder>>>>,
    result: Result<u8, String>,
    choice: Choice,
}

#[derive(Pickle)]
enum Choice {
    Nothing,
    One(RefCell<Option<Rc<Holder>>>),
    Two { first: u8, second: RefCell<Weak<Holder>> },
}

#[test]
fn in_elements_boxes_and_variants_at_once() {
    for two in [false, true] {
        let empty = || RefCell::new(Weak::new());
        let choice = if two { Choice::Two { first: 9, second: empty() } } else { Choice::One(RefCell::default()) };
        let own = Rc::new(Holder {
            number: 5,
            elements: vec![RefCell::default(), RefCell::default()],
            queue: [Box::new(empty())].into(),
            list: [empty(), empty()].into(),
            option: Some(Box::new(empty())),
            result: Err("e".into()),
            choice,
        });
        let weak = Rc::downgrade(&own);
        let other = Rc::new(Holder {
            number: 6,
            elements: vec![RefCell::new(Some(own.clone()))],
            queue: VecDeque::new(),
            list: LinkedList::new(),
            option: None,
            result: Ok(1),
            choice: Choice::Nothing,
        });
        *own.elements[1].borrow_mut() = Some(other.clone());
        *own.queue[0].borrow_mut() = weak.clone();
        *own.list.back().unwrap().borrow_mut() = Rc::downgrade(&other);
        *own.option.as_ref().unwrap().borrow_mut() = weak.clone();
        match &own.choice {
            Choice::One(cell) => *cell.borrow_mut() = Some(own.clone()),
            Choice::Two { second, .. } => *second.borrow_mut() = weak,
            Choice::Nothing => {}
        }
        let back = round_trip(&own);
        let is_back = |weak: &RefCell<Weak<Holder>>| Rc::ptr_eq(&weak.borrow().upgrade().unwrap(), &back);
        let other = back.elements[1].take().unwrap();
        assert!(Rc::ptr_eq(&other.elements[0].take().unwrap(), &back));
        assert!(is_back(&back.queue[0]) && is_back(back.option.as_ref().unwrap()));
        assert!(Rc::ptr_eq(&back.list.back().unwrap().borrow().upgrade().unwrap(), &other));
        match &back.choice {
            Choice::One(cell) => assert!(Rc::ptr_eq(&cell.take().unwrap(), &back)),
            Choice::Two { first: 9, second } => assert!(is_back(second)),
            _ => panic!("another variant"),
        }
        assert_eq!((back.number, other.number, &back.result), (5, 6, &Err("e".to_owned())));
        own.elements[1].take();
        if let Choice::One(cell) = &own.choice {
            cell.take();
        }
    }
}

#[derive(Pickle, Default)]
struct Hashed {
    name: String,
    links: HashMap<String, RefCell<Option<Rc<Hashed>>>>,
}

/// The same shape, in another map.
mod ordered {
    use super::{BTreeMap, Pickle, Rc, RefCell};

    #[derive(Pickle)]
    pub(super) struct Hashed {
        pub(super) name: String,
        pub(super) links: BTreeMap<String, RefCell<Option<Rc<Hashed>>>>,
    }
}

#[derive(Pickle)]
struct Hand {
    fingers: RefCell<Option<Rc<[Finger]>>>,
    letters: RefCell<Rc<str>>,
    once: OnceLock<Arc<[u8]>>,
    others: RefCell<Weak<[Finger]>>,
}

#[derive(Pickle)]
struct Finger {
    hand: RefCell<Option<Rc<Hand>>>,
    next: RefCell<Rc<[Finger]>>,
}

/// Slices close cycles too, and stand vacant as empty ones.
#[test]
fn through_slices() {
    let finger = || Finger { hand: RefCell::default(), next: RefCell::new(Rc::new([])) };
    let fingers: Rc<[Finger]> = [finger(), finger()].into();
    let hand = Rc::new(Hand {
        fingers: RefCell::new(Some(fingers.clone())),
        letters: RefCell::new("letters".into()),
        once: OnceLock::from(Arc::from([1u8, 2])),
        others: RefCell::new(Rc::downgrade(&fingers)),
    });
    for finger in &*fingers {
        *finger.hand.borrow_mut() = Some(hand.clone());
        *finger.next.borrow_mut() = fingers.clone();
    }
    let bytes = dumps(&hand).unwrap();
    let back: Rc<Hand> = loads(&bytes).unwrap();
    let again = back.fingers.borrow().clone().unwrap();
    assert!(again.iter().all(|finger| Rc::ptr_eq(finger.hand.borrow().as_ref().unwrap(), &back)));
    assert!(again.iter().all(|finger| Rc::ptr_eq(&finger.next.borrow(), &again)));
    assert!(back.others.borrow().ptr_eq(&Rc::downgrade(&again)));
    assert_eq!((&**back.letters.borrow(), &back.once.get().unwrap()[..]), ("letters", &[1, 2][..]));
    assert!(loads::<Rc<Hand>>(&bytes[..bytes.len() - 1]).is_err());
    for fingers in [fingers, again] {
        for finger in &*fingers {
            finger.hand.take();
            *finger.next.borrow_mut() = Rc::new([]);
        }
    }
}

#[test]
fn a_map_of_cells_loads_as_another_map() {
    let links = (0..50).map(|i| (format!("link {i}"), RefCell::default())).collect();
    let hub = Rc::new(Hashed { name: "hub".into(), links });
    for (key, cell) in &hub.links {
        let leaf = Rc::new(Hashed { name: key.clone(), ..Hashed::default() });
        *cell.borrow_mut() = Some(if key.ends_with('7') { hub.clone() } else { leaf });
    }
    let back: Rc<ordered::Hashed> = loads(&dumps(&hub).unwrap()).unwrap();
    for (key, cell) in &back.links {
        let link = cell.take().unwrap();
        assert_eq!(link.name, if key.ends_with('7') { "hub" } else { key.as_str() });
    }
    hub.links.values().for_each(|cell| drop(cell.take()));
}

#[derive(Pickle)]
struct Parent {
    name: String,
    children: Vec<Rc<Child>>,
}

#[derive(Pickle)]
struct Child {
    parent: Weak<Parent>,
    siblings: RefCell<Vec<Weak<Child>>>,
}

#[test]
fn plain_weaks_across_two_types_to_thousands_of_parents() {
    const PARENTS: usize = if cfg!(miri) { 20 } else { 3000 };
    let family = |i: usize| {
        Rc::new_cyclic(|parent| Parent {
            name: format!("p{i}"),
            children: (0..3).map(|_| Rc::new(Child { parent: parent.clone(), siblings: RefCell::default() })).collect(),
        })
    };
    let families: Vec<Rc<Parent>> = (0..PARENTS).map(family).collect();
    for parent in &families {
        for child in &parent.children {
            child.siblings.borrow_mut().extend(parent.children.iter().map(Rc::downgrade));
        }
    }
    for (i, parent) in round_trip(&families).iter().enumerate() {
        assert_eq!(parent.name, format!("p{i}"));
        for child in &parent.children {
            assert!(Rc::ptr_eq(&child.parent.upgrade().unwrap(), parent));
            assert!(Rc::ptr_eq(&child.siblings.borrow()[2].upgrade().unwrap(), &parent.children[2]));
        }
    }
    // A child as the root keeps no parent alive: nothing in the stream does.
    assert!(round_trip(&families[0].children[0]).parent.upgrade().is_none());
}

#[object]
trait Observer {
    fn seen(&self) -> u32;
    fn subject(&self) -> Option<Rc<Subject>>;
}

#[derive(Pickle, Default)]
struct Subject {
    observers: RefCell<Vec<Weak<dyn Observer>>>,
    owned: RefCell<Vec<Rc<dyn Observer>>>,
    boxed: RefCell<Option<Box<dyn Observer>>>,
}

#[derive(Pickle)]
struct Counter {
    seen: Cell<u32>,
    subject: Weak<Subject>,
}

#[object]
impl Observer for Counter {
    fn seen(&self) -> u32 {
        self.seen.get()
    }
    fn subject(&self) -> Option<Rc<Subject>> {
        self.subject.upgrade()
    }
}

#[test]
fn observers_behind_their_trait() {
    let subject = Rc::new(Subject::default());
    let counter = |seen| Counter { seen: Cell::new(seen), subject: Rc::downgrade(&subject) };
    let first: Rc<dyn Observer> = Rc::new(counter(1));
    let second: Rc<dyn Observer> = Rc::new(counter(2));
    subject.observers.borrow_mut().extend([Rc::downgrade(&second), Rc::downgrade(&first)]);
    subject.owned.borrow_mut().push(first);
    *subject.boxed.borrow_mut() = Some(Box::new(counter(3)));
    let (back, second) = round_trip(&(subject, second));
    let observers = back.observers.borrow();
    assert!(Rc::ptr_eq(&observers[0].upgrade().unwrap(), &second));
    assert!(Rc::ptr_eq(&observers[1].upgrade().unwrap(), &back.owned.borrow()[0]));
    let boxed = back.boxed.take().unwrap();
    assert_eq!((second.seen(), observers[1].upgrade().unwrap().seen(), boxed.seen()), (2, 1, 3));
    assert!(Rc::ptr_eq(&boxed.subject().unwrap(), &back) && Rc::ptr_eq(&second.subject().unwrap(), &back));
}

#[derive(Pickle)]
struct Shared {
    number: u32,
    next: Mutex<Option<Arc<Shared>>>,
    weak: Mutex<sync::Weak<Shared>>,
}

#[test]
fn an_arc_graph_goes_to_another_thread() {
    let node = |number| Arc::new(Shared { number, next: Mutex::default(), weak: Mutex::default() });
    let (one, two) = (node(1), node(2));
    *one.next.lock().unwrap() = Some(two.clone());
    *two.next.lock().unwrap() = Some(one.clone());
    *two.weak.lock().unwrap() = Arc::downgrade(&two);
    let back = round_trip(&one);
    one.next.lock().unwrap().take();
    thread::spawn(move || {
        let two = back.next.lock().unwrap().take().unwrap();
        let one = two.next.lock().unwrap().clone().unwrap();
        assert!(Arc::ptr_eq(&one, &back));
        assert!(Arc::ptr_eq(&two.weak.lock().unwrap().upgrade().unwrap(), &two));
        assert_eq!((one.number, two.number), (1, 2));
    })
    .join()
    .unwrap();
}

/// Of its two cells only that of `Far` can be vacant.
#[derive(Pickle)]
struct Near {
    far: RefCell<Rc<Far>>,
}

#[derive(Pickle)]
struct Far {
    kind: Rc<dyn Observer>,
    near: RefCell<Option<Rc<Near>>>,
}

#[test]
fn the_cell_that_can_be_vacant_is_the_one_that_waits() {
    let kind: Rc<dyn Observer> = Rc::new(Counter { seen: Cell::new(4), subject: Weak::new() });
    let far = Rc::new(Far { kind, near: RefCell::default() });
    let near = Rc::new(Near { far: RefCell::new(far.clone()) });
    *far.near.borrow_mut() = Some(near.clone());
    let from_near = round_trip(&near);
    assert!(Rc::ptr_eq(&from_near.far.borrow().near.take().unwrap(), &from_near));
    let from_far = round_trip(&far);
    assert!(Rc::ptr_eq(&*from_far.near.take().unwrap().far.borrow(), &from_far));
    assert_eq!(from_far.kind.seen(), 4);
    far.near.take();
}

thread_local! {
    static DROPS: Cell<u32> = const { Cell::new(0) };
}

#[derive(Pickle, Default)]
struct Dropped {
    number: u8,
}

impl Drop for Dropped {
    fn drop(&mut self) {
        DROPS.set(DROPS.get() + 1);
    }
}

#[derive(Pickle)]
struct Layer {
    cell: RefCell<(Dropped, Vec<Rc<Layer>>)>,
}

#[test]
fn what_has_no_cycle_never_sees_a_vacant_value() {
    let layer = |below: Vec<Rc<Layer>>| Rc::new(Layer { cell: RefCell::new((Dropped { number: 1 }, below)) });
    let bottom = layer(vec![]);
    let middle = [layer(vec![bottom.clone()]), layer(vec![bottom.clone(), bottom.clone()])];
    let top = layer(vec![middle[0].clone(), bottom, middle[1].clone()]);
    DROPS.set(0);
    let back = round_trip(&top);
    assert_eq!(DROPS.get(), 0);
    assert_eq!(back.cell.borrow().1.len(), 3);
}

#[test]
fn a_weak_is_met_before_its_object() {
    let kept = Rc::new(5u8);
    let cells = Rc::new((RefCell::new(Rc::downgrade(&kept)), Rc::downgrade(&kept)));
    let (weak, again, cells, strong) = round_trip(&(Rc::downgrade(&kept), Rc::downgrade(&kept), cells, kept));
    assert!(Rc::ptr_eq(&weak.upgrade().unwrap(), &strong) && Rc::ptr_eq(&again.upgrade().unwrap(), &strong));
    assert!(Rc::ptr_eq(&cells.0.borrow().upgrade().unwrap(), &strong));
    assert!(Rc::ptr_eq(&cells.1.upgrade().unwrap(), &strong));
}

#[object]
trait Part {
    fn owner(&self) -> Option<Rc<Machine>>;
    fn below(&self) -> &[Rc<dyn Part>];
    fn above(&self) -> Option<Rc<dyn Part>>;
}

/// Made in one go with its parts, each of which points back to what owns it: the machine by its type, a part by its trait.
#[derive(Pickle)]
struct Machine {
    name: String,
    parts: Vec<Rc<dyn Part>>,
}

#[derive(Pickle)]
struct Gear {
    machine: Weak<Machine>,
    above: Option<Weak<dyn Part>>,
    below: Vec<Rc<dyn Part>>,
}

#[object]
impl Part for Gear {
    fn owner(&self) -> Option<Rc<Machine>> {
        self.machine.upgrade()
    }
    fn below(&self) -> &[Rc<dyn Part>] {
        &self.below
    }
    fn above(&self) -> Option<Rc<dyn Part>> {
        self.above.as_ref()?.upgrade()
    }
}

#[test]
fn plain_weaks_through_trait_objects() {
    let gear = |machine: &Weak<Machine>, below: usize| -> Rc<dyn Part> {
        Rc::new_cyclic(|own: &Weak<Gear>| {
            let leaf = |_| -> Rc<dyn Part> {
                Rc::new(Gear { machine: machine.clone(), above: Some(own.clone()), below: vec![] })
            };
            Gear { machine: machine.clone(), above: None, below: (0..below).map(leaf).collect() }
        })
    };
    let machine = Rc::new_cyclic(|own| Machine { name: "mill".into(), parts: vec![gear(own, 2), gear(own, 0)] });
    let back = round_trip(&machine);
    assert_eq!((back.name.as_str(), back.parts.len(), back.parts[0].below().len()), ("mill", 2, 2));
    for part in back.parts.iter().chain(back.parts[0].below()) {
        assert!(Rc::ptr_eq(&part.owner().unwrap(), &back));
    }
    for leaf in back.parts[0].below() {
        assert!(Rc::ptr_eq(&leaf.above().unwrap(), &back.parts[0]));
    }
    assert!(back.parts[0].above().is_none());
}

#[derive(Pickle)]
#[pickle(after_load = Self::count)]
struct Checked {
    names: RefCell<Vec<String>>,
    friend: RefCell<Option<Rc<String>>>,
    #[pickle(skip)]
    counted: usize,
}

impl Checked {
    fn count(&mut self) -> Result<(), String> {
        self.counted = self.names.borrow().len();
        Ok(())
    }
}

#[derive(Pickle)]
struct Behind {
    first: RefCell<Vec<u8>>,
    checked: Checked,
    next: RefCell<Option<Rc<Behind>>>,
    last: RefCell<Vec<u8>>,
}

#[test]
fn past_the_cells_of_a_type_with_a_hook() {
    let friend = Rc::new("friend".to_owned());
    let checked = |names: &[&str]| Checked {
        names: RefCell::new(names.iter().map(|name| (*name).to_owned()).collect()),
        friend: RefCell::new(Some(friend.clone())),
        counted: 0,
    };
    let behind = |names: &[&str]| {
        let (checked, last) = (checked(names), RefCell::new(vec![names.len() as u8]));
        Rc::new(Behind { first: RefCell::new(vec![7]), checked, next: RefCell::default(), last })
    };
    let (one, two) = (behind(&["a"]), behind(&["b", "c"]));
    *one.next.borrow_mut() = Some(two.clone());
    *two.next.borrow_mut() = Some(one.clone());
    let back = round_trip(&one);
    let other = back.next.take().unwrap();
    assert!(Rc::ptr_eq(&other.next.take().unwrap(), &back));
    for (behind, names) in [(&back, &["a"][..]), (&other, &["b", "c"])] {
        assert_eq!(*behind.checked.names.borrow(), names);
        assert_eq!(behind.checked.counted, names.len());
        assert_eq!((&*behind.first.borrow(), &*behind.last.borrow()), (&vec![7], &vec![names.len() as u8]));
    }
    assert!(Rc::ptr_eq(&back.checked.friend.take().unwrap(), &other.checked.friend.take().unwrap()));
    one.next.take();
}

#[derive(Pickle, Default)]
struct Between {
    one: RefCell<Option<Rc<Between>>>,
    text: String,
    two: RefCell<Option<Rc<Between>>>,
    long: String,
    three: RefCell<Vec<Rc<Between>>>,
    last: String,
}

#[test]
fn text_alone_between_cells_that_wait() {
    let texts = ["short".to_owned(), "long ".repeat(60), "last".to_owned()];
    for empty in 0..8 {
        let text = |i: usize| if empty >> i & 1 == 1 { String::new() } else { texts[i].clone() };
        let own = Rc::new(Between { text: text(0), long: text(1), last: text(2), ..Between::default() });
        *own.one.borrow_mut() = Some(own.clone());
        *own.two.borrow_mut() = Some(own.clone());
        own.three.borrow_mut().extend([own.clone(), own.clone()]);
        for back in [round_trip(&own), own] {
            assert_eq!([&back.text, &back.long, &back.last], [&text(0), &text(1), &text(2)]);
            let cells = [back.one.take(), back.two.take()].into_iter().flatten().chain(back.three.take());
            assert_eq!(cells.filter(|cell| Rc::ptr_eq(cell, &back)).count(), 4);
        }
    }
}

#[derive(Pickle)]
struct Keeper {
    children: Vec<Rc<Kept>>,
    first: RefCell<Option<Rc<Kept>>>,
}

#[derive(Pickle)]
struct Kept {
    owner: Weak<Keeper>,
    back: RefCell<Option<Rc<Keeper>>>,
    faint: RefCell<Weak<Keeper>>,
}

#[test]
fn children_that_keep_the_owner_that_they_know() {
    // Each child is built while its owner is open: a plain `Weak` may refer to it then, and what a cell keeps has to wait.
    let owner = Rc::new_cyclic(|owner: &Weak<Keeper>| {
        let child = || Kept { owner: owner.clone(), back: RefCell::default(), faint: RefCell::new(owner.clone()) };
        Keeper { children: (0..3).map(|_| Rc::new(child())).collect(), first: RefCell::default() }
    });
    owner.children.iter().for_each(|child| *child.back.borrow_mut() = Some(owner.clone()));
    *owner.first.borrow_mut() = Some(owner.children[0].clone());
    for back in [round_trip(&owner), owner] {
        assert!(back.first.take().is_some_and(|first| Rc::ptr_eq(&first, &back.children[0])));
        for child in &back.children {
            assert!(child.back.take().is_some_and(|owner| Rc::ptr_eq(&owner, &back)));
            assert!([&child.owner, &*child.faint.borrow()].iter().all(|weak| weak.ptr_eq(&Rc::downgrade(&back))));
        }
    }
}

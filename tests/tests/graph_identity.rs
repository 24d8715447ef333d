//! Two pointers to one object stay two pointers to one object, and no others become so.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use pickle_core::{Context, External, Pickle, Pickler, Reduced, Unpickler, dumps, func, function, loads};

#[derive(Pickle)]
struct Person {
    name: String,
    friends: RefCell<Vec<Rc<Person>>>,
}

fn person(name: &str) -> Rc<Person> {
    Rc::new(Person { name: name.into(), friends: RefCell::default() })
}

#[test]
fn in_two_fields_and_two_maps_of_a_tuple_of_roots() {
    let ann = person("Ann");
    let first = HashMap::from([("a", ann.clone())]);
    let second = BTreeMap::from([(1, ann.clone())]);
    let bytes = dumps(&(first, (second, ann.clone()), vec![ann])).unwrap();
    type Roots = (HashMap<String, Rc<Person>>, (BTreeMap<i32, Rc<Person>>, Rc<Person>), Vec<Rc<Person>>);
    let (first, (second, ann), list): Roots = loads(&bytes).unwrap();
    assert!(Rc::ptr_eq(&first["a"], &ann) && Rc::ptr_eq(&second[&1], &ann) && Rc::ptr_eq(&list[0], &ann));
    assert_eq!(Rc::strong_count(&ann), 4);
}

#[test]
fn from_whichever_object_is_the_root() {
    let people = ["a", "b", "c"].map(person);
    for (i, one) in people.iter().enumerate() {
        one.friends.borrow_mut().extend([people[(i + 1) % 3].clone(), people[(i + 2) % 3].clone(), one.clone()]);
    }
    for root in &people {
        let back: Rc<Person> = loads(&dumps(root).unwrap()).unwrap();
        assert_eq!(back.name, root.name);
        let friends = back.friends.take();
        assert!(Rc::ptr_eq(&friends[2], &back));
        let names: Vec<&str> = friends.iter().map(|friend| friend.name.as_str()).collect();
        let expected: Vec<String> = root.friends.borrow().iter().map(|friend| friend.name.clone()).collect();
        assert_eq!(names, expected);
        for friend in &friends[..2] {
            let theirs = friend.friends.take();
            assert!(theirs.iter().any(|one| Rc::ptr_eq(one, &back)));
            assert!(theirs.iter().any(|one| Rc::ptr_eq(one, friend)));
        }
    }
    people.iter().for_each(|one| drop(one.friends.take()));
}

#[derive(Pickle)]
struct Wrapped {
    #[pickle(with = boxed)]
    number: u32,
}

/// Makes an object anew for each value: one may well lie where the last one lay.
mod boxed {
    use std::rc::Rc;
    pub(super) fn dump(number: &u32) -> Rc<u32> {
        Rc::new(*number)
    }
    pub(super) fn load(number: Rc<u32>) -> Result<u32, String> {
        Ok(*number)
    }
}

#[test]
fn temporaries_never_become_one() {
    const COUNT: u32 = if cfg!(miri) { 50 } else { 1000 };
    let values: Vec<Wrapped> = (0..COUNT).map(|number| Wrapped { number }).collect();
    let back: Vec<Wrapped> = loads(&dumps(&values).unwrap()).unwrap();
    assert!(back.iter().enumerate().all(|(i, wrapped)| wrapped.number == i as u32));
}

thread_local! {
    static OPENED: Cell<u32> = const { Cell::new(0) };
}

#[derive(Pickle)]
#[pickle(reduce = Self::path, rebuild = Self::open)]
struct Log {
    path: String,
}

impl Log {
    fn path(&self) -> String {
        self.path.clone()
    }
    fn open(path: String) -> Result<Log, String> {
        OPENED.set(OPENED.get() + 1);
        Ok(Log { path })
    }
}

#[derive(Pickle)]
#[pickle(reduce = Self::chosen)]
struct Job {
    log: Rc<Log>,
}

impl Job {
    fn chosen(&self) -> Reduced<Job> {
        Reduced::new(func!(resume), self.log.clone())
    }
}

#[function]
fn resume(log: Rc<Log>) -> Result<Job, String> {
    Ok(Job { log })
}

#[test]
fn a_shared_object_is_reduced_and_rebuilt_once() {
    let log = Rc::new(Log { path: "a.log".into() });
    let job = Rc::new(Job { log: log.clone() });
    OPENED.set(0);
    let bytes = dumps(&(log.clone(), [job.clone(), job], log)).unwrap();
    let (first, jobs, second): (Rc<Log>, [Rc<Job>; 2], Rc<Log>) = loads(&bytes).unwrap();
    assert_eq!(OPENED.get(), 1);
    assert!(Rc::ptr_eq(&first, &second) && Rc::ptr_eq(&jobs[0], &jobs[1]) && Rc::ptr_eq(&jobs[0].log, &first));
    assert_eq!(first.path, "a.log");
}

struct Font(u8);

impl External for Font {
    type Id = u8;
    fn persist(&self, _: &Context) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.0)
    }
    fn restore(id: u8, context: &Context) -> Result<Font, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Font(id + *context.get::<u8>()?))
    }
}

#[derive(Pickle)]
struct Label {
    #[pickle(external)]
    font: Font,
    next: RefCell<Option<Rc<Label>>>,
}

#[test]
fn externals_in_a_cycle() {
    let label = Rc::new(Label { font: Font(1), next: RefCell::default() });
    *label.next.borrow_mut() = Some(label.clone());
    let context = Context::new().with(100u8);
    let bytes = Pickler::new().context(&context).dumps(&label).unwrap();
    let back: Rc<Label> = Unpickler::new().context(&context).loads(&bytes).unwrap();
    assert!(Rc::ptr_eq(&back.next.borrow().clone().unwrap(), &back));
    assert_eq!(back.font.0, 101);
    label.next.take();
    back.next.take();
}

#[derive(Pickle)]
#[pickle(after_load = Self::check)]
struct Summary {
    parts: Vec<Rc<Person>>,
    #[pickle(skip)]
    names: String,
}

impl Summary {
    fn check(&mut self) -> Result<(), String> {
        let friends = self.parts.iter().flat_map(|part| part.friends.borrow().clone());
        self.names = friends.map(|friend| friend.name.clone()).collect();
        Ok(())
    }
}

#[test]
fn a_hook_sees_the_cycles_behind_it_whole() {
    let (ann, bob) = (person("Ann"), person("Bob"));
    ann.friends.borrow_mut().push(bob.clone());
    bob.friends.borrow_mut().push(ann.clone());
    let summary = Rc::new(Summary { parts: vec![ann.clone(), bob], names: String::new() });
    let back: Rc<Summary> = loads(&dumps(&summary).unwrap()).unwrap();
    assert_eq!(back.names, "BobAnn");
    for parts in [&summary.parts, &back.parts] {
        parts.iter().for_each(|part| drop(part.friends.take()));
    }
}

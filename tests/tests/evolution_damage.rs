//! Old streams that were cut or changed, loaded into the newer types on a small stack: each is an error, or a value that
//! can be dumped. A panic or an overflow of the stack fails the test.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use pickle_core::{Pickle, UnpickleOwned, Unpickler, dumps, loads, object};
use pickle_tests::on_small_stack;

mod old {
    use super::*;

    #[object]
    pub(super) trait Part {}

    #[derive(Pickle)]
    pub(super) struct Wheel {
        pub(super) size: u8,
        pub(super) of: RefCell<Weak<Car>>,
    }
    #[object]
    impl Part for Wheel {}

    #[derive(Pickle)]
    pub(super) struct Car {
        pub(super) name: String,
        pub(super) gone: RefCell<Vec<Rc<Car>>>,
        pub(super) behind: RefCell<Option<Rc<Car>>>,
        pub(super) nothing: Vec<RefCell<()>>,
        pub(super) parts: Vec<Box<dyn Part>>,
        pub(super) shared: Vec<Rc<dyn Part>>,
        pub(super) owner: Box<Person>,
        pub(super) first: OnceCell<Rc<Car>>,
        pub(super) by_name: BTreeMap<String, RefCell<Option<Rc<Car>>>>,
        pub(super) plain: Weak<Car>,
    }

    #[derive(Pickle, Clone)]
    pub(super) struct Person {
        pub(super) age: u8,
        pub(super) mood: Mood,
        pub(super) words: Vec<(Box<u8>, String)>,
    }

    #[derive(Pickle, Clone)]
    pub(super) enum Mood {
        Good(String, Box<u16>),
        Bad { why: Vec<Mood> },
        Unknown,
    }
}

mod new {
    use super::*;

    #[object]
    pub(super) trait Part {
        fn area(&self) -> u64;
    }

    #[derive(Pickle)]
    #[pickle(alias = "Wheel")]
    pub(super) struct Tyre {
        #[pickle(default = RefCell::new(Some("rubber".into())))]
        made_of: RefCell<Option<Rc<str>>>,
        of: RefCell<Weak<Car>>,
        size: u64,
    }
    #[object]
    impl Part for Tyre {
        fn area(&self) -> u64 {
            self.size * self.size + u64::from(self.made_of.borrow().is_some() && self.of.borrow().upgrade().is_some())
        }
    }

    #[derive(Pickle)]
    pub(super) struct Car {
        pub(super) by_name: BTreeMap<String, RefCell<Option<Rc<Car>>>>,
        pub(super) plain: Weak<Car>,
        pub(super) shared: Vec<Rc<dyn Part>>,
        pub(super) parts: Vec<Box<dyn Part>>,
        #[pickle(default = RefCell::new(vec!["serviced".to_owned()]))]
        pub(super) log: RefCell<Vec<String>>,
        pub(super) owner: Person,
        pub(super) first: OnceCell<Rc<Car>>,
        pub(super) behind: RefCell<Option<Rc<Car>>>,
        pub(super) name: Rc<str>,
    }

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(version = 1, migrate(0 => Self::from_v0))]
    pub(super) struct Person {
        pub(super) mood: Mood,
        pub(super) born: u32,
        pub(super) words: Vec<(u16, String)>,
    }

    #[derive(Pickle)]
    #[pickle(name = "Person")]
    struct PersonV0 {
        words: Vec<(u16, String)>,
        mood: Mood,
        age: u32,
    }

    impl Person {
        fn from_v0(old: PersonV0) -> Result<Person, String> {
            if old.age > 200 {
                return Err(format!("nobody is {} years old", old.age));
            }
            Ok(Person { mood: old.mood, born: 2026 - old.age, words: old.words })
        }
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(super) enum Mood {
        #[pickle(other)]
        Other,
        Bad {
            #[pickle(default)]
            since: Option<String>,
            why: Vec<Mood>,
        },
        Good(String, u64),
    }
}

type Old = (Rc<old::Car>, Vec<Rc<old::Car>>);
type New = (Rc<new::Car>, Vec<Rc<new::Car>>);

fn cars(length: usize) -> Old {
    let part = Rc::new(old::Wheel { size: 9, of: RefCell::default() });
    let mood = old::Mood::Bad { why: vec![old::Mood::Good("day".into(), Box::new(5)), old::Mood::Unknown] };
    let person = old::Person { age: 30, mood, words: vec![(Box::new(1), "one".into()), (Box::new(2), "two".into())] };
    let car = |number: usize| {
        Rc::new_cyclic(|own: &Weak<old::Car>| old::Car {
            name: format!("car {number}"),
            gone: RefCell::default(),
            behind: RefCell::default(),
            nothing: (0..3).map(|_| RefCell::new(())).collect(),
            parts: vec![Box::new(old::Wheel { size: 3, of: RefCell::default() })],
            shared: vec![part.clone(), part.clone()],
            owner: Box::new(person.clone()),
            first: OnceCell::new(),
            by_name: [("a".to_owned(), RefCell::default()), ("b".to_owned(), RefCell::default())].into(),
            plain: if number == 0 { own.clone() } else { Weak::new() },
        })
    };
    let cars: Vec<_> = (0..length).map(car).collect();
    for (i, one) in cars.iter().enumerate() {
        let next = &cars[(i + 1) % cars.len()];
        one.gone.borrow_mut().push(cars[0].clone());
        *one.behind.borrow_mut() = Some(next.clone());
        one.first.set(cars[0].clone()).ok().unwrap();
        *one.by_name["b"].borrow_mut() = Some(next.clone());
    }
    *part.of.borrow_mut() = Rc::downgrade(&cars[0]);
    (cars[0].clone(), cars)
}

fn check(new: &New, length: usize) {
    let cars = &new.1;
    assert_eq!(cars.len(), length);
    for (i, one) in cars.iter().enumerate() {
        let next = &cars[(i + 1) % length];
        assert_eq!(*one.name, *format!("car {i}"));
        assert!(Rc::ptr_eq(one.behind.borrow().as_ref().unwrap(), next), "{i}");
        assert!(Rc::ptr_eq(one.by_name["b"].borrow().as_ref().unwrap(), next));
        assert!(one.by_name["a"].borrow().is_none());
        assert!(Rc::ptr_eq(one.first.get().unwrap(), &cars[0]));
        assert_eq!(one.shared.iter().map(|part| part.area()).collect::<Vec<_>>(), [82, 82]);
        assert!(Rc::ptr_eq(&one.shared[0], &cars[0].shared[1]));
        assert_eq!(one.parts[0].area(), 9);
        assert_eq!(*one.log.borrow(), ["serviced"]);
        assert_eq!((one.owner.born, one.owner.words.len()), (1996, 2));
        let why = vec![new::Mood::Good("day".into(), 5), new::Mood::Other];
        assert_eq!(one.owner.mood, new::Mood::Bad { since: None, why });
    }
    assert!(Rc::ptr_eq(&cars[0].plain.upgrade().unwrap(), &cars[0]));
}

#[test]
fn a_graph_of_everything_opens_in_any_number_of_blocks() {
    for length in [1, 2, 3, 40, 2000] {
        let old = cars(length);
        let bytes = dumps(&old).unwrap();
        check(&loads::<New>(&bytes).unwrap(), length);
        check(&pickle_core::load::<New, _>(&bytes[..]).unwrap(), length);
    }
}

/// Loads each damaged form; what is a value must be one that can be dumped.
fn damaged<T: Pickle + UnpickleOwned + 'static>(bytes: Vec<u8>) {
    let start = 18 + u32::from_le_bytes(bytes[14..18].try_into().unwrap()) as usize;
    let work = move || {
        let unpickler = Unpickler::new().max_memory(16 << 20);
        let load = |bytes: &[u8]| {
            if let Ok(value) = unpickler.loads::<T>(bytes) {
                let _ = dumps(&value).map(drop);
            }
        };
        for end in 0..bytes.len() {
            load(&bytes[..end]);
        }
        let mut changed = bytes.clone();
        for at in 0..bytes.len() {
            // What is in the schema has a fingerprint to go with it.
            let schema = 18..start;
            for change in [1, 2, 0x80, 0xff] {
                if schema.contains(&at) || (6..14).contains(&at) {
                    changed[at] ^= change;
                    let hash = hmac_sha256::Hash::hash(&changed[schema.clone()]);
                    changed[6..14].copy_from_slice(&hash[..8]);
                    load(&changed);
                    changed[6..14].copy_from_slice(&bytes[6..14]);
                } else {
                    changed[at] ^= change;
                    load(&changed);
                }
                changed[at] = bytes[at];
            }
        }
    };
    on_small_stack(work);
}

#[test]
fn cut_and_changed_graphs() {
    damaged::<New>(dumps(&cars(2)).unwrap());
}

#[test]
fn cut_and_changed_values() {
    let (_, cars) = cars(1);
    let people = vec![(*cars[0].owner).clone(); 3];
    damaged::<Vec<new::Person>>(dumps(&people).unwrap());
    damaged::<BTreeMap<String, (u64, new::Mood)>>(
        dumps(&BTreeMap::from([("k".to_owned(), (Box::new(7u8), people[0].mood.clone()))])).unwrap(),
    );
}

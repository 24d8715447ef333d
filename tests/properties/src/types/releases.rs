//! A program's types as an earlier release had them, and as they are now; with what one becomes as the other, by hand.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use arbitrary::{Arbitrary, Result, Unstructured};
use pickle_core::{Pickle, object};

/// The earlier release.
pub mod old {
    use super::*;

    #[object]
    pub trait Part {}

    #[derive(Pickle, Arbitrary, Debug, Clone)]
    pub struct Wheel {
        pub size: u8,
        pub label: String,
    }
    #[object]
    impl Part for Wheel {}

    #[derive(Pickle)]
    pub struct Car {
        pub name: String,
        pub size: (u16, i32),
        pub gone: Vec<Option<Mood>>,
        pub owner: Box<Person>,
        pub parts: Vec<Box<dyn Part>>,
        pub moods: Vec<Mood>,
        pub by_name: BTreeMap<String, Mood>,
        pub tags: BTreeSet<u16>,
        pub shared: [Rc<Person>; 2],
        pub next: RefCell<Option<Rc<Car>>>,
    }

    #[derive(Pickle, Arbitrary, Debug, Clone)]
    pub struct Person {
        pub age: u8,
        pub mood: Mood,
        pub words: Vec<(Box<u8>, String)>,
    }

    #[derive(Pickle, Arbitrary, Debug, Clone)]
    pub enum Mood {
        Good(String, Box<u16>),
        Bad { why: Vec<Mood> },
        Unknown,
        Tired { hours: i8, more: Vec<u8> },
    }
}

/// The release of now.
pub mod new {
    use super::*;

    #[object]
    pub trait Part: std::fmt::Debug {}

    #[derive(Pickle, Debug)]
    #[pickle(alias = "Wheel")]
    pub struct Tyre {
        #[pickle(default = Some("rubber".into()))]
        pub made_of: Option<Rc<str>>,
        pub label: Arc<str>,
        pub size: u64,
    }
    #[object]
    impl Part for Tyre {}

    #[derive(Pickle, Debug)]
    pub struct Car {
        pub by_name: HashMap<String, Mood>,
        pub owner: Person,
        pub parts: VecDeque<Box<dyn Part>>,
        #[pickle(alias = "name")]
        pub label: Rc<str>,
        #[pickle(default = vec!["serviced".to_owned()])]
        pub log: Vec<String>,
        pub size: (u32, f64),
        pub moods: Vec<Option<Box<Mood>>>,
        pub tags: Vec<u32>,
        pub shared: [Rc<Person>; 2],
        pub next: RefCell<Option<Rc<Car>>>,
    }

    #[derive(Pickle, Debug)]
    #[pickle(version = 1, migrate(0 => Self::from_v0))]
    pub struct Person {
        pub mood: Mood,
        pub born: u32,
        pub words: Vec<(u16, String)>,
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

    #[derive(Pickle, Debug)]
    pub enum Mood {
        #[pickle(other)]
        Other,
        Bad {
            #[pickle(default)]
            since: Option<String>,
            why: Vec<Mood>,
        },
        #[pickle(alias = "Tired")]
        Sleepy {
            hours: i64,
            #[pickle(compact, default = 3)]
            coffees: u32,
        },
        Good(String, u64),
    }
}

impl<'a> Arbitrary<'a> for old::Car {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<old::Car> {
        let person = Rc::new(u.arbitrary::<old::Person>()?);
        let other = if u.arbitrary()? { person.clone() } else { Rc::new(u.arbitrary()?) };
        let wheels: Vec<old::Wheel> = u.arbitrary()?;
        Ok(old::Car {
            name: u.arbitrary()?,
            size: u.arbitrary()?,
            gone: u.arbitrary()?,
            owner: u.arbitrary()?,
            parts: wheels.into_iter().map(|wheel| Box::new(wheel) as _).collect(),
            moods: u.arbitrary()?,
            by_name: u.arbitrary()?,
            tags: u.arbitrary()?,
            shared: [person, other],
            next: RefCell::default(),
        })
    }
}

/// A part of a car of now.
#[must_use]
pub fn tyre() -> Box<dyn new::Part> {
    Box::new(new::Tyre { made_of: Some("rubber".into()), label: "15".into(), size: 15 })
}

/// What the release of now should make of a mood.
#[must_use]
pub fn mood(old: &old::Mood) -> new::Mood {
    match old {
        old::Mood::Good(text, number) => new::Mood::Good(text.clone(), u64::from(**number)),
        old::Mood::Bad { why } => new::Mood::Bad { since: None, why: why.iter().map(mood).collect() },
        old::Mood::Unknown => new::Mood::Other,
        old::Mood::Tired { hours, .. } => new::Mood::Sleepy { hours: i64::from(*hours), coffees: 3 },
    }
}

/// The same for a person, unless the migration refuses it.
#[must_use]
pub fn person(old: &old::Person) -> Option<new::Person> {
    let words = old.words.iter().map(|(number, word)| (u16::from(**number), word.clone())).collect();
    (old.age <= 200).then(|| new::Person { mood: mood(&old.mood), born: 2026 - u32::from(old.age), words })
}

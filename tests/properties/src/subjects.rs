//! The types that bytes are loaded as, each behind functions that don't name it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::OnceLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use pickle_core::inspect::{Composite, Kind, Stream as Inspected, Visitor};
use pickle_core::{Pickle, Unpickler, dumps, loads};

use crate::Memory;
use crate::checks::{self, LIMIT, Tried, within};
use crate::random::Random;
use crate::stream::Stream;
use crate::types::borrowed::{Lent, Owned};
use crate::types::graph::Graph;
use crate::types::plain::{Containers, Empty, Hashed, Mixed, Scalars, Texts, Tree};
use crate::types::registered::Zoo;
use crate::types::releases::{self, new, old};
use crate::values::Implementor;

/// A type to be tried.
#[derive(Debug)]
pub struct Subject {
    /// What it is called.
    pub name: &'static str,
    /// Lets a program prepare what it prepares once.
    pub prepare: fn(&[u8]),
    /// Loads bytes as it, and checks what must hold; gives whether they hold one.
    pub load: fn(Memory, &[u8]) -> bool,
    /// A stream that it can be loaded from.
    pub stream: fn(&mut Unstructured<'_>) -> Result<Vec<u8>>,
    /// Checks that any value of it comes back.
    pub round_trip: fn(&mut Unstructured<'_>) -> Result<()>,
}

impl Tried for Scalars {}
impl Tried for Texts {}
impl Tried for Containers {}
impl Tried for Hashed {}
impl Tried for Empty {}
impl Tried for Tree {}
impl Tried for Mixed {}
impl Tried for Zoo {}
impl Tried for Owned {}
impl Tried for Graph {
    fn let_go(&self) {
        self.empty();
    }
}
impl Tried for new::Mood {}
impl Tried for Vec<new::Person> {}
impl Tried for Rc<new::Car> {
    fn let_go(&self) {
        let mut car = self.clone();
        while let Some(next) = { car.next.take() } {
            car = next;
        }
    }
}

impl Tried for Rc<old::Car> {}
impl Tried for Vec<old::Person> {}

/// All of them.
pub static SUBJECTS: [Subject; 13] = [
    shown::<Scalars>("scalars"),
    shown::<Texts>("texts"),
    shown::<Containers>("containers"),
    compared::<Hashed>("hashed"),
    shown::<Empty>("empty"),
    shown::<Tree>("tree"),
    shown::<Mixed>("mixed"),
    shown::<Zoo>("zoo"),
    GRAPH,
    LENT,
    MOOD,
    PEOPLE,
    CARS,
];

/// A type whose values are equal where they are shown equally.
const fn shown<T: Tried + Debug + for<'a> Arbitrary<'a>>(name: &'static str) -> Subject {
    Subject {
        name,
        prepare: checks::prepare::<T>,
        load: checks::load::<T>,
        stream: |u| dumped(&u.arbitrary::<T>()?),
        round_trip: |u| {
            checks::comes_back(u.arbitrary::<T>()?, |a, b| format!("{a:?}") == format!("{b:?}"));
            Ok(())
        },
    }
}

/// A type whose values can be compared.
const fn compared<T: Tried + PartialEq + for<'a> Arbitrary<'a>>(name: &'static str) -> Subject {
    Subject {
        name,
        prepare: checks::prepare::<T>,
        load: checks::load::<T>,
        stream: |u| dumped(&u.arbitrary::<T>()?),
        round_trip: |u| {
            checks::comes_back(u.arbitrary::<T>()?, PartialEq::eq);
            Ok(())
        },
    }
}

const GRAPH: Subject = Subject {
    name: "graph",
    prepare: checks::prepare::<Graph>,
    load: checks::load::<Graph>,
    stream: |u| {
        let graph = Graph::any(u)?;
        let bytes = dumped(&graph);
        graph.empty();
        bytes
    },
    round_trip: |u| {
        checks::comes_back(Graph::any(u)?, |a, b| a.text() == b.text());
        Ok(())
    },
};

const LENT: Subject = Subject {
    name: "lent",
    prepare: checks::prepare::<Owned>,
    load: |memory, bytes| {
        let unpickler = Unpickler::new().max_memory(LIMIT);
        let lent = within(memory, LIMIT, || unpickler.loads::<Lent<'_>>(bytes));
        match lent {
            Ok(lent) => {
                let owned: Owned = unpickler.loads(bytes).unwrap_or_else(|error| {
                    panic!("the owned type refuses what the borrowed one takes: {error}");
                });
                checks::equal(&dumps(&lent).unwrap(), &dumps(&owned).unwrap());
            }
            Err(error) => checks::explains(&error, bytes.len()),
        }
        checks::load::<Owned>(memory, bytes)
    },
    stream: |u| dumped(&u.arbitrary::<Owned>()?),
    round_trip: |u| {
        checks::comes_back(u.arbitrary::<Owned>()?, |a, b| format!("{a:?}") == format!("{b:?}"));
        Ok(())
    },
};

const MOOD: Subject = Subject {
    name: "mood",
    prepare: checks::prepare::<new::Mood>,
    load: checks::load::<new::Mood>,
    stream: |u| dumped(&u.arbitrary::<old::Mood>()?),
    round_trip: |u| {
        let old: old::Mood = u.arbitrary()?;
        if let Ok(bytes) = dumps(&old) {
            let new: new::Mood = loads(&bytes).unwrap();
            assert_eq!(format!("{new:?}"), format!("{:?}", releases::mood(&old)));
            checks::comes_back(new, |a, b| format!("{a:?}") == format!("{b:?}"));
        }
        Ok(())
    },
};

const PEOPLE: Subject = Subject {
    name: "people",
    prepare: checks::prepare::<Vec<new::Person>>,
    load: checks::load::<Vec<new::Person>>,
    stream: |u| dumped(&u.arbitrary::<Vec<old::Person>>()?),
    round_trip: |u| {
        let old: Vec<old::Person> = u.arbitrary()?;
        let Ok(bytes) = dumps(&old) else { return Ok(()) };
        let expected: Option<Vec<new::Person>> = old.iter().map(releases::person).collect();
        match (loads::<Vec<new::Person>>(&bytes), expected) {
            (Ok(new), Some(expected)) => {
                assert_eq!(format!("{new:?}"), format!("{expected:?}"));
                checks::comes_back(new, |a, b| format!("{a:?}") == format!("{b:?}"));
            }
            (Err(error), None) => assert!(error.to_string().contains("years old"), "{error}"),
            (Ok(_), None) => panic!("a migration that fails was passed over"),
            (Err(error), Some(_)) => panic!("an older value is not loaded: {error}"),
        }
        Ok(())
    },
};

const CARS: Subject = Subject {
    name: "cars",
    prepare: checks::prepare::<Rc<new::Car>>,
    load: checks::load::<Rc<new::Car>>,
    stream: |u| dumped(&any_cars(u)?),
    round_trip: |u| {
        let cars = any_cars(u)?;
        let Ok(bytes) = dumps(&cars) else { return Ok(()) };
        match loads::<Rc<new::Car>>(&bytes) {
            Ok(new) => is_upgraded(&cars, &new),
            Err(error) => assert!(error.to_string().contains("years old"), "{error}"),
        }
        Ok(())
    },
};

/// A few cars, one behind the other.
fn any_cars(u: &mut Unstructured<'_>) -> Result<Rc<old::Car>> {
    let mut car = Rc::new(u.arbitrary::<old::Car>()?);
    for _ in 0..u.int_in_range(0..=2)? {
        let next = RefCell::new(Some(car));
        car = Rc::new(old::Car { next, ..u.arbitrary()? });
    }
    Ok(car)
}

fn is_upgraded(old: &Rc<old::Car>, new: &Rc<new::Car>) {
    let shown = |value: &dyn Debug| format!("{value:?}");
    let (mut old, mut new) = (old.clone(), new.clone());
    loop {
        assert_eq!((&*new.label, &new.log), (old.name.as_str(), &vec!["serviced".to_owned()]));
        assert_eq!(new.size, (u32::from(old.size.0), f64::from(old.size.1)));
        assert_eq!(shown(&new.owner), shown(&releases::person(&old.owner).unwrap()));
        assert_eq!(new.parts.len(), old.parts.len());
        for (new, old) in new.moods.iter().zip(&old.moods) {
            assert_eq!(shown(&new.as_ref().unwrap()), shown(&releases::mood(old)));
        }
        assert_eq!((new.moods.len(), new.by_name.len()), (old.moods.len(), old.by_name.len()));
        for (name, old) in &old.by_name {
            assert_eq!(shown(&new.by_name[name]), shown(&releases::mood(old)));
        }
        assert!(new.tags.iter().copied().eq(old.tags.iter().copied().map(u32::from)));
        assert_eq!(Rc::ptr_eq(&new.shared[0], &new.shared[1]), Rc::ptr_eq(&old.shared[0], &old.shared[1]));
        for (new, old) in new.shared.iter().zip(&old.shared) {
            assert_eq!(shown(new), shown(&releases::person(old).unwrap()));
        }
        let nexts = (old.next.borrow().clone(), new.next.borrow().clone());
        match nexts {
            (Some(next_old), Some(next_new)) => (old, new) = (next_old, next_new),
            (None, None) => return,
            _ => panic!("one has a next, the other has not"),
        }
    }
}

fn dumped<T: Pickle>(value: &T) -> Result<Vec<u8>> {
    dumps(value).map_err(|_| arbitrary::Error::IncorrectFormat)
}

impl Subject {
    /// The subject that a byte stands for.
    #[must_use]
    pub fn of(byte: u8) -> &'static Subject {
        &SUBJECTS[usize::from(byte) % SUBJECTS.len()]
    }

    /// A stream of some value that is neither empty nor large.
    #[must_use]
    pub fn sample(&self) -> Vec<u8> {
        let samples = (1..200).filter_map(|seed| {
            let bytes = Random(seed).bytes(400);
            (self.stream)(&mut Unstructured::new(&bytes)).ok()
        });
        samples.max_by_key(|sample| if sample.len() < 3000 { sample.len() } else { 0 }).unwrap_or_default()
    }
}

/// A stream of each subject, in order. What a program prepares once is prepared then.
#[must_use]
pub fn samples() -> &'static [Stream] {
    static SAMPLES: OnceLock<Vec<Stream>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let streams = SUBJECTS.iter().map(|subject| {
            let sample = subject.sample();
            // What the first load prepares is not what a load takes.
            (subject.prepare)(&sample);
            Stream::parse(&sample).unwrap()
        });
        streams.collect()
    })
}

/// The types that stand behind traits, and the arguments of rebuilders, which samples of the subjects have.
#[must_use]
pub fn implementors() -> &'static [Implementor] {
    static IMPLEMENTORS: OnceLock<Vec<Implementor>> = OnceLock::new();
    IMPLEMENTORS.get_or_init(|| {
        let mut streams = vec![dumps(&releases::tyre()).unwrap()];
        for seed in 0..20 {
            let bytes = Random(seed).bytes(600);
            streams.extend(SUBJECTS.iter().filter_map(|subject| (subject.stream)(&mut Unstructured::new(&bytes)).ok()));
        }
        let mut found: Vec<Implementor> = Vec::new();
        for stream in streams {
            let mut behind = Behind::default();
            Inspected::open(&stream).unwrap().walk(&mut behind).unwrap();
            let types = Stream::parse(&stream).unwrap().definitions();
            for (of, number) in behind.0 {
                let (name, schema) = types[number].clone();
                let new = Implementor { of, name, schema };
                if !found.contains(&new) {
                    found.push(new);
                }
            }
        }
        assert!(found.len() >= 10, "the samples have types behind traits");
        found
    })
}

/// The traits in a stream, each with the number of a type behind it.
#[derive(Default)]
struct Behind(BTreeSet<(String, usize)>);

impl Visitor<'_> for Behind {
    fn begin(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        if let Composite::Dynamic { kind, number, .. } = composite
            && let Kind::Dynamic(of) = kind.kind()
        {
            self.0.insert((of.to_owned(), number));
        }
        Ok(())
    }
}

//! Types whose attributes change: adapters, externals, reducers, hooks, `transparent`, generics and borrowed fields.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use pickle_core::{
    Context, Error, ErrorKind, External, Function, Pickle, Pickler, Reduced, UnpickleOwned, Unpickler, dumps, func,
    function, loads,
};

use pickle_tests::patch;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn open<T: UnpickleOwned>(old: &impl Pickle) -> T {
    loads(&dumps(old).unwrap()).unwrap()
}

fn refused<T: UnpickleOwned>(old: &impl Pickle) -> Error {
    loads::<T>(&dumps(old).unwrap()).map(drop).unwrap_err()
}

mod seconds {
    use super::{Duration, Infallible};

    pub(crate) fn dump(time: &Duration) -> u32 {
        time.as_secs() as u32
    }
    pub(crate) fn load(seconds: u64) -> Result<Duration, Infallible> {
        Ok(Duration::from_secs(seconds))
    }
}

mod wide_seconds {
    use super::Duration;
    pub(crate) use super::seconds::load;

    pub(crate) fn dump(time: &Duration) -> u64 {
        time.as_secs()
    }
}

#[derive(Debug, PartialEq)]
struct Label(String);

mod listed {
    use super::Label;

    pub(crate) fn dump(label: &Label) -> Vec<String> {
        label.0.split(' ').map(str::to_owned).collect()
    }
    pub(crate) fn load(words: Vec<String>) -> Result<Label, &'static str> {
        if words.is_empty() { Err("no words") } else { Ok(Label(words.join(" "))) }
    }
}

#[test]
fn an_adapter_is_added_changed_and_removed() {
    #[derive(Pickle)]
    #[pickle(name = "Timer")]
    struct Plain {
        left: u32,
        label: Vec<Rc<str>>,
        after: u8,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Timer")]
    struct Adapted {
        after: u16,
        #[pickle(with = wide_seconds)]
        left: Duration,
        #[pickle(with = listed)]
        label: Label,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Timer")]
    struct Removed {
        label: Vec<String>,
        left: u64,
        after: u16,
    }
    let plain =
        |words: &[&str]| Plain { left: 90, label: words.iter().map(|word| Rc::from(*word)).collect(), after: 7 };
    let adapted: Adapted = open(&plain(&["tea", "pot"]));
    assert_eq!(adapted, Adapted { after: 7, left: Duration::from_secs(90), label: Label("tea pot".into()) });
    let removed: Removed = open(&adapted);
    assert_eq!(removed, Removed { label: vec!["tea".into(), "pot".into()], left: 90, after: 7 });

    let error = refused::<Adapted>(&plain(&[]));
    assert_eq!((error.kind(), error.path().to_string()), (ErrorKind::Hook, "label".into()), "{error}");
}

#[test]
fn an_adapter_whose_two_functions_part_ways_is_refused_at_dump() {
    #[derive(Pickle)]
    struct Timer {
        #[pickle(with = seconds)]
        left: Duration,
    }
    let error = dumps(&Timer { left: Duration::ZERO }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongType, "{error}");
}

#[test]
fn the_id_of_an_external_value_gets_wider() {
    struct Names(Vec<&'static str>);
    struct Old(u8);
    #[derive(Debug, PartialEq)]
    struct New(&'static str);
    impl External for Old {
        type Id = u8;
        fn persist(&self, _: &Context) -> Result<u8, BoxError> {
            Ok(self.0)
        }
        fn restore(id: u8, _: &Context) -> Result<Old, BoxError> {
            Ok(Old(id))
        }
    }
    impl External for New {
        type Id = u32;
        fn persist(&self, context: &Context) -> Result<u32, BoxError> {
            let found = context.get::<Names>()?.0.iter().position(|name| *name == self.0);
            Ok(found.ok_or("a name that is not there")? as u32)
        }
        fn restore(id: u32, context: &Context) -> Result<New, BoxError> {
            Ok(New(context.get::<Names>()?.0.get(id as usize).ok_or("no such name")?))
        }
    }
    #[derive(Pickle)]
    #[pickle(name = "Sprite")]
    struct Before {
        #[pickle(external)]
        texture: Old,
        x: u8,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Sprite")]
    struct After {
        x: i16,
        #[pickle(external)]
        texture: New,
        #[pickle(external, default = New("grass"))]
        ground: New,
    }
    let context = Context::new().with(Names(vec!["stone", "grass"]));
    let bytes = dumps(&vec![Before { texture: Old(1), x: 3 }]).unwrap();
    let after: Vec<After> = Unpickler::new().context(&context).loads(&bytes).unwrap();
    assert_eq!(after, [After { x: 3, texture: New("grass"), ground: New("grass") }]);
    let bytes = Pickler::new().context(&context).dumps(&after).unwrap();
    assert_eq!(Unpickler::new().context(&context).loads::<Vec<After>>(&bytes).unwrap(), after);

    let bytes = dumps(&vec![Before { texture: Old(9), x: 3 }]).unwrap();
    let error = Unpickler::new().context(&context).loads::<Vec<After>>(&bytes).unwrap_err();
    assert_eq!((error.kind(), error.path().to_string()), (ErrorKind::Hook, "[0].texture".into()), "{error}");
}

#[test]
fn what_a_reducer_gives_changes_its_shape() {
    #[derive(Pickle)]
    #[pickle(name = "Pool", reduce = Self::parts, rebuild = Self::rebuild)]
    struct Before {
        threads: u8,
    }
    impl Before {
        fn parts(&self) -> (u8, String) {
            (self.threads, "pool".into())
        }
        fn rebuild((threads, _): (u8, String)) -> Result<Self, Infallible> {
            Ok(Before { threads })
        }
    }
    #[derive(Pickle, Debug)]
    #[pickle(name = "ThreadPool", alias = "Pool", reduce = Self::parts, rebuild = Self::rebuild)]
    struct After {
        threads: u32,
        name: Option<Rc<str>>,
    }
    impl After {
        fn parts(&self) -> (u32, Option<Rc<str>>) {
            (self.threads, self.name.clone())
        }
        fn rebuild((threads, name): (u32, Option<Rc<str>>)) -> Result<Self, &'static str> {
            if threads == 0 { Err("no threads") } else { Ok(After { threads, name }) }
        }
    }
    let after: (Vec<After>, u16) = open(&(vec![Before { threads: 4 }, Before { threads: 2 }], 5u8));
    assert_eq!(after.0.iter().map(|pool| pool.threads).collect::<Vec<_>>(), [4, 2]);
    assert_eq!((after.0[1].name.as_deref(), after.1), (Some("pool"), 5));
    let error = refused::<Vec<After>>(&vec![Before { threads: 0 }]);
    assert_eq!((error.kind(), error.path().to_string()), (ErrorKind::Hook, "[0]".into()), "{error}");
}

#[derive(Pickle)]
#[pickle(name = "Sink", reduce = Self::reduce)]
struct Sink(String);

#[derive(Pickle, Debug, PartialEq)]
#[pickle(name = "Output", alias = "Sink", reduce = Self::reduce)]
struct Output(String);

#[function]
fn open_sink(path: String) -> Result<Sink, Infallible> {
    Ok(Sink(path))
}

#[function]
fn open_sunk(path: Rc<str>) -> Result<Output, Infallible> {
    Ok(Output(path.to_string()))
}

impl Sink {
    fn reduce(&self) -> Reduced<Sink> {
        Reduced::new(func!(open_sink), self.0.clone())
    }
}

impl Output {
    fn reduce(&self) -> Reduced<Output> {
        Reduced::new(func!(open_sunk), self.0.as_str().into())
    }
}

#[test]
fn a_type_whose_values_choose_their_rebuilder_is_renamed() {
    let mut bytes = dumps(&vec![Sink("a".into()), Sink("b".into())]).unwrap();
    // One program can't have both functions under the name that they would have in two releases.
    patch(&mut bytes, b"open_sink", b"open_sunk");
    let outputs: Vec<Output> = loads(&bytes).unwrap();
    assert_eq!(outputs, [Output("a".into()), Output("b".into())]);
    assert_eq!(open::<Vec<Output>>(&outputs), outputs);
}

#[test]
fn hooks_come_and_go_in_graphs() {
    #[derive(Pickle)]
    #[pickle(name = "Node", before_dump = Self::check)]
    struct Hooked {
        id: u8,
        next: RefCell<Option<Rc<Hooked>>>,
    }
    impl Hooked {
        fn check(&self) -> Result<(), Infallible> {
            Ok(())
        }
    }
    #[derive(Pickle)]
    #[pickle(name = "Node")]
    struct Plain {
        next: RefCell<Option<Rc<Plain>>>,
        id: u16,
    }
    #[derive(Pickle)]
    #[pickle(name = "Node", after_load = Self::loaded)]
    struct Checked {
        id: u32,
        next: RefCell<Option<Rc<Checked>>>,
        #[pickle(skip)]
        loaded: bool,
    }
    impl Checked {
        fn loaded(&mut self) -> Result<(), &'static str> {
            self.loaded = true;
            if self.id == 9 { Err("nine") } else { Ok(()) }
        }
    }
    let chain = |id: u8| {
        let last = Rc::new(Hooked { id, next: None.into() });
        let first = Rc::new(Hooked { id: 1, next: Some(last.clone()).into() });
        (vec![first.clone(), last], first)
    };
    let hooked = chain(0);
    *hooked.0[1].next.borrow_mut() = Some(hooked.1.clone());
    let (both, first): (Vec<Rc<Plain>>, Rc<Plain>) = open(&hooked);
    *hooked.1.next.borrow_mut() = None;
    assert!(Rc::ptr_eq(&both[0], &first) && Rc::ptr_eq(both[0].next.borrow().as_ref().unwrap(), &both[1]));
    assert!(Rc::ptr_eq(both[1].next.borrow().as_ref().unwrap(), &first));
    assert_eq!((both[0].id, both[1].id), (1, 0));

    // A hook sees complete values, and those of a cycle are not.
    let error = refused::<(Vec<Rc<Checked>>, Rc<Checked>)>(&(both.clone(), first));
    both.iter().for_each(|node| drop(node.next.borrow_mut().take()));
    assert_eq!(error.kind(), ErrorKind::Cycle, "{error}");

    let (both, first): (Vec<Rc<Checked>>, Rc<Checked>) = open(&chain(0));
    assert!(Rc::ptr_eq(&both[0], &first) && Rc::ptr_eq(both[0].next.borrow().as_ref().unwrap(), &both[1]));
    assert_eq!((both[0].id, both[1].id, both.iter().all(|node| node.loaded)), (1, 0, true));
    let error = refused::<(Vec<Rc<Checked>>, Rc<Checked>)>(&chain(9));
    assert_eq!(error.kind(), ErrorKind::Hook, "{error}");
}

#[test]
fn keys_and_heaps_are_complete_before_they_are_compared() {
    #[derive(Pickle, PartialEq, Eq, PartialOrd, Ord)]
    #[pickle(name = "Town")]
    struct Before {
        name: Rc<RefCell<String>>,
        size: u8,
    }
    #[derive(Pickle, PartialEq, Eq, PartialOrd, Ord, Debug)]
    #[pickle(name = "Town")]
    struct After {
        size: u16,
        name: Rc<RefCell<String>>,
    }
    let name = Rc::new(RefCell::new("a".to_owned()));
    let before = || Before { name: name.clone(), size: 3 };
    type Towns<T> = (BTreeMap<T, RefCell<Rc<T>>>, BTreeSet<T>, BinaryHeap<T>);
    let towns: Towns<Before> = (
        BTreeMap::from([(before(), RefCell::new(Rc::new(before())))]),
        BTreeSet::from([before()]),
        BinaryHeap::from([before(), before()]),
    );
    let (map, set, heap): Towns<After> = open(&towns);
    let (key, value) = map.first_key_value().unwrap();
    assert_eq!((key.size, key.name.borrow().as_str()), (3, "a"));
    let all = [&value.borrow().name, &set.first().unwrap().name, &heap.peek().unwrap().name];
    assert!(all.iter().all(|name| Rc::ptr_eq(name, &key.name)));
}

#[test]
fn a_newtype_that_becomes_transparent_is_another_shape() {
    #[derive(Pickle)]
    #[pickle(name = "Meters")]
    struct Before(f32);
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Meters", transparent)]
    struct After(f32);
    #[derive(Pickle)]
    struct Holder<T> {
        length: T,
    }
    let error = refused::<Holder<After>>(&Holder { length: Before(1.5) });
    assert_eq!((error.kind(), error.path().to_string()), (ErrorKind::WrongType, "length".into()), "{error}");
    // What it looks like may change as that does.
    assert_eq!(open::<Holder<After>>(&Holder { length: 7u8 }).length, After(7.0));
}

#[test]
fn generic_types_and_borrowed_fields_have_defaults() {
    #[derive(Pickle)]
    #[pickle(name = "Slot")]
    struct Before<T> {
        held: T,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Slot")]
    struct After<T: Clone + 'static, const N: usize> {
        #[pickle(default)]
        history: Vec<T>,
        held: Option<T>,
        #[pickle(default = [1; N])]
        marks: [u8; N],
    }
    let after: After<String, 3> = open(&Before { held: "x" });
    assert_eq!(after, After { history: vec![], held: Some("x".into()), marks: [1; 3] });

    #[derive(Pickle)]
    #[pickle(name = "Line")]
    struct Text<'a> {
        text: &'a str,
    }
    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Line")]
    struct Line<'a> {
        text: std::borrow::Cow<'a, str>,
        #[pickle(default = "none")]
        note: &'a str,
    }
    // The default of a borrowed field can't be lent by the stream that is made of the old one.
    let bytes = dumps(&Text { text: "hello" }).unwrap();
    let error = loads::<Line<'_>>(&bytes).unwrap_err();
    assert_eq!((error.kind(), error.path().to_string()), (ErrorKind::CannotBorrow, "note".into()), "{error}");
    let same = Line { text: "a".into(), note: "b" };
    assert_eq!(loads::<Line<'_>>(&dumps(&same).unwrap()).unwrap(), same);
}

#[test]
fn fields_of_associated_types_have_defaults() {
    #[derive(Pickle)]
    #[pickle(name = "Log")]
    struct Before {
        length: u8,
    }
    #[derive(Pickle)]
    #[pickle(name = "Log")]
    struct After<I: Iterator, J: Iterator> {
        length: u8,
        #[pickle(default)]
        last: Option<I::Item>,
        #[pickle(default = Vec::new())]
        shared: Vec<Rc<J::Item>>,
    }
    let after: After<std::ops::Range<u8>, std::vec::IntoIter<String>> = open(&Before { length: 7 });
    assert_eq!((after.length, after.last, after.shared), (7, None, vec![]));
}

#[function]
fn first<'a>(a: &'a str, _: &str) -> &'a str {
    a
}

#[test]
fn fields_with_lifetimes_of_their_own_have_defaults() {
    #[derive(Pickle)]
    #[pickle(name = "Join")]
    struct Before<'a> {
        text: &'a str,
    }
    #[derive(Pickle)]
    #[pickle(name = "Join")]
    struct After<'a> {
        text: std::borrow::Cow<'a, str>,
        #[pickle(default = func!(first))]
        choose: Function<for<'x> fn(&'x str, &'_ str) -> &'x str>,
    }
    let bytes = dumps(&Before { text: "hello" }).unwrap();
    let after: After<'_> = loads(&bytes).unwrap();
    assert_eq!((&*after.text, (after.choose)("a", "b")), ("hello", "a"));
}

//! Whom a load trusts: `Unpickler::allow` lets a stream name less, `Unpickler::trusted` lets it take more.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pickle_core::{
    Error, ErrorKind, Function, Pickle, Reduced, UnpickleOwned, Unpickler, Value, dumps, func, function, loads, object,
};
use pickle_tests::assert_says;

#[object]
trait Task {
    fn run(&self) -> u32;
}

#[derive(Pickle)]
#[pickle(name = "trust::Print")]
struct Print(u8);

#[object(name = "trust::Print")]
impl Task for Print {
    fn run(&self) -> u32 {
        self.0.into()
    }
}

#[derive(Pickle)]
struct Delete {
    inner: Option<Box<dyn Task>>,
}

#[object(name = "trust::Delete")]
impl Task for Delete {
    fn run(&self) -> u32 {
        1000 + u32::from(self.inner.is_some())
    }
}

#[function(name = "trust::double")]
fn double(x: u32) -> u32 {
    2 * x
}

#[function(name = "trust::triple")]
fn triple(x: u32) -> u32 {
    3 * x
}

#[derive(Pickle, Debug)]
#[pickle(reduce = Self::reduce)]
struct Handle(u8);

#[function(name = "trust::open")]
fn open(id: u8) -> Result<Handle, Infallible> {
    Ok(Handle(id))
}

#[function(name = "trust::create")]
fn create(id: u8) -> Result<Handle, Infallible> {
    Ok(Handle(id))
}

impl Handle {
    fn reduce(&self) -> Reduced<Handle> {
        Reduced::new(if self.0 == 0 { func!(create) } else { func!(open) }, self.0)
    }
}

fn without<'c>(forbidden: &'static str) -> Unpickler<'c> {
    Unpickler::new().allow(move |name| name != forbidden)
}

/// What a loader says that does not allow a name, from bytes and from a reader.
#[track_caller]
fn refused<T: UnpickleOwned>(value: &impl Pickle, forbidden: &'static str) -> Error {
    let bytes = dumps(value).unwrap();
    loads::<T>(&bytes).map(drop).unwrap();
    without("another").loads::<T>(&bytes).map(drop).unwrap();
    let from_reader = without(forbidden).load::<T, _>(&bytes[..]).map(drop).unwrap_err();
    let error = without(forbidden).loads::<T>(&bytes).map(drop).unwrap_err();
    assert_eq!((error.kind(), from_reader.kind()), (ErrorKind::NotAllowed, ErrorKind::NotAllowed), "{error}");
    assert_says(&error, &[forbidden, "Unpickler::allow"]);
    error
}

#[test]
fn types_behind_traits_are_asked_for() {
    let tasks: Vec<Box<dyn Task>> = vec![Box::new(Print(1)), Box::new(Delete { inner: None }), Box::new(Print(2))];
    let error = refused::<Vec<Box<dyn Task>>>(&tasks, "trust::Delete");
    assert_eq!(error.path().as_str(), "[1]");
    assert!(error.offset().is_some_and(|offset| offset < dumps(&tasks).unwrap().len() as u64));
    assert_eq!(refused::<Vec<Box<dyn Task>>>(&tasks, "trust::Print").path().as_str(), "[0]");
    let shared: (Rc<dyn Task>, u8) = (Rc::new(Print(1)), 7);
    refused::<(Rc<dyn Task>, u8)>(&shared, "trust::Print");
    // One that another one holds.
    let within: Box<dyn Task> = Box::new(Delete { inner: Some(Box::new(Print(3))) });
    refused::<Box<dyn Task>>(&within, "trust::Print");
}

#[test]
fn functions_and_rebuilders_are_asked_for() {
    type Step = Function<fn(u32) -> u32>;
    let steps: Vec<Step> = vec![func!(double), func!(triple)];
    assert_eq!(refused::<Vec<Step>>(&steps, "trust::triple").path().as_str(), "[1]");
    let handles = vec![Handle(1), Handle(0)];
    assert_eq!(refused::<Vec<Handle>>(&handles, "trust::create").path().as_str(), "[1]");
}

#[test]
fn each_name_is_asked_for_once_and_all_who_are_asked_must_agree() {
    let asked = AtomicUsize::new(0);
    let tasks: Vec<Box<dyn Task>> = (0..50).map(|i| Box::new(Print(i)) as Box<dyn Task>).collect();
    let bytes = dumps(&tasks).unwrap();
    let counting = || Unpickler::new().allow(|_| asked.fetch_add(1, Ordering::Relaxed) < 100);

    let back: Vec<Box<dyn Task>> = counting().allow(|name| name == "trust::Print").loads(&bytes).unwrap();
    assert_eq!(back.iter().map(|task| task.run()).sum::<u32>(), 49 * 25);
    assert_eq!(asked.load(Ordering::Relaxed), 1);

    let error = counting().allow(|_| false).loads::<Vec<Box<dyn Task>>>(&bytes).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAllowed);
    let error = Unpickler::new().allow(|_| false).allow(|_| true).loads::<Vec<Box<dyn Task>>>(&bytes).map(drop);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::NotAllowed);
}

#[test]
fn a_stream_of_an_older_shape_is_asked_for_by_the_names_of_today() {
    #[derive(Pickle)]
    #[pickle(name = "Queue")]
    struct Before {
        first: Box<dyn Task>,
    }
    #[derive(Pickle)]
    #[pickle(name = "Queue")]
    struct After {
        first: Box<dyn Task>,
        #[pickle(default)]
        rest: Vec<Box<dyn Task>>,
    }
    refused::<After>(&Before { first: Box::new(Print(1)) }, "trust::Print");
    let bytes = dumps(&Before { first: Box::new(Print(5)) }).unwrap();
    let after: After = without("trust::Delete").loads(&bytes).unwrap();
    assert_eq!((after.first.run(), after.rest.len()), (5, 0));
}

#[test]
fn a_value_makes_nothing_that_could_be_asked_for() {
    let tasks: Vec<Box<dyn Task>> = vec![Box::new(Print(1))];
    let bytes = dumps(&tasks).unwrap();
    let value: Value = Unpickler::new().allow(|_| false).loads(&bytes).unwrap();
    assert_eq!(value.to_string(), "[trust::Print(1)]");
}

#[test]
fn trusted_bytes_have_no_limits_but_depth() {
    let empties = dumps(&vec![(); 1 << 20]).unwrap();
    assert_eq!(loads::<Vec<()>>(&empties).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(Unpickler::trusted().loads::<Vec<()>>(&empties).unwrap().len(), 1 << 20);
    assert_eq!(Unpickler::trusted().load::<Vec<()>, _>(&empties[..]).unwrap().len(), 1 << 20);

    // Two bytes of the stream make 24 of memory, and more than 16 times the stream in all.
    let strings = dumps(&vec![Vec::<Vec<u8>>::new(); 8 << 20]).unwrap();
    assert_eq!(loads::<Vec<Vec<Vec<u8>>>>(&strings).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(Unpickler::trusted().loads::<Vec<Vec<Vec<u8>>>>(&strings).unwrap().len(), 8 << 20);

    // A limit that is set after it is one again.
    let error = Unpickler::trusted().max_memory(1000).loads::<Vec<Vec<Vec<u8>>>>(&strings).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let damaged = &empties[..empties.len() - 1];
    assert_eq!(Unpickler::trusted().loads::<Vec<()>>(damaged).unwrap_err().kind(), ErrorKind::Truncated);
}

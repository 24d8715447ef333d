//! More objects than a processor's cache holds: what they hold is fetched ahead, which nothing may tell from outside.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use pickle_core::{ErrorKind, Pickle, dumps, loads};
use pickle_tests::on_small_stack;

const MANY: usize = if cfg!(miri) { 600 } else { 20_000 };

#[derive(Pickle)]
struct Part {
    name: String,
    kind: Kind,
    pair: (u8, Option<Rc<str>>),
    numbers: Vec<f32>,
    next: RefCell<Vec<Rc<Part>>>,
    owner: RefCell<Weak<Part>>,
    other: Option<Arc<String>>,
}

#[derive(Pickle)]
enum Kind {
    Plain,
    Tuple(u16, Rc<str>),
    Named { weak: RefCell<Weak<Part>> },
}

fn parts() -> Vec<Rc<Part>> {
    let name: Rc<str> = "one name".into();
    let other = Arc::new("another".to_owned());
    let part = |number: usize| {
        let kind = match number % 3 {
            0 => Kind::Plain,
            1 => Kind::Tuple(number as u16, name.clone()),
            _ => Kind::Named { weak: RefCell::default() },
        };
        let (next, owner) = (RefCell::default(), RefCell::default());
        let (pair, other) = ((number as u8, Some(name.clone())), Some(other.clone()));
        Rc::new(Part { name: format!("part {number}"), kind, pair, numbers: vec![number as f32], next, owner, other })
    };
    let parts: Vec<_> = (0..MANY).map(part).collect();
    for (number, part) in parts.iter().enumerate() {
        let owner = &parts[number / 3];
        owner.next.borrow_mut().push(part.clone());
        *part.owner.borrow_mut() = Rc::downgrade(owner);
        if let Kind::Named { weak } = &part.kind {
            // One of each two points to what is gone, whose memory is still there.
            let gone = Rc::new(Part {
                name: String::new(),
                kind: Kind::Plain,
                pair: (0, None),
                numbers: Vec::new(),
                next: RefCell::default(),
                owner: RefCell::default(),
                other: None,
            });
            *weak.borrow_mut() = Rc::downgrade(if number % 2 == 0 { &gone } else { &parts[number / 2] });
        }
    }
    parts
}

fn unlink(parts: &[Rc<Part>]) {
    parts.iter().for_each(|part| part.next.borrow_mut().clear());
}

#[test]
fn each_comes_back_as_it_was() {
    let parts = parts();
    // All are met through the first one.
    let bytes = dumps(&parts[0]).unwrap();
    let back: Rc<Part> = loads(&bytes).unwrap();
    let mut queue = vec![(parts[0].clone(), back)];
    let mut number = 0;
    while let Some((part, back)) = queue.get(number).cloned() {
        number += 1;
        assert_eq!(part.name, back.name);
        assert_eq!(part.pair, back.pair);
        assert_eq!(part.numbers, back.numbers);
        assert_eq!(part.other, back.other);
        let names = |weak: &RefCell<Weak<Part>>| weak.borrow().upgrade().map(|part| part.name.clone());
        assert_eq!(names(&part.owner), names(&back.owner));
        match (&part.kind, &back.kind) {
            (Kind::Plain, Kind::Plain) => {}
            (Kind::Tuple(one, name), Kind::Tuple(other, back)) => assert_eq!((one, name), (other, back)),
            (Kind::Named { weak }, Kind::Named { weak: back }) => assert_eq!(names(weak), names(back)),
            _ => panic!("another variant came back"),
        }
        let (next, back) = (part.next.borrow(), back.next.borrow());
        assert_eq!(next.len(), back.len());
        // The first part is its own.
        let pairs = next.iter().cloned().zip(back.iter().cloned());
        queue.extend(pairs.filter(|(part, _)| !Rc::ptr_eq(part, &parts[0])));
    }
    assert_eq!(number, MANY);
    unlink(&parts);
    unlink(&queue.into_iter().map(|(_, back)| back).collect::<Vec<_>>());
}

#[test]
fn a_held_cell_among_them_is_refused() {
    let parts = parts();
    let last = &parts[MANY - 1];
    let held = last.next.borrow_mut();
    let error = dumps(&parts).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Inaccessible);
    assert_eq!(error.path(), format!("[{}].next", MANY - 1));
    drop(held);
    unlink(&parts);
}

#[derive(Pickle, Default)]
struct Nested {
    inner: Vec<Nested>,
}

#[test]
fn those_that_nest_too_deep_are_refused_on_a_small_stack() {
    let run = || {
        let deep = || (0..MANY).fold(Nested::default(), |nested, _| Nested { inner: vec![nested] });
        let mut values: Vec<_> = (0..MANY).map(|_| Rc::default()).collect();
        values.extend([Rc::new(deep()), Rc::new(deep())]);
        let error = dumps(&values).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        // Level by level: their own drop would recurse.
        for value in values.drain(MANY..) {
            let mut inner = Rc::try_unwrap(value).ok().map(|nested| nested.inner).unwrap();
            while let Some(nested) = inner.pop() {
                inner = nested.inner;
            }
        }
    };
    on_small_stack(run);
}

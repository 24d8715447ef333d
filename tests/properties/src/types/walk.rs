//! A walk through a graph, which writes down what it meets without recursing along its pointers.

use std::collections::HashMap;
use std::fmt::Debug;
use std::rc::{Rc, Weak};

use super::graph::Thing;

/// A thing of any type that is one.
pub trait AnyThing {
    /// Seen as a thing.
    fn seen(self) -> Rc<dyn Thing>;
}

impl<T: Thing> AnyThing for Rc<T> {
    fn seen(self) -> Rc<dyn Thing> {
        self
    }
}

impl AnyThing for Rc<dyn Thing> {
    fn seen(self) -> Rc<dyn Thing> {
        self
    }
}

enum Said {
    Text(String),
    /// A weak pointer: where to, and whether somebody keeps it.
    Weak(*const (), bool),
}

/// What was met.
#[derive(Default)]
pub struct Walk {
    said: Vec<Said>,
    numbers: HashMap<*const (), usize>,
    things: Vec<Rc<dyn Thing>>,
}

impl Walk {
    /// Writes a value down.
    pub fn say(&mut self, value: impl Debug) {
        self.said.push(Said::Text(format!("{value:?}")));
    }

    /// Writes the number of an object down; gives whether it is new.
    pub fn numbered(&mut self, at: *const ()) -> bool {
        let next = self.numbers.len();
        let number = *self.numbers.entry(at).or_insert(next);
        self.said.push(Said::Text(format!("#{number}")));
        number == next
    }

    /// Shared text.
    pub fn text(&mut self, text: &Rc<str>) {
        self.numbered(Rc::as_ptr(text).cast());
        self.say(text);
    }

    /// A pointer to a thing, which is looked into later.
    pub fn strong(&mut self, thing: impl AnyThing) {
        let thing = thing.seen();
        if self.numbered(Rc::as_ptr(&thing).cast()) {
            self.things.push(thing);
        }
    }

    /// A weak pointer.
    pub fn weak<T: Thing + ?Sized>(&mut self, weak: &Weak<T>) {
        self.said.push(Said::Weak(weak.as_ptr().cast(), weak.strong_count() > 0));
    }

    /// All things that are reached.
    #[must_use]
    pub fn things(mut self) -> Vec<Rc<dyn Thing>> {
        self.go();
        self.things
    }

    fn go(&mut self) {
        let mut next = 0;
        while let Some(thing) = self.things.get(next).cloned() {
            self.said.push(Said::Text("\n".to_owned()));
            thing.tell(self);
            next += 1;
        }
    }

    /// Looks into all things, and gives what was written down.
    ///
    /// # Panics
    /// Where a weak pointer is to a thing that lives though nothing reaches it.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.go();
        let mut text = String::new();
        for said in self.said {
            match said {
                Said::Text(said) => text.push_str(&said),
                Said::Weak(_, false) => text.push_str("gone"),
                Said::Weak(at, true) => match self.numbers.get(&at) {
                    Some(number) => text.push_str(&format!("~{number}")),
                    None => panic!("a thing lives that the root does not reach"),
                },
            }
            text.push(' ');
        }
        text
    }
}

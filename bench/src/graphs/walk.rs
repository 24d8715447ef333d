//! What two graphs have in common if they are equal: objects numbered in the order in which they are met.

use std::collections::HashMap;
use std::rc::{Rc, Weak};

use fory::RcWeak;

/// What stands for a pointer to no object.
pub const NOTHING: u64 = u64::MAX;

/// Visits each object once and writes down what it holds, with pointers as numbers.
///
/// Two graphs are the same, with the same sharing, if their words are.
pub struct Walk<T> {
    numbers: HashMap<*const T, u64>,
    queue: Vec<Rc<T>>,
    words: Vec<u64>,
}

impl<T> Walk<T> {
    /// Everything reachable from `roots`; `visit` writes down one object.
    fn words<'a>(roots: impl IntoIterator<Item = &'a Rc<T>>, mut visit: impl FnMut(&mut Self, &T)) -> Vec<u64>
    where
        T: 'a,
    {
        let mut walk = Self { numbers: HashMap::new(), queue: Vec::new(), words: Vec::new() };
        for root in roots {
            walk.pointer(root);
        }
        let mut next = 0;
        while let Some(object) = walk.queue.get(next).cloned() {
            visit(&mut walk, &object);
            next += 1;
        }
        walk.words
    }

    /// Whether the same is reachable from two lists of roots.
    pub fn same<'a, R: IntoIterator<Item = &'a Rc<T>>>(
        roots: R,
        others: R,
        mut visit: impl FnMut(&mut Self, &T),
    ) -> bool
    where
        T: 'a,
    {
        Self::words(roots, &mut visit) == Self::words(others, &mut visit)
    }

    pub fn number(&mut self, number: u64) {
        self.words.push(number);
    }

    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.words.extend(text.bytes().map(u64::from));
    }

    pub fn pointer(&mut self, pointer: &Rc<T>) {
        let number = self.numbers.len() as u64;
        let queue = &mut self.queue;
        let number = *self.numbers.entry(Rc::as_ptr(pointer)).or_insert_with(|| {
            queue.push(Rc::clone(pointer));
            number
        });
        self.number(number);
    }

    pub fn link(&mut self, pointer: &impl Link<T>) {
        match pointer.target() {
            Some(target) => self.pointer(&target),
            None => self.number(NOTHING),
        }
    }

    pub fn pointers(&mut self, pointers: &[Rc<T>]) {
        self.number(pointers.len() as u64);
        pointers.iter().for_each(|pointer| self.pointer(pointer));
    }
}

/// What the pointers in the graphs have in common: std's, and Fory's own `Weak`.
pub trait Link<T>: Sized {
    fn to(target: &Rc<T>) -> Self;
    fn target(&self) -> Option<Rc<T>>;
}

impl<T> Link<T> for Weak<T> {
    fn to(target: &Rc<T>) -> Self {
        Rc::downgrade(target)
    }
    fn target(&self) -> Option<Rc<T>> {
        self.upgrade()
    }
}

impl<T> Link<T> for RcWeak<T> {
    fn to(target: &Rc<T>) -> Self {
        Self::from(target)
    }
    fn target(&self) -> Option<Rc<T>> {
        self.upgrade()
    }
}

impl<T> Link<T> for Rc<T> {
    fn to(target: &Rc<T>) -> Self {
        Rc::clone(target)
    }
    fn target(&self) -> Option<Rc<T>> {
        Some(Rc::clone(self))
    }
}

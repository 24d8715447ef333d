//! A graph with most of what graphs have: traits, a shared string, weak pointers, cells, and cycles through all of them.

#![allow(missing_debug_implementations, reason = "what leads to itself has no end to show")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use pickle_core::{Pickle, object};

/// What an owner may have.
#[object]
pub trait Animal {
    /// How many legs it has.
    fn legs(&self) -> u32;
}

/// An animal that knows its owner.
#[derive(Pickle)]
pub struct Dog {
    name: Rc<str>,
    owner: RefCell<Weak<Owner>>,
}

#[object]
impl Animal for Dog {
    fn legs(&self) -> u32 {
        self.name.len() as u32
    }
}

/// Who has animals, and is next to itself.
#[derive(Pickle, Default)]
pub struct Owner {
    /// Those that are shared.
    pub pets: RefCell<Vec<Rc<dyn Animal>>>,
    /// The owner itself.
    pub next: RefCell<Option<Rc<Owner>>>,
    /// The same.
    pub by_name: RefCell<BTreeMap<String, RefCell<Option<Rc<Owner>>>>>,
    /// One that is not shared.
    pub boxed: Option<Box<dyn Animal>>,
}

impl Owner {
    /// An owner with a pet twice, and another dog of the same name in a box of this kind.
    pub fn with_dogs(boxed: impl FnOnce(Dog) -> Box<dyn Animal>) -> Rc<Self> {
        let name: Rc<str> = "Rex".into();
        let dog = || Dog { name: name.clone(), owner: RefCell::default() };
        let owner = Rc::new(Owner { boxed: Some(boxed(dog())), ..Owner::default() });
        let pet = Rc::new(dog());
        *pet.owner.borrow_mut() = Rc::downgrade(&owner);
        owner.pets.borrow_mut().extend([pet.clone() as Rc<dyn Animal>, pet]);
        *owner.next.borrow_mut() = Some(owner.clone());
        owner.by_name.borrow_mut().insert("me".into(), RefCell::new(Some(owner.clone())));
        owner
    }

    /// Ends the cycles through the owner itself.
    pub fn let_go(&self) {
        self.next.take();
        self.by_name.take();
    }
}

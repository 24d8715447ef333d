//! Sharing and cycles survive a change of the types.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use pickle_core::{ErrorKind, Pickle, Unpickle, UnpickleOwned, dumps, loads, object};

fn open<T: UnpickleOwned>(old: &(impl Pickle + ?Sized)) -> T {
    loads(&dumps(old).unwrap()).unwrap()
}

fn refused<T: for<'a> Unpickle<'a>>(old: &(impl Pickle + ?Sized)) -> pickle_core::Error {
    loads::<T>(&dumps(old).unwrap()).map(drop).unwrap_err()
}

mod v1 {
    use super::*;

    #[derive(Pickle, Default)]
    pub(super) struct Node {
        pub(super) id: u32,
        pub(super) next: RefCell<Option<Rc<Node>>>,
        pub(super) dropped: RefCell<Vec<Rc<Node>>>,
        pub(super) label: Rc<str>,
        pub(super) named: BTreeMap<String, RefCell<Weak<Node>>>,
    }

    #[derive(Pickle)]
    pub(super) struct Tree {
        pub(super) parent: Weak<Tree>,
        pub(super) size: u8,
        pub(super) children: Vec<Rc<Tree>>,
    }
}

mod v2 {
    use super::*;

    /// Fields in another order, one gone, one new that brings an object, one that becomes shared.
    #[derive(Pickle)]
    pub(super) struct Node {
        pub(super) named: BTreeMap<String, RefCell<Weak<Node>>>,
        #[pickle(default = Rc::new(RefCell::new(Vec::new())))]
        pub(super) log: Rc<RefCell<Vec<u8>>>,
        #[pickle(alias = "label")]
        pub(super) title: Rc<str>,
        pub(super) next: RefCell<Option<Rc<Node>>>,
        pub(super) id: Rc<u64>,
    }

    #[derive(Pickle)]
    pub(super) struct Tree {
        pub(super) children: Vec<Rc<Tree>>,
        pub(super) size: u32,
        #[pickle(default)]
        pub(super) note: String,
        pub(super) parent: Weak<Tree>,
    }
}

/// A ring of three whose labels are one text, with names that lead to each.
fn ring() -> Vec<Rc<v1::Node>> {
    let label: Rc<str> = "shared".into();
    let node = |id| {
        let names = ["a", "b", "c"].map(|name| (name.to_owned(), RefCell::default()));
        Rc::new(v1::Node { id, label: label.clone(), named: names.into(), ..v1::Node::default() })
    };
    let nodes: Vec<_> = (0..3).map(node).collect();
    for (i, one) in nodes.iter().enumerate() {
        *one.next.borrow_mut() = Some(nodes[(i + 1) % 3].clone());
        one.dropped.borrow_mut().push(nodes[2].clone());
        for (name, cell) in one.named.values().enumerate() {
            *cell.borrow_mut() = Rc::downgrade(&nodes[name]);
        }
    }
    nodes
}

fn unlink(nodes: &[Rc<v1::Node>]) {
    nodes.iter().for_each(|node| drop((node.next.take(), node.dropped.take())));
}

#[test]
fn a_ring_whose_fields_move() {
    let old = ring();
    let first: Rc<v2::Node> = open(&old[0]);
    let second = first.next.borrow().clone().unwrap();
    let third = second.next.borrow().clone().unwrap();
    assert!(Rc::ptr_eq(&third.next.borrow().clone().unwrap(), &first));
    assert_eq!([&first, &second, &third].map(|node| *node.id), [0, 1, 2]);
    assert!(Rc::ptr_eq(&first.title, &third.title) && &*first.title == "shared");
    assert!(!Rc::ptr_eq(&first.log, &second.log));
    for node in [&first, &second, &third] {
        assert!(Rc::ptr_eq(&node.named["b"].borrow().upgrade().unwrap(), &second));
        assert!(Rc::ptr_eq(&node.named["c"].borrow().upgrade().unwrap(), &third));
    }
    unlink(&old);
    third.next.take();
}

#[test]
fn an_object_defined_in_a_removed_field_is_still_one() {
    #[derive(Pickle)]
    struct Old {
        gone: Vec<Rc<String>>,
        kept: (Rc<String>, Rc<String>, Weak<String>, Weak<String>),
    }
    mod new {
        use super::{Pickle, Rc, Weak};
        #[derive(Pickle)]
        pub(super) struct Old {
            pub(super) kept: (Rc<String>, Rc<String>, Weak<String>, Weak<String>),
        }
    }
    let (one, lost) = (Rc::new("one".to_owned()), Rc::new("lost".to_owned()));
    let old = Old {
        gone: vec![one.clone(), lost.clone()],
        kept: (one.clone(), one.clone(), Rc::downgrade(&one), Rc::downgrade(&lost)),
    };
    let new::Old { kept: (a, b, weak, gone) } = open(&old);
    assert!(Rc::ptr_eq(&a, &b) && Rc::ptr_eq(&a, &weak.upgrade().unwrap()) && *a == "one");
    assert!(gone.upgrade().is_none());
}

#[test]
fn a_tree_of_plain_weaks() {
    let old = Rc::new_cyclic(|root: &Weak<v1::Tree>| v1::Tree {
        parent: Weak::new(),
        size: 2,
        children: (0..2).map(|_| Rc::new(v1::Tree { parent: root.clone(), size: 1, children: Vec::new() })).collect(),
    });
    let root: Rc<v2::Tree> = open(&old);
    assert_eq!((root.size, root.children.len(), root.note.as_str()), (2, 2, ""));
    assert!(root.children.iter().all(|child| Rc::ptr_eq(&child.parent.upgrade().unwrap(), &root)));
}

#[test]
fn what_is_shared_is_not_copied() {
    let shared = Rc::new(5u8);
    assert_eq!(open::<(u8, u16)>(&(Rc::new(1u8), Rc::new(2u8))), (1, 2));
    let error = refused::<(u8, u8)>(&(shared.clone(), shared.clone()));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::WrongType, "1"));
    assert!(error.to_string().contains("is shared"), "{error}");
    let error = refused::<(Rc<u8>, u8)>(&(shared.clone(), shared));
    assert_eq!(error.path(), "1");
}

/// Two releases of a program: each has its own trait, under one name.
mod release1 {
    use super::*;

    #[object]
    pub(super) trait Animal {}

    #[derive(Pickle)]
    pub(super) struct Dog {
        pub(super) name: String,
        pub(super) age: u8,
        pub(super) friend: RefCell<Option<Rc<dyn Animal>>>,
    }
    #[object]
    impl Animal for Dog {}

    #[derive(Pickle)]
    pub(super) struct Cat(pub(super) Box<dyn Animal>);
    #[object]
    impl Animal for Cat {}

    #[derive(Pickle)]
    pub(super) struct Ant;
    #[object]
    impl Animal for Ant {}
}

mod release2 {
    use super::*;

    #[object]
    pub(super) trait Animal {
        fn describe(&self) -> String;
        fn friend(&self) -> Option<Rc<dyn Animal>> {
            None
        }
    }

    #[derive(Pickle)]
    pub(super) struct Dog {
        #[pickle(default = 4)]
        pub(super) legs: u8,
        pub(super) friend: RefCell<Option<Rc<dyn Animal>>>,
        pub(super) age: u32,
        pub(super) name: String,
    }
    #[object]
    impl Animal for Dog {
        fn describe(&self) -> String {
            format!("{} {} {}", self.name, self.age, self.legs)
        }
        fn friend(&self) -> Option<Rc<dyn Animal>> {
            self.friend.take()
        }
    }

    #[derive(Pickle)]
    #[pickle(alias = "Cat")]
    pub(super) struct Tiger(pub(super) Box<dyn Animal>);
    #[object]
    impl Animal for Tiger {
        fn describe(&self) -> String {
            format!("Tiger of {}", self.0.describe())
        }
    }
}

fn dog(name: &str) -> Rc<release1::Dog> {
    Rc::new(release1::Dog { name: name.into(), age: 7, friend: RefCell::default() })
}

#[test]
fn only_what_is_behind_dyn_has_changed() {
    use release1::{Animal, Cat, Dog};
    let boxed = Dog { name: "Box".into(), age: 1, friend: RefCell::default() };
    let old: Vec<Box<dyn Animal>> = vec![Box::new(Cat(Box::new(Cat(Box::new(boxed)))))];
    let new: Vec<Box<dyn release2::Animal>> = open(&old);
    assert_eq!(new[0].describe(), "Tiger of Tiger of Box 1 4");
    let bytes = dumps(&old).unwrap();
    let from_reader: Vec<Box<dyn release2::Animal>> = pickle_core::load(&bytes[..]).unwrap();
    assert_eq!(from_reader[0].describe(), new[0].describe());
}

#[test]
fn shared_trait_objects_and_their_cycles() {
    use release1::Animal;
    let (rex, ann) = (dog("Rex"), dog("Ann"));
    *rex.friend.borrow_mut() = Some(ann.clone());
    *ann.friend.borrow_mut() = Some(rex.clone());
    let all: Vec<Rc<dyn Animal>> = vec![ann.clone(), rex.clone(), ann.clone()];
    let new: (Vec<Rc<dyn release2::Animal>>, Rc<release2::Dog>) = open(&(all, rex.clone()));
    assert!(Rc::ptr_eq(&new.0[0], &new.0[2]));
    assert_eq!([&new.0[0], &new.0[1]].map(|dog| dog.describe()), ["Ann 7 4", "Rex 7 4"]);
    assert_eq!(Rc::as_ptr(&new.0[1]).cast::<()>(), Rc::as_ptr(&new.1).cast::<()>());
    assert!(Rc::ptr_eq(&new.0[1].friend().unwrap(), &new.0[0]) && Rc::ptr_eq(&new.0[0].friend().unwrap(), &new.0[1]));
    rex.friend.take();
}

#[test]
fn an_implementor_that_is_gone() {
    let old: Vec<Box<dyn release1::Animal>> = vec![Box::new(release1::Ant)];
    let error = refused::<Vec<Box<dyn release2::Animal>>>(&old);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::UnknownName, "[0]"));
}

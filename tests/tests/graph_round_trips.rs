//! Graphs come back with their sharing and their cycles.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc, Weak};

use pickle_core::{Pickle, Pickler, dumps, loads, object};

#[derive(Pickle)]
struct Plain {
    name: String,
    next: Option<Rc<Plain>>,
}

#[test]
fn shared() {
    let a = Rc::new(Plain { name: "a".into(), next: None });
    let b = Rc::new(Plain { name: "b".into(), next: Some(a.clone()) });
    let bytes = dumps(&(a.clone(), b, a)).unwrap();
    let (x, y, z): (Rc<Plain>, Rc<Plain>, Rc<Plain>) = loads(&bytes).unwrap();
    assert!(Rc::ptr_eq(&x, &z));
    assert!(Rc::ptr_eq(&x, y.next.as_ref().unwrap()));
    assert_eq!(y.name, "b");
}

#[derive(Pickle)]
struct Node {
    id: u32,
    next: RefCell<Option<Rc<Node>>>,
    prev: RefCell<Weak<Node>>,
}

#[test]
fn ring() {
    let nodes: Vec<_> =
        (0..1000).map(|id| Rc::new(Node { id, next: RefCell::default(), prev: RefCell::default() })).collect();
    for i in 0..1000 {
        *nodes[i].next.borrow_mut() = Some(nodes[(i + 1) % 1000].clone());
        *nodes[(i + 1) % 1000].prev.borrow_mut() = Rc::downgrade(&nodes[i]);
    }
    let bytes = dumps(&nodes[5]).unwrap();
    let back: Rc<Node> = loads(&bytes).unwrap();
    let mut at = back.clone();
    for i in 0..1000 {
        assert_eq!(at.id, (5 + i) % 1000);
        let next = at.next.borrow().clone().unwrap();
        assert!(Rc::ptr_eq(&next.prev.borrow().upgrade().unwrap(), &at));
        at = next;
    }
    assert!(Rc::ptr_eq(&at, &back));
    assert_eq!(Rc::strong_count(&back), 3);
    for one in [&nodes[5], &back] {
        one.next.take();
    }
}

#[derive(Pickle)]
struct Tree {
    id: u32,
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

#[test]
fn cyclic_tree() {
    let tree = Rc::new_cyclic(|root| Tree {
        id: 0,
        parent: Weak::new(),
        children: (1..5)
            .map(|id| {
                Rc::new_cyclic(|me| Tree {
                    id,
                    parent: root.clone(),
                    children: (0..3)
                        .map(|k| Rc::new(Tree { id: id * 10 + k, parent: me.clone(), children: vec![] }))
                        .collect(),
                })
            })
            .collect(),
    });
    let back: Rc<Tree> = loads(&dumps(&tree).unwrap()).unwrap();
    for child in &back.children {
        assert!(Rc::ptr_eq(&child.parent.upgrade().unwrap(), &back));
        for grandchild in &child.children {
            assert_eq!(grandchild.id / 10, child.id);
            assert!(Rc::ptr_eq(&grandchild.parent.upgrade().unwrap(), child));
        }
    }
}

#[object]
trait Animal {
    fn name(&self) -> String;
    fn friend(&self) -> Option<Rc<dyn Animal>> {
        None
    }
}
#[object]
trait Named {
    fn title(&self) -> String;
}

#[derive(Pickle)]
struct Dog {
    name: String,
    friend: RefCell<Option<Rc<dyn Animal>>>,
    collar: Option<Rc<str>>,
}
#[object]
impl Animal for Dog {
    fn name(&self) -> String {
        self.name.clone()
    }
    fn friend(&self) -> Option<Rc<dyn Animal>> {
        self.friend.borrow().clone()
    }
}
#[object]
impl Named for Dog {
    fn title(&self) -> String {
        self.name.clone()
    }
}

#[test]
fn views() {
    let dog = Rc::new(Dog { name: "Rex".into(), friend: RefCell::default(), collar: Some("c".into()) });
    *dog.friend.borrow_mut() = Some(dog.clone());
    let views = (
        dog.clone() as Rc<dyn Animal>,
        dog.clone() as Rc<dyn Named>,
        dog.clone(),
        Rc::downgrade(&(dog.clone() as Rc<dyn Animal>)),
    );
    let bytes = dumps(&views).unwrap();
    type Views = (Rc<dyn Animal>, Rc<dyn Named>, Rc<Dog>, Weak<dyn Animal>);
    let (a, n, d, w): Views = loads(&bytes).unwrap();
    assert_eq!(a.name(), "Rex");
    let thin = Rc::as_ptr(&d).cast::<()>();
    assert_eq!(Rc::as_ptr(&a).cast::<()>(), thin);
    assert_eq!(Rc::as_ptr(&n).cast::<()>(), thin);
    assert_eq!(w.as_ptr().cast::<()>(), thin);
    assert_eq!(Rc::as_ptr(&a.friend().unwrap()).cast::<()>(), thin);
    assert_eq!(n.title(), "Rex");
    dog.friend.take();
    d.friend.take();
}

#[derive(Pickle, Default)]
struct Hub {
    name: String,
    spokes: HashMap<String, RefCell<Option<Rc<Hub>>>>,
    tree: BTreeMap<u8, RefCell<Vec<Rc<Hub>>>>,
    once: OnceCell<Weak<Hub>>,
}

#[test]
fn maps() {
    let mut hub = Hub { name: "hub".into(), ..Hub::default() };
    for i in 0..20 {
        hub.spokes.insert(format!("s{i}"), RefCell::default());
        hub.tree.insert(i, RefCell::default());
    }
    let hub = Rc::new(hub);
    hub.once.set(Rc::downgrade(&hub)).unwrap();
    for i in 0..20 {
        let other = Rc::new(Hub { name: format!("o{i}"), ..Hub::default() });
        *hub.spokes[&format!("s{i}")].borrow_mut() = Some(if i % 3 == 0 { hub.clone() } else { other.clone() });
        hub.tree[&i].borrow_mut().push(if i % 2 == 0 { hub.clone() } else { other });
    }
    let back: Rc<Hub> = loads(&dumps(&hub).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&back.once.get().unwrap().upgrade().unwrap(), &back));
    for i in 0..20 {
        let spoke = back.spokes[&format!("s{i}")].borrow().clone().unwrap();
        assert_eq!(spoke.name, if i % 3 == 0 { "hub".to_owned() } else { format!("o{i}") });
        assert_eq!(back.tree[&i].borrow()[0].name, if i % 2 == 0 { "hub".to_owned() } else { format!("o{i}") });
    }
    for hub in [hub, back] {
        hub.spokes.values().for_each(|s| drop(s.take()));
        hub.tree.values().for_each(|s| drop(s.take()));
    }
}

#[test]
fn a_pickler_writes_the_same_bytes_whatever_graphs_it_wrote_before() {
    let mut pickler = Pickler::new();
    let plain =
        |length: usize| (0..length).fold(None, |next, i| Some(Rc::new(Plain { name: "n".repeat(i * 7 % 90), next })));
    let ring = Rc::new(Node { id: 1, next: RefCell::default(), prev: RefCell::default() });
    *ring.next.borrow_mut() = Some(ring.clone());
    *ring.prev.borrow_mut() = Rc::downgrade(&ring);
    let many = if cfg!(miri) { 200 } else { 20_000 };
    // Each root is of another type than the one before.
    for length in [1, many / 4, 3, many, many, 0] {
        let list = plain(length);
        assert!(pickler.dumps(&list).unwrap() == dumps(&list).unwrap(), "{length}");
        assert!(pickler.dumps(&ring).unwrap() == dumps(&ring).unwrap(), "{length}");
        let both = (list, ring.clone(), "x".repeat(40 * length));
        assert!(pickler.dumps(&both).unwrap() == dumps(&both).unwrap(), "{length}");
        // Records lie in several blocks, some of them in two.
        let (mut back, own, _): (Option<Rc<Plain>>, Rc<Node>, String) = loads(&dumps(&both).unwrap()).unwrap();
        own.next.take();
        let mut of_it = both.0.as_deref();
        while let Some(node) = back {
            assert_eq!(Some(&node.name), of_it.map(|node| &node.name), "{length}");
            of_it = of_it.and_then(|node| node.next.as_deref());
            back = Rc::try_unwrap(node).ok().and_then(|node| node.next);
        }
        assert!(of_it.is_none(), "{length}");
        // It has let go of what it met.
        assert!(both.0.as_ref().is_none_or(|node| Rc::strong_count(node) == 1), "{length}");
        assert_eq!(Rc::strong_count(&ring), 3);
        let mut next = both.0;
        while let Some(node) = next {
            next = Rc::try_unwrap(node).ok().and_then(|node| node.next);
        }
    }
    ring.next.take();
}

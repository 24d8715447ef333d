//! Graphs: shared objects, cycles through cells, weak pointers, objects seen as a trait, in and behind everything.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use arbitrary::{Result, Unstructured};
use pickle_core::{Pickle, object};

use super::walk::Walk;

/// An object of a graph.
#[object]
pub trait Thing {
    /// Tells the walk all that it holds.
    fn tell(&self, walk: &mut Walk);
    /// Empties its cells, so that no cycle keeps it.
    fn empty(&self);
}

/// A node with a pointer of each kind.
#[derive(Pickle, Default)]
pub struct Node {
    id: u16,
    label: Option<Rc<str>>,
    next: RefCell<Option<Rc<Node>>>,
    links: RefCell<Vec<Rc<Node>>>,
    before: Vec<Rc<Node>>,
    weak: RefCell<Weak<Node>>,
    up: Weak<Node>,
    once: OnceCell<Weak<Node>>,
    things: RefCell<Vec<Rc<dyn Thing>>>,
    boxed: Option<Box<dyn Thing>>,
    named: BTreeMap<String, RefCell<Option<Rc<Node>>>>,
    labels: BTreeSet<Rc<str>>,
    choice: Choice,
    shared: Option<Arc<Mutex<Vec<u8>>>>,
}

/// Pointers in variants.
#[derive(Pickle, Default)]
pub enum Choice {
    #[default]
    Nothing,
    Strong(u8, RefCell<Option<Rc<Node>>>),
    Weak {
        text: String,
        weak: RefCell<Weak<Node>>,
    },
}

#[object]
impl Thing for Node {
    fn tell(&self, walk: &mut Walk) {
        let Node { id, label, next, links, before, weak, up, once, things, boxed, named, labels, choice, shared } =
            self;
        walk.say(id);
        label.iter().chain(labels).for_each(|label| walk.text(label));
        next.borrow().iter().chain(&*links.borrow()).chain(before).for_each(|node| walk.strong(node.clone()));
        for weak in [&weak.borrow(), up].into_iter().chain(once.get()) {
            walk.weak(weak);
        }
        things.borrow().iter().for_each(|thing| walk.strong(thing.clone()));
        if let Some(thing) = boxed {
            walk.say("boxed");
            thing.tell(walk);
        }
        for (name, cell) in named {
            walk.say(name);
            cell.borrow().iter().for_each(|node| walk.strong(node.clone()));
        }
        match choice {
            Choice::Nothing => {}
            Choice::Strong(n, cell) => {
                walk.say(n);
                cell.borrow().iter().for_each(|node| walk.strong(node.clone()));
            }
            Choice::Weak { text, weak } => {
                walk.say(text);
                walk.weak(&weak.borrow());
            }
        }
        if let Some(shared) = shared {
            walk.numbered(Arc::as_ptr(shared).cast());
            walk.say(&*shared.lock().unwrap());
        }
    }

    fn empty(&self) {
        self.next.take();
        self.links.take();
        self.things.take();
        self.named.values().for_each(|cell| drop(cell.take()));
        if let Choice::Strong(_, cell) = &self.choice {
            cell.take();
        }
        if let Some(thing) = &self.boxed {
            thing.empty();
        }
    }
}

/// A thing that is no node, and leads to them.
#[derive(Pickle)]
pub struct Sign {
    text: Rc<str>,
    to: RefCell<Vec<Weak<Node>>>,
    of: RefCell<Option<Rc<dyn Thing>>>,
    kept: Option<Rc<Node>>,
}

#[object]
impl Thing for Sign {
    fn tell(&self, walk: &mut Walk) {
        walk.text(&self.text);
        self.to.borrow().iter().for_each(|weak| walk.weak(weak));
        self.of.borrow().iter().for_each(|thing| walk.strong(thing.clone()));
        self.kept.iter().for_each(|node| walk.strong(node.clone()));
    }

    fn empty(&self) {
        self.of.take();
    }
}

/// What a graph is entered by.
#[derive(Pickle)]
pub struct Graph {
    root: Rc<Node>,
    others: Vec<Rc<dyn Thing>>,
    weak: Vec<Weak<Node>>,
    dynamic: Weak<dyn Thing>,
    text: Rc<str>,
}

impl Graph {
    /// Everything that it holds, as text that is equal for equal graphs only.
    #[must_use]
    pub fn text(&self) -> String {
        let mut walk = Walk::default();
        walk.text(&self.text);
        walk.strong(self.root.clone());
        self.others.iter().for_each(|thing| walk.strong(thing.clone()));
        self.weak.iter().for_each(|weak| walk.weak(weak));
        walk.weak(&self.dynamic);
        walk.finish()
    }

    fn things(&self) -> Vec<Rc<dyn Thing>> {
        let mut walk = Walk::default();
        walk.strong(self.root.clone());
        self.others.iter().for_each(|thing| walk.strong(thing.clone()));
        walk.things()
    }

    /// Empties all cells.
    pub fn empty(&self) {
        self.things().iter().for_each(|thing| thing.empty());
    }

    /// Any graph.
    ///
    /// # Errors
    /// Those of `u`.
    pub fn any(u: &mut Unstructured<'_>) -> Result<Graph> {
        let text: Rc<str> = u.arbitrary()?;
        let mut nodes: Vec<Rc<Node>> = Vec::new();
        let mut things: Vec<Rc<dyn Thing>> = Vec::new();
        for id in 0..u.int_in_range(1..=16)? {
            let node = any_node(id, &nodes, &text, u)?;
            things.push(node.clone());
            nodes.push(node);
            if u.ratio(1, 4)? {
                things.push(Rc::new(any_sign(&nodes, &text, u)?));
            }
        }
        for node in &nodes {
            connect(node, &nodes, &things, u)?;
        }
        let graph = Graph {
            root: u.choose(&nodes)?.clone(),
            others: some(&things, u)?,
            weak: some(&nodes, u)?.iter().map(Rc::downgrade).collect(),
            dynamic: Rc::downgrade(u.choose(&things)?),
            text,
        };
        // What the graph does not reach would keep itself.
        let reached = graph.things();
        things.retain(|thing| !reached.iter().any(|other| Rc::as_ptr(other).cast::<()>() == Rc::as_ptr(thing).cast()));
        things.iter().for_each(|thing| thing.empty());
        Ok(graph)
    }
}

fn some<T: Clone>(all: &[T], u: &mut Unstructured<'_>) -> Result<Vec<T>> {
    let count = if all.is_empty() { 0 } else { u.int_in_range(0..=3)? };
    (0..count).map(|_| u.choose(all).cloned()).collect()
}

fn any_sign(nodes: &[Rc<Node>], text: &Rc<str>, u: &mut Unstructured<'_>) -> Result<Sign> {
    Ok(Sign {
        text: if u.arbitrary()? { text.clone() } else { u.arbitrary()? },
        to: RefCell::new(some(nodes, u)?.iter().map(Rc::downgrade).collect()),
        of: RefCell::default(),
        kept: some(nodes, u)?.pop(),
    })
}

fn any_node(id: u16, nodes: &[Rc<Node>], text: &Rc<str>, u: &mut Unstructured<'_>) -> Result<Rc<Node>> {
    let boxed: Option<Box<dyn Thing>> = match u.int_in_range(0..=5)? {
        0 => Some(Box::new(any_sign(nodes, text, u)?)),
        1 => Some(Box::new(Node { id: u.arbitrary()?, before: some(nodes, u)?, ..Node::default() })),
        _ => None,
    };
    let names: Vec<String> = if u.ratio(1, 4)? { u.arbitrary()? } else { vec![] };
    let node = Node {
        id,
        label: u.arbitrary::<bool>()?.then(|| text.clone()),
        before: some(nodes, u)?,
        boxed,
        named: names.into_iter().take(4).map(|name| (name, RefCell::default())).collect(),
        labels: if u.ratio(1, 4)? { BTreeSet::from([text.clone(), u.arbitrary()?]) } else { BTreeSet::new() },
        choice: match u.int_in_range(0..=3)? {
            0 => Choice::Strong(u.arbitrary()?, RefCell::default()),
            1 => Choice::Weak { text: u.arbitrary()?, weak: RefCell::default() },
            _ => Choice::Nothing,
        },
        shared: if u.ratio(1, 6)? { Some(Arc::new(Mutex::new(u.arbitrary()?))) } else { None },
        ..Node::default()
    };
    if !u.ratio(1, 4)? {
        return Ok(Rc::new(node));
    }
    // A tree that knows its parent, through plain pointers.
    let children = u.int_in_range(0..=2)?;
    Ok(Rc::new_cyclic(|own: &Weak<Node>| {
        let mut node = node;
        node.before
            .extend((0..children).map(|child| Rc::new(Node { id: 1000 + child, up: own.clone(), ..Node::default() })));
        if children == 0 {
            node.up = own.clone();
        }
        node
    }))
}

/// Lets the cells of a node lead anywhere.
fn connect(node: &Node, nodes: &[Rc<Node>], things: &[Rc<dyn Thing>], u: &mut Unstructured<'_>) -> Result<()> {
    let kinds: u8 = u.arbitrary()?;
    let has = |kind: u8| kinds & (1 << kind) != 0;
    if has(0) {
        *node.next.borrow_mut() = Some(u.choose(nodes)?.clone());
    }
    if has(1) {
        *node.links.borrow_mut() = some(nodes, u)?;
    }
    if has(2) {
        *node.weak.borrow_mut() = Rc::downgrade(u.choose(nodes)?);
    }
    if has(3) {
        let _ = node.once.set(Rc::downgrade(u.choose(nodes)?));
    }
    if has(4) {
        *node.things.borrow_mut() = some(things, u)?;
    }
    for cell in node.named.values() {
        *cell.borrow_mut() = some(nodes, u)?.pop();
    }
    match &node.choice {
        Choice::Strong(_, cell) if has(5) => *cell.borrow_mut() = Some(u.choose(nodes)?.clone()),
        Choice::Weak { weak, .. } if has(5) => *weak.borrow_mut() = Rc::downgrade(u.choose(nodes)?),
        _ => {}
    }
    Ok(())
}

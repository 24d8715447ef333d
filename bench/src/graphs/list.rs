//! A doubly linked list: nothing but the way along it holds a node.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use fory::{ForyStruct, RcWeak};
use pickle_core::Pickle;
use serde::{Deserialize, Serialize};

use super::floor::{self, Met};
use super::walk::{Link, Walk};
use super::{Graph, Root, library};

pub const GRAPH: Graph = Graph {
    name: "list",
    contents: "a doubly linked list of 1,000,000 nodes",
    scale: 1_000_000,
    links: |_| Vec::new(),
    objects: |nodes| nodes,
    libraries: &[
        library!(Ours, std_weak::List, ""),
        library!(Fory, fory_weak::List, "`RcWeak`"),
        library!(Serde, std_weak::List, "serde `rc`"),
    ],
    floor: |plan, graph| floor::enter::<std_weak::List>(plan, graph, walk),
    #[cfg(feature = "memory")]
    memory: &[super::memory::case!(Ours, std_weak::List, ""), super::memory::case!(Fory, fory_weak::List, "`RcWeak`")],
};

fn walk(node: &Rc<RefCell<std_weak::Node>>, met: &mut Met) -> u64 {
    if !met.is_new(node) {
        return 1;
    }
    let node = node.borrow();
    let own = node.value + met.weak(&node.previous);
    own + node.next.as_ref().map_or(0, |next| walk(next, met))
}

macro_rules! list {
    ($module:ident, $weak:ident, [$($derive:path),+], |$fory:ident| $register:expr) => {
        mod $module {
            use super::*;

            #[derive($($derive),+)]
            pub struct Node {
                pub value: u64,
                pub next: Option<Rc<RefCell<Node>>>,
                pub previous: $weak<RefCell<Node>>,
            }

            pub enum List {}

            impl Root for List {
                const GRAPH: &'static str = GRAPH.name;
                type Value = Rc<RefCell<Node>>;

                fn build(nodes: usize) -> Self::Value {
                    let node = |value, previous| Rc::new(RefCell::new(Node { value, next: None, previous }));
                    let first = node(0, $weak::new());
                    let mut last = Rc::clone(&first);
                    for value in 1..nodes as u64 {
                        let next = node(value, Link::to(&last));
                        last.borrow_mut().next = Some(Rc::clone(&next));
                        last = next;
                    }
                    first
                }

                fn same(first: &Self::Value, other: &Self::Value) -> bool {
                    Walk::same([first], [other], |walk, node| {
                        let node = node.borrow();
                        walk.number(node.value);
                        walk.link(&node.previous);
                        walk.pointers(node.next.as_slice());
                    })
                }

                fn take_apart(first: &mut Self::Value) {
                    // Node by node: the drop of a node would go on to the next one within itself.
                    let mut next = first.borrow_mut().next.take();
                    while let Some(node) = next {
                        next = node.borrow_mut().next.take();
                    }
                }

                fn register($fory: &mut fory::Fory) -> std::result::Result<(), fory::Error> {
                    $register
                }
            }
        }
    };
}

list!(std_weak, Weak, [Pickle, Serialize, Deserialize], |_fory| Ok(()));
list!(fory_weak, RcWeak, [ForyStruct], |fory| fory.register::<Node>(1));

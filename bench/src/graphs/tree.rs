//! A tree whose nodes know their parents: each node hangs below a random earlier one.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use fory::{ForyStruct, RcWeak};
use pickle_core::Pickle;
use serde::{Deserialize, Serialize};

use super::floor::{self, Met};
use super::walk::{Link, Walk};
use super::{Graph, Root, library};
use crate::data::random;

pub const GRAPH: Graph = Graph {
    name: "tree",
    contents: "100,000 `Rc<RefCell<Node>>` with parent links",
    scale: 100_000,
    links: parents,
    objects: |nodes| nodes,
    libraries: &[
        library!(Ours, std_weak::Tree, ""),
        library!(Fory, fory_weak::Tree, "`RcWeak`"),
        library!(Serde, std_weak::Tree, "serde `rc`"),
    ],
    floor: |plan, graph| floor::enter::<std_weak::Tree>(plan, graph, walk),
    #[cfg(feature = "memory")]
    memory: &[super::memory::case!(Ours, std_weak::Tree, ""), super::memory::case!(Fory, fory_weak::Tree, "`RcWeak`")],
};

/// The parent of each node but the first.
fn parents(nodes: usize) -> Vec<u32> {
    let mut random = random();
    (1..nodes as u32).map(|node| random.within(0..node)).collect()
}

fn walk(node: &Rc<RefCell<std_weak::Node>>, met: &mut Met) -> u64 {
    if !met.is_new(node) {
        return 1;
    }
    let node = node.borrow();
    let own = floor::text(&node.name) + node.size + met.weak(&node.parent);
    own + node.children.iter().map(|child| walk(child, met)).sum::<u64>()
}

macro_rules! tree {
    ($module:ident, $weak:ident, [$($derive:path),+], |$fory:ident| $register:expr) => {
        mod $module {
            use super::*;

            #[derive($($derive),+)]
            pub struct Node {
                pub name: String,
                pub size: u64,
                pub parent: $weak<RefCell<Node>>,
                pub children: Vec<Rc<RefCell<Node>>>,
            }

            pub enum Tree {}

            impl Root for Tree {
                const GRAPH: &'static str = GRAPH.name;
                type Value = Rc<RefCell<Node>>;

                fn build(nodes: usize) -> Self::Value {
                    let node = |number: usize, parent| {
                        let (name, size) = (format!("node {number}"), number as u64 * 3);
                        Rc::new(RefCell::new(Node { name, size, parent, children: Vec::new() }))
                    };
                    let mut built = vec![node(0, $weak::new())];
                    for parent in parents(nodes) {
                        let parent = Rc::clone(&built[parent as usize]);
                        let child = node(built.len(), Link::to(&parent));
                        parent.borrow_mut().children.push(Rc::clone(&child));
                        built.push(child);
                    }
                    built.swap_remove(0)
                }

                fn same(root: &Self::Value, other: &Self::Value) -> bool {
                    Walk::same([root], [other], |walk, node| {
                        let node = node.borrow();
                        walk.text(&node.name);
                        walk.number(node.size);
                        walk.link(&node.parent);
                        walk.pointers(&node.children);
                    })
                }

                fn register($fory: &mut fory::Fory) -> std::result::Result<(), fory::Error> {
                    $register
                }
            }
        }
    };
}

tree!(std_weak, Weak, [Pickle, Serialize, Deserialize], |_fory| Ok(()));
tree!(fory_weak, RcWeak, [ForyStruct], |fory| fory.register::<Node>(1));

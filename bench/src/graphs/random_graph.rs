//! A graph of random edges, full of cycles: of `Rc`s, and of weak pointers where a list owns the nodes.

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
    name: "random",
    contents: "a random graph of 100,000 nodes and 400,000 edges",
    scale: 100_000,
    links: ends,
    objects: |nodes| nodes,
    libraries: &[
        library!(Ours, strong::Nodes, "edges are `Rc`"),
        library!(Ours, std_weak::Nodes, "edges are `Weak`"),
        library!(Fory, strong::Nodes, "edges are `Rc`"),
        library!(Fory, fory_weak::Nodes, "edges are `RcWeak`"),
        library!(Serde, strong::Nodes, "serde `rc`"),
    ],
    floor: |plan, graph| {
        floor::enter::<strong::Nodes>(plan, graph, |nodes, met| nodes.iter().map(|node| walk(node, met)).sum())
    },
    #[cfg(feature = "memory")]
    memory: &[
        super::memory::case!(Ours, strong::Nodes, "edges are `Rc`"),
        super::memory::case!(Ours, std_weak::Nodes, "edges are `Weak`"),
        super::memory::case!(Fory, fory_weak::Nodes, "edges are `RcWeak`"),
    ],
};

/// How many edges there are for each node.
const EDGES: usize = 4;

/// Where each edge starts and ends.
fn ends(nodes: usize) -> Vec<u32> {
    let mut random = random();
    (0..nodes * EDGES * 2).map(|_| random.within(0..nodes as u32)).collect()
}

fn walk(node: &Rc<RefCell<strong::Node>>, met: &mut Met) -> u64 {
    if !met.is_new(node) {
        return 1;
    }
    let node = node.borrow();
    u64::from(node.number) + node.edges.iter().map(|edge| walk(edge, met)).sum::<u64>()
}

macro_rules! nodes {
    ($module:ident, $edge:ident, [$($derive:path),+], |$fory:ident| $register:expr) => {
        mod $module {
            use super::*;

            #[derive($($derive),+)]
            pub struct Node {
                pub number: u32,
                pub edges: Vec<$edge<RefCell<Node>>>,
            }

            pub enum Nodes {}

            impl Root for Nodes {
                const GRAPH: &'static str = GRAPH.name;
                type Value = Vec<Rc<RefCell<Node>>>;

                fn build(nodes: usize) -> Self::Value {
                    let node = |number| Rc::new(RefCell::new(Node { number, edges: Vec::new() }));
                    let built: Vec<_> = (0..nodes as u32).map(node).collect();
                    for edge in ends(nodes).chunks(2) {
                        let to = Link::to(&built[edge[1] as usize]);
                        built[edge[0] as usize].borrow_mut().edges.push(to);
                    }
                    built
                }

                fn same(nodes: &Self::Value, others: &Self::Value) -> bool {
                    Walk::same(nodes, others, |walk, node| {
                        let node = node.borrow();
                        walk.number(node.number.into());
                        walk.number(node.edges.len() as u64);
                        node.edges.iter().for_each(|edge| walk.link(edge));
                    })
                }

                fn take_apart(nodes: &mut Self::Value) {
                    // The list still holds every node, so no node drops another one.
                    nodes.iter().for_each(|node| node.borrow_mut().edges.clear());
                }

                fn register($fory: &mut fory::Fory) -> std::result::Result<(), fory::Error> {
                    $register
                }
            }
        }
    };
}

nodes!(strong, Rc, [Pickle, ForyStruct, Serialize, Deserialize], |fory| fory.register::<Node>(1));
nodes!(std_weak, Weak, [Pickle], |_fory| Ok(()));
nodes!(fory_weak, RcWeak, [ForyStruct], |fory| fory.register::<Node>(1));

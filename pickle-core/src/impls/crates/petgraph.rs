//! `petgraph`: `Graph` and `StableGraph`, whose nodes and edges keep their numbers, and `GraphMap`. A directed graph and one
//! that is not are two types.

use std::fmt::Display;
use std::hash::BuildHasher;

use petgraph::EdgeType;
use petgraph::graph::{EdgeIndex, Graph, IndexType, NodeIndex};
use petgraph::graphmap::{GraphMap, NodeTrait};
use petgraph::stable_graph::StableGraph;
use petgraph::visit::{EdgeIndexable, NodeIndexable};

use crate::error::Result;
use crate::graph::Vacancy;
use crate::impls::sequences;
use crate::schema::{FieldShape, Style};
use crate::wire::{short, table_size};
use crate::{Describer, Pickle, Reader, Shape, TypeRef, Unpickle, Writer};

/// An edge: the nodes that it leads from and to, and its weight.
#[derive(Pickle)]
#[pickle(name = "Edge")]
struct Edge<I, E> {
    source: I,
    target: I,
    weight: E,
}

/// A graph as it is written; `describe` gives the name.
#[derive(Pickle)]
struct Parts<N, E> {
    nodes: Vec<N>,
    edges: Vec<E>,
}

fn describe<T: ?Sized, N: Shape, E: Shape, Ty: EdgeType>(schema: &mut Describer) -> TypeRef {
    let fields = [FieldShape::new(&["nodes"], <Vec<N>>::describe), FieldShape::new(&["edges"], <Vec<E>>::describe)];
    let names: &[&str] = if Ty::is_directed() { &["DiGraph"] } else { &["UnGraph"] };
    schema.structure::<T>(names, Style::Named, &fields)
}

/// The impls of a type of graph: what its nodes and edges are in a stream, how many it has, what they are in memory, how a
/// graph is made of them, and its weights in order.
macro_rules! graph {
    (
        [$($generics:tt)*] $type:ty, $name:literal, $node:ty, $edge:ty, [$($bounds:tt)*],
        |$of:ident| ($node_count:expr, $edge_count:expr),
        ($nodes:expr, $edges:expr),
        |$parts:ident, $reader:ident| $make:expr,
        ($node_weights:expr, $edge_weights:expr)
    ) => {
        impl<N: Shape, E: Shape, Ty: EdgeType, $($generics)*> Shape for $type
        where
            $($bounds)*
        {
            const HEAD: usize = <Parts<$node, $edge>>::HEAD;
            const BODY: bool = true;
            const NESTS: bool = <Parts<$node, $edge>>::NESTS;

            fn name() -> String {
                format!(concat!($name, "<{}, {}>"), N::name(), E::name())
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                describe::<Self, $node, $edge, Ty>(schema)
            }

            fn vacant(_: &mut Vacancy) -> Option<Self> {
                Some(Self::default())
            }
        }

        impl<N: Pickle, E: Pickle, Ty: EdgeType, $($generics)*> Pickle for $type
        where
            $($bounds)*
        {
            const FALLIBLE: bool = <Parts<$node, $edge>>::FALLIBLE;

            fn head(&self, head: &mut [u8]) {
                let $of = self;
                (head[0], head[1]) = (short($node_count), short($edge_count));
            }

            fn body(&self, writer: &mut Writer<'_>) {
                let $of = self;
                Parts { nodes: $nodes, edges: $edges }.body(writer);
            }
        }

        impl<'a, N: Unpickle<'a>, E: Unpickle<'a>, Ty: EdgeType, $($generics)*> Unpickle<'a> for $type
        where
            $($bounds)*
            $node: Unpickle<'a>,
            $edge: Unpickle<'a>,
        {
            fn build<'r>(head: &'r [u8], bad: &mut bool, $reader: &mut Reader<'r, 'a>) -> Result<Self> {
                let $parts = <Parts<$node, $edge>>::build(head, bad, $reader)?;
                $make
            }

            fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
                let $of = self;
                sequences::fill($node_weights, reader)?;
                sequences::fill($edge_weights, reader)
            }
        }
    };
}

fn edge<I, E>(source: I, target: I, weight: &E) -> Edge<I, &E> {
    Edge { source, target, weight }
}

/// Charges the lists of a `Graph`.
fn charge<N, E, Ix>(nodes: usize, edges: usize, reader: &mut Reader<'_, '_>) -> Result<()> {
    reader.charge(nodes.saturating_mul(size_of::<petgraph::graph::Node<N, Ix>>()))?;
    reader.charge(edges.saturating_mul(size_of::<petgraph::graph::Edge<E, Ix>>()))
}

/// Says of an edge why it has no place.
fn no_edge(number: usize, source: usize, target: usize, why: &dyn Display) -> String {
    format!("edge {number} from node {source} to {target}: {why}")
}

fn graph<N, E, Ty: EdgeType, Ix: IndexType>(parts: Parts<N, Edge<Ix, E>>) -> Result<Graph<N, E, Ty, Ix>, String> {
    let mut graph = Graph::with_capacity(parts.nodes.len(), parts.edges.len());
    for node in parts.nodes {
        graph.try_add_node(node).map_err(|error| error.to_string())?;
    }
    for (i, Edge { source, target, weight }) in parts.edges.into_iter().enumerate() {
        let (from, to) = (source.index(), target.index());
        graph.try_add_edge(source.into(), target.into(), weight).map_err(|error| no_edge(i, from, to, &error))?;
    }
    Ok(graph)
}

graph!([Ix: IndexType + Pickle] Graph<N, E, Ty, Ix>, "Graph", N, Edge<Ix, E>, [],
    |graph| (graph.node_count(), graph.edge_count()),
    (
        graph.node_weights().collect(),
        graph.raw_edges().iter().map(|e| edge(Ix::new(e.source().index()), Ix::new(e.target().index()), &e.weight)).collect()
    ),
    |parts, reader| {
        charge::<N, E, Ix>(parts.nodes.len(), parts.edges.len(), reader)?;
        self::graph(parts).map_err(|error| reader.no_value::<Self>(&error))
    },
    (graph.node_weights(), graph.edge_weights()));

/// A graph with holes where nodes and edges were removed, so that the others keep their numbers.
fn stable<N, E, Ty: EdgeType, Ix: IndexType>(
    parts: Parts<Option<N>, Option<Edge<Ix, E>>>,
) -> Result<StableGraph<N, E, Ty, Ix>, String> {
    let mut full = StableGraph::<Option<N>, Option<E>, Ty, Ix>::with_capacity(parts.nodes.len(), parts.edges.len());
    for node in parts.nodes {
        full.try_add_node(node).map_err(|error| error.to_string())?;
    }
    let first = NodeIndex::new(0);
    for (i, place) in parts.edges.into_iter().enumerate() {
        let (source, target, weight) = match place {
            Some(Edge { source, target, weight }) => (source.into(), target.into(), Some(weight)),
            // A hole leads nowhere, and there are none without a node.
            None => (first, first, None),
        };
        let no_edge = |why: &dyn Display| no_edge(i, source.index(), target.index(), why);
        let is_node = |node| full.node_weight(node).is_some_and(Option::is_some);
        if weight.is_some() && !(is_node(source) && is_node(target)) {
            return Err(no_edge(&"one of them was removed, or was never there"));
        }
        full.try_add_edge(source, target, weight).map_err(|error| no_edge(&error))?;
    }
    Ok(full.filter_map_owned(|_, node| node, |_, edge| edge))
}

graph!([Ix: IndexType + Pickle] StableGraph<N, E, Ty, Ix>, "StableGraph", Option<N>, Option<Edge<Ix, E>>, [],
    |graph| (graph.node_bound(), graph.edge_bound()),
    (
        (0..graph.node_bound()).map(|i| graph.node_weight(NodeIndex::new(i))).collect(),
        (0..graph.edge_bound()).map(EdgeIndex::new).map(|i| {
            let (source, target) = graph.edge_endpoints(i)?;
            Some(edge(Ix::new(source.index()), Ix::new(target.index()), graph.edge_weight(i)?))
        }).collect()
    ),
    |parts, reader| {
        // It is there twice while the holes are made.
        for _ in 0..2 {
            charge::<Option<Option<N>>, Option<Option<E>>, Ix>(parts.nodes.len(), parts.edges.len(), reader)?;
        }
        stable(parts).map_err(|error| reader.no_value::<Self>(&error))
    },
    (graph.node_weights(), graph.edge_weights()));

/// What a map of so many nodes and edges takes: two lists with tables of their places, and a list of its neighbours at each
/// node, of four at the least.
fn charge_map<N, E>(nodes: usize, edges: usize, reader: &mut Reader<'_, '_>) -> Result<()> {
    let list =
        |count: usize, entry: usize| count.saturating_mul(entry).saturating_add(table_size(count, size_of::<usize>()));
    reader.charge(list(nodes, size_of::<(usize, N, Vec<N>)>()))?;
    reader.charge(list(edges, size_of::<(usize, (N, N), E)>()))?;
    let neighbours = edges.saturating_mul(2).min(nodes).saturating_add(edges).saturating_mul(4);
    reader.charge(neighbours.saturating_mul(size_of::<(N, bool)>()))
}

fn map<N: NodeTrait, E, Ty: EdgeType, S: BuildHasher + Clone + Default>(
    parts: Parts<N, Edge<N, E>>,
) -> Result<GraphMap<N, E, Ty, S>, String> {
    let mut map = GraphMap::with_capacity_and_hasher(parts.nodes.len(), parts.edges.len(), S::default());
    for (i, node) in parts.nodes.into_iter().enumerate() {
        if map.contains_node(node) {
            return Err(format!("node {i} is there already"));
        }
        map.add_node(node);
    }
    for (i, Edge { source, target, weight }) in parts.edges.into_iter().enumerate() {
        if !(map.contains_node(source) && map.contains_node(target)) {
            return Err(format!("edge {i} has a node that is not there"));
        }
        if map.add_edge(source, target, weight).is_some() {
            return Err(format!("edge {i} is there already"));
        }
    }
    Ok(map)
}

graph!([S: BuildHasher + Clone + Default] GraphMap<N, E, Ty, S>, "GraphMap", N, Edge<N, E>, [N: NodeTrait,],
    |graph| (graph.node_count(), graph.edge_count()),
    (graph.nodes().collect(), graph.all_edges().map(|(source, target, weight)| edge(source, target, weight)).collect()),
    |parts, reader| {
        charge_map::<N, E>(parts.nodes.len(), parts.edges.len(), reader)?;
        map(parts).map_err(|error| reader.no_value::<Self>(&error))
    },
    // A node is copied, so there is no cell in it.
    (std::iter::empty::<&N>(), graph.all_edges().map(|(.., weight)| weight)));

//! Graphs of nodes and edges.

use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::Rc;

use petgraph::EdgeType;
use petgraph::graph::{DiGraph, Graph, IndexType, NodeIndex, UnGraph};
use petgraph::graphmap::{DiGraphMap, UnGraphMap};
use petgraph::stable_graph::{StableDiGraph, StableGraph};
use pickle_core::{ErrorKind, Pickle, Unpickler, dumps, loads};
use pickle_tests::{assert_says, round_trip};

use crate::{refused, shown};

fn alike<N: PartialEq + Debug, E: PartialEq + Debug, Ty: EdgeType, Ix: IndexType>(
    a: &Graph<N, E, Ty, Ix>,
    b: &Graph<N, E, Ty, Ix>,
) {
    assert!(a.node_weights().eq(b.node_weights()));
    let edges = |graph: &Graph<N, E, Ty, Ix>| -> Vec<_> {
        graph.raw_edges().iter().map(|edge| (edge.source(), edge.target())).collect()
    };
    assert_eq!(edges(a), edges(b));
    assert!(a.edge_weights().eq(b.edge_weights()));
}

fn roads() -> DiGraph<String, u32> {
    let mut graph = DiGraph::new();
    let nodes: Vec<_> = (0..300).map(|i| graph.add_node(format!("town {i}"))).collect();
    for i in 0..1000 {
        graph.add_edge(nodes[i * 7 % 300], nodes[i * 13 % 300], i as u32);
    }
    graph
}

#[test]
fn graphs_keep_their_nodes_and_edges() {
    alike(&round_trip(&roads()), &roads());
    alike(&round_trip(&DiGraph::<u8, u8>::new()), &DiGraph::new());
    let graph = UnGraph::<u8, f32, u8>::from_edges([(0, 1, 0.5), (1, 1, 1.5), (0, 1, 2.5)]);
    alike(&round_trip(&graph), &graph);
    assert_eq!(
        shown(&DiGraph::<(), u8>::from_edges([(1, 0, 7)])),
        "DiGraph { nodes: [(), ()], edges: [Edge { source: 1, target: 0, weight: 7 }] }"
    );
    let wider: UnGraph<u8, f64, u32> = loads(&dumps(&graph).unwrap()).unwrap();
    assert_eq!(wider.edge_weights().copied().collect::<Vec<_>>(), [0.5, 1.5, 2.5]);
    let error = loads::<DiGraph<u8, f32, u8>>(&dumps(&graph).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongType, "directed or not is no detail: {error}");
}

#[test]
fn holes_keep_the_numbers_of_the_others() {
    let mut graph = StableDiGraph::<String, u8>::from(roads().map(|_, name| name.clone(), |_, cost| *cost as u8));
    for node in [0, 5, 7, 299, 298] {
        graph.remove_node(NodeIndex::new(node));
    }
    let gone = graph.edge_indices().next().unwrap();
    graph.remove_edge(gone);
    let back = round_trip(&graph);
    assert!(back.node_indices().eq(graph.node_indices()) && back.edge_indices().eq(graph.edge_indices()));
    assert!(back.node_weights().eq(graph.node_weights()) && back.edge_weights().eq(graph.edge_weights()));
    assert!(back.edge_indices().all(|edge| back.edge_endpoints(edge) == graph.edge_endpoints(edge)));
    assert_eq!(round_trip(&StableDiGraph::<u8, u8>::new()).node_count(), 0);

    // A stable graph reads what one without holes has written, and the other way where it has none.
    let stable: StableGraph<String, u32> = loads(&dumps(&roads()).unwrap()).unwrap();
    assert_eq!((stable.node_count(), stable.edge_count()), (300, 1000));
    alike(&loads(&dumps(&stable).unwrap()).unwrap(), &roads());
    assert!(loads::<DiGraph<String, u8>>(&dumps(&graph).unwrap()).is_err());
}

#[test]
fn graphs_by_their_nodes() {
    let graph = UnGraphMap::<char, u8>::from_edges([('a', 'b', 1), ('b', 'c', 2), ('c', 'c', 3)]);
    let back = round_trip(&graph);
    assert!(back.nodes().eq(graph.nodes()) && back.all_edges().eq(graph.all_edges()));
    let graph = DiGraphMap::<u32, ()>::from_edges((0..500).map(|i| (i * 31 % 97, i * 17 % 89)));
    let back = round_trip(&graph);
    assert!(back.nodes().eq(graph.nodes()) && back.all_edges().eq(graph.all_edges()));
}

#[derive(Pickle)]
#[pickle(name = "DiGraph")]
struct Forged<N, I> {
    nodes: Vec<N>,
    edges: Vec<I>,
}

#[derive(Pickle, Clone)]
struct Edge<I> {
    source: I,
    target: I,
    weight: u8,
}

fn edge<I>(source: I, target: I) -> Edge<I> {
    Edge { source, target, weight: 1 }
}

#[test]
fn an_edge_to_a_node_that_is_not_there_is_refused() {
    for bad in [edge(0u32, 2), edge(2, 0), edge(7, 7), edge(u32::MAX, 0), edge(u32::MAX, u32::MAX)] {
        let error = refused::<DiGraph<u8, u8>>(&Forged { nodes: vec![1u8, 2], edges: vec![edge(0u32, 1), bad] });
        assert_says(error, &["no `Graph<u8, u8>`: edge 1 from node"]);
    }
    refused::<DiGraph<u8, u8>>(&Forged { nodes: Vec::<u8>::new(), edges: vec![edge(0u32, 0)] });
}

#[test]
fn more_nodes_than_an_index_can_number_are_refused() {
    let full = Forged { nodes: vec![1u8; 255], edges: vec![edge(254u8, 0); 255] };
    let graph: DiGraph<u8, u8, u8> = loads(&dumps(&full).unwrap()).unwrap();
    assert_eq!((graph.node_count(), graph.edge_count()), (255, 255));
    refused::<DiGraph<u8, u8, u8>>(&Forged { nodes: vec![1u8; 256], edges: Vec::<Edge<u8>>::new() });
    refused::<DiGraph<u8, u8, u8>>(&Forged { nodes: vec![1u8; 9], edges: vec![edge(0u8, 0); 256] });
    let holes = Forged { nodes: vec![None::<u8>; 256], edges: Vec::<Option<Edge<u8>>>::new() };
    refused::<StableDiGraph<u8, u8, u8>>(&holes);
}

#[test]
fn holes_that_can_not_be_are_refused() {
    let to_a_hole = Forged { nodes: vec![Some(1u8), None], edges: vec![Some(edge(0u32, 1))] };
    assert_says(refused::<StableDiGraph<u8, u8>>(&to_a_hole), &["edge 0 from node 0 to 1: one of them was removed"]);
    let nowhere = Forged { nodes: vec![Some(1u8)], edges: vec![None, Some(edge(3u32, 0))] };
    refused::<StableDiGraph<u8, u8>>(&nowhere);
    let alone = Forged { nodes: Vec::<Option<u8>>::new(), edges: vec![None::<Edge<u32>>] };
    refused::<StableDiGraph<u8, u8>>(&alone);
}

#[test]
fn nodes_and_edges_that_come_twice_are_refused() {
    let nodes = || vec!['a', 'b'];
    refused::<DiGraphMap<char, u8>>(&Forged { nodes: vec!['a', 'b', 'a'], edges: Vec::<Edge<char>>::new() });
    refused::<DiGraphMap<char, u8>>(&Forged { nodes: nodes(), edges: vec![edge('a', 'c')] });
    refused::<DiGraphMap<char, u8>>(&Forged { nodes: nodes(), edges: vec![edge('a', 'b'), edge('a', 'b')] });
    let both_ways = Forged { nodes: nodes(), edges: vec![edge('a', 'b'), edge('b', 'a')] };
    let graph: DiGraphMap<char, u8> = loads(&dumps(&both_ways).unwrap()).unwrap();
    assert_eq!(graph.edge_count(), 2);
}

#[test]
fn nodes_and_edges_are_charged() {
    let bytes = dumps(&Forged { nodes: vec![1u8; 300_000], edges: Vec::<Edge<u32>>::new() }).unwrap();
    let limited = Unpickler::new().max_memory(1 << 20);
    assert_eq!(limited.loads::<DiGraph<u8, u8>>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
    let bytes = dumps(&Forged { nodes: vec!['a'], edges: vec![edge('a', 'a'); 100_000] }).unwrap();
    assert_eq!(limited.loads::<DiGraphMap<char, u8>>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
}

#[derive(Pickle)]
struct Town {
    map: RefCell<Option<Rc<Map>>>,
}

#[derive(Pickle)]
struct Map {
    towns: DiGraph<Rc<Town>, RefCell<Option<Rc<Map>>>>,
    holes: StableDiGraph<RefCell<Vec<Rc<Map>>>, u8>,
}

#[test]
fn cycles_pass_through_graphs() {
    let mut towns = DiGraph::new();
    let town = Rc::new(Town { map: RefCell::default() });
    let (a, b) = (towns.add_node(town.clone()), towns.add_node(town.clone()));
    towns.add_edge(a, b, RefCell::default());
    towns.add_edge(b, a, RefCell::default());
    let mut holes = StableDiGraph::new();
    let gone = holes.add_node(RefCell::default());
    let kept = holes.add_node(RefCell::default());
    holes.remove_node(gone);
    let map = Rc::new(Map { towns, holes });
    *town.map.borrow_mut() = Some(map.clone());
    *map.towns.raw_edges()[1].weight.borrow_mut() = Some(map.clone());
    map.holes[kept].borrow_mut().push(map.clone());
    let back = round_trip(&map);
    assert!(Rc::ptr_eq(back.towns[a].map.borrow().as_ref().unwrap(), &back));
    assert!(Rc::ptr_eq(&back.towns[a], &back.towns[b]));
    assert!(Rc::ptr_eq(back.towns.raw_edges()[1].weight.borrow().as_ref().unwrap(), &back));
    assert!(Rc::ptr_eq(&back.holes[kept].borrow()[0], &back));
    for map in [map, back] {
        map.towns[a].map.take();
        map.towns.raw_edges()[1].weight.take();
        map.holes[kept].take();
    }
}

/// A graph within its own nodes.
#[derive(Pickle)]
struct Nested {
    inner: DiGraph<Nested, ()>,
}

#[test]
fn graphs_within_graphs_have_a_bound() {
    let nest = |levels: usize| {
        (0..levels).fold(Nested { inner: DiGraph::new() }, |inner, _| {
            let mut outer = DiGraph::new();
            outer.add_node(inner);
            Nested { inner: outer }
        })
    };
    assert_eq!(round_trip(&nest(50)).inner.node_count(), 1);
    assert_eq!(dumps(&nest(300)).unwrap_err().kind(), ErrorKind::Limit);
}

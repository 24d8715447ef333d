//! Objects without cycles, which share a few: each refers to four of them.

use std::rc::Rc;

use fory::ForyStruct;
use pickle_core::Pickle;
use serde::{Deserialize, Serialize};

use super::floor::{self, Met};
use super::{Graph, Root, library};
use crate::data::random;

pub const GRAPH: Graph = Graph {
    name: "dag",
    contents: "10,000 objects which share 100, four each",
    scale: 10_000,
    links,
    objects: |objects| objects + PARTS,
    libraries: &[
        library!(Ours, Dag, ""),
        library!(Fory, Dag, ""),
        library!(Serde, Dag, "serde `rc`"),
        library!(Serde, Values, "serde `rc`, values alone compared"),
    ],
    floor: |plan, graph| {
        floor::enter::<Dag>(plan, graph, |objects, met| objects.iter().map(|object| walk(object, met)).sum())
    },
    #[cfg(feature = "memory")]
    memory: &[super::memory::case!(Ours, Dag, ""), super::memory::case!(Fory, Dag, "")],
};

/// How many objects are shared.
const PARTS: usize = 100;

/// How many of them each object refers to.
const EACH: usize = 4;

/// The shared objects which each object refers to, [`EACH`] at a time.
fn links(objects: usize) -> Vec<u32> {
    let mut random = random();
    (0..objects * EACH).map(|_| random.within(0..PARTS as u32)).collect()
}

fn walk(object: &Rc<Object>, met: &mut Met) -> u64 {
    if !met.is_new(object) {
        return 1;
    }
    let part = |part: &Rc<Part>| match met.is_new(part) {
        true => floor::text(&part.name) + part.weights.iter().map(|weight| weight.to_bits() & 1).sum::<u64>(),
        false => 1,
    };
    object.number + floor::text(&object.label) + object.parts.iter().map(part).sum::<u64>()
}

#[derive(Pickle, ForyStruct, Serialize, Deserialize, PartialEq)]
pub struct Object {
    number: u64,
    label: String,
    parts: Vec<Rc<Part>>,
}

#[derive(Pickle, ForyStruct, Serialize, Deserialize, PartialEq)]
pub struct Part {
    name: String,
    weights: Vec<f64>,
}

/// Equal only if the same objects are shared.
pub enum Dag {}

impl Root for Dag {
    const GRAPH: &'static str = GRAPH.name;
    type Value = Vec<Rc<Object>>;

    fn build(objects: usize) -> Self::Value {
        let part = |number: usize| {
            Rc::new(Part {
                name: format!("part {number}"),
                weights: (0..8).map(|i| (number * i) as f64 / 8.0).collect(),
            })
        };
        let parts: Vec<_> = (0..PARTS).map(part).collect();
        let object = |(number, links): (usize, &[u32])| {
            let parts = links.iter().map(|&link| Rc::clone(&parts[link as usize])).collect();
            Rc::new(Object { number: number as u64, label: format!("object {number}"), parts })
        };
        links(objects).chunks(EACH).enumerate().map(object).collect()
    }

    fn same(objects: &Self::Value, others: &Self::Value) -> bool {
        objects == others && sharing(objects) == sharing(others)
    }

    fn register(fory: &mut fory::Fory) -> std::result::Result<(), fory::Error> {
        fory.register::<Part>(1)?;
        fory.register::<Object>(2)
    }
}

/// For each reference to a part, the first reference to the same part.
fn sharing(objects: &[Rc<Object>]) -> Vec<usize> {
    let mut first = std::collections::HashMap::new();
    let parts = objects.iter().flat_map(|object| &object.parts);
    parts.enumerate().map(|(place, part)| *first.entry(Rc::as_ptr(part)).or_insert(place)).collect()
}

/// Equal if the values are, whatever is shared: what a library that loses identity can give back.
pub enum Values {}

impl Root for Values {
    const GRAPH: &'static str = GRAPH.name;
    type Value = Vec<Rc<Object>>;

    fn build(objects: usize) -> Self::Value {
        Dag::build(objects)
    }

    fn same(objects: &Self::Value, others: &Self::Value) -> bool {
        objects == others
    }
}

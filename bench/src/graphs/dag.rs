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
pub struct Dag(Vec<Rc<Object>>);

impl Root for Dag {
    const GRAPH: &'static str = GRAPH.name;
    type Value = Vec<Rc<Object>>;

    fn build(objects: usize) -> Self {
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
        Self(links(objects).chunks(EACH).enumerate().map(object).collect())
    }

    fn value(&self) -> &Self::Value {
        &self.0
    }

    fn from_value(value: Self::Value) -> Self {
        Self(value)
    }

    fn register(fory: &mut fory::Fory) -> std::result::Result<(), fory::Error> {
        fory.register::<Part>(1)?;
        fory.register::<Object>(2)
    }
}

impl Dag {
    /// For each reference to a part, the first reference to the same part.
    fn sharing(&self) -> Vec<usize> {
        let mut first = std::collections::HashMap::new();
        let parts = self.0.iter().flat_map(|object| &object.parts);
        parts.enumerate().map(|(place, part)| *first.entry(Rc::as_ptr(part)).or_insert(place)).collect()
    }
}

impl PartialEq for Dag {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 && self.sharing() == other.sharing()
    }
}

/// Equal if the values are, whatever is shared: what a library that loses identity can give back.
pub struct Values(Dag);

impl Root for Values {
    const GRAPH: &'static str = GRAPH.name;
    type Value = Vec<Rc<Object>>;

    fn build(objects: usize) -> Self {
        Self(Dag::build(objects))
    }

    fn value(&self) -> &Self::Value {
        self.0.value()
    }

    fn from_value(value: Self::Value) -> Self {
        Self(Dag::from_value(value))
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.0.0 == other.0.0
    }
}

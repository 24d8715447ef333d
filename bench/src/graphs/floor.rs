//! The least that keeping identity takes: a walk that visits each object once, and knows by a set of addresses which it has.
//!
//! It recurses, reads every field, and writes nothing.

use std::hint::black_box;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use super::{Graph, Handle, Root};
use crate::Result;
use crate::codecs::Role;
use crate::measure::{Op, Plan, Row, Sample};

/// As in the tables.
const NAME: (&str, &str) = ("walk", "a set of addresses alone");

/// The objects that were met.
#[derive(Default)]
pub struct Met(FxHashSet<usize>);

impl Met {
    /// True where the object is met for the first time.
    pub fn is_new<T>(&mut self, pointer: &Rc<T>) -> bool {
        self.0.insert(Rc::as_ptr(pointer).addr())
    }

    /// What a weak pointer adds to a sum: 1 where its object was met.
    pub fn weak<T>(&self, pointer: &Weak<T>) -> u64 {
        self.0.contains(&pointer.as_ptr().addr()).into()
    }
}

/// The sum of all fields of what a value leads to.
type Walk<R> = fn(&<R as Root>::Value, &mut Met) -> u64;

/// The sum of the bytes of a string.
pub fn text(text: &str) -> u64 {
    text.bytes().map(u64::from).sum()
}

struct Floor<R: Root> {
    root: Handle<R>,
    walk: Walk<R>,
    met: Met,
}

/// Adds the walk to a plan, once it has met every object.
pub fn enter<R: Root>(plan: &mut Plan, graph: &Graph, walk: Walk<R>) -> Result<()> {
    let mut floor = Floor { root: Handle::<R>::build(graph.scale), walk, met: Met::default() };
    floor.time(1)?;
    let (met, objects) = (floor.met.0.len(), (graph.objects)(graph.scale));
    if met != objects {
        return Err(format!("the walk met {met} objects of {objects}").into());
    }
    plan.add_sample(Row::new(graph.name, NAME, Role::Floor, 0), Op::Serialize, Box::new(floor));
    Ok(())
}

impl<R: Root> Sample for Floor<R> {
    fn time(&mut self, calls: usize) -> Result<Duration> {
        let start = Instant::now();
        for _ in 0..calls {
            self.met.0.clear();
            black_box((self.walk)(black_box(&self.root.0), &mut self.met));
        }
        Ok(start.elapsed())
    }
}

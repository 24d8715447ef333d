//! Object graphs: a tree with parent links, shared objects, cycles, a long list.
//!
//! Every graph is built from the same links for every library, in the types
//! that a user of the library would write. A peer is tried in a process of its
//! own first, so that one which overflows its stack is reported and not fatal.

mod attempt;
mod codecs;
mod dag;
mod floor;
mod list;
#[cfg(feature = "memory")]
mod memory;
pub mod python;
mod random_graph;
mod report;
mod tree;
mod walk;

use crate::Result;
use crate::args::Args;
use crate::measure::Plan;
use crate::report::{Format, label};

pub use attempt::{ARGUMENT, attempt};
#[cfg(feature = "memory")]
pub use memory::MEMORY;

/// The name that selects every graph.
pub const EVERY: &str = "graphs";

/// One graph, and every library which is tried on it.
pub struct Graph {
    /// The name for `--only` and for the tables.
    pub name: &'static str,
    /// What it holds, at its full size.
    pub contents: &'static str,
    /// The scale of the full size: what `links` and `libraries` are given.
    scale: usize,
    /// The links between the objects, as the modules of the graphs define them.
    links: fn(usize) -> Vec<u32>,
    /// How many objects are behind shared pointers.
    objects: fn(usize) -> usize,
    libraries: &'static [Library],
    /// Adds the walk that no library can do without.
    floor: fn(&mut Plan, &Graph) -> Result<()>,
    #[cfg(feature = "memory")]
    memory: &'static [memory::Case],
}

/// One library in one way of using it.
struct Library {
    /// As in the tables: the package, and what is special about its use.
    codec: (&'static str, &'static str),
    /// Checks a round trip, without measuring anything.
    attempt: fn(usize) -> Result<()>,
    /// Adds the cases to a plan.
    enter: fn(&mut Plan, usize) -> Result<()>,
}

/// A graph as one library carries it.
trait Root: 'static {
    /// The name of the graph.
    const GRAPH: &'static str;

    /// What the library is handed.
    type Value;

    /// Builds the graph at a scale.
    fn build(scale: usize) -> Self::Value;

    /// Whether two graphs are equal, found out without recursion.
    fn same(value: &Self::Value, other: &Self::Value) -> bool;

    /// Takes a graph apart before it is dropped, where that would recurse.
    fn take_apart(_: &mut Self::Value) {}

    /// Makes the types of the graph known to Fory.
    fn register(_: &mut fory::Fory) -> std::result::Result<(), fory::Error> {
        Ok(())
    }
}

/// The value of a root, which compares and drops without recursion.
struct Handle<R: Root>(R::Value);

impl<R: Root> Handle<R> {
    fn build(scale: usize) -> Self {
        Self(R::build(scale))
    }
}

impl<R: Root> PartialEq for Handle<R> {
    fn eq(&self, other: &Self) -> bool {
        R::same(&self.0, &other.0)
    }
}

impl<R: Root> Drop for Handle<R> {
    fn drop(&mut self) {
        R::take_apart(&mut self.0);
    }
}

/// The entry of a library on a graph: its codec, its root, and what is special about its use.
macro_rules! library {
    ($codec:ident, $root:ty, $variant:expr) => {
        $crate::graphs::Library {
            codec: (
                <$crate::graphs::codecs::$codec as $crate::codecs::Codec<$crate::graphs::Handle<$root>>>::PACKAGE,
                $variant,
            ),
            attempt: |scale| {
                let root = $crate::graphs::Handle::<$root>::build(scale);
                $crate::measure::checked::<_, $crate::graphs::codecs::$codec>(&root).map(drop)
            },
            enter: |plan, scale| {
                let root = std::rc::Rc::new($crate::graphs::Handle::<$root>::build(scale));
                let graph = <$root as $crate::graphs::Root>::GRAPH;
                plan.add_as::<_, $crate::graphs::codecs::$codec>(graph, $variant, &root)
            },
        }
    };
}
use library;

/// Every graph, in the order of the tables.
pub const ALL: [&Graph; 4] = [&tree::GRAPH, &dag::GRAPH, &random_graph::GRAPH, &list::GRAPH];

/// The stack which a program has if it asks for none, on most systems.
const USUAL_STACK: usize = 8 << 20;

/// More than any peer here needs, so that none is left out which only needs a deep stack. Memory is taken as it is used.
const DEEP_STACK: usize = if cfg!(target_pointer_width = "64") { 4 << 30 } else { 256 << 20 };

/// The scale of a graph for a check alone.
fn reduced(graph: &Graph) -> usize {
    graph.scale / 100
}

/// Checks or measures the graphs that are wanted.
pub fn run(args: &Args) -> Result<()> {
    let wanted = || ALL.into_iter().filter(|graph| args.wants(graph.name));
    #[cfg(feature = "memory")]
    if !args.check_values {
        return memory::run(args, wanted());
    }
    let format = args.format();
    if !args.check_values {
        print!("{}", report::conditions(format, args.rounds));
    }
    for graph in wanted() {
        // One plan for each graph: what another one left on the heap has no part in its times.
        let (rounds, check) = (args.rounds, args.check_values);
        let table = attempt::on_stack(DEEP_STACK, move || one(graph, format, (!check).then_some(rounds)))?;
        match table {
            Ok(table) => print!("\n{table}"),
            Err(error) => return Err(format!("{}: {error}", graph.name).into()),
        }
    }
    Ok(())
}

/// Checks one graph, and measures it if there are rounds.
fn one(graph: &Graph, format: Format, rounds: Option<usize>) -> Result<String> {
    let scale = if rounds.is_some() { graph.scale } else { reduced(graph) };
    let mut plan = Plan::default();
    let mut notes = Vec::new();
    for (index, library) in graph.libraries.iter().enumerate() {
        let outcome = attempt::try_all_stacks(graph, index, scale, rounds.is_some())?;
        if let Some(note) = outcome.note() {
            notes.push((label(library.codec), note));
        }
        if outcome.succeeded() {
            (library.enter)(&mut plan, scale)?;
        } else if library.codec.0 == "pickle-core" {
            return Err(format!("{} failed: {outcome:?}", label(library.codec)).into());
        }
    }
    notes.extend(python::enter(&mut plan, graph.name, scale, &(graph.links)(scale))?);
    let Some(rounds) = rounds else {
        return Ok(report::check(graph, plan.rows(), &notes));
    };
    (graph.floor)(&mut plan, graph)?;
    plan.run(graph.name, rounds)?;
    Ok(report::table(format, graph, (graph.objects)(scale), plan.rows(), &notes))
}

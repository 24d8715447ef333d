//! Streams of older shapes: their values are brought into the reader's shape, and read from there.
//!
//! There is one decoder, the positional one that the types' own code makes. A stream of another shape is planned for
//! once (`plan`: one operation for each pair of types that meet; what nothing bridges is refused there, `refuse`), then
//! its records are written anew in the reader's shape (`rewrite`, `fields`, `pointers`), with the objects of the old
//! stream found by `objects` and what nobody takes passed over by `skim`. Types behind `dyn` may be older than the root
//! (`outdated`).

mod cache;
mod fields;
mod keep;
mod numbers;
mod objects;
mod outdated;
mod plan;
mod pointers;
mod refuse;
mod rewrite;
mod skim;

pub(crate) use cache::plan_for;
pub(crate) use outdated::is_outdated;
pub(crate) use plan::Plan;
pub(crate) use rewrite::rewrite;

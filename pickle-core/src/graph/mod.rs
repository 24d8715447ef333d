//! Shared pointers: the objects that they point to, each written once, restored as one, cycles included.
//!
//! A pointer is written as the number of its object. The writer visits objects from a queue (`persist`), puts their
//! records in an order in which targets come before what refers to them (`order`), and the reader builds one after the
//! other (`restore`). A cell that refers to what is not built yet is built vacant (`vacancy`) and filled afterwards.

mod class;
mod family;
mod order;
mod persist;
mod references;
mod restore;
mod target;
mod vacancy;

pub use class::{Class, ClassOf, PointerClass};
pub use family::{ArcPointers, Casts, Family, RcPointers, Views};
pub(crate) use order::NOWHERE;
pub(crate) use persist::{ForeignClass, Graph, Source};
pub(crate) use references::References;
pub(crate) use restore::{Cells, Objects};
pub use target::Target;
pub(crate) use vacancy::CellContent;
pub use vacancy::Vacancy;

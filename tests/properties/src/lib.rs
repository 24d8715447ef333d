//! Types, hostile streams, and what must hold of both. The fuzz targets and the tests on stable Rust hand bytes to the
//! functions of [`targets`]; each panics where a promise does not hold.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a broken promise panics")]

pub mod checks;
mod command;
pub mod edit;
pub mod random;
pub mod schema;
pub mod stream;
pub mod subjects;
pub mod targets;
pub mod types;
pub mod values;

use peak_alloc::PeakAlloc;

/// The allocator of the program, which counts.
pub type Memory = &'static PeakAlloc;

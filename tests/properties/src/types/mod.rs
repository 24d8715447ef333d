//! Types of every kind that can be pickled.

#![allow(missing_docs, reason = "they are there to be tried: their fields mean nothing")]
#![allow(missing_debug_implementations, reason = "a graph that goes in a ring has none")]

pub mod borrowed;
pub mod graph;
pub mod plain;
pub mod registered;
pub mod releases;
pub mod walk;

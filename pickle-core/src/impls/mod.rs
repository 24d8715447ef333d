//! The types of std, by family, and those of other crates.

mod arrays;
mod cells;
mod crates;
mod locks;
mod maps;
mod mirror;
mod net;
mod numbers;
mod ops;
mod options;
mod ordered;
mod paths;
mod pointers;
mod sequences;
mod sets;
mod shared;
mod text;
mod time;
mod tuples;

use crate::error::Result;
use crate::stack::deeper;
use crate::traits::{Pickle, Unpickle};
use crate::wire::{Reader, Writer};

/// Writes a value in one piece, one level deeper where it can nest.
#[inline]
fn persist_piece<T: Pickle + ?Sized>(value: &T, nests: bool, writer: &mut Writer<'_>) {
    if !nests {
        writer.value(value);
    } else if writer.enter() {
        deeper(|| writer.value(value));
        writer.leave();
    }
}

#[inline]
fn build_piece<'a, T: Unpickle<'a>>(nests: bool, reader: &mut Reader<'_, 'a>) -> Result<T> {
    if !nests {
        return reader.value();
    }
    reader.enter()?;
    let value = deeper(|| reader.value());
    reader.leave();
    value
}

//! The classic demonstrations of Python's `pickle`, one after the other.
//!
//! Each prints a title, what it does, and what that shows.

mod json;
mod objects;
mod refusals;
mod values;

use std::error::Error;
use std::path::Path;

pub use objects::{Circle, Player, Rectangle, Shape, shapes};
pub use values::{Several, dictionary, read_several};

/// The result of a demonstration.
pub type Shown = Result<(), Box<dyn Error>>;

type Demonstration = (&'static str, fn(&Path) -> Shown);

const DEMONSTRATIONS: [Demonstration; 11] = [
    ("a dictionary, to a file and back", values::file),
    ("several values in one file", values::several),
    ("bytes in memory", values::in_memory),
    ("an object, restored without its constructor", objects::without_constructor),
    ("a function, by its name", objects::function_by_name),
    ("objects of several classes in one list", objects::trait_objects),
    ("what JSON loses", json::losses),
    ("what cannot be pickled, and how to reduce it", refusals::reduce),
    ("hooks that refuse", refusals::hooks),
    ("a stream loaded as the wrong type", refusals::wrong_type),
    ("bytes that were cut short or changed", refusals::cut_short),
];

/// Runs all demonstrations; their files are left in `folder`.
///
/// # Errors
/// A file can't be written or read, or the library does not do what a demonstration says it does.
pub fn run(folder: &Path) -> Shown {
    for (number, (title, demonstration)) in (1..).zip(DEMONSTRATIONS) {
        println!("== {number}. {title}");
        demonstration(folder)?;
        println!();
    }
    Ok(())
}

/// A demonstration that does not show what it says is an error.
fn ensure(holds: bool, what: &str) -> Shown {
    if holds { Ok(()) } else { Err(format!("it is not so: {what}").into()) }
}

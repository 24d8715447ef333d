//! A trait, an implementor and a function of another crate than the tests.

use pickle_core::{Pickle, function, object};

/// What transforms a number.
#[object]
pub trait Effect {
    /// The transformed number.
    fn apply(&self, x: i64) -> i64;
}

/// Adds.
#[derive(Pickle, Debug)]
pub struct Add(pub i64);

#[object]
impl Effect for Add {
    fn apply(&self, x: i64) -> i64 {
        x + self.0
    }
}

/// Applies one effect after another.
#[derive(Pickle)]
pub struct Chain(pub Vec<Box<dyn Effect>>);

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Chain").field(&self.0.len()).finish()
    }
}

#[object]
impl Effect for Chain {
    fn apply(&self, x: i64) -> i64 {
        self.0.iter().fold(x, |x, effect| effect.apply(x))
    }
}

/// The double of a number.
#[function]
#[must_use]
pub fn double_in_plugin(x: i64) -> i64 {
    2 * x
}

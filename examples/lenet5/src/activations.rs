//! What a layer makes of its sums. The file has only their names: each is found again by its own.

use candle_core::{D, Result, Tensor};
use pickle_core::{Function, function};

/// A function that a layer is given.
pub type Activation = Function<fn(&Tensor) -> Result<Tensor>>;

/// The hyperbolic tangent of each.
#[function]
pub fn tanh(sums: &Tensor) -> Result<Tensor> {
    sums.tanh()
}

/// Probabilities: positive numbers that add up to one.
#[function]
pub fn softmax(sums: &Tensor) -> Result<Tensor> {
    candle_nn::ops::softmax(sums, D::Minus1)
}

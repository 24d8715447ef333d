//! What is learned.

use std::ops::Deref;

use candle_core::{Device, Result, Shape, Tensor, Var};
use pickle_core::Pickle;

use crate::random::Generator;
use crate::tensors;

/// A tensor that is learned. The layer and the optimizer refer to the same one, and still do after it was loaded: `Rc`s
/// keep their sharing.
#[derive(Pickle, Debug)]
#[pickle(transparent)]
pub struct Parameter(#[pickle(with = tensors::variable)] Var);

impl Parameter {
    /// Nothing but zeros, as biases begin.
    pub fn zeros(shape: impl Into<Shape>) -> Result<Self> {
        Var::zeros(shape, candle_core::DType::F32, &Device::Cpu).map(Parameter)
    }

    /// Weights as Glorot and Bengio draw them: from a range that keeps signals at one strength on their way through layers
    /// of `inputs` and `outputs` to each neuron.
    pub fn drawn(
        shape: impl Into<Shape>,
        (inputs, outputs): (usize, usize),
        generator: &mut Generator,
    ) -> Result<Self> {
        let shape = shape.into();
        let bound = (6.0 / (inputs + outputs) as f32).sqrt();
        let numbers = (0..shape.elem_count()).map(|_| generator.between(-bound, bound)).collect();
        Var::from_vec(numbers, shape, &Device::Cpu).map(Parameter)
    }

    /// Replaces the numbers.
    pub fn set(&self, tensor: &Tensor) -> Result<()> {
        self.0.set(tensor)
    }
}

impl Deref for Parameter {
    type Target = Tensor;

    fn deref(&self) -> &Tensor {
        &self.0
    }
}

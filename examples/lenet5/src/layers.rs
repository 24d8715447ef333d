//! The kinds of layers. A network holds them as trait objects, so another program may add its own.

use std::fmt::Debug;
use std::num::NonZero;
use std::rc::Rc;

use candle_core::{Result, Tensor, bail};
use pickle_core::{Pickle, object};

use crate::activations::Activation;
use crate::parameter::Parameter;
use crate::random::Generator;

/// A step of a network.
#[object]
pub trait Layer: Debug {
    /// What comes out for a batch of inputs.
    fn forward(&self, inputs: &Tensor) -> Result<Tensor>;

    /// What can be learned.
    fn parameters(&self) -> Vec<&Rc<Parameter>> {
        Vec::new()
    }
}

/// Looks at each place of an image through a square window, with the same weights everywhere.
#[derive(Pickle, Debug)]
pub struct Convolution {
    /// Of the dimensions: maps that come out, maps that go in, height and width of the window.
    weights: Rc<Parameter>,
    biases: Rc<Parameter>,
    padding: Padding,
    activation: Activation,
}

/// What a window sees beyond the edge.
#[derive(Pickle, Debug, Clone, Copy)]
pub enum Padding {
    /// It never looks there: what comes out is smaller.
    None,
    /// Zeros, so many that what comes out is of the same size.
    Same,
}

impl Convolution {
    /// From some maps to others, through windows of `size` by `size`.
    pub fn new(
        (inputs, outputs): (usize, usize),
        size: usize,
        padding: Padding,
        activation: Activation,
        generator: &mut Generator,
    ) -> Result<Self> {
        let seen = size * size;
        let weights = Parameter::drawn((outputs, inputs, size, size), (inputs * seen, outputs * seen), generator)?;
        let biases = Parameter::zeros(outputs)?;
        Ok(Convolution { weights: Rc::new(weights), biases: Rc::new(biases), padding, activation })
    }
}

#[object]
impl Layer for Convolution {
    fn forward(&self, inputs: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = inputs.dims4()?;
        let size = self.weights.dim(2)?.max(self.weights.dim(3)?);
        let padding = match self.padding {
            Padding::None if size > height.min(width) => bail!("a window of {size} on images of {height} by {width}"),
            Padding::None => 0,
            Padding::Same => size / 2,
        };
        let sums = inputs.conv2d(&self.weights, padding, 1, 1, 1)?;
        (self.activation)(&sums.broadcast_add(&self.biases.reshape((1, (), 1, 1))?)?)
    }

    fn parameters(&self) -> Vec<&Rc<Parameter>> {
        vec![&self.weights, &self.biases]
    }
}

/// Puts the mean of each square in its place.
#[derive(Pickle, Debug)]
pub struct AveragePool {
    size: NonZero<usize>,
}

impl AveragePool {
    /// Squares of `size` by `size`.
    #[must_use]
    pub fn new(size: NonZero<usize>) -> Self {
        AveragePool { size }
    }
}

#[object]
impl Layer for AveragePool {
    fn forward(&self, inputs: &Tensor) -> Result<Tensor> {
        inputs.avg_pool2d(self.size.get())
    }
}

/// Puts all numbers of an input side by side.
#[derive(Pickle, Debug)]
pub struct Flatten;

#[object]
impl Layer for Flatten {
    fn forward(&self, inputs: &Tensor) -> Result<Tensor> {
        inputs.flatten_from(1)
    }
}

/// Each output sees each input.
#[derive(Pickle, Debug)]
pub struct Dense {
    /// Of the dimensions: inputs, outputs.
    weights: Rc<Parameter>,
    biases: Rc<Parameter>,
    activation: Activation,
}

impl Dense {
    /// From so many numbers to so many others.
    pub fn new((inputs, outputs): (usize, usize), activation: Activation, generator: &mut Generator) -> Result<Self> {
        let weights = Parameter::drawn((inputs, outputs), (inputs, outputs), generator)?;
        let biases = Parameter::zeros(outputs)?;
        Ok(Dense { weights: Rc::new(weights), biases: Rc::new(biases), activation })
    }
}

#[object]
impl Layer for Dense {
    fn forward(&self, inputs: &Tensor) -> Result<Tensor> {
        (self.activation)(&inputs.matmul(&self.weights)?.broadcast_add(&self.biases)?)
    }

    fn parameters(&self) -> Vec<&Rc<Parameter>> {
        vec![&self.weights, &self.biases]
    }
}

//! How candle's tensors are pickled: as their dimensions and numbers, in plain sight of whoever looks into the file.

use anyhow::{Context, Result, ensure};
use candle_core::{Device, Tensor};
use pickle_core::Pickle;

/// What a tensor is in the file.
#[derive(Pickle)]
#[pickle(name = "Tensor")]
pub(crate) struct Stored {
    dimensions: Vec<usize>,
    numbers: Vec<f32>,
}

/// With [`load`], the adapter of a field that holds a tensor: `#[pickle(with = tensors)]`.
pub(crate) fn dump(tensor: &Tensor) -> Stored {
    let numbers = tensor.flatten_all().and_then(|flat| flat.to_vec1());
    Stored {
        dimensions: tensor.dims().to_vec(),
        numbers: numbers.expect("all tensors here are of `f32`, and lie in the memory of the CPU"),
    }
}

/// A stream may hold any dimensions and any numbers: they are a tensor only if they fit.
pub(crate) fn load(Stored { dimensions, numbers }: Stored) -> Result<Tensor> {
    let product = dimensions.iter().try_fold(1, |product: usize, &dimension| product.checked_mul(dimension));
    ensure!(!numbers.is_empty(), "a tensor without numbers");
    ensure!(product == Some(numbers.len()), "a tensor of {dimensions:?} with {} numbers", numbers.len());
    Tensor::from_vec(numbers, dimensions, &Device::Cpu).context("a tensor of these dimensions")
}

/// The same for a tensor that is learned: `#[pickle(with = tensors::variable)]`.
pub(crate) mod variable {
    use anyhow::Result;
    use candle_core::Var;

    use super::Stored;

    pub(crate) fn dump(variable: &Var) -> Stored {
        super::dump(variable)
    }

    pub(crate) fn load(stored: Stored) -> Result<Var> {
        Ok(Var::from_tensor(&super::load(stored)?)?)
    }
}

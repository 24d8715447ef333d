//! What moves the weights. candle has an Adam as well, but hides its moments, without which training can't go on.

use std::rc::Rc;

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor};
use pickle_core::Pickle;

use crate::parameter::Parameter;
use crate::tensors;

/// Adam, as Kingma and Ba describe it.
#[derive(Pickle, Debug)]
pub struct Adam {
    rate: f64,
    steps: u32,
    moments: Vec<Moments>,
}

/// What is remembered of the gradients of a parameter.
#[derive(Pickle, Debug)]
struct Moments {
    parameter: Rc<Parameter>,
    #[pickle(with = tensors)]
    mean: Tensor,
    /// The mean of the squares.
    #[pickle(with = tensors)]
    variance: Tensor,
}

/// How much of the mean, and of the variance, a step leaves.
const DECAY: (f64, f64) = (0.9, 0.999);
const EPSILON: f64 = 1e-8;

impl Adam {
    /// Will move these parameters, by about `rate` a step.
    pub fn new<'a>(parameters: impl Iterator<Item = &'a Rc<Parameter>>, rate: f64) -> Result<Self> {
        let moments = parameters.map(|parameter| {
            let nothing = parameter.zeros_like()?;
            Ok(Moments { parameter: parameter.clone(), mean: nothing.clone(), variance: nothing })
        });
        Ok(Adam { rate, steps: 0, moments: moments.collect::<Result<_>>()? })
    }

    /// Moves each parameter against its gradient.
    pub fn step(&mut self, gradients: &GradStore) -> Result<()> {
        self.steps = self.steps.saturating_add(1);
        // The moments began at zero, and are too small at first.
        let left = (1.0 - DECAY.0.powf(self.steps.into()), 1.0 - DECAY.1.powf(self.steps.into()));
        let rate = self.rate * left.1.sqrt() / left.0;
        for Moments { parameter, mean, variance } in &mut self.moments {
            let Some(gradient) = gradients.get(parameter) else { continue };
            // A gradient knows what it was computed from. The moments would keep that, step after step.
            let gradient = gradient.detach();
            *mean = blend(mean, &gradient, DECAY.0)?;
            *variance = blend(variance, &gradient.sqr()?, DECAY.1)?;
            let way = (mean.affine(rate, 0.0)? / variance.sqrt()?.affine(1.0, EPSILON)?)?;
            parameter.set(&parameter.sub(&way)?)?;
        }
        Ok(())
    }
}

/// So much of the old, the rest of the new.
fn blend(old: &Tensor, new: &Tensor, part: f64) -> Result<Tensor> {
    old.affine(part, 0.0)? + new.affine(1.0 - part, 0.0)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_goes_down_by_the_rate_and_remembers_numbers_only() {
        let parameter = Rc::new(Parameter::zeros(2).expect("zeros"));
        parameter.set(&Tensor::new(&[1f32, -2.0], parameter.device()).expect("a tensor")).expect("set");
        let mut adam = Adam::new([&parameter].into_iter(), 0.25).expect("an optimizer");
        for expected in [[0.75, -1.75], [0.5, -1.5]] {
            // The gradients are the signs.
            let loss = parameter.abs().and_then(|lengths| lengths.sum_all()).expect("a loss");
            adam.step(&loss.backward().expect("gradients")).expect("a step");
            let numbers: Vec<f32> = parameter.to_vec1().expect("numbers");
            assert!(numbers.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{numbers:?}");
            assert!(adam.moments.iter().all(|moments| !moments.mean.track_op() && !moments.variance.track_op()));
        }
    }
}

//! LeNet-5.

use std::num::NonZero;
use std::rc::Rc;

use candle_core::{Result, Tensor, bail};
use pickle_core::{Pickle, func};

use crate::activations::{softmax, tanh};
use crate::data::Digits;
use crate::layers::{AveragePool, Convolution, Dense, Flatten, Layer, Padding};
use crate::parameter::Parameter;
use crate::random::Generator;
use crate::score::{Score, Tally};

/// Layers, each of which takes what comes out of the one before it.
#[derive(Pickle, Debug)]
pub struct Network {
    layers: Vec<Box<dyn Layer>>,
}

const DIGITS: usize = 10;
/// How many digits are looked at together where nothing is learned: as many as fit into the caches.
const GLANCE: usize = 100;

impl Network {
    /// The classic network of LeCun, Bottou, Bengio and Haffner (1998), with weights that nothing has taught yet.
    pub fn lenet5(generator: &mut Generator) -> Result<Self> {
        const TWO: NonZero<usize> = NonZero::new(2).expect("2 is not 0");
        Ok(Network {
            layers: vec![
                Box::new(Convolution::new((1, 6), 5, Padding::Same, func!(tanh), generator)?),
                Box::new(AveragePool::new(TWO)),
                Box::new(Convolution::new((6, 16), 5, Padding::None, func!(tanh), generator)?),
                Box::new(AveragePool::new(TWO)),
                Box::new(Convolution::new((16, 120), 5, Padding::None, func!(tanh), generator)?),
                Box::new(Flatten),
                Box::new(Dense::new((120, 84), func!(tanh), generator)?),
                Box::new(Dense::new((84, DIGITS), func!(softmax), generator)?),
            ],
        })
    }

    /// How probable each of the ten digits is, a row for each image.
    pub fn probabilities(&self, images: &Tensor) -> Result<Tensor> {
        let outputs = self.layers.iter().try_fold(images.clone(), |signals, layer| layer.forward(&signals))?;
        match outputs.dims() {
            [_, DIGITS] => Ok(outputs),
            other => bail!("the network ends in {other:?}, and not in {DIGITS} probabilities for each image"),
        }
    }

    /// What can be learned, in all layers.
    pub fn parameters(&self) -> impl Iterator<Item = &Rc<Parameter>> {
        self.layers.iter().flat_map(|layer| layer.parameters())
    }

    /// How well it reads these digits.
    pub fn score(&self, digits: &Digits) -> Result<Score> {
        let mut tally = Tally::default();
        for batch in digits.batches(GLANCE) {
            let batch = batch?;
            tally.count(&self.probabilities(&batch.images)?, &batch)?;
        }
        Ok(tally.score())
    }

    /// What it takes each of these digits for, and how sure it is.
    pub fn read(&self, digits: &Digits) -> Result<Vec<Reading>> {
        let mut readings = Vec::with_capacity(digits.len());
        for batch in digits.batches(GLANCE) {
            for row in self.probabilities(&batch?.images)?.to_vec2::<f32>()? {
                let best = row.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
                readings.extend(best.map(|(digit, &probability)| Reading { digit, probability }));
            }
        }
        Ok(readings)
    }
}

/// What an image is taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The most probable digit.
    pub digit: usize,
    /// How probable that is.
    pub probability: f32,
}

//! How well digits are read.

use std::fmt;

use candle_core::{DType, Result, Tensor};
use pickle_core::Pickle;

use crate::data::Batch;

/// The mean loss (how improbable the right digits were, as a logarithm), and the part of digits that were read rightly.
#[derive(Pickle, Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The mean of the losses.
    pub loss: f64,
    /// From 0 to 1.
    pub accuracy: f64,
}

/// Without a precision, numbers are the shortest that are exactly these: equal lines are equal scores.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Score { loss, accuracy } = self;
        match f.precision() {
            Some(digits) => write!(f, "loss {loss:.digits$} accuracy {accuracy:.digits$}"),
            None => write!(f, "loss {loss} accuracy {accuracy}"),
        }
    }
}

/// The loss of each digit of a batch: the cross-entropy.
pub fn losses(probabilities: &Tensor, batch: &Batch) -> Result<Tensor> {
    let of_the_right = probabilities.gather(&batch.labels.unsqueeze(1)?, 1)?.squeeze(1)?;
    // The logarithm of zero would be endless.
    of_the_right.clamp(f32::MIN_POSITIVE, 1.0)?.log()?.neg()
}

/// A score as it is counted.
#[derive(Debug, Default)]
pub struct Tally {
    digits: usize,
    right: usize,
    loss: f64,
}

impl Tally {
    /// Counts a batch, with the probabilities that it was given.
    pub fn count(&mut self, probabilities: &Tensor, batch: &Batch) -> Result<()> {
        let losses: Vec<f32> = losses(&probabilities.detach(), batch)?.to_vec1()?;
        let right = probabilities.argmax(1)?.eq(&batch.labels)?.to_dtype(DType::U32)?.sum_all()?;
        self.digits += losses.len();
        self.right += right.to_scalar::<u32>()? as usize;
        self.loss += losses.into_iter().map(f64::from).sum::<f64>();
        Ok(())
    }

    /// What was counted so far.
    #[must_use]
    pub fn score(&self) -> Score {
        let digits = self.digits as f64;
        Score { loss: self.loss / digits, accuracy: self.right as f64 / digits }
    }
}

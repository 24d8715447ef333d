//! Training, and all that it needs to go on: the value that is pickled.

use anyhow::{Result, ensure};
use pickle_core::{Pickle, dumps, loads};

use crate::data::{Dataset, Digits};
use crate::network::Network;
use crate::optimizer::Adam;
use crate::random::Generator;
use crate::score::{Score, Tally, losses};

/// A network on its way. Saved between two epochs, loaded and continued, it becomes what it would have become without.
#[derive(Pickle, Debug)]
pub struct Training {
    /// What it was begun with, it goes on with: the seed, and the fingerprint of the digits.
    seed: u64,
    digits: u64,
    generator: Generator,
    network: Network,
    /// The network as it was after the epoch with the lowest validation loss.
    best: Option<Network>,
    optimizer: Adam,
    history: Vec<Epoch>,
}

/// What came of one pass over the training digits.
#[derive(Pickle, Debug, Clone, PartialEq)]
pub struct Epoch {
    /// On the digits that it learned from, while it did.
    pub training: Score,
    /// On those that were held back, after that.
    pub validation: Score,
}

/// So many epochs without a lower validation loss, and training is over.
pub const PATIENCE: usize = 4;
/// So many digits make a step.
pub const BATCH: usize = 32;
const RATE: f64 = 1e-3;

impl Training {
    /// Draws the first weights.
    pub fn begin(data: &Dataset, seed: u64) -> Result<Self> {
        let mut generator = Generator::new(seed);
        let network = Network::lenet5(&mut generator)?;
        let optimizer = Adam::new(network.parameters(), RATE)?;
        let (digits, best, history) = (data.fingerprint(), None, Vec::new());
        Ok(Training { seed, digits, generator, network, best, optimizer, history })
    }

    /// Whether this is where training with these digits and this seed (any, where none is given) goes on.
    pub fn check(&self, data: &Dataset, seed: Option<u64>) -> Result<()> {
        ensure!(self.digits == data.fingerprint(), "it was begun with other digits");
        ensure!(seed.is_none_or(|seed| seed == self.seed), "it was begun with the seed {}", self.seed);
        Ok(())
    }

    /// One pass over the training digits, in a new order. After each step, `tell` is given how many digits were learned
    /// from and the score so far.
    pub fn epoch(&mut self, data: &Dataset, mut tell: impl FnMut(usize, Score)) -> Result<&Epoch> {
        let order = self.generator.shuffled(data.training.len());
        let mut tally = Tally::default();
        for (step, which) in order.chunks(BATCH).enumerate() {
            tally = self.learn(&data.training, which, tally)?;
            tell(step * BATCH + which.len(), tally.score());
        }
        let validation = self.network.score(&data.validation)?;
        self.history.push(Epoch { training: tally.score(), validation });
        if self.best_epoch() == Some(self.history.len()) {
            // A pickle is also a way to copy what consists of trait objects and shared pointers.
            self.best = Some(loads(&dumps(&self.network)?)?);
        }
        Ok(&self.history[self.history.len() - 1])
    }

    fn learn(&mut self, digits: &Digits, which: &[usize], mut tally: Tally) -> Result<Tally> {
        let batch = digits.batch(which)?;
        let probabilities = self.network.probabilities(&batch.images)?;
        let gradients = losses(&probabilities, &batch)?.mean_all()?.backward()?;
        self.optimizer.step(&gradients)?;
        tally.count(&probabilities, &batch)?;
        Ok(tally)
    }

    /// Whether there is nothing left to do, of so many epochs at the most.
    #[must_use]
    pub fn is_over(&self, epochs: usize) -> bool {
        let done = self.history.len();
        done >= epochs || self.best_epoch().is_some_and(|best| done - best >= PATIENCE)
    }

    /// The epoch that the kept weights are of, from 1.
    #[must_use]
    pub fn best_epoch(&self) -> Option<usize> {
        let losses = self.history.iter().map(|epoch| epoch.validation.loss).enumerate();
        losses.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(index, _)| index + 1)
    }

    /// The network with the weights that are kept: the best so far, or the drawn ones.
    #[must_use]
    pub fn kept(&self) -> &Network {
        self.best.as_ref().unwrap_or(&self.network)
    }

    /// What each epoch came to.
    #[must_use]
    pub fn history(&self) -> &[Epoch] {
        &self.history
    }
}

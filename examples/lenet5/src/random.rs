//! Random numbers of our own, because they are part of what is saved: candle's CPU takes no seed.

use pickle_core::Pickle;

/// SplitMix64: the state is one number, which the seed begins with.
#[derive(Pickle, Debug)]
pub struct Generator {
    state: u64,
}

impl Generator {
    /// Equal seeds give equal numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Generator { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.next() >> 40) as f32 / (1 << 24) as f32;
        low + (high - low) * unit
    }

    /// The numbers below `count`, each once, in random order.
    pub fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            let other = (u128::from(self.next()) * (last as u128 + 1)) >> 64;
            order.swap(last, other as usize);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_has_each_number_once_and_the_seed_decides_where() {
        let order = Generator::new(1).shuffled(1000);
        assert_eq!(order, Generator::new(1).shuffled(1000));
        assert_ne!(order, Generator::new(2).shuffled(1000));
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_ne!(order, sorted);
        assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_numbers_are_those_of_the_reference_implementation() {
        let mut generator = Generator::new(1_234_567);
        assert_eq!([generator.next(), generator.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn numbers_fill_their_range() {
        let mut generator = Generator::new(7);
        let numbers: Vec<f32> = (0..10_000).map(|_| generator.between(-2.0, 4.0)).collect();
        assert!(numbers.iter().all(|x| (-2.0..4.0).contains(x)));
        assert!((numbers.iter().sum::<f32>() / 10_000.0 - 1.0).abs() < 0.1);
    }
}

//! The source of the data sets: the same numbers at every run, on every machine.

use std::ops::Range;

/// A SplitMix64 generator: small, fast, and good enough to fill data sets.
pub struct Random {
    state: u64,
}

impl Random {
    /// A generator which gives the same numbers for the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Any value of an integer or float type; floats lie in `0.0..1.0`.
    pub fn any<T: FromBits>(&mut self) -> T {
        T::from_bits(self.bits())
    }

    /// An integer within `range`, which must not be empty.
    pub fn within<T: Integer>(&mut self, range: Range<T>) -> T {
        let start = range.start.widen();
        let width = range.end.widen() - start;
        debug_assert!(width > 0, "an empty range has nothing to choose from");
        // The high half of the product is evenly spread over `0..width` for
        // the narrow ranges in use here.
        let offset = (i128::from(self.bits()) * width) >> 64;
        T::narrow(start + offset)
    }

    /// A float within `range`.
    pub fn float_within(&mut self, range: Range<f32>) -> f32 {
        range.start + self.any::<f32>() * (range.end - range.start)
    }

    /// A float within `-1.0..1.0` with all the digits that it can have, as the weights of a model are.
    pub fn signed(&mut self) -> f64 {
        let size: f64 = self.any();
        if self.coin() { size } else { -size }
    }

    /// `true` with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.any::<f64>() < probability
    }

    /// A fair coin.
    pub fn coin(&mut self) -> bool {
        self.bits() >> 63 == 1
    }

    /// One of `choices`, which must not be empty.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.within(0..choices.len())]
    }

    /// `Some` of what `make` gives, or `None`: a fair coin decides.
    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.coin().then(|| make(self))
    }

    /// A vector with a random length within `lengths`, filled by `make`.
    pub fn list<T>(&mut self, lengths: Range<usize>, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let length = self.within(lengths);
        (0..length).map(|_| make(self)).collect()
    }
}

/// Types which can be made of 64 random bits.
pub trait FromBits {
    /// The value these bits stand for.
    fn from_bits(bits: u64) -> Self;
}

/// Integers which [`Random::within`] can draw.
pub trait Integer {
    /// The same number, wide enough to subtract any two.
    fn widen(self) -> i128;
    /// The number back in its own type; `wide` lies in range.
    fn narrow(wide: i128) -> Self;
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl FromBits for $int {
            fn from_bits(bits: u64) -> Self {
                // The high bits are the best mixed ones.
                (bits >> (64 - <$int>::BITS)) as $int
            }
        }

        impl Integer for $int {
            fn widen(self) -> i128 {
                self as i128
            }

            fn narrow(wide: i128) -> Self {
                wide as $int
            }
        }
    )*};
}

integers!(u8, i8, u16, i16, u32, i32, u64, i64, usize);

impl FromBits for f32 {
    fn from_bits(bits: u64) -> Self {
        // 24 bits: as many as the mantissa holds, so every step is exact.
        (bits >> 40) as f32 / (1u32 << 24) as f32
    }
}

impl FromBits for f64 {
    fn from_bits(bits: u64) -> Self {
        (bits >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl FromBits for bool {
    fn from_bits(bits: u64) -> Self {
        bits >> 63 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_depend_on_the_seed_only() {
        let numbers = |seed| {
            let mut random = Random::new(seed);
            [random.bits(), random.bits(), random.bits()]
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
    }

    #[test]
    fn ranges_are_kept_and_filled() {
        let mut random = Random::new(3);
        let mut seen = [false; 5];
        for _ in 0..1_000 {
            let number = random.within(-2..3i8);
            assert!((-2..3).contains(&number));
            seen[usize::from(number.wrapping_add(2).unsigned_abs())] = true;
            assert!((0.0..1.0).contains(&random.any::<f32>()));
            assert!((0.0..1.0).contains(&random.any::<f64>()));
        }
        assert_eq!(seen, [true; 5]);
    }

    #[test]
    fn signed_floats_have_both_signs_and_all_digits() {
        let mut random = Random::new(3);
        let drawn: Vec<f64> = (0..1_000).map(|_| random.signed()).collect();
        assert!(drawn.iter().all(|number| number.abs() < 1.0));
        assert!(drawn.iter().any(|number| *number < -0.5) && drawn.iter().any(|number| *number > 0.5));
        // As many as 53 bits have: with fewer the product would be whole.
        assert!(drawn.iter().any(|number| (number * (1u64 << 52) as f64).fract() != 0.0));
    }
}

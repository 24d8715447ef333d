//! Two ways of loading, in samples that alternate: what is slow for a while is slow for both.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::Result;
use crate::measure::median;

/// The least time one sample takes.
const SAMPLE: Duration = Duration::from_millis(1);

/// The medians of both.
pub fn medians(
    rounds: usize,
    mut first: impl FnMut() -> Result<f64>,
    mut second: impl FnMut() -> Result<f64>,
) -> Result<(f64, f64)> {
    // glibc's allocator gives the memory of every value back to the system, and the page faults would be what is measured,
    // until it has seen a block of this size come and go.
    drop(black_box(vec![1u8; 31 << 20]));
    let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        of_first.push(first()?);
        of_second.push(second()?);
    }
    Ok((median(&of_first).unwrap_or_default(), median(&of_second).unwrap_or_default()))
}

/// Microseconds for one load; the values are dropped after the clock was read.
pub fn sample<T>(bytes: &[u8], mut load: impl FnMut(&[u8]) -> Result<T>) -> Result<f64> {
    let (mut spent, mut calls) = (Duration::ZERO, 0);
    let mut values = Vec::with_capacity(256);
    while spent < SAMPLE {
        let start = Instant::now();
        for _ in 0..if bytes.len() > 1000 { 1 } else { 256 } {
            values.push(load(black_box(bytes))?);
        }
        spent += start.elapsed();
        calls += values.len();
        black_box(&values);
        values.clear();
    }
    Ok(spent.as_secs_f64() * 1e6 / calls as f64)
}

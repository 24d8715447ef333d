//! The functions that formulas can call. Each is one line: what `#[function]` registers, a formula finds by its name.
//!
//! All take the numbers of their arguments in a row. What they can't answer is a NaN, which the cell shows as an error.

use pickle_core::function;

#[function]
fn count(x: &[f64]) -> f64 { x.len() as f64 }

#[function]
fn sum(x: &[f64]) -> f64 { x.iter().sum() }

#[function]
fn mean(x: &[f64]) -> f64 { sum(x) / count(x) }

#[function]
fn min(x: &[f64]) -> f64 { x.iter().copied().reduce(f64::min).unwrap_or(f64::NAN) }

#[function]
fn max(x: &[f64]) -> f64 { x.iter().copied().reduce(f64::max).unwrap_or(f64::NAN) }

/// The sum of squares about the mean.
fn squares(x: &[f64]) -> f64 { x.iter().map(|v| (v - mean(x)).powi(2)).sum() }

#[function]
fn variance(x: &[f64]) -> f64 { squares(x) / (count(x) - 1.0) }

/// Of a sample: divides by n - 1.
#[function]
fn stdev(x: &[f64]) -> f64 { variance(x).sqrt() }

#[function]
fn abs(x: &[f64]) -> f64 { if let [x] = x { x.abs() } else { f64::NAN } }

#[function]
fn sqrt(x: &[f64]) -> f64 { if let [x] = x { x.sqrt() } else { f64::NAN } }

/// `round(x)`, or `round(x, decimals)`.
#[function]
fn round(x: &[f64]) -> f64 {
    match x {
        [x] => x.round(),
        [x, decimals] => (x * 10f64.powf(decimals.round())).round() / 10f64.powf(decimals.round()),
        _ => f64::NAN,
    }
}

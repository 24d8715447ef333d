//! The functions that formulas can call. Each is one line: what `#[function]` registers, a formula finds by its name.
//!
//! All take the numbers of their arguments in a row. What they can't answer is a NaN, which the cell shows as an error.

use pickle_core::function;

macro_rules! functions {
    ($($name:ident($x:ident) = $result:expr;)*) => {
        $(#[function]
        fn $name($x: &[f64]) -> f64 {
            $result
        })*
    };
}

functions! {
    count(x) = x.len() as f64;
    sum(x) = x.iter().sum();
    mean(x) = sum(x) / count(x);
    min(x) = x.iter().copied().reduce(f64::min).unwrap_or(f64::NAN);
    max(x) = x.iter().copied().reduce(f64::max).unwrap_or(f64::NAN);
    variance(x) = squares(x) / (count(x) - 1.0);
    stdev(x) = variance(x).sqrt();
    abs(x) = if let [x] = x { x.abs() } else { f64::NAN };
    sqrt(x) = if let [x] = x { x.sqrt() } else { f64::NAN };
    round(x) = match *x { [x] => rounded(x, 0.0), [x, decimals] => rounded(x, decimals), _ => f64::NAN };
}

/// The sum of squares about the mean. `variance` divides it by n - 1: that of a sample.
fn squares(x: &[f64]) -> f64 {
    let mean = mean(x);
    x.iter().map(|x| (x - mean).powi(2)).sum()
}

fn rounded(x: f64, decimals: f64) -> f64 {
    let scale = 10f64.powf(decimals.round());
    (x * scale).round() / scale
}

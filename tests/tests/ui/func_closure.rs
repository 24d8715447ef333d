use pickle_core::{Function, func};

fn main() {
    let _: Function<fn(f64) -> f64> = func!(|x: f64| 2.0 * x);
}

use pickle_core::{function, object};

#[function(name = "a", name = "b")]
fn double(x: f64) -> f64 {
    2.0 * x
}

#[object(name = "a", name = "b")]
trait Animal {}

fn main() {}

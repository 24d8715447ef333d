use pickle_core::{function, object};

#[function(crate = pickle_core, crate = ::pickle_core)]
fn double(x: f64) -> f64 {
    2.0 * x
}

#[object(crate = pickle_core, name = "a", crate = ::pickle_core)]
trait Animal {}

fn main() {}

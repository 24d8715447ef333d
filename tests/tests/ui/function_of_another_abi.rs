use pickle_core::function;

#[function]
extern "C" fn double(x: f64) -> f64 {
    2.0 * x
}

fn main() {}

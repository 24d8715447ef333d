use pickle_core::func;

fn double(x: f64) -> f64 {
    2.0 * x
}

fn main() {
    func!(double)(1.0);
}

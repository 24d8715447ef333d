use pickle_core::function;

struct Meter(f64);

impl Meter {
    #[function]
    fn doubled(&self) -> f64 {
        2.0 * self.0
    }
}

fn main() {}

use pickle_core::register;

fn main() {
    let factor = 2.0;
    register!((|x: f64| factor * x) as fn(f64) -> f64, name = "scale");
}

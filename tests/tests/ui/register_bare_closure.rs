use pickle_core::register;

register!(|x: f64| 2.0 * x as fn(f64) -> f64, name = "double");

fn main() {}

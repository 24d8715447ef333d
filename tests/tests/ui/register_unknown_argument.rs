use pickle_core::register;

fn double(x: f64) -> f64 {
    2.0 * x
}
register!(double as fn(f64) -> f64, nom = "double");

fn main() {}

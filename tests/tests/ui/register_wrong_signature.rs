use pickle_core::register;

fn double(x: f64) -> f64 {
    2.0 * x
}

register!(double as fn(f32) -> f32);
register!(double as u8);

fn main() {}

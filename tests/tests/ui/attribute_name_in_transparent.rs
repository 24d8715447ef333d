use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(transparent)]
struct Meters {
    #[pickle(rename = "m", alias = "meters")]
    value: f64,
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
struct State {
    name: String,
    field: std::time::Instant,
}

fn main() {}

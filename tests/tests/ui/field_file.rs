use pickle_core::Pickle;

#[derive(Pickle)]
struct State {
    name: String,
    field: std::fs::File,
}

fn main() {}

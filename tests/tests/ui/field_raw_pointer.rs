use pickle_core::Pickle;

#[derive(Pickle)]
struct State {
    name: String,
    field: *const u8,
}

fn main() {}

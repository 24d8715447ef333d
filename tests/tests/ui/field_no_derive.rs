use pickle_core::Pickle;

#[derive(Pickle)]
struct State {
    name: String,
    field: Other,
}

struct Other;

fn main() {}

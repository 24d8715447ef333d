use pickle_core::Pickle;

#[derive(Pickle)]
struct State {
    #[pickle(skip)]
    started: std::time::Instant,
}

fn main() {}

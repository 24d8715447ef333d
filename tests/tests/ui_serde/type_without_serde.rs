use pickle_core::Pickle;

struct Config;

#[derive(Pickle)]
struct App {
    #[pickle(serde)]
    config: Config,
}

fn main() {}

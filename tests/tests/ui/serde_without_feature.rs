use pickle_core::Pickle;

struct Config;

#[derive(Pickle)]
struct App {
    #[pickle(serde)]
    config: Config,
}

#[derive(Pickle)]
#[pickle(serde)]
struct Settings {
    volume: u8,
}

fn main() {}

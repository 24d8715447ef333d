use pickle_core::Pickle;

#[derive(Pickle)]
struct App<'a> {
    #[pickle(serde)]
    name: &'a str,
}

fn main() {}

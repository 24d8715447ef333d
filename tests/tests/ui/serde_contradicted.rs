use pickle_core::Pickle;

#[derive(Pickle)]
struct App {
    #[pickle(with = adapter, serde)]
    both: u8,
    #[pickle(serde, compact)]
    small: u64,
    #[pickle(serde, serde)]
    twice: u8,
    #[pickle(skip, serde)]
    skipped: u8,
}

#[derive(Pickle)]
#[pickle(serde, reduce = Self::reduce, rebuild = Self::rebuild)]
struct Reduced(u8);

#[derive(Pickle)]
#[pickle(serde, transparent)]
struct Transparent(u8);

#[derive(Pickle)]
#[pickle(serde)]
struct WithFields {
    #[pickle(compact)]
    small: u64,
}

#[derive(Pickle)]
enum Choice {
    #[pickle(serde)]
    One(u8),
}

fn main() {}

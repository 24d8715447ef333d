use pickle_core::Pickle;

#[derive(Pickle)]
enum Twice {
    #[pickle(other)]
    A,
    #[pickle(other)]
    B,
}

#[derive(Pickle)]
enum WithFields {
    #[pickle(other)]
    A(u8),
    B,
}

fn main() {}

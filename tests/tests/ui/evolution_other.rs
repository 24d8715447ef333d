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

#[derive(Pickle)]
enum WithTwo {
    #[pickle(other)]
    A(u8, u8),
    B,
}

fn main() {}

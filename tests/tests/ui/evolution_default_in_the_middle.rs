use pickle_core::Pickle;

#[derive(Pickle)]
struct Tuple(u8, #[pickle(default)] u8, u8);

#[derive(Pickle)]
enum Variants {
    A(#[pickle(default)] u8, u8),
}

fn main() {}

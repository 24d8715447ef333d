use pickle_core::Pickle;

#[derive(Pickle)]
struct Tuple(#[pickle(alias = "old")] u8);

fn main() {}

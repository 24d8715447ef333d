use pickle_core::Pickle;

#[derive(Pickle)]
struct Skipped {
    #[pickle(skip, alias = "old")]
    a: u8,
    #[pickle(skip, default)]
    b: u8,
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
struct Player {
    #[pickle(skip, with = adapter)]
    cache: u8,
    #[pickle(compact, external)]
    id: u64,
    #[pickle(skip, rename = "x")]
    other: u8,
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(name = "A", name = "B")]
struct Player {
    #[pickle(skip)]
    #[pickle(skip)]
    cache: u8,
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
struct Player {
    #[pickle(with = "adapter")]
    position: u8,
}

fn main() {}

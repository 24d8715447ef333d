use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(transparent)]
struct Two(u8, u8);

#[derive(Pickle)]
#[pickle(transparent)]
enum Choice {
    Only(u8),
}

fn main() {}

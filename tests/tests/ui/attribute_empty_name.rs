use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(name = "")]
struct Player;

fn main() {}

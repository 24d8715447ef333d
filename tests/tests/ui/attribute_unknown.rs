use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(rename = "Gamer")]
struct Player {
    #[pickle(skipped)]
    cache: u8,
}

#[derive(Pickle)]
enum Class {
    #[pickle(name = "Wizard")]
    Mage,
}

fn main() {}

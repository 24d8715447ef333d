use pickle_core::Pickle;

#[derive(Pickle)]
struct Player {
    name: String,
    #[pickle(rename = "name")]
    title: String,
}

#[derive(Pickle)]
enum Class {
    Mage,
    #[pickle(rename = "Mage")]
    Wizard,
}

fn main() {}

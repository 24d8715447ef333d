use pickle_core::{Pickle, dumps};

#[derive(Pickle)]
#[pickle(nam = "Gamer", version2)]
struct Player {
    #[pickle(skipp)]
    cache: u8,
    #[pickle(skip, compact)]
    id: u64,
    #[pickle(rename = "id2", rename = "id3")]
    other: u8,
}

// No error of its own: the type counts as one that derives.
fn save(player: &Player) -> pickle_core::Result<Vec<u8>> {
    dumps(player)
}

fn main() {}

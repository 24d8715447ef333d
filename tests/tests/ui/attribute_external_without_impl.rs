use pickle_core::Pickle;

struct Texture;

#[derive(Pickle)]
struct Sprite {
    #[pickle(external)]
    texture: Texture,
}

fn main() {}

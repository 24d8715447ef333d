use pickle_core::Pickle;

mod other {
    pub struct Texture {
        pub id: u8,
    }
}

#[derive(Pickle)]
#[pickle(remote = other::Texture, version = 1)]
struct Versioned {
    id: u8,
}

#[derive(Pickle)]
#[pickle(remote = other::Texture)]
struct External {
    #[pickle(external)]
    id: u8,
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
struct Player {
    #[pickle(compact)]
    health: f32,
}

fn main() {}

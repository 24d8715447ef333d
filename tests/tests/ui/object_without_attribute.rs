use pickle_core::Pickle;

trait Animal {}

#[derive(Pickle)]
struct Zoo {
    animals: Vec<Box<dyn Animal>>,
}

fn main() {}

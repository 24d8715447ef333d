use pickle_core::Pickle;

#[derive(Pickle)]
struct Part<'a> {
    numbers: &'a [u32],
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
union Bits {
    integer: u32,
    float: f32,
}

fn main() {}

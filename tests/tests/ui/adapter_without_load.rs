use pickle_core::Pickle;

mod adapter {
    pub fn dump(value: &u8) -> u16 {
        u16::from(*value)
    }
}

#[derive(Pickle)]
struct State {
    #[pickle(with = adapter)]
    level: u8,
}

fn main() {}

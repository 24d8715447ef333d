use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(version = 2, migrate(0 => from_old, 1 => Self::from_pair))]
struct Current(u8);

fn from_old(old: u8) -> Current {
    Current(old)
}

impl Current {
    fn from_pair(a: u8, b: u8) -> Result<Current, String> {
        Ok(Current(a + b))
    }
}

fn main() {}

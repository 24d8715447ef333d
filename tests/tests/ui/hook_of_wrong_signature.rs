use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(before_dump = Self::before, after_load = Self::after)]
struct State(u8);

impl State {
    fn before(&self) -> bool {
        true
    }
    fn after(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}

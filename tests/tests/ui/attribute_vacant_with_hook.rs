use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(after_load = Self::check)]
enum State {
    Busy(u8),
    #[pickle(vacant)]
    Idle,
}

impl State {
    fn check(&mut self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}

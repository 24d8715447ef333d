use pickle_core::Pickle;

#[derive(Pickle)]
enum State {
    #[pickle(vacant)]
    Idle,
    #[pickle(vacant)]
    Off,
}

#[derive(Pickle)]
enum Window {
    Open(u8),
    #[pickle(vacant)]
    Closed {
        #[pickle(with = adapter)]
        frame: u8,
    },
}

mod adapter {
    pub fn dump(value: &u8) -> u8 {
        *value
    }
    pub fn load(value: u8) -> Result<u8, String> {
        Ok(value)
    }
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(rebuild = Self::connect)]
struct Connection {
    host: String,
}

impl Connection {
    fn connect(host: String) -> Result<Self, String> {
        Ok(Connection { host })
    }
}

fn main() {}

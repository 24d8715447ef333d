use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(reduce = Self::host, rebuild = Self::connect)]
struct Connection {
    host: String,
    #[pickle(skip)]
    open: bool,
}

impl Connection {
    fn host(&self) -> &str {
        &self.host
    }
    fn connect(host: String) -> Result<Self, String> {
        Ok(Connection { host, open: true })
    }
}

fn main() {}

use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(reduce = Self::code, rebuild = Self::of)]
enum Mode {
    #[pickle(rename = "off")]
    Off,
    #[pickle(alias = "On", vacant)]
    Running {
        #[pickle(rename = "s")]
        speed: u8,
        #[pickle(alias = "name", default)]
        label: String,
    },
    #[pickle(other)]
    Unknown,
}

impl Mode {
    fn code(&self) -> u8 {
        0
    }
    fn of(_: u8) -> Result<Self, String> {
        Ok(Mode::Off)
    }
}

fn main() {}

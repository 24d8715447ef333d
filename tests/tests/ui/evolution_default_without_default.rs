use pickle_core::Pickle;

#[derive(Pickle)]
struct NoDefault(u8);

#[derive(Pickle)]
struct Holder {
    #[pickle(default)]
    field: NoDefault,
    #[pickle(default = "text")]
    number: u32,
}

fn main() {}

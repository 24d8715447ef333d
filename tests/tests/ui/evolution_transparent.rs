use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(transparent, version = 1)]
struct Versioned(u8);

#[derive(Pickle)]
#[pickle(transparent)]
struct WithDefault(#[pickle(default)] u8);

#[derive(Pickle)]
#[pickle(transparent, alias = "Old")]
struct Renamed(u8);

fn main() {}

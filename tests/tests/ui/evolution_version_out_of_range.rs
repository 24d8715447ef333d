use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(version = 0)]
struct Zero;

#[derive(Pickle)]
#[pickle(version = 256)]
struct Large;

#[derive(Pickle)]
#[pickle(version = "1")]
struct Text;

#[derive(Pickle)]
#[pickle(version = 1, version = 2)]
struct Twice;

fn main() {}

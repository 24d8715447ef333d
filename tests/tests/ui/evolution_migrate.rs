use pickle_core::Pickle;

#[derive(Pickle)]
#[pickle(migrate(0 => from_old))]
struct NoVersion;

#[derive(Pickle)]
#[pickle(version = 1, migrate(1 => from_old))]
struct Itself;

#[derive(Pickle)]
#[pickle(version = 1, migrate(2 => from_old))]
struct Newer;

#[derive(Pickle)]
#[pickle(version = 2, migrate(0 => from_old, 0 => from_old))]
struct Doubled;

#[derive(Pickle)]
#[pickle(version = 2, migrate(300 => from_old))]
struct OutOfRange;

fn main() {}

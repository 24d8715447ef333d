use pickle_core::Pickle;

#[derive(Pickle)]
struct Fields {
    a: u8,
    #[pickle(alias = "a")]
    b: u8,
    #[pickle(alias = "old", alias = "old")]
    c: u8,
    #[pickle(alias = "d")]
    d: u8,
}

#[derive(Pickle)]
enum Variants {
    A,
    #[pickle(alias = "A")]
    B,
}

#[derive(Pickle)]
#[pickle(alias = "Own", alias = "")]
struct Own;

fn main() {}

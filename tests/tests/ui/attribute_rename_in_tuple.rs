use pickle_core::Pickle;

#[derive(Pickle)]
struct Point(#[pickle(rename = "x")] u8, u8);

fn main() {}

use pickle_core::{dumps, loads};

struct Plain;

fn main() {
    let bytes = dumps(&Plain).unwrap();
    let _: Plain = loads(&bytes).unwrap();
}

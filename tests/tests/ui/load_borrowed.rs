use pickle_core::{Pickle, load};

#[derive(Pickle)]
struct Line<'a> {
    text: &'a str,
}

fn main() {
    let file: &[u8] = &[];
    let _ = load::<Line<'_>, _>(file);
    let _ = load::<&str, _>(file);
}

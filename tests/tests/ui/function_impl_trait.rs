use pickle_core::function;

#[function]
fn count(items: impl Iterator<Item = u8>) -> usize {
    items.count()
}

#[function]
fn numbers() -> impl Iterator<Item = u8> {
    0..5
}

fn main() {}

use pickle_core::function;

#[function]
fn largest<T: Ord>(items: Vec<T>) -> Option<T> {
    items.into_iter().max()
}

#[function]
fn sum<const N: usize>(items: [u8; N]) -> u8 {
    items.iter().sum()
}

fn main() {}

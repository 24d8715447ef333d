use pickle_core::{Pickle, object};

#[object]
trait Animal {}

#[derive(Pickle)]
struct Herd<T>(Vec<T>);

#[object]
impl<T: 'static> Animal for Herd<T> {}

fn main() {}

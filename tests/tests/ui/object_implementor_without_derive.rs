use pickle_core::object;

#[object]
trait Animal {}

struct Dog;

#[object]
impl Animal for Dog {}

fn main() {}

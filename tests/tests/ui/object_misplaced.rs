use pickle_core::object;

#[object]
struct Animal;

struct Dog;

#[object]
impl Dog {}

#[object(nom = "Hound")]
trait Named {}

fn main() {}

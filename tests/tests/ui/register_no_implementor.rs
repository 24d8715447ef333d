use pickle_core::{Pickle, object, register};

#[object]
trait Animal {}

#[derive(Pickle)]
struct Stone;

register!(Stone as dyn Animal);

fn main() {}

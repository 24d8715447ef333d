use pickle_core::Pickle;
use std::rc::Rc;

#[derive(Pickle)]
struct Shared {
    pointer: Rc<u32>,
}

fn main() {}

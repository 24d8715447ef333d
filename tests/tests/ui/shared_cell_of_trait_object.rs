use std::cell::RefCell;
use std::rc::Rc;

use pickle_core::{Pickle, object};

#[object]
trait Animal {}

#[derive(Pickle)]
struct Zoo {
    animals: Vec<Rc<RefCell<dyn Animal>>>,
}

fn main() {}

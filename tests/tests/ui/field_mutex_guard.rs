use std::sync::MutexGuard;

use pickle_core::Pickle;

#[derive(Pickle)]
struct State<'a> {
    guard: MutexGuard<'a, u8>,
}

fn main() {}

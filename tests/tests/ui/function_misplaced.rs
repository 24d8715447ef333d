use pickle_core::function;

#[function]
struct NoFunction;

fn main() {}

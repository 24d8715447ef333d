use pickle_core::function;

#[function]
unsafe fn read(at: u8) -> u8 {
    at
}

fn main() {}

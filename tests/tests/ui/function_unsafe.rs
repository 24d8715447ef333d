use pickle_core::function;

#[function]
unsafe fn read(at: *const u8) -> u8 {
    unsafe { *at }
}

fn main() {}

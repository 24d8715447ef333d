//! Any bytes, and changed streams that are sealed again, as the standard input of the command.

#![no_main]
#![forbid(unsafe_code)]

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

libfuzzer_sys::fuzz_target!(|input: &[u8]| pickle_properties::targets::command(&MEMORY, input));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    pickle_fuzz::mutate(data, size, most, seed, 1)
});

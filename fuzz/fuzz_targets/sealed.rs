//! As `bytes`, with streams that the fuzzer changes in their parts and seals again.

#![no_main]
#![forbid(unsafe_code)]

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

libfuzzer_sys::fuzz_target!(|input: &[u8]| pickle_properties::targets::bytes(&MEMORY, input));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    pickle_fuzz::mutate(data, size, most, seed, 2)
});

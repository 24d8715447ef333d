//! Any bytes as any of the types.

#![no_main]
#![forbid(unsafe_code)]

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

libfuzzer_sys::fuzz_target!(|input: &[u8]| pickle_properties::targets::bytes(&MEMORY, input));

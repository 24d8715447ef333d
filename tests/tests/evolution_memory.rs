//! Plans are kept, but not for ever. One test, because it counts what the whole process allocates.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use peak_alloc::PeakAlloc;
use pickle_core::{Pickle, loads};
use pickle_tests::by_hand::{self, U8, structure};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[derive(Pickle)]
struct Kept {
    a: u8,
    #[pickle(default)]
    b: Vec<u8>,
}

/// A stream of a `Kept` with a field of its own that this program does not know.
fn stream(number: u32) -> Vec<u8> {
    by_hand::stream(&[structure("Kept", &[("a", U8), (&format!("{number:08}"), U8)])], 0, &[7, 8])
}

#[test]
fn memory_stays_flat_over_100_000_schemas() {
    let load = |numbers: std::ops::Range<u32>| {
        for number in numbers {
            let kept: Kept = loads(&stream(number)).unwrap();
            assert_eq!((kept.a, kept.b.len()), (7, 0));
        }
    };
    load(0..1000);
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    load(1000..101_000);
    assert!(MEMORY.current_usage() <= before + 4096, "{} bytes more are held", MEMORY.current_usage() - before);
    assert!(MEMORY.peak_usage() <= before + (64 << 10), "{} bytes more were held", MEMORY.peak_usage() - before);
}

//! Plans are kept, but not for ever. One test, because it counts what the whole process allocates.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use peak_alloc::PeakAlloc;
use pickle_core::{Pickle, loads};

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
    let mut schema = vec![32, 1, 9, 4];
    schema.extend(b"Kept\x02\x02\x01a\x03\x08");
    schema.extend(format!("{number:08}").as_bytes());
    schema.push(3);
    let mut bytes = vec![0x89, b'P', b'K', b'L', 1, 1];
    bytes.extend(&hmac_sha256::Hash::hash(&schema)[..8]);
    bytes.extend((schema.len() as u32).to_le_bytes());
    bytes.extend(schema);
    bytes.extend([2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 7, 8]);
    bytes
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

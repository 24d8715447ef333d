//! What a `Value` takes of memory, seen by a counting allocator. One test, because it counts for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use peak_alloc::PeakAlloc;
use pickle_core::inspect::{Stream, Visitor};
use pickle_core::{ErrorKind, Pickle, Unpickler, Value, dumps, loads};
use pickle_tests::memory::{MIB, peak};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

struct Nothing;

impl Visitor<'_> for Nothing {}

#[derive(Pickle)]
struct Model {
    name: String,
    layers: Vec<Vec<f32>>,
    bytes: Vec<u8>,
}

#[test]
fn packed_data_takes_its_bytes_and_limits_hold() {
    let model = Model { name: "m".into(), layers: vec![vec![0.5; MIB]; 4], bytes: vec![1; 16 * MIB] };
    let bytes = dumps(&model).unwrap();
    drop(model);
    let (value, taken) = peak(|| loads::<Value>(&bytes).unwrap());
    assert!(taken < bytes.len() + MIB, "a value of {} bytes took {taken}", bytes.len());
    let (written, taken) = peak(|| dumps(&value).unwrap());
    assert!(written == bytes && taken < 3 * bytes.len() + MIB, "writing it took {taken}");
    drop(value);

    let (walked, taken) = peak(|| Stream::open(&bytes).unwrap().walk(&mut Nothing));
    assert!(walked.is_ok() && taken < MIB / 16, "a walk took {taken}");

    let pairs: Vec<(u8, String)> = (0..100_000).map(|i| (i as u8, i.to_string())).collect();
    let bytes = dumps(&pairs).unwrap();
    drop(pairs);
    let mut limit = 1024;
    let taken = loop {
        let (result, taken) = peak(|| Unpickler::new().max_memory(limit).loads::<Value>(&bytes));
        match result {
            Ok(value) => break (value.root().len(), taken),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Limit, "{error}"),
        }
        // What the reader takes besides: the stack of what is begun, the types.
        assert!(taken <= 2 * limit + MIB / 16, "{taken} bytes were taken under a limit of {limit}");
        limit += limit / 4;
    };
    assert!(taken.0 == 100_000 && taken.1 <= 2 * limit + MIB / 16, "{taken:?} under {limit}");

    // A claim of a length allocates nothing.
    let mut bytes = dumps(&vec![0u64; 300]).unwrap();
    let at = bytes.windows(8).position(|window| window == 300u64.to_le_bytes()).unwrap();
    bytes[at..at + 8].copy_from_slice(&(1u64 << 44).to_le_bytes());
    let (result, taken) = peak(|| loads::<Value>(&bytes));
    assert!(result.is_err() && taken < MIB / 16, "a claim took {taken}");
}

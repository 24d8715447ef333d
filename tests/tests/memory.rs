//! What a dump and a load take of memory, seen by a counting allocator. One test, because it counts for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Seek, Write};
use std::path::Path;

use peak_alloc::PeakAlloc;
use pickle_core::{ErrorKind, Pickle, UnpickleOwned, Unpickler, dump, dumps, load};
use pickle_tests::memory::{MIB, peak};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[derive(Pickle, Debug, PartialEq, Clone)]
struct Particle {
    position: [f64; 3],
    charge: i32,
    alive: bool,
}

/// Takes what is written, and counts it.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Dumps and loads `value`, whose own size on the heap is `size`.
fn check<T: Pickle + UnpickleOwned + PartialEq>(name: &str, value: &T, size: usize) {
    let mut counter = Counter(0);
    let ((), taken) = peak(|| dump(value, &mut counter).unwrap());
    assert!(taken < MIB, "dumping {name} took {taken} bytes");
    assert!(counter.0 >= 48 * MIB, "{name} is no 64 MiB of data: {} bytes", counter.0);

    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("memory-{name}.pickle"));
    let mut file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
    dump(value, &mut file).unwrap();
    file.rewind().unwrap();
    let (back, taken) = peak(|| load::<T, _>(BufReader::new(file)).unwrap());
    assert!(back == *value, "{name} came back changed");
    let allowed = counter.0 + size + MIB;
    assert!(taken < allowed, "loading {name} took {taken} bytes, {allowed} are allowed");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_dump_takes_one_block_and_a_load_the_bytes_and_the_data() {
    let numbers: Vec<f64> = (0..8 * MIB).map(|i| i as f64).collect();
    check("numbers", &numbers, 64 * MIB);
    drop(numbers);

    let particle = |i: usize| Particle { position: [i as f64; 3], charge: i as i32, alive: i.is_multiple_of(2) };
    let particles: Vec<Particle> = (0..2 * MIB).map(particle).collect();
    check("particles", &particles, size_of::<Particle>() * particles.len());
    drop(particles);

    // One run that is never split: a reader has it in one piece.
    let bytes = vec![7u8; 64 * MIB];
    check("bytes", &bytes, 64 * MIB);
    drop(bytes);

    let text = "word ".repeat(13 * MIB);
    check("text", &text, text.len());
    drop(text);

    limits_hold();
}

/// What is charged is at least what is allocated, so that the limit is one.
fn limits_hold() {
    let bytes = dumps(&(0..20_000u32).map(|i| (i, vec![i])).collect::<HashMap<_, _>>()).unwrap();
    let limit = MIB / 2;
    let load = || Unpickler::new().max_memory(limit).loads::<HashMap<u32, Vec<u32>>>(&bytes);
    let (result, taken) = peak(load);
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Limit);
    assert!(taken <= limit + 4096, "{taken} bytes were taken where {limit} are allowed");
}

//! What work takes of memory, seen by a counting allocator: that of the test program, which declares it.
//!
//! A program that measures has one test, because the allocator counts for the whole process.

use peak_alloc::PeakAlloc;
use pickle_core::{ErrorKind, Pickle, Result, UnpickleOwned, Unpickler, load, loads};

use crate::{bytes_of, has_remedy};

/// 2^20 bytes.
pub const MIB: usize = 1 << 20;

/// What a load may take beside what is charged: the path of an error, its text, the tables of the load itself.
pub const BESIDE: usize = 4096;

/// The most memory that `work` held at once, beyond what was held before it.
///
/// # Panics
/// If the test program has another global allocator, which would make every figure zero.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    PeakAlloc.reset_peak_usage();
    let before = PeakAlloc.current_usage();
    assert!(before > 0, "nothing is counted: `PeakAlloc` is not the global allocator");
    let result = work();
    (result, PeakAlloc.peak_usage() - before)
}

/// Asserts that bytes are refused as a `T`, from a slice and from a reader, by an error of this kind that says each of some
/// parts, and that no more than `memory` is taken.
///
/// # Panics
/// If they are loaded, if the error is another one, or if more is taken.
#[track_caller]
pub fn refused<T: UnpickleOwned>(what: &str, bytes: &[u8], kind: ErrorKind, parts: &[&str], memory: usize) {
    let from_slice = peak(|| loads::<T>(bytes).map(drop));
    let from_reader = peak(|| load::<T, _>(bytes).map(drop));
    // The reader's bytes are gathered in steps that double.
    for ((result, taken), memory) in [(from_slice, memory), (from_reader, memory + 3 * bytes.len() + (128 << 10))] {
        let Err(error) = result else { panic!("{what}: the bytes were loaded") };
        assert_eq!(error.kind(), kind, "{what}: {error}");
        has_remedy(&error);
        // Its name may say the same.
        assert!(parts.iter().all(|part| error.to_string().contains(part)), "{what}: `{error}` does not say {parts:?}");
        assert!(taken <= memory, "{what}: {taken} bytes were taken, {memory} are allowed");
    }
}

/// The least `max_memory` under which a load succeeds. None takes more than its limit on the way there.
///
/// # Panics
/// If one takes more, or fails for anything but its limit.
pub fn least_limit<T>(name: &str, load: impl Fn(Unpickler<'_>) -> Result<T>) -> usize {
    let loads_under = |limit: usize| {
        let (result, taken) = peak(|| load(Unpickler::new().max_memory(limit)).map(drop));
        assert!(taken <= limit + BESIDE, "{name}: {taken} bytes were taken under a limit of {limit}");
        match result {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::Limit => false,
            Err(error) => panic!("{name}: {error}"),
        }
    };
    let (mut refused, mut enough) = (0, MIB);
    while !loads_under(enough) {
        (refused, enough) = (enough, 2 * enough);
    }
    while enough - refused > 1 {
        let middle = refused.midpoint(enough);
        if loads_under(middle) {
            enough = middle;
        } else {
            refused = middle;
        }
    }
    enough
}

/// Asserts that a load of the value is charged for what it takes.
///
/// # Panics
/// If it takes more than its limit.
pub fn check<T: Pickle + UnpickleOwned>(name: &str, value: T) {
    let bytes = bytes_of(&value);
    drop(value);
    least_limit(name, |unpickler| unpickler.loads::<T>(&bytes));
}

/// The same for many small values side by side, each made anew: what is not charged of each adds up.
///
/// # Panics
/// If they take more than their limit.
pub fn many<T: Pickle + UnpickleOwned>(name: &str, make: impl Fn(usize) -> T) {
    check(name, (0..2_000).map(make).collect::<Vec<T>>());
}

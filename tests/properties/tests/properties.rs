//! The fuzz targets on stable Rust: 1,000 inputs each, chosen by `proptest`, which also makes a failing one small.
//! One test, because memory is counted for the whole process.

#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use peak_alloc::PeakAlloc;
use pickle_properties::{edit, subjects, targets};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any};
use proptest::test_runner::{Config, RngSeed, TestRunner};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Runs a target on so many inputs.
fn check(cases: u32, longest: usize, target: impl Fn(&[u8])) {
    // The same inputs each time: a test that fails today and not tomorrow would be blamed on a change.
    let config =
        Config { rng_seed: RngSeed::Fixed(2026), failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let run = TestRunner::new(config).run(&vec(any::<u8>(), 0..longest), |input| {
        target(&input);
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
}

#[test]
fn what_is_promised_of_any_bytes() {
    check(1000, 600, targets::round_trip);
    check(1000, 600, |input| targets::edited(&MEMORY, input));
    check(1000, 600, |input| targets::planned(&MEMORY, input));
    check(1000, 200, |input| targets::bytes(&MEMORY, input));
    let whole = |input: &[u8]| {
        let seed = input.iter().fold(0, |seed: u32, byte| seed.wrapping_mul(31).wrapping_add(u32::from(*byte)));
        let samples = subjects::samples();
        (seed, [&[seed as u8][..], &samples[seed as usize % samples.len()].seal()].concat())
    };
    let changed = |input: &[u8]| {
        let (seed, stream) = whole(input);
        edit::mutate(&stream, 1, usize::MAX, seed).unwrap_or(stream)
    };
    check(1000, 8, |input| targets::value(&MEMORY, &changed(input)));
    check(300, 8, |input| targets::command(&MEMORY, &changed(input)));
    check(100, 8, |input| targets::command(&MEMORY, &whole(input).1));
    check(100, 200, |input| targets::command(&MEMORY, input));
}

//! What the targets share beside the properties that they check.

#![forbid(unsafe_code)]

use pickle_properties::edit;

/// The mutator of targets whose input is a stream behind `skip` bytes: half of the time it changes parts of the stream
/// and seals it again, else any bytes.
pub fn mutate(data: &mut [u8], size: usize, most: usize, seed: u32, skip: usize) -> usize {
    if seed.is_multiple_of(2)
        && let Some(mutated) = edit::mutate(&data[..size], skip, most.min(data.len()), seed)
    {
        data[..mutated.len()].copy_from_slice(&mutated);
        return mutated.len();
    }
    libfuzzer_sys::fuzzer_mutate(data, size, most)
}

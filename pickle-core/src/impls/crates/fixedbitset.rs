//! `FixedBitSet`: how many bits it has, and the bits, 64 in a number.

use fixedbitset::{Block, FixedBitSet};

use crate::Pickle;
use crate::impls::mirror::mirror;

const BITS: usize = u64::BITS as usize;
/// How many of the set's own blocks are in a number.
const BLOCKS: usize = BITS / Block::BITS as usize;

#[derive(Pickle)]
#[pickle(name = "FixedBitSet")]
struct BitsMirror {
    length: usize,
    bits: Vec<u64>,
}

mirror!([] FixedBitSet, BitsMirror,
    |set| BitsMirror { length: set.len(), bits: set.as_slice().chunks(BLOCKS).map(joined).collect() },
    // Its blocks are 16 bytes on some machines.
    charging |parts| parts.bits.len().saturating_mul(8).saturating_add(16),
    try |BitsMirror { length, bits }| make(length, bits));

fn joined(blocks: &[Block]) -> u64 {
    blocks.iter().rev().fold(0, |bits, block| bits.checked_shl(Block::BITS).unwrap_or(0) | *block as u64)
}

fn make(length: usize, bits: Vec<u64>) -> Result<FixedBitSet, String> {
    if bits.len() != length.div_ceil(BITS) {
        return Err(format!("{length} bits are not in {} numbers of {BITS}", bits.len()));
    }
    let used = (length % BITS) as u32;
    if used > 0 && bits.last().is_some_and(|last| last >> used != 0) {
        return Err(format!("a bit beyond its {length}"));
    }
    let blocks = bits.iter().flat_map(|bits| (0..BLOCKS as u32).map(move |i| (bits >> (i * Block::BITS)) as Block));
    Ok(FixedBitSet::with_capacity_and_blocks(length, blocks))
}

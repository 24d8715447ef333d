//! Types behind `dyn` that the schema of the root does not tell of.

use std::collections::HashSet;

use crate::schema::runtime::{self, RuntimeType};
use crate::schema::{Dynamic, TypeSchema};
use crate::wire::{BLOCK_HEADER, Frame, Input, TYPES};

/// Whether a stream with its schema, whose root has the reader's shape, names types behind `dyn` that have another shape or
/// an old name. Damage is for the reader to find.
#[cold]
pub(crate) fn is_outdated(own: &'static TypeSchema, input: Input<'_, '_>) -> bool {
    let mut asked = HashSet::new();
    let mut left: Vec<&Dynamic> = own.dynamics().filter(|dynamic| asked.insert(dynamic.key)).collect();
    while let Some(dynamic) = left.pop() {
        for stored in types_in(input) {
            let Some(found) = (dynamic.look_up)(stored.name) else { continue };
            if found.schema.fingerprint() != stored.fingerprint || found.name != stored.name {
                return true;
            }
            left.extend(found.schema.dynamics().filter(|dynamic| asked.insert(dynamic.key)));
        }
    }
    false
}

/// What the blocks of types define. It is gone through anew for each trait, of which there are few: a list would have to be
/// charged.
fn types_in<'b>(input: Input<'b, 'b>) -> impl Iterator<Item = RuntimeType<'b>> {
    let (first, more): (&[u8], &[Vec<u8>]) = match input {
        Input::Slice(bytes) | Input::Rewritten(bytes) => (bytes, &[]),
        Input::Gathered(blocks) => (&[], blocks),
    };
    let parts = std::iter::once(first).chain(more.iter().map(Vec::as_slice));
    let definitions = parts.flat_map(blocks_of_types).flat_map(|block| runtime::definitions(block, true));
    definitions.map_while(Result::ok)
}

fn blocks_of_types(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        loop {
            let frame = Frame::decode(bytes.first_chunk::<BLOCK_HEADER>()?, 0).ok()?;
            let length = usize::try_from(frame.length()).ok()?;
            let block = bytes[BLOCK_HEADER..].get(..length)?;
            bytes = &bytes[BLOCK_HEADER + length..];
            if frame.flags & TYPES != 0 {
                return Some(&block[..frame.data]);
            }
        }
    })
}

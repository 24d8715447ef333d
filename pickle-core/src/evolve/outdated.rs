//! Types behind `dyn` that the schema of the root does not tell of.

use std::collections::HashSet;

use crate::schema::runtime::{self, RuntimeType};
use crate::schema::{Dynamic, TypeSchema};
use crate::wire::{BLOCK_HEADER, Frame, Input, TYPES};

/// Whether a stream with its schema, whose root has the reader's shape, names types behind `dyn` that have another shape or an old name.
/// Damage is for the reader to find.
#[cold]
pub(crate) fn is_outdated(own: &'static TypeSchema, input: Input<'_, '_>) -> bool {
    let mut types = Vec::new();
    match input {
        Input::Slice(bytes) => types_in(bytes, &mut types),
        Input::Rewritten(bytes) => types_in(bytes, &mut types),
        Input::Gathered(blocks) => blocks.iter().for_each(|block| types_in(block, &mut types)),
    }
    let mut asked = HashSet::new();
    let mut left: Vec<&Dynamic> = own.dynamics().collect();
    while let Some(dynamic) = left.pop() {
        if !asked.insert(dynamic.key) {
            continue;
        }
        for stored in &types {
            let Some(found) = (dynamic.look_up)(stored.name) else { continue };
            if found.schema.fingerprint() != stored.fingerprint || found.name != stored.name {
                return true;
            }
            left.extend(found.schema.dynamics());
        }
    }
    false
}

/// Reads the definitions in the blocks of types.
fn types_in<'b>(mut bytes: &'b [u8], types: &mut Vec<RuntimeType<'b>>) {
    while let Some(frame) = bytes.first_chunk::<BLOCK_HEADER>() {
        let Ok(frame) = Frame::decode(frame, 0) else { return };
        let length = usize::try_from(frame.length()).unwrap_or(usize::MAX);
        let Some(block) = bytes[BLOCK_HEADER..].get(..length) else { return };
        if frame.flags & TYPES != 0 && runtime::read(&block[..frame.data], true, types).is_err() {
            return;
        }
        bytes = &bytes[BLOCK_HEADER + length..];
    }
}

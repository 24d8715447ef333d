//! Edits of streams that stay sealed: a reader gets past lengths, fingerprint and checksum, to what was changed.

use arbitrary::{Result, Unstructured};

use crate::random::Random;
use crate::schema::Model;
use crate::stream::{Block, CHECKSUM, OBJECTS, Stream, definition};

/// Changes a stream in one place.
///
/// # Errors
/// None but those of `u`.
pub fn edit(stream: &mut Stream, u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=19)? {
        0 => stream.flags ^= CHECKSUM,
        1 => stream.flags ^= OBJECTS,
        2 => {
            let Some(schema) = &mut stream.schema else { return Ok(()) };
            edit_bytes(schema, u)?;
        }
        3 | 4 => {
            if let Some(mut model) = stream.schema.as_deref().and_then(Model::decode) {
                model.change(u)?;
                stream.schema = Some(model.canonical().encode());
            }
        }
        5 => edit_order(&mut stream.blocks, u)?,
        _ if stream.blocks.is_empty() => stream.blocks.push(Block::default()),
        other => {
            let index = u.choose_index(stream.blocks.len())?;
            let block = &mut stream.blocks[index];
            match other {
                6..=8 => edit_text(&mut block.text, u)?,
                9 => block.gap = u.int_in_range(0..=257)?,
                10 => {
                    let at = u.int_in_range(0..=block.data.len())?;
                    let rest = Block { types: block.types, data: block.data.split_off(at), ..Block::default() };
                    stream.blocks.insert(index + 1, rest);
                }
                11 if block.types => edit_definition(&mut block.data, u)?,
                _ => edit_bytes(&mut block.data, u)?,
            }
        }
    }
    Ok(())
}

fn edit_order(blocks: &mut Vec<Block>, u: &mut Unstructured<'_>) -> Result<()> {
    if blocks.is_empty() {
        return Ok(());
    }
    let (a, b) = (u.choose_index(blocks.len())?, u.choose_index(blocks.len())?);
    match u.int_in_range(0..=3)? {
        0 => blocks.swap(a, b),
        1 => drop(blocks.remove(a)),
        2 => blocks.insert(b, blocks[a].clone()),
        _ if a + 1 < blocks.len() => {
            let next = blocks.remove(a + 1);
            let block = &mut blocks[a];
            block.data.extend(next.data);
            // Strings are cut off the end.
            drop(block.text.splice(..0, next.text));
        }
        _ => {}
    }
    Ok(())
}

/// Changes bytes as somebody would who knows what numbers mean.
fn edit_bytes(bytes: &mut Vec<u8>, u: &mut Unstructured<'_>) -> Result<()> {
    let at = u.int_in_range(0..=bytes.len())?;
    let most = |width: usize| width.min(bytes.len() - at);
    match u.int_in_range(0..=9)? {
        0 if at < bytes.len() => bytes[at] ^= 1 << u.int_in_range(0..=7)?,
        1 if at < bytes.len() => bytes[at] = *u.choose(&[0, 1, 2, 3, 4, 5, 6, 7, 16, 32, 127, 128, 254, 255])?,
        2 => bytes.insert(at, u.arbitrary()?),
        3 => {
            let end = at + most(u.int_in_range(1..=12)?);
            drop(bytes.drain(at..end));
        }
        // The number of an object, a class, a type.
        4 | 5 => {
            let end = at + most(4);
            let number = if u.ratio(1, 8)? { u32::MAX } else { u.int_in_range(0..=12)? };
            bytes.splice(at..end, number.to_le_bytes());
        }
        // A length.
        6 => {
            let end = at + most(8);
            let power = u.int_in_range(0..=63)?;
            let length = (1u64 << power).wrapping_sub(u.int_in_range(0..=1)?);
            let mut new = vec![];
            if u.arbitrary()? {
                new.push(255);
            }
            new.extend(length.to_le_bytes());
            bytes.splice(at..end, new);
        }
        7 => {
            let from = u.int_in_range(0..=bytes.len())?;
            let end = (from + u.int_in_range(0..=40)?).min(bytes.len());
            let piece = bytes[from..end].to_vec();
            let over = if u.arbitrary()? { most(piece.len()) } else { 0 };
            bytes.splice(at..at + over, piece);
        }
        8 => bytes.truncate(at),
        _ if at < bytes.len() => bytes[at] = bytes[at].wrapping_add(*u.choose(&[1, 255])?),
        _ => {}
    }
    Ok(())
}

/// Changes text, which stays UTF-8 nearly always.
fn edit_text(text: &mut Vec<u8>, u: &mut Unstructured<'_>) -> Result<()> {
    let Ok(valid) = std::str::from_utf8(text) else { return edit_bytes(text, u) };
    let mut at = u.int_in_range(0..=valid.len())?;
    while !valid.is_char_boundary(at) {
        at -= 1;
    }
    let next = valid[at..].chars().next().map_or(0, char::len_utf8);
    match u.int_in_range(0..=8)? {
        0 | 1 => drop(text.splice(at..at, u.arbitrary::<char>()?.to_string().into_bytes())),
        2 | 3 => drop(text.splice(at..at + next, u.arbitrary::<char>()?.to_string().into_bytes())),
        4 | 5 => drop(text.drain(at..at + next)),
        6 => drop(text.splice(at..at + next, vec![b'x'; next])),
        7 => text.truncate(at),
        _ => edit_bytes(text, u)?,
    }
    Ok(())
}

/// Changes the schema of a type behind `dyn`, and seals it again.
fn edit_definition(data: &mut Vec<u8>, u: &mut Unstructured<'_>) -> Result<()> {
    let Some((name, schema, end)) = definition(data) else { return edit_bytes(data, u) };
    let Some(mut model) = Model::decode(&data[schema.clone()]) else { return edit_bytes(data, u) };
    model.change(u)?;
    let schema = model.canonical().encode();
    let mut new = data[..name].to_vec();
    new.extend(crate::stream::fingerprint(&schema));
    crate::stream::varint(schema.len() as u128, &mut new);
    new.extend(schema);
    new.extend(&data[end..]);
    *data = new;
    Ok(())
}

/// Changes the stream behind the first `skip` bytes of `input`, in a few places chosen by the seed, if there is one that
/// fits into `most` bytes then.
#[must_use]
pub fn mutate(input: &[u8], skip: usize, most: usize, seed: u32) -> Option<Vec<u8>> {
    let (choice, stream) = input.split_at_checked(skip)?;
    let mut stream = Stream::parse(stream)?;
    let bytes = Random(u64::from(seed)).bytes(256);
    let mut u = Unstructured::new(&bytes);
    for _ in 0..=u.int_in_range(0..=3).ok()? {
        edit(&mut stream, &mut u).ok()?;
    }
    let mut mutated = choice.to_vec();
    mutated.extend(stream.seal());
    (mutated.len() <= most).then_some(mutated)
}

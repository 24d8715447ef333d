//! Variants that the reader does not know, kept as values that explain themselves.

use std::collections::HashMap;
use std::sync::Arc;

use super::rewrite::{Rewriter, kept};
use crate::error::{Error, Result};
use crate::schema::TypeSchema;
use crate::value::{Node, RootTypes, Steps, Value, write_stream};
use crate::wire::{Addresses, Input, Memory, Writer};

/// The old stream as a whole: read as a `Value` where a part of it is kept.
pub(super) struct Origin<'r, 'a> {
    blocks: Input<'r, 'a>,
    start: usize,
    length: usize,
    objects: bool,
    whole: Option<Box<Whole>>,
}

struct Whole {
    addresses: Addresses,
    value: Value,
    /// The places of variants in it, by the offsets of their tags.
    variants: HashMap<u64, u32>,
    steps: Steps,
    /// The types that the enums among its types reach, by the addresses of their tables and their codes.
    types: HashMap<(usize, u32), RootTypes>,
}

impl<'r, 'a> Origin<'r, 'a> {
    pub(super) fn new(blocks: Input<'r, 'a>, start: usize, length: usize, objects: bool) -> Self {
        Origin { blocks, start, length, objects, whole: None }
    }
}

impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    /// Writes the variant whose tag is `head` as a `Value`.
    #[cold]
    pub(super) fn keep_variant(&mut self, head: &[u8], writer: &mut Writer<'_>) -> Result<()> {
        self.within_memory(writer)?;
        let mut whole = match self.origin.whole.take() {
            Some(whole) => whole,
            None => self.read_whole()?,
        };
        let offset = whole.addresses.offset_of(head).map(|offset| (self.origin.start + offset) as u64);
        let place = offset.and_then(|offset| whole.variants.get(&offset).copied());
        let Some(place) = place else { return Err(self.old.reader.corrupt("a variant that no value of it has")) };
        let bytes = self.old.reader.allocate(|memory| {
            let types = whole.types_of(place, memory)?;
            // What the copy takes, and what it takes to write it, is let go of at once.
            let part = Node::at_place(&whole.value, place).to_value_of(types, &whole.steps, *memory)?;
            part.to_bytes(writer, part.memory())
        })?;
        self.origin.whole = Some(whole);
        // They are there twice for a while.
        self.has_memory(writer, bytes.len() + bytes.capacity())?;
        writer.set_room(self.old.reader.memory().left + self.written - bytes.capacity());
        write_stream(&bytes, writer);
        drop(bytes);
        kept(writer)?;
        self.within_memory(writer)
    }

    fn read_whole(&mut self) -> Result<Box<Whole>> {
        let Origin { blocks, start, length, objects, .. } = self.origin;
        let types = self.old.root_types();
        let mut reader = self.old.reader.anew(blocks, start, length);
        self.old.reader.allocate(|memory| {
            let addresses = Addresses::of(blocks, memory)?;
            reader.set_memory_left(memory.left);
            let read = Value::read_with_variants(&mut reader, types, objects);
            memory.left = reader.memory().left;
            let (value, variants) = read.map_err(Error::rooted)?;
            let steps = Steps::of(&value, memory)?;
            Ok(Box::new(Whole { addresses, value, variants, steps, types: HashMap::new() }))
        })
    }
}

impl Whole {
    /// The types of the value in a place, worked out once for each type that is kept.
    fn types_of(&mut self, place: u32, memory: &mut Memory) -> Result<RootTypes> {
        let node = Node::at_place(&self.value, place);
        let kind = node.kind();
        let key = (std::ptr::from_ref(kind.table).addr(), kind.code);
        if let Some(known) = self.types.get(&key) {
            return Ok(known.clone());
        }
        if self.types.len() == self.types.capacity() {
            memory.table_growth(self.types.capacity(), size_of::<((usize, u32), RootTypes)>())?;
        }
        let types = Arc::new(node.part_types(memory)?);
        let known = (types.clone(), Arc::new(TypeSchema::of_table(&types)));
        self.types.insert(key, known.clone());
        Ok(known)
    }
}

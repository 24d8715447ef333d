//! Variants that the reader does not know, kept as values that explain themselves.

use std::collections::HashMap;
use std::sync::Arc;

use super::rewrite::{Rewriter, kept};
use crate::error::{Error, Result};
use crate::schema::TypeSchema;
use crate::traits::Pickle;
use crate::value::{Node, RootTypes, Value};
use crate::wire::{Addresses, Input, Writer};

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
        let mut whole = match self.origin.whole.take() {
            Some(whole) => whole,
            None => self.read_whole()?,
        };
        let offset = whole.addresses.offset_of(head).map(|offset| (self.origin.start + offset) as u64);
        let place = offset.and_then(|offset| whole.variants.get(&offset).copied());
        let Some(place) = place else { return Err(self.old.reader.corrupt("a variant that no value of it has")) };
        whole.part(place)?.body(writer);
        self.origin.whole = Some(whole);
        kept(writer)?;
        self.within_memory(writer)
    }

    fn read_whole(&mut self) -> Result<Box<Whole>> {
        let Origin { blocks, start, length, objects, .. } = self.origin;
        let addresses = self.old.reader.allocate(|memory| Addresses::of(blocks, memory))?;
        let mut reader = self.old.reader.anew(blocks, start, length);
        let read = Value::read_with_variants(&mut reader, self.old.root_types(), objects);
        let (value, variants) = read.map_err(Error::rooted)?;
        self.old.reader.set_memory_left(reader.memory().left);
        Ok(Box::new(Whole { addresses, value, variants, types: HashMap::new() }))
    }
}

impl Whole {
    fn part(&mut self, place: u32) -> Result<Value> {
        let node = Node::at_place(&self.value, place);
        let kind = node.kind();
        let key = (std::ptr::from_ref(kind.table).addr(), kind.code);
        let (types, schema) = match self.types.get(&key) {
            Some(known) => known.clone(),
            None => {
                let types = Arc::new(node.part_types()?);
                let known = (types.clone(), Arc::new(TypeSchema::of_table(&types)));
                self.types.insert(key, known.clone());
                known
            }
        };
        node.to_value_of(types, schema)
    }
}

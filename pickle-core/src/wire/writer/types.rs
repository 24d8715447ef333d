//! The types that only values name: each defined in a block of types before the block that is the first to use it.

use std::any::TypeId;

use super::Writer;
use crate::error::{Error, ErrorKind};
use crate::schema::{self, MAX_NAME, MAX_TYPES, Schema, TypeSchema};
use crate::wire::short;

/// The types met behind `dyn` so far, and those whose definition waits for the block that uses them first.
#[derive(Default)]
pub(super) struct Types {
    pub(super) met: Vec<Met>,
    defined: Vec<(RuntimeType, String)>,
    pub(super) waiting: Vec<u8>,
}

/// A registration met in this stream, and the number of its type there.
pub(super) struct Met {
    entry: usize,
    index: usize,
}

/// A type that only a value names. Two registrations of it (for two traits, say) are one where their names are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum RuntimeType {
    Implementor(TypeId),
    Rebuilder,
    /// Of a `Value`, by its number there.
    Number(usize),
}

impl Writer<'_> {
    /// Writes the number of a type that only the value names.
    pub(crate) fn runtime_type(&mut self, index: usize) {
        self.reserve(1)[0] = short(index);
        self.length(index);
    }

    /// The number of a type that only a value names, defined where it is the first of its kind. `entry` tells
    /// registrations apart.
    pub(crate) fn runtime_type_number(
        &mut self,
        entry: usize,
        kind: RuntimeType,
        name: impl FnOnce() -> String,
        schema: &TypeSchema,
    ) -> usize {
        // The last one met is the likeliest: sequences of trait objects come in runs.
        match self.types.met.iter().rev().find(|met| met.entry == entry) {
            Some(met) => met.index,
            None => {
                let index = self.define(kind, name(), schema);
                self.types.met.push(Met { entry, index });
                index
            }
        }
    }

    fn define(&mut self, kind: RuntimeType, name: String, schema: &TypeSchema) -> usize {
        let types = &mut self.types;
        if let Some(known) = types.defined.iter().position(|known| known.0 == kind && known.1 == name) {
            return known;
        }
        self.again = None;
        let index = types.defined.len();
        let embedded = self.schema == Schema::Embedded;
        schema::runtime::define(&mut types.waiting, &name, schema, embedded);
        let too_long = name.len() > MAX_NAME;
        types.defined.push((kind, name));
        if too_long || index >= MAX_TYPES {
            let message =
                format!("a name behind `dyn` has more than {MAX_NAME} bytes, or there are more than {MAX_TYPES}");
            self.fail(Error::new(ErrorKind::Limit, message).with_remedy("no loader would take it: give it a `name`"));
        }
        index
    }
}

//! Pickle for Rust: a kept `Pickler` and a kept `Unpickler`.

use pickle_core::{Pickle, Pickler, Schema, Unpickle, UnpickleOwned, Unpickler};

use super::{Codec, Lender, Lent, Role};
use crate::Result;

/// Both ends of the library, with the schema in the stream or only its fingerprint.
pub struct PickleCodec<const EMBEDDED: bool> {
    pickler: Pickler<'static>,
    unpickler: Unpickler<'static>,
}

impl<T: Pickle + UnpickleOwned, const EMBEDDED: bool> Codec<T> for PickleCodec<EMBEDDED> {
    const PACKAGE: &'static str = "pickle-core";
    const VARIANT: &'static str = if EMBEDDED { "" } else { "fingerprint" };
    const ROLE: Role = Role::Ours;

    fn prepare(_: &T) -> Result<Self> {
        let schema = if EMBEDDED { Schema::Embedded } else { Schema::Fingerprint };
        Ok(Self { pickler: Pickler::new().schema(schema), unpickler: Unpickler::new() })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        Ok(self.pickler.dump_slice(value)?)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(self.unpickler.loads::<T>(bytes)?)
    }
}

impl<L: Lent, const EMBEDDED: bool> Lender<L> for PickleCodec<EMBEDDED>
where
    L::Owned: Pickle + UnpickleOwned,
    for<'a> L::Of<'a>: Unpickle<'a>,
{
    fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>> {
        Ok(self.unpickler.loads(bytes)?)
    }
}

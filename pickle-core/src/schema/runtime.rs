//! The types that only values name: implementors behind `dyn`, and what a rebuilder chosen at run time takes.

use std::any::{Any, TypeId};

use super::canonical::varint;
use super::decode::{Bytes, MAX_BYTES};
use super::{MAX_TYPES, TypeSchema};
use crate::error::{Error, ErrorKind, Result};

/// A type that the stream has named.
#[derive(Clone, Copy)]
pub(crate) struct RuntimeType<'r> {
    pub(crate) name: &'r str,
    pub(crate) fingerprint: u64,
    pub(crate) schema: Option<&'r [u8]>,
    /// Whether a value has been of this type.
    pub(crate) used: bool,
    /// What the registry answered last, and for which view: runs of one type ask it once.
    pub(crate) resolved: Option<(TypeId, &'static (dyn Any + Send + Sync))>,
}

/// Appends a type's definition: its name, its fingerprint, its schema (empty where schemas are left out).
pub(crate) fn define(bytes: &mut Vec<u8>, name: &str, schema: &TypeSchema, embedded: bool) {
    let schema_bytes = if embedded { schema.bytes() } else { &[] };
    super::canonical::string(name, bytes);
    bytes.extend(schema.fingerprint().to_le_bytes());
    varint(schema_bytes.len() as u64, bytes);
    bytes.extend(schema_bytes);
}

/// The definitions that fill `bytes`, up to the first that is damaged.
pub(crate) fn definitions(bytes: &[u8], embedded: bool) -> impl Iterator<Item = Result<RuntimeType<'_>>> {
    let mut bytes = Bytes { rest: bytes };
    std::iter::from_fn(move || (!bytes.rest.is_empty()).then(|| definition(&mut bytes, embedded)))
}

fn definition<'b>(bytes: &mut Bytes<'b>, embedded: bool) -> Result<RuntimeType<'b>> {
    let name = bytes.string()?;
    let fingerprint = bytes.run(8)?.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let length = bytes.count("bytes", MAX_BYTES)?;
    let schema = bytes.run(length)?;
    if schema.is_empty() == embedded {
        let what = "a type behind `dyn` has no schema where others have one, or has one alone";
        return Err(Error::damaged("the stream", what));
    }
    Ok(RuntimeType { name, fingerprint, schema: embedded.then_some(schema), used: false, resolved: None })
}

/// The error of a stream that defines more of them.
#[cold]
pub(crate) fn too_many() -> Error {
    Error::unwritten(ErrorKind::Limit, format!("the stream names more than {MAX_TYPES} types behind `dyn`"))
}

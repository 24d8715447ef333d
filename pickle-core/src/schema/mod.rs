//! What a stream says about the types in it, and how two such descriptions are compared.
//!
//! A type describes itself to a [`Describer`]; the result is brought into one canonical form, whose hash is the
//! fingerprint. Equal fingerprints mean equal names and equal shapes, all the way down.

mod canonical;
mod decode;
mod describe;
mod heads;
mod layout;
mod minimal;
mod model;
pub(crate) mod runtime;
mod table;
pub(crate) mod view;

use std::any::TypeId;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

pub(crate) use decode::{MAX_BYTES, MAX_NAME, MAX_TYPES, too_large};
pub use describe::{
    Alternative, Alternatives, DefaultOf, DefaultValue, Describe, Describer, FieldDefault, FieldShape, KeepsVariant,
    Names, Other, TypeRef, VariantShape,
};
pub(crate) use describe::{Details, Dynamic, FieldDetails, Own};
pub(crate) use layout::{Layout, Op, code};
pub(crate) use model::{Fields, Model, Node, Ref};
pub use model::{Primitive, Style};
pub use table::TypeTable;
pub(crate) use table::lengths;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::PointerClass;
use crate::traits::Shape;
use crate::wire::header;

/// Whether a stream carries its schema.
///
/// ```
/// use pickle_core::{Pickler, Schema, loads};
/// let full = Pickler::new().dumps(&(1u8, "a"))?;
/// let bare = Pickler::new().schema(Schema::Fingerprint).dumps(&(1u8, "a"))?;
/// assert!(bare.len() < full.len());
/// assert_eq!(loads::<(u8, String)>(&bare)?, (1, "a".to_owned()));
/// # Ok::<(), pickle_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Schema {
    /// The names and shapes of all types stand in the stream: it explains itself, and later shapes can read it.
    #[default]
    Embedded,
    /// Eight bytes that only the same types in the same shape have: for messages between builds that agree.
    Fingerprint,
}

/// How the nodes of a schema are numbered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Numbering {
    /// As in the stream's schema.
    Canonical,
    /// As the type describes itself: for records that were brought into its shape.
    Own,
}

/// A type as far as its schema goes. What asks this instead of the type is compiled once, not for each type of a program.
#[derive(Clone, Copy)]
pub(crate) struct Described {
    key: TypeId,
    describe: Describe,
    name: fn() -> String,
}

impl Described {
    #[inline]
    pub(crate) fn of<T: Shape + ?Sized>() -> Self {
        Described { key: typeid::of::<T>(), describe: T::describe, name: T::name }
    }
}

/// The schema of a type, in every form that dumping and loading ask for.
#[derive(Debug)]
pub struct TypeSchema {
    own: Own,
    pointers: Vec<describe::Pointer>,
    dynamics: Vec<describe::Dynamic>,
    /// Whether a value may hold shared pointers, as far as the shape alone can say.
    shares: Option<bool>,
    /// The same, with what is registered behind `dyn`.
    all_share: OnceLock<bool>,
    fingerprint: u64,
    bare_header: [u8; header::HEADER],
    /// Header, length of the schema, schema.
    embedded_header: Box<[u8]>,
}

impl TypeSchema {
    fn new(described: Described) -> Result<Self> {
        let (own, mut pointers, mut dynamics) = Describer::describe(described)?;
        let (_, bytes, numbers) = canonical::canonical(&own.types.model);
        let number = |own: usize| numbers.get(own).copied().flatten();
        pointers.iter_mut().for_each(|pointer| pointer.node = number(pointer.own));
        dynamics.iter_mut().for_each(|dynamic| dynamic.node = number(dynamic.own));
        if bytes.len() > MAX_BYTES {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("the schema of `{}` has {} bytes", (described.name)(), bytes.len()),
            )
            .with_remedy(format!("a loader takes {MAX_BYTES} bytes: shorten names, or split the type")));
        }
        let fingerprint = fingerprint(&bytes);
        let mut embedded = header::encode(header::EMBEDDED, fingerprint).to_vec();
        embedded.extend((bytes.len() as u32).to_le_bytes());
        embedded.extend(bytes);
        let points = pointers.iter().any(|pointer| pointer.node.is_some());
        let shares = if points || dynamics.iter().all(|dynamic| dynamic.node.is_none()) { Some(points) } else { None };
        Ok(TypeSchema {
            own,
            pointers,
            dynamics,
            shares,
            all_share: OnceLock::new(),
            fingerprint,
            bare_header: header::encode(0, fingerprint),
            embedded_header: embedded.into_boxed_slice(),
        })
    }

    /// The schema that a stream brought, of types that this program need not have.
    pub(crate) fn of_table(types: &Arc<TypeTable>) -> Self {
        let bytes = canonical::encode(&types.model);
        let fingerprint = fingerprint(&bytes);
        let mut embedded = header::encode(header::EMBEDDED, fingerprint).to_vec();
        embedded.extend((bytes.len() as u32).to_le_bytes());
        embedded.extend(bytes);
        TypeSchema {
            own: Own { types: types.clone(), details: Vec::new() },
            pointers: Vec::new(),
            dynamics: Vec::new(),
            shares: Some(false),
            all_share: OnceLock::new(),
            fingerprint,
            bare_header: header::encode(0, fingerprint),
            embedded_header: embedded.into_boxed_slice(),
        }
    }

    #[inline]
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    #[inline]
    pub(crate) fn bare_header(&self) -> &[u8; header::HEADER] {
        &self.bare_header
    }

    #[inline]
    pub(crate) fn embedded_header(&self) -> &[u8] {
        &self.embedded_header
    }

    /// The schema alone.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.embedded_header[header::HEADER + 4..]
    }

    /// Whether a value may hold shared pointers.
    #[inline(always)]
    pub(crate) fn shares(&'static self) -> bool {
        match self.shares {
            Some(shares) => shares,
            None => *self.all_share.get_or_init(|| self.reaches_pointers()),
        }
    }

    /// Goes through all types that are registered for the traits within.
    #[cold]
    fn reaches_pointers(&'static self) -> bool {
        let mut seen = HashSet::new();
        let mut left = vec![self];
        while let Some(schema) = left.pop() {
            if !seen.insert(schema.fingerprint) {
                continue;
            }
            if schema.pointers.iter().any(|pointer| pointer.node.is_some()) {
                return true;
            }
            let dynamics = schema.dynamics.iter().filter(|dynamic| dynamic.node.is_some());
            left.extend(dynamics.flat_map(|dynamic| (dynamic.all)()));
        }
        false
    }

    /// Whether a value that is brought into this shape may hold shared pointers, those of its older versions included.
    pub(crate) fn may_share(&self) -> bool {
        !self.pointers.is_empty() || !self.dynamics.is_empty()
    }

    /// The nodes of types that only values name.
    #[inline]
    pub(crate) fn dynamics(&self) -> impl Iterator<Item = &Dynamic> {
        self.dynamics.iter()
    }

    #[inline]
    pub(crate) fn has_dynamics(&self) -> bool {
        !self.dynamics.is_empty()
    }

    /// The type as it describes itself.
    pub(crate) fn own(&self) -> &Own {
        &self.own
    }

    /// The node of the pointers of this type.
    pub(crate) fn pointer_node(&self, strong: TypeId, numbering: Numbering) -> Option<u32> {
        self.pointers.iter().find(|pointer| pointer.strong == strong)?.number(numbering)
    }

    /// How the class of the objects is found that pointers of this node point to.
    pub(crate) fn pointer(&self, node: u32, numbering: Numbering) -> Option<PointerClass> {
        self.pointers.iter().find(|pointer| pointer.number(numbering) == Some(node)).map(|pointer| pointer.class)
    }

    pub(crate) fn dynamic_node(&self, key: TypeId, numbering: Numbering) -> Option<u32> {
        self.dynamics.iter().find(|dynamic| dynamic.key == key)?.number(numbering)
    }

    /// How the type is found that a value of this node names.
    pub(crate) fn dynamic(&self, node: u32, numbering: Numbering) -> Option<&Dynamic> {
        self.dynamics.iter().find(|dynamic| dynamic.number(numbering) == Some(node))
    }

    /// The error for a head that holds a bad bit pattern and starts at byte `start`, where that is known.
    pub(crate) fn refuse_head(&self, head: &[u8], start: Option<u64>) -> Error {
        heads::error(heads::first_bad(&self.own.types, self.own.types.model.root, head), start)
    }

    /// The same within a piece: for its whole head, or the fields' heads of variant number `tag`.
    pub(crate) fn refuse_payload(&self, tag: Option<usize>, head: &[u8], start: Option<u64>) -> Error {
        heads::error(heads::first_bad_payload(&self.own.types, tag, head), start)
    }

    pub(crate) fn has_bad_head(&self, head: &[u8]) -> bool {
        heads::first_bad(&self.own.types, self.own.types.model.root, head).is_some()
    }
}

/// The error for a stream that only says that it is of another shape than `own`, with the fingerprint `found`.
#[cold]
pub(crate) fn unknown_shape(own: &TypeSchema, found: u64) -> Error {
    let model = &own.own.types.model;
    let name = model.name(model.root);
    Error::new(
        ErrorKind::WrongType,
        format!(
            "the stream was written from another type, or another shape of `{name}`: its fingerprint is {found:016x}, expected {:016x}",
            own.fingerprint
        ),
    )
    .with_remedy("it was dumped with `Schema::Fingerprint` and can't say more: load it with the build that wrote it")
}

/// The first 8 bytes of a schema's SHA-256.
pub(crate) fn fingerprint(schema: &[u8]) -> u64 {
    let hash = hmac_sha256::Hash::hash(schema);
    hash.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// The schema of `T`, worked out at its first use.
///
/// # Errors
/// A schema beyond the limits of a loader, or a reducer and rebuilder that disagree.
#[inline]
pub(crate) fn of<T: Shape + ?Sized>() -> Result<&'static TypeSchema> {
    cached(Described::of::<T>())
}

#[inline]
fn cached(described: Described) -> Result<&'static TypeSchema> {
    const RECENT: usize = 4;
    type Entry = Cell<Option<(TypeId, &'static TypeSchema)>>;
    thread_local! {
        static CACHE: [Entry; RECENT] = const { [const { Cell::new(None) }; RECENT] };
    }
    let key = described.key;
    CACHE.with(|cache| {
        for entry in cache {
            if let Some((known, schema)) = entry.get()
                && known == key
            {
                return Ok(schema);
            }
        }
        let schema = shared(described)?;
        for i in (1..RECENT).rev() {
            cache[i].set(cache[i - 1].get());
        }
        cache[0].set(Some((key, schema)));
        Ok(schema)
    })
}

/// Looks the schema up in the program's table, which holds one entry for each type that was ever a root or behind `dyn`.
#[cold]
#[inline(never)]
pub(crate) fn shared(described: Described) -> Result<&'static TypeSchema> {
    static TABLE: RwLock<Option<HashMap<TypeId, &'static TypeSchema>>> = RwLock::new(None);
    let key = described.key;
    let known =
        TABLE.read().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|table| table.get(&key).copied());
    if let Some(schema) = known {
        return Ok(schema);
    }
    // Outside the lock, because describing runs code of the type.
    let schema = TypeSchema::new(described)?;
    let mut table = TABLE.write().unwrap_or_else(PoisonError::into_inner);
    Ok(table.get_or_insert_default().entry(key).or_insert_with(|| Box::leak(Box::new(schema))))
}

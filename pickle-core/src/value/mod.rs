//! Any stream as a value: looked at, changed, compared, shown, and written again, without its Rust types.

mod arena;
mod build;
mod edit;
mod equal;
mod field;
mod node;
mod order;
mod part;
mod path;
mod show;
mod write;

#[cfg(feature = "serde")]
mod serialize;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

pub use edit::New;
pub(crate) use field::{KnownTypes, RootTypes, write_stream};
pub use node::{Data, Node};
pub(crate) use part::Steps;

use self::arena::{Arena, NOWHERE};
use self::build::Builder;
use self::node::Place;
use crate::error::Result;
use crate::inspect::{TypeTable, Walker};
use crate::schema::TypeSchema;
use crate::wire::{Memory, Reader};

/// What any stream holds, read without its Rust types by the schema in it: `loads::<Value>(&bytes)`.
///
/// It is an object graph: shared and cyclic where the data is. [`at`](Value::at) and the methods of [`Node`] look into
/// it, [`set`](Value::set) and its like change it, checked against its schema. `dumps(&value)` gives a stream with the
/// schema that it was read with, which the real types load. As a field, a `Value` is the bytes of its stream.
///
/// ```
/// use pickle_core::{Pickle, Value, dumps, loads};
///
/// #[derive(Pickle, Debug, PartialEq)]
/// struct World { name: String, players: Vec<Player> }
/// #[derive(Pickle, Debug, PartialEq)]
/// struct Player { name: String, pet: Option<Pet> }
/// #[derive(Pickle, Debug, PartialEq)]
/// enum Pet { Cat, Dog { good: bool } }
///
/// let ann = Player { name: "Ann".into(), pet: Some(Pet::Dog { good: true }) };
/// let file = dumps(&World { name: "Terra".into(), players: vec![ann] })?;
///
/// let mut value: Value = loads(&file)?;
/// assert_eq!(value.at("players[0].pet.good").and_then(|good| good.as_bool()), Some(true));
/// assert_eq!(value.to_string(), r#"World { name: "Terra", players: [Player { name: "Ann", pet: Some(Dog { good: true }) }] }"#);
///
/// value.set("players[0].name", "Bo")?;
/// value.set_variant("players[0].pet", "Cat")?;
/// let world: World = loads(&dumps(&value)?)?;
/// assert_eq!(world.players, [Player { name: "Bo".into(), pet: Some(Pet::Cat) }]);
/// # Ok::<(), pickle_core::Error>(())
/// ```
///
/// Two values are equal where they hold the same with the same sharing: where their objects can be paired so that every
/// pointer of the one is to the partner of what that of the other is to. The order of maps and sets does not count;
/// floats are compared by their bits, so that each value equals itself.
///
/// `Display` and `Debug` write a value as Rust would, by the names of types, fields and variants; `{:#}` on several
/// lines. A shared object has its number before it, `#0`, where it is first met, and is that number alone after that.
///
/// ```
/// use pickle_core::{Value, dumps, loads};
/// let shared = std::rc::Rc::new("text".to_owned());
/// let value: Value = loads(&dumps(&(shared.clone(), shared))?)?;
/// assert_eq!(value.to_string(), r#"(#0 "text", #0)"#);
/// # Ok::<(), pickle_core::Error>(())
/// ```
///
/// Numbers that lie side by side stay as they are: a `Vec<f64>` takes the memory of its bytes. All else takes 20 bytes a
/// value and more, so what is small in a file may need a higher [`max_memory`](crate::Unpickler::max_memory).
///
/// With the feature `serde`, a `Value` is `serde::Serialize`, for JSON and others.
#[derive(Clone)]
pub struct Value {
    /// It takes one pointer of its owner, whatever there is.
    held: Box<Held>,
}

#[derive(Clone)]
struct Held {
    schema: Arc<TypeSchema>,
    /// The root's types, then those of each type behind `dyn`.
    tables: Vec<Arc<TypeTable>>,
    named: Vec<NamedType>,
    arena: Arena,
    objects: Vec<ObjectSlot>,
    /// The order in which the stream built the objects.
    script: Vec<Entry>,
    scopes: Vec<[u32; 3]>,
    classes: Vec<[u32; 3]>,
    root: u32,
    /// Whether it is not as the stream was: two keys may have become one.
    changed: bool,
}

/// A type that only values name.
#[derive(Clone, Default)]
struct NamedType {
    name: Box<str>,
    table: u16,
    schema: Option<Arc<TypeSchema>>,
}

#[derive(Clone, Copy)]
struct ObjectSlot {
    class: u32,
    slot: u32,
}

/// One step of a loader, as [`crate::wire::Entry`] has them.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Entry {
    Record(u32),
    Open(u32),
    Close(u32),
    Fill,
}

/// What marks a cell whose content the stream had later.
const DEFERRED: u32 = 2;

impl Value {
    /// The whole of it, to look at.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec![1u8])?)?;
    /// assert_eq!(value.root().kind().name(), "Vec<u8>");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { value: self, place: Place::Slot(self.held.root) }
    }

    /// The part at the end of a path, as errors give it; see [`Node::at`].
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec![("a", 1u8), ("b", 2)])?)?;
    /// assert_eq!(value.at("[1].0").and_then(|name| name.as_str()), Some("b"));
    /// assert!(value.at("[1].5").is_none());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn at(&self, path: &str) -> Option<Node<'_>> {
        self.root().at(path)
    }

    /// The object with this number: what pointers point to.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&std::rc::Rc::new(5u8))?)?;
    /// assert_eq!(value.object(0).and_then(|object| object.as_u64()), Some(5));
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn object(&self, id: u32) -> Option<Node<'_>> {
        let slot = self.held.objects.get(id as usize)?.slot;
        (slot != NOWHERE).then_some(Node { value: self, place: Place::Slot(slot) })
    }

    /// How many objects there are.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&vec![std::rc::Rc::new(5u8); 3])?)?;
    /// assert_eq!(value.object_count(), 1);
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn object_count(&self) -> usize {
        self.held.objects.len()
    }

    /// The types that the stream described: those of the root.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, loads};
    /// let value: Value = loads(&dumps(&Some(1u8))?)?;
    /// assert_eq!(value.types().root().name(), "Option<u8>");
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn types(&self) -> &TypeTable {
        &self.held.tables[0]
    }

    /// The fingerprint of the root's schema.
    ///
    /// ```
    /// # use pickle_core::{Value, dumps, inspect::Stream, loads};
    /// let bytes = dumps(&1u8)?;
    /// assert_eq!(loads::<Value>(&bytes)?.fingerprint(), Stream::open(&bytes)?.fingerprint());
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.held.schema.fingerprint()
    }
}

impl Value {
    /// Reads a stream of these types.
    pub(crate) fn read(
        reader: &mut Reader<'_, '_>,
        types: Arc<TypeTable>,
        schema: Arc<TypeSchema>,
        objects: bool,
    ) -> Result<Self> {
        let builder = Builder::<false>::new(types.clone(), reader.memory());
        Self::read_with(builder, reader, types, schema, objects).map(|(value, _)| value)
    }

    /// The same; gives the places of variants as well, by the offsets of their tags.
    pub(crate) fn read_with_variants(
        reader: &mut Reader<'_, '_>,
        types: Arc<TypeTable>,
        objects: bool,
    ) -> Result<(Self, HashMap<u64, u32>)> {
        let builder = Builder::<true>::new(types.clone(), reader.memory());
        let schema = Arc::new(TypeSchema::of_table(&types));
        Self::read_with(builder, reader, types, schema, objects)
    }

    fn read_with<const VARIANTS: bool>(
        mut builder: Builder<VARIANTS>,
        reader: &mut Reader<'_, '_>,
        types: Arc<TypeTable>,
        schema: Arc<TypeSchema>,
        has_objects: bool,
    ) -> Result<(Self, HashMap<u64, u32>)> {
        // It and what counts its owners; each of many small ones has them.
        builder.arena.memory.charge(size_of::<Held>() + size_of::<TypeSchema>() + 128)?;
        let (scopes, classes) = {
            let mut walker = Walker::new(reader, types, &mut builder);
            walker.stream(has_objects)?;
            walker.into_rows()
        };
        builder.let_go();
        let Builder { tables, named, mut arena, objects, script, root, variants, .. } = builder;
        reader.set_memory_left(arena.memory.left);
        // What is changed from now on nobody limits.
        arena.memory = Memory::UNLIMITED;
        let held = Held { schema, tables, named, arena, objects, script, scopes, classes, root, changed: false };
        Ok((Value { held: Box::new(held) }, variants))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint() && equal::equal(self.root(), other.root())
    }
}

impl Eq for Value {}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::show(self.root(), f)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::show(self.root(), f)
    }
}

//! A type describes itself.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;

use super::decode::{MAX_FIELDS, MAX_NAME, MAX_PARTS, MAX_TYPES};
use super::model::{Fields, Model, Node, Primitive, Ref, Style};
use super::table::TypeTable;
use super::{Described, Numbering, TypeSchema};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{CellContent, Family, PointerClass, Target};
use crate::traits::Shape;
use crate::wire::{RuntimeType as RuntimeTypeKind, Writer};

/// What [`Shape::describe`] adds a type to.
///
/// ```
/// // Only its errors are met by users: a schema that no loader would take is refused when it is first dumped.
/// #[derive(pickle_core::Pickle)]
/// struct Small(u8);
/// assert!(pickle_core::dumps(&Small(1)).is_ok());
/// ```
#[derive(Debug, Default)]
pub struct Describer {
    types: Vec<Option<Node>>,
    details: HashMap<usize, Details>,
    known: HashMap<TypeId, TypeRef>,
    error: Option<Error>,
    pub(super) pointers: Vec<Pointer>,
    pub(super) dynamics: Vec<Dynamic>,
    /// Set while two shapes are compared on their own, so that a recursive type does not compare itself for ever.
    comparing: bool,
}

/// A type that has been added to a schema.
///
/// ```
/// // It only passes from one `Shape::describe` to another.
/// use pickle_core::Shape;
/// assert_eq!(<Box<u8>>::name(), "Box<u8>");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeRef(pub(super) Ref);

/// A node of shared pointers, and how the class of its objects is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pointer {
    /// Its number as it was described, and its number in the canonical form, where that has it.
    pub(super) own: usize,
    pub(super) node: Option<usize>,
    pub(super) strong: TypeId,
    pub(super) class: PointerClass,
}

/// A node of types that only values name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dynamic {
    pub(super) own: usize,
    pub(super) node: Option<usize>,
    pub(crate) key: TypeId,
    pub(crate) find: fn(&str) -> Result<Alternative>,
    pub(crate) look_up: fn(&str) -> Option<Alternative>,
    pub(super) all: fn() -> Vec<&'static TypeSchema>,
}

/// The number of a node that stands in both numberings.
fn number(own: usize, node: Option<usize>, numbering: Numbering) -> Option<u32> {
    let number = match numbering {
        Numbering::Canonical => node,
        Numbering::Own => Some(own),
    };
    number.map(|number| number as u32)
}

impl Pointer {
    pub(super) fn number(&self, numbering: Numbering) -> Option<u32> {
        number(self.own, self.node, numbering)
    }
}

impl Dynamic {
    pub(super) fn number(&self, numbering: Numbering) -> Option<u32> {
        number(self.own, self.node, numbering)
    }
}

/// A set of registered types, of which each value names its own.
#[doc(hidden)]
pub trait Alternatives: 'static {
    /// The one of this name.
    fn find(name: &str) -> Result<Alternative>;
    /// The same, where there is no need to say why there is none.
    fn look_up(name: &str) -> Option<Alternative>;
    /// The schemas of all.
    fn all() -> Vec<&'static TypeSchema>;
}

/// One of a set of registered types.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Alternative {
    pub(crate) name: String,
    pub(crate) schema: &'static TypeSchema,
    /// What tells it from others in a stream.
    pub(crate) kind: RuntimeTypeKind,
    pub(crate) entry: usize,
}

/// A field as its type describes it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct FieldShape {
    /// The stored name, then those that earlier releases stored it under.
    names: Names,
    describe: Describe,
    default: Option<FieldDefault>,
}

impl FieldShape {
    #[must_use]
    pub const fn new(names: Names, describe: Describe) -> Self {
        FieldShape { names, describe, default: None }
    }

    pub(crate) fn describe(&self, schema: &mut Describer) -> TypeRef {
        (self.describe)(schema)
    }

    /// With the value that it has where a stream lacks it.
    #[must_use]
    pub const fn or(self, default: FieldDefault) -> Self {
        FieldShape { default: Some(default), ..self }
    }
}

/// A variant as its enum describes it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct VariantShape<'s> {
    pub names: Names,
    pub style: Style,
    pub fields: &'s [FieldShape],
    pub other: Option<Other>,
}

/// What a variant does that stands for variants that the enum does not have.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Other {
    /// Whether it keeps them, in a `Value`; else it drops what they held.
    pub(crate) keeps: bool,
}

impl Other {
    /// For a variant without fields.
    #[must_use]
    pub const fn dropping() -> Self {
        Other { keeps: false }
    }

    /// For a variant that holds a `T`.
    #[must_use]
    pub const fn keeping<T: KeepsVariant>() -> Self {
        Other { keeps: true }
    }
}

/// A type that keeps what this program knows no Rust type for.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't keep an unknown variant",
    label = "not a `pickle_core::Value`",
    note = "`#[pickle(other)]` goes with a variant without fields, which drops what the unknown one held, or with one that holds a `Value`"
)]
pub trait KeepsVariant {}

impl KeepsVariant for crate::value::Value {}

/// How the default of a field is written.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum FieldDefault {
    /// All of it is head.
    Head(fn(&mut [u8])),
    Value(fn() -> Box<dyn DefaultValue>),
}

/// The default of a field, kept until both its head and its body are written.
#[doc(hidden)]
pub trait DefaultValue {
    fn head(&self, head: &mut [u8]);
    fn body(&self, writer: &mut Writer<'_>);
}

/// A value with the functions that write it.
#[doc(hidden)]
#[derive(Debug)]
pub struct DefaultOf<T> {
    pub value: T,
    pub head: fn(&T, &mut [u8]),
    pub body: fn(&T, &mut Writer<'_>),
}

impl<T> DefaultValue for DefaultOf<T> {
    fn head(&self, head: &mut [u8]) {
        (self.head)(&self.value, head);
    }

    fn body(&self, writer: &mut Writer<'_>) {
        (self.body)(&self.value, writer);
    }
}

/// A stored name, then those of earlier releases.
#[doc(hidden)]
pub type Names = &'static [&'static str];

/// What a schema does not say of a type, and a loader of older shapes must know.
#[derive(Debug, Default)]
pub(crate) struct Details {
    pub(crate) names: Names,
    /// Of the fields of a struct, or of each variant.
    pub(crate) fields: Vec<FieldDetails>,
    pub(crate) variants: Vec<VariantDetails>,
    pub(crate) cell: Option<CellContent>,
    /// Whether user code looks at a value as soon as it is loaded.
    pub(crate) solid: bool,
    /// The older types that a type's code makes its own of, by their versions.
    pub(crate) migrations: Vec<(u8, Ref)>,
}

#[derive(Debug)]
pub(crate) struct FieldDetails {
    pub(crate) names: Names,
    pub(crate) default: Option<FieldDefault>,
}

#[derive(Debug)]
pub(crate) struct VariantDetails {
    pub(crate) names: Names,
    pub(crate) other: Option<Other>,
    pub(crate) fields: Vec<FieldDetails>,
}

/// A type with all that it reaches, as it describes itself: each Rust type is a node of its own.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) types: Arc<TypeTable>,
    /// By node.
    pub(crate) details: Vec<Details>,
}

/// Tells the piece around a type from the type itself.
struct Hooked<T>(std::marker::PhantomData<T>);

/// The same for its version.
struct OfVersion<T>(std::marker::PhantomData<T>);

/// How a part describes itself.
#[doc(hidden)]
pub type Describe = fn(&mut Describer) -> TypeRef;

impl Describer {
    /// Describes a type from scratch.
    pub(super) fn describe(described: Described) -> Result<(Own, Vec<Pointer>, Vec<Dynamic>)> {
        let mut describer = Describer::default();
        let root = (described.describe)(&mut describer).0;
        if describer.types.len() > MAX_TYPES {
            describer.refuse(format!("`{}` reaches more than {MAX_TYPES} types", (described.name)()));
        }
        if describer.types.iter().flatten().map(Node::size).sum::<usize>() > MAX_PARTS {
            describer
                .refuse(format!("the types that `{}` reaches have more than {MAX_PARTS} fields", (described.name)()));
        }
        match describer.error {
            Some(error) => Err(error),
            None => {
                let types: Vec<Node> = describer.types.into_iter().flatten().collect();
                let mut details = describer.details;
                let details = (0..types.len()).map(|node| details.remove(&node).unwrap_or_default()).collect();
                let types = Arc::new(TypeTable::new(Model { root, types })?);
                Ok((Own { types, details }, describer.pointers, describer.dynamics))
            }
        }
    }

    pub(crate) fn primitive(&mut self, primitive: Primitive) -> TypeRef {
        TypeRef(Ref::Primitive(primitive))
    }

    /// Adds the type `T`, once: a second time, and within itself, it is only referred to.
    fn define<T: ?Sized>(&mut self, node: impl FnOnce(&mut Self) -> Node) -> TypeRef {
        let (reference, new) = self.meet(typeid::of::<T>());
        if new {
            let node = node(self);
            self.give(reference, node);
        }
        reference
    }

    /// The place of the type of this key, and whether it is a new one, which is to be given its node.
    fn meet(&mut self, key: TypeId) -> (TypeRef, bool) {
        if let Some(known) = self.known.get(&key) {
            return (*known, false);
        }
        let reference = TypeRef(Ref::Type(self.types.len()));
        self.known.insert(key, reference);
        self.types.push(None);
        (reference, true)
    }

    fn give(&mut self, reference: TypeRef, node: Node) {
        if let Ref::Type(index) = reference.0 {
            self.types[index] = Some(node);
        }
    }

    /// Adds the type of this key, which is made of one other.
    fn wrap(&mut self, key: TypeId, content: Describe, node: fn(Ref) -> Node) -> TypeRef {
        let (reference, new) = self.meet(key);
        if new {
            let content = content(self).0;
            self.give(reference, node(content));
        }
        reference
    }

    pub(crate) fn option<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.wrap(typeid::of::<T>(), content, Node::Option)
    }

    pub(crate) fn sequence<T: ?Sized>(&mut self, element: Describe) -> TypeRef {
        self.wrap(typeid::of::<T>(), element, Node::Sequence)
    }

    pub(crate) fn set<T: ?Sized>(&mut self, key: Describe) -> TypeRef {
        self.wrap(typeid::of::<T>(), key, Node::Set)
    }

    pub(crate) fn map<T: ?Sized>(&mut self, key: Describe, value: Describe) -> TypeRef {
        self.define::<T>(|s| Node::Map(key(s).0, value(s).0))
    }

    pub(crate) fn array<T: ?Sized>(&mut self, element: Describe, length: usize) -> TypeRef {
        self.define::<T>(|s| Node::Array(element(s).0, length as u64))
    }

    pub(crate) fn tuple<T: ?Sized>(&mut self, parts: &[Describe]) -> TypeRef {
        self.define::<T>(|s| Node::Tuple(parts.iter().map(|part| part(s).0).collect()))
    }

    pub(crate) fn piece<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.wrap(typeid::of::<T>(), content, Node::Piece)
    }

    /// A cell `T`, which holds a `C`.
    pub(crate) fn cell<T: ?Sized, C: Shape>(&mut self) -> TypeRef {
        let reference = self.wrap(typeid::of::<T>(), C::describe, Node::Cell);
        self.details(reference).cell = Some(CellContent::of::<C>());
        reference
    }

    /// Says that user code looks at values of a type as soon as they are loaded: what they refer to must be complete.
    #[doc(hidden)]
    #[must_use]
    pub fn solid(&mut self, of: TypeRef) -> TypeRef {
        self.details(of).solid = true;
        of
    }

    fn details(&mut self, of: TypeRef) -> &mut Details {
        // What is defined is a type of the table.
        let node = if let Ref::Type(node) = of.0 { node } else { usize::MAX };
        self.details.entry(node).or_default()
    }

    /// A type of a version above 0, and the older types that its code takes.
    #[doc(hidden)]
    pub fn versioned<T>(&mut self, version: u8, content: Describe, migrations: &[(u8, Describe)]) -> TypeRef {
        let mut new = false;
        let reference = self.define::<OfVersion<T>>(|s| {
            new = true;
            Node::Versioned(version, content(s).0)
        });
        if new {
            let migrations = migrations.iter().map(|(version, describe)| (*version, describe(self).0)).collect();
            self.details(reference).migrations = migrations;
        }
        reference
    }

    /// A type that is one piece because a hook runs before it is written.
    #[doc(hidden)]
    pub fn hooked<T>(&mut self, content: Describe) -> TypeRef {
        self.wrap(typeid::of::<Hooked<T>>(), content, Node::Piece)
    }

    /// A piece of what a function gives, which no type of its own stands for.
    pub(crate) fn piece_of(&mut self, content: TypeRef) -> TypeRef {
        self.types.push(Some(Node::Piece(content.0)));
        TypeRef(Ref::Type(self.types.len() - 1))
    }

    pub(crate) fn non_zero<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.wrap(typeid::of::<T>(), content, Node::NonZero)
    }

    pub(crate) fn compact<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.wrap(typeid::of::<T>(), content, Node::Compact)
    }

    #[doc(hidden)]
    pub fn dynamic<A: Alternatives>(&mut self, names: Names) -> TypeRef {
        let name = self.stored(names);
        let before = self.types.len();
        let reference = self.define::<A>(|_| Node::Dynamic(name.to_owned()));
        if self.types.len() > before {
            self.dynamics.push(Dynamic {
                own: before,
                node: None,
                key: TypeId::of::<A>(),
                find: A::find,
                look_up: A::look_up,
                all: A::all,
            });
            self.details(reference).names = names;
        }
        reference
    }

    /// A shared pointer, and what it points to.
    pub(crate) fn shared<F: Family, T: ?Sized + Target>(&mut self) -> TypeRef {
        let node = self.types.len();
        let mut new = false;
        let reference = self.define::<F::Strong<T>>(|s| {
            new = true;
            Node::Shared(T::describe_target(s).0)
        });
        if new {
            self.pointers.push(Pointer {
                own: node,
                node: None,
                strong: TypeId::of::<F::Strong<T>>(),
                class: T::class::<F>(),
            });
        }
        reference
    }

    pub(crate) fn weak<F: Family, T: ?Sized + Target>(&mut self) -> TypeRef {
        self.define::<F::Weak<T>>(|s| Node::Weak(s.shared::<F, T>().0))
    }

    #[doc(hidden)]
    pub fn structure<T: ?Sized>(&mut self, names: Names, style: Style, fields: &[FieldShape]) -> TypeRef {
        self.structure_of(typeid::of::<T>(), names, style, fields)
    }

    fn structure_of(&mut self, key: TypeId, names: Names, style: Style, fields: &[FieldShape]) -> TypeRef {
        let name = self.stored(names);
        let (reference, new) = self.meet(key);
        if new {
            let (fields, of_fields) = self.fields(name, style, fields);
            self.give(reference, Node::Struct(name.to_owned(), fields));
            *self.details(reference) = Details { names, fields: of_fields, ..Details::default() };
        }
        reference
    }

    #[doc(hidden)]
    pub fn enumeration<T: ?Sized>(&mut self, names: Names, variants: &[VariantShape<'_>]) -> TypeRef {
        self.enumeration_of(typeid::of::<T>(), names, variants)
    }

    fn enumeration_of(&mut self, key: TypeId, names: Names, variants: &[VariantShape<'_>]) -> TypeRef {
        let name = self.stored(names);
        let (reference, new) = self.meet(key);
        if new {
            let (nodes, of_variants) = variants
                .iter()
                .map(|variant| {
                    let own = self.stored(variant.names);
                    let (fields, of_fields) = self.fields(name, variant.style, variant.fields);
                    let of_variant = VariantDetails { names: variant.names, other: variant.other, fields: of_fields };
                    ((own.to_owned(), fields), of_variant)
                })
                .unzip();
            self.give(reference, Node::Enum(name.to_owned(), nodes));
            *self.details(reference) = Details { names, variants: of_variants, ..Details::default() };
        }
        reference
    }

    fn fields(&mut self, owner: &str, style: Style, fields: &[FieldShape]) -> (Fields, Vec<FieldDetails>) {
        if fields.len() > MAX_FIELDS {
            self.refuse(format!("`{owner}` has more than {MAX_FIELDS} fields"));
        }
        let (nodes, details) = fields
            .iter()
            .map(|field| {
                let name = self.stored(field.names);
                let details = FieldDetails { names: field.names, default: field.default };
                ((name.to_owned(), (field.describe)(self).0), details)
            })
            .unzip();
        (Fields { style, fields: nodes }, details)
    }

    /// The name that is stored.
    fn stored(&mut self, names: Names) -> &'static str {
        let name = names.first().copied().unwrap_or_default();
        self.check_name(name);
        name
    }

    fn check_name(&mut self, name: &str) {
        if name.len() > MAX_NAME {
            self.refuse(format!("the name `{name}` is longer than {MAX_NAME} bytes"));
        }
    }

    fn refuse(&mut self, message: String) {
        self.error.get_or_insert_with(|| {
            Error::new(ErrorKind::Limit, message).with_remedy("no loader would take its schema: split the type")
        });
    }

    /// Keeps an error unless what a type gives and what it is rebuilt from are of one shape.
    pub(crate) fn agree(&mut self, owner: &str, gives: Describe, takes: Describe) {
        if self.comparing {
            return;
        }
        let shape = |describe: Describe| {
            let mut alone = Describer { comparing: true, ..Describer::default() };
            let root = describe(&mut alone).0;
            let types = alone.types.into_iter().flatten().collect();
            super::canonical::canonical(&Model { root, types })
        };
        let ((gives, given_bytes, _), (takes, taken_bytes, _)) = (shape(gives), shape(takes));
        if given_bytes != taken_bytes {
            let (gives, takes) = (gives.name(gives.root), takes.name(takes.root));
            self.error.get_or_insert_with(|| {
                Error::new(ErrorKind::WrongType, format!("`{owner}` is saved as `{gives}` and restored from `{takes}`"))
                    .with_remedy("let both functions name one type")
            });
        }
    }
}

//! A type describes itself.

use std::any::TypeId;
use std::collections::HashMap;

use super::TypeSchema;
use super::decode::{MAX_FIELDS, MAX_NAME, MAX_PARTS, MAX_TYPES};
use super::model::{Fields, Model, Node, Primitive, Ref, Style};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Family, PointerClass, Target};
use crate::traits::Shape;

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
    pub(super) node: usize,
    pub(super) strong: TypeId,
    pub(super) class: PointerClass,
}

/// A node of types that only values name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dynamic {
    pub(super) node: usize,
    pub(super) key: TypeId,
    pub(super) find: fn(&str) -> Result<&'static TypeSchema>,
    pub(super) all: fn() -> Vec<&'static TypeSchema>,
}

/// A set of registered types, of which each value names its own.
#[doc(hidden)]
pub trait Alternatives: 'static {
    /// The schema of the one of this name.
    fn find(name: &str) -> Result<&'static TypeSchema>;
    /// The schemas of all.
    fn all() -> Vec<&'static TypeSchema>;
}

/// Tells the piece around a type from the type itself.
struct Hooked<T>(std::marker::PhantomData<T>);

/// How a part describes itself.
#[doc(hidden)]
pub type Describe = fn(&mut Describer) -> TypeRef;

/// The names of fields, and how each describes itself.
type Parts<'p> = &'p [(&'p str, Describe)];

impl Describer {
    /// Describes `T` from scratch.
    pub(super) fn describe<T: Shape + ?Sized>() -> Result<(Model, Vec<Pointer>, Vec<Dynamic>)> {
        let mut describer = Describer::default();
        let root = T::describe(&mut describer).0;
        if describer.types.len() > MAX_TYPES {
            describer.refuse(format!("`{}` reaches more than {MAX_TYPES} types", T::name()));
        }
        if describer.types.iter().flatten().map(Node::size).sum::<usize>() > MAX_PARTS {
            describer.refuse(format!("the types that `{}` reaches have more than {MAX_PARTS} fields", T::name()));
        }
        match describer.error {
            Some(error) => Err(error),
            None => {
                let types = describer.types.into_iter().flatten().collect();
                Ok((Model { root, types }, describer.pointers, describer.dynamics))
            }
        }
    }

    pub(crate) fn primitive(&mut self, primitive: Primitive) -> TypeRef {
        TypeRef(Ref::Primitive(primitive))
    }

    /// Adds the type `T`, once: a second time, and within itself, it is only referred to.
    fn define<T: ?Sized>(&mut self, node: impl FnOnce(&mut Self) -> Node) -> TypeRef {
        let key = typeid::of::<T>();
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let index = self.types.len();
        let reference = TypeRef(Ref::Type(index));
        self.known.insert(key, reference);
        self.types.push(None);
        let node = node(self);
        self.types[index] = Some(node);
        reference
    }

    pub(crate) fn option<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.define::<T>(|s| Node::Option(content(s).0))
    }

    pub(crate) fn sequence<T: ?Sized>(&mut self, element: Describe) -> TypeRef {
        self.define::<T>(|s| Node::Sequence(element(s).0))
    }

    pub(crate) fn set<T: ?Sized>(&mut self, key: Describe) -> TypeRef {
        self.define::<T>(|s| Node::Set(key(s).0))
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
        self.define::<T>(|s| Node::Piece(content(s).0))
    }

    pub(crate) fn cell<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.define::<T>(|s| Node::Cell(content(s).0))
    }

    /// A type that is one piece because a hook runs before it is written.
    #[doc(hidden)]
    pub fn hooked<T>(&mut self, content: Describe) -> TypeRef {
        self.define::<Hooked<T>>(|s| Node::Piece(content(s).0))
    }

    /// A piece of what a function gives, which no type of its own stands for.
    pub(crate) fn piece_of(&mut self, content: TypeRef) -> TypeRef {
        self.types.push(Some(Node::Piece(content.0)));
        TypeRef(Ref::Type(self.types.len() - 1))
    }

    pub(crate) fn non_zero<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.define::<T>(|s| Node::NonZero(content(s).0))
    }

    pub(crate) fn compact<T: ?Sized>(&mut self, content: Describe) -> TypeRef {
        self.define::<T>(|s| Node::Compact(content(s).0))
    }

    #[doc(hidden)]
    pub fn dynamic<A: Alternatives>(&mut self, name: &str) -> TypeRef {
        self.check_name(name);
        let before = self.types.len();
        let reference = self.define::<A>(|_| Node::Dynamic(name.to_owned()));
        if self.types.len() > before {
            self.dynamics.push(Dynamic { node: before, key: TypeId::of::<A>(), find: A::find, all: A::all });
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
            self.pointers.push(Pointer { node, strong: TypeId::of::<F::Strong<T>>(), class: T::class::<F>() });
        }
        reference
    }

    pub(crate) fn weak<F: Family, T: ?Sized + Target>(&mut self) -> TypeRef {
        self.define::<F::Weak<T>>(|s| Node::Weak(s.shared::<F, T>().0))
    }

    #[doc(hidden)]
    pub fn structure<T: ?Sized>(&mut self, name: &str, style: Style, fields: Parts<'_>) -> TypeRef {
        self.check_name(name);
        self.define::<T>(|s| Node::Struct(name.to_owned(), s.fields(name, style, fields)))
    }

    #[doc(hidden)]
    pub fn enumeration<T: ?Sized>(&mut self, name: &str, variants: &[(&str, Style, Parts<'_>)]) -> TypeRef {
        self.check_name(name);
        self.define::<T>(|s| {
            let variants = variants.iter().map(|(variant, style, fields)| {
                s.check_name(variant);
                ((*variant).to_owned(), s.fields(name, *style, fields))
            });
            Node::Enum(name.to_owned(), variants.collect())
        })
    }

    fn fields(&mut self, owner: &str, style: Style, fields: Parts<'_>) -> Fields {
        if fields.len() > MAX_FIELDS {
            self.refuse(format!("`{owner}` has more than {MAX_FIELDS} fields"));
        }
        let fields = fields.iter().map(|(name, describe)| {
            self.check_name(name);
            ((*name).to_owned(), describe(self).0)
        });
        Fields { style, fields: fields.collect() }
    }

    fn check_name(&mut self, name: &str) {
        if name.len() > MAX_NAME {
            self.refuse(format!("the name `{name}` is longer than {MAX_NAME} bytes"));
        }
    }

    /// The error for a type that brings its own schema, where another type's asks for it.
    pub(crate) fn root_only(&mut self, name: &str) -> TypeRef {
        self.error.get_or_insert_with(|| {
            Error::new(
                ErrorKind::Unrepresentable,
                format!("a `{name}` is no part of another type: it is a whole stream"),
            )
            .with_remedy("keep the bytes of its stream, `Vec<u8>`, in its place")
        });
        self.primitive(Primitive::Unit)
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
            super::canonical::canonical(Model { root, types })
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

//! A `Value` for serde: what its types would look like if they derived `Serialize`.

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::Value;
use super::node::{Data, Node};
use crate::inspect::{Kind, Primitive, Reference, Scalar, Step};

/// Composites in each other, at the most: what readers of JSON take, and what a small stack holds.
const MAX_DEPTH: usize = 128;

/// As types that derive `Serialize` look: structs and maps as maps, an enum as its variant's name or a map of that one
/// key, a value behind a trait as a map of the name of its type. A map whose keys are neither text, `bool` nor integer is
/// a sequence of pairs.
///
/// Where there are shared objects, the whole is `{"$root": …, "$objects": […]}`, and a pointer `{"$ref": 3}`, a weak one
/// `{"$weak": 3}`; one to nothing is null.
///
/// # Errors
/// Those of the serializer, and values that nest deeper than 128.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use pickle_core::{Value, dumps, loads};
/// let value: Value = loads(&dumps(&vec![Some(("a", 1u8)), None]).unwrap()).unwrap();
/// // serde_json::to_string(&value) gives [["a",1],null]
/// fn is_serialize(_: &impl serde::Serialize) {}
/// is_serialize(&value);
/// # }
/// ```
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.held.objects.is_empty() {
            return self.root().serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("$root", &self.root())?;
        map.serialize_entry("$objects", &Objects(self))?;
        map.end()
    }
}

struct Objects<'v>(&'v Value);

impl Serialize for Objects<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = self.0.object_count();
        let mut seq = serializer.serialize_seq(Some(count))?;
        for id in 0..count as u32 {
            seq.serialize_element(&self.0.object(id))?;
        }
        seq.end()
    }
}

/// As a [`Value`] is, but for its objects, which stay with that.
impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Level { node: *self, depth: 0 }.serialize(serializer)
    }
}

/// A part, within so many others.
struct Level<'v> {
    node: Node<'v>,
    depth: usize,
}

/// The fields of a struct or variant.
struct Body<'v>(Level<'v>);

impl<'v> Level<'v> {
    fn part(&self, node: Node<'v>) -> Level<'v> {
        Level { node, depth: self.depth + 1 }
    }

    fn parts(&self) -> impl Iterator<Item = Level<'v>> {
        let (node, depth) = (self.node, self.depth + 1);
        (0..node.part_count()).filter_map(move |index| Some(Level { node: node.part(index)?, depth }))
    }
}

impl Serialize for Level<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth > MAX_DEPTH {
            return Err(S::Error::custom(format!("the value nests deeper than {MAX_DEPTH}")));
        }
        let mut node = self.node;
        while let Data::Piece(content) | Data::InCell(content) | Data::Versioned(_, content) = node.data() {
            node = content;
        }
        let here = Level { node, depth: self.depth };
        match node.data() {
            Data::Scalar(x) => scalar(x, serializer),
            Data::Text(text) | Data::FunctionName(text) => serializer.serialize_str(text),
            Data::Absent | Data::Reference(Reference::Dangling) => serializer.serialize_none(),
            Data::Present(content) => serializer.serialize_some(&here.part(content)),
            Data::Reference(Reference::Strong(id)) => one("$ref", &id, serializer),
            Data::Reference(Reference::Weak(id)) => one("$weak", &id, serializer),
            Data::Dynamic(name, content) => one(name, &here.part(content), serializer),
            Data::Variant(name) if node.part_count() == 0 => serializer.serialize_str(name),
            Data::Variant(name) => one(name, &Body(here), serializer),
            Data::Struct(_) if node.part_count() == 0 => serializer.serialize_unit(),
            Data::Struct(_) => Body(here).serialize(serializer),
            Data::Map => entries(&here, serializer),
            _ => serializer.collect_seq(here.parts()),
        }
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = self.0.node;
        match (node.step(0), node.part_count()) {
            (Step::Field(_), count) => {
                let mut map = serializer.serialize_map(Some(count))?;
                for (index, part) in self.0.parts().enumerate() {
                    if let Step::Field(name) = node.step(index) {
                        map.serialize_entry(name, &part)?;
                    }
                }
                map.end()
            }
            (_, 1) => match self.0.parts().next() {
                Some(only) => only.serialize(serializer),
                None => serializer.serialize_unit(),
            },
            _ => serializer.collect_seq(self.0.parts()),
        }
    }
}

fn one<S: Serializer>(key: &str, value: &impl Serialize, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

fn entries<S: Serializer>(level: &Level<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let Kind::Map(key, _) = level.node.kind().kind() else { return serializer.serialize_unit() };
    let simple = match key.kind() {
        Kind::Primitive(primitive) => !matches!(primitive, Primitive::Unit | Primitive::F32 | Primitive::F64),
        Kind::NonZero(_) => true,
        _ => false,
    };
    let mut parts = level.parts();
    let pairs = std::iter::from_fn(|| Some((parts.next()?, parts.next()?)));
    if simple { serializer.collect_map(pairs) } else { serializer.collect_seq(pairs) }
}

fn scalar<S: Serializer>(scalar: Scalar, serializer: S) -> Result<S::Ok, S::Error> {
    match scalar {
        Scalar::Unit => serializer.serialize_unit(),
        Scalar::Bool(x) => serializer.serialize_bool(x),
        Scalar::Char(x) => serializer.serialize_char(x),
        Scalar::U8(x) => serializer.serialize_u8(x),
        Scalar::U16(x) => serializer.serialize_u16(x),
        Scalar::U32(x) | Scalar::Nanos(x) => serializer.serialize_u32(x),
        Scalar::U64(x) | Scalar::Usize(x) => serializer.serialize_u64(x),
        Scalar::U128(x) => serializer.serialize_u128(x),
        Scalar::I8(x) => serializer.serialize_i8(x),
        Scalar::I16(x) => serializer.serialize_i16(x),
        Scalar::I32(x) => serializer.serialize_i32(x),
        Scalar::I64(x) | Scalar::Isize(x) => serializer.serialize_i64(x),
        Scalar::I128(x) => serializer.serialize_i128(x),
        Scalar::F32(x) => serializer.serialize_f32(x),
        Scalar::F64(x) => serializer.serialize_f64(x),
    }
}

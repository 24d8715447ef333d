//! What the bytes of a span say by themselves.

use pickle_core::inspect::{Span, Type, What};

use super::Dis;
use super::blocks::Frame;
use crate::text;

impl Dis<'_> {
    pub(super) fn explain(&self, span: Span) -> String {
        let bytes = self.bytes(span);
        let number = bytes.iter().rev().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let short = |what: &str| match bytes {
            [255] => format!("{what}: 255 or more, in the next bytes"),
            _ => format!("{what} {number}"),
        };
        let named = |what: &str, name: Option<String>| match name {
            Some(name) => format!("{what}, `{name}`"),
            None => what.to_owned(),
        };
        match span.what {
            What::Magic => "magic number of Pickle for Rust".into(),
            What::Version => format!("version {number} of the format"),
            What::Flags => {
                let names = [(1, "schema embedded"), (2, "checksum at the end"), (4, "shared objects before the root")];
                let set: Vec<_> = names.iter().filter(|(bit, _)| number & bit != 0).map(|(_, name)| *name).collect();
                format!("flags: {}", if set.is_empty() { "none".to_owned() } else { set.join(", ") })
            }
            What::Fingerprint => format!("fingerprint of the schema, {:016x}", self.part.stream.fingerprint()),
            What::SchemaLength => format!("schema: {}", text::bytes(number)),
            What::SchemaRoot => named("schema: the root", self.types.as_ref().map(|types| types.root().name())),
            What::SchemaCount => match &self.types {
                Some(types) => format!("schema: {}", text::count(types.len() as u64, "type", "types")),
                None => "schema: how many types".into(),
            },
            What::SchemaType(index) => {
                let found = self.types.as_ref().and_then(|types| types.iter().nth(index)).map(Type::name);
                named(&format!("schema: type {index}"), found)
            }
            What::BlockHeader => match bytes.first_chunk() {
                Some(header) => Frame::decode(header).to_string(),
                None => "header of a block".into(),
            },
            What::Gap => "zeros between the data and the text of the block".into(),
            What::TypeName => match bytes.iter().position(|byte| byte & 0x80 == 0) {
                Some(end) => {
                    format!("a type behind `dyn`, `{}`", text::name(&String::from_utf8_lossy(&bytes[end + 1..])))
                }
                None => "a type behind `dyn`".into(),
            },
            What::TypeFingerprint => "its fingerprint".into(),
            What::TypeSchema => "its schema".into(),
            What::ScopeCount => format!("number of scopes: {number}"),
            What::Scope => "scope: where a type behind `dyn` is first met".into(),
            What::ClassCount => format!("number of classes of objects: {number}"),
            What::Class => "class: the pointer whose objects are of it".into(),
            What::ObjectCount => format!("number of shared objects: {number}"),
            What::Entry => match number {
                0 => "record of an object",
                1 => "record of an object with cells that are filled later",
                2 => "an object that what follows refers to weakly",
                3 => "the value of the object that was opened last",
                4 => "the value of the object that was opened last, with cells that are filled later",
                5 => "fill: what the cells hold that were left out",
                6 => "the root",
                _ => "entry",
            }
            .into(),
            What::ClassNumber => short("class"),
            What::ObjectNumber => format!("object #{number}"),
            What::CellCount => format!("cells that are filled later: {number}"),
            What::CellOrdinal => format!("cell {number} is filled later"),
            What::OptionTag => if number == 0 { "None" } else { "Some" }.into(),
            What::VariantTag => format!("variant {number}"),
            What::ValueVersion => format!("version {number} of the type"),
            What::Length => short("length"),
            What::LongLength => format!("length {}", text::number(number)),
            What::Text => format!("text, {}", text::bytes(span.length)),
            What::TypeNumber => short("type"),
            What::Reference => format!("to object #{number}"),
            What::Checksum => format!("checksum, CRC-32 {number:08x}"),
            What::Scalar => "number".into(),
            What::Compact => "number in as many bytes as it needs".into(),
            What::Run => "numbers".into(),
            what => format!("{what:?}").to_lowercase(),
        }
    }
}

//! `pickle schema`: the types in a file.

use std::sync::Arc;

use clap::Args;
use pickle_core::inspect::{Fields, Kind, TypeTable, Visitor};
use serde_json::{Value as Json, json};

use crate::console::Source;
use crate::failure::Failure;
use crate::input::Input;
use crate::options::{File, Format};
use crate::output::{Ink, Out};
use crate::text;

/// What it can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// For whom the output is
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Gathers the types that only values name.
#[derive(Default)]
struct Named<'s>(Vec<(&'s str, Arc<TypeTable>)>);

impl<'s> Visitor<'s> for Named<'s> {
    fn types(&mut self, _: usize, name: &'s str, types: &Arc<TypeTable>) -> pickle_core::Result<()> {
        self.0.push((name, types.clone()));
        Ok(())
    }
}

/// Writes the types of each stream: those of the root, then those behind `dyn`.
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let input = Input::read(&options.file, source)?;
    for part in input.streams() {
        let part = part?;
        let failed = |error: &pickle_core::Error| part.failure(error);
        let types = part.stream.types().map_err(|error| failed(&error))?;
        let mut named = Named::default();
        part.stream.walk(&mut named).map_err(|error| failed(&error))?;
        let fingerprint = format!("{:016x}", part.stream.fingerprint());
        if options.format == Format::Json {
            let behind = named.0.iter().map(|(name, types)| json!({ "name": name, "schema": table(types) }));
            let line = json!({
                "stream": part.index, "offset": part.offset, "fingerprint": fingerprint,
                "schema": table(types), "behind_dyn": behind.collect::<Vec<_>>(),
            });
            out.json(&line, false)?;
            continue;
        }
        if part.index > 0 {
            out.end_line()?;
        }
        let which = if part.is_only() { String::new() } else { format!("stream {}: ", part.index) };
        let note = format!("// {which}{}, fingerprint {fingerprint}", types.root().name());
        let note = out.paint.text(Ink::Note, &note);
        out.line(&note)?;
        out.line(&types.to_string())?;
        for (name, types) in &named.0 {
            let note = out.paint.text(Ink::Note, &format!("// `{}`, behind `dyn`", text::name(name)));
            out.end_line()?;
            out.line(&note)?;
            out.line(&types.to_string())?;
        }
    }
    Ok(())
}

/// A table of types for programs: types refer to each other by number or, where primitive, by name.
fn table(types: &TypeTable) -> Json {
    let reference = |kind: pickle_core::inspect::Type<'_>| match kind.index() {
        Some(index) => json!(index),
        None => json!(kind.name()),
    };
    let fields = |fields: Fields<'_>| {
        let each = fields.iter().map(|field| json!({ "name": field.name, "type": reference(field.kind) }));
        Json::Array(each.collect())
    };
    let describe = |kind| match kind {
        Kind::Optional(of) => json!({ "kind": "option", "of": reference(of) }),
        Kind::Sequence(of) => json!({ "kind": "sequence", "of": reference(of) }),
        Kind::Set(of) => json!({ "kind": "set", "of": reference(of) }),
        Kind::Map(key, value) => json!({ "kind": "map", "key": reference(key), "value": reference(value) }),
        Kind::Array(of, length) => json!({ "kind": "array", "of": reference(of), "length": length }),
        Kind::Tuple(parts) => json!({ "kind": "tuple", "fields": fields(parts) }),
        Kind::Piece(of) => json!({ "kind": "piece", "of": reference(of) }),
        Kind::InCell(of) => json!({ "kind": "cell", "of": reference(of) }),
        Kind::Versioned(version, of) => json!({ "kind": "versioned", "version": version, "of": reference(of) }),
        Kind::NonZero(of) => json!({ "kind": "nonzero", "of": reference(of) }),
        Kind::Compact(of) => json!({ "kind": "compact", "of": reference(of) }),
        Kind::Struct(name, parts) => json!({ "kind": "struct", "name": name, "fields": fields(parts) }),
        Kind::Enum(name, variants) => {
            let variants = variants.iter().map(|of| json!({ "name": of.name, "fields": fields(of.fields) }));
            json!({ "kind": "enum", "name": name, "variants": variants.collect::<Vec<_>>() })
        }
        Kind::Dynamic(name) => json!({ "kind": "dynamic", "name": name }),
        Kind::Shared(of) => json!({ "kind": "shared", "of": reference(of) }),
        Kind::Weak(of) => json!({ "kind": "weak", "of": reference(of) }),
        _ => Json::Null,
    };
    let list: Vec<_> = types
        .iter()
        .map(|found| {
            let mut described = describe(found.kind());
            described["shown"] = json!(found.name());
            described
        })
        .collect();
    json!({ "root": reference(types.root()), "types": list })
}

//! Two schemas that are not equal: where they part, in words.

use std::collections::HashSet;

use super::model::{Fields, Model, Node, Ref, Style};
use super::{TypeSchema, fingerprint};
use crate::error::{Error, ErrorKind, Step};

/// The error for a stream whose fingerprint is `found` where `expected` was asked for.
#[cold]
#[inline(never)]
pub(crate) fn mismatch(expected: &TypeSchema, found: u64, found_schema: Option<&[u8]>) -> Error {
    let own = &expected.model;
    let name = own.name(own.root);
    let Some(bytes) = found_schema else {
        return Error::new(
            ErrorKind::WrongType,
            format!(
                "the stream was written from another type, or another shape of `{name}`: its fingerprint is {found:016x}, expected {:016x}",
                expected.fingerprint
            ),
        )
        .with_remedy("it was dumped with `Schema::Fingerprint` and can't say more: load it with the build that wrote it");
    };
    if fingerprint(bytes) != found {
        return Error::new(ErrorKind::Corrupt, "the stream's schema does not match its fingerprint");
    }
    let other = match Model::decode(bytes) {
        Ok(other) => other,
        Err(error) => return error,
    };
    let Some(difference) = first_difference(own, &other) else {
        return Error::new(ErrorKind::Corrupt, "the stream's schema is not in its canonical form");
    };
    if difference.path.is_empty() && difference.other_type {
        let found = other.name(other.root);
        return Error::new(ErrorKind::WrongType, format!("expected `{name}`, the stream holds `{found}`"))
            .with_remedy(format!("load it as `{found}`, or check that this is the file you mean"));
    }
    let owner = difference.owner;
    let kept = if owner == name {
        format!("the old `{name}`")
    } else {
        format!("the old types, from `{owner}` up to `{name}`,")
    };
    Error::new(ErrorKind::WrongType, format!("the stream has another shape of `{owner}`: {}", difference.message))
        .steps(difference.path)
        .with_remedy(format!(
            "load it with the types that wrote it: keep {kept} under another identifier with `#[pickle(name = \"…\")]`, and convert"
        ))
}

struct Difference {
    path: Vec<Step>,
    /// The type that the two have in common, of which they are two shapes.
    owner: String,
    message: String,
    /// Whether the two are different types, not two shapes of one.
    other_type: bool,
}

/// The difference nearest to the root.
fn first_difference(own: &Model, other: &Model) -> Option<Difference> {
    let mut seen = HashSet::from([(own.root, other.root)]);
    // Every pair that was met, with the place of the one that it was met in and the step from there: a queue that keeps
    // what it has passed.
    let mut pairs = vec![(own.root, other.root, 0, None)];
    let mut at = 0;
    while let Some(&(a, b, parent, _)) = pairs.get(at) {
        let here = at;
        at += 1;
        let differ = |message: String, other_type| {
            // Where the types themselves differ, it is a part of the one above that has changed.
            let owner = own.name(if other_type { nearest_named(own, parent, &pairs) } else { a });
            Some(Difference { path: path_to(here, &pairs), owner, message, other_type })
        };
        let named = || differ(format!("expected `{}`, found `{}`", own.name(a), other.name(b)), true);
        let (Ref::Type(i), Ref::Type(j)) = (a, b) else {
            if a == b {
                continue;
            }
            return named();
        };
        let (x, y) = (&own.types[i], &other.types[j]);
        let mut steps: Vec<Option<Step>> = match x {
            Node::Sequence(_) | Node::Array(..) => vec![Some(Step::Each)],
            Node::Set(_) => vec![Some(Step::EachKey)],
            Node::Map(..) => vec![Some(Step::EachKey), Some(Step::Each)],
            _ => vec![None; x.parts().len()],
        };
        match (x, y) {
            (Node::Array(_, n), Node::Array(_, m)) if n != m => return named(),
            (Node::Tuple(p), Node::Tuple(q)) => {
                if p.len() != q.len() {
                    return named();
                }
                steps = (0..p.len()).map(|i| Some(Step::Position(i))).collect();
            }
            (Node::Struct(n, p), Node::Struct(m, q)) => {
                if n != m {
                    return named();
                }
                if let Some(message) = fields_differ(p, q) {
                    return differ(message, false);
                }
                steps = field_steps(p);
            }
            (Node::Enum(n, p), Node::Enum(m, q)) => {
                if n != m {
                    return named();
                }
                let names = |variants: &[(String, Fields)]| variants.iter().map(|v| v.0.clone()).collect::<Vec<_>>();
                if let Some(message) = names_differ("variants", &names(p), &names(q)) {
                    return differ(message, false);
                }
                for ((variant, p), (_, q)) in p.iter().zip(q) {
                    if let Some(message) = fields_differ(p, q) {
                        return differ(format!("in the variant `{variant}`, {message}"), false);
                    }
                }
                steps = p.iter().flat_map(|(_, fields)| field_steps(fields)).collect();
            }
            (Node::Dynamic(n), Node::Dynamic(m)) if n != m => return named(),
            (Node::Piece(part), y) if !matches!(y, Node::Piece(_)) && own.name(*part) == other.name(b) => {
                return differ(in_one_piece("expected", &other.name(b), "found it without"), false);
            }
            (x, Node::Piece(part)) if !matches!(x, Node::Piece(_)) && own.name(a) == other.name(*part) => {
                return differ(in_one_piece("found", &own.name(a), "expected it without"), false);
            }
            _ if std::mem::discriminant(x) != std::mem::discriminant(y) => return named(),
            _ => {}
        }
        for ((part, counterpart), step) in x.parts().into_iter().zip(y.parts()).zip(steps) {
            if seen.insert((part, counterpart)) {
                pairs.push((part, counterpart, here, step));
            }
        }
    }
    None
}

/// One of the two sides has a layer that user code may not even show.
fn in_one_piece(side: &str, name: &str, counterpart: &str) -> String {
    format!("{side} `{name}` in a `Box` or cell or with a `before_dump` hook, {counterpart}")
}

/// The steps from the root to one of the pairs.
fn path_to(mut place: usize, pairs: &[(Ref, Ref, usize, Option<Step>)]) -> Vec<Step> {
    let mut path = Vec::new();
    while place > 0 {
        let (_, _, parent, step) = &pairs[place];
        path.extend(step.clone());
        place = *parent;
    }
    path.reverse();
    path
}

fn field_steps(fields: &Fields) -> Vec<Option<Step>> {
    let step = |(i, (name, _)): (usize, &(String, Ref))| {
        Some(if fields.style == Style::Named { Step::Field(name.clone().into()) } else { Step::Position(i) })
    };
    fields.fields.iter().enumerate().map(step).collect()
}

fn fields_differ(own: &Fields, other: &Fields) -> Option<String> {
    let kind = |fields: &Fields| match fields.style {
        Style::Unit => "no fields".to_owned(),
        Style::Tuple => format!("{} unnamed fields", fields.fields.len()),
        Style::Named => format!("the fields {}", list(fields.fields.iter().map(|field| field.0.as_str()))),
    };
    if own.style != other.style || own.style == Style::Tuple && own.fields.len() != other.fields.len() {
        return Some(format!("expected {}, found {}", kind(own), kind(other)));
    }
    let names = |fields: &Fields| fields.fields.iter().map(|field| field.0.clone()).collect::<Vec<_>>();
    names_differ("fields", &names(own), &names(other))
}

/// What one side has and the other lacks.
fn names_differ(what: &str, own: &[String], other: &[String]) -> Option<String> {
    if own == other {
        return None;
    }
    let lacks = |these: &[String], those: &[String]| {
        let those: HashSet<&String> = those.iter().collect();
        list(these.iter().filter(|name| !those.contains(name)).map(String::as_str))
    };
    let (added, removed) = (lacks(own, other), lacks(other, own));
    let difference = match (added.is_empty(), removed.is_empty()) {
        (true, true) => "it has another order".to_owned(),
        (false, true) => format!("it lacks {added}"),
        (true, false) => format!("it also has {removed}"),
        (false, false) => format!("it lacks {added}, and has {removed} instead"),
    };
    let all = |names: &[String]| list(names.iter().map(String::as_str));
    Some(format!("{difference}: expected the {what} {}, found {}", all(own), all(other)))
}

/// The nearest struct or enum from one of the pairs upwards.
fn nearest_named(own: &Model, mut place: usize, pairs: &[(Ref, Ref, usize, Option<Step>)]) -> Ref {
    loop {
        let (part, _, parent, _) = &pairs[place];
        let named = matches!(part, Ref::Type(i) if matches!(own.types[*i], Node::Struct(..) | Node::Enum(..)));
        if named || place == 0 {
            return *part;
        }
        place = *parent;
    }
}

/// Names in a row, as many as people would read. They may come from a stream: they are escaped.
fn list<'n>(mut names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 12;
    let mut list: Vec<String> = names.by_ref().take(SHOWN).map(|name| format!("`{}`", name.escape_debug())).collect();
    match names.count() {
        0 => {}
        more => list.push(format!("{more} more")),
    }
    list.join(", ")
}

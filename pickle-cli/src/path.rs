//! Paths, as the errors of the library write them: `players[3].pet`, `scores[key 0]`, `#5.name`; and entries of maps by
//! their keys, `scores["Ann"]`, `ages{7}`.

use std::fmt::{self, Write};

use pickle_core::Value;
use pickle_core::inspect::{self, Kind, Primitive, Reference, Type};
use pickle_core::value::{Data, Node};

use crate::brief::{behind_pointers, brief, unwrapped};
use crate::text;

/// A path that was given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path(pub(crate) Vec<Step>);

/// A step of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// A field, by its name or position.
    Name(String),
    /// An element, or the value of the entry with this number.
    Index(usize),
    /// The key of the entry with this number.
    Key(usize),
    /// The value of the entry whose key is shown so, or the element of a set.
    Entry(String),
    /// A shared object, by its number.
    Object(u32),
}

impl Path {
    /// Reads a path.
    pub(crate) fn parse(path: &str) -> Result<Path, String> {
        let mut steps = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            steps.push(next(&mut rest, steps.is_empty()).ok_or_else(|| {
                "a path is expected such as `players[3].pet`, `scores[\"Ann\"]`, `ages{7}`, `pairs[key 0].1` or `#5.name`".to_owned()
            })?);
        }
        Ok(Path(steps))
    }

    /// The part of a value that is there.
    pub(crate) fn find<'v>(&self, value: &'v Value) -> Option<Node<'v>> {
        self.find_in_object(value).map(|(node, _)| node)
    }

    /// The same, with the number of the object that the part lies in, if it does.
    pub(crate) fn find_in_object<'v>(&self, value: &'v Value) -> Option<(Node<'v>, Option<u32>)> {
        let (mut node, mut object) = (value.root(), None);
        for step in &self.0 {
            if let Step::Object(id) = step {
                object = Some(*id);
            } else if let Data::Reference(Reference::Strong(id) | Reference::Weak(id)) = unwrapped(node).data() {
                object = Some(id);
            }
            node = match step {
                Step::Object(id) => value.object(*id)?,
                Step::Index(index) => node.get(*index)?,
                Step::Key(index) => node.at(&format!("[key {index}]"))?,
                Step::Name(name) => node.field(name).or_else(|| node.at(&name.parse::<usize>().ok()?.to_string()))?,
                Step::Entry(name) => {
                    let (key, content) = entries(node).find(|(key, _)| key_name(*key) == *name)?;
                    content.unwrap_or(key)
                }
            };
        }
        Some((node, object))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(name) => write!(f, "{}{}", if i > 0 { "." } else { "" }, text::name(name))?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(index) => write!(f, "[key {index}]")?,
                Step::Entry(key) if key.starts_with('"') => write!(f, "[{}]", text::line(key))?,
                Step::Entry(key) => write!(f, "{{{}}}", text::line(key))?,
                Step::Object(id) => write!(f, "#{id}")?,
            }
        }
        Ok(())
    }
}

impl Step {
    /// Whether it leads to the part that a walk stands before; `key` is that of the entry.
    pub(crate) fn is(&self, step: inspect::Step<'_>, key: Option<&str>) -> bool {
        match (self, step) {
            (Step::Name(name), inspect::Step::Field(field)) => name == field,
            (Step::Name(name), inspect::Step::Position(position)) => name.parse() == Ok(position),
            (Step::Index(index), inspect::Step::Index(found)) => *index == found,
            (Step::Key(index), inspect::Step::Key(found)) => *index == found,
            (Step::Entry(entry), inspect::Step::Index(_)) => key == Some(entry),
            _ => false,
        }
    }
}

/// Where the bracket is that ends a key: not one in quotes, nor one that ends another.
fn end_of_key(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut is_escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[' | '(') => depth += 1,
            (None, '}' | ']' | ')') => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            },
            (None, _) => {}
        }
    }
    None
}

fn next(rest: &mut &str, first: bool) -> Option<Step> {
    if rest.starts_with("[\"") || rest.starts_with('{') {
        let (key, tail) = rest[1..].split_at(end_of_key(&rest[1..])?);
        *rest = &tail[1..];
        return (!key.is_empty()).then(|| Step::Entry(key.to_owned()));
    }
    if let Some(after) = rest.strip_prefix('[') {
        let (index, tail) = after.split_once(']')?;
        *rest = tail;
        return match index.strip_prefix("key ") {
            Some(index) => Some(Step::Key(index.parse().ok()?)),
            None => Some(Step::Index(index.parse().ok()?)),
        };
    }
    let name = match rest.strip_prefix('.') {
        Some(name) => name,
        None if first => rest,
        None => return None,
    };
    let end = name.find(['.', '[', '{']).unwrap_or(name.len());
    let (name, tail) = name.split_at(end);
    *rest = tail;
    match name.strip_prefix('#') {
        Some(id) if first => Some(Step::Object(id.parse().ok()?)),
        _ if name.is_empty() => None,
        _ => Some(Step::Name(name.to_owned())),
    }
}

/// Adds a step as errors write it.
pub(crate) fn push(path: &mut String, step: inspect::Step<'_>) {
    let dot = if path.is_empty() { "" } else { "." };
    // Writing into a `String` does not fail.
    let _ = match step {
        inspect::Step::Field(name) => write!(path, "{dot}{}", text::name(name)),
        inspect::Step::Position(position) => write!(path, "{dot}{position}"),
        inspect::Step::Index(index) => write!(path, "[{index}]"),
        inspect::Step::Key(index) => write!(path, "[key {index}]"),
    };
}

/// The entries of a map, keys and values, or the elements of a set; nothing else has keys.
pub(crate) fn entries<'v>(node: Node<'v>) -> impl Iterator<Item = (Node<'v>, Option<Node<'v>>)> {
    let data = node.inner().data();
    let mut parts = node.parts().map(|(_, part)| part);
    std::iter::from_fn(move || match data {
        Data::Map => Some((parts.next()?, Some(parts.next()?))),
        Data::Set => Some((parts.next()?, None)),
        _ => None,
    })
}

/// What a key is called in a path.
pub(crate) fn key_name(key: Node<'_>) -> String {
    /// Characters of one that is no text of the map itself.
    const MOST: usize = 256;
    match unwrapped(key).data() {
        Data::Text(text) => name_of_text(text),
        _ => text::line(&brief(behind_pointers(key), MOST)),
    }
}

/// The same of a key that is text.
pub(crate) fn name_of_text(key: &str) -> String {
    format!("{key:?}")
}

/// Whether keys of this type are text or numbers themselves: a number is called what it is written as.
pub(crate) fn is_text_or_number(key: Type<'_>) -> bool {
    match key.kind() {
        Kind::Primitive(primitive) => primitive != Primitive::FunctionName,
        Kind::NonZero(_) | Kind::Compact(_) => true,
        _ => false,
    }
}

/// The path to where a walk stands.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    text: String,
    /// The lengths of the paths to the composites that are begun.
    bases: Vec<usize>,
}

impl Trail {
    /// Begins anew, at an object or the root.
    pub(crate) fn restart(&mut self, object: Option<u32>) {
        self.text.clear();
        self.bases.clear();
        if let Some(id) = object {
            self.text = format!("#{id}");
        }
    }

    /// Begins anew, at a part of an object.
    pub(crate) fn restart_at(&mut self, path: String) {
        self.bases.clear();
        self.text = path;
    }

    pub(crate) fn step(&mut self, step: inspect::Step<'_>) {
        self.text.truncate(self.bases.last().copied().unwrap_or(0));
        push(&mut self.text, step);
    }

    pub(crate) fn begin(&mut self) {
        self.bases.push(self.text.len());
    }

    pub(crate) fn end(&mut self) {
        if let Some(base) = self.bases.pop() {
            self.text.truncate(base);
        }
    }

    pub(crate) fn path(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_errors_and_keys() {
        let steps = |path| Path::parse(path).map(|path| path.0);
        let name = |name: &str| Step::Name(name.to_owned());
        let expected = vec![name("players"), Step::Index(3), name("pet"), name("0"), Step::Key(1)];
        assert_eq!(steps("players[3].pet.0[key 1]"), Ok(expected));
        assert_eq!(steps("ages{7}.x"), Ok(vec![name("ages"), Step::Entry("7".into()), name("x")]));
        let key = || Step::Entry("Place { row: 1 }".into());
        assert_eq!(steps("{Place { row: 1 }}.x{Place { row: 1 }}"), Ok(vec![key(), name("x"), key()]));
        assert_eq!(steps(r##"#5["a\"]b"].c"##), Ok(vec![Step::Object(5), Step::Entry(r#""a\"]b""#.into()), name("c")]));
        for wrong in ["[", "[x]", "a..b", "[1]a", "a.", "[-1]", "[\"a", "a.#1[", "{}", "{1"] {
            assert!(steps(wrong).is_err(), "{wrong}");
        }
    }
}

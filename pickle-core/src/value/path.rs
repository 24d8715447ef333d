//! Paths, read: `players[3].pet`, as errors write them.

#[derive(Debug, PartialEq)]
pub(super) enum Part<'p> {
    /// A field, by name or position.
    Name(&'p str),
    Index(usize),
    Key(usize),
    Object(u32),
}

/// The parts of a path; `None` where it is none.
pub(super) fn parse(path: &str) -> impl Iterator<Item = Option<Part<'_>>> {
    let mut rest = path;
    let mut failed = false;
    std::iter::from_fn(move || {
        if rest.is_empty() || failed {
            return None;
        }
        let first = rest.len() == path.len();
        let part = next(&mut rest, first);
        failed = part.is_none();
        Some(part)
    })
}

fn next<'p>(rest: &mut &'p str, first: bool) -> Option<Part<'p>> {
    if let Some(index) = rest.strip_prefix('[') {
        let (index, after) = index.split_once(']')?;
        *rest = after;
        return match index.strip_prefix("key ") {
            Some(index) => Some(Part::Key(index.parse().ok()?)),
            None => Some(Part::Index(index.parse().ok()?)),
        };
    }
    let name = match rest.strip_prefix('.') {
        Some(name) => name,
        None if first => rest,
        None => return None,
    };
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (name, after) = name.split_at(end);
    *rest = after;
    match name.strip_prefix('#') {
        Some(id) if first => Some(Part::Object(id.parse().ok()?)),
        _ if name.is_empty() => None,
        _ => Some(Part::Name(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_errors() {
        let parts = |path| parse(path).collect::<Option<Vec<_>>>();
        assert_eq!(parts(""), Some(vec![]));
        let expected = vec![Part::Name("players"), Part::Index(3), Part::Name("pet"), Part::Name("0"), Part::Key(1)];
        assert_eq!(parts("players[3].pet.0[key 1]"), Some(expected));
        assert_eq!(parts("[2].a"), Some(vec![Part::Index(2), Part::Name("a")]));
        assert_eq!(parts("#5.a"), Some(vec![Part::Object(5), Part::Name("a")]));
        for wrong in ["[", "[x]", "a..b", "[1]a", "a.", "[-1]", "[99999999999999999999]"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}

//! Values in few characters.

use std::fmt::{self, Write};

use pickle_core::inspect::Reference;
use pickle_core::value::{Data, Node};

/// The value behind boxes, cells, options that are `Some`, versions and traits, but not behind pointers.
pub(crate) fn unwrapped(mut node: Node<'_>) -> Node<'_> {
    while let Data::Present(inner)
    | Data::Piece(inner)
    | Data::InCell(inner)
    | Data::Versioned(_, inner)
    | Data::Dynamic(_, inner) = node.data()
    {
        node = inner;
    }
    node
}

/// The value behind all that, and behind pointers; not behind more than a few, which may go in a ring.
pub(crate) fn behind_pointers(mut node: Node<'_>) -> Node<'_> {
    for _ in 0..4 {
        node = unwrapped(node);
        match node.data() {
            Data::Reference(Reference::Strong(id) | Reference::Weak(id)) => match node.value().object(id) {
                Some(object) => node = object,
                None => break,
            },
            _ => break,
        }
    }
    unwrapped(node)
}

/// The beginning of a value, as Rust would write it.
pub(crate) fn brief(value: impl fmt::Display, limit: usize) -> String {
    let mut text = Limited { text: String::new(), left: limit };
    // The only error is that there is no more room.
    match write!(text, "{value}") {
        Ok(()) => text.text,
        Err(_) => text.text + "…",
    }
}

struct Limited {
    text: String,
    left: usize,
}

impl Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

/// Two strings, from shortly before where they differ.
pub(crate) fn differing(a: &str, b: &str, limit: usize) -> [String; 2] {
    /// Characters before the difference.
    const BEFORE: usize = 12;
    let same = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let skipped = if same > limit / 2 { same - BEFORE.min(same) } else { 0 };
    [a, b].map(|text| {
        let start = text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at);
        let text = crate::text::quoted(&text[start..], limit);
        if skipped > 0 { format!("…{text}") } else { text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut() {
        assert_eq!((brief("äöü", 3), brief("äöü", 2)), ("äöü".to_owned(), "äö…".to_owned()));
    }

    #[test]
    fn strings_show_where_they_differ() {
        let same = "x".repeat(50);
        let expected = [r#"…"xxxxxxxxxxxxa""#, r#"…"xxxxxxxxxxxxb""#];
        assert_eq!(differing(&format!("{same}a"), &format!("{same}b"), 40), expected);
        assert_eq!(differing("a", "ab", 40), [r#""a""#, r#""ab""#]);
    }
}

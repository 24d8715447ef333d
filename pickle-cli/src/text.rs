//! Text of a file, and numbers, as a terminal and a person should get them.

use std::fmt::Write;

/// A name, on one line and without characters that a terminal obeys.
pub(crate) fn name(name: &str) -> String {
    if name.chars().all(is_harmless) { name.to_owned() } else { name.escape_debug().to_string() }
}

/// A sentence that may have names in it: as it is but for what a terminal would obey.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmless(c) { line.push(c) } else { line.extend(c.escape_debug()) }
    }
    line
}

/// Neither a control character nor one that changes the direction or the place of others.
pub(crate) fn is_harmless(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_control() } else { c.escape_debug().len() == 1 }
}

/// A string as Rust writes it; of one longer than `limit` characters its beginning, and how long it is.
pub(crate) fn quoted(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{:?}… {}", &text[..end], bytes(text.len() as u64)),
        None => format!("{text:?}"),
    }
}

/// A number with a comma at every third digit.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something: `1 entry`, `2,000 entries`.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// So many bytes.
pub(crate) fn bytes(n: u64) -> String {
    count(n, "byte", "bytes")
}

/// The first bytes of some, in hexadecimal.
pub(crate) fn hex(bytes: &[u8], limit: usize, separator: &str) -> String {
    let mut text = String::with_capacity(limit * 3);
    for (i, byte) in bytes.iter().take(limit).enumerate() {
        // Writing into a `String` does not fail.
        let _ = write!(text, "{}{byte:02x}", if i > 0 { separator } else { "" });
    }
    if bytes.len() > limit {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        assert_eq!([number(0), number(999), number(1000), number(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((bytes(1), bytes(2000)), ("1 byte".to_owned(), "2,000 bytes".to_owned()));
    }

    #[test]
    fn a_terminal_is_told_nothing() {
        assert_eq!(line("a `b\u{1b}[31m` \u{202e}c"), r"a `b\u{1b}[31m` \u{202e}c");
        assert_eq!((name("naïve"), name("a\nb")), ("naïve".to_owned(), r"a\nb".to_owned()));
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(quoted("äöü", 3), "\"äöü\"");
        assert_eq!(quoted("äöü", 2), "\"äö\"… 6 bytes");
        assert_eq!(hex(&[1, 255, 3], 2, " "), "01 ff…");
    }
}

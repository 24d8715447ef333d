//! Strings of other crates, and what is text to a stream.

use arrayvec::ArrayString;
use compact_str::CompactString;
use pickle_core::Pickle;
use pickle_tests::{assert_says, same};
use semver::{Version, VersionReq};
use smol_str::SmolStr;
use url::Url;

use crate::{alike, becomes, refused, shown};

#[test]
fn strings_are_text() {
    for length in [0, 1, 23, 24, 254, 255, 70_000] {
        let text = "ä".repeat(length / 2);
        same((CompactString::new(&text), SmolStr::new(&text), 7u8));
        alike(&text, &CompactString::new(&text));
        alike(&text, &SmolStr::new(&text));
    }
    same(vec![ArrayString::<8>::from("eight by").unwrap(), ArrayString::new()]);
    alike(&"four".to_owned(), &ArrayString::<4>::from("four").unwrap());
}

#[test]
fn a_string_that_is_longer_than_its_room_is_refused() {
    assert_says(refused::<ArrayString<3>>(&"four"), &["no `ArrayString<3>`: 4 bytes are more than its 3"]);
}

#[test]
fn urls_are_text_that_is_one() {
    let url = Url::parse("https://user@example.org:8080/päth?q=1#there").unwrap();
    same(vec![url.clone(), Url::parse("mailto:ann@example.org").unwrap()]);
    alike(&url.as_str().to_owned(), &url);
    assert_says(refused::<Url>(&"no scheme"), &["no `Url`: relative URL without a base"]);
    // Text that was written otherwise is taken for what it means.
    becomes(&"HTTP://Example.org", &Url::parse("http://example.org/").unwrap());
}

/// A version with parts that may be none.
#[derive(Pickle)]
#[pickle(name = "Version")]
struct Forged {
    major: u64,
    minor: u64,
    patch: u64,
    pre: String,
    build: String,
}

#[test]
fn versions_are_their_parts() {
    let version = Version::parse("1.2.3-rc.1+linux").unwrap();
    same(vec![version.clone(), Version::new(0, 0, u64::MAX)]);
    assert_eq!(shown(&version), r#"Version { major: 1, minor: 2, patch: 3, pre: "rc.1", build: "linux" }"#);
    for (pre, build) in [("a b", ""), ("01", ""), ("", "ä"), ("..", "")] {
        refused::<Version>(&Forged { major: 1, minor: 2, patch: 3, pre: pre.into(), build: build.into() });
    }
}

#[test]
fn requirements_are_text_that_is_one() {
    for text in ["*", "^1.2", ">=1.2.3, <2", "=0.0.0-rc.1"] {
        same(VersionReq::parse(text).unwrap());
    }
    assert_eq!(shown(&VersionReq::parse(">=1.2, <2").unwrap()), r#"">=1.2, <2""#);
    assert_says(refused::<VersionReq>(&"one or two"), &["no `VersionReq`"]);
}

//! Strings, paths and the strings of other systems.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::ffi::{CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use pickle_core::loads;
use pickle_tests::{bytes_of, same};

#[test]
fn strings_of_every_length_that_is_copied_apart() {
    for length in (0..70).chain([254, 255, 256, 511, 512, 513, 1023, 1024, 65_535, 70_000, 131_060, 131_061, 140_000]) {
        let ascii: String = ('!'..='~').cycle().take(length).collect();
        same(ascii.clone().into_boxed_str());
        same(ascii);
        let wide: String = "aß€🥒".chars().cycle().take(length / 3).collect();
        same(wide);
    }
}

#[test]
fn strings_that_look_like_structure() {
    same(vec![
        "\0".to_owned(),
        "\u{89}PKL".to_owned(),
        "\u{feff}".to_owned(),
        "a\r\nb".to_owned(),
        "\u{10ffff}".to_owned(),
    ]);
}

#[test]
fn all_kinds_of_string_are_one_on_the_wire() {
    let bytes = bytes_of("same");
    assert_eq!(bytes_of(&"same".to_owned()), bytes);
    assert_eq!(bytes_of(&Box::<str>::from("same")), bytes);
    assert_eq!(bytes_of(&Cow::Borrowed("same")), bytes);
    assert_eq!(bytes_of(&&"same"), bytes);
    assert_eq!(loads::<&str>(&bytes).unwrap(), "same");
    assert_eq!(&*loads::<Box<str>>(&bytes).unwrap(), "same");
    assert_eq!(loads::<Cow<'_, str>>(&bytes).unwrap(), "same");
}

#[test]
fn paths_and_os_strings_of_text() {
    for text in ["", "/", "relative/ünïcode", "C:\\Windows", &"long/".repeat(100)] {
        same(PathBuf::from(text));
        same(OsString::from(text));
        assert_eq!(loads::<PathBuf>(&bytes_of(Path::new(text))).unwrap(), Path::new(text));
        assert_eq!(loads::<OsString>(&bytes_of(OsStr::new(text))).unwrap(), OsStr::new(text));
    }
}

#[cfg(unix)]
#[test]
fn unix_paths_that_are_not_text() {
    use std::os::unix::ffi::OsStringExt;
    for bytes in [vec![0xff], b"caf\xe9/menu".to_vec(), vec![0x80; 300]] {
        let name = OsString::from_vec(bytes);
        assert!(name.to_str().is_none());
        same(PathBuf::from(name.clone()));
        same(vec![name]);
    }
}

#[test]
fn c_strings() {
    for length in [0, 1, 254, 255, 256, 70_000, 140_000] {
        same(CString::new(vec![0xffu8; length]).unwrap());
    }
}

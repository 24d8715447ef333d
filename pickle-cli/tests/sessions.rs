//! Sessions with the command, as people see them: those in `tests/sessions`, on golden streams, and that in README.md.
//!
//! `TRYCMD=overwrite cargo test -p pickle-cli --test sessions` writes the outputs anew.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

#[test]
fn sessions_are_as_they_are_written_down() {
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").case("tests/sessions/*.md");
}

//! Mistakes with `#[pickle(serde)]` where the feature is on.

#![cfg(feature = "serde")]
#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "a test is read, not linked against")]

#[test]
fn every_mistake_is_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui_serde/*.rs");
}

//! A mistake is a compile error that says what to write instead: the text of each stands beside it in `ui`.

#![forbid(unsafe_code)]

#[test]
fn every_mistake_is_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

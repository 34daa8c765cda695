//! Mistakes and the messages that they get.

#[test]
fn every_mistake_gets_its_message() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}

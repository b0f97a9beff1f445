//! What the gate promises, seen from outside the crate.
#![expect(clippy::panic, reason = "a test that cannot go on should stop")]

mod gate;

#[test]
fn a_permit_cannot_be_forged_cloned_or_used_twice() {
    trybuild::TestCases::new().compile_fail("tests/it/misuse/*.rs");
}

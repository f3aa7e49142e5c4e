//! What the types do not let through.

#[test]
fn run_time_strings_are_no_index() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

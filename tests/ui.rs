//! What does not build, word for word, and what does.

#[test]
fn mistakes_are_explained_and_good_code_builds() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}

//! The example of a lookup service, as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn an_answer_is_given_with_a_trace_and_kept_and_a_stranger_learns_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_lookup")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for line in [
        "the accountant asks for the business: SYNTETISK BAKERI AS",
        "a number that nobody has: the register holds nothing of the kind",
        "a stranger who asks for the business: there is no such party",
        "at level 4, for app_brreg_organization: a new supplier",
        "the archived answer is verified offline with the public key",
    ] {
        assert!(said.contains(line), "`{line}` is missing in:\n{said}");
    }
    assert_eq!(said.matches("who has looked").count(), 1);
}

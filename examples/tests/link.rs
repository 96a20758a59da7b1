//! The example of a link service, as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn a_user_is_sent_on_once_each_time_and_a_stranger_nowhere() {
    let output = Command::new(env!("CARGO_BIN_EXE_link")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for line in [
        "the browser posts the form: ttd/tax-card at level 4, for somebody else, in nn",
        "and once more: the hand-over has been used already",
        "the target redeems the code: ttd/tax-card at level 4, for ",
        "and once more: there is no such code",
        "a stranger: there is no such party",
    ] {
        assert!(said.contains(line), "`{line}` is missing in:\n{said}");
    }
    assert_eq!(said.matches("who was sent on").count(), 2);
}

//! The example of the inbox, as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn two_who_represent_a_bakery_share_its_inbox_and_a_stranger_learns_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_inbox")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for line in [
        "the leader: 2 (1 unread)\n  Melding: Vedtak om løyve [Til orientering]\n  Innsending: ",
        "the leader, unread: 0 (0 unread)\n",
        "the chair, unread: 1 (1 unread)\n  Melding: Vedtak om løyve",
        "the leader, by a label of their own: 1 (0 unread)\n",
        "the chair, by the same label: 0 (0 unread)\n",
        "the leader, who searches for `løy`: 1 (0 unread)\n",
        "the chair, in the archive: 1 (1 unread)\n  Melding: Vedtak om løyve",
        "a stranger: 0 (0 unread)\n",
        "a stranger who asks for the bakery's: there is no such inbox or element\n",
    ] {
        assert!(said.contains(line), "`{line}` is missing in:\n{said}");
    }
}

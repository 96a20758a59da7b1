//! The example of delegation, as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn rights_are_given_for_a_time_passed_on_and_taken_back() {
    let output = Command::new(env!("CARGO_BIN_EXE_delegation")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let lines = [
        "Ola, who was let for a week: may read",
        "Ola represents the bakery in 1 service",
        "Ola, a week later: AUTH-DENIED-NOT-GRANTED",
        "Ola, for the accountant: may read",
        "Ola, after the bakery revoked it: AUTH-DENIED-NOT-GRANTED",
        "Ola, who leads for a month: may read",
        "Ola, a month later: AUTH-DENIED-NOT-GRANTED",
        "the vendor asks for a system user: New",
        "the bakery approves: Accepted",
        "the system: may read",
        "the deleted system: AUTH-DENIED-NOT-GRANTED",
        "the trail has `delegate`: true",
        "the trail has `revoke`: true",
        "the trail has `systemuser.request`: true",
        "the trail has `systemuser.approve`: true",
        "the trail has `systemuser.delete`: true",
        "the trail has refusals: true",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
}

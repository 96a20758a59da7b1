//! The example of a collaboration, as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn a_bakery_opens_over_two_agencies_services_and_every_event_is_answered() {
    let output = Command::new(env!("CARGO_BIN_EXE_collaboration")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let lines = [
        "the case is `applying`, and it is the bakery's turn",
        "the bakery applies",
        "the case is `inspecting`, and it is the inspectorate's turn",
        "the inspection is late: the inspectorate is notified, and the deadline is set anew",
        "inspected (small-premises): taken, the case is `inspecting`",
        "inspected (passed): taken, the case is `open`",
        "inspected (passed): taken, the case is `open`",
        "inspected (no condition): the case is closed, the case is `open`",
        "a stranger: there is no such case",
        "the bakery reads: Vedtak",
        "the case is `open`, and it is nobody's turn",
        "history: Instantiated of application -> applying",
        "history: Archived of application -> inspecting",
        "history: deadline inspect -> inspecting",
        "history: inspected -> open",
        "history: Opened of decision -> open",
        "the case is `abandoned`, and it is nobody's turn",
    ];
    let mut rest = said.lines();
    for line in lines {
        assert!(rest.any(|said| said == line), "`{line}` is missing, or not in its place, in:\n{said}");
    }
}

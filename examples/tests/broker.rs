//! The example of a broker service, as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn a_file_arrives_whole_over_a_line_that_breaks_and_is_gone_when_its_time_is_over() {
    let output = Command::new(env!("CARGO_BIN_EXE_broker")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "the business announces 20000000 bytes",
        "the line breaks: the upload broke off at byte 12345678: connection reset",
        "it goes on at byte 12345678, and the file is Published",
        "the bank reads bytes 100 to 107: [25, 0, 0, 0, 26, 0, 0, 0]",
        "and the whole, unchanged: true",
        "the bank's confirmation is verified offline with the public key",
        "a stranger asks for it: there is no such file transfer",
        "two hours later: the transfer is Purged",
        "history: AllConfirmedDownloaded",
    ] {
        assert!(said.contains(line), "`{line}` is missing in:\n{said}");
    }
}

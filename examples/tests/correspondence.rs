//! The example of a correspondence service, as a program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn a_decision_is_sent_once_read_confirmed_and_answered_and_the_other_recipient_reminded() {
    let output = Command::new(env!("CARGO_BIN_EXE_correspondence")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "the agency sends to 2 recipients: 2 ReadyForPublish",
        "sent again with the same key: the same answer",
        "/content/messageBody/nb, line 3, column 1: it must be Markdown without HTML",
        "published: 2 Published",
        "mails: Ny melding fra Mattilsynet; Ny melding fra Mattilsynet",
        "a stranger: there is no such correspondence",
        "the baker reads “Decision on your licence”: <p>Your application is <strong>granted</strong>.</p>",
        "vedtak.pdf has 12 bytes, as its digest says",
        "deleting it before it is confirmed: the correspondence must be confirmed before it is deleted",
        "confirmed, and again: one confirmation",
        "the baker replies at https://mattilsynet.example/klage",
        "the receipt of the confirmation is verified offline with the public key",
        "did read for app_mattilsynet_decisions",
        "correspondencereceiverneverread, correspondencereceiverneverconfirmed",
        "deleted, after Initialized, ReadyForPublish, Published, Fetched, Read, AttachmentsDownloaded, Confirmed, Replied, \
         PurgedByRecipient",
        "reading it now: the correspondence is deleted",
    ] {
        assert!(said.contains(line), "`{line}` is missing in:\n{said}");
    }
    let later = said.lines().find(|line| line.starts_with("a week later")).unwrap();
    assert_eq!(later.matches("Ny melding").count(), 3, "one of the two is reminded: {later}");
}

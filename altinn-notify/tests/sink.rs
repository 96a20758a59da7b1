//! The mail server for tests against clients that do as they please.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use altinn_notify::testing::{ReceivedMail, SmtpSink};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the server says to these bytes until it closes, or has nothing more to say.
async fn said_to(sink: &SmtpSink, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(sink.address()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let write = async {
        // The server may close before it has read everything.
        let _ = writing.write_all(bytes).await;
        let _ = writing.shutdown().await;
    };
    let mut said = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), reading.read_to_end(&mut said));
    let ((), read) = tokio::join!(write, read);
    let _ = read.expect("the server closes");
    String::from_utf8_lossy(&said).into_owned()
}

const ENVELOPE: &str = "EHLO me\r\nMAIL FROM:<a@b.no> SIZE=9\r\nRCPT TO:<c@d.no>\r\nDATA\r\n";

#[tokio::test]
async fn a_mail_is_kept_with_its_doubled_dots_undone() {
    let sink = SmtpSink::start().await.unwrap();
    let said =
        said_to(&sink, format!("{ENVELOPE}Subject: s\r\n\r\n..a\r\n...\r\n.\r\nQUIT\r\n").as_bytes()).await;
    assert!(said.ends_with("250 2.0.0 kept\r\n221 2.0.0 bye\r\n"), "{said}");
    let mails = sink.wait_for(1, Duration::from_secs(5)).await;
    assert_eq!(mails.first().map(ReceivedMail::body).as_deref(), Some(".a\n..\n"));
}

#[tokio::test]
async fn commands_out_of_order_are_refused_and_harm_nothing() {
    let sink = SmtpSink::start().await.unwrap();
    let said = said_to(&sink, b"DATA\r\nRCPT TO:<c@d.no>\r\nMAIL a\r\nWHAT\r\n\xff\xfe\r\nQUIT\r\n").await;
    let codes: Vec<_> = said.lines().map(|line| line.split(' ').next().unwrap_or("")).collect();
    assert_eq!(codes, ["220", "503", "503", "501", "502", "500", "221"]);
}

#[tokio::test]
async fn a_line_without_an_end_is_not_read_for_ever() {
    let sink = SmtpSink::start().await.unwrap();
    for endless in [vec![b'x'; 1_000_000], [ENVELOPE.as_bytes(), &vec![b'x'; 1_000_000]].concat()] {
        let said = said_to(&sink, &endless).await;
        assert!(said.matches("500 ").count() <= 1 && !said.contains("kept"), "{said}");
    }
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn a_mail_that_is_too_large_is_refused_and_not_kept() {
    let sink = SmtpSink::start().await.unwrap();
    let line = format!("{}\r\n", "x".repeat(900));
    let said = said_to(&sink, format!("{ENVELOPE}{}.\r\nQUIT\r\n", line.repeat(10_000)).as_bytes()).await;
    assert!(said.contains("552 5.3.4"), "{said}");
    assert!(sink.mails().is_empty());
}

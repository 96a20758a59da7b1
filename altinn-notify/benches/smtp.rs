//! How fast mail is dispatched over SMTP, beside a raw socket that speaks the same dialogue in the same run.
//!
//! `cargo bench -p altinn-notify --all-features --bench smtp [-- MAILS]`. The raw socket hands one mail over after the
//! other on one connection, in step: it waits for each answer. The dispatcher claims, records, sends and records the ends
//! of as many mails over a SQLite file. Both talk to the same sink, on a thread of its own. Three rounds, medians.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and fails by panicking")]

use std::sync::Arc;
use std::time::Instant;

use altinn_core::SystemClock;
use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Store};
use altinn_notify::channel::{Smtp, SmtpSettings, TlsMode};
use altinn_notify::testing::SmtpSink;
use altinn_notify::{Content, Keyring, MIGRATIONS, Notifier, Order, Recipient, Recipients};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const BODY: &str = "Hei!\nDu har fått et vedtak. Logg inn for å lese det.\n";
const ROUNDS: usize = 3;

fn main() {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let long = std::env::var_os("ALTINN_TEST_LONG").is_some();
    let mails: usize = given.unwrap_or(if long { 20_000 } else { 3_000 });
    let sinks = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sink = sinks.block_on(SmtpSink::start()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let url = format!("sqlite:{}", folder.path().join("notify.db").display());
    let (mut raw, mut dispatched) = (Vec::new(), Vec::new());
    runtime.block_on(async {
        let store = Store::open(&url).await.unwrap();
        store.migrate(&[MIGRATIONS]).await.unwrap();
        for round in 0..ROUNDS {
            raw.push(mails as f64 / in_step(sink.port(), mails).await);
            dispatched.push(mails as f64 / dispatch(&store, sink.port(), mails, round).await);
        }
    });
    assert_eq!(sink.mails().len(), 2 * ROUNDS * mails);
    let (raw, dispatched) = (median(raw), median(dispatched));
    println!(
        "{mails} mails: raw socket {raw:.0}/s, dispatched {dispatched:.0}/s, ratio {:.2}",
        dispatched / raw
    );
}

/// Seconds that the dispatcher takes.
async fn dispatch(store: &Store, port: u16, mails: usize, round: usize) -> f64 {
    let smtp = Smtp::new(SmtpSettings::new("127.0.0.1", port, TlsMode::None)).unwrap();
    let sender = "noreply@example.com".parse().unwrap();
    let keyring = Keyring::new(&SecretKey::from_bytes([7; 32]));
    let notifier =
        Notifier::new(store.clone(), keyring, sender, Arc::new(SystemClock)).with_email_channel(smtp);
    let address = |number| Recipient::Email(format!("a{number}@example.com").parse().unwrap());
    let recipients: Recipients = (0..mails).map(address).collect();
    let mut batch = Batch::new();
    let order = Order::new(format!("round/{round}"), recipients, Content::text("Vedtak", BODY));
    notifier.order(&mut batch, &order).unwrap();
    store.commit(batch).await.unwrap();
    assert!(!notifier.expand_due(u32::MAX).await.unwrap());
    let begun = Instant::now();
    let report = notifier.dispatch(u32::MAX).await.unwrap();
    assert_eq!(report.succeeded as usize, mails);
    begun.elapsed().as_secs_f64()
}

/// Seconds that a raw socket takes.
async fn in_step(port: u16, mails: usize) -> f64 {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    say(&mut stream, "").await;
    say(&mut stream, "EHLO bench\r\n").await;
    let content = format!(
        "Message-ID: <0193f0a0b1c27d3e8f4a5b6c7d8e9fa0@example.com>\r\nFrom: noreply@example.com\r\n\
         To: a1@example.com\r\nSubject: Vedtak\r\nDate: Tue, 01 Dec 2026 08:00:00 +0000\r\nContent-Language: nb\r\n\
         Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{}\r\n.\r\n",
        BODY.replace('\n', "\r\n")
    );
    let begun = Instant::now();
    for _ in 0..mails {
        say(&mut stream, "MAIL FROM:<noreply@example.com>\r\n").await;
        say(&mut stream, "RCPT TO:<a1@example.com>\r\n").await;
        say(&mut stream, "DATA\r\n").await;
        say(&mut stream, &content).await;
    }
    begun.elapsed().as_secs_f64()
}

/// Says something, and reads the answer to its last line.
async fn say(stream: &mut BufReader<TcpStream>, what: &str) {
    stream.get_mut().write_all(what.as_bytes()).await.unwrap();
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with(['2', '3']), "{line}");
        if line.as_bytes().get(3) == Some(&b' ') {
            return;
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap()
}

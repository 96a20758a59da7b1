//! How fast one order to many becomes notifications, and that memory stays small meanwhile.
//!
//! `cargo bench -p altinn-notify --all-features --bench expand [-- COUNT]`: one order to 100,000 mail addresses is placed,
//! committed and expanded over a SQLite file. Fails when the process has ever been more than 32 MiB above what it was when
//! it was idle.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use altinn_core::SystemClock;
use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Store};
use altinn_core::testing::process::{peak_memory, resident_memory};
use altinn_notify::{Content, EmailAddress, Keyring, MIGRATIONS, Notifier, Order, Recipient, Recipients};

/// The most memory above idle: 32 MiB.
const MOST_KIB: u64 = 32 * 1024;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let count: usize = given.unwrap_or(100_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("notify.db").display())).await?;
    store.migrate(&[MIGRATIONS]).await?;
    let keyring = Keyring::new(&SecretKey::from_bytes([7; 32]));
    let notifier =
        Notifier::new(store.clone(), keyring, "noreply@example.com".parse()?, Arc::new(SystemClock));
    warm_up(&store, &notifier).await?;
    let idle = resident_memory()? / 1024;

    let begun = Instant::now();
    let addresses = (0..count).map(|number| format!("somebody.{number}@example.com").parse::<EmailAddress>());
    let recipients =
        addresses.map(|address| address.map(Recipient::Email)).collect::<Result<Recipients, _>>()?;
    let mut batch = Batch::new();
    let id =
        notifier.order(&mut batch, &Order::new("many", recipients, Content::text("Hei", "Hei på deg")))?;
    store.commit(batch).await?;
    let ordered = begun.elapsed().as_secs_f64();
    while notifier.expand_due(u32::MAX).await? {}
    let seconds = begun.elapsed().as_secs_f64();

    let above = (peak_memory()? / 1024).saturating_sub(idle);
    println!(
        "{count} recipients: ordered in {ordered:.2} s, queued in {seconds:.1} s: {:.0}/s",
        count as f64 / seconds
    );
    println!("memory: {} MiB idle, {:.1} MiB above it at the most", idle / 1024, above as f64 / 1024.0);
    let queued: u64 = notifier.status(id).await?.counts.values().sum();
    if queued != count as u64 {
        return Err(format!("{queued} are queued").into());
    }
    if above > MOST_KIB {
        return Err(format!("the process took {above} KiB above idle, at most {MOST_KIB} are allowed").into());
    }
    Ok(())
}

/// One order, so that what is loaded once is not counted.
async fn warm_up(store: &Store, notifier: &Notifier) -> Result<(), Box<dyn Error>> {
    let mut batch = Batch::new();
    let recipient = Recipient::Email("ola@example.com".parse()?);
    notifier.order(&mut batch, &Order::new("one", recipient, Content::text("Hei", "Hei på deg")))?;
    store.commit(batch).await?;
    notifier.expand_due(10).await?;
    Ok(())
}

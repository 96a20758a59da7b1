//! A broker service: a business sends its accounts to its bank, on a line that breaks.
//!
//! `cargo run -p altinn-examples --bin broker` shows a file that is announced, an upload that breaks off and goes on, the
//! download of a part and of the whole, the confirmation with a receipt that verifies offline, a stranger who learns
//! nothing, and the file gone when its time is over, with a proof. It ends by itself.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use altinn_archive::ReceiptState;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Clock as _, Digest, SteppableClock, SystemClock};
use altinn_services::AltinnBuilder;
use altinn_services::broker::NewTransfer;
use altinn_services::testing::business_with_leader;
use axum::body::Bytes;
use futures_util::{TryStreamExt as _, stream};

const SERVICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/annual-accounts");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(SteppableClock::at(SystemClock.now()));
    let altinn = AltinnBuilder::local(folder.path())?.clock(clock.clone()).build().await?;
    let service = altinn.publish_broker(SERVICE)?;
    let mut people = SyntheticPeople::from_seed(6);
    let business = business_with_leader(&altinn, &mut people).await?;
    let bank = business_with_leader(&altinn, &mut people).await?;
    let stranger = business_with_leader(&altinn, &mut people).await?;
    let broker = altinn.broker();

    let accounts: Vec<u8> = (0_u32..5_000_000).flat_map(u32::to_le_bytes).collect();
    let digest = Digest::of(&accounts);
    let new = NewTransfer::new("accounts-2026.zip".parse()?, [bank.0.id])
        .with_size(accounts.len() as u64)
        .with_checksum(digest.to_string().parse()?)
        .once("accounts-2026");
    let id = broker.initialise(&business.1, &service, business.0.id, &new).await?;
    say(&format!("the business announces {} bytes", accounts.len()));

    let sender = (&business.1, business.0.id);
    let broke = broker.upload(sender, &service, id, 0, line(&accounts, Some(12_345_678))).await;
    say(&format!("the line breaks: {}", told(broke)));
    let stands = broker.transfer(&business.1, &service, business.0.id, id).await?.received;
    let rest = accounts.get(usize::try_from(stands)?..).unwrap_or_default();
    broker.upload(sender, &service, id, stands, line(rest, None)).await?;
    let transfer = broker.transfer(&business.1, &service, business.0.id, id).await?;
    say(&format!("it goes on at byte {stands}, and the file is {}", transfer.status.as_str()));

    let part = broker.download(&bank.1, &service, bank.0.id, id).await?.range(100..108);
    let part: Vec<Bytes> = part.into_stream().try_collect().await?;
    say(&format!("the bank reads bytes 100 to 107: {:?}", part.concat()));
    let whole: Vec<Bytes> =
        broker.download(&bank.1, &service, bank.0.id, id).await?.into_stream().try_collect().await?;
    say(&format!("and the whole, unchanged: {}", Digest::of(&whole.concat()) == digest));
    let entry = broker.confirm(&bank.1, &service, bank.0.id, id).await?;
    if let ReceiptState::Proved(receipt) = altinn.archive().prove(entry, Duration::from_secs(10)).await? {
        receipt.verify(altinn.archive().verifier_key())?;
        say("the bank's confirmation is verified offline with the public key");
    }
    let refused = broker.download(&stranger.1, &service, stranger.0.id, id).await;
    say(&format!("a stranger asks for it: {}", told(refused)));

    clock.step(Duration::from_secs(2 * 3600));
    broker.run_due(10).await?;
    let refused = broker.download(&bank.1, &service, bank.0.id, id).await;
    say(&format!("two hours later: {}", told(refused)));
    for transition in broker.history(&business.1, &service, business.0.id, id).await? {
        say(&format!("history: {}", transition.status));
    }
    Ok(())
}

/// A line that carries bytes, and breaks after so many of them.
fn line(
    bytes: &[u8],
    breaks: Option<usize>,
) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + use<> {
    let carried = bytes.get(..breaks.unwrap_or(bytes.len())).unwrap_or_default();
    let mut pieces: Vec<_> =
        carried.chunks(64 * 1024).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    if breaks.is_some() {
        pieces.push(Err(io::Error::other("connection reset")));
    }
    stream::iter(pieces)
}

/// What somebody is told who does not get what they wanted.
fn told<T, E: std::fmt::Display>(outcome: Result<T, E>) -> String {
    outcome.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

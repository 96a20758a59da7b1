//! What it costs to send a file through the broker, in and out: encrypted, digested and archived, against a plain loop that
//! copies and hashes.
//!
//! `cargo bench -p altinn-services --all-features --bench broker [-- MIB]`: 128 MiB, or 2,048 when `ALTINN_TEST_LONG` is
//! set. Both sides read and write files in memory; processor time, medians of both in one run. Fails when the process
//! takes more than 64 MiB above what it takes idle, for one transfer or for 20 at once.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and counts on what it made"
)]

use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use altinn_core::testing::SyntheticPeople;
use altinn_core::testing::process::{memory_folder, peak_memory, processor_seconds};
use altinn_core::{Actor, Party, Sha256};
use altinn_services::Altinn;
use altinn_services::broker::{BrokerService, NewTransfer};
use altinn_services::testing::business_with_leader;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _, stream};

const MIB: u64 = 1024 * 1024;
/// How large the pieces are in which a file comes.
const PIECE: usize = 256 * 1024;
const ROUNDS: usize = 5;
/// How many transfers run at the same time.
const AT_ONCE: u64 = 20;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let mib: u64 = given.unwrap_or(if std::env::var_os("ALTINN_TEST_LONG").is_some() { 2_048 } else { 128 });
    let folder = tempfile::tempdir_in(memory_folder())?;
    let scene = Scene::set(folder.path()).await?;
    write_source(&scene.source, mib)?;
    scene.transfer(8).await?;
    let idle = peak_memory()?;
    println!("idle {} MiB", idle / MIB);

    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let begun = processor_seconds()?;
        copy_and_hash(&scene.source, &folder.path().join("copy"))?;
        copy_and_hash(&folder.path().join("copy"), &folder.path().join("out"))?;
        let copied = processor_seconds()?;
        scene.transfer(mib).await?;
        let (plain, taken) = (copied - begun, processor_seconds()? - copied);
        if round == 0 {
            let rate = |seconds: f64| 2.0 * mib as f64 / seconds;
            println!("plain {:.0} MiB/s, broker {:.0} MiB/s of processor time", rate(plain), rate(taken));
        }
        ratios.push(plain / taken);
        std::fs::remove_dir_all(folder.path().join("altinn/objects/content"))?;
    }
    ratios.sort_by(f64::total_cmp);
    let (median, worst, best) = (ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1]);
    println!("{mib} MiB in and out: ratio {median:.2} ({worst:.2} to {best:.2}), bar 0.50");

    let one = peak_memory()?.saturating_sub(idle);
    futures_util::future::try_join_all((0..AT_ONCE).map(|_| scene.transfer(mib.min(32)))).await?;
    let many = peak_memory()?.saturating_sub(idle);
    println!("memory above idle: {} MiB for one, {} MiB for {AT_ONCE} at once", one / MIB, many / MIB);
    if many > 64 * MIB {
        return Err("the process took more memory than is allowed".into());
    }
    Ok(())
}

/// A business that sends, and one that receives.
struct Scene {
    altinn: Altinn,
    service: BrokerService,
    sender: (Party, Actor),
    recipient: (Party, Actor),
    source: PathBuf,
    sink: PathBuf,
}

impl Scene {
    async fn set(folder: &Path) -> Outcome<Self> {
        let altinn = Altinn::local(folder.join("altinn")).await?;
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/services/annual-accounts");
        let service = altinn.publish_broker(sample)?;
        let mut people = SyntheticPeople::from_seed(7);
        let sender = business_with_leader(&altinn, &mut people).await?;
        let recipient = business_with_leader(&altinn, &mut people).await?;
        let (source, sink) = (folder.join("source"), folder.join("sink"));
        Ok(Self { altinn, service, sender, recipient, source, sink })
    }

    /// Sends so many MiB of the source, and receives them.
    async fn transfer(&self, mib: u64) -> Outcome<()> {
        let broker = self.altinn.broker();
        let ((sender, by), (recipient, to)) = (&self.sender, &self.recipient);
        let new = NewTransfer::new("file.bin".parse()?, [recipient.id]).with_size(mib * MIB);
        let id = broker.initialise(by, &self.service, sender.id, &new).await?;
        broker.upload((by, sender.id), &self.service, id, 0, read(&self.source, mib * MIB)?).await?;
        let download = broker.download(to, &self.service, recipient.id, id).await?;
        let mut sink = File::create(&self.sink)?;
        let mut pieces = std::pin::pin!(download.into_stream());
        let mut received = 0;
        while let Some(piece) = pieces.try_next().await? {
            sink.write_all(&piece)?;
            received += piece.len() as u64;
        }
        if received == mib * MIB { Ok(()) } else { Err("the file did not arrive whole".into()) }
    }
}

/// The first bytes of a file, in pieces.
fn read(path: &Path, bytes: u64) -> Outcome<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
    let file = File::open(path)?.take(bytes);
    Ok(stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let count = file.read(&mut piece)?;
        piece.truncate(count);
        Ok((count > 0).then(|| (Bytes::from(piece), file)))
    }))
}

fn copy_and_hash(source: &Path, copy: &Path) -> Outcome<()> {
    let (mut source, mut copy) = (File::open(source)?, File::create(copy)?);
    let mut piece = vec![0; PIECE];
    let mut sha256 = Sha256::new();
    loop {
        let count = source.read(&mut piece)?;
        if count == 0 {
            sha256.finish();
            return Ok(());
        }
        sha256.update(&piece[..count]);
        copy.write_all(&piece[..count])?;
    }
}

fn write_source(path: &Path, mib: u64) -> Outcome<()> {
    let mut file = File::create(path)?;
    let piece: Vec<u8> = (0..MIB).map(|n| (n * n % 251) as u8).collect();
    (0..mib).try_for_each(|_| file.write_all(&piece))?;
    Ok(())
}

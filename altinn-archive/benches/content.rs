//! What it costs to take content in: encrypted and digested, against a plain loop that copies and hashes.
//!
//! `cargo bench -p altinn-archive --bench content [-- MIB]`: 256 MiB, or 2,048 when `ALTINN_TEST_LONG` is set. Both sides
//! write to a folder in memory; processor time, medians of both in one run. Fails when the process takes more than 16 MiB
//! above what it takes idle, or a further stream more than 4 MiB.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and counts on what it made"
)]

use std::error::Error;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use altinn_archive::{Archive, ArchiveKeys, LogKey, MIGRATIONS, MemoryKeys, Objects};
use altinn_core::Sha256;
use altinn_core::store::Store;
use altinn_core::testing::process::{memory_folder, peak_memory, processor_seconds};

/// How large the pieces are in which content comes.
const PIECE: usize = 256 * 1024;
/// A mebibyte.
const MIB: u64 = 1024 * 1024;
/// How many rounds are measured.
const ROUNDS: usize = 5;
/// How many streams run at the same time.
const STREAMS: u64 = 8;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let mib: u64 = given.unwrap_or(if std::env::var_os("ALTINN_TEST_LONG").is_some() { 2_048 } else { 256 });
    let folder = tempfile::tempdir_in(memory_folder())?;
    let archive = archive(folder.path()).await?;
    let source = folder.path().join("source");
    write_source(&source, mib)?;
    stream(&archive, &source, 20).await?;
    let idle = peak_memory()?;
    println!("idle {} MiB", idle / MIB);
    stream(&archive, &source, 20).await?;
    let small = peak_memory()? - idle;

    let mut measured = Vec::new();
    for _ in 0..ROUNDS {
        let begun = processor_seconds()?;
        copy_and_hash(&source, &folder.path().join("copy"))?;
        let copied = processor_seconds()?;
        stream(&archive, &source, mib).await?;
        measured.push((copied - begun, processor_seconds()? - copied));
        clear(folder.path())?;
    }
    let mut ratios: Vec<f64> = measured.iter().map(|(copied, taken)| copied / taken).collect();
    ratios.sort_by(f64::total_cmp);
    let rate = |seconds: f64| mib as f64 / seconds;
    let (copied, taken) = measured.first().copied().unwrap_or((1.0, 1.0));
    println!("plain {:.0} MiB/s, archive {:.0} MiB/s of processor time", rate(copied), rate(taken));
    println!(
        "{mib} MiB: ratio {:.2} ({:.2} to {:.2}), bar 0.60",
        median(&ratios),
        ratios[0],
        ratios[ROUNDS - 1]
    );

    let one = peak_memory()?.saturating_sub(idle);
    let streams = (0..STREAMS).map(|_| stream(&archive, &source, mib.min(64)));
    futures_util::future::try_join_all(streams).await?;
    let each = peak_memory()?.saturating_sub(idle + one) / (STREAMS - 1);
    let kib = |bytes: u64| bytes / 1024;
    println!("memory above idle: {} KiB for 20 MiB, {} KiB for {mib} MiB", kib(small), kib(one));
    println!("and {} KiB for each of {} further streams", kib(each), STREAMS - 1);
    if one > 16 * MIB || each > 4 * MIB {
        return Err("the process took more memory than is allowed".into());
    }
    Ok(())
}

/// Takes so many MiB of a file in.
async fn stream(archive: &Archive, source: &Path, mib: u64) -> Outcome<()> {
    let mut file = File::open(source)?;
    let mut piece = vec![0; PIECE];
    let mut writer = archive.content_writer()?;
    let mut left = mib * MIB;
    while left > 0 {
        let count = file.read(&mut piece)?;
        writer.write(&piece[..count]).await?;
        left -= (count as u64).min(left);
    }
    writer.finish().await?;
    Ok(())
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

async fn archive(folder: &Path) -> Outcome<Archive> {
    let store = Store::open("sqlite::memory:").await?;
    store.migrate(&[MIGRATIONS]).await?;
    let keys = ArchiveKeys::new(LogKey::generate("example.com/log")?, MemoryKeys::generate()?);
    Ok(Archive::open(store, Objects::folder(folder.join("objects"))?, keys).await?)
}

fn write_source(path: &Path, mib: u64) -> Outcome<()> {
    let mut file = File::create(path)?;
    let piece: Vec<u8> = (0..MIB).map(|n| (n * n % 251) as u8).collect();
    (0..mib).try_for_each(|_| file.write_all(&piece))?;
    Ok(())
}

/// Removes what was taken in, so that memory is left for the next round.
fn clear(folder: &Path) -> Outcome<()> {
    std::fs::remove_dir_all(folder.join("objects"))?;
    Ok(std::fs::create_dir(folder.join("objects"))?)
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

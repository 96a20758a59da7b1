//! How many submissions a process makes in a second, beside a store that writes the same rows; that it stays small
//! while it makes them; and that the next one costs no more when there are many.
//!
//! `cargo bench -p altinn-benchmarks --bench submissions --features postgres [-- COUNT]`: 64 tasks start, fill in and
//! submit a form of the sample app while the workers run, 2,000 of them, or 100,000 when `ALTINN_TEST_LONG` is set.
//!
//! - Over a SQLite file: fails when the process has ever been larger than 64 MiB.
//! - Side by side: what was committed is committed again on a store of its own, by as many tasks. On SQLite, and on
//!   PostgreSQL where `ALTINN_TEST_POSTGRES` names a server. The ratio is printed and not judged.
//! - Growth: the same beside each other with 1,000 stored instances and with 20,000, or 1,000,000 when
//!   `ALTINN_TEST_LONG` is set.
//!
//! `… -- alone COUNT` makes so many submissions over SQLite and nothing else, for a profiler.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod growth;
mod recorder;
mod scene;

use std::error::Error;
use std::path::Path;

use altinn_archive::{LogKey, MemoryKeys};
use altinn_core::key::SecretKey;
use altinn_core::store::{Backend, Sqlite, Store};
use altinn_core::testing::process::{peak_memory, processor_seconds, resident_memory};
use altinn_services::{Altinn, AltinnBuilder};
use recorder::{Recorder, replay};
use scene::Scene;

/// The most memory that the process may take: 64 MiB.
const MOST_KIB: u64 = 64 * 1024;
/// How often both sides are measured.
const ROUNDS: usize = 3;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let is_long = std::env::var_os("ALTINN_TEST_LONG").is_some();
    let count = given.unwrap_or(if is_long { 100_000 } else { 2_000 });
    in_little_memory(count).await?;
    if std::env::args().any(|argument| argument == "alone") {
        return Ok(());
    }
    let count = count.min(2_000);
    side_by_side("SQLite", count, sqlite).await?;
    #[cfg(feature = "postgres")]
    postgres_side_by_side(count).await?;
    growth::measure(if is_long { 1_000_000 } else { 20_000 }).await
}

/// Makes submissions over a SQLite file, and looks at the memory that it takes.
async fn in_little_memory(count: usize) -> Outcome<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let scene = Scene::open(AltinnBuilder::local(folder.path())?).await?;
    let idle = resident_memory()? / 1024;
    let (seconds, proved) = scene.submit(count).await?;
    let altinn = scene.end().await?;
    let peak = peak_memory()? / 1024;
    println!(
        "{count} submissions in {seconds:.1} s: {:.0}/s, {proved} proved at once",
        count as f64 / seconds
    );
    println!("memory: {} MiB before, {} MiB at the most", idle / 1024, peak / 1024);
    let report = altinn.archive().audit(None).await?;
    println!("audit: {} entries, sound: {}", report.entries, report.is_sound());
    if !report.is_sound() || report.entries != count as u64 {
        return Err("the archive does not hold what was sent in".into());
    }
    if peak > MOST_KIB {
        return Err(format!("the process took {peak} KiB, at most {MOST_KIB} are allowed").into());
    }
    Ok(())
}

/// Makes submissions, and commits the same rows again on a store with nothing above it.
async fn side_by_side<B: Backend>(
    name: &str,
    count: usize,
    open: impl AsyncFn(&Path, &str) -> Outcome<B>,
) -> Outcome<()> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let folder = folder.path();
        let both = Both::open(open(folder, "ours").await?, open(folder, "bare").await?, folder).await?;
        let begun = processor_seconds()?;
        let (own, _) = both.scene.submit(count).await?;
        let recorded = both.recorder.take();
        both.scene.end().await?;
        let done = processor_seconds()?;
        let other = replay(&both.bare, &recorded).await?;
        let computed = (done - begun, processor_seconds()? - done);
        rounds.push((other / own, own, other, recorded.len(), computed));
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ratios: Vec<String> = rounds.iter().map(|round| format!("{:.2}", round.0)).collect();
    if let Some((ratio, own, other, batches, computed)) = rounds.get(ROUNDS / 2) {
        println!(
            "{name}: {:.0}/s, the bare store {:.0}/s with {batches} batches; ratio {ratio:.2} of [{}], bar 0.50 or more",
            count as f64 / own,
            count as f64 / other,
            ratios.join(" ")
        );
        let micros = |seconds: f64| seconds * 1e6 / count as f64;
        let (own, other) = *computed;
        println!(
            "{name}: {:.0} µs of processor time each, the bare store {:.0} µs",
            micros(own),
            micros(other)
        );
    }
    Ok(())
}

/// The SDK over one store, and another store that what it commits is replayed on.
pub(crate) struct Both<B> {
    pub(crate) recorder: Recorder<B>,
    pub(crate) scene: Scene,
    pub(crate) bare: Store,
}

impl<B: Backend> Both<B> {
    pub(crate) async fn open(ours: B, bare: B, folder: &Path) -> Outcome<Self> {
        let (recorder, bare) = (Recorder::over(ours), Store::new(bare));
        let scene = Scene::open(over(Store::new(recorder.clone()), folder)?).await?;
        bare.migrate(&[
            altinn_core::MIGRATIONS,
            altinn_auth::register::MIGRATIONS,
            altinn_archive::MIGRATIONS,
            altinn_notify::MIGRATIONS,
            altinn_services::MIGRATIONS,
        ])
        .await?;
        replay(&bare, &recorder.take()).await?;
        Ok(Self { recorder, scene, bare })
    }
}

#[cfg(feature = "postgres")]
async fn postgres_side_by_side(count: usize) -> Outcome<()> {
    use altinn_core::store::{Postgres, fresh};
    if fresh::postgres_url().await?.is_none() {
        println!("PostgreSQL: skipped, {} names no server", fresh::POSTGRES_VARIABLE);
        return Ok(());
    }
    side_by_side("PostgreSQL", count, async |_: &Path, _: &str| {
        let url = fresh::postgres_url().await?.ok_or("no server")?;
        Ok(Postgres::connect(&url).await?)
    })
    .await
}

pub(crate) async fn sqlite(folder: &Path, name: &str) -> Outcome<Sqlite> {
    let file = folder.join(format!("{name}.db"));
    Ok(Sqlite::open(file.to_str().ok_or("the folder's name is no text")?).await?)
}

/// The SDK over a store, with keys in memory.
pub(crate) fn over(store: Store, folder: &Path) -> Outcome<AltinnBuilder> {
    Ok(Altinn::over(store)
        .objects_in(folder)?
        .log_key(LogKey::generate("example.com/log")?)
        .archive_keys(std::sync::Arc::new(MemoryKeys::generate()?))
        .register_key(SecretKey::generate()?))
}

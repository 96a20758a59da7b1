//! What archiving costs: appending with durability, and how that and a page grow with the archive.
//!
//! `cargo bench -p altinn-archive --bench append [-- ENTRIES]`: grows to 20,000 entries, or to 1,000,000 when
//! `ALTINN_TEST_LONG` is set. Bare: one rusqlite loop over rows of the same sizes in the same tables, 64 entries a sync.
//! The ratios are printed and not judged.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and counts on what it made"
)]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use altinn_archive::{
    Archive, ArchiveKeys, Listing, LogKey, MIGRATIONS, MemoryKeys, NewElement, NewEntry, Objects, Participant,
};
use altinn_core::store::{Batch, Store, params};
use altinn_core::testing::process::processor_seconds;
use altinn_core::{AuthenticationLevel, Language, Text};
use rusqlite::{Connection, params as values};

/// How many write at the same time, and how many entries the bare loop commits with one sync.
const WRITERS: usize = 64;
/// How many entries are appended in a round.
const APPENDED: usize = 2_560;
const ROUNDS: usize = 9;
/// How many entries the small archive has, what is appended to measure what an append costs, and how many pages are
/// read; each in several rounds, ours and bare by turns.
const SMALL: usize = 1_000;
const APPENDED_AT_A_SIZE: usize = 512;
const PAGES: usize = 100;
const ROUNDS_AT_A_SIZE: usize = 7;
/// How many entries a page has.
const PAGE: u32 = 20;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let given = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let most =
        given.unwrap_or(if std::env::var_os("ALTINN_TEST_LONG").is_some() { 1_000_000 } else { 20_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let ours = Ours::open(folder.path()).await?;
    ours.archive.append(entry()).await?;
    let mut bare = Bare::open(folder.path(), Shape::of(&ours.store).await?)?;

    fill(&ours, &mut bare, SMALL).await?;
    let small = costs(&ours, &mut bare).await?;

    let (mut ratios, mut times) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let begun = processor_seconds()?;
        let own = ours.append(APPENDED).await?;
        let between = processor_seconds()?;
        let other = tokio::task::block_in_place(|| bare.append(APPENDED))?;
        ratios.push(own / other);
        times.push((between - begun, processor_seconds()? - between));
        if round == 0 {
            println!("append, {WRITERS} writers, 1 KiB: {own:.0}/s, bare {other:.0}/s");
        }
        ours.integrate().await?;
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "ratio {:.2} ({:.2} to {:.2}), bar 0.60 or more",
        ratios[ROUNDS / 2],
        ratios[0],
        ratios[ROUNDS - 1]
    );

    let micros = |seconds: f64| seconds * 1e6 / APPENDED as f64;
    println!(
        "processor time of an append, on all cores: {:.0} µs, bare {:.0} µs",
        micros(median(times.iter().map(|pair| pair.0))),
        micros(median(times.iter().map(|pair| pair.1)))
    );

    fill(&ours, &mut bare, most).await?;
    let large = costs(&ours, &mut bare).await?;
    for ((what, small), (_, large)) in small.into_iter().zip(large) {
        let (own, other) = (large.0 / small.0, large.1 / small.1);
        println!(
            "{what}, {SMALL} to {most} entries: {own:.2} times as dear, bare {other:.2} times; ratio {:.2}, bar 1.20 or less",
            own / other
        );
    }
    Ok(())
}

/// Brings both to so many entries.
async fn fill(ours: &Ours, bare: &mut Bare, entries: usize) -> Outcome<()> {
    while bare.entries < entries {
        let count = (entries - bare.entries).min(10_000);
        ours.fill(count).await?;
        tokio::task::block_in_place(|| bare.fill(count))?;
    }
    Ok(())
}

/// What an append and a page cost, in seconds, ours and bare: medians of rounds.
async fn costs(ours: &Ours, bare: &mut Bare) -> Outcome<[(&'static str, (f64, f64)); 2]> {
    let (mut appends, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS_AT_A_SIZE {
        let own = 1.0 / ours.append(APPENDED_AT_A_SIZE).await?;
        appends.push((own, 1.0 / tokio::task::block_in_place(|| bare.append(APPENDED_AT_A_SIZE))?));
        ours.integrate().await?;
        let begun = Instant::now();
        for _ in 0..PAGES {
            ours.archive.list(&Listing::of("50001").title("bakery").limit(PAGE)).await?;
        }
        let own = begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        tokio::task::block_in_place(|| (0..PAGES).try_for_each(|_| bare.page()))?;
        pages.push((own, begun.elapsed().as_secs_f64()));
    }
    let medians = |pairs: &[(f64, f64)]| {
        (median(pairs.iter().map(|pair| pair.0)), median(pairs.iter().map(|pair| pair.1)))
    };
    Ok([("append", medians(&appends)), ("page", medians(&pages))])
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// An archive, with its store.
struct Ours {
    store: Store,
    archive: Archive,
}

impl Ours {
    async fn open(folder: &Path) -> Outcome<Self> {
        let store = Store::open(&format!("sqlite:{}", folder.join("archive.db").display())).await?;
        store.migrate(&[MIGRATIONS]).await?;
        let keys = ArchiveKeys::new(LogKey::generate("example.com/log")?, MemoryKeys::generate()?);
        let archive = Archive::open(store.clone(), Objects::folder(folder.join("objects"))?, keys).await?;
        Ok(Self { store, archive })
    }

    /// Appends entries, each with a commit of its own; how many a second.
    async fn append(&self, count: usize) -> Outcome<f64> {
        let next = Arc::new(AtomicUsize::new(0));
        let begun = Instant::now();
        let tasks: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (archive, store, next) = (self.archive.clone(), self.store.clone(), Arc::clone(&next));
                tokio::spawn(async move {
                    while next.fetch_add(1, Ordering::Relaxed) < count {
                        let mut batch = Batch::new();
                        archive.stage(&mut batch, entry()).await?;
                        store.commit(batch).await?;
                    }
                    Outcome::Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        Ok(count as f64 / begun.elapsed().as_secs_f64())
    }

    /// Archives entries in few commits.
    async fn fill(&self, count: usize) -> Outcome<()> {
        let mut batch = Batch::new();
        for _ in 0..count {
            self.archive.stage(&mut batch, entry()).await?;
            if batch.len() > 5_000 {
                self.store.commit(std::mem::take(&mut batch)).await?;
            }
        }
        self.store.commit(batch).await?;
        self.integrate().await
    }

    async fn integrate(&self) -> Outcome<()> {
        while self.archive.integrate().await?.added > 0 {}
        Ok(())
    }
}

fn entry() -> NewEntry {
    let (party, actor) =
        (Participant::new("50001", "Bakeriet AS"), Participant::new("50002", "Kari Nordmann"));
    NewEntry::new("ttd/bakery-licence", party, actor, AuthenticationLevel::VerySensitive)
        .with_title(Text::new(Language::En, "Bakery licence"))
        .with_element(NewElement::new("form", "application/json", vec![b' '; 1_024]))
}

/// How large the rows of an entry are, and how many tags it has.
struct Shape {
    commitments: usize,
    sealed: usize,
    content: usize,
    tags: usize,
}

impl Shape {
    async fn of(store: &Store) -> Outcome<Self> {
        let sql = "select length(e.commitments) as commitments, length(e.sealed) as sealed, \
                   (select length(c.bytes) from archive_content c) as content, \
                   (select count(*) from archive_tag) as tags from archive_entry e";
        let row = store.query_one(sql, params![]).await?;
        let number = |column| row.get::<u32>(column).map(|number| number as usize);
        Ok(Self {
            commitments: number("commitments")?,
            sealed: number("sealed")?,
            content: number("content")?,
            tags: number("tags")?,
        })
    }
}

/// Bare SQLite with the same tables.
struct Bare {
    connection: Connection,
    shape: Shape,
    entries: usize,
}

impl Bare {
    fn open(folder: &Path, shape: Shape) -> Outcome<Self> {
        let connection = Connection::open(folder.join("bare.db"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(&MIGRATIONS.iter().map(|step| step.sqlite).collect::<Vec<_>>().join(";"))?;
        Ok(Self { connection, shape, entries: 0 })
    }

    /// Inserts the rows of entries in one commit.
    fn fill(&mut self, count: usize) -> Outcome<()> {
        self.connection.execute_batch("begin immediate")?;
        (0..count).try_for_each(|_| self.insert())?;
        Ok(self.connection.execute_batch("delete from archive_staged; commit")?)
    }

    /// Inserts the rows of entries, 64 a commit; how many a second.
    fn append(&mut self, count: usize) -> Outcome<f64> {
        let begun = Instant::now();
        for from in (0..count).step_by(WRITERS) {
            self.connection.execute_batch("begin immediate")?;
            for _ in from..count.min(from + WRITERS) {
                self.insert()?;
            }
            self.connection.execute_batch("commit")?;
        }
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        self.connection.execute_batch("delete from archive_staged")?;
        Ok(rate)
    }

    fn insert(&mut self) -> Outcome<()> {
        self.entries += 1;
        let (id, shape) = (uuid::Uuid::now_v7().into_bytes(), &self.shape);
        let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Outcome<()> {
            self.connection.prepare_cached(sql)?.execute(values)?;
            Ok(())
        };
        let (sealed, wrap, key) = (vec![1_u8; shape.sealed], [1_u8; 60], [1_u8; 16]);
        let entry = "insert into archive_entry (id, version, commitments, sealed, wrap, key_id) values (?, 1, ?, ?, ?, ?)";
        run(entry, values![id, vec![1_u8; shape.commitments], sealed, wrap, key])?;
        let content = "insert into archive_content (entry_id, position, kind, size, tags, wrap, bytes) \
                       values (?, 0, 1, ?, ?, ?, ?)";
        run(content, values![id, 1_040, [1_u8; 32], wrap, vec![1_u8; shape.content]])?;
        let time = i64::try_from(self.entries)?;
        for tag in 0..shape.tags {
            let tag = [u8::try_from(tag)?; 16];
            run("insert into archive_tag (tag, time, entry_id) values (?, ?, ?)", values![tag, time, id])?;
        }
        run("insert into archive_staged (entry_id, leaf) values (?, ?)", values![id, [1_u8; 32]])
    }

    /// The page's rows: the newest of one tag.
    fn page(&self) -> Outcome<()> {
        let sql = "select t.time, e.* from archive_tag t join archive_entry e on e.id = t.entry_id \
                   left join archive_key k on k.id = e.key_id where t.tag = ?1 and (t.time, t.entry_id) < (?2, ?3) \
                   order by t.time desc, t.entry_id desc limit ?4";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(values![[3_u8; 16], i64::MAX, [0_u8; 16], PAGE + 1], |row| {
            row.get::<_, Vec<u8>>("sealed")
        })?;
        rows.collect::<Result<Vec<_>, _>>()?;
        Ok(())
    }
}

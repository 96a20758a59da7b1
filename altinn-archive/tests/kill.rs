//! An archive that is killed (SIGKILL) loses nothing that it has acknowledged: at any moment, and before and after each
//! of its commits.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::print_stdout, reason = "the child tells its parent what it has done")]

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use altinn_archive::{
    Archive, ArchiveKeys, EntryId, ErasureOrder, KeyFolder, Listing, MIGRATIONS, NewElement, Objects,
    Participant, Receipt,
};
use altinn_core::store::{
    Backend, Batch, Committed, Dialect, Migration, Row, Sql, Store, StoreError, Value, params,
};
use altinn_core::testing::report;
use altinn_core::{AuthenticationLevel, SteppableClock, SystemClock};
use async_trait::async_trait;
use tempfile::TempDir;
use world::{entry, repeatable_log_key};

/// The child's folder of objects and keys; the first test below is the child when it is set.
const FOLDER: &str = "ALTINN_KILLED_ARCHIVE_FOLDER";
/// The child's store.
const STORE: &str = "ALTINN_KILLED_ARCHIVE_STORE";
/// Where the child stops: `before 3` or `after 3`, that commit; without it, nowhere.
const STOP: &str = "ALTINN_KILLED_ARCHIVE_STOP";

/// Where an archive is: its folder, and the URL of its store.
struct Place {
    name: &'static str,
    folder: TempDir,
    url: String,
}

impl Place {
    /// A new one in SQLite.
    async fn sqlite() -> Option<Self> {
        let folder = Self::folder();
        let url = format!("sqlite:{}", folder.path().join("archive.db").display());
        Some(Self { name: "SQLite", folder, url })
    }

    /// A new one in PostgreSQL, where a server is named.
    async fn postgres() -> Option<Self> {
        #[cfg(feature = "postgres")]
        if let Some(url) = altinn_core::store::fresh::postgres_url().await.unwrap() {
            return Some(Self { name: "PostgreSQL", folder: Self::folder(), url });
        }
        None
    }

    fn folder() -> TempDir {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("objects")).unwrap();
        KeyFolder::create(folder.path().join("keys")).unwrap();
        folder
    }

    async fn open(&self) -> (Store, Archive) {
        let store = Store::open(&self.url).await.unwrap();
        let archive = open(&store, self.folder.path()).await;
        (store, archive)
    }

    /// What a child at this place has said until it stopped and was killed.
    fn run_to(&self, stop: &str) -> Vec<String> {
        let (mut child, lines) = self.start(stop);
        let said = lines.take_while(|line| line != "stopped" && line != "done").collect();
        child.kill().unwrap();
        child.wait().unwrap();
        said
    }

    /// What a child has said that was killed so long after the first thing it did.
    fn run_for(&self, time: Duration) -> Vec<String> {
        let (mut child, mut lines) = self.start("");
        let mut said: Vec<_> = lines.by_ref().find(|line| line.starts_with("staged")).into_iter().collect();
        let reader = std::thread::spawn(move || lines.collect::<Vec<_>>());
        std::thread::sleep(time);
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(reader.join().unwrap());
        said
    }

    fn start(&self, stop: &str) -> (Child, impl Iterator<Item = String> + Send + use<>) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--nocapture"])
            .envs([
                (FOLDER, self.folder.path().as_os_str()),
                (STORE, self.url.as_ref()),
                (STOP, stop.as_ref()),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        (child, lines)
    }
}

async fn open(store: &Store, folder: &Path) -> Archive {
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let provider = KeyFolder::open(folder.join("keys")).unwrap();
    let objects = Objects::folder(folder.join("objects")).unwrap();
    Archive::open(store.clone(), objects, ArchiveKeys::new(repeatable_log_key(), provider)).await.unwrap()
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Only when the parent has asked for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Some(folder), Ok(url)) = (std::env::var_os(FOLDER), std::env::var(STORE)) else { return };
    let (folder, stop) = (PathBuf::from(folder), std::env::var(STOP).unwrap());
    let store = Store::open(&url).await.unwrap();
    match stop.split_once(' ') {
        Some((side, number)) => one_of_each(&store, &folder, side == "before", number.parse().unwrap()).await,
        None => go_on_for_ever(&url, &folder).await,
    }
}

/// Stages, integrates and proves for ever beside another that integrates, and says what is done.
async fn go_on_for_ever(url: &str, folder: &Path) {
    let store = Store::open(url).await.unwrap();
    let archive = open(&store, folder).await;
    let other = open(&Store::open(url).await.unwrap(), folder).await;
    tokio::spawn(async move {
        loop {
            other.integrate().await.unwrap();
        }
    });
    for n in 0.. {
        let mut batch = Batch::new();
        let mut staged = Vec::new();
        for _ in 0..n % 7 + 1 {
            // Content of either kind: in the row, and in an object.
            let element = vec![7; if n % 5 == 0 { 100_000 } else { 100 }];
            let content = archive.store_content(&element).await.unwrap();
            let large = NewElement::new("large", "text/plain", content);
            staged.push(archive.stage(&mut batch, entry("{}").with_element(large)).await.unwrap());
        }
        store.commit(batch).await.unwrap();
        staged.iter().for_each(|entry| say(&format!("staged {entry}")));
        if n % 3 == 0 {
            let state = archive.prove(staged[0], Duration::from_secs(20)).await.unwrap();
            say(&format!("proved {}", state.proved().unwrap().to_json()));
        }
    }
}

/// Appends an entry, one with an object, and erases the first; stops for ever at one of the commits on the way.
async fn one_of_each(store: &Store, folder: &Path, before: bool, number: i64) {
    let left = Arc::new(AtomicI64::new(i64::MAX));
    let stopping = Stopping { inner: store.clone(), left: Arc::clone(&left), before };
    let archive = open(&Store::new(stopping), folder).await;
    left.store(number, Ordering::SeqCst);
    let small = archive.append(entry("{}")).await.unwrap();
    say(&format!("proved {}", small.to_json()));
    let large = archive.append(entry(vec![7; 200_000])).await.unwrap();
    say(&format!("proved {}", large.to_json()));
    let officer = Participant::new("urn:altinn:party:50003", "Saksbehandler Sørli");
    let order = ErasureOrder::new(officer, AuthenticationLevel::VerySensitive, "a reason");
    archive.erase(small.entry(), &order).await.unwrap();
    say(&format!("erased {}", small.entry()));
    say("done");
    std::future::pending::<()>().await;
}

/// A back end that stops for ever before or after one of its commits.
#[derive(Debug)]
struct Stopping {
    inner: Store,
    left: Arc<AtomicI64>,
    before: bool,
}

impl Stopping {
    async fn stop_if(&self, here: bool) {
        if here {
            say("stopped");
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Backend for Stopping {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        let here = self.left.fetch_sub(1, Ordering::SeqCst) == 1;
        self.stop_if(here && self.before).await;
        let committed = self.inner.commit(batch).await;
        self.stop_if(here).await;
        committed
    }

    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.inner.query(sql, params).await
    }

    async fn migrate(&self, _: &[Migration]) -> Result<(), StoreError> {
        self.inner.migrate(&[MIGRATIONS]).await
    }
}

/// What children have acknowledged.
#[derive(Default)]
struct Acknowledged {
    staged: BTreeSet<EntryId>,
    proved: BTreeMap<EntryId, String>,
    erased: BTreeSet<EntryId>,
}

impl Acknowledged {
    /// Takes what a child has said; its last line may have been cut off.
    fn add(&mut self, said: Vec<String>) {
        for (what, line) in said.iter().filter_map(|line| line.split_once(' ')) {
            match (what, line.parse::<EntryId>(), line.parse::<Receipt>()) {
                ("staged", Ok(entry), _) => drop(self.staged.insert(entry)),
                ("erased", Ok(entry), _) => drop(self.erased.insert(entry)),
                ("proved", _, Ok(receipt)) => drop(self.proved.insert(receipt.entry(), line.to_owned())),
                _ => {}
            }
        }
    }

    /// All of it is there, and the archive is whole.
    async fn check(&self, archive: &Archive, at: &str) {
        while archive.integrate().await.unwrap().added > 0 {}
        let audited = archive.audit(None).await.unwrap();
        assert!(audited.is_sound(), "{at}: {audited}");
        for entry in self.staged.iter().chain(self.proved.keys()) {
            let receipt = match archive.receipt(*entry).await {
                Ok(state) => state.proved().unwrap(),
                // What it was said to be erased by may have been cut off behind the commit.
                Err(error) => {
                    assert_eq!(error.code(), "ARCHIVE-ERASED", "{at}");
                    archive.erasure(*entry).await.unwrap().unwrap().receipt
                }
            };
            receipt.verify(archive.verifier_key()).unwrap();
            let told = self.proved.get(entry).filter(|_| receipt.entry() == *entry);
            assert!(told.is_none_or(|told| *told == receipt.to_json()), "{at}: a receipt stays the same");
        }
        for entry in &self.erased {
            assert_eq!(archive.get(*entry).await.unwrap_err().code(), "ARCHIVE-ERASED", "{at}");
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill_at_any_moment() {
    let kills = if std::env::var_os("ALTINN_TEST_LONG").is_some() { 200 } else { 8 };
    for place in [Place::sqlite().await, Place::postgres().await].into_iter().flatten() {
        let mut acknowledged = Acknowledged::default();
        for kill in 0..kills {
            acknowledged.add(place.run_for(Duration::from_millis(kill * 37 % 400)));
            let (_, archive) = place.open().await;
            acknowledged.check(&archive, &format!("{}, kill {kill}", place.name)).await;
        }
        assert!(!acknowledged.staged.is_empty());
        let (staged, proved) = (acknowledged.staged.len(), acknowledged.proved.len());
        report(format_args!("{}: {kills} kills, {staged} entries, {proved} receipts", place.name));
    }
}

/// Files below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// Nothing half done: a list shows whole entries only, and a day later no object is left that no entry names.
async fn check_nothing_half_done(store: &Store, archive: &Archive, folder: &Path, at: &str) {
    for listed in archive.list(&Listing::of("50001")).await.unwrap().entries {
        for element in &listed.fields.elements {
            let content = archive.content(listed.entry, &element.name).await.unwrap();
            assert_eq!(content.bytes(u64::MAX).await.unwrap().len() as u64, element.size, "{at}");
        }
    }
    let tomorrow = Arc::new(SteppableClock::at(altinn_core::Clock::now(&SystemClock)));
    tomorrow.step(Duration::from_secs(2 * 24 * 60 * 60));
    let archive = archive.clone().with_clock(tomorrow);
    while archive.remove_unnamed().await.unwrap() > 0 {}
    let sql = "select count(*) as n from archive_content where object is not null";
    let named: usize = store.query_one(sql, params![]).await.unwrap().get::<u32>("n").unwrap() as usize;
    assert_eq!(files(&folder.join("objects/content")), named, "{at}");
}

/// Kills a child at one of its commits; whether that was behind all that it does.
async fn kill_at(place: &Place, side: &str, number: i64) -> bool {
    let mut acknowledged = Acknowledged::default();
    acknowledged.add(place.run_to(&format!("{side} {number}")));
    let at = format!("{}, {side} commit {number}", place.name);
    let (store, archive) = place.open().await;
    acknowledged.check(&archive, &at).await;
    check_nothing_half_done(&store, &archive, place.folder.path(), &at).await;
    // It goes on as if nothing had been.
    let more = archive.append(entry(vec![9; 100_000])).await.unwrap();
    more.verify(archive.verifier_key()).unwrap();
    acknowledged.check(&archive, &at).await;
    !acknowledged.erased.is_empty()
}

#[tokio::test]
async fn a_kill_before_or_after_any_commit_in_sqlite_leaves_nothing_half_done() {
    for number in 1.. {
        let before = kill_at(&Place::sqlite().await.unwrap(), "before", number).await;
        if before || kill_at(&Place::sqlite().await.unwrap(), "after", number).await {
            assert!(number > 6, "{number} commits");
            return report(format_args!("SQLite: killed at each of {number} commits"));
        }
    }
}

#[tokio::test]
async fn a_kill_before_or_after_any_commit_in_postgres_leaves_nothing_half_done() {
    for number in 1.. {
        for side in ["before", "after"] {
            let Some(place) = Place::postgres().await else {
                return report("skipped: no PostgreSQL is named");
            };
            if kill_at(&place, side, number).await {
                assert!(number > 6, "{number} commits");
                return report(format_args!("PostgreSQL: killed at each of {number} commits"));
            }
        }
    }
}

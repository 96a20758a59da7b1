//! An archive to test with.
#![allow(dead_code, reason = "not every test needs all of it")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use altinn_archive::KeyProvider as _;
use altinn_archive::keys::KeyGeneration;
use altinn_archive::{
    Archive, ArchiveError, ArchiveKeys, Digest, LogKey, MIGRATIONS, MemoryKeys, NewElement, NewEntry,
    NoRandomNumbers, Objects, Participant, SaltSource,
};
use altinn_core::key::{SecretKey, SigningKey};
use altinn_core::store::{Batch, Store, Value, fresh};
use altinn_core::{AuthenticationLevel, Language, SteppableClock, Text};
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<SteppableClock>,
    pub(crate) folder: TempDir,
    pub(crate) seed: [u8; 32],
    pub(crate) keys: Arc<MemoryKeys>,
    pub(crate) archive: Archive,
    store_folder: Option<TempDir>,
}

/// Salts that are the same in every run.
#[derive(Debug, Default)]
pub(crate) struct CountingSalts(AtomicU64);

impl SaltSource for CountingSalts {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomNumbers> {
        for chunk in bytes.chunks_mut(32) {
            let next = Digest::of(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(next.as_bytes().get(..chunk.len()).unwrap());
        }
        Ok(())
    }
}

/// A store and, when it is in a file, the folder of that.
pub(crate) struct Fresh {
    store: Store,
    folder: Option<TempDir>,
}

impl From<Store> for Fresh {
    fn from(store: Store) -> Self {
        Self { store, folder: None }
    }
}

/// Every back end, empty; SQLite both in memory, with one connection, and in a file, with several.
pub(crate) async fn stores() -> Vec<Fresh> {
    let folder = TempDir::new().unwrap();
    let file = Store::open(&format!("sqlite:{}", folder.path().join("archive.db").display())).await.unwrap();
    let fresh = fresh::all().await.unwrap().into_iter().map(|(_, store)| Fresh::from(store));
    fresh.chain([Fresh { store: file, folder: Some(folder) }]).collect()
}

impl World {
    pub(crate) async fn on(Fresh { store, folder: store_folder }: Fresh) -> Self {
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let clock = Arc::new(SteppableClock::at("2026-11-23T12:00:00.123456Z".parse().unwrap()));
        let folder = TempDir::new().unwrap();
        let seed = *SecretKey::generate().unwrap().expose();
        let keys = Arc::new(MemoryKeys::generate().unwrap());
        let archive = open(&store, &clock, &folder, &seed, &keys).await.unwrap();
        Self { store, clock, folder, seed, keys, archive, store_folder }
    }

    /// The same archive as another process sees it.
    pub(crate) async fn reopened(&self) -> Result<Archive, ArchiveError> {
        open(&self.store, &self.clock, &self.folder, &self.seed, &self.keys).await
    }

    /// An archive of another log key over a store of its own.
    pub(crate) async fn with_log_key(&self, key: LogKey) -> Archive {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let keys = ArchiveKeys::shared(key, self.keys.clone());
        let objects = Objects::folder(self.folder.path()).unwrap();
        Archive::open(store, objects, keys).await.unwrap().with_clock(self.clock.clone())
    }

    /// The folder of the database, when it is in a file.
    pub(crate) fn store_folder(&self) -> Option<&std::path::Path> {
        self.store_folder.as_ref().map(TempDir::path)
    }

    /// The archive over another database, as a restored backup is.
    pub(crate) async fn opened_on(&self, store: &Store) -> Result<Archive, ArchiveError> {
        open(store, &self.clock, &self.folder, &self.seed, &self.keys).await
    }

    /// The generation of the agency's key that the archive began with.
    pub(crate) async fn first_generation(&self) -> KeyGeneration {
        self.keys.current().await.unwrap()
    }

    /// Does with the database what only an intruder does.
    pub(crate) async fn tamper(&self, sql: impl Into<String>, params: Vec<Value>) {
        let mut batch = Batch::new();
        batch.execute(sql.into(), params);
        self.store.commit(batch).await.unwrap();
    }
}

async fn open(
    store: &Store,
    clock: &Arc<SteppableClock>,
    folder: &TempDir,
    seed: &[u8; 32],
    keys: &Arc<MemoryKeys>,
) -> Result<Archive, ArchiveError> {
    let keys = ArchiveKeys::shared(log_key(seed), keys.clone());
    let objects = Objects::folder(folder.path()).unwrap();
    Ok(Archive::open(store.clone(), objects, keys).await?.with_clock(clock.clone()))
}

/// The key of the log, from its seed.
pub(crate) fn log_key(seed: &[u8; 32]) -> LogKey {
    LogKey::new("archive.example.no/log", SigningKey::from_seed(seed).unwrap()).unwrap()
}

/// The key of a log whose receipts are the same in every run.
pub(crate) fn repeatable_log_key() -> LogKey {
    log_key(&[7; 32])
}

/// An entry with two elements, the first of which is named `form` and says `form`.
pub(crate) fn entry(form: impl Into<Vec<u8>>) -> NewEntry {
    let party = Participant::new("50001", "Bakeriet AS");
    let actor = Participant::new("urn:altinn:party:50002", "Kari Nordmann");
    NewEntry::new("ttd/bakery-licence", party, actor, AuthenticationLevel::VerySensitive)
        .with_title(Text::new(Language::Nb, "Søknad om bakeriløyve").with(Language::En, "Bakery licence"))
        .with_label("case", "2026/17")
        .with_element(NewElement::new("form", "application/json", form.into()).with_data_type("skjema"))
        .with_element(
            NewElement::new("plan", "application/pdf", b"%PDF-1.7".to_vec()).with_file_name("plan.pdf"),
        )
}

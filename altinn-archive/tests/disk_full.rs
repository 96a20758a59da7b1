//! A disk that is full, in each step: what was acknowledged stays, nothing half done is visible, and the error says so.
//!
//! The disk is a tmpfs of a few MiB, which only root may mount; elsewhere these tests say that they are skipped.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use altinn_archive::{
    Archive, ArchiveError, ArchiveKeys, EntryId, MIGRATIONS, MemoryKeys, NewElement, Objects, ReceiptState,
};
use altinn_core::SteppableClock;
use altinn_core::store::{Batch, Store};
use altinn_core::testing::report;
use tempfile::TempDir;
use world::{entry, log_key};

/// A disk of its own.
struct Disk(TempDir);

impl Disk {
    /// A disk of so many KiB; none where nobody may mount one.
    fn of_kib(kib: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={kib}k");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder)),
            Ok(output) => {
                report(format_args!("skipped: no tmpfs: {}", String::from_utf8_lossy(&output.stderr).trim()));
                None
            }
            Err(error) => {
                report(format_args!("skipped: no tmpfs: {error}"));
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all space that is left.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = fs::OpenOptions::new().create(true).append(true).open(&path).unwrap();
        while file.write_all(&[0; 512]).is_ok() {}
        path
    }

    /// All files, but for the one that fills the disk.
    fn files(&self) -> Vec<PathBuf> {
        files(self.path())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["--lazy"]).arg(self.0.path()).status();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// An archive with its database and its objects in these folders.
async fn open(database: &Path, objects: &Path) -> (Store, Archive, Arc<SteppableClock>) {
    let store = Store::open(&format!("sqlite:{}", database.join("archive.db").display())).await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let keys = ArchiveKeys::new(log_key(&[7; 32]), MemoryKeys::generate().unwrap());
    let clock = Arc::new(SteppableClock::at("2026-11-23T12:00:00Z".parse().unwrap()));
    let archive = Archive::open(store.clone(), Objects::folder(objects).unwrap(), keys).await.unwrap();
    (store, archive.with_clock(clock.clone()), clock)
}

async fn assert_sound(archive: &Archive, entries: u64) {
    while archive.integrate().await.unwrap().added > 0 {}
    let report = archive.audit(None).await.unwrap();
    assert!(report.is_sound(), "{report}");
    assert_eq!((report.entries, report.waiting), (entries, 0));
}

#[tokio::test]
async fn objects_that_do_not_fit_are_refused_and_leave_nothing_behind() {
    let Some(disk) = Disk::of_kib(4 * 1024) else { return };
    let elsewhere = TempDir::new().unwrap();
    let (store, archive, clock) = open(elsewhere.path(), &disk.path().join("objects")).await;
    let kept = archive.append(entry(vec![1; 100_000])).await.unwrap();
    // In one part, in the middle of many, and at the very end.
    for size in [5 << 20, 20 << 20, (4 << 20) - 60_000] {
        let refused = archive.append(entry(vec![1; size])).await.unwrap_err();
        assert_eq!(refused.code(), "CONTENT-OBJECTS", "{refused}");
    }
    let mut writer = archive.content_writer().unwrap();
    let mut written = Ok(());
    for _ in 0..10 {
        written = writer.write(&vec![1; 1 << 20]).await;
        if written.is_err() {
            break;
        }
    }
    assert_eq!(written.unwrap_err().code(), "CONTENT-OBJECTS");
    drop(writer);
    let filler = disk.fill();
    assert_eq!(archive.append(entry(vec![1; 100_000])).await.unwrap_err().code(), "CONTENT-OBJECTS");
    archive.append(entry("small content needs no object")).await.unwrap();
    fs::remove_file(filler).unwrap();

    let rows = store.query("select id from archive_entry", Vec::new()).await.unwrap();
    assert_eq!(rows.len(), 2);
    archive.append(entry(vec![2; 1 << 20])).await.unwrap();
    assert_sound(&archive, 3).await;
    clock.step(Duration::from_secs(2 * 24 * 60 * 60));
    while archive.remove_unnamed().await.unwrap() > 0 {}
    assert_eq!(disk.files().len(), 2, "{:?}", disk.files());
    let content = archive.content(kept.entry(), "form").await.unwrap();
    assert_eq!(content.bytes(u64::MAX).await.unwrap(), vec![1; 100_000]);
}

#[tokio::test]
async fn an_append_that_does_not_fit_is_refused_and_those_before_it_stay() {
    let Some(disk) = Disk::of_kib(2 * 1024) else { return };
    let elsewhere = TempDir::new().unwrap();
    let (_, archive, _) = open(disk.path(), elsewhere.path()).await;
    let mut kept = Vec::new();
    // The log has the one and the other waits for it when the disk is full.
    let refused = loop {
        match archive.append(entry(vec![b' '; 20_000])).await {
            Ok(receipt) => kept.push(receipt),
            Err(error) => break error,
        }
        assert!(kept.len() < 1_000, "the disk is never full");
    };
    let also_kept = match refused {
        ArchiveError::NotYetProved { entry } => Some(entry),
        refused => {
            assert_eq!(refused.code(), "STORE-UNAVAILABLE", "{refused}");
            None
        }
    };
    assert!(kept.len() > 5, "{}", kept.len());
    for receipt in &kept {
        assert_eq!(archive.receipt(receipt.entry()).await.unwrap().proved().as_ref(), Some(receipt));
    }
    let reports = archive.audit(None).await.unwrap();
    assert!(reports.is_sound(), "{reports}");
    assert_eq!(reports.entries + reports.waiting, kept.len() as u64 + u64::from(also_kept.is_some()));
}

#[tokio::test]
async fn a_log_that_has_no_room_promises_and_goes_on_when_there_is_room_again() {
    let Some(disk) = Disk::of_kib(8 * 1024) else { return };
    let elsewhere = TempDir::new().unwrap();
    let (store, archive, _) = open(disk.path(), elsewhere.path()).await;
    let before = archive.append(entry("{}")).await.unwrap();
    let mut staged: Vec<EntryId> = Vec::new();
    for _ in 0..4 {
        let mut batch = Batch::new();
        for _ in 0..100 {
            staged.push(archive.stage(&mut batch, entry("{}")).await.unwrap());
        }
        store.commit(batch).await.unwrap();
    }
    let filler = disk.fill();
    // What is overwritten in the journal needs no room, so it takes a few rounds until there is none.
    let mut tries = 0;
    let refused = loop {
        let mut batch = Batch::new();
        let id = archive.stage(&mut batch, entry(vec![b' '; 30_000])).await.unwrap();
        match store.commit(batch).await {
            Ok(_) => staged.push(id),
            Err(error) => break error,
        }
        tries += 1;
        assert!(tries < 1_000, "the disk is never full");
    };
    assert_eq!(refused.code(), "STORE-UNAVAILABLE", "{refused}");
    match archive.integrate().await {
        Err(error) => assert_eq!(error.code(), "STORE-UNAVAILABLE", "{error}"),
        Ok(integrated) => assert!(integrated.added > 0),
    }
    match archive.prove(staged[0], Duration::from_secs(1)).await.unwrap() {
        ReceiptState::Promised(promise) => promise.verify(archive.verifier_key()).unwrap(),
        ReceiptState::Proved(receipt) => receipt.verify(archive.verifier_key()).unwrap(),
    }
    let full = archive.audit(None).await.unwrap();
    assert!(full.is_sound(), "{full}");

    fs::remove_file(filler).unwrap();
    assert_sound(&archive, 1 + staged.len() as u64).await;
    for id in &staged {
        archive.receipt(*id).await.unwrap().proved().unwrap().verify(archive.verifier_key()).unwrap();
    }
    assert_eq!(archive.receipt(before.entry()).await.unwrap().proved(), Some(before));
}

#[cfg(all(feature = "asic", feature = "noark"))]
#[tokio::test]
async fn an_export_that_does_not_fit_says_so_and_shows_nothing_half_done() {
    use altinn_archive::export::Period;
    use altinn_archive::noark::ArchiveDescription;
    use uuid::Uuid;

    let Some(disk) = Disk::of_kib(1024) else { return };
    let elsewhere = TempDir::new().unwrap();
    let (_, archive, _) = open(elsewhere.path(), &elsewhere.path().join("objects")).await;
    let film = archive.store_content(&vec![7; 3 << 20]).await.unwrap();
    archive.append(entry("{}").with_element(NewElement::new("film", "video/mp4", film))).await.unwrap();
    let period =
        Period { from: "2026-01-01T00:00:00Z".parse().unwrap(), to: "2027-01-01T00:00:00Z".parse().unwrap() };
    let description =
        ArchiveDescription::new(Uuid::nil(), Uuid::max(), "Bakeriløyver", "312345005", "Etaten");
    let folder = disk.path().join("extraction");
    let refused = archive.extract(period, &description, &folder).await.unwrap_err();
    assert_eq!(refused.code(), "EXPORT-IO", "{refused}");
    assert_eq!(disk.files(), Vec::<PathBuf>::new());
    assert!(!folder.exists());

    let there = elsewhere.path().join("extraction");
    assert_eq!(archive.extract(period, &description, &there).await.unwrap().documents, 3);
    let again = archive.extract(period, &description, &there).await.unwrap_err();
    assert_eq!(again.code(), "EXPORT-IO", "{again}");
}

//! What is erased is gone, and the log stays whole.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::path::{Path, PathBuf};

use altinn_archive::{Anchor, EntryId, ErasureOrder, Fault, Listing, Participant};
use altinn_core::AuthenticationLevel;
use altinn_core::store::{Batch, Store, params};
use world::{World, entry, stores};

fn order() -> ErasureOrder {
    let officer = Participant::new("urn:altinn:party:50003", "Saksbehandler Sørli");
    ErasureOrder::new(officer, AuthenticationLevel::VerySensitive, "article 17 of the GDPR")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

async fn count(store: &Store, table: &str) -> i64 {
    store.query_one(format!("select count(*) as n from {table}"), params![]).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn an_erased_entry_says_nothing_and_all_proofs_go_on_verifying() {
    for store in stores().await {
        let world = World::on(store).await;
        let archive = &world.archive;
        let before = archive.append(entry("{}")).await.unwrap();
        let large = archive.append(entry(vec![7; 100_000])).await.unwrap();
        let after = archive.append(entry("{}")).await.unwrap();
        assert_eq!(files(world.folder.path()).len(), 1);
        let tags = count(&world.store, "archive_tag").await;

        let erasure = archive.erase(large.entry(), &order()).await.unwrap();
        erasure.receipt.verify(archive.verifier_key()).unwrap();
        erasure.receipt.verify_content("note", erasure.note.as_bytes()).unwrap();
        assert!(erasure.note.contains(&large.entry().to_string()));
        assert!(erasure.note.contains("article 17 of the GDPR"));
        assert_eq!(erasure.final_receipt, None);
        assert_eq!(archive.erase(large.entry(), &order()).await.unwrap(), erasure);
        assert_eq!(archive.erasure(before.entry()).await.unwrap(), None);

        for code in [
            archive.get(large.entry()).await.unwrap_err().code(),
            archive.content(large.entry(), "form").await.unwrap_err().code(),
            archive.receipt(large.entry()).await.unwrap_err().code(),
        ] {
            assert_eq!(code, "ARCHIVE-ERASED");
        }
        let left = archive.list(&Listing::of("50001")).await.unwrap();
        let left: Vec<_> = left.entries.iter().map(|listed| listed.entry).collect();
        assert_eq!(left, [after.entry(), before.entry()]);
        assert!(count(&world.store, "archive_tag").await < tags);
        assert_eq!(archive.remove_unnamed().await.unwrap(), 1);
        let objects = files(world.folder.path());
        assert!(objects.len() == 1 && objects[0].to_string_lossy().contains("erasures"), "{objects:?}");

        for receipt in [&before, &large, &after] {
            receipt.verify(archive.verifier_key()).unwrap();
            let report = archive.audit(Some(&Anchor::from(receipt.clone()))).await.unwrap();
            assert!(report.is_sound(), "{report}");
            assert_eq!(report.entries, 4);
        }
        assert_eq!(archive.receipt(after.entry()).await.unwrap().proved().unwrap(), after);
    }
}

#[tokio::test]
async fn an_entry_is_erased_before_it_is_in_the_log() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut batch = Batch::new();
        let id = world.archive.stage(&mut batch, entry("{}")).await.unwrap();
        world.store.commit(batch).await.unwrap();
        let doomed = world.archive.erase(id, &order()).await.unwrap();
        let report = world.archive.audit(Some(&doomed.receipt.into())).await.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!((report.entries, report.waiting), (2, 0));
    }
}

#[tokio::test]
async fn what_nobody_signed_is_no_erasure() {
    for store in stores().await {
        let world = World::on(store).await;
        let first = world.archive.append(entry("{}")).await.unwrap().entry();
        let second = world.archive.append(entry("{}")).await.unwrap().entry();
        let by = world.archive.erase(first, &order()).await.unwrap().receipt.entry();
        for by in [by, second, first, EntryId::new(uuid::Uuid::nil())] {
            world
                .tamper(
                    "update archive_entry set sealed = null, wrap = null, key_id = null, erasure = $1 where id = $2",
                    params![by, second],
                )
                .await;
            world.tamper("delete from archive_content where entry_id = $1", params![second]).await;
            let fault = world.archive.audit(None).await.unwrap().fault;
            assert!(matches!(fault, Some(Fault::Altered { index: 1, .. })), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn the_archives_own_entries_and_unknown_ones_are_not_erased() {
    let world = World::on(stores().await.remove(0)).await;
    let first = world.archive.append(entry("{}")).await.unwrap().entry();
    let own = world.archive.erase(first, &order()).await.unwrap().receipt.entry();
    assert_eq!(world.archive.erase(own, &order()).await.unwrap_err().code(), "ARCHIVE-OWN-ENTRY");
    let nobody = EntryId::new(uuid::Uuid::nil());
    assert_eq!(world.archive.erase(nobody, &order()).await.unwrap_err().code(), "ARCHIVE-NOT-FOUND");
    for reason in ["", "two\nlines", &"x".repeat(256)] {
        let by = Participant::new("50003", "");
        let order = ErasureOrder::new(by, AuthenticationLevel::Sensitive, reason);
        assert_eq!(world.archive.erase(first, &order).await.unwrap_err().code(), "ENTRY-LENGTH");
    }
}

/// A copy of the database as a backup holds it.
async fn backup(world: &World) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in files(world.store_folder().unwrap()) {
        std::fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
    }
    copy
}

async fn restored(backup: &tempfile::TempDir) -> Store {
    Store::open(&format!("sqlite:{}", backup.path().join("archive.db").display())).await.unwrap()
}

#[tokio::test]
async fn a_restored_backup_forgets_again_what_was_erased() {
    let world = World::on(stores().await.pop().unwrap()).await;
    let erased = world.archive.append(entry("{}")).await.unwrap().entry();
    let kept = world.archive.append(entry("{}")).await.unwrap().entry();
    let backup = backup(&world).await;
    let late = world.archive.append(entry("{}")).await.unwrap().entry();
    let before = world.archive.erase(erased, &order()).await.unwrap();
    world.archive.erase(late, &order()).await.unwrap();

    let store = restored(&backup).await;
    let archive = world.opened_on(&store).await.unwrap();
    assert_eq!(archive.get(erased).await.unwrap_err().code(), "ARCHIVE-ERASED");
    archive.get(kept).await.unwrap();
    let again = archive.erasure(erased).await.unwrap().unwrap();
    assert_eq!((again.erased_at, again.note), (before.erased_at, before.note));
    assert!(archive.audit(None).await.unwrap().is_sound());
    assert_eq!(archive.reapply_erasures().await.unwrap(), 0);
    std::fs::write(world.folder.path().join("erasures").join("ffffffffffffffffffffffffffffffff"), "x")
        .unwrap();
    assert_eq!(archive.reapply_erasures().await.unwrap(), 0);
}

#[tokio::test]
async fn keys_are_rotated_without_writing_content_anew() {
    for store in stores().await {
        let world = World::on(store).await;
        let archive = &world.archive;
        let mut ids = Vec::new();
        for n in 0..70 {
            let size = if n == 3 { 100_000 } else { n };
            ids.push(archive.append(entry(vec![7; size])).await.unwrap().entry());
        }
        let content = files(world.folder.path());
        let written = |file: &PathBuf| std::fs::metadata(file).unwrap().modified().unwrap();
        let before: Vec<_> = content.iter().map(written).collect();
        let first = world.first_generation().await;
        assert_eq!(archive.destroy_generation(&first, &order()).await.unwrap_err().code(), "KEYS-CURRENT");
        world.keys.rotate().unwrap();
        let in_use = archive.destroy_generation(&first, &order()).await.unwrap_err();
        assert_eq!(in_use.code(), "ARCHIVE-KEY-IN-USE");

        let rotated = archive.rotate_keys(10).await.unwrap();
        assert_eq!((rotated.entries, rotated.keys, rotated.more), (70, 1, false));
        let rotated = archive.rotate_keys(10).await.unwrap();
        assert_eq!((rotated.entries, rotated.keys, rotated.more), (0, 0, false));
        assert_eq!(content.iter().map(written).collect::<Vec<_>>(), before);
        archive.destroy_generation(&first, &order()).await.unwrap();

        for archive in [archive.clone(), world.reopened().await.unwrap()] {
            let content = archive.content(ids[3], "form").await.unwrap();
            assert!(content.bytes(u64::MAX).await.unwrap() == vec![7; 100_000]);
            archive.append(entry("{}")).await.unwrap();
            let report = archive.audit(None).await.unwrap();
            assert!(report.is_sound(), "{report}");
        }
    }
}

#[tokio::test]
async fn an_erasure_is_final_when_the_generation_above_it_is_destroyed() {
    let world = World::on(stores().await.pop().unwrap()).await;
    let erased = world.archive.append(entry("{}")).await.unwrap().entry();
    let kept = world.archive.append(entry("{}")).await.unwrap().entry();
    let backup = backup(&world).await;
    let first = world.first_generation().await;
    let erasure = world.archive.erase(erased, &order()).await.unwrap();
    world.keys.rotate().unwrap();
    while world.archive.rotate_keys(1).await.unwrap().more {}
    let destroyed = world.archive.destroy_generation(&first, &order()).await.unwrap();

    let proof = world.archive.erasure(erased).await.unwrap().unwrap();
    let last = proof.final_receipt.unwrap();
    assert_eq!(last.entry(), destroyed.entry);
    last.verify(world.archive.verifier_key()).unwrap();
    assert!(last.fields().time >= proof.erased_at);
    assert_eq!(proof.receipt, erasure.receipt);
    world.archive.get(kept).await.unwrap();
    assert!(world.archive.audit(None).await.unwrap().is_sound());

    let refused = world.opened_on(&restored(&backup).await).await.unwrap_err();
    assert_eq!(refused.code(), "KEYS-DESTROYED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_rotated_under_those_who_write_and_erase() {
    for store in stores().await {
        let world = World::on(store).await;
        let nodes = [world.archive.clone(), world.reopened().await.unwrap()];
        let writers: Vec<_> = nodes
            .into_iter()
            .map(|archive| {
                tokio::spawn(async move {
                    let mut ids = Vec::new();
                    for n in 0..60 {
                        ids.push(archive.append(entry("{}")).await.unwrap().entry());
                        if n % 5 == 0 {
                            archive.erase(ids.remove(0), &order()).await.unwrap();
                        }
                    }
                    ids
                })
            })
            .collect();
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            world.keys.rotate().unwrap();
            while world.archive.rotate_keys(2).await.unwrap().more {}
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        for writer in writers {
            for id in writer.await.unwrap() {
                world.archive.content(id, "form").await.unwrap().bytes(10).await.unwrap();
            }
        }
        let report = world.archive.audit(None).await.unwrap();
        assert!(report.is_sound(), "{report}");
    }
}

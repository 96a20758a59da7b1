//! What the archive does when what it stands on fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use altinn_archive::{Archive, ArchiveError, ArchiveKeys, EntryId, MemoryKeys, Objects, ReceiptState};
use altinn_core::store::{
    Backend, Batch, Committed, Dialect, Migration, Row, Sql, Sqlite, Store, StoreError, Value, params,
};
use async_trait::async_trait;
use world::{World, entry, log_key, stores};

#[tokio::test]
async fn content_without_an_entry_is_left_behind_and_harms_nothing() {
    for store in stores().await {
        let world = World::on(store).await;
        world.archive.store_content(&vec![1; 100_000]).await.unwrap();
        let mut writer = world.archive.content_writer().unwrap();
        writer.write(&vec![1; 10 << 20]).await.unwrap();
        drop(writer);
        world.archive.append(entry("{}")).await.unwrap();
        assert!(world.archive.audit(None).await.unwrap().is_sound());
    }
}

#[tokio::test]
async fn an_object_store_that_fails_fails_the_append_and_nothing_is_archived() {
    for store in stores().await {
        let world = World::on(store).await;
        std::fs::remove_dir_all(world.folder.path()).unwrap();
        std::fs::write(world.folder.path(), "not a folder").unwrap();
        for size in [100_000, 10 << 20] {
            let refused = world.archive.append(entry(vec![1; size])).await.unwrap_err();
            assert_eq!(refused.code(), "CONTENT-OBJECTS");
        }
        let row = world.store.query_one("select count(*) as n from archive_entry", params![]).await.unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 0);
        world.archive.append(entry("small content needs no object")).await.unwrap();
        std::fs::remove_file(world.folder.path()).unwrap();
        std::fs::create_dir(world.folder.path()).unwrap();
    }
}

#[tokio::test]
async fn a_receipt_that_cannot_wait_is_promised_and_comes_later() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut batch = Batch::new();
        let id = world.archive.stage(&mut batch, entry("{}")).await.unwrap();
        world.store.commit(batch).await.unwrap();
        let mut state = world.archive.prove(id, Duration::ZERO).await.unwrap();
        for _ in 0..1_000 {
            if let ReceiptState::Promised(promise) = state {
                promise.verify(world.archive.verifier_key()).unwrap();
                state = world.archive.prove(id, Duration::from_micros(200)).await.unwrap();
            }
        }
        let receipt = match state {
            ReceiptState::Proved(receipt) => receipt,
            ReceiptState::Promised(_) => {
                world.archive.prove(id, Duration::from_secs(20)).await.unwrap().proved().unwrap()
            }
        };
        receipt.verify(world.archive.verifier_key()).unwrap();
        assert!(world.archive.audit(None).await.unwrap().is_sound());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn integrations_that_are_given_up_at_any_moment_leave_a_sound_log() {
    for store in stores().await {
        let world = World::on(store).await;
        let nodes = [world.archive.clone(), world.reopened().await.unwrap()];
        for n in 0..150_u64 {
            let mut batch = Batch::new();
            world.archive.stage(&mut batch, entry(n.to_string())).await.unwrap();
            world.store.commit(batch).await.unwrap();
            let given_up = tokio::time::timeout(
                Duration::from_micros(n * 20),
                futures_util::future::join(nodes[0].integrate(), nodes[1].integrate()),
            );
            if let Ok((first, second)) = given_up.await {
                first.unwrap();
                second.unwrap();
            }
        }
        while world.archive.integrate().await.unwrap().added > 0 {}
        let report = world.archive.audit(None).await.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!((report.entries, report.waiting), (150, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn integrators_that_work_at_the_same_time_put_every_entry_into_the_log_once() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut staged = Vec::new();
        for round in 0..5 {
            let mut batch = Batch::new();
            for n in 0..40 {
                staged.push(world.archive.stage(&mut batch, entry(format!("{round}/{n}"))).await.unwrap());
            }
            world.store.commit(batch).await.unwrap();
            let mut nodes = Vec::new();
            for _ in 0..4 {
                let node = world.reopened().await.unwrap();
                nodes.push(tokio::spawn(
                    async move { node.integrate().await.map(|integrated| integrated.added) },
                ));
            }
            let mut added = 0;
            for node in nodes {
                added += node.await.unwrap().unwrap();
            }
            assert_eq!(added, 40);
        }
        let report = world.archive.audit(None).await.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!((report.entries, report.waiting), (staged.len() as u64, 0));
        let mut places = std::collections::BTreeSet::new();
        for id in &staged {
            places.insert(world.archive.receipt(*id).await.unwrap().proved().unwrap().leaf_index());
        }
        assert_eq!(places.len(), staged.len());
    }
}

/// A back end whose commits can be made to fail.
#[derive(Debug)]
struct Failing {
    inner: Sqlite,
    fails: Arc<AtomicBool>,
}

#[async_trait]
impl Backend for Failing {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable { reason: "the disk is full".to_owned() });
        }
        self.inner.commit(batch).await
    }

    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.inner.query(sql, params).await
    }

    async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        self.inner.migrate(steps).await
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_promises_what_is_archived_and_recovers() {
    let fails = Arc::new(AtomicBool::new(false));
    let inner = Sqlite::open(":memory:").await.unwrap();
    let world = World::on(Store::new(Failing { inner, fails: Arc::clone(&fails) }).into()).await;
    let mut batch = Batch::new();
    let id = world.archive.stage(&mut batch, entry("{}")).await.unwrap();
    world.store.commit(batch).await.unwrap();

    fails.store(true, Ordering::SeqCst);
    assert_eq!(world.archive.integrate().await.unwrap_err().code(), "STORE-UNAVAILABLE");
    let state = world.archive.prove(id, Duration::from_secs(1)).await.unwrap();
    assert!(matches!(state, ReceiptState::Promised(_)));
    assert_eq!(world.archive.append(entry("{}")).await.unwrap_err().code(), "STORE-UNAVAILABLE");

    fails.store(false, Ordering::SeqCst);
    let receipt = world.archive.prove(id, Duration::from_secs(1)).await.unwrap().proved().unwrap();
    receipt.verify(world.archive.verifier_key()).unwrap();
    assert_eq!(world.archive.audit(None).await.unwrap().entries, 1);
}

#[tokio::test]
async fn a_store_without_the_archives_tables_is_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    let objects = Objects::folder(folder.path()).unwrap();
    let store = Store::open("sqlite::memory:").await.unwrap();
    let keys = ArchiveKeys::new(log_key(&[7; 32]), MemoryKeys::generate().unwrap());
    let refused = Archive::open(store, objects, keys).await.unwrap_err();
    assert_eq!(refused.code(), "STORE-REFUSED");
}

#[tokio::test]
async fn an_entry_that_was_never_committed_has_no_receipt() {
    for store in stores().await {
        let world = World::on(store).await;
        let entry = EntryId::new(uuid::Uuid::nil());
        let not_found = ArchiveError::NotFound { entry };
        assert_eq!(world.archive.receipt(entry).await.unwrap_err(), not_found);
        assert_eq!(world.archive.prove(entry, Duration::from_secs(1)).await.unwrap_err(), not_found);
        assert_eq!(world.archive.content(entry, "form").await.unwrap_err(), not_found);
    }
}

//! Entries and content that were altered, removed, put elsewhere or slipped past the log.

use std::sync::Arc;

use altinn_archive::{Archive, ArchiveKeys, Digest, EntryId, Fault, MIGRATIONS, Objects};
use altinn_core::IdSource;
use altinn_core::store::{Batch, Row, Store, Value, params};

use super::world::{World, entry, log_key};
use super::{Raw, assert_altered, assert_fault, fault, fault_after, worlds};

#[tokio::test]
async fn an_altered_entry_is_named_whatever_column_was_altered() {
    let of = |n: usize| move |ids: &[EntryId]| params![ids[n]];
    for column in ["sealed", "wrap"] {
        let other = format!(
            "update archive_entry set {column} = (select {column} from archive_entry where id = $1) where id = $2"
        );
        for n in [0, 7, 11] {
            assert_altered(n, &other, |ids: &[EntryId]| params![ids[4], ids[n]]).await;
        }
        assert_altered(4, &format!("update archive_entry set {column} = null where id = $1"), of(4)).await;
    }
    assert_altered(4, "update archive_entry set key_id = null where id = $1", of(4)).await;
    assert_altered(5, "update archive_entry set version = 2 where id = $1", of(5)).await;
    let with_blob = |n: usize, blob: Vec<u8>| move |ids: &[EntryId]| params![blob.clone(), ids[n]];
    let commitments = "update archive_entry set commitments = $1 where id = $2";
    assert_altered(6, commitments, with_blob(6, vec![1; 288])).await;
    assert_altered(6, commitments, with_blob(6, vec![1; 31])).await;
    assert_altered(6, commitments, with_blob(6, Vec::new())).await;
}

#[tokio::test]
async fn an_entry_that_was_exchanged_for_another_with_all_its_openings_is_named() {
    for (world, ids) in worlds().await {
        let other = world.archive.append(entry("{}")).await.unwrap().entry();
        world
            .tamper(
                "update archive_entry set sealed = o.sealed, wrap = o.wrap, commitments = o.commitments from \
                 (select sealed, wrap, commitments from archive_entry where id = $1) o where id = $2",
                params![other, ids[8]],
            )
            .await;
        world
            .tamper("update archive_content set bytes = $1, size = 2, tags = $2 where entry_id = $3 and position = 0", {
                params![b"{}".to_vec(), Digest::of(b"{}"), ids[8]]
            })
            .await;
        let found = fault(&world).await;
        assert!(matches!(found, Fault::Altered { index: 8, entry, .. } if entry == ids[8]), "{found:?}");
    }
}

#[tokio::test]
async fn altered_content_is_named() {
    let of = |n: usize| move |ids: &[EntryId]| params![ids[n]];
    for change in [
        "delete from archive_content where entry_id = $1 and position = 1",
        "delete from archive_content where entry_id = $1",
        "update archive_content set size = size + 1 where entry_id = $1 and position = 0",
        "update archive_content set kind = 2 where entry_id = $1 and position = 0",
        "update archive_content set kind = 9 where entry_id = $1 and position = 0",
        "update archive_content set bytes = null where entry_id = $1 and position = 0",
        "update archive_content set position = 2 where entry_id = $1 and position = 1",
        "update archive_content set wrap = (select wrap from archive_content where entry_id = $1 and position = 1) \
         where entry_id = $1 and position = 0",
        "insert into archive_content (entry_id, position, kind, size, tags, wrap, bytes) \
         select entry_id, 5, kind, size, tags, wrap, bytes from archive_content where entry_id = $1 and position = 1",
    ] {
        assert_altered(9, change, of(9)).await;
    }
    let bytes = |ids: &[EntryId]| params![b"[]".to_vec(), ids[1]];
    assert_altered(1, "update archive_content set bytes = $1 where entry_id = $2", bytes).await;
    let digest = |ids: &[EntryId]| params![[7_u8; 32], ids[1]];
    assert_altered(1, "update archive_content set tags = $1 where entry_id = $2", digest).await;
    let object = |ids: &[EntryId]| params![uuid::Uuid::nil(), ids[2]];
    assert_altered(2, "update archive_content set object = $1 where entry_id = $2 and position = 2", object)
        .await;
}

#[tokio::test]
async fn an_object_that_was_altered_or_removed_is_named() {
    fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }
    for remove in [false, true] {
        for (world, ids) in worlds().await {
            let [object] = files(world.folder.path()).try_into().unwrap();
            if remove {
                std::fs::remove_file(object).unwrap();
            } else {
                let mut bytes = std::fs::read(&object).unwrap();
                bytes[50_000] ^= 1;
                std::fs::write(object, bytes).unwrap();
            }
            let found = fault(&world).await;
            let what = "the content of element 2".to_owned();
            assert_eq!(found, Fault::Altered { index: 2, entry: ids[2], what });
        }
    }
}

#[tokio::test]
async fn a_removed_entry_is_named() {
    let of = |n: usize| move |ids: &[EntryId]| params![ids[n]];
    for n in [0, 4, 11] {
        let removed = Fault::Removed { index: n as u64 };
        assert_fault(removed.clone(), "delete from archive_entry where id = $1", of(n)).await;
        assert_fault(removed, "delete from archive_leaf where entry_id = $1", of(n)).await;
    }
}

#[tokio::test]
async fn an_entry_that_was_removed_and_its_place_closed_up_is_named() {
    for (world, ids) in worlds().await {
        for table in
            ["archive_leaf where entry_id", "archive_content where entry_id", "archive_entry where id"]
        {
            world.tamper(format!("delete from {table} = $1"), params![ids[5]]).await;
        }
        for place in 6..12_i64 {
            let sql = "update archive_leaf set leaf_index = $1 where leaf_index = $2";
            world.tamper(sql, params![place - 1, place]).await;
        }
        let found = fault(&world).await;
        assert_eq!(found, Fault::Removed { index: 5 });
    }
}

#[tokio::test]
async fn entries_that_changed_places_are_named() {
    for (world, ids) in worlds().await {
        for (place, to) in [(7, 100), (9, 7), (100, 9)] {
            let sql = "update archive_leaf set leaf_index = $1 where leaf_index = $2";
            world.tamper(sql, params![to, place]).await;
        }
        assert_eq!(fault(&world).await, Fault::Reordered { index: 7, entry: ids[9], belongs_at: 9 });
    }
}

#[tokio::test]
async fn an_entry_forged_down_to_the_leaf_with_stolen_keys_is_found_between_two_checkpoints() {
    for (world, ids) in worlds().await {
        let leaf = forge(&world, ids[8]).await;
        assert!(matches!(fault(&world).await, Fault::Altered { index: 8, .. }));

        let row = world.store.query_one("select hashes from archive_tile", params![]).await.unwrap();
        let mut hashes: Vec<u8> = row.get("hashes").unwrap();
        hashes[8 * 32..9 * 32].copy_from_slice(&leaf);
        world.tamper("update archive_tile set hashes = $1", params![hashes]).await;
        assert_eq!(fault(&world).await, Fault::AlteredAmong { first: 7, last: 10 });
    }
}

/// Puts another entry in the place of one, encrypted with the agency's own keys; gives its leaf.
async fn forge(world: &World, id: EntryId) -> Vec<u8> {
    #[derive(Debug)]
    struct Always(EntryId);
    impl IdSource for Always {
        fn next_id(&self) -> uuid::Uuid {
            self.0.uuid()
        }
    }
    let elsewhere = Store::open("sqlite::memory:").await.unwrap();
    elsewhere.migrate(&[MIGRATIONS]).await.unwrap();
    copy(&world.store, &elsewhere, "archive_generation", &["id", "index_key", "live"]).await;
    let keys = ArchiveKeys::shared(log_key(&world.seed), world.keys.clone());
    let objects = Objects::folder(world.folder.path()).unwrap();
    let forger =
        Archive::open(elsewhere.clone(), objects, keys).await.unwrap().with_ids(Arc::new(Always(id)));
    let mut batch = Batch::new();
    forger.stage(&mut batch, entry("forged")).await.unwrap();
    elsewhere.commit(batch).await.unwrap();

    for table in ["archive_entry where id", "archive_content where entry_id", "archive_tag where entry_id"] {
        world.tamper(format!("delete from {table} = $1"), params![id]).await;
    }
    let mut batch = Batch::new();
    batch.execute("update archive_key set number = 0", params![]);
    elsewhere.commit(batch).await.unwrap();
    for (table, columns) in [
        ("archive_key", &["id", "owner", "number", "generation", "wrapped", "live"][..]),
        ("archive_entry", &["id", "version", "commitments", "sealed", "wrap", "key_id"]),
        ("archive_content", &["entry_id", "position", "kind", "size", "tags", "wrap", "bytes"]),
        ("archive_tag", &["tag", "time", "entry_id"]),
    ] {
        copy(&elsewhere, &world.store, table, columns).await;
    }
    let row = elsewhere.query_one("select leaf from archive_staged", params![]).await.unwrap();
    row.get("leaf").unwrap()
}

/// Copies a table's rows from one store to another.
async fn copy(from: &Store, to: &Store, table: &str, columns: &[&str]) {
    let places: Vec<_> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    let sql = format!("insert into {table} ({}) values ({})", columns.join(", "), places.join(", "));
    let mut batch = Batch::new();
    for row in from.query(format!("select {} from {table}", columns.join(", ")), params![]).await.unwrap() {
        batch.execute(sql.clone(), columns.iter().map(|column| value(&row, column)).collect());
    }
    to.commit(batch).await.unwrap();
}

/// A column's value, whatever its kind; SQLite has no kind of its own for UUIDs.
fn value(row: &Row, column: &str) -> Value {
    let is_uuid = column == "id" || column.ends_with("_id");
    match row.get::<Raw>(column).unwrap().0 {
        Value::Blob(bytes) if is_uuid => uuid::Uuid::from_slice(&bytes).unwrap().into(),
        value => value,
    }
}

#[tokio::test]
async fn what_was_slipped_past_the_log_is_named() {
    let waiting = |ids: &[EntryId]| params![ids[13]];
    for (fault, ids) in fault_after("delete from archive_staged where entry_id = $1", waiting).await {
        assert_eq!(fault, Fault::Unlogged { entry: ids[13] });
    }
    for (fault, ids) in fault_after("delete from archive_entry where id = $1", waiting).await {
        assert!(
            matches!(fault, Fault::Unlogged { entry } | Fault::AlteredWaiting { entry, .. } if entry == ids[13])
        );
    }
    let again = |ids: &[EntryId]| params![ids[3], [1_u8; 32]];
    for (fault, ids) in
        fault_after("insert into archive_staged (entry_id, leaf) values ($1, $2)", again).await
    {
        assert_eq!(fault, Fault::Unlogged { entry: ids[3] });
    }
}

#[tokio::test]
async fn an_altered_entry_that_waits_is_named() {
    let of = |ids: &[EntryId]| params![ids[12]];
    for change in [
        "update archive_entry set sealed = commitments where id = $1",
        "delete from archive_content where entry_id = $1",
    ] {
        for (fault, ids) in fault_after(change, of).await {
            assert!(matches!(fault, Fault::AlteredWaiting { entry, .. } if entry == ids[12]), "{fault:?}");
        }
    }
    let leaf = |ids: &[EntryId]| params![[1_u8; 32], ids[12]];
    for (fault, ids) in fault_after("update archive_staged set leaf = $1 where entry_id = $2", leaf).await {
        assert!(matches!(fault, Fault::AlteredWaiting { entry, .. } if entry == ids[12]), "{fault:?}");
    }
}

#[tokio::test]
async fn a_leaf_that_was_altered_before_it_was_signed_is_named() {
    for (world, ids) in worlds().await {
        world
            .tamper("update archive_staged set leaf = $1 where entry_id = $2", params![[1_u8; 32], ids[12]])
            .await;
        world.archive.integrate().await.unwrap();
        let found = fault(&world).await;
        assert!(matches!(found, Fault::Altered { index: 12, entry, .. } if entry == ids[12]), "{found:?}");
        assert_eq!(world.archive.receipt(ids[12]).await.unwrap_err().code(), "ARCHIVE-DAMAGED");
    }
}

//! An audit finds what was done to the database behind the archive's back.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::sync::Arc;

use altinn_archive::log::Checkpoint;
use altinn_archive::{
    Anchor, Archive, ArchiveKeys, Digest, EntryId, Fault, MIGRATIONS, Objects, Receipt, Rollback,
};
use altinn_core::IdSource;
use altinn_core::store::{Batch, Row, Store, Value, params};
use world::{World, entry, log_key, stores};

/// An archive of 12 entries in rounds of 1 to 4, and two that wait; the content of the third is an object.
async fn worlds() -> Vec<(World, Vec<EntryId>)> {
    let mut worlds = Vec::new();
    for store in stores().await {
        let world = World::on(store).await;
        let large = world.archive.store_content(&vec![7; 100_000]).await.unwrap();
        let mut ids = Vec::new();
        for round in [1, 4, 2, 4, 1, 2] {
            let mut batch = Batch::new();
            for _ in 0..round {
                let n = ids.len();
                let mut new = entry(format!("{{\"n\":{n}}}"));
                if n == 2 {
                    new =
                        new.with_element(altinn_archive::NewElement::new("film", "video/mp4", large.clone()));
                }
                ids.push(world.archive.stage(&mut batch, new).await.unwrap());
            }
            world.store.commit(batch).await.unwrap();
            if ids.len() <= 12 {
                world.archive.integrate().await.unwrap();
            }
        }
        worlds.push((world, ids));
    }
    worlds
}

async fn fault(world: &World) -> Fault {
    let report = world.archive.audit(None).await.unwrap();
    assert!(!report.is_sound());
    assert_eq!(report.rollback, Rollback::NotExcluded);
    report.fault.unwrap()
}

/// The fault after a change of the database, once for every back end.
async fn fault_after(sql: &str, params: impl Fn(&[EntryId]) -> Vec<Value>) -> Vec<(Fault, Vec<EntryId>)> {
    let mut faults = Vec::new();
    for (world, ids) in worlds().await {
        world.tamper(sql, params(&ids)).await;
        faults.push((fault(&world).await, ids));
    }
    faults
}

async fn assert_altered(index: usize, sql: &str, params: impl Fn(&[EntryId]) -> Vec<Value>) {
    for (fault, ids) in fault_after(sql, params).await {
        match fault {
            Fault::Altered { index: found, entry, .. } => {
                assert_eq!((found, entry), (index as u64, ids[index]));
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

async fn assert_fault(expected: Fault, sql: &str, params: impl Fn(&[EntryId]) -> Vec<Value>) {
    for (fault, _) in fault_after(sql, params).await {
        assert_eq!(fault, expected, "{sql}");
    }
}

#[tokio::test]
async fn an_archive_that_nobody_touched_is_sound() {
    for (world, ids) in worlds().await {
        let report = world.archive.audit(None).await.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!((report.entries, report.checkpoints, report.waiting), (12, 5, 2));
        assert_eq!(report.rollback, Rollback::NotExcluded);
        assert!(report.to_string().contains("not excluded"), "{report}");

        let receipt = world.archive.receipt(ids[3]).await.unwrap().proved().unwrap();
        let report = world.archive.audit(Some(&receipt.into())).await.unwrap();
        assert_eq!((report.fault, report.rollback), (None, Rollback::Excluded { size: 5 }));
    }
}

#[tokio::test]
async fn an_empty_archive_is_sound() {
    for store in stores().await {
        let report = World::on(store).await.archive.audit(None).await.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!(report.entries, 0);
    }
}

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
            .tamper("update archive_content set bytes = $1, size = 2, digest = $2 where entry_id = $3 and position = 0", {
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
        "insert into archive_content (entry_id, position, kind, size, digest, wrap, bytes) \
         select entry_id, 5, kind, size, digest, wrap, bytes from archive_content where entry_id = $1 and position = 1",
    ] {
        assert_altered(9, change, of(9)).await;
    }
    let bytes = |ids: &[EntryId]| params![b"[]".to_vec(), ids[1]];
    assert_altered(1, "update archive_content set bytes = $1 where entry_id = $2", bytes).await;
    let digest = |ids: &[EntryId]| params![[7_u8; 32], ids[1]];
    assert_altered(1, "update archive_content set digest = $1 where entry_id = $2", digest).await;
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
    let keys = ArchiveKeys::shared(log_key(&world.seed), world.keys.clone());
    let objects = Objects::folder(world.folder.path()).unwrap();
    let forger =
        Archive::open(elsewhere.clone(), objects, keys).await.unwrap().with_ids(Arc::new(Always(id)));
    let mut batch = Batch::new();
    forger.stage(&mut batch, entry("forged")).await.unwrap();
    elsewhere.commit(batch).await.unwrap();

    world.tamper("delete from archive_entry where id = $1", params![id]).await;
    world.tamper("delete from archive_content where entry_id = $1", params![id]).await;
    for (table, columns) in [
        ("archive_key", &["id", "owner", "number", "generation", "wrapped", "live"][..]),
        ("archive_entry", &["id", "version", "commitments", "sealed", "wrap", "key_id"]),
        ("archive_content", &["entry_id", "position", "kind", "size", "digest", "wrap", "bytes"]),
    ] {
        let places: Vec<_> = (1..=columns.len()).map(|n| format!("${n}")).collect();
        let sql = format!("insert into {table} ({}) values ({})", columns.join(", "), places.join(", "));
        let select = format!("select {} from {table}", columns.join(", "));
        for row in elsewhere.query(select, params![]).await.unwrap() {
            let values = columns.iter().map(|column| value(&row, column)).collect();
            world.tamper(sql.clone(), values).await;
        }
    }
    let row = elsewhere.query_one("select leaf from archive_staged", params![]).await.unwrap();
    row.get("leaf").unwrap()
}

#[tokio::test]
async fn altered_tiles_are_named_and_no_entry_is_blamed() {
    let nothing = |_: &[EntryId]| params![];
    let tile = Fault::Tile { level: 0, index: 0 };
    assert_fault(tile.clone(), "delete from archive_tile", nothing).await;
    let hashes = |_: &[EntryId]| params![vec![1_u8; 12 * 32]];
    assert_fault(tile.clone(), "update archive_tile set hashes = $1", hashes).await;
    let short = |_: &[EntryId]| params![vec![1_u8; 12 * 32 - 1]];
    assert_fault(tile, "update archive_tile set hashes = $1", short).await;
    let more =
        "insert into archive_tile (level, tile_index, hashes) select level, 1, hashes from archive_tile";
    assert_fault(Fault::Head, more, nothing).await;
}

#[tokio::test]
async fn altered_checkpoints_are_named() {
    let nothing = |_: &[EntryId]| params![];
    for size in [1, 7, 12] {
        let of = |sql: &str| format!("{sql} where size = {size}");
        let expected = Fault::Checkpoint { size };
        assert_fault(expected.clone(), &of("delete from archive_checkpoint"), nothing).await;
        assert_fault(expected.clone(), &of("update archive_checkpoint set note = 'x'"), nothing).await;
        assert_fault(
            expected.clone(),
            &of("update archive_checkpoint set note = replace(note, 'example', 'exbmple')"),
            nothing,
        )
        .await;
        assert_fault(expected, &of("update archive_checkpoint set size = 100"), nothing).await;
    }
    let more = "insert into archive_checkpoint (size, note) values (13, 'x')";
    assert_fault(Fault::Head, more, nothing).await;
    let between = "insert into archive_checkpoint (size, note) values (3, 'x')";
    assert_fault(Fault::Checkpoint { size: 3 }, between, nothing).await;
}

#[tokio::test]
async fn the_checkpoint_that_a_receipt_rests_on_cannot_be_exchanged() {
    let nothing = |_: &[EntryId]| params![];
    assert_altered(1, "update archive_leaf set checkpoint_size = 7 where leaf_index = 1", nothing).await;
}

#[tokio::test]
async fn an_altered_head_is_found() {
    let nothing = |_: &[EntryId]| params![];
    for change in [
        "delete from archive_log_head",
        "update archive_log_head set size = 11",
        "update archive_log_head set size = 13",
        "update archive_log_head set verifier_key = 'x'",
        "insert into archive_log_head (id, verifier_key, version, size, root) \
         select 2, verifier_key, version, size, root from archive_log_head",
    ] {
        assert_fault(Fault::Head, change, nothing).await;
    }
    let root = |_: &[EntryId]| params![[1_u8; 32]];
    assert_fault(Fault::Head, "update archive_log_head set root = $1", root).await;
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

/// Every row of a table, as the statements that put it back.
async fn rows(world: &World, table: &str, columns: &[&str]) -> Vec<Vec<Value>> {
    let names = columns.join(", ");
    let rows = world.store.query(format!("select {names} from {table}"), params![]).await.unwrap();
    rows.iter().map(|row| columns.iter().map(|column| value(row, column)).collect()).collect()
}

/// A column's value, whatever its kind.
fn value(row: &Row, column: &str) -> Value {
    let is_id = column == "id" || column.ends_with("_id");
    if let Some(id) = is_id.then(|| row.get::<uuid::Uuid>(column).ok()).flatten() {
        return id.into();
    }
    row.get::<i64>(column)
        .map(Value::from)
        .or_else(|_| row.get::<String>(column).map(Value::from))
        .or_else(|_| row.get::<Vec<u8>>(column).map(Value::from))
        .unwrap()
}

/// The tables of the log, and of entries.
const TABLES: [(&str, &[&str]); 6] = [
    ("archive_entry", &["id", "version", "commitments", "sealed", "wrap", "key_id"]),
    ("archive_staged", &["entry_id", "leaf"]),
    ("archive_leaf", &["leaf_index", "entry_id", "checkpoint_size"]),
    ("archive_tile", &["level", "tile_index", "hashes"]),
    ("archive_checkpoint", &["size", "note"]),
    ("archive_log_head", &["id", "verifier_key", "version", "size", "root"]),
];

#[tokio::test]
async fn only_an_anchor_kept_outside_finds_that_the_whole_was_put_back() {
    for (world, _) in worlds().await {
        let mut before = Vec::new();
        for (table, columns) in TABLES {
            before.push(rows(&world, table, columns).await);
        }
        let receipt = world.archive.append(entry("{}")).await.unwrap();
        let checkpoint = Anchor::Checkpoint(receipt.checkpoint().to_owned());
        world.tamper("delete from archive_content where entry_id = $1", params![receipt.entry()]).await;
        for ((table, columns), rows) in TABLES.into_iter().zip(before) {
            world.tamper(format!("delete from {table}"), params![]).await;
            let places: Vec<_> = (1..=columns.len()).map(|n| format!("${n}")).collect();
            let sql = format!("insert into {table} ({}) values ({})", columns.join(", "), places.join(", "));
            for row in rows {
                world.tamper(sql.clone(), row).await;
            }
        }
        let report = world.archive.audit(None).await.unwrap();
        assert_eq!((report.fault, report.rollback), (None, Rollback::NotExcluded));
        for anchor in [Anchor::from(receipt), checkpoint] {
            let report = world.archive.audit(Some(&anchor)).await.unwrap();
            assert_eq!(report.fault, Some(Fault::RolledBack { anchored: 15, found: 12 }));
            assert_eq!(report.rollback, Rollback::NotExcluded);
        }
    }
}

#[tokio::test]
async fn another_history_signed_with_the_same_key_is_found_by_an_anchor() {
    for (world, _) in worlds().await {
        let key = log_key(&world.seed);
        let root = Digest::of(b"another history");
        let other = Checkpoint { origin: key.origin().to_owned(), size: 6, root }.sign(&key);
        let report = world.archive.audit(Some(&Anchor::Checkpoint(other))).await.unwrap();
        assert_eq!(report.fault, Some(Fault::Rewritten { size: 6 }));
    }
}

#[tokio::test]
async fn an_anchor_of_another_log_is_refused() {
    let mut worlds = worlds().await;
    let (other, ids) = worlds.remove(0);
    let foreign: Receipt = other.archive.receipt(ids[0]).await.unwrap().proved().unwrap();
    let world = World::on(stores().await.remove(0)).await;
    let refused = world.archive.audit(Some(&foreign.into())).await.unwrap_err();
    assert_eq!(refused.code(), "ARCHIVE-ANCHOR");
    let refused = world.archive.audit(Some(&Anchor::Checkpoint("x".to_owned()))).await.unwrap_err();
    assert_eq!(refused.code(), "ARCHIVE-ANCHOR");
}

#[tokio::test]
async fn in_a_log_of_several_tiles_each_is_checked() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let mut batch = Batch::new();
            for _ in 0..200 {
                ids.push(world.archive.stage(&mut batch, entry("{}")).await.unwrap());
            }
            world.store.commit(batch).await.unwrap();
            world.archive.integrate().await.unwrap();
        }
        let report = world.archive.audit(None).await.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!(report.entries, 600);
        let saved = rows(&world, "archive_tile", &["level", "tile_index", "hashes"]).await;
        for tile in &saved {
            let (Value::Int(level), Value::Int(index)) = (&tile[0], &tile[1]) else { panic!() };
            let update = "update archive_tile set hashes = $1 where level = $2 and tile_index = $3";
            let Value::Blob(mut bytes) = tile[2].clone() else { panic!() };
            *bytes.last_mut().unwrap() ^= 1;
            world.tamper(update, params![bytes, *level, *index]).await;
            let (level8, index64) = (u8::try_from(*level).unwrap(), u64::try_from(*index).unwrap());
            assert_eq!(fault(&world).await, Fault::Tile { level: level8, index: index64 });
            world
                .tamper(
                    update,
                    params![
                        match &tile[2] {
                            Value::Blob(bytes) => bytes.clone(),
                            _ => panic!(),
                        },
                        *level,
                        *index
                    ],
                )
                .await;
        }
        world.tamper("delete from archive_leaf where leaf_index = 300", params![]).await;
        assert_eq!(fault(&world).await, Fault::Removed { index: 300 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_in_use_is_audited_without_false_alarm() {
    for store in stores().await {
        let world = World::on(store).await;
        let archive = world.archive.clone();
        let writer = tokio::spawn(async move {
            for _ in 0..300 {
                archive.append(entry("{}")).await.unwrap();
            }
        });
        while !writer.is_finished() {
            let report = world.archive.audit(None).await.unwrap();
            assert!(report.is_sound(), "{report}");
        }
        writer.await.unwrap();
    }
}

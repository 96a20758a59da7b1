//! The log's own rows: tiles, checkpoints and state; and archives in which all is as it was.

use altinn_archive::{EntryId, ErasureOrder, Fault, Participant, Reader, Rollback};
use altinn_core::AuthenticationLevel;
use altinn_core::store::{Batch, Value, params};

use super::world::{World, entry, stores};
use super::{assert_altered, assert_fault, fault, rows, worlds};

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
        let (archive, keys) = (world.archive.clone(), world.keys.clone());
        let writer = tokio::spawn(async move {
            let officer = Participant::new("50003", "Saksbehandler");
            let order = ErasureOrder::new(officer.clone(), AuthenticationLevel::VerySensitive, "a reason");
            for n in 0..200 {
                let receipt = archive.append(entry("{}")).await.unwrap();
                archive.read_as(Reader::new(officer.clone(), "")).get(receipt.entry()).await.unwrap();
                if n % 3 == 0 {
                    archive.erase(receipt.entry(), &order).await.unwrap();
                }
                if n % 50 == 7 {
                    keys.rotate().unwrap();
                    while archive.rotate_keys(10).await.unwrap().more {}
                }
            }
        });
        while !writer.is_finished() {
            let report = world.archive.audit(None).await.unwrap();
            assert!(report.is_sound(), "{report}");
        }
        writer.await.unwrap();
    }
}

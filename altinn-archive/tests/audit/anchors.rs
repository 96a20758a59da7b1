//! What only something that was kept outside can find.

use altinn_archive::log::Checkpoint;
use altinn_archive::{Anchor, Digest, Fault, Receipt, Rollback};
use altinn_core::store::params;

use super::world::{World, entry, log_key, stores};
use super::{put_rows, rows, worlds};

/// The tables of the log, and of entries.
const TABLES: [(&str, &[&str]); 7] = [
    ("archive_entry", &["id", "version", "commitments", "sealed", "wrap", "key_id"]),
    ("archive_tag", &["tag", "time", "entry_id"]),
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
            put_rows(&world, table, columns, rows).await;
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

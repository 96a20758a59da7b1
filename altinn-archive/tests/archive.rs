//! What an archive does for those who use it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use altinn_archive::log::verify_consistency;
use altinn_archive::{
    Archive, ArchiveError, ArchiveKeys, ContentError, EntryError, EntryId, LogKey, NewElement, Objects,
    Receipt, ReceiptState,
};
use altinn_core::store::{Batch, params};
use world::{CountingSalts, World, entry, stores};

const AT_MOST: Duration = Duration::from_secs(20);

async fn stage(world: &World, form: &str) -> EntryId {
    let mut batch = Batch::new();
    let id = world.archive.stage(&mut batch, entry(form)).await.unwrap();
    world.store.commit(batch).await.unwrap();
    id
}

#[tokio::test]
async fn what_is_appended_is_read_back_and_its_receipt_verifies_offline() {
    for store in stores().await {
        let world = World::on(store).await;
        let receipt = world.archive.append(entry(r#"{"a":1}"#)).await.unwrap();
        let key = world.archive.verifier_key().to_string().parse().unwrap();
        let receipt: Receipt = receipt.to_json().parse().unwrap();
        receipt.verify(&key).unwrap();
        receipt.verify_content("form", br#"{"a":1}"#).unwrap();
        receipt.verify_content("plan", b"%PDF-1.7").unwrap();
        assert_eq!(receipt.verify_content("form", b"{}").unwrap_err().code(), "RECEIPT-CONTENT");
        assert_eq!(receipt.verify_content("other", b"{}").unwrap_err().code(), "RECEIPT-NO-ELEMENT");

        let fields = world.archive.get(receipt.entry()).await.unwrap();
        assert_eq!(fields.labels["case"], "2026/17");
        assert_eq!(fields.time.to_rfc3339(), "2026-11-23T12:00:00.123456+00:00");
        assert_eq!(fields.element("form").unwrap().data_type, "skjema");
        assert_eq!(fields.element("plan").unwrap().file_name.as_deref(), Some("plan.pdf"));
        assert!(receipt.fields().labels.is_empty(), "a receipt shows no labels");
        assert_eq!(receipt.fields().party.expose(), ("50001", "Bakeriet AS"));
        let content = world.archive.content(receipt.entry(), "form").await.unwrap();
        assert_eq!(content.bytes(100).await.unwrap(), r#"{"a":1}"#);
    }
}

#[tokio::test]
async fn a_receipt_is_the_same_bytes_whenever_it_is_asked_for() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut first = Vec::new();
        for n in 0..5 {
            first.push(world.archive.append(entry(n.to_string())).await.unwrap());
        }
        for n in 0..300 {
            stage(&world, &n.to_string()).await;
        }
        world.archive.integrate().await.unwrap();
        let other = world.reopened().await.unwrap();
        for receipt in first {
            let again = world.archive.receipt(receipt.entry()).await.unwrap().proved().unwrap();
            assert_eq!(again.to_json(), receipt.to_json());
            let again = other.prove(receipt.entry(), AT_MOST).await.unwrap().proved().unwrap();
            assert_eq!(again.to_json(), receipt.to_json());
        }
    }
}

#[tokio::test]
async fn a_staged_entry_is_promised_and_the_promise_becomes_a_receipt() {
    for store in stores().await {
        let world = World::on(store).await;
        let id = stage(&world, "{}").await;
        let ReceiptState::Promised(promise) = world.archive.receipt(id).await.unwrap() else {
            panic!("nothing has been integrated");
        };
        let again = world.archive.receipt(id).await.unwrap();
        assert_eq!(again, ReceiptState::Promised(promise.clone()));
        let key = world.archive.verifier_key();
        let promise: altinn_archive::Promise = promise.to_json().parse().unwrap();
        promise.verify(key).unwrap();
        let other = LogKey::generate("archive.example.no/log").unwrap();
        assert_eq!(promise.verify(other.verifier_key()).unwrap_err().code(), "RECEIPT-OTHER-LOG");
        let altered: altinn_archive::Promise =
            promise.to_json().replace("Bakeriet AS", "Bakeriet AB").parse().unwrap();
        assert_eq!(altered.verify(key).unwrap_err().code(), "RECEIPT-PROMISE");

        let proved = world.archive.prove(id, AT_MOST).await.unwrap().proved().unwrap();
        proved.verify(key).unwrap();
    }
}

#[tokio::test]
async fn an_entry_is_archived_with_its_batch_or_not_at_all() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut batch = Batch::new();
        let id = world.archive.stage(&mut batch, entry("{}")).await.unwrap();
        batch.execute_one("delete from archive_entry where id = $1", params![uuid::Uuid::nil()]);
        assert!(world.store.commit(batch).await.unwrap_err().is_conflict());
        let refused = world.archive.prove(id, AT_MOST).await.unwrap_err();
        assert_eq!(refused, ArchiveError::NotFound { entry: id });
        assert_eq!(world.archive.get(id).await.unwrap_err().code(), "ARCHIVE-NOT-FOUND");
        assert_eq!(world.archive.integrate().await.unwrap().added, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_submitters_on_several_nodes_each_get_a_receipt_of_one_log() {
    for store in stores().await {
        let world = World::on(store).await;
        let nodes = [world.archive.clone(), world.reopened().await.unwrap(), world.reopened().await.unwrap()];
        let submit = |n: usize| {
            let archive = nodes[n % nodes.len()].clone();
            tokio::spawn(async move { archive.append(entry(n.to_string())).await.unwrap() })
        };
        let tasks: Vec<_> = (0..192).map(submit).collect();
        let mut places = BTreeSet::new();
        for task in tasks {
            let receipt = task.await.unwrap();
            receipt.verify(world.archive.verifier_key()).unwrap();
            places.insert(receipt.leaf_index());
        }
        assert!(places.into_iter().eq(0..192), "every entry has a place of its own");
        assert_eq!(world.archive.integrate().await.unwrap().size, 192);
        let row = world.store.query_one("select count(*) as n from archive_checkpoint", params![]).await;
        let rounds: i64 = row.unwrap().get("n").unwrap();
        assert!(rounds < 150, "those who wait share the work: {rounds} rounds");
    }
}

#[tokio::test]
async fn one_integration_takes_as_many_entries_as_wait_up_to_its_limit() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut last = None;
        for _ in 0..5 {
            let mut batch = Batch::new();
            for n in 0..1_000 {
                last = Some(world.archive.stage(&mut batch, entry(n.to_string())).await.unwrap());
            }
            world.store.commit(batch).await.unwrap();
        }
        let first = world.archive.integrate().await.unwrap();
        assert_eq!((first.added, first.size), (4_096, 4_096));
        let receipt = world.archive.prove(last.unwrap(), AT_MOST).await.unwrap().proved().unwrap();
        assert_eq!(receipt.leaf_index(), 4_999);
        let nothing = world.archive.integrate().await.unwrap();
        assert_eq!((nothing.added, nothing.size), (0, 5_000));
    }
}

#[tokio::test]
async fn an_archive_does_not_open_with_another_key() {
    for store in stores().await {
        let world = World::on(store).await;
        world.reopened().await.unwrap();
        for origin in ["archive.example.no/log", "other.example.no/log"] {
            let key = LogKey::generate(origin).unwrap();
            let objects = Objects::folder(world.folder.path()).unwrap();
            let keys = ArchiveKeys::shared(key, world.keys.clone());
            let refused = Archive::open(world.store.clone(), objects, keys).await.unwrap_err();
            assert_eq!(refused.code(), "ARCHIVE-OTHER-KEY");
        }
    }
}

#[tokio::test]
async fn large_content_goes_to_the_object_store_and_comes_back_whole() {
    for store in stores().await {
        let world = World::on(store).await;
        for size in [65_536, 65_537, 8 << 20, (8 << 20) + 1, (20 << 20) + 7] {
            let bytes: Vec<u8> = (0..size).map(|n: usize| (n % 251) as u8).collect();
            let receipt = world.archive.append(entry(bytes.clone())).await.unwrap();
            receipt.verify_content("form", &bytes).unwrap();
            let content = world.archive.content(receipt.entry(), "form").await.unwrap();
            assert_eq!(content.size(), size as u64);
            assert!(content.bytes(u64::MAX).await.unwrap() == bytes);
            let content = world.archive.content(receipt.entry(), "form").await.unwrap();
            let refused = content.bytes(10).await.unwrap_err();
            assert_eq!(refused, ContentError::TooLarge { size: size as u64, limit: 10 });
        }
    }
}

#[tokio::test]
async fn content_is_taken_piece_by_piece() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut writer = world.archive.content_writer().unwrap();
        for _ in 0..100 {
            writer.write(&[7; 1_000]).await.unwrap();
        }
        let stored = writer.finish().await.unwrap();
        let mut batch = Batch::new();
        let entry = entry("{}").with_element(NewElement::new("film", "video/mp4", stored));
        let id = world.archive.stage(&mut batch, entry).await.unwrap();
        world.store.commit(batch).await.unwrap();
        let content = world.archive.content(id, "film").await.unwrap();
        assert!(content.bytes(1 << 20).await.unwrap() == vec![7; 100_000]);
        assert_eq!(world.archive.content(id, "other").await.unwrap_err().code(), "ARCHIVE-NO-ELEMENT");
    }
}

#[tokio::test]
async fn an_entry_beyond_the_limits_is_refused_by_name() {
    let world = World::on(stores().await.remove(0)).await;
    let stage = async |entry| match world.archive.stage(&mut Batch::new(), entry).await.unwrap_err() {
        ArchiveError::Entry(error) => error,
        other => panic!("{other}"),
    };
    let element = |name: &str| NewElement::new(name, "text/plain", Vec::new());
    assert_eq!(
        stage(entry("").with_element(element("form"))).await,
        EntryError::DuplicateElement { name: "form".to_owned() }
    );
    assert_eq!(stage(entry("").with_element(element(""))).await.code(), "ENTRY-LENGTH");
    assert_eq!(stage(entry("").with_label("a", "b".repeat(1_001))).await.code(), "ENTRY-LENGTH");
    let many = (0..255).fold(entry(""), |entry, n| entry.with_element(element(&n.to_string())));
    assert_eq!(stage(many).await.code(), "ENTRY-TOO-MANY");
}

#[tokio::test]
async fn altered_content_is_not_given_out_as_archived() {
    for store in stores().await {
        let world = World::on(store).await;
        let id = world.archive.append(entry("{}")).await.unwrap().entry();
        world
            .tamper("update archive_content set bytes = $1 where position = 0", params![b"[]".to_vec()])
            .await;
        let content = world.archive.content(id, "form").await.unwrap();
        assert_eq!(content.bytes(100).await.unwrap_err(), ContentError::Altered);
    }
}

#[tokio::test]
async fn altered_fields_are_not_given_out_as_archived() {
    for store in stores().await {
        let world = World::on(store).await;
        let id = world.archive.append(entry("{}")).await.unwrap().entry();
        world.tamper("update archive_entry set sealed = commitments", params![]).await;
        assert_eq!(world.archive.get(id).await.unwrap_err().code(), "ARCHIVE-DAMAGED");
        assert_eq!(world.archive.receipt(id).await.unwrap_err().code(), "ARCHIVE-DAMAGED");
    }
}

#[tokio::test]
async fn nothing_is_signed_over_a_damaged_log() {
    for store in stores().await {
        let world = World::on(store).await;
        world.archive.append(entry("{}")).await.unwrap();
        stage(&world, "{}").await;
        world.tamper("update archive_tile set hashes = $1", params![[1_u8; 32]]).await;
        let other = world.reopened().await.unwrap();
        assert_eq!(other.integrate().await.unwrap_err().code(), "ARCHIVE-DAMAGED");
    }
}

#[tokio::test]
async fn an_entry_staged_twice_by_an_intruder_is_found_and_stops_the_log() {
    for store in stores().await {
        let world = World::on(store).await;
        let id = world.archive.append(entry("{}")).await.unwrap().entry();
        world
            .tamper("insert into archive_staged (entry_id, leaf) values ($1, $2)", params![id, [1_u8; 32]])
            .await;
        assert_eq!(world.archive.integrate().await.unwrap_err().code(), "ARCHIVE-DAMAGED");
    }
}

#[tokio::test]
async fn salts_from_elsewhere_make_a_repeatable_archive() {
    let world = World::on(stores().await.remove(0)).await;
    let archive = world.archive.clone().with_salts(Arc::new(CountingSalts::default()));
    let again = world.archive.clone().with_salts(Arc::new(CountingSalts::default()));
    let salts = |receipt: Receipt| {
        let json: serde_json::Value = serde_json::from_str(&receipt.to_json()).unwrap();
        json["fields"].as_array().unwrap().iter().map(|field| field["salt"].clone()).collect::<Vec<_>>()
    };
    let first = salts(archive.append(entry("{}")).await.unwrap());
    assert_eq!(salts(again.append(entry("{}")).await.unwrap()), first);
    assert_ne!(salts(again.append(entry("{}")).await.unwrap()), first);
}

#[tokio::test]
async fn every_tree_that_was_signed_grew_out_of_the_one_before() {
    use altinn_archive::log::{Checkpoint, Tile, TileId, Tiles, consistency_proof};
    for store in stores().await {
        let world = World::on(store).await;
        for n in 0..40_u32 {
            for _ in 0..n % 23 {
                stage(&world, "{}").await;
            }
            world.archive.integrate().await.unwrap();
        }
        let tiles =
            world.store.query("select level, tile_index, hashes from archive_tile", params![]).await.unwrap();
        let tiles: Tiles = tiles
            .iter()
            .map(|row| {
                let id = TileId { level: row.get("level").unwrap(), index: row.get("tile_index").unwrap() };
                Tile::from_bytes(id, &row.get::<Vec<u8>>("hashes").unwrap()).unwrap()
            })
            .collect();
        let notes =
            world.store.query("select note from archive_checkpoint order by size", params![]).await.unwrap();
        let checkpoint = |row: &altinn_core::store::Row| {
            Checkpoint::verify(&row.get::<String>("note").unwrap(), world.archive.verifier_key()).unwrap()
        };
        let checkpoints: Vec<_> = notes.iter().map(checkpoint).collect();
        for pair in checkpoints.windows(2) {
            let proof = consistency_proof(pair[0].size, pair[1].size, &tiles).unwrap();
            verify_consistency(
                pair[0].size,
                pair[1].size,
                &proof,
                pair[0].root.as_bytes(),
                pair[1].root.as_bytes(),
            )
            .unwrap();
        }
        assert!(checkpoints.len() > 30);
    }
}

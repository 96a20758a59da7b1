//! What a log gives to mirrors, witnesses and auditors.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::sync::Arc;

use altinn_archive::log::{
    Checkpoint, SignedNote, TileId, TilePath, Witness, WitnessKey, leaf_hash, root, verify_consistency,
};
use altinn_archive::{Anchor, Consistency, Digest, Receipt, Rollback};
use altinn_core::key::SigningKey;
use altinn_core::store::{Batch, params};
use altinn_core::{Clock, IdSource};
use chrono::TimeDelta;
use uuid::Uuid;
use world::{CountingSalts, World, entry, stores};

async fn grow(world: &World, entries: usize) {
    let mut batch = Batch::new();
    for n in 0..entries {
        world.archive.stage(&mut batch, entry(n.to_string())).await.unwrap();
    }
    world.store.commit(batch).await.unwrap();
    world.archive.integrate().await.unwrap();
}

async fn served(world: &World, path: &str) -> Option<Vec<u8>> {
    world.archive.serve(path.parse().unwrap()).await.unwrap()
}

/// The entries of a bundle.
fn unbundle(mut bundle: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)));
        entries.push(entry.to_vec());
        bundle = rest;
    }
    entries
}

#[tokio::test]
async fn a_mirror_builds_the_whole_tree_from_what_is_served() {
    for store in stores().await {
        let world = World::on(store).await;
        assert_eq!(served(&world, "checkpoint").await, None);
        grow(&world, 300).await;
        let checkpoint = String::from_utf8(served(&world, "checkpoint").await.unwrap()).unwrap();
        let checkpoint = Checkpoint::verify(&checkpoint, world.archive.verifier_key()).unwrap();
        assert_eq!(checkpoint.size, 300);
        let mut leaves: Vec<Digest> = Vec::new();
        for path in ["tile/entries/000", "tile/entries/001.p/44"] {
            leaves
                .extend(unbundle(&served(&world, path).await.unwrap()).iter().map(|entry| leaf_hash(entry)));
        }
        assert_eq!(root(&leaves), checkpoint.root);
        let bytes = |hashes: &[Digest]| hashes.iter().flat_map(|hash| *hash.as_bytes()).collect::<Vec<u8>>();
        assert_eq!(served(&world, "tile/0/000").await, Some(bytes(&leaves[..256])));
        assert_eq!(served(&world, "tile/0/001.p/44").await, Some(bytes(&leaves[256..])));
        assert_eq!(served(&world, "tile/0/001.p/10").await, Some(bytes(&leaves[256..266])));
        assert_eq!(served(&world, "tile/1/000.p/1").await, Some(bytes(&[root(&leaves[..256])])));
        for path in [
            "tile/0/001",
            "tile/0/001.p/45",
            "tile/1/000",
            "tile/2/000.p/1",
            "tile/entries/001.p/45",
            "tile/entries/x999/x999/999",
            "tile/entries/x018/x446/x744/x073/x709/x551/615",
        ] {
            assert_eq!(served(&world, path).await, None, "{path}");
        }
    }
}

#[tokio::test]
async fn an_auditor_sees_that_the_log_only_grew() {
    for store in stores().await {
        let world = World::on(store).await;
        for entries in [1, 6, 250, 1, 300] {
            grow(&world, entries).await;
        }
        let key = world.archive.verifier_key();
        for (first, second) in [(1, 7), (7, 558), (257, 258), (258, 258)] {
            let proof = world.archive.consistency(first, second).await.unwrap();
            let proof: Consistency = serde_json::from_str(&serde_json::to_string(&proof).unwrap()).unwrap();
            assert_eq!(proof.verify(key), Ok((first, second)));
            let mut wrong = proof.clone();
            wrong.second =
                world.archive.checkpoint_of(if second == 558 { 258 } else { 558 }).await.unwrap().to_string();
            assert_eq!(wrong.verify(key).unwrap_err().code(), "RECEIPT-INCLUSION");
        }
        assert_eq!(world.archive.consistency(2, 7).await.unwrap_err().code(), "ARCHIVE-NO-CHECKPOINT");
        assert_eq!(world.archive.consistency(7, 1).await.unwrap_err().code(), "PROOF-SIZES");
        let roots = |note: &SignedNote| Checkpoint::verify(&note.to_string(), key).unwrap().root;
        let notes =
            (world.archive.checkpoint_of(1).await.unwrap(), world.archive.checkpoint_of(7).await.unwrap());
        let (first, second) = (roots(&notes.0), roots(&notes.1));
        assert!(verify_consistency(1, 7, &[], first.as_bytes(), second.as_bytes()).is_err());
    }
}

#[test]
fn a_cosignature_of_the_specification_has_its_form() {
    let witness = Witness::new("witness.example/w1", SigningKey::from_seed(&[1; 32]).unwrap()).unwrap();
    let text = witness.key().to_string();
    assert_eq!(text.parse::<WitnessKey>().unwrap(), *witness.key());
    let log_key = text.parse::<altinn_archive::VerifierKey>();
    assert_eq!(log_key.unwrap_err().code(), "KEY-ALGORITHM");
    let key_of_a_log = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(key_of_a_log.parse::<WitnessKey>().unwrap_err().code(), "KEY-ALGORITHM");
    let note: SignedNote =
        "example.com/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— example.com/log AAAAAAA=\n"
            .parse()
            .unwrap();
    let line = witness.cosign(&note, "2023-03-20T13:05:47Z".parse().unwrap());
    assert_eq!(line.bytes().len(), 8 + 64);
    assert_eq!(line.bytes()[..8], 1_679_317_547_u64.to_be_bytes());
    // What is signed, by hand.
    let message = format!("cosignature/v1\ntime 1679317547\n{}", note.text());
    let key = SigningKey::from_seed(&[1; 32]).unwrap().verifying_key();
    key.verify(message.as_bytes(), &line.bytes()[8..]).unwrap();
    assert!(witness.key().verify("another text\n", &line).is_err());
}

#[tokio::test]
async fn a_witness_cosigns_and_receipts_carry_it() {
    for store in stores().await {
        let world = World::on(store).await;
        let receipt = world.archive.append(entry("{}")).await.unwrap();
        let witnesses = ["a.example", "b.example", "c.example"]
            .map(|name| Witness::new(name, SigningKey::generate().unwrap()).unwrap());
        let note = world.archive.checkpoint().await.unwrap().unwrap();
        let time = "2026-11-23T12:00:01Z".parse().unwrap();
        let all = witnesses
            .iter()
            .fold(note.clone(), |all, witness| all.with_signature(witness.cosign(&note, time)));
        let trusted: Vec<_> = witnesses[..2].iter().map(|witness| witness.key().clone()).collect();
        for _ in 0..2 {
            let cosigned = world.archive.cosign(&all.to_string(), &trusted).await.unwrap();
            let names: Vec<_> = cosigned.iter().map(|cosigned| cosigned.witness.as_str()).collect();
            assert_eq!(names, ["a.example", "b.example"]);
        }
        let served = String::from_utf8(served(&world, "checkpoint").await.unwrap()).unwrap();
        assert_eq!(served.lines().count(), 3 + 1 + 3, "{served}");

        let cosigned = world.archive.cosigned_receipt(receipt.entry()).await.unwrap();
        let cosigned: Receipt = cosigned.to_json().parse().unwrap();
        cosigned.verify(world.archive.verifier_key()).unwrap();
        let found = cosigned.verify_cosignatures(&trusted).unwrap();
        assert_eq!((found.len(), found[0].time), (2, time));
        assert_eq!(cosigned.verify_cosignatures(&[witnesses[2].key().clone()]).unwrap(), []);
        let again = world.archive.receipt(receipt.entry()).await.unwrap().proved().unwrap();
        assert_eq!(again.to_json(), receipt.to_json(), "the receipt itself stays as it was");

        let later = world.archive.append(entry("{}")).await.unwrap();
        let mixed = later.to_json().replace(
            r#""cosignatures":[]"#,
            &format!(
                r#""cosignatures":[{}]"#,
                serde_json::json!(witnesses[0].cosign(&note, time).to_string())
            ),
        );
        let mixed: Receipt = mixed.parse().unwrap();
        mixed.verify(world.archive.verifier_key()).unwrap();
        assert_eq!(mixed.verify_cosignatures(&trusted).unwrap_err().code(), "RECEIPT-COSIGNATURE");
    }
}

#[tokio::test]
async fn a_cosignature_that_does_not_fit_is_not_kept() {
    let world = World::on(stores().await.remove(0)).await;
    world.archive.append(entry("{}")).await.unwrap();
    let witness = Witness::new("a.example", SigningKey::generate().unwrap()).unwrap();
    let trusted = [witness.key().clone()];
    let note = world.archive.checkpoint().await.unwrap().unwrap();
    let time = "2026-11-23T12:00:01Z".parse().unwrap();
    world.archive.append(entry("{}")).await.unwrap();
    let later = world.archive.checkpoint().await.unwrap().unwrap();
    let wrong = later.with_signature(witness.cosign(&note, time));
    assert_eq!(
        world.archive.cosign(&wrong.to_string(), &trusted).await.unwrap_err().code(),
        "ARCHIVE-ANCHOR"
    );
    let other = World::on(stores().await.remove(0)).await;
    assert_eq!(other.archive.cosign(&note.to_string(), &trusted).await.unwrap_err().code(), "ARCHIVE-ANCHOR");
    assert_eq!(world.archive.cosign("no note", &trusted).await.unwrap_err().code(), "ARCHIVE-ANCHOR");
    let kept =
        world.store.query_one("select count(*) as n from archive_cosignature", params![]).await.unwrap();
    assert_eq!(kept.get::<i64>("n").unwrap(), 0);
}

#[tokio::test]
async fn a_rollback_is_found_by_what_a_witness_or_a_file_has_kept() {
    for store in stores().await {
        let world = World::on(store).await;
        grow(&world, 3).await;
        let witness = Witness::new("a.example", SigningKey::generate().unwrap()).unwrap();
        let note = world.archive.checkpoint().await.unwrap().unwrap();
        let time = "2026-11-23T12:00:01Z".parse().unwrap();
        let kept = Anchor::Checkpoint(note.clone().with_signature(witness.cosign(&note, time)).to_string());
        grow(&world, 2).await;
        let report = world.archive.audit(Some(&kept)).await.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!(report.rollback, Rollback::Excluded { size: 3 });
    }
}

#[tokio::test]
async fn a_clock_that_goes_backwards_changes_times_and_nothing_else() {
    for store in stores().await {
        let world = World::on(store).await;
        let mut receipts = vec![world.archive.append(entry("{}")).await.unwrap()];
        for _ in 0..5 {
            world.clock.set(world.clock.now() - TimeDelta::hours(7));
            receipts.push(world.archive.append(entry("{}")).await.unwrap());
        }
        for (place, receipt) in receipts.iter().enumerate() {
            receipt.verify(world.archive.verifier_key()).unwrap();
            assert_eq!(receipt.leaf_index(), place as u64);
        }
        assert!(receipts[0].fields().time > receipts[5].fields().time);
        let report = world.archive.audit(Some(&receipts[5].clone().into())).await.unwrap();
        assert!(report.is_sound(), "{report}");
    }
}

/// Ids that fall.
#[derive(Debug, Default)]
struct FallingIds(std::sync::atomic::AtomicU64);

impl IdSource for FallingIds {
    fn next_id(&self) -> Uuid {
        let n = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Uuid::from_u64_pair(0x01a2_0b42_1edf_7000 - n, 0xb95d_dfd7_8035_0d9a)
    }
}

#[tokio::test]
async fn ids_that_fall_as_after_a_clock_was_put_back_lose_nothing() {
    for store in stores().await {
        let world = World::on(store).await;
        let archive = world.archive.clone().with_ids(Arc::new(FallingIds::default()));
        for n in 0..20_u64 {
            assert_eq!(archive.append(entry("{}")).await.unwrap().leaf_index(), n);
        }
        assert!(archive.audit(None).await.unwrap().is_sound());
    }
}

#[tokio::test]
async fn a_receipt_of_version_1_reads_as_it_always_did() {
    let world = World::on(stores().await.remove(0)).await;
    let keys = world::repeatable_log_key();
    let archive = world.with_log_key(keys).await.with_salts(Arc::new(CountingSalts::default()));
    let receipt = archive.with_ids(Arc::new(FallingIds::default())).append(entry("{}")).await.unwrap();
    let kept = include_str!("snapshots/receipt.v1.json");
    assert_eq!(format!("{}\n", receipt.to_json()), kept);
    kept.trim_end().parse::<Receipt>().unwrap().verify(world::repeatable_log_key().verifier_key()).unwrap();
}

#[tokio::test]
async fn a_tile_is_the_one_that_is_asked_for() {
    let world = World::on(stores().await.remove(0)).await;
    grow(&world, 5).await;
    let path = TilePath::Tile { id: TileId { level: 0, index: 0 }, width: 5 };
    assert_eq!(world.archive.serve(path).await.unwrap().unwrap().len(), 5 * 32);
}

//! What the log costs, beside what cannot be saved, in the same run.
//!
//! `cargo bench -p altinn-archive --bench log [-- ROUNDS]`: the tree alone beside pure hashing with ring, integrating from
//! and to the store, and what a proof reads from a log of 10 million entries.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use altinn_archive::log::{
    Frontier, Node, Tile, TileId, Tiles, inclusion_nodes, inclusion_proof, leaf_hash, verify_inclusion,
};
use altinn_archive::{Archive, ArchiveKeys, Digest, LogKey, MIGRATIONS, MemoryKeys, Objects};
use altinn_core::store::{Batch, Column, ColumnKind, InsertRows, Store, Value, params};
use uuid::Uuid;

/// How many leaves the tree gets in a round.
const TREE_LEAVES: u64 = 400_000;
/// How many leaves are integrated in a round.
const INTEGRATED: u64 = 40_960;
/// How many leaves are staged in one batch.
const STAGED_AT_ONCE: u64 = 4_096;
/// How many entries the log has from which a proof is read.
const LARGE_LOG: u64 = 10_000_000;
/// The most tiles that a proof may read; two more rows say where the leaf is, and what was signed.
const MOST_TILES: usize = 38;

static STAGED: InsertRows = InsertRows::new(
    "archive_staged",
    &[Column::new("entry_id", ColumnKind::Uuid), Column::new("leaf", ColumnKind::Blob)],
);

fn leaf(n: u64) -> Digest {
    leaf_hash(&n.to_be_bytes())
}

/// Median, smallest and largest.
fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    format!("{:.2} ({:.2} to {:.2})", values[values.len() / 2], values[0], values[values.len() - 1])
}

/// Leaves a second through the tree with its tiles, and through as many hashes of the same size by ring alone: a tree of
/// n leaves has n - 1 nodes above them.
fn tree(leaves: &[Digest]) -> (f64, f64) {
    let start = Instant::now();
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.push(*leaf, |tile| drop(black_box(tile)));
    }
    black_box(frontier.root());
    let ours = leaves.len() as f64 / start.elapsed().as_secs_f64();

    let start = Instant::now();
    for pair in leaves.windows(2) {
        let mut node = [1; 65];
        node[1..33].copy_from_slice(pair[0].as_bytes());
        node[33..].copy_from_slice(pair[1].as_bytes());
        black_box(ring::digest::digest(&ring::digest::SHA256, black_box(&node)));
    }
    (ours, leaves.len() as f64 / start.elapsed().as_secs_f64())
}

/// Leaves a second from staged rows to leaves, tiles and signed checkpoints, on disk.
async fn integrate(folder: &Path, round: usize) -> f64 {
    let store =
        Store::open(&format!("sqlite:{}", folder.join(format!("{round}.db")).display())).await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let keys =
        ArchiveKeys::new(LogKey::generate("bench.example/log").unwrap(), MemoryKeys::generate().unwrap());
    let archive = Archive::open(store.clone(), Objects::folder(folder).unwrap(), keys).await.unwrap();
    for _ in 0..INTEGRATED / STAGED_AT_ONCE {
        let mut batch = Batch::new();
        let rows: Vec<Vec<Value>> = (0..STAGED_AT_ONCE).map(|n| params![Uuid::now_v7(), leaf(n)]).collect();
        batch.insert_rows(&STAGED, rows);
        store.commit(batch).await.unwrap();
    }
    let start = Instant::now();
    let mut integrated = 0;
    while integrated < INTEGRATED {
        integrated += archive.integrate().await.unwrap().added;
    }
    INTEGRATED as f64 / start.elapsed().as_secs_f64()
}

/// The most tiles that the proof of a leaf reads from a log of 10 million entries: counted for every leaf of a sample, and
/// for some of them the proof is made from these tiles alone and verified.
fn tiles_of_a_proof() -> usize {
    let mut all: std::collections::BTreeMap<TileId, Tile> = Default::default();
    let mut frontier = Frontier::new();
    for n in 0..LARGE_LOG {
        frontier.push(leaf(n), |tile| drop(all.insert(tile.id, tile)));
    }
    all.extend(frontier.partial_tiles().map(|tile| (tile.id, tile)));
    let root = frontier.root();
    let sample = (0..LARGE_LOG).step_by(9_973).chain([255, 256, LARGE_LOG - 257, LARGE_LOG - 1]);
    let mut most = 0;
    for index in sample {
        let nodes = inclusion_nodes(index, LARGE_LOG).unwrap();
        let ids: BTreeSet<_> = nodes.into_iter().map(Node::tile).collect();
        most = most.max(ids.len());
        let read: Tiles = ids.iter().map(|id| all[id].clone()).collect();
        let proof = inclusion_proof(index, LARGE_LOG, &read).unwrap();
        verify_inclusion(&leaf(index), index, LARGE_LOG, &proof, &root).unwrap();
    }
    most
}

#[tokio::main]
async fn main() {
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(3);
    let leaves: Vec<Digest> = (0..TREE_LEAVES).map(leaf).collect();
    let runs: Vec<_> = (0..rounds).map(|_| tree(&leaves)).collect();
    println!("tree: {} of pure hashing", spread(runs.iter().map(|(ours, bare)| ours / bare).collect()));
    println!("  {} million leaves a second", spread(runs.iter().map(|(ours, _)| ours / 1e6).collect()));

    let folder = tempfile::TempDir::new().unwrap();
    let mut speeds = Vec::new();
    for round in 0..rounds {
        speeds.push(integrate(folder.path(), round).await / 1e3);
    }
    println!("integrating: {} thousand leaves a second", spread(speeds));

    let most = tiles_of_a_proof();
    println!("proof from {LARGE_LOG} entries: at most {most} tiles and 2 rows");
    assert!(most <= MOST_TILES, "a proof reads {most} tiles");
}

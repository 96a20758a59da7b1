//! Leaves a second of the log's tree and of its peers, beside as many hashes by ring alone, in one run.
//!
//! `cargo run --release` in this folder; arguments are how many leaves the trees get (400,000) and how many rounds (5).
//! Every tree gets hashes of leaves and ends with its root; ours makes its tiles on the way. The roots of ours and of
//! ct-merkle, which is RFC 6962 too, are compared. rs_merkle builds another tree, over the same leaves in one go.

use std::hint::black_box;
use std::time::Instant;

use altinn_archive::Digest;
use altinn_archive::log::{Frontier, leaf_hash};
use ct_merkle::HashableLeaf;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use rs_merkle::{Hasher, MerkleTree};

/// A leaf whose bytes are the number of the leaf, for trees that hash their leaves themselves.
struct Leaf([u8; 8]);

impl HashableLeaf for Leaf {
    fn hash<H: sha2::digest::Update>(&self, hasher: &mut H) {
        hasher.update(&self.0);
    }
}

/// SHA-256 by ring, for a tree that leaves the choice.
#[derive(Clone)]
struct Ring;

impl Hasher for Ring {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        *Digest::of(data).as_bytes()
    }
}

fn main() {
    let numbers: Vec<usize> =
        std::env::args().skip(1).map(|argument| argument.parse().expect("a number")).collect();
    let (leaves, rounds) =
        (numbers.first().copied().unwrap_or(400_000), numbers.get(1).copied().unwrap_or(5));
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        let bare = seconds(|| hashes(leaves));
        let (mut own, mut other) = (None, None);
        let trees = [
            seconds(|| own = Some(ours(leaves))),
            seconds(|| other = Some(ct(leaves))),
            seconds(|| assert!(rs(leaves).is_some())),
        ];
        assert_eq!(own, other, "two trees of RFC 6962 have one root");
        rates.iter_mut().zip(trees).for_each(|(rates, seconds)| rates.push(bare / seconds));
    }
    println!("{leaves} leaves, by as many leaf and node hashes of ring alone:");
    for (name, mut rates) in ["altinn-archive", "ct-merkle 0.3.0", "rs_merkle 1.5.0"].into_iter().zip(rates) {
        rates.sort_by(f64::total_cmp);
        let (median, least, most) = (rates[rates.len() / 2], rates[0], rates[rates.len() - 1]);
        println!("  {name}: {median:.2} ({least:.2} to {most:.2})");
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

fn bytes(leaf: usize) -> [u8; 8] {
    (leaf as u64).to_be_bytes()
}

/// A hash for every leaf, and one for every node above.
fn hashes(leaves: usize) {
    let mut node = [1_u8; 65];
    for leaf in 0..leaves {
        let hash = leaf_hash(&bytes(leaf));
        node[1..33].copy_from_slice(hash.as_bytes());
        black_box(ring::digest::digest(&ring::digest::SHA256, black_box(&node)));
    }
}

fn ours(leaves: usize) -> [u8; 32] {
    let mut frontier = Frontier::new();
    for leaf in 0..leaves {
        frontier.push(leaf_hash(&bytes(leaf)), |tile| drop(black_box(tile)));
    }
    *frontier.root().as_bytes()
}

fn ct(leaves: usize) -> [u8; 32] {
    let mut tree = MemoryBackedTree::<sha2::Sha256, Leaf>::new();
    (0..leaves).for_each(|leaf| tree.push(Leaf(bytes(leaf))));
    (*tree.root().as_bytes()).into()
}

fn rs(leaves: usize) -> Option<[u8; 32]> {
    let hashes: Vec<[u8; 32]> = (0..leaves).map(|leaf| *leaf_hash(&bytes(leaf)).as_bytes()).collect();
    MerkleTree::<Ring>::from_leaves(&hashes).root()
}

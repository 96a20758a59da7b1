//! The log's proofs beside a model that follows the definitions of RFC 6962 word by word.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use altinn_archive::Digest;
use altinn_archive::log::{
    Frontier, ProofError, Tiles, consistency_nodes, consistency_proof, empty_root, inclusion_nodes,
    inclusion_proof, leaf_hash, node_hash, verify_consistency, verify_inclusion, verify_subtree_consistency,
    verify_subtree_inclusion,
};
use proptest::prelude::*;

/// The definitions of section 2.1, over the leaves themselves.
mod model {
    use super::*;

    fn middle(n: usize) -> usize {
        let mut k = 1;
        while k * 2 < n {
            k *= 2;
        }
        k
    }

    pub(super) fn root(leaves: &[Vec<u8>]) -> Digest {
        match leaves {
            [] => empty_root(),
            [leaf] => leaf_hash(leaf),
            _ => {
                let (left, right) = leaves.split_at(middle(leaves.len()));
                node_hash(&root(left), &root(right))
            }
        }
    }

    pub(super) fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<Digest> {
        if leaves.len() <= 1 {
            return Vec::new();
        }
        let k = middle(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut path, beside) =
            if m < k { (path(m, left), root(right)) } else { (path(m - k, right), root(left)) };
        path.push(beside);
        path
    }

    pub(super) fn consistency(m: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<Digest> {
        if m == leaves.len() {
            return if whole { Vec::new() } else { vec![root(leaves)] };
        }
        let k = middle(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut proof, beside) = if m <= k {
            (consistency(m, left, whole), root(right))
        } else {
            (consistency(m - k, right, false), root(left))
        };
        proof.push(beside);
        proof
    }

    /// The consistency proof of the subtree `start..end`, by the definition of the draft.
    pub(super) fn subtree(start: usize, end: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<Digest> {
        if start == 0 && end == leaves.len() {
            return if whole { Vec::new() } else { vec![root(leaves)] };
        }
        let k = middle(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut proof, beside) = if end <= k {
            (subtree(start, end, left, whole), root(right))
        } else if k <= start {
            (subtree(start - k, end - k, right, whole), root(left))
        } else {
            (subtree(0, end - k, right, false), root(left))
        };
        proof.push(beside);
        proof
    }
}

fn leaves(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| n.to_string().into_bytes()).collect()
}

/// The tiles of the tree over the leaves, as an integrator stores them.
fn tiles(leaves: &[Vec<u8>]) -> (Frontier, Tiles) {
    let mut frontier = Frontier::new();
    let mut tiles = Tiles::default();
    for leaf in leaves {
        frontier.push(leaf_hash(leaf), |tile| tiles.insert(tile));
    }
    for tile in frontier.partial_tiles() {
        tiles.insert(tile);
    }
    (frontier, tiles)
}

#[test]
fn every_proof_of_every_small_tree_is_that_of_the_model() {
    let all = leaves(40);
    let (_, tiles) = tiles(&all);
    for size in 1..=all.len() {
        let tree = &all[..size];
        let root = model::root(tree);
        for index in 0..size {
            let proof = inclusion_proof(index as u64, size as u64, &tiles).unwrap();
            assert_eq!(proof, model::path(index, tree));
            verify_inclusion(&leaf_hash(&tree[index]), index as u64, size as u64, &proof, &root).unwrap();
        }
        for first in 1..=size {
            let proof = consistency_proof(first as u64, size as u64, &tiles).unwrap();
            assert_eq!(proof, model::consistency(first, tree, true));
            let first_root = model::root(&all[..first]);
            verify_consistency(first as u64, size as u64, &proof, first_root.as_bytes(), root.as_bytes())
                .unwrap();
        }
    }
}

#[test]
fn every_subtree_of_every_small_tree_is_proved() {
    let all = leaves(24);
    for size in 1..=all.len() {
        let root = model::root(&all[..size]);
        for start in 0..size {
            for end in start + 1..=size {
                let subtree = start as u64..end as u64;
                let proof = if start % (end - start).next_power_of_two() == 0 {
                    model::subtree(start, end, &all[..size], true)
                } else {
                    let refused = verify_subtree_consistency(
                        subtree.clone(),
                        size as u64,
                        &[],
                        root.as_bytes(),
                        root.as_bytes(),
                    );
                    assert!(
                        matches!(refused, Err(ProofError::NotASubtree { .. })),
                        "{subtree:?} {refused:?}"
                    );
                    continue;
                };
                let subtree_root = model::root(&all[start..end]);
                let verify = |proof: &[Digest]| {
                    verify_subtree_consistency(
                        subtree.clone(),
                        size as u64,
                        proof,
                        subtree_root.as_bytes(),
                        root.as_bytes(),
                    )
                };
                verify(&proof).unwrap();
                for (index, leaf) in all.iter().enumerate().take(end).skip(start) {
                    let path = model::path(index - start, &all[start..end]);
                    let leaf = leaf_hash(leaf);
                    verify_subtree_inclusion(&leaf, index as u64, subtree.clone(), &path, &subtree_root)
                        .unwrap();
                }
                for place in 0..proof.len() {
                    let mut wrong = proof.clone();
                    wrong[place] = Digest::of(b"wrong");
                    assert!(verify(&wrong).is_err());
                    assert!(verify(&proof[..place]).is_err());
                }
                assert!(verify(&[proof.as_slice(), &[root]].concat()).is_err());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn proofs_from_tiles_are_those_of_the_model_across_the_edges_of_tiles(
        size in prop_oneof![Just(255_usize), Just(256), Just(257), Just(512), 1..2_000_usize],
        a in any::<prop::sample::Index>(),
        b in any::<prop::sample::Index>(),
    ) {
        let all = leaves(size);
        let (frontier, tiles) = tiles(&all);
        let root = model::root(&all);
        prop_assert_eq!(frontier.root(), root);
        let (index, first) = (a.index(size), b.index(size) + 1);
        prop_assert_eq!(inclusion_proof(index as u64, size as u64, &tiles)?, model::path(index, &all));
        let proof = consistency_proof(first as u64, size as u64, &tiles)?;
        prop_assert_eq!(proof, model::consistency(first, &all, true));
    }

    #[test]
    fn a_changed_proof_proves_nothing(
        size in 2..200_usize,
        at in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        byte in 0..32_usize,
        bit in 0..8_u32,
    ) {
        let all = leaves(size);
        let root = model::root(&all);
        let index = at.index(size);
        let leaf = leaf_hash(&all[index]);
        let proof = model::path(index, &all);
        let verify = |index: usize, size: usize, proof: &[Digest]| {
            verify_inclusion(&leaf, index as u64, size as u64, proof, &root)
        };
        verify(index, size, &proof)?;
        for other in (0..size).filter(|other| *other != index) {
            prop_assert!(verify(other, size, &proof).is_err());
        }
        let mut wrong = proof.clone();
        let place = place.index(wrong.len());
        let mut bytes = *wrong[place].as_bytes();
        bytes[byte] ^= 1 << bit;
        wrong[place] = Digest::from_bytes(bytes);
        prop_assert!(verify(index, size, &wrong).is_err());
        prop_assert!(verify(index, size, &proof[1..]).is_err());
    }

    #[test]
    fn no_numbers_make_the_verifiers_panic(
        a in any::<u64>(),
        b in any::<u64>(),
        c in any::<u64>(),
        length in 0..70_usize,
    ) {
        let hash = Digest::of(b"");
        let proof = vec![hash; length];
        let _ = verify_inclusion(&hash, a, b, &proof, &hash);
        let _ = verify_consistency(a, b, &proof, hash.as_bytes(), hash.as_bytes());
        let _ = verify_subtree_inclusion(&hash, a, b..c, &proof, &hash);
        let _ = verify_subtree_consistency(a..b, c, &proof, hash.as_bytes(), hash.as_bytes());
        let _ = inclusion_nodes(a, b);
        let _ = consistency_nodes(a, b);
        let _ = Frontier::from_tiles(a, &[]);
    }
}

#[test]
fn a_proof_from_a_log_of_ten_million_reads_few_tiles() {
    let size = 10_000_000;
    let read = |nodes: Vec<altinn_archive::log::Node>| {
        nodes
            .into_iter()
            .map(altinn_archive::log::Node::tile)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    };
    for index in [0, 1, 255, 256, 65_535, 65_536, 4_999_999, 8_388_607, 8_388_608, 9_999_999] {
        assert!(read(inclusion_nodes(index, size).unwrap()) <= 8);
        assert!(read(consistency_nodes(index.max(1), size).unwrap()) <= 8);
    }
}

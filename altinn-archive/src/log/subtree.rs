//! Proofs about a subtree in the middle of a tree, as Merkle Tree Certificates use them.
//!
//! From `draft-ietf-plants-merkle-tree-certs`, section 4: the leaves from `start` to `end` are a subtree when `start`
//! is a multiple of the smallest power of two that is at least their number.

use std::ops::Range;

use altinn_core::Digest;

use super::proof::{ProofError, same_root, verify_inclusion};
use super::tree::{empty_root, node_hash};

/// Verifies that `leaf` is the hash of the leaf at `index` of the log, in the subtree over these leaves with this root.
///
/// # Errors
/// Which part of the proof is wrong.
pub fn verify_subtree_inclusion(
    leaf: &Digest,
    index: u64,
    subtree: Range<u64>,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    check(&subtree)?;
    let beyond = ProofError::IndexBeyondSize { index, size: subtree.end };
    let offset = index.checked_sub(subtree.start).ok_or(beyond)?;
    verify_inclusion(leaf, offset, subtree.end - subtree.start, proof, root)
}

/// Verifies that the subtree over these leaves with root `subtree_root` is in the tree of `size` leaves with root `root`.
/// The empty subtree is in every tree.
///
/// # Errors
/// Which part of the proof is wrong.
pub fn verify_subtree_consistency(
    subtree: Range<u64>,
    size: u64,
    proof: &[Digest],
    subtree_root: &(impl AsRef<[u8]> + ?Sized),
    root: &(impl AsRef<[u8]> + ?Sized),
) -> Result<(), ProofError> {
    check(&subtree)?;
    let (subtree_root, root) = (subtree_root.as_ref(), root.as_ref());
    if subtree.end > size {
        return Err(ProofError::Sizes { first: subtree.end, second: size });
    }
    if subtree.is_empty() {
        return same_root(proof, subtree_root, empty_root().as_bytes());
    }
    if subtree == (0..size) {
        return same_root(proof, subtree_root, root);
    }
    let subtree_root =
        subtree_root.try_into().map(Digest::from_bytes).map_err(|_| ProofError::RootMismatch)?;
    let (subtree_found, root_found) = roots(&subtree, size, proof, subtree_root)?;
    if subtree_found == subtree_root && root_found.as_bytes() == root {
        Ok(())
    } else {
        Err(ProofError::RootMismatch)
    }
}

/// Places among the nodes of the height that a proof has reached.
struct Places {
    /// Of the node above the subtree's first leaf.
    first: u64,
    /// Of the node above the subtree's last leaf.
    last: u64,
    /// Of the node above the tree's last leaf.
    edge: u64,
}

impl Places {
    fn up(&mut self) {
        self.first >>= 1;
        self.last >>= 1;
        self.edge >>= 1;
    }
}

/// Both roots as they follow from the proof.
fn roots(
    subtree: &Range<u64>,
    size: u64,
    proof: &[Digest],
    subtree_root: Digest,
) -> Result<(Digest, Digest), ProofError> {
    let mut at = Places { first: subtree.start, last: subtree.end - 1, edge: size - 1 };
    let at_edge = at.last == at.edge;
    while at.first != at.last && (at_edge || at.last & 1 == 1) {
        at.up();
    }
    let (rest, start) = match (at.first == at.last, proof.split_first()) {
        (true, _) => (proof, subtree_root),
        (false, Some((start, rest))) => (rest, *start),
        (false, None) => return Err(ProofError::Length { expected: 1, found: 0 }),
    };
    let (mut subtree_found, mut root_found) = (start, start);
    for (used, hash) in (proof.len() - rest.len()..).zip(rest) {
        if at.edge == 0 {
            return Err(ProofError::Length { expected: used, found: proof.len() });
        }
        if at.last & 1 == 1 || at.last == at.edge {
            if at.first < at.last {
                subtree_found = node_hash(hash, &subtree_found);
            }
            root_found = node_hash(hash, &root_found);
            while at.last & 1 == 0 {
                at.up();
            }
        } else {
            root_found = node_hash(&root_found, hash);
        }
        at.up();
    }
    match at.edge {
        0 => Ok((subtree_found, root_found)),
        _ => Err(ProofError::Length { expected: proof.len() + 1, found: proof.len() }),
    }
}

fn check(subtree: &Range<u64>) -> Result<(), ProofError> {
    let refused = ProofError::NotASubtree { start: subtree.start, end: subtree.end };
    let leaves = subtree.end.checked_sub(subtree.start).ok_or(refused)?;
    let width = leaves.checked_next_power_of_two();
    if leaves == 0 || width.is_some_and(|width| subtree.start.is_multiple_of(width)) || subtree.start == 0 {
        Ok(())
    } else {
        Err(refused)
    }
}

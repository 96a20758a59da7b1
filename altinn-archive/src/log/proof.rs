//! Proofs that a leaf is in a tree, and that a tree grew out of a smaller one (RFC 6962, section 2.1.1 and 2.1.2).

use std::ops::Range;

use altinn_core::Digest;
use thiserror::Error;

use super::node::{Node, NodeSource, perfect_nodes, split, subtree_hash};
use super::subtree::verify_subtree_consistency;
use super::tree::node_hash;

/// Why there is no proof, or why one proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The leaf would stand behind the tree's last one.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexBeyondSize {
        /// The leaf's place, counted from 0.
        index: u64,
        /// The tree's number of leaves.
        size: u64,
    },
    /// The tree that came first is the larger one, or is empty, from which every tree grows.
    #[error("a tree of {second} leaves is not proved to have grown out of one of {first}")]
    Sizes {
        /// The number of leaves of the earlier tree.
        first: u64,
        /// The number of leaves of the later tree.
        second: u64,
    },
    /// These leaves are no subtree of any tree.
    #[error("the leaves from {start} to {end} are no subtree")]
    NotASubtree {
        /// The first leaf.
        start: u64,
        /// The leaf behind the last one.
        end: u64,
    },
    /// The proof has too few or too many hashes.
    #[error("the proof has {found} hashes where it must have {expected}")]
    Length {
        /// How many it must have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    RootMismatch,
    /// A node that the proof needs is not there.
    #[error("node {} of height {} is missing", .0.index, .0.height)]
    MissingNode(Node),
}

impl ProofError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IndexBeyondSize { .. } => "PROOF-INDEX",
            Self::Sizes { .. } => "PROOF-SIZES",
            Self::NotASubtree { .. } => "PROOF-SUBTREE",
            Self::Length { .. } => "PROOF-LENGTH",
            Self::RootMismatch => "PROOF-ROOT",
            Self::MissingNode(_) => "PROOF-NODE",
        }
    }
}

/// The proof that the leaf at `index` is in the tree of `size` leaves: hashes from the leaf's neighbour up.
///
/// # Errors
/// [`ProofError::IndexBeyondSize`], or [`ProofError::MissingNode`] when the source does not hold the tree.
pub fn inclusion_proof(index: u64, size: u64, source: &impl NodeSource) -> Result<Vec<Digest>, ProofError> {
    hashes(&inclusion_path(index, size)?, source)
}

/// The nodes that [`inclusion_proof`] asks its source for.
///
/// # Errors
/// [`ProofError::IndexBeyondSize`].
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<Node>, ProofError> {
    Ok(inclusion_path(index, size)?.iter().flat_map(perfect_nodes).collect())
}

/// The proof that the tree of `second` leaves grew out of that of `first` leaves.
///
/// # Errors
/// [`ProofError::Sizes`], or [`ProofError::MissingNode`] when the source does not hold the tree.
pub fn consistency_proof(
    first: u64,
    second: u64,
    source: &impl NodeSource,
) -> Result<Vec<Digest>, ProofError> {
    hashes(&consistency_path(first, second)?, source)
}

/// The nodes that [`consistency_proof`] asks its source for.
///
/// # Errors
/// [`ProofError::Sizes`].
pub fn consistency_nodes(first: u64, second: u64) -> Result<Vec<Node>, ProofError> {
    Ok(consistency_path(first, second)?.iter().flat_map(perfect_nodes).collect())
}

/// Verifies that `leaf` is the hash of the leaf at `index` in the tree of `size` leaves with this root.
///
/// ```
/// use altinn_archive::log::{leaf_hash, node_hash, verify_inclusion};
///
/// let [a, b] = [leaf_hash(b"a"), leaf_hash(b"b")];
/// assert!(verify_inclusion(&b, 1, 2, &[a], &node_hash(&a, &b)).is_ok());
/// assert!(verify_inclusion(&b, 0, 2, &[a], &node_hash(&a, &b)).is_err());
/// ```
///
/// # Errors
/// Which part of the proof is wrong.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    let path = inclusion_path(index, size)?;
    if proof.len() != path.len() {
        return Err(ProofError::Length { expected: path.len(), found: proof.len() });
    }
    let up = |below: Digest, (sibling, hash): (&Range<u64>, &Digest)| {
        if sibling.start > index { node_hash(&below, hash) } else { node_hash(hash, &below) }
    };
    let calculated = path.iter().zip(proof).fold(*leaf, up);
    if calculated == *root { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// Verifies that the tree of `second` leaves grew out of that of `first` leaves. Trees of the same size have the same
/// root and an empty proof; that a tree grew out of the empty one proves nothing and is refused.
///
/// # Errors
/// Which part of the proof is wrong.
pub fn verify_consistency(
    first: u64,
    second: u64,
    proof: &[Digest],
    first_root: &(impl AsRef<[u8]> + ?Sized),
    second_root: &(impl AsRef<[u8]> + ?Sized),
) -> Result<(), ProofError> {
    if first == second {
        return same_root(proof, first_root.as_ref(), second_root.as_ref());
    }
    if first == 0 || first > second {
        return Err(ProofError::Sizes { first, second });
    }
    verify_subtree_consistency(0..first, second, proof, first_root, second_root)
}

/// Verifies that two trees of one size are one.
pub(super) fn same_root(proof: &[Digest], first: &[u8], second: &[u8]) -> Result<(), ProofError> {
    match proof.len() {
        0 if first == second => Ok(()),
        0 => Err(ProofError::RootMismatch),
        found => Err(ProofError::Length { expected: 0, found }),
    }
}

/// The subtrees beside the way from a leaf to the root, the lowest first.
fn inclusion_path(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let mut path = Vec::new();
    let mut tree = 0..size;
    while tree.end - tree.start > 1 {
        let middle = tree.start + split(tree.end - tree.start);
        if index < middle {
            path.push(middle..tree.end);
            tree.end = middle;
        } else {
            path.push(tree.start..middle);
            tree.start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The subtrees from which both roots follow, the lowest first.
fn consistency_path(first: u64, second: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if first == 0 || first > second {
        return Err(ProofError::Sizes { first, second });
    }
    let mut path = Vec::new();
    let mut tree = 0..second;
    while tree.end != first {
        let middle = tree.start + split(tree.end - tree.start);
        if first <= middle {
            path.push(middle..tree.end);
            tree.end = middle;
        } else {
            path.push(tree.start..middle);
            tree.start = middle;
        }
    }
    if tree.start > 0 {
        path.push(tree);
    }
    path.reverse();
    Ok(path)
}

fn hashes(path: &[Range<u64>], source: &impl NodeSource) -> Result<Vec<Digest>, ProofError> {
    path.iter().map(|subtree| subtree_hash(subtree, source).map_err(ProofError::MissingNode)).collect()
}

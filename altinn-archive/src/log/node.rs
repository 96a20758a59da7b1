//! Nodes of the tree over perfect subtrees, and what the others are made of.

use std::ops::Range;

use altinn_core::Digest;

use super::tile::{Tile, TileId};
use super::tree::fold_right;

/// A node over a perfect subtree: over the leaves from `index << height` on, `1 << height` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The height above the leaves, 0 for a leaf.
    pub height: u8,
    /// The place among the nodes of this height, counted from 0.
    pub index: u64,
}

/// Where the hashes of perfect subtrees come from.
pub trait NodeSource {
    /// The hash of a node; none when it is not there.
    fn node(&self, node: Node) -> Option<Digest>;
}

impl Node {
    /// The tile that holds the node's hash or the hashes below it, and which of the tile's hashes those are.
    pub(super) fn in_tile(self) -> (TileId, Range<usize>) {
        let above = self.height % Tile::HEIGHT;
        let first = self.index << above;
        let offset = usize::try_from(first % Tile::WIDTH as u64).unwrap_or_default();
        let id = TileId { level: self.height / Tile::HEIGHT, index: first / Tile::WIDTH as u64 };
        (id, offset..offset + (1 << above))
    }

    /// The tile from which the node's hash is read.
    pub fn tile(self) -> TileId {
        self.in_tile().0
    }
}

/// Where a subtree of this many leaves divides: the largest power of two below `size`, which is at least 2.
pub(super) fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// The perfect subtrees that the subtree over these leaves consists of, the largest first.
pub(super) fn perfect_nodes(leaves: &Range<u64>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut start = leaves.start;
    while start < leaves.end {
        let height = (leaves.end - start).ilog2();
        nodes.push(Node { height: u8::try_from(height).unwrap_or(u8::MAX), index: start >> height });
        start += 1 << height;
    }
    nodes
}

/// The hash of the subtree over these leaves; the missing node when there is one.
pub(super) fn subtree_hash(leaves: &Range<u64>, source: &impl NodeSource) -> Result<Digest, Node> {
    let nodes = perfect_nodes(leaves);
    let missing = Node { height: 0, index: leaves.start };
    let hashes =
        nodes.into_iter().map(|node| source.node(node).ok_or(node)).collect::<Result<Vec<_>, _>>()?;
    fold_right(hashes).ok_or(missing)
}

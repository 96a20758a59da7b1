//! Tiles: how the tree's nodes are kept, 256 side by side.

use std::collections::BTreeMap;

use altinn_core::Digest;

use super::node::{Node, NodeSource};
use super::tree::fold;

/// Which tile: its level (0 holds leaves, 1 the roots of full tiles of level 0, ...) and its place in the level.
///
/// The division is that of C2SP's [tlog-tiles](https://c2sp.org/tlog-tiles), so that tiles can be served as files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// The level, from 0 for leaves.
    pub level: u8,
    /// The place in the level, counted from 0.
    pub index: u64,
}

/// Up to 256 hashes that stand side by side in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Which tile it is.
    pub id: TileId,
    /// The hashes, from the left.
    pub hashes: Vec<Digest>,
}

impl Tile {
    /// How many hashes a full tile holds.
    pub const WIDTH: usize = 256;
    /// How many levels of the tree one level of tiles spans.
    pub const HEIGHT: u8 = 8;
    /// How many levels of tiles a tree of 2^64 leaves has.
    pub const LEVELS: u8 = 8;

    /// The hashes one after the other, 32 bytes each.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
    }

    /// The tile from its bytes; none when they are not 1 to 256 hashes of 32 bytes.
    pub fn from_bytes(id: TileId, bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let whole = rest.is_empty() && (1..=Self::WIDTH).contains(&hashes.len());
        whole.then(|| Self { id, hashes: hashes.iter().copied().map(Digest::from_bytes).collect() })
    }
}

/// Tiles in memory, from which proofs are made.
#[derive(Debug, Clone, Default)]
pub struct Tiles(BTreeMap<TileId, Vec<Digest>>);

impl Tiles {
    /// Puts a tile in, in the place of the one with the same id.
    pub fn insert(&mut self, tile: Tile) {
        self.0.insert(tile.id, tile.hashes);
    }
}

impl FromIterator<Tile> for Tiles {
    fn from_iter<T: IntoIterator<Item = Tile>>(tiles: T) -> Self {
        Self(tiles.into_iter().map(|tile| (tile.id, tile.hashes)).collect())
    }
}

impl NodeSource for Tiles {
    fn node(&self, node: Node) -> Option<Digest> {
        let (id, range) = node.in_tile();
        let hashes = self.0.get(&id)?.get(range)?;
        fold(hashes.iter().copied())
    }
}

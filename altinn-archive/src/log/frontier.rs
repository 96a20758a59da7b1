//! The right edge of a growing tree.

use altinn_core::Digest;

use super::tile::{Tile, TileId};
use super::tree::{empty_root, fold};

/// The right edge of a growing tree: all that is needed to append to it, at most 255 hashes a level of tiles.
///
/// ```
/// use altinn_archive::log::{Frontier, leaf_hash, root};
///
/// let leaves: Vec<_> = (0..300_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
/// let mut frontier = Frontier::new();
/// let mut full = Vec::new();
/// for leaf in &leaves {
///     frontier.push(*leaf, |tile| full.push(tile));
/// }
/// assert_eq!(frontier.root(), root(&leaves));
/// assert_eq!(full.len(), 1);
/// assert_eq!(frontier.partial_tiles().count(), 2); // 44 leaves, and one root of a full tile
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The hashes of the tile that is being filled, by level.
    levels: Vec<Vec<Digest>>,
}

impl Frontier {
    /// The edge of the tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tiles that a tree of this size has not filled: those from which [`Frontier::from_tiles`] makes its edge.
    pub fn tiles_of(size: u64) -> Vec<TileId> {
        let edge = |level: u8| {
            let hashes = hashes_at(level, size);
            (!hashes.is_multiple_of(Tile::WIDTH as u64))
                .then_some(TileId { level, index: hashes / Tile::WIDTH as u64 })
        };
        (0..Tile::LEVELS).filter_map(edge).collect()
    }

    /// The edge of a tree of this size from the tiles that it has not filled; a tile may hold more than the tree.
    /// None when one is missing or holds less.
    pub fn from_tiles(size: u64, tiles: &[Tile]) -> Option<Self> {
        let mut levels = Vec::new();
        for id in Self::tiles_of(size) {
            let tile = tiles.iter().find(|tile| tile.id == id)?;
            let width = usize::try_from(hashes_at(id.level, size) % Tile::WIDTH as u64).ok()?;
            levels.resize(usize::from(id.level), Vec::new());
            levels.push(tile.hashes.get(..width)?.to_vec());
        }
        Some(Self { size, levels })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; `full` is given every tile that this fills.
    pub fn push(&mut self, leaf: Digest, mut full: impl FnMut(Tile)) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0..Tile::LEVELS {
            let place = usize::from(level);
            if self.levels.len() == place {
                self.levels.push(Vec::with_capacity(Tile::WIDTH));
            }
            let Some(hashes) = self.levels.get_mut(place) else { return };
            hashes.push(hash);
            if hashes.len() < Tile::WIDTH {
                return;
            }
            let hashes = std::mem::replace(hashes, Vec::with_capacity(Tile::WIDTH));
            let index = hashes_at(level + 1, self.size) - 1;
            hash = fold(hashes.iter().copied()).unwrap_or(hash);
            full(Tile { id: TileId { level, index }, hashes });
        }
    }

    /// The tiles that are not full yet, the leaves first.
    pub fn partial_tiles(&self) -> impl Iterator<Item = Tile> + '_ {
        (0_u8..).zip(&self.levels).filter(|(_, hashes)| !hashes.is_empty()).map(|(level, hashes)| {
            let index = hashes_at(level + 1, self.size);
            Tile { id: TileId { level, index }, hashes: hashes.clone() }
        })
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        let below = |below: Option<Digest>, hashes: &Vec<Digest>| fold(hashes.iter().copied().chain(below));
        self.levels.iter().fold(None, below).unwrap_or_else(empty_root)
    }
}

/// How many hashes the tiles of a level hold in a tree of this size.
fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(Tile::HEIGHT)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::tree::{leaf_hash, root};

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn an_edge_read_back_from_tiles_grows_like_the_one_that_was_never_stored(
            before in 0_u64..70_000,
            after in 0_u64..600,
        ) {
            let leaves = leaves(before + after);
            let mut whole = Frontier::new();
            let mut tiles = Vec::new();
            for leaf in leaves.iter().take(usize::try_from(before)?) {
                whole.push(*leaf, |tile| tiles.push(tile));
            }
            tiles.extend(whole.partial_tiles());
            let mut read = Frontier::from_tiles(before, &tiles).ok_or_else(|| TestCaseError::fail("no edge"))?;
            prop_assert_eq!(read.root(), whole.root());
            for leaf in leaves.iter().skip(usize::try_from(before)?) {
                whole.push(*leaf, |_| ());
                read.push(*leaf, |_| ());
            }
            prop_assert_eq!(read.root(), root(&leaves));
            prop_assert_eq!(whole.root(), root(&leaves));
        }
    }
}

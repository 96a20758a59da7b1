//! The stored tiles beside those that follow from the entries.

use altinn_core::Digest;
use altinn_core::store::{Store, params};

use super::fault::{Fault, Stop, or_fault};
use crate::archive::{read_tile, stored};
use crate::entry::EntryId;
use crate::log::{Tile, TileId};

/// The stored leaf hashes of the tile that is being read.
pub(super) struct LeafTiles {
    read: Option<Tile>,
}

impl LeafTiles {
    pub(super) fn new() -> Self {
        Self { read: None }
    }

    /// The stored hash of the leaf at a place; none when it is not there.
    pub(super) async fn leaf(&mut self, store: &Store, index: u64) -> Result<Option<Digest>, Stop> {
        let id = TileId { level: 0, index: index / Tile::WIDTH as u64 };
        if index.is_multiple_of(Tile::WIDTH as u64) {
            self.read = stored_tile(store, id).await?;
        }
        let place = usize::try_from(index % Tile::WIDTH as u64).unwrap_or_default();
        Ok(self.read.as_ref().and_then(|tile| tile.hashes.get(place)).copied())
    }
}

/// Whether a tile is stored as it follows from the entries; others may have appended to it meanwhile.
pub(super) async fn is_stored(store: &Store, tile: &Tile) -> Result<bool, Stop> {
    let stored = stored_tile(store, tile.id).await?;
    Ok(stored.is_some_and(|stored| stored.hashes.starts_with(&tile.hashes)))
}

/// Why the entry at a place, which is not the one that the log has there, is there: it belongs elsewhere, another one
/// was removed, or it was altered.
pub(super) async fn explain(
    store: &Store,
    size: u64,
    index: u64,
    entry: EntryId,
    leaf: Digest,
) -> Result<Fault, Stop> {
    let sql = "select count(*) as leaves from archive_leaf where leaf_index < $1";
    let leaves: u64 = store.query_one(sql, params![stored(size)]).await?.get("leaves")?;
    let belongs_at = find_leaf(store, size, leaf).await?.filter(|found| *found != index);
    Ok(match belongs_at {
        Some(_) if leaves < size => Fault::Removed { index },
        Some(belongs_at) => Fault::Reordered { index, entry, belongs_at },
        None => Fault::Altered { index, entry, what: "it is not what the log has signed".to_owned() },
    })
}

/// The place of a leaf in the stored tiles.
async fn find_leaf(store: &Store, size: u64, leaf: Digest) -> Result<Option<u64>, Stop> {
    for index in 0..size.div_ceil(Tile::WIDTH as u64) {
        let tile = stored_tile(store, TileId { level: 0, index }).await?;
        let place = tile.and_then(|tile| tile.hashes.iter().position(|hash| *hash == leaf));
        if let Some(place) = place {
            return Ok(Some(index * Tile::WIDTH as u64 + place as u64));
        }
    }
    Ok(None)
}

async fn stored_tile(store: &Store, id: TileId) -> Result<Option<Tile>, Stop> {
    let damaged = || Fault::Tile { level: id.level, index: id.index };
    let bytes = or_fault(read_tile(store, id).await, damaged)?;
    Ok(bytes.and_then(|bytes| Tile::from_bytes(id, &bytes)))
}

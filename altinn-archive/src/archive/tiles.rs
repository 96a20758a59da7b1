//! The tree's tiles in the store.

use std::collections::BTreeSet;

use altinn_core::store::{Batch, Row, Store, StoreError, Value, params};

use super::head::stored;
use crate::error::ArchiveError;
use crate::log::{Tile, TileId};

/// Adds the storing of a tile, new or in the place of itself with fewer hashes.
pub(super) fn put(batch: &mut Batch, tile: &Tile) {
    batch.execute_one(
        "insert into archive_tile (level, tile_index, hashes) values ($1, $2, $3) \
         on conflict (level, tile_index) do update set hashes = excluded.hashes",
        params![tile.id.level, stored(tile.id.index), tile.to_bytes()],
    );
}

/// Reads these tiles, with one query; those that are not there are missing from the answer.
pub(super) async fn read(store: &Store, ids: &BTreeSet<TileId>) -> Result<Vec<Tile>, ArchiveError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, params) = read_sql(ids);
    store.query(sql, params).await?.iter().map(from_row).collect()
}

/// The query for tiles, with its parameters.
pub(super) fn read_sql(ids: &BTreeSet<TileId>) -> (String, Vec<Value>) {
    let place = |n: usize| format!("(level = ${} and tile_index = ${})", 2 * n + 1, 2 * n + 2);
    let places: Vec<_> = (0..ids.len()).map(place).collect();
    let sql = format!("select level, tile_index, hashes from archive_tile where {}", places.join(" or "));
    (sql, ids.iter().flat_map(|id| params![id.level, stored(id.index)]).collect())
}

/// Reads one tile.
pub(crate) async fn read_tile(store: &Store, id: TileId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select hashes from archive_tile where level = $1 and tile_index = $2";
    let row = store.query_opt(sql, params![id.level, stored(id.index)]).await?;
    row.map(|row| row.get("hashes")).transpose()
}

fn from_row(row: &Row) -> Result<Tile, ArchiveError> {
    let id = TileId { level: row.get("level")?, index: row.get("tile_index")? };
    let damaged = || ArchiveError::damaged(format!("tile {} of level {}", id.index, id.level));
    Tile::from_bytes(id, &row.get::<Vec<u8>>("hashes")?).ok_or_else(damaged)
}

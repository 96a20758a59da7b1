//! What may stand in the tables beside the entries of the log: nothing.

use altinn_core::store::{Store, params};

use super::fault::{Fault, Stop};
use crate::entry::EntryId;
use crate::log::Tile;

/// Finds what lies behind the log's end, entries and content that the log does not know, and what the index and the
/// read log tell of entries that are not there. Each question is one
/// query, so that it sees one state of the store.
pub(super) async fn check(store: &Store) -> Result<(), Stop> {
    check_end(store).await?;
    for sql in [
        "select e.id from archive_entry e \
         where not exists (select 1 from archive_leaf l where l.entry_id = e.id) \
         and not exists (select 1 from archive_staged s where s.entry_id = e.id) limit 1",
        "select c.entry_id as id from archive_content c \
         where not exists (select 1 from archive_entry e where e.id = c.entry_id) limit 1",
        "select t.entry_id as id from archive_tag t where not exists \
         (select 1 from archive_entry e where e.id = t.entry_id and e.erasure is null) limit 1",
        "select r.entry_id as id from archive_read r where not exists \
         (select 1 from archive_entry e where e.id = r.entry_id and e.erasure is null) limit 1",
        "select s.entry_id as id from archive_staged s \
         where exists (select 1 from archive_leaf l where l.entry_id = s.entry_id) limit 1",
    ] {
        if let Some(row) = store.query_opt(sql, params![]).await? {
            return Err(Fault::Unlogged { entry: row.get::<EntryId>("id")? }.into());
        }
    }
    Ok(())
}

/// Leaves, checkpoints and tiles must end where the log's state says: what is left over was there before it was put
/// back.
async fn check_end(store: &Store) -> Result<(), Stop> {
    let sql = "select h.size, \
               (select count(*) from archive_leaf l where l.leaf_index >= h.size or l.leaf_index < 0) as leaves, \
               (select count(*) from archive_checkpoint c where c.size > h.size or c.size < 1) as checkpoints, \
               (select count(*) from archive_tile t) as tiles, \
               (select cast(length(t.hashes) as bigint) from archive_tile t \
               where t.level = 0 and t.tile_index = h.size / 256) as bytes from archive_log_head h";
    let rows = store.query(sql, params![]).await?;
    let [row] = rows.as_slice() else { return Err(Fault::Head.into()) };
    let size: u64 = row.get("size")?;
    let left_over: (u64, u64) = (row.get("leaves")?, row.get("checkpoints")?);
    let last_tile = (size % Tile::WIDTH as u64) * 32;
    let as_signed = left_over == (0, 0)
        && row.get::<u64>("tiles")? == tiles_of(size)
        && row.get::<Option<u64>>("bytes")?.unwrap_or(0) == last_tile;
    if as_signed { Ok(()) } else { Err(Fault::Head.into()) }
}

/// How many tiles a log of this size has.
fn tiles_of(size: u64) -> u64 {
    let mut hashes = size;
    let mut tiles = 0;
    while hashes > 0 {
        tiles += hashes.div_ceil(Tile::WIDTH as u64);
        hashes /= Tile::WIDTH as u64;
    }
    tiles
}

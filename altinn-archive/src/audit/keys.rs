//! The keys in the store, unwrapped anew: those in memory may be better than what is kept.

use altinn_core::store::{Row, params};
use uuid::Uuid;

use super::fault::{Fault, Stop, or_fault};
use crate::archive::Archive;
use crate::keys::KeyGeneration;

/// How many keys are read at a time.
const PAGE: i64 = 256;

/// Checks the generations that the store names, and every wrapping key.
pub(super) async fn check(archive: &Archive) -> Result<(), Stop> {
    check_generations(archive).await?;
    check_wrapping_keys(archive).await?;
    let retired = "select k.id from archive_key k where k.live <> 1 and not exists \
                   (select 1 from archive_key o where o.owner = k.owner and o.number > k.number) limit 1";
    match archive.store().query_opt(retired, params![]).await? {
        Some(row) => Err(Fault::Key { key: row.get("id")? }.into()),
        None => Ok(()),
    }
}

/// Every generation that is in use must open the key of the index, which is one and the same; and whatever is wrapped
/// with a generation must name one that is there.
async fn check_generations(archive: &Archive) -> Result<(), Stop> {
    let current = archive.provider().current().await?;
    let sql = "select id, index_key, live from archive_generation order by id";
    for row in archive.store().query(sql, params![]).await? {
        let generation: KeyGeneration = row.get("id")?;
        if !is_as_kept(archive, &row, &generation, &current).await? {
            return Err(Fault::Generation { generation }.into());
        }
    }
    let sql = "select k.generation from archive_key k where not exists \
               (select 1 from archive_generation g where g.id = k.generation and g.index_key is not null) limit 1";
    match archive.store().query_opt(sql, params![]).await? {
        Some(row) => Err(Fault::Generation { generation: row.get("generation")? }.into()),
        None => Ok(()),
    }
}

/// A generation that is being destroyed, and is not the current one, is no longer live; its key of the index goes last.
async fn is_as_kept(
    archive: &Archive,
    row: &Row,
    generation: &KeyGeneration,
    current: &KeyGeneration,
) -> Result<bool, Stop> {
    let Some(wrapped) = row.get::<Option<Vec<u8>>>("index_key")? else {
        return Ok(row.get::<i64>("live")? == 0 && generation != current);
    };
    match row.get::<i64>("live")? {
        1 => opened(archive.opens_index(generation, &wrapped).await),
        0 => Ok(generation != current),
        _ => Ok(false),
    }
}

/// Every wrapping key must unwrap, bound to its id.
async fn check_wrapping_keys(archive: &Archive) -> Result<(), Stop> {
    let sql = "select id, generation, wrapped from archive_key where id > $1 order by id limit $2";
    let mut after = Uuid::nil();
    loop {
        let rows = archive.store().query(sql, params![after, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.get("id")?;
        for row in &rows {
            let key: Uuid = row.get("id")?;
            if !opened(archive.opens_wrapping_key(key, row).await)? {
                return Err(Fault::Key { key }.into());
            }
        }
    }
}

/// False when what was read is of the wrong form, or is not what was wrapped.
fn opened(read: Result<bool, crate::error::ArchiveError>) -> Result<bool, Stop> {
    match or_fault(read, || Fault::Head) {
        Err(Stop::Fault(_)) => Ok(false),
        outcome => outcome,
    }
}

//! What stands beside an entry: whose key wraps its own, what it is found by, who has read it.

use altinn_core::store::{Row, Value, params};
use uuid::Uuid;

use super::fault::{Fault, Stop, or_fault};
use crate::archive::Archive;
use crate::entry::{EntryId, Fields};
use crate::listing::Tag;

/// What beside an entry is not as it was kept, if anything.
pub(super) type Beside = Result<(), &'static str>;

/// Checks what stands beside an entry; its row has the column `owner` of its wrapping key too.
pub(super) async fn check(
    archive: &Archive,
    row: &Row,
    entry: EntryId,
    fields: &Fields,
) -> Result<Beside, Stop> {
    let owner = archive.tags().owner(fields.party.expose().0, &fields.class);
    if row.get::<Option<Tag>>("owner").ok().flatten() != Some(owner) {
        return Ok(Err("its wrapping key"));
    }
    if !is_found(archive, entry, fields).await? {
        return Ok(Err("what it is found by"));
    }
    let own = archive.own_key_of(row, entry).await?;
    match or_fault(archive.reads_are_true(entry, &own).await, || Fault::Head) {
        Ok(true) => Ok(Ok(())),
        Ok(false) | Err(Stop::Fault(_)) => Ok(Err("who has read it")),
        Err(error) => Err(error),
    }
}

/// Whether an entry was erased or its keys were wrapped anew between two times that its row was read.
pub(super) fn changed(before: &Row, now: &Row) -> bool {
    let state =
        |row: &Row| (row.get::<Option<EntryId>>("erasure").ok(), row.get::<Option<Uuid>>("key_id").ok());
    state(before) != state(now)
}

/// Whether the index has all that the entry is found by.
async fn is_found(archive: &Archive, entry: EntryId, fields: &Fields) -> Result<bool, Stop> {
    let tags = archive.tags().of_entry(fields);
    let places: Vec<_> = (3..tags.len() + 3).map(|n| format!("${n}")).collect();
    let sql = format!(
        "select count(*) as found from archive_tag where time = $1 and entry_id = $2 and tag in ({})",
        places.join(", ")
    );
    let mut params = params![fields.time, entry];
    params.extend(tags.iter().map(|tag| Value::from(*tag)));
    let found: u64 = archive.store().query_one(sql, params).await?.get("found")?;
    Ok(found == tags.len() as u64)
}

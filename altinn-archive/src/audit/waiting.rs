//! Entries that wait to be put into the log.

use altinn_core::Digest;
use altinn_core::store::{Row, params};
use uuid::Uuid;

use super::beside;
use super::contents::{self, ContentCheck};
use super::erased::Erasures;
use super::fault::{Fault, Stop, or_fault};
use crate::archive::{Archive, Kept, Record};
use crate::entry::EntryId;

/// How many entries are read at a time.
const PAGE: i64 = 32;

/// Checks all entries that wait; gives their number.
pub(super) async fn check(archive: &Archive) -> Result<u64, Stop> {
    let (mut count, mut after) = (0, EntryId::new(Uuid::nil()));
    loop {
        let rows = read_after(archive, after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(count) };
        count += rows.len() as u64;
        let mut before = std::mem::replace(&mut after, last.get("entry_id")?);
        for row in rows {
            let entry = row.get("entry_id")?;
            judge(archive, row, before, entry).await?;
            before = entry;
        }
    }
}

async fn read_after(archive: &Archive, after: EntryId, limit: i64) -> Result<Vec<Row>, Stop> {
    let sql = format!(
        "select s.entry_id, s.leaf, k.owner, {} from archive_staged s left join archive_entry e on e.id = s.entry_id \
         left join archive_key k on k.id = e.key_id where s.entry_id > $1 order by s.entry_id limit $2",
        Record::COLUMNS
    );
    Ok(archive.store().query(sql, params![after, limit]).await?)
}

/// Checks an entry. What seems altered may have been erased, wrapped anew or put into the log since its row was read:
/// then it is judged as it is now.
async fn judge(archive: &Archive, mut row: Row, before: EntryId, entry: EntryId) -> Result<(), Stop> {
    loop {
        let Err(stop) = check_one(archive, &row).await else { return Ok(()) };
        row = match read_after(archive, before, 1).await?.pop() {
            Some(now) if now.get::<EntryId>("entry_id")? != entry => return Ok(()),
            Some(now) if beside::changed(&row, &now) => now,
            Some(_) => return Err(stop),
            None => return Ok(()),
        };
    }
}

async fn check_one(archive: &Archive, row: &Row) -> Result<(), Stop> {
    let entry: EntryId = row.get("entry_id")?;
    let altered = |what: &str| Fault::AlteredWaiting { entry, what: what.to_owned() };
    let leaf: Digest = or_fault(row.get("leaf"), || altered("its leaf"))?;
    let record = match or_fault(archive.kept(row).await, || altered("its row"))? {
        Kept::Whole(record) => record,
        Kept::Erased { header, by } => {
            let proved = leaf == header.leaf_hash() && Erasures::default().say(archive, by, &header).await?;
            let content = contents::of_entry(archive.store(), entry).await?;
            let sound = proved && content.is_empty();
            return if sound { Ok(()) } else { Err(altered("it was erased without proof").into()) };
        }
    };
    let fields = record.fields().map_err(altered)?;
    if leaf != record.header.leaf_hash() {
        return Err(altered("its leaf").into());
    }
    let mut check = ContentCheck::new(archive, entry, &fields, row).await?;
    for row in contents::of_entry(archive.store(), entry).await? {
        check.row(&row).await?.map_err(|wrong| altered(&wrong.name()))?;
    }
    check.end().map_err(|wrong| altered(&wrong.name()))?;
    Ok(beside::check(archive, row, entry, &fields).await?.map_err(altered)?)
}

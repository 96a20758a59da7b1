//! Entries that were erased: the log's key must have signed that they were, and the rows must say the same.

use std::collections::BTreeSet;

use altinn_core::Digest;
use altinn_core::store::{Store, params};
use chrono::{DateTime, Utc};

use super::fault::{Fault, Stop, or_fault};
use crate::archive::Archive;
use crate::entry::{EntryId, Header};
use crate::erasure::{ErasureNote, verify_destruction};
use crate::keys::KeyGeneration;

/// What the notes of erasures say; the last one that was read is kept, since one note speaks of many entries.
#[derive(Default)]
pub(super) struct Erasures {
    last: Option<Said>,
}

/// What one note says.
struct Said {
    by: EntryId,
    time: DateTime<Utc>,
    entries: BTreeSet<(EntryId, Digest)>,
}

impl Erasures {
    /// Whether the entry that is said to have erased another one says so, signed; an error when the row that tells of
    /// the erasure says otherwise.
    pub(super) async fn say(
        &mut self,
        archive: &Archive,
        by: EntryId,
        header: &Header,
    ) -> Result<bool, Stop> {
        if self.last.as_ref().is_none_or(|said| said.by != by) {
            self.last = read_note(archive, by).await?;
        }
        let Some(said) = &self.last else { return Ok(false) };
        if !said.entries.contains(&(header.entry, header.leaf_hash())) {
            return Ok(false);
        }
        let told = or_fault(is_told(archive, header.entry, said).await, || Fault::Head);
        match told {
            Ok(true) => Ok(true),
            Ok(false) | Err(Stop::Fault(_)) => Err(Fault::Erasure { entry: header.entry }.into()),
            Err(error) => Err(error),
        }
    }
}

/// What the log's key has signed in an entry; none when it is no note of an erasure.
async fn read_note(archive: &Archive, by: EntryId) -> Result<Option<Said>, Stop> {
    let note = match or_fault(archive.own_note(by).await, || Fault::Head) {
        Ok(note) => ErasureNote::verify(&note, archive.verifier_key()),
        Err(Stop::Fault(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(note.map(|note| Said { by, time: note.time, entries: note.entries.into_iter().collect() }))
}

/// Whether the row of an erasure tells what the note says; that it is final, exactly when its generation of the agency's
/// key is destroyed, as another entry says.
async fn is_told(archive: &Archive, entry: EntryId, said: &Said) -> Result<bool, crate::error::ArchiveError> {
    let sql = "select r.by_entry, r.erased_at, r.generation, r.final_by, g.id as known, g.index_key \
               from archive_erasure r left join archive_generation g on g.id = r.generation where r.entry_id = $1";
    let Some(row) = archive.store().query_opt(sql, params![entry]).await? else { return Ok(false) };
    let generation: KeyGeneration = row.get("generation")?;
    let known = row.get::<Option<KeyGeneration>>("known")?.is_some();
    let destroyed = row.get::<Option<Vec<u8>>>("index_key")?.is_none();
    let is_final = match row.get::<Option<EntryId>>("final_by")? {
        None => !destroyed,
        Some(by) => {
            let note = archive.own_note(by).await?;
            destroyed && verify_destruction(&note, archive.verifier_key()).as_ref() == Some(&generation)
        }
    };
    let as_said =
        row.get::<EntryId>("by_entry")? == said.by && row.get::<DateTime<Utc>>("erased_at")? == said.time;
    Ok(known && is_final && as_said)
}

/// Finds what is noted of the erasure of entries that are not erased, and of the removal of objects in use.
pub(super) async fn check_notes(store: &Store) -> Result<(), Stop> {
    for sql in [
        "select r.entry_id as id from archive_erasure r where not exists \
         (select 1 from archive_entry e where e.id = r.entry_id and e.erasure = r.by_entry) limit 1",
        "select c.entry_id as id from archive_content c where c.kind = 2 and exists \
         (select 1 from archive_unnamed u where u.id = c.object) limit 1",
    ] {
        if let Some(row) = store.query_opt(sql, params![]).await? {
            return Err(Fault::Erasure { entry: row.get("id")? }.into());
        }
    }
    Ok(())
}

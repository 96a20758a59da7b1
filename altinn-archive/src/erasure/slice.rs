//! Erasing a few entries in one batch.

use altinn_core::Digest;
use altinn_core::store::{Batch, Guard, Row, Value, params};
use chrono::{DateTime, Utc};
use object_store::path::Path;
use uuid::Uuid;

use super::erase::ErasureOrder;
use super::note::{ErasureNote, SERVICE};
use crate::archive::{Archive, Kept, Record};
use crate::content::unnamed;
use crate::entry::{EntryId, Fields};
use crate::error::ArchiveError;
use crate::keys::KeyGeneration;
use crate::listing::{Tag, tag_rows};

/// The most entries of one batch.
pub(crate) const SLICE: usize = 32;

/// How often a batch is tried again because an entry or the holds have changed meanwhile.
const TRIES: usize = 8;

/// What the holds must still be.
const HOLDS: Guard = Guard::new("archive_hold_head", "id", "version");

/// An entry that is to be erased.
struct Doomed {
    entry: EntryId,
    leaf: Digest,
    key_id: Uuid,
    generation: KeyGeneration,
    tags: Vec<Vec<Value>>,
    objects: Vec<Uuid>,
}

/// The holds of one moment.
struct Holds {
    version: i64,
    tags: Vec<Tag>,
}

impl Archive {
    /// Erases a few entries, all or none; those that are erased already stay so. Gives how many were erased.
    pub(crate) async fn erase_slice(
        &self,
        entries: &[EntryId],
        order: &ErasureOrder,
    ) -> Result<usize, ArchiveError> {
        self.erase_slice_at(entries, order, self.now()).await
    }

    /// As [`erase_slice`](Self::erase_slice), at the time that stands in the proof.
    pub(super) async fn erase_slice_at(
        &self,
        entries: &[EntryId],
        order: &ErasureOrder,
        time: DateTime<Utc>,
    ) -> Result<usize, ArchiveError> {
        let mut tries = 1;
        loop {
            match self.try_erase(entries, order, time).await {
                Err(ArchiveError::Store(error)) if error.is_conflict() && tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_erase(
        &self,
        entries: &[EntryId],
        order: &ErasureOrder,
        time: DateTime<Utc>,
    ) -> Result<usize, ArchiveError> {
        let holds = self.holds().await?;
        let mut doomed = Vec::new();
        for entry in entries {
            doomed.extend(self.doom(*entry, &holds).await?);
        }
        if doomed.is_empty() {
            return Ok(0);
        }
        let leaves = doomed.iter().map(|doomed| (doomed.entry, doomed.leaf)).collect();
        let note = ErasureNote { time, reason: order.reason.clone(), entries: leaves }.sign(self.log_key());
        let mut batch = Batch::new();
        batch.guard(&HOLDS, 1, holds.version);
        let by = self.stage(&mut batch, order.entry(self.log_key().origin(), &note, time)).await?;
        for doomed in &doomed {
            doomed.erase(&mut batch, by, time);
            if let Some(also) = self.on_erasure() {
                also.erased(&mut batch, doomed.entry);
            }
        }
        self.commit_with_tombstone(batch, by, note).await?;
        Ok(doomed.len())
    }

    /// Writes the note beside the objects, where a backup of the database does not reach it, and commits.
    async fn commit_with_tombstone(
        &self,
        batch: Batch,
        by: EntryId,
        note: String,
    ) -> Result<(), ArchiveError> {
        let tombstone = tombstone(by.uuid());
        self.objects().put(&tombstone, note.into()).await?;
        let committed = self.store().commit(batch).await;
        if committed.as_ref().is_err_and(altinn_core::store::StoreError::is_conflict) {
            self.objects().delete(&tombstone).await?;
        }
        committed?;
        Ok(())
    }

    /// What is to be done to erase an entry; nothing when it is erased already.
    async fn doom(&self, entry: EntryId, holds: &Holds) -> Result<Option<Doomed>, ArchiveError> {
        let sql = format!("select {} from {} where e.id = $1", Record::COLUMNS, Record::TABLES);
        let row = self.store().query_opt(sql, params![entry]).await?;
        let row = row.ok_or(ArchiveError::NotFound { entry })?;
        let Kept::Whole(record) = self.kept(&row).await? else { return Ok(None) };
        let fields = record.fields();
        let fields = fields.map_err(|what| ArchiveError::damaged(format!("{what} of entry `{entry}`")))?;
        if fields.service == SERVICE {
            return Err(ArchiveError::OwnEntry { entry });
        }
        let tags = tag_rows(self.tags(), entry, &fields);
        if self.is_held(entry, &fields, holds) {
            return Err(ArchiveError::Held { entry });
        }
        let sql = "select object from archive_content where entry_id = $1 and object is not null";
        let objects = self.store().query(sql, params![entry]).await?;
        Ok(Some(Doomed {
            entry,
            leaf: record.header.leaf_hash(),
            key_id: row.get("key_id")?,
            generation: row.get("generation")?,
            tags,
            objects: objects.iter().map(|row: &Row| row.get("object")).collect::<Result<_, _>>()?,
        }))
    }

    /// The holds as they are.
    async fn holds(&self) -> Result<Holds, ArchiveError> {
        let sql = "select h.version, o.tag from archive_hold_head h left join archive_hold o on h.id = 1";
        let rows = self.store().query(sql, params![]).await?;
        let head = rows.first().ok_or_else(|| ArchiveError::damaged("the state of the holds"))?;
        let tags = rows.iter().filter_map(|row| row.get::<Option<Tag>>("tag").transpose());
        Ok(Holds { version: head.get("version")?, tags: tags.collect::<Result<_, _>>()? })
    }

    /// Whether a hold is on an entry: on itself, or on what it is found by.
    fn is_held(&self, entry: EntryId, fields: &Fields, holds: &Holds) -> bool {
        let mut tags = self.tags().of_entry(fields);
        tags.insert(self.tags().entry(entry));
        holds.tags.iter().any(|tag| tags.contains(tag))
    }
}

impl Doomed {
    /// Adds what erases the entry: what is wrapped by its key, and all else that says something of it.
    fn erase(&self, batch: &mut Batch, by: EntryId, time: DateTime<Utc>) {
        let entry = self.entry;
        batch.execute_one(
            "update archive_entry set sealed = null, wrap = null, key_id = null, erasure = $1 \
             where id = $2 and key_id = $3",
            params![by, entry, self.key_id],
        );
        batch.execute("delete from archive_content where entry_id = $1", params![entry]);
        batch.execute("delete from archive_read where entry_id = $1", params![entry]);
        for tag in &self.tags {
            batch.execute(
                "delete from archive_tag where tag = $1 and time = $2 and entry_id = $3",
                tag.clone(),
            );
        }
        self.objects.iter().for_each(|name| unnamed::remove(batch, *name, time));
        batch.execute_one(
            "insert into archive_erasure (entry_id, by_entry, generation, erased_at) values ($1, $2, $3, $4)",
            params![entry, by, self.generation.as_str(), time],
        );
    }
}

/// Where the note of an erasure lies beside the objects: in the order of the ids.
pub(super) fn tombstone(by: Uuid) -> Path {
    Path::from_iter(["erasures", by.simple().to_string().as_str()])
}

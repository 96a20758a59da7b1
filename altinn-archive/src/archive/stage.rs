//! Putting an entry into a batch.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use altinn_core::Digest;
use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Value, params};
use bytes::BytesMut;

use super::keyring::WrappingKey;
use super::record::{CONTENT, ContentRow, Record, content_bound_to};
use super::{Archive, ReceiptState};
use crate::cipher::{Chunks, random_key, random_name};
use crate::content::{ContentWriter, NewPlace, Place, StoredContent, unnamed};
use crate::entry::{EntryId, Fields, Header, NewEntry, Opening};
use crate::error::ArchiveError;
use crate::listing::{TAGS, tag_rows};
use crate::receipt::{Receipt, Statement};

/// Woken when a batch with a staged entry is committed.
const STAGED: &str = "altinn-archive/staged";

/// How long [`Archive::append`] waits for the log.
const APPEND_AT_MOST: Duration = Duration::from_secs(30);

/// How often [`Archive::append`] begins again because the key in use has changed.
const TRIES: usize = 8;

/// An entry that was added to a batch, and what its receipt will say.
#[derive(Clone)]
pub struct StagedEntry {
    pub(super) statement: Statement,
    pub(super) leaf: Digest,
}

impl StagedEntry {
    /// The entry's id.
    pub fn entry(&self) -> EntryId {
        self.statement.entry
    }
}

impl fmt::Debug for StagedEntry {
    /// Not what it says: that is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StagedEntry({})", self.entry())
    }
}

impl Archive {
    /// Adds an entry to a batch; once the batch is committed the entry is archived, and the next integration puts it
    /// into the log. Content that is too large for a row of the database is written to the objects first.
    ///
    /// The batch conflicts when the entry's key has been replaced meanwhile: stage again.
    ///
    /// # Errors
    /// [`ArchiveError::Entry`] says what is wrong with the entry, [`ArchiveError::Key`] that the agency's keys cannot
    /// be used, [`ArchiveError::Content`] that the objects cannot; nothing has been added then.
    pub async fn stage(&self, batch: &mut Batch, entry: NewEntry) -> Result<EntryId, ArchiveError> {
        Ok(self.stage_to_prove(batch, entry).await?.entry())
    }

    /// As [`stage`](Archive::stage), for those who [prove](Archive::prove_staged) the entry once they have committed the
    /// batch.
    ///
    /// # Errors
    /// As [`Archive::stage`].
    pub async fn stage_to_prove(
        &self,
        batch: &mut Batch,
        entry: NewEntry,
    ) -> Result<StagedEntry, ArchiveError> {
        let entry = self.store_large_content(entry).await?;
        let (fields, contents) = entry.check(self.clock.now())?;
        let owner = self.keyring.tags().owner(fields.party.expose().0, &fields.class);
        let key = self.keyring.in_use(&self.store, owner).await?;
        self.stage_with(batch, &fields, contents, &key)
    }

    /// Archives an entry and waits for its receipt: [`stage`](Archive::stage), commit and [`prove`](Archive::prove) in
    /// one.
    ///
    /// # Errors
    /// [`ArchiveError::NotYetProved`] when the entry is archived and the log was too slow; else nothing was archived,
    /// or [`ArchiveError::Store`] says that this is unknown.
    pub async fn append(&self, entry: NewEntry) -> Result<Receipt, ArchiveError> {
        let entry = self.store_large_content(entry).await?;
        let (fields, contents) = entry.check(self.clock.now())?;
        let staged = self.commit_entry(fields, contents).await?;
        let entry = staged.entry();
        match self.prove_staged(staged, APPEND_AT_MOST).await? {
            ReceiptState::Proved(receipt) => Ok(receipt),
            ReceiptState::Promised(_) => Err(ArchiveError::NotYetProved { entry }),
        }
    }

    /// Commits an entry under the key that was last seen in use, and under another one when that has been replaced.
    async fn commit_entry(
        &self,
        fields: Fields,
        contents: Vec<StoredContent>,
    ) -> Result<StagedEntry, ArchiveError> {
        let owner = self.keyring.tags().owner(fields.party.expose().0, &fields.class);
        let mut tries = 1;
        loop {
            let key = match self.keyring.last_in_use(owner) {
                Some(key) if tries == 1 => key,
                _ => self.keyring.in_use(&self.store, owner).await?,
            };
            let mut batch = Batch::new();
            let staged = self.stage_with(&mut batch, &fields, contents.clone(), &key)?;
            match self.store.commit(batch).await {
                Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
                outcome => return outcome.map(|_| staged).map_err(ArchiveError::from),
            }
        }
    }

    /// Adds an entry whose keys are wrapped with this key.
    fn stage_with(
        &self,
        batch: &mut Batch,
        fields: &Fields,
        contents: Vec<StoredContent>,
        key: &Arc<WrappingKey>,
    ) -> Result<StagedEntry, ArchiveError> {
        let openings = fields.open(self.salts.as_ref())?;
        let id = EntryId::new(self.ids.next_id());
        let commitments = openings.iter().map(Opening::commitment).collect();
        let record = Record { header: Header { entry: id, commitments }, openings };
        let row = record.to_values(key)?;
        let objects: Vec<_> = contents.iter().filter_map(StoredContent::object).collect();
        let rows =
            (0..).zip(contents).map(|(position, content)| self.content_row(id, position, content, key));
        let rows = rows.collect::<Result<_, _>>()?;

        key.guard(batch);
        batch.execute_one(
            "insert into archive_entry (id, version, commitments, sealed, wrap, key_id) \
             values ($1, $2, $3, $4, $5, $6)",
            row,
        );
        batch.insert_rows(&CONTENT, rows);
        batch.insert_rows(&TAGS, tag_rows(self.tags(), id, fields));
        objects.into_iter().for_each(|name| unnamed::named(batch, name));
        let leaf = record.header.leaf_hash();
        batch.execute_one("insert into archive_staged (entry_id, leaf) values ($1, $2)", params![id, leaf]);
        batch.wake(STAGED);
        let shown = Fields::from_openings(&record.openings);
        let shown = shown.map_err(|what| ArchiveError::damaged(format!("{what} of entry `{id}`")))?;
        Ok(StagedEntry { statement: Statement::new(&record, shown), leaf })
    }

    /// The row of content, encrypted.
    fn content_row(
        &self,
        entry: EntryId,
        position: i64,
        content: StoredContent,
        with: &WrappingKey,
    ) -> Result<Vec<Value>, ArchiveError> {
        let (own, sealed, place) = match content.place {
            NewPlace::Memory(bytes) => {
                let own = random_key()?;
                let (sealed, tags) = seal(&own, &bytes)?;
                (own, (sealed.len() as u64, tags), Place::Row(sealed.freeze()))
            }
            NewPlace::Object(object) => (object.key, (object.size, object.tags), Place::Object(object.name)),
        };
        let wrap = with.wrap(&own, &content_bound_to(entry, position))?;
        Ok(ContentRow::values(entry, position, sealed, wrap, place))
    }

    /// Takes content of any size, piece by piece, before an entry names it.
    ///
    /// # Errors
    /// [`ArchiveError::NoRandomNumbers`].
    pub fn content_writer(&self) -> Result<ContentWriter, ArchiveError> {
        let (name, key) = (random_name()?, random_key()?);
        let (store, clock) = (self.store.clone(), Arc::clone(&self.clock));
        Ok(ContentWriter::new(self.objects.clone(), store, clock, name, key)?)
    }

    /// Makes content durable before an entry names it: what is too large for the database's row goes to the object
    /// store.
    ///
    /// # Errors
    /// [`ArchiveError::Content`] when the object store fails.
    pub async fn store_content(&self, bytes: &[u8]) -> Result<StoredContent, ArchiveError> {
        let mut writer = self.content_writer()?;
        writer.write(bytes).await?;
        Ok(writer.finish().await?)
    }

    /// Waits until an entry is staged in this process, at most so long: for a worker that integrates.
    pub async fn staged(&self, at_most: Duration) {
        self.store.woken(STAGED, at_most).await;
    }

    async fn store_large_content(&self, mut entry: NewEntry) -> Result<NewEntry, ArchiveError> {
        for element in &mut entry.elements {
            if let Some(bytes) = element.content.too_large_for_a_row() {
                element.content = self.store_content(&bytes).await?;
            }
        }
        Ok(entry)
    }
}

/// Encrypts content that stands in a row; gives the digest of its tag, too.
pub(super) fn seal(key: &SecretKey, content: &[u8]) -> Result<(BytesMut, Digest), ArchiveError> {
    let mut sealed = BytesMut::with_capacity(content.len() + 16);
    sealed.extend_from_slice(content);
    let done = Chunks::from(key, 0).and_then(|mut chunks| {
        chunks.seal(&mut sealed, 0, true)?;
        Ok(chunks.tags())
    });
    done.map(|tags| (sealed, tags)).map_err(|_| ArchiveError::damaged("the key of content"))
}

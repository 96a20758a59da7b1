//! Putting an entry into a batch.

use std::time::Duration;

use altinn_core::store::{Batch, params};
use uuid::Builder;

use super::record::{CONTENT, ContentRow, Record};
use super::{Archive, ReceiptState};
use crate::content::{ContentWriter, StoredContent};
use crate::entry::{EntryError, EntryId, Header, NewEntry, Opening};
use crate::error::ArchiveError;
use crate::receipt::Receipt;

/// Woken when a batch with a staged entry is committed.
const STAGED: &str = "altinn-archive/staged";

/// How long [`Archive::append`] waits for the log.
const APPEND_AT_MOST: Duration = Duration::from_secs(30);

impl Archive {
    /// Adds an entry to a batch; once the batch is committed the entry is archived, and the next integration puts it
    /// into the log.
    ///
    /// # Errors
    /// What is wrong with the entry; nothing has been added then.
    pub fn stage(&self, batch: &mut Batch, entry: NewEntry) -> Result<EntryId, EntryError> {
        let (fields, contents) = entry.check(self.clock.now())?;
        let openings = fields.open(self.salts.as_ref())?;
        let id = EntryId::new(self.ids.next_id());
        let commitments = openings.iter().map(Opening::commitment).collect();
        let record = Record { header: Header { entry: id, commitments }, openings };
        batch.execute_one(
            "insert into archive_entry (id, version, commitments, openings) values ($1, $2, $3, $4)",
            record.to_values(),
        );
        let rows = (0..).zip(&contents).map(|(position, content)| ContentRow::values(id, position, content));
        batch.insert_rows(&CONTENT, rows.collect());
        batch.execute_one(
            "insert into archive_staged (entry_id, leaf) values ($1, $2)",
            params![id, record.header.leaf_hash()],
        );
        batch.wake(STAGED);
        Ok(id)
    }

    /// Archives an entry and waits for its receipt: [`stage`](Archive::stage), commit and [`prove`](Archive::prove) in
    /// one. Content of any size is taken.
    ///
    /// # Errors
    /// [`ArchiveError::NotYetProved`] when the entry is archived and the log was too slow; else nothing was archived,
    /// or [`ArchiveError::Store`] says that this is unknown.
    pub async fn append(&self, entry: NewEntry) -> Result<Receipt, ArchiveError> {
        let entry = self.store_large_content(entry).await?;
        let mut batch = Batch::new();
        let id = self.stage(&mut batch, entry)?;
        self.store.commit(batch).await?;
        match self.prove(id, APPEND_AT_MOST).await? {
            ReceiptState::Proved(receipt) => Ok(receipt),
            ReceiptState::Promised(_) => Err(ArchiveError::NotYetProved { entry: id }),
        }
    }

    /// Takes content of any size, piece by piece, before an entry names it.
    ///
    /// # Errors
    /// [`ArchiveError::NoRandomNumbers`].
    pub fn content_writer(&self) -> Result<ContentWriter, ArchiveError> {
        let mut name = [0; 16];
        self.salts.fill(&mut name)?;
        let name = Builder::from_random_bytes(name).into_uuid();
        Ok(ContentWriter::new(self.objects.clone(), name))
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

//! Content that waits for its entry longer than the program may run.

use altinn_core::store::{Batch, params};
use chrono::{DateTime, Utc};

use super::Archive;
use crate::cipher::random_key;
use crate::content::{ContentReader, NewPlace, Place, StoredContent};
use crate::error::ArchiveError;

impl Archive {
    /// Adds that content goes on waiting for its entry, until a time, and gives what finds it again in another process:
    /// bytes that say nothing without the agency's keys, and that are good in this context only.
    ///
    /// # Errors
    /// [`ArchiveError::NoRandomNumbers`].
    pub fn park(
        &self,
        batch: &mut Batch,
        content: &StoredContent,
        until: DateTime<Utc>,
        context: &[u8],
    ) -> Result<Vec<u8>, ArchiveError> {
        if let Some(name) = content.object() {
            batch.execute_one(
                "update archive_unnamed set due_at = $1 where id = $2 and lease_generation = 0",
                params![until, name],
            );
        }
        self.keyring.seal_parked(&content.to_bytes(), context)
    }

    /// Content that was parked in this context.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] when it was not.
    pub fn unpark(&self, parked: &[u8], context: &[u8]) -> Result<StoredContent, ArchiveError> {
        let damaged = || ArchiveError::damaged("parked content");
        let bytes = self.keyring.open_parked(parked, context).ok_or_else(damaged)?;
        StoredContent::from_bytes(&bytes).ok_or_else(damaged)
    }

    /// Adds that content waits for no entry any more: it is removed.
    pub fn discard(&self, batch: &mut Batch, content: &StoredContent) {
        if let Some(name) = content.object() {
            batch.execute(
                "update archive_unnamed set due_at = $1 where id = $2 and lease_generation = 0",
                params![self.clock.now(), name],
            );
        }
    }

    /// Reads content that no entry names yet.
    ///
    /// # Errors
    /// [`ArchiveError::NoRandomNumbers`].
    pub fn read_stored(&self, content: &StoredContent) -> Result<ContentReader, ArchiveError> {
        let (place, key) = match &content.place {
            NewPlace::Memory(bytes) => {
                let key = random_key()?;
                let (sealed, _) = super::stage::seal(&key, bytes)?;
                (Place::Row(sealed.freeze()), key)
            }
            NewPlace::Object(object) => (Place::Object(object.name), object.key.clone()),
        };
        Ok(ContentReader::new(self.objects.clone(), place, key, content.size(), content.sha256()))
    }
}

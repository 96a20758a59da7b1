//! Destroying a generation of the agency's key, with which erasures are final.

use altinn_core::store::{Batch, StoreError, params};

use super::erase::ErasureOrder;
use super::note::sign_destruction;
use crate::archive::Archive;
use crate::entry::EntryId;
use crate::error::ArchiveError;
use crate::keys::{KeyGeneration, KeyProviderError};

/// What the destruction of a generation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destroyed {
    /// The entry of the log that says so.
    pub entry: EntryId,
}

impl Archive {
    /// Destroys a generation of the agency's key for ever, once [`rotate_keys`](Archive::rotate_keys) has left nothing
    /// beneath it: what was erased beneath it is final then, and the log says so.
    ///
    /// No backup from before the rotation can be read afterwards, whatever is in it: do it when there are no such
    /// backups that are still needed. What was cut off goes on with the next call.
    ///
    /// # Errors
    /// [`ArchiveError::KeyInUse`] when keys beneath it are in use; [`ArchiveError::Key`] when it is the current one or
    /// the keeper of the keys refuses.
    #[tracing::instrument(level = "debug", skip(self, order))]
    pub async fn destroy_generation(
        &self,
        generation: &KeyGeneration,
        order: &ErasureOrder,
    ) -> Result<Destroyed, ArchiveError> {
        order.check()?;
        if self.provider().current().await? == *generation {
            return Err(KeyProviderError::Current { generation: generation.clone() }.into());
        }
        self.close_generation(generation).await?;
        self.provider().destroy(generation).await?;
        let time = self.now();
        let note = sign_destruction(self.log_key(), time, generation);
        let mut batch = Batch::new();
        let entry = self.stage(&mut batch, order.entry(self.log_key().origin(), &note, time)).await?;
        batch.execute(
            "update archive_erasure set final_by = $1 where generation = $2 and final_by is null",
            params![entry, generation.as_str()],
        );
        batch.execute(
            "update archive_generation set index_key = null where id = $1 and live = 0",
            params![generation.as_str()],
        );
        self.store().commit(batch).await?;
        Ok(Destroyed { entry })
    }

    /// Sees to it that no key comes beneath the generation any more, and that none is.
    async fn close_generation(&self, generation: &KeyGeneration) -> Result<(), ArchiveError> {
        self.set_live(generation, 0).await?;
        let sql = "select id from archive_key where generation = $1 limit 1";
        if self.store().query_opt(sql, params![generation.as_str()]).await?.is_none() {
            return Ok(());
        }
        self.set_live(generation, 1).await?;
        Err(ArchiveError::KeyInUse { generation: generation.clone() })
    }

    async fn set_live(&self, generation: &KeyGeneration, live: i64) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.execute(
            "update archive_generation set live = $1 where id = $2 and index_key is not null",
            params![live, generation.as_str()],
        );
        self.store().commit(batch).await.map(drop)
    }
}

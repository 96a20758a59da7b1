//! Removing objects that no entry names.

use std::time::Duration;

use altinn_core::store::{Batch, Claim};

use super::Archive;
use crate::content::unnamed::{UNNAMED, removed};
use crate::error::ArchiveError;

/// How many objects are removed at a time.
const AT_A_TIME: u32 = 32;

/// How long a worker may take for them.
const LEASE: Duration = Duration::from_secs(120);

impl Archive {
    /// Removes objects that were written and never archived, a day after their last part, and those whose entry was
    /// erased: a few at a time; gives how many. For a worker, of which there may be any number.
    ///
    /// # Errors
    /// [`ArchiveError::Store`]; [`ArchiveError::Content`] when the objects cannot be reached: they are tried again.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn remove_unnamed(&self) -> Result<u64, ArchiveError> {
        let mut batch = Batch::new();
        let claimed = UNNAMED.claim(&mut batch, self.clock.now(), AT_A_TIME, LEASE);
        let committed = self.store.commit(batch).await?;
        let mut count = 0;
        for row in committed.rows(claimed) {
            let claim = Claim::from_row(row)?;
            self.objects.remove(claim.id).await?;
            let mut batch = Batch::new();
            removed(&mut batch, claim.id);
            self.store.commit(batch).await?;
            count += 1;
        }
        Ok(count)
    }
}

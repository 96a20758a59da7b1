//! Objects that no entry names.
//!
//! An object's name is noted here before its first byte is written, and goes in the batch that archives it; what was
//! erased comes back here. So what a crash leaves behind is found without listing the object store.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::Clock;
use altinn_core::store::{Batch, Store, WorkTable, params};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::error::ContentError;

/// How long an object may wait for its entry after its last part was written.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a writer goes on before it says that it still writes.
const RENEWED_AFTER: Duration = Duration::from_secs(60 * 60);

/// The work of removing them, each when it is due.
pub(crate) static UNNAMED: WorkTable = WorkTable::new("archive_unnamed");

/// The note of an object that is being written.
#[derive(Debug)]
pub(super) struct Note {
    store: Store,
    clock: Arc<dyn Clock>,
    name: Uuid,
    written: Option<DateTime<Utc>>,
}

impl Note {
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>, name: Uuid) -> Self {
        Self { store, clock, name, written: None }
    }

    /// Sees to it that the object is noted, and not removed for a good while.
    pub(super) async fn keep(&mut self) -> Result<(), ContentError> {
        let now = self.clock.now();
        let due = now + LIFETIME;
        let mut batch = Batch::new();
        match self.written {
            None => batch.execute_one(
                "insert into archive_unnamed (id, due_at, lease_until, lease_generation) values ($1, $2, 0, 0)",
                params![self.name, due],
            ),
            Some(written) if now - written < chrono::TimeDelta::from_std(RENEWED_AFTER).unwrap_or_default() => {
                return Ok(());
            }
            Some(_) => batch.execute_one(
                "update archive_unnamed set due_at = $1 where id = $2 and lease_generation = 0",
                params![due, self.name],
            ),
        }
        match self.store.commit(batch).await {
            Err(error) if error.is_conflict() => return Err(ContentError::Expired),
            outcome => outcome?,
        };
        self.written = Some(now);
        Ok(())
    }
}

/// Adds that an object gets its entry. The batch conflicts when it is being removed.
pub(crate) fn named(batch: &mut Batch, name: Uuid) {
    batch.execute_one("delete from archive_unnamed where id = $1 and lease_generation = 0", params![name]);
}

/// Adds that an object has lost its entry and is to be removed.
pub(crate) fn remove(batch: &mut Batch, name: Uuid, now: DateTime<Utc>) {
    batch.execute(
        "insert into archive_unnamed (id, due_at, lease_until, lease_generation) values ($1, $2, 0, 1) \
         on conflict (id) do nothing",
        params![name, now],
    );
}

/// Adds that an object is gone.
pub(crate) fn removed(batch: &mut Batch, name: Uuid) {
    batch.execute("delete from archive_unnamed where id = $1", params![name]);
}

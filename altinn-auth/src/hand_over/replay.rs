//! What has been used.

use std::fmt;
use std::sync::Arc;

use altinn_core::Clock;
use altinn_core::store::{Batch, Store, StoreError, params};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

/// Remembers which hand-overs have been used, for all nodes of a target, until they could not be used any more.
#[async_trait]
pub trait ReplayStore: fmt::Debug + Send + Sync {
    /// Takes an id as used until a time. Of all who take the same one, one alone is told that it is the first.
    ///
    /// # Errors
    /// [`ReplayStoreUnavailable`] when nobody can tell, which refuses the hand-over.
    async fn is_first_use(&self, id: Uuid, until: DateTime<Utc>) -> Result<bool, ReplayStoreUnavailable>;
}

/// Nobody can tell what has been used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("nobody can tell whether it has been used: {reason}")]
pub struct ReplayStoreUnavailable {
    /// What happened.
    pub reason: String,
}

/// What has been used, in a store that all nodes share; its table is of [`MIGRATIONS`](super::MIGRATIONS).
#[derive(Debug, Clone)]
pub struct StoredReplays {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl StoredReplays {
    /// Over a store that has the table.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

#[async_trait]
impl ReplayStore for StoredReplays {
    async fn is_first_use(&self, id: Uuid, until: DateTime<Utc>) -> Result<bool, ReplayStoreUnavailable> {
        let mut batch = Batch::new();
        batch.execute("delete from auth_hand_over_used where until < $1", params![self.clock.now()]);
        let taken = batch.returning(
            "insert into auth_hand_over_used (id, until) values ($1, $2) on conflict do nothing returning until",
            params![id, until],
        );
        let committed = self.store.commit(batch).await?;
        Ok(!committed.rows(taken).is_empty())
    }
}

impl From<StoreError> for ReplayStoreUnavailable {
    fn from(error: StoreError) -> Self {
        Self { reason: error.to_string() }
    }
}

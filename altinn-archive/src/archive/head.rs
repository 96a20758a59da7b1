//! The log's state in the store.

use altinn_core::Digest;
use altinn_core::store::{Batch, Row, Store, StoreError, params};

use crate::error::ArchiveError;
use crate::log::{VerifierKey, VerifierKeyError, empty_root};

/// The row's key: a store holds one log.
const HEAD: i64 = 1;

/// The log's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Raised by every change.
    pub(crate) version: i64,
    /// How many leaves the log has.
    pub(crate) size: u64,
    /// The root over them.
    pub(crate) root: Digest,
}

impl Head {
    /// Reads the state.
    pub(super) async fn read(store: &Store) -> Result<Self, StoreError> {
        Self::from_row(&row(store).await?)
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { version: row.get("version")?, size: row.get("size")?, root: row.get("root")? })
    }

    /// Adds the change from this state to another one, which conflicts when another integrator was first.
    pub(super) fn swap(&self, batch: &mut Batch, size: u64, root: Digest) -> Self {
        let next = Self { version: self.version + 1, size, root };
        batch.execute_one(
            "update archive_log_head set version = $1, size = $2, root = $3 where id = $4 and version = $5",
            params![next.version, stored(size), root, HEAD, self.version],
        );
        next
    }
}

/// Makes the store the archive of this key, or refuses when it is that of another.
pub(super) async fn claim(store: &Store, key: &VerifierKey) -> Result<(), ArchiveError> {
    let mut batch = Batch::new();
    batch.execute(
        "insert into archive_log_head (id, verifier_key, version, size, root) values ($1, $2, 0, 0, $3) \
         on conflict (id) do nothing",
        params![HEAD, key.to_string(), empty_root()],
    );
    store.commit(batch).await?;
    match kept_key(store).await? {
        Ok(kept) if kept == *key => Ok(()),
        Ok(kept) => Err(ArchiveError::OtherKey { kept: named(&kept), given: named(key) }),
        Err(error) => Err(ArchiveError::damaged(format!("the log's key: {error}"))),
    }
}

/// The key with which the store says that its log is signed.
async fn kept_key(store: &Store) -> Result<Result<VerifierKey, VerifierKeyError>, StoreError> {
    Ok(row(store).await?.get::<String>("verifier_key")?.parse())
}

async fn row(store: &Store) -> Result<Row, StoreError> {
    let sql = "select verifier_key, version, size, root from archive_log_head where id = $1";
    store.query_one(sql, params![HEAD]).await
}

fn named(key: &VerifierKey) -> String {
    format!("{}+{}", key.name(), key.key_id())
}

/// A place or a size as a column holds it.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

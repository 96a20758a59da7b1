//! All checkpoints of a log, in their order.

use std::collections::VecDeque;

use altinn_core::store::{Store, StoreError, params};

use crate::archive::stored;
use crate::log::{Checkpoint, VerifierKey};

/// How many rows are read at a time.
const PAGE: i64 = 256;

/// A checkpoint as its row holds it.
pub(super) struct CheckpointRow {
    pub(super) size: u64,
    note: String,
}

impl CheckpointRow {
    /// What the log has signed; none when it has not, or not for this size.
    pub(super) fn signed(&self, key: &VerifierKey) -> Option<Checkpoint> {
        Checkpoint::verify(&self.note, key).ok().filter(|signed| signed.size == self.size)
    }
}

/// The checkpoints of up to so many leaves.
pub(super) struct Checkpoints {
    up_to: u64,
    /// The size of the last one that was read.
    after: u64,
    page: VecDeque<CheckpointRow>,
}

impl Checkpoints {
    pub(super) fn new(up_to: u64) -> Self {
        Self { up_to, after: 0, page: VecDeque::new() }
    }

    /// The first checkpoint of more than `size` leaves; `size` never falls.
    pub(super) async fn covering(
        &mut self,
        store: &Store,
        size: u64,
    ) -> Result<Option<&CheckpointRow>, StoreError> {
        loop {
            while self.page.front().is_some_and(|row| row.size <= size) {
                self.page.pop_front();
            }
            if !self.page.is_empty() || self.after >= self.up_to {
                return Ok(self.page.front());
            }
            let sql = "select size, note from archive_checkpoint where size > $1 and size <= $2 \
                       order by size limit $3";
            let rows = store.query(sql, params![stored(self.after), stored(self.up_to), PAGE]).await?;
            for row in &rows {
                self.page.push_back(CheckpointRow { size: row.get("size")?, note: row.get("note")? });
            }
            self.after = self.page.back().map_or(self.up_to, |row| row.size);
        }
    }
}

/// Whether there is a checkpoint of this size.
pub(super) async fn exists(store: &Store, size: u64) -> Result<bool, StoreError> {
    let sql = "select size from archive_checkpoint where size = $1";
    Ok(store.query_opt(sql, params![stored(size)]).await?.is_some())
}

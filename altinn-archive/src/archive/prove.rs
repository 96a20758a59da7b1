//! Receipts.

use std::collections::BTreeSet;
use std::time::Duration;

use altinn_core::Digest;
use altinn_core::store::{StoreError, params};

use super::record::Record;
use super::stage::StagedEntry;
use super::{Archive, tiles};
use crate::entry::EntryId;
use crate::error::ArchiveError;
use crate::log::{Node, Tiles, inclusion_nodes};
use crate::receipt::{Promise, Proof, Receipt, Statement};

/// What can be shown for an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum ReceiptState {
    /// The entry is in the log: the receipt for ever, the same bytes whenever it is asked for.
    Proved(Receipt),
    /// The entry is archived and waits to be put into the log: the log's signed word that it will be.
    Promised(Promise),
}

impl ReceiptState {
    /// The same for somebody who may not know of the elements of these data types.
    #[must_use]
    pub fn without_data_types(self, hidden: &BTreeSet<String>) -> Self {
        match self {
            Self::Proved(receipt) => Self::Proved(receipt.without_data_types(hidden)),
            Self::Promised(promise) => Self::Promised(promise.without_data_types(hidden)),
        }
    }

    /// The receipt, if there is one.
    pub fn proved(self) -> Option<Receipt> {
        match self {
            Self::Proved(receipt) => Some(receipt),
            Self::Promised(_) => None,
        }
    }
}

/// Where an entry stands in the log.
struct Leaf {
    index: u64,
    checkpoint_size: u64,
}

impl Archive {
    /// The receipt of an entry as things are now.
    ///
    /// # Errors
    /// [`ArchiveError::NotFound`], [`ArchiveError::Damaged`], [`ArchiveError::Store`].
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn receipt(&self, entry: EntryId) -> Result<ReceiptState, ArchiveError> {
        let (statement, leaf) = self.statement(entry).await?;
        match leaf {
            Some(leaf) => Ok(ReceiptState::Proved(self.proved(statement, leaf).await?)),
            None => Ok(self.promised(statement)),
        }
    }

    /// The receipt of an entry; puts the entry into the log first, when it is not there yet, for at most so long.
    /// Calls at the same time share that work. When the log takes longer or can not be written, the entry, which is
    /// archived, is promised.
    ///
    /// # Errors
    /// As [`Archive::receipt`].
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn prove(&self, entry: EntryId, at_most: Duration) -> Result<ReceiptState, ArchiveError> {
        let (statement, leaf) = self.statement(entry).await?;
        if let Some(leaf) = leaf {
            return Ok(ReceiptState::Proved(self.proved(statement, leaf).await?));
        }
        let leaf = statement.leaf_hash();
        self.prove_statement(statement, leaf, at_most).await
    }

    /// As [`prove`](Archive::prove), right after the batch is committed that the entry was staged in: it need not be read
    /// again.
    ///
    /// # Errors
    /// As [`Archive::receipt`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn prove_staged(
        &self,
        staged: StagedEntry,
        at_most: Duration,
    ) -> Result<ReceiptState, ArchiveError> {
        self.prove_statement(staged.statement, staged.leaf, at_most).await
    }

    async fn prove_statement(
        &self,
        statement: Statement,
        leaf: Digest,
        at_most: Duration,
    ) -> Result<ReceiptState, ArchiveError> {
        match tokio::time::timeout(at_most, self.integrated(statement.clone(), leaf)).await {
            Ok(Ok(receipt)) => Ok(ReceiptState::Proved(receipt)),
            Ok(Err(ArchiveError::Store(StoreError::Unavailable { .. }))) | Err(_) => {
                Ok(self.promised(statement))
            }
            Ok(Err(error)) => Err(error),
        }
    }

    /// Puts the entry into the log, however long that takes.
    async fn integrated(&self, statement: Statement, leaf: Digest) -> Result<Receipt, ArchiveError> {
        let entry = statement.entry;
        loop {
            if let Some(proof) = self.integrator.proof(entry, leaf) {
                return Ok(Receipt::new(self.verifier_key(), statement, proof));
            }
            match self.integrate_since_now().await {
                Err(ArchiveError::Store(StoreError::OutcomeUnknown { .. })) => {}
                outcome => outcome?,
            }
            if let Some(proof) = self.integrator.proof(entry, leaf) {
                return Ok(Receipt::new(self.verifier_key(), statement, proof));
            }
            if let (statement, Some(leaf)) = self.statement(entry).await? {
                return self.proved(statement, leaf).await;
            }
        }
    }

    /// What the archive says about an entry, and where that stands in the log.
    async fn statement(&self, entry: EntryId) -> Result<(Statement, Option<Leaf>), ArchiveError> {
        let row = self.store.query_opt(statement_sql(), params![entry]).await?;
        let row = row.ok_or(ArchiveError::NotFound { entry })?;
        let record = self.record(&row).await?;
        let damaged = |what| ArchiveError::damaged(format!("{what} of entry `{entry}`"));
        let fields = record.fields().map_err(damaged)?;
        let place: (Option<u64>, Option<u64>) = (row.get("leaf_index")?, row.get("checkpoint_size")?);
        let leaf = match place {
            (Some(index), Some(checkpoint_size)) => Some(Leaf { index, checkpoint_size }),
            _ if row.get::<Option<EntryId>>("staged")?.is_some() => None,
            _ => return Err(damaged("the place in the log")),
        };
        Ok((Statement::new(&record, fields), leaf))
    }

    /// The receipt from what is stored, if it says what the log has signed.
    async fn proved(&self, statement: Statement, leaf: Leaf) -> Result<Receipt, ArchiveError> {
        let proof = self.read_proof(leaf).await?;
        let receipt = Receipt::new(self.verifier_key(), statement, proof);
        let entry = receipt.entry();
        let wrong =
            |error| ArchiveError::damaged(format!("the log says otherwise of entry `{entry}`: {error}"));
        receipt.verify(self.verifier_key()).map_err(wrong)?;
        Ok(receipt)
    }

    /// The proof from the first checkpoint that covers the leaf.
    async fn read_proof(&self, leaf: Leaf) -> Result<Proof, ArchiveError> {
        let Leaf { index, checkpoint_size } = leaf;
        let damaged = |what: &str| ArchiveError::damaged(format!("{what} of leaf {index}"));
        let checkpoint =
            self.store.query_opt(CHECKPOINT, params![super::head::stored(checkpoint_size)]).await?;
        let checkpoint = checkpoint.ok_or_else(|| damaged("the checkpoint"))?.get("note")?;
        let nodes = inclusion_nodes(index, checkpoint_size).map_err(|_| damaged("the checkpoint"))?;
        let ids: BTreeSet<_> = nodes.into_iter().map(Node::tile).collect();
        let tiles: Tiles = tiles::read(&self.store, &ids).await?.into_iter().collect();
        Proof::from_tiles(index, checkpoint_size, checkpoint, &tiles).map_err(|_| damaged("a tile"))
    }

    fn promised(&self, statement: Statement) -> ReceiptState {
        ReceiptState::Promised(Promise::new(&self.log_key, statement))
    }
}

/// The query for an entry and its place.
fn statement_sql() -> String {
    format!(
        "select {}, l.leaf_index, l.checkpoint_size, s.entry_id as staged from {} \
         left join archive_leaf l on l.entry_id = e.id left join archive_staged s on s.entry_id = e.id \
         where e.id = $1",
        Record::COLUMNS,
        Record::TABLES
    )
}

/// The query for what was signed of a size.
const CHECKPOINT: &str = "select note from archive_checkpoint where size = $1";

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use altinn_core::testing::report;
    use uuid::Uuid;

    use super::*;
    use crate::plans::Plans;

    #[tokio::test]
    async fn no_proof_reads_a_table_from_end_to_end_in_postgres() {
        let Some(plans) = Plans::filled(&[]).await else { return report("skipped: no PostgreSQL is named") };
        let ids = BTreeSet::from_iter((0..5).map(|level| crate::log::TileId { level, index: 7 }));
        for (sql, values) in [
            (statement_sql(), params![Uuid::from_u128(7)]),
            (CHECKPOINT.to_owned(), params![7]),
            tiles::read_sql(&ids),
        ] {
            plans.assert_indexed(&sql, values).await;
        }
    }
}

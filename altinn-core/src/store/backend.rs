//! What a database must be able to do to hold a store.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Batch, Committed, Dialect, Migration, Row, Sql, StoreError, Value};

/// A database beneath a [`Store`](super::Store). SQLite and PostgreSQL are there; an agency can bring its own.
///
/// # Contract
/// The suite in [`contract`](super::contract) (feature `testing`) checks it clause by clause:
/// - a batch is there whole or not at all, and durable before `commit` answers;
/// - a row count that is not met, a duplicate key and a failed guard are [`StoreError::Conflict`] and change nothing;
/// - a batch that fails harms no other that commits with it;
/// - a batch is run again after a deadlock, and never stored twice;
/// - what `commit` answered is seen by the next `query` on this handle.
#[async_trait]
pub trait Backend: Debug + Send + Sync + 'static {
    /// The dialect of the statements that it wants.
    fn dialect(&self) -> Dialect;

    /// Runs a batch in one transaction and makes it durable. [`Store`](super::Store) has checked its size and verbs.
    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError>;

    /// Runs one query outside any batch.
    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError>;

    /// Applies those steps that have not been applied, under one lock, each whole or not at all.
    async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError>;
}

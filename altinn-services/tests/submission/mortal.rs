//! The store as a process sees it that ends at one of its commits.

use std::sync::{Arc, Mutex};

use altinn_core::store::{Backend, Batch, Committed, Dialect, Migration, Row, Sql, StoreError, Value};
use async_trait::async_trait;

/// Whether the last commit of a process is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    /// The process ended before it.
    Lost,
    /// The process ended before it was told.
    Kept,
}

/// A back end that a process has until a certain commit: nothing gets through afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Mortal {
    below: Arc<dyn Backend>,
    fate: Arc<Mutex<Fate>>,
}

#[derive(Debug)]
struct Fate {
    /// How many commits the process has left, with the last one; 0 when it has ended.
    left: usize,
    last: Last,
}

impl Mortal {
    /// A process that does not end until that is said.
    pub(crate) fn never(below: &Arc<dyn Backend>) -> Self {
        let fate = Fate { left: usize::MAX, last: Last::Kept };
        Self { below: Arc::clone(below), fate: Arc::new(Mutex::new(fate)) }
    }

    /// Says that the commit of this number, from 1 for the next one, is the last.
    pub(crate) fn ends_with(&self, commit: usize, last: Last) {
        *self.fate.lock().unwrap() = Fate { left: commit, last };
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.fate.lock().unwrap().left == 0
    }

    /// How many commits were left, with this one.
    fn next_commit(&self) -> Result<(usize, Last), StoreError> {
        let mut fate = self.fate.lock().unwrap();
        let left = fate.left;
        fate.left = left.checked_sub(1).ok_or_else(Self::ended)?;
        Ok((left, fate.last))
    }

    fn ended() -> StoreError {
        StoreError::Unavailable { reason: "the process has ended".to_owned() }
    }
}

#[async_trait]
impl Backend for Mortal {
    fn dialect(&self) -> Dialect {
        self.below.dialect()
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        match self.next_commit()? {
            (1, Last::Lost) => Err(Self::ended()),
            (1, Last::Kept) => {
                self.below.commit(batch).await?;
                Err(Self::ended())
            }
            _ => self.below.commit(batch).await,
        }
    }

    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        if self.has_ended() { Err(Self::ended()) } else { self.below.query(sql, params).await }
    }

    async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        self.below.migrate(steps).await
    }
}

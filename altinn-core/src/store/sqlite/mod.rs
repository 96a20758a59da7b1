//! SQLite, the embedded default: one writer that commits many batches with one sync, several readers.

mod at_once;
mod connection;
mod readers;
mod writer;

use std::path::Path;

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::{Backend, Batch, Committed, Dialect, Migration, Row, Sql, StoreError, Value};
use readers::Readers;
use writer::{Job, Writer};

/// A store in a SQLite database, in a file or in memory.
///
/// The file is in WAL mode with `synchronous=FULL`: what [`commit`](super::Store::commit) answered is on the disk.
/// Batches that arrive while the disk is busy share the next sync; one that fails undoes itself alone. Several processes may
/// open one file; only one of them writes at a time.
#[derive(Debug)]
pub struct Sqlite {
    writer: Writer,
    /// None for a database in memory, which only its one connection can see.
    readers: Option<Readers>,
}

impl Sqlite {
    /// Opens the database in the file at `path`, made if it is not there, or a new one in memory for `:memory:`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened or is no database.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let readers = (path != Path::new(":memory:")).then(|| Readers::new(path.clone()));
        let (opened, answer) = oneshot::channel();
        let writer = Writer::start(path, opened)?;
        answer.await.map_err(|_| writer::gone())??;
        Ok(Self { writer, readers })
    }
}

#[async_trait]
impl Backend for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        self.writer.ask(|reply| Job::Commit { batch, reply }).await?.0
    }

    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match &self.readers {
            Some(readers) => readers.query(sql, params).await,
            None => self.writer.ask(|reply| Job::Query { sql, params, reply }).await?,
        }
    }

    async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        let steps = steps.to_vec();
        self.writer.ask(|reply| Job::Migrate { steps, reply }).await?
    }
}

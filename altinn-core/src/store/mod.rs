//! The store: where every crate keeps its rows, and one unit of work commits whole or not at all.
//!
//! A write is a value, a [`Batch`] of statements, each with the number of rows it must change. No transaction stays
//! open while the caller waits for something else, and conflicts are found optimistically. The same statements run
//! on SQLite (the embedded default, one writer that commits many batches with one sync) and PostgreSQL.
//!
//! ```
//! use altinn_core::store::{Batch, Migration, Store, params};
//!
//! static MIGRATIONS: &[Migration] = &[Migration {
//!     owner: "bakery",
//!     number: 1,
//!     name: "stock",
//!     sqlite: "create table stock (id text primary key, amount integer not null) strict",
//!     postgres: r#"create table stock (id text collate "C" primary key, amount bigint not null)"#,
//! }];
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let store = Store::open("sqlite::memory:").await?;
//! store.migrate(&[MIGRATIONS]).await?;
//!
//! let mut batch = Batch::new();
//! batch.execute_one("insert into stock (id, amount) values ($1, $2)", params!["flour", 4]);
//! store.commit(batch).await?;
//!
//! let row = store.query_one("select amount from stock where id = $1", params!["flour"]).await?;
//! assert_eq!(row.get::<i64>("amount")?, 4);
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backend;
mod batch;
mod columns;
#[cfg(feature = "testing")]
pub mod contract;
mod copy;
mod error;
#[cfg(feature = "testing")]
pub mod fresh;
mod insert_rows;
mod lease;
mod migration;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod value;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use backend::Backend;
pub use batch::{Batch, Committed, Guard, Returned, Statement};
pub use columns::Columns;
pub use copy::{Copied, CopyError};
pub use error::{ConflictCause, StoreError};
pub use insert_rows::{Column, ColumnKind, InsertRows};
pub use lease::{Claim, WorkTable};
pub use migration::Migration;
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
pub use row::{FromValue, Row};
pub use sql::{Dialect, Sql};
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
pub use value::{Value, params};

/// Where every crate keeps its rows. Cheap to clone; all clones are one store.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    wakes: Arc<wake::Wakes>,
}

impl Store {
    /// Opens the store at an address: `sqlite:altinn.db`, `sqlite::memory:`, or `postgres://user@host/database`.
    ///
    /// # Errors
    /// [`StoreError::Address`] when the address is wrong or its back end's feature is off,
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        #[cfg(feature = "sqlite")]
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::new(Sqlite::open(path).await?));
        }
        #[cfg(feature = "postgres")]
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::new(Postgres::connect(url).await?));
        }
        let scheme = url.split(':').next().unwrap_or("").chars().take(20).collect::<String>();
        Err(StoreError::Address {
            url: format!("{scheme}:..."),
            reason: "expected `sqlite:` or `postgres://`, with the feature of that back end on".to_owned(),
        })
    }

    /// A store over a back end.
    pub fn new(backend: impl Backend) -> Self {
        Self { backend: Arc::new(backend), wakes: Arc::default() }
    }

    /// The dialect of the back end, for the few who print or run statements of their own.
    pub fn dialect(&self) -> Dialect {
        self.backend.dialect()
    }

    /// Applies the steps of every crate that have not been applied, under one lock.
    ///
    /// # Errors
    /// [`StoreError::Migration`] when a step fails, or an applied one has changed since.
    pub async fn migrate(&self, migrations: &[&[Migration]]) -> Result<(), StoreError> {
        self.backend.migrate(&migrations.concat()).await
    }

    /// Makes all of a batch durable, or nothing of it.
    ///
    /// If the future is dropped before it answers, the batch may or may not be stored.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another writer was first; [`StoreError::Text`] when a text has a NUL character; the
    /// others say what is wrong.
    #[tracing::instrument(level = "debug", skip_all, fields(statements = batch.len()))]
    pub async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        batch.check(self.dialect())?;
        let wakes = batch.wakes.clone();
        let committed = self.backend.commit(batch).await?;
        for topic in wakes {
            self.wakes.wake(topic);
        }
        Ok(committed)
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the query is wrong, [`StoreError::Text`] when a text of it has a NUL character,
    /// [`StoreError::Unavailable`] when the back end does not answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn query(
        &self,
        sql: impl Into<Sql> + Send,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into();
        sql.check(self.dialect())?;
        params.iter().try_for_each(|value| value.check(sql.text(self.dialect())))?;
        self.backend.query(sql, params).await
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// As [`Store::query`].
    pub async fn query_opt(
        &self,
        sql: impl Into<Sql> + Send,
        params: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// The first row of a query.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none; else as [`Store::query`].
    pub async fn query_one(&self, sql: impl Into<Sql> + Send, params: Vec<Value>) -> Result<Row, StoreError> {
        let sql = sql.into();
        let statement = sql::summary(sql.text(self.dialect()));
        self.query_opt(sql, params).await?.ok_or(StoreError::NotFound { statement })
    }

    /// The time on the store's clock: the one that leases go by, the same for every node.
    ///
    /// # Errors
    /// As [`Store::query`].
    pub async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        self.query_one(format!("select {} as now", lease::now(self.dialect())), params![]).await?.get("now")
    }

    /// Waits until a batch that wakes `topic` is committed in this process, at most so long.
    ///
    /// A worker looks for work, and when there is none waits here: woken at once by its own process, else by time.
    pub async fn woken(&self, topic: &'static str, at_most: Duration) {
        self.wakes.wait(topic, at_most).await;
    }
}

//! PostgreSQL, for several nodes: a pool, a batch in two round trips, replayed after a deadlock.

mod error;
mod migrate;
mod transaction;
mod value;

use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime};
use tokio_postgres::{Config, NoTls};

use super::{Backend, Batch, Committed, Dialect, Migration, Row, Sql, StoreError, Value};
use error::unavailable;
use transaction::{Attempt, Fate, attempt, fate};

/// How many connections a pool has when the agency does not say.
const CONNECTIONS: usize = 16;

/// How long a caller waits for a connection, and for it to be made.
const WAIT: Duration = Duration::from_secs(30);

/// How often a batch is run again after a deadlock.
const REPLAYS: u32 = 20;

/// How long the server is asked what became of a commit whose answer was lost.
const RESOLVE: Duration = Duration::from_secs(20);

/// What every session is given: a node that was paused must not hold locks for ever.
const SESSION: &str =
    "-c lock_timeout=30s -c idle_in_transaction_session_timeout=30s -c client_min_messages=warning";

/// A store in a PostgreSQL database of version 13 or later.
#[derive(Debug, Clone)]
pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    /// Opens the database at an address such as `postgres://user@host/database`, without TLS: for a server on this
    /// machine or in a protected network. With TLS, bring a pool of your own.
    ///
    /// # Errors
    /// [`StoreError::Address`] when the address is wrong, [`StoreError::Unavailable`] when the server does not answer.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connect_with(url, CONNECTIONS).await
    }

    /// Opens the database with at most so many connections.
    ///
    /// # Errors
    /// As [`Postgres::connect`].
    pub async fn connect_with(url: &str, connections: usize) -> Result<Self, StoreError> {
        let address = |reason: String| StoreError::Address { url: "postgres:...".to_owned(), reason };
        let mut config: Config =
            url.parse().map_err(|error: tokio_postgres::Error| address(error.to_string()))?;
        let options =
            config.get_options().map_or_else(|| SESSION.to_owned(), |own| format!("{SESSION} {own}"));
        config.options(options).application_name("altinn");
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .build()
            .map_err(|error| address(error.to_string()))?;
        let store = Self::with_pool(pool);
        store.query("select 1".into(), Vec::new()).await?;
        Ok(store)
    }

    /// A store over the agency's own pool, which decides on TLS, time-outs and the number of connections.
    pub fn with_pool(pool: Pool) -> Self {
        Self { pool }
    }

    /// Makes an empty schema, for a test that wants one of its own.
    #[cfg(feature = "testing")]
    pub(super) async fn create_schema(&self, name: &str) -> Result<(), StoreError> {
        let connection = self.connection().await?;
        connection.batch_execute(&format!("create schema {name}")).await.map_err(|error| unavailable(&error))
    }

    async fn connection(&self) -> Result<deadpool_postgres::Object, StoreError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => unavailable(&error),
            other => StoreError::Unavailable { reason: other.to_string() },
        })
    }

    /// Asks the server what became of a transaction whose COMMIT was not answered.
    async fn resolve(&self, transaction: &str) -> Result<bool, StoreError> {
        let mut pause = Duration::from_millis(20);
        let deadline = tokio::time::Instant::now() + RESOLVE;
        loop {
            let found = match self.connection().await {
                Ok(connection) => fate(&connection, transaction).await,
                Err(error) => Err(error),
            };
            let reason = match found {
                Ok(Fate::Committed) => return Ok(true),
                Ok(Fate::Aborted) => return Ok(false),
                Ok(Fate::InProgress) => "it is still in progress".to_owned(),
                Err(error) => error.to_string(),
            };
            if tokio::time::Instant::now() >= deadline {
                return Err(StoreError::OutcomeUnknown { reason });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }
}

#[async_trait]
impl Backend for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        let mut replays = 0;
        loop {
            match attempt(self.connection().await?, &batch).await {
                Attempt::Committed(committed) => return Ok(committed),
                Attempt::Failed(error) => return Err(error),
                Attempt::Unanswered { transaction, committed, reason } => {
                    match self.resolve(&transaction).await? {
                        true => return Ok(committed),
                        false => return Err(StoreError::Unavailable { reason }),
                    }
                }
                Attempt::Replay(error) if replays == REPLAYS => return Err(error),
                Attempt::Replay(_) => {
                    replays += 1;
                    tokio::time::sleep(pause_before(replays)).await;
                }
            }
        }
    }

    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let connection = self.connection().await?;
        transaction::query(&connection, sql.text(Dialect::Postgres), &params).await
    }

    async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        migrate::migrate(self.connection().await?, steps).await
    }
}

/// A pause that grows with the attempts and differs between those who collided: the id's last bits are random.
fn pause_before(attempt: u32) -> Duration {
    let chance = uuid::Uuid::new_v4().as_u128() as u64 % 1_000;
    Duration::from_micros(u64::from(attempt.min(10)) * (500 + chance))
}

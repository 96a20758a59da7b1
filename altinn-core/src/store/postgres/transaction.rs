//! One batch as one transaction: the statements in one round trip, COMMIT in the next.

use std::sync::Arc;

use deadpool_postgres::{ClientWrapper, Object};
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Column, Error, Statement as Prepared};

use super::error::{error_of, is_io, may_replay, unavailable};
use super::value::arrays;
use crate::store::{Batch, Columns, Committed, Dialect, Row, Statement, StoreError, Value};

/// How one attempt at a batch ended.
pub(super) enum Attempt {
    Committed(Committed),
    /// Nothing is stored, and it would fail again.
    Failed(StoreError),
    /// Nothing is stored, and it may be run again.
    Replay(StoreError),
    /// COMMIT was sent and not answered: the server must be asked about this transaction.
    Unanswered {
        transaction: String,
        committed: Committed,
        reason: String,
    },
}

/// What became of a transaction.
pub(super) enum Fate {
    Committed,
    Aborted,
    InProgress,
}

/// A connection with a transaction open: unless it is put back, the connection is closed when this is dropped, so
/// that a caller who gives up in the middle leaves no open transaction in the pool.
pub(super) struct Open(Option<Object>);

impl Open {
    pub(super) fn new(connection: Object) -> Self {
        Self(Some(connection))
    }

    pub(super) fn client(&self) -> Result<&ClientWrapper, StoreError> {
        let closed = || StoreError::Unavailable { reason: "the connection is closed".to_owned() };
        self.0.as_deref().ok_or_else(closed)
    }

    pub(super) fn put_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

/// Runs a batch once.
pub(super) async fn attempt(connection: Object, batch: &Batch) -> Attempt {
    let open = Open::new(connection);
    let (transaction, committed) = match run(&open, batch).await {
        Ok(done) => done,
        Err(Stopped { error, replay }) => {
            if roll_back(&open, replay).await.is_ok() {
                open.put_back();
            }
            return if replay { Attempt::Replay(error) } else { Attempt::Failed(error) };
        }
    };
    let commit = match open.client() {
        Ok(client) => client.batch_execute("commit").await,
        Err(error) => return Attempt::Failed(error),
    };
    match commit {
        Ok(()) => {
            open.put_back();
            Attempt::Committed(committed)
        }
        Err(error) if may_replay(&error) => Attempt::Replay(unavailable(&error)),
        Err(error) if error.code().is_none() || is_io(&error) || error.is_closed() => {
            Attempt::Unanswered { transaction, committed, reason: error.to_string() }
        }
        // The server was stopping while it committed: what it answered does not say whether it did.
        Err(error) if error.code().is_some_and(|code| code.code().starts_with("57")) => {
            Attempt::Unanswered { transaction, committed, reason: error.to_string() }
        }
        Err(error) => Attempt::Failed(error_of("commit", &error)),
    }
}

/// Ends the transaction. Before a replay what was prepared is forgotten too: a table may have changed since.
async fn roll_back(open: &Open, replay: bool) -> Result<(), StoreError> {
    let client = open.client()?;
    if replay {
        client.statement_cache.clear();
    }
    client.batch_execute("rollback").await.map_err(|error| unavailable(&error))
}

/// Why a batch was stopped before COMMIT.
struct Stopped {
    error: StoreError,
    replay: bool,
}

impl Stopped {
    fn at(text: &str, error: &Error) -> Self {
        Self { error: error_of(text, error), replay: may_replay(error) }
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self { error, replay: false }
    }
}

/// Sends BEGIN and all statements in one go; answers with the transaction's id and what the statements gave back.
async fn run(open: &Open, batch: &Batch) -> Result<(String, Committed), Stopped> {
    let client = open.client()?;
    let mut prepared = Vec::with_capacity(batch.statements().len());
    for statement in batch.statements() {
        let text = text_of(statement);
        prepared.push(client.prepare_cached(text).await.map_err(|error| Stopped::at(text, &error))?);
    }
    let whoami = client.prepare_cached("select pg_current_xact_id()::text").await;
    let whoami = whoami.map_err(|error| Stopped::at("begin", &error))?;

    let begin = client.batch_execute("begin");
    let identify = execute(client, &whoami, Parameters::Values(&[]));
    let statements = batch.statements().iter().zip(&prepared);
    let statements =
        statements.map(|(statement, prepared)| execute(client, prepared, parameters_of(statement)));
    let ((begun, identified), outcomes) =
        futures_util::future::join(futures_util::future::join(begin, identify), join_all(statements)).await;
    begun.map_err(|error| Stopped::at("begin", &error))?;
    let (_, identified) = identified.map_err(|error| Stopped::at("begin", &error))?;
    let transaction = identified.first().map_or_else(|| Ok(String::new()), |row| row.at(0))?;

    let mut rows = Vec::with_capacity(outcomes.len());
    for (statement, outcome) in batch.statements().iter().zip(outcomes) {
        let (count, found) = outcome.map_err(|error| Stopped::at(text_of(statement), &error))?;
        statement.check_rows(Dialect::Postgres, count)?;
        rows.push(if matches!(statement, Statement::Single { keeps_rows: true, .. }) {
            found
        } else {
            Vec::new()
        });
    }
    Ok((transaction, Committed::new(rows)))
}

fn text_of(statement: &Statement) -> &str {
    match statement {
        Statement::Single { sql, .. } => sql.text(Dialect::Postgres),
        Statement::Rows { insert, .. } => insert.array_text(),
    }
}

/// The parameters of one statement.
enum Parameters<'a> {
    Values(&'a [Value]),
    Arrays(Vec<Box<dyn ToSql + Sync + Send>>),
}

fn parameters_of(statement: &Statement) -> Parameters<'_> {
    match statement {
        Statement::Single { params, .. } => Parameters::Values(params),
        Statement::Rows { insert, rows } => Parameters::Arrays(arrays(insert, rows)),
    }
}

/// Runs one statement: how many rows it changed or gave back, and those it gave back.
async fn execute(
    client: &ClientWrapper,
    prepared: &Prepared,
    parameters: Parameters<'_>,
) -> Result<(u64, Vec<Row>), Error> {
    let stream = match &parameters {
        Parameters::Values(values) => client.query_raw(prepared, values.iter()).await?,
        Parameters::Arrays(arrays) => {
            client.query_raw(prepared, arrays.iter().map(|array| &**array as &(dyn ToSql + Sync))).await?
        }
    };
    let mut stream = std::pin::pin!(stream);
    let columns: Arc<Columns> = Arc::new(prepared.columns().iter().map(Column::name).collect());
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        let values =
            (0..columns.len()).map(|index| row.try_get::<_, Value>(index)).collect::<Result<_, _>>()?;
        rows.push(Row::new(Arc::clone(&columns), values));
    }
    Ok((stream.rows_affected().unwrap_or(rows.len() as u64), rows))
}

/// Runs one query outside a transaction.
pub(super) async fn query(
    client: &ClientWrapper,
    text: &str,
    params: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let prepared = client.prepare_cached(text).await.map_err(|error| error_of(text, &error))?;
    let outcome = execute(client, &prepared, Parameters::Values(params)).await;
    let outcome = match outcome {
        // The table has changed since the query was prepared.
        Err(error) if may_replay(&error) => {
            client.statement_cache.clear();
            let prepared = client.prepare_cached(text).await.map_err(|error| error_of(text, &error))?;
            execute(client, &prepared, Parameters::Values(params)).await
        }
        outcome => outcome,
    };
    outcome.map(|(_, rows)| rows).map_err(|error| error_of(text, &error))
}

/// What became of a transaction, as the server remembers it.
pub(super) async fn fate(client: &ClientWrapper, transaction: &str) -> Result<Fate, StoreError> {
    let text = "select pg_xact_status($1::text::xid8)";
    let rows = query(client, text, &[Value::Text(transaction.to_owned())]).await?;
    match rows.first().map(|row| row.at::<Option<String>>(0)).transpose()?.flatten().as_deref() {
        Some("committed") => Ok(Fate::Committed),
        Some("aborted") => Ok(Fate::Aborted),
        Some(_) => Ok(Fate::InProgress),
        None => Err(StoreError::OutcomeUnknown {
            reason: "the server no longer knows the transaction".to_owned(),
        }),
    }
}

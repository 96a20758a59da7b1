//! One connection: how it is opened, how a statement runs on it, what its errors mean.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, ToSql, ffi};

use crate::store::sql::summary;
use crate::store::{Columns, ConflictCause, Row, StoreError, Value};

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How many prepared statements a connection keeps.
const CACHED_STATEMENTS: usize = 256;

/// Opens the connection that writes.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let connection = open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    };
    open().map_err(|error| error_of("open", &error))
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let connection = open(path)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    };
    open().map_err(|error| error_of("open", &error))
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A statement keeps its plan, whatever its parameters are: else SQLite parses and plans it anew for each of them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    Ok(connection)
}

/// Runs one statement: how many rows it changed or gave back, and those it gave back.
pub(super) fn run(
    connection: &Connection,
    text: &str,
    params: &[Value],
) -> Result<(u64, Vec<Row>), StoreError> {
    let mut statement = connection.prepare_cached(text).map_err(|error| error_of(text, &error))?;
    run_prepared(&mut statement, (text, None), params)
}

/// Runs a prepared statement with these parameters; the names of its columns may be known from before.
pub(super) fn run_prepared(
    statement: &mut Statement<'_>,
    (text, columns): (&str, Option<Arc<Columns>>),
    params: &[Value],
) -> Result<(u64, Vec<Row>), StoreError> {
    let refuse = |reason: String| StoreError::Refused { statement: summary(text), reason };
    if statement.parameter_count() != params.len() {
        return Err(refuse(format!(
            "{} parameters for {} places",
            params.len(),
            statement.parameter_count()
        )));
    }
    for (index, value) in (1..).zip(params) {
        statement.raw_bind_parameter(index, value).map_err(|error| error_of(text, &error))?;
    }
    if statement.column_count() == 0 {
        let changed = statement.raw_execute().map_err(|error| error_of(text, &error))?;
        return Ok((changed as u64, Vec::new()));
    }
    let columns = columns.filter(|known| known.len() == statement.column_count());
    let columns = columns.unwrap_or_else(|| Arc::new(statement.column_names().collect()));
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(|error| error_of(text, &error))? {
        let mut values = Vec::with_capacity(columns.len());
        for index in 0..columns.len() {
            let value = row.get_ref(index).map_err(|error| error_of(text, &error))?;
            values.push(value_of(value).map_err(refuse)?);
        }
        rows.push(Row::new(Arc::clone(&columns), values));
    }
    Ok((rows.len() as u64, rows))
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer((*value).into()),
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Uuid(uuid) => ValueRef::Blob(uuid.as_bytes()),
        }))
    }
}

fn value_of(column: ValueRef<'_>) -> Result<Value, String> {
    match column {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Real(_) => {
            Err("a column holds a number with decimals, which the store does not keep".to_owned())
        }
        ValueRef::Text(text) => String::from_utf8(text.to_vec())
            .map(Value::Text)
            .map_err(|_| "a column holds text that is not UTF-8".to_owned()),
        ValueRef::Blob(bytes) => Ok(Value::Blob(bytes.to_vec())),
    }
}

/// What an error of SQLite means for the caller. Its messages name tables and columns, never values.
pub(super) fn error_of(text: &str, error: &rusqlite::Error) -> StoreError {
    let unavailable = || StoreError::Unavailable { reason: error.to_string() };
    let refused = || StoreError::Refused { statement: summary(text), reason: error.to_string() };
    let Some(sqlite) = error.sqlite_error() else { return refused() };
    match (sqlite.code, sqlite.extended_code) {
        (
            ErrorCode::ConstraintViolation,
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID,
        ) => StoreError::Conflict { statement: summary(text), cause: ConflictCause::DuplicateKey },
        (
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::NotADatabase
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed,
            _,
        ) => unavailable(),
        _ => refused(),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::store::params;

    #[test]
    fn a_statement_is_planned_once_whatever_its_parameters_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let create = "create table t (a integer primary key, b text)";
        open_writer(&path).unwrap().execute_batch(create).unwrap();
        let connection = open_reader(&path).unwrap();
        let text = "select a from t where a > $1 and b > $2 union all select a from t where b = $3 order by a limit $4";
        for n in 0..10_i64 {
            let row = params![n, n.to_string(), n.to_string(), n];
            run(&connection, text, &row).unwrap();
        }
        let statement = connection.prepare_cached(text).unwrap();
        assert_eq!(statement.get_status(StatementStatus::Run), 10);
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}

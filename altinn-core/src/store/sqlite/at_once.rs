//! Short queries, answered on the thread that asks: most take a few microseconds, and to wake another thread and to be
//! woken by it costs several times as much.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, StatementStatus};

use super::connection::{open_reader, run_prepared};
use crate::store::{Columns, Dialect, Row, Sql, StoreError, Value};

/// How many instructions of SQLite's machine a query may take here: a few hundred microseconds.
const INSTRUCTIONS: i32 = 5_000;

/// A few connections that answer at once or not at all.
pub(super) struct AtOnce {
    path: PathBuf,
    free: Mutex<Vec<Reader>>,
    /// How many connections there are, and may be.
    opened: AtomicUsize,
    most: usize,
}

/// A connection, and the names of the columns of what it was asked before, by the places of the program's constant texts: to
/// ask SQLite for them costs as much as to read a row.
struct Reader {
    connection: Connection,
    columns: HashMap<(usize, usize), Arc<Columns>>,
}

impl AtOnce {
    pub(super) fn new(path: PathBuf, most: usize) -> Self {
        Self { path, free: Mutex::default(), opened: AtomicUsize::new(0), most }
    }

    /// The rows of a short query. None for one that takes longer, that waits for another process or fails: then it is for
    /// those who can wait, and who say what is wrong.
    pub(super) fn query(&self, sql: &Sql, params: &[Value]) -> Option<Vec<Row>> {
        let mut reader = self.take()?;
        let rows = reader.query(sql, params);
        self.free().push(reader);
        rows
    }

    fn take(&self) -> Option<Reader> {
        if let Some(connection) = self.free().pop() {
            return Some(connection);
        }
        let more = |opened| (opened < self.most).then_some(opened + 1);
        self.opened.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        let opened = self.open().ok();
        if opened.is_none() {
            self.opened.fetch_sub(1, Ordering::Relaxed);
        }
        opened
    }

    fn open(&self) -> Result<Reader, StoreError> {
        let mut connection = open_reader(&self.path)?;
        let limit = |connection: &mut Connection| {
            connection.busy_timeout(Duration::ZERO)?;
            connection.progress_handler(INSTRUCTIONS, Some(|| true))
        };
        limit(&mut connection).map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
        Ok(Reader { connection, columns: HashMap::new() })
    }

    fn free(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    fn query(&mut self, sql: &Sql, params: &[Value]) -> Option<Vec<Row>> {
        let text = sql.text(Dialect::Sqlite);
        let mut statement = self.connection.prepare_cached(text).ok()?;
        // What it took before counts against nobody.
        statement.reset_status(StatementStatus::VmStep);
        let place = sql.constant().map(|text| (text.as_ptr().addr(), text.len()));
        let known = place.and_then(|place| self.columns.get(&place).cloned());
        let (_, rows) = run_prepared(&mut statement, (text, known), params).ok()?;
        if let (Some(place), Some(row)) = (place, rows.first()) {
            self.columns.entry(place).or_insert_with(|| Arc::clone(row.columns()));
        }
        Some(rows)
    }
}

impl fmt::Debug for AtOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtOnce").field("opened", &self.opened).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDLESS: &str =
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

    fn at_once(folder: &tempfile::TempDir) -> AtOnce {
        let path = folder.path().join("t.db");
        Connection::open(&path).unwrap().execute_batch("create table item (id integer) strict").unwrap();
        AtOnce::new(path, 2)
    }

    #[test]
    fn a_short_query_is_answered_as_often_as_it_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let at_once = at_once(&folder);
        let short =
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) select i from n";
        for _ in 0..INSTRUCTIONS {
            assert_eq!(at_once.query(&short.into(), &[Value::Int(10)]).unwrap().len(), 10);
        }
        assert_eq!(at_once.opened.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_long_query_is_left_to_others_and_so_is_a_wrong_one() {
        let folder = tempfile::tempdir().unwrap();
        let at_once = at_once(&folder);
        assert!(at_once.query(&ENDLESS.into(), &[]).is_none());
        assert!(at_once.query(&"select 1 from nothing".into(), &[]).is_none());
        assert!(at_once.query(&"select 1 where 1 = $1".into(), &[]).is_none());
        assert_eq!(at_once.query(&"select id from item".into(), &[]).unwrap().len(), 0);
    }

    #[test]
    fn a_database_that_is_not_there_is_left_to_others_too() {
        let at_once = AtOnce::new(PathBuf::from("/nowhere/t.db"), 1);
        for _ in 0..3 {
            assert!(at_once.query(&"select 1".into(), &[]).is_none());
        }
    }
}

//! Short queries, answered on the thread that asks: most take a few microseconds, and to wake another thread and to be
//! woken by it costs several times as much.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, StatementStatus};

use super::connection::{open_reader, run_prepared};
use crate::store::{Dialect, Row, Sql, StoreError, Value};

/// How many instructions of SQLite's machine a query may take here: a few hundred microseconds.
const INSTRUCTIONS: i32 = 5_000;

/// A few connections that answer at once or not at all.
pub(super) struct AtOnce {
    path: PathBuf,
    free: Mutex<Vec<Connection>>,
    /// How many connections there are, and may be.
    opened: AtomicUsize,
    most: usize,
}

impl AtOnce {
    pub(super) fn new(path: PathBuf, most: usize) -> Self {
        Self { path, free: Mutex::default(), opened: AtomicUsize::new(0), most }
    }

    /// The rows of a short query. None for one that takes longer, that waits for another process or fails: then it is for
    /// those who can wait, and who say what is wrong.
    pub(super) fn query(&self, sql: &Sql, params: &[Value]) -> Option<Vec<Row>> {
        let connection = self.take()?;
        let text = sql.text(Dialect::Sqlite);
        let rows = connection.prepare_cached(text).ok().and_then(|mut statement| {
            // What it took before counts against nobody.
            statement.reset_status(StatementStatus::VmStep);
            run_prepared(&mut statement, text, params).ok()
        });
        self.free().push(connection);
        rows.map(|(_, rows)| rows)
    }

    fn take(&self) -> Option<Connection> {
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

    fn open(&self) -> Result<Connection, StoreError> {
        let mut connection = open_reader(&self.path)?;
        let limit = |connection: &mut Connection| {
            connection.busy_timeout(Duration::ZERO)?;
            connection.progress_handler(INSTRUCTIONS, Some(|| true))
        };
        limit(&mut connection).map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
        Ok(connection)
    }

    fn free(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
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

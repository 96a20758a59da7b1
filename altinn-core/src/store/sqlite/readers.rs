//! The threads that read, beside the one that writes.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::task::coop;

use super::at_once::AtOnce;
use super::connection::{open_reader, run};
use crate::store::{Dialect, Row, Sql, StoreError, Value};

/// How many threads read at the least and at the most, where the machine has as many cores.
const FEWEST: usize = 2;
const MOST: usize = 8;

/// A query that waits for a thread.
struct Job {
    sql: Sql,
    params: Vec<Value>,
    reply: oneshot::Sender<Result<Vec<Row>, StoreError>>,
}

/// A few threads that read what takes longer than a moment, each with a connection of its own, started when first needed.
/// Those that ask at the same time are answered one after the other by a thread that is awake already: to wake another
/// costs more than most queries do.
#[derive(Debug)]
pub(super) struct Readers {
    at_once: AtOnce,
    path: PathBuf,
    queue: Arc<Queue>,
    /// How many threads there may be.
    most: usize,
}

/// What the threads share.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// How many threads there are; how many of them sleep; and how many of those were told to wake up.
    threads: usize,
    idle: usize,
    told: usize,
    /// Nobody asks any more.
    closed: bool,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(FEWEST, usize::from);
        let most = cores.clamp(FEWEST, MOST);
        Self { at_once: AtOnce::new(path.clone(), most), path, queue: Arc::default(), most }
    }

    pub(super) async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        // Who asks again and again lets others have a turn.
        coop::consume_budget().await;
        if let Some(rows) = self.at_once.query(&sql, &params) {
            return Ok(rows);
        }
        self.by_thread(sql, params).await
    }

    async fn by_thread(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.put(Job { sql, params, reply })?;
        answer.await.map_err(|_| StoreError::Unavailable { reason: "a reader has ended".to_owned() })?
    }

    /// Puts a job into the queue, and sees to it that a thread takes it.
    fn put(&self, job: Job) -> Result<(), StoreError> {
        let mut state = self.queue.lock();
        state.jobs.push_back(job);
        if state.idle > 0 {
            state.idle -= 1;
            state.told += 1;
            drop(state);
            self.queue.changed.notify_one();
            return Ok(());
        }
        if state.threads == self.most {
            return Ok(());
        }
        let (path, queue) = (self.path.clone(), Arc::clone(&self.queue));
        let thread = std::thread::Builder::new().name("altinn-sqlite-reader".to_owned());
        match thread.spawn(move || Presence(&queue).work(&path)) {
            Ok(_) => state.threads += 1,
            // Those that there are take it; without any the caller is told.
            Err(error) if state.threads == 0 => {
                state.jobs.pop_back();
                return Err(StoreError::Unavailable { reason: error.to_string() });
            }
            Err(_) => {}
        }
        Ok(())
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job, waited for; none when nobody asks any more.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            let asleep = |state: &mut State| state.told == 0 && !state.closed;
            state = self.changed.wait_while(state, asleep).unwrap_or_else(PoisonError::into_inner);
            state.told = state.told.saturating_sub(1);
        }
    }
}

/// A thread that reads, as long as it is there.
struct Presence<'a>(&'a Queue);

impl Presence<'_> {
    fn work(self, path: &Path) {
        let mut kept: Option<Connection> = None;
        while let Some(Job { sql, params, reply }) = self.0.next() {
            if kept.is_none() {
                match open_reader(path) {
                    Ok(connection) => kept = Some(connection),
                    Err(error) => {
                        let _ = reply.send(Err(error));
                        continue;
                    }
                }
            }
            if let Some(connection) = &kept {
                let _ = reply.send(run(connection, sql.text(Dialect::Sqlite), &params).map(|(_, rows)| rows));
            }
        }
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.0.lock().threads -= 1;
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Queue")
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;
    use crate::store::params;

    fn database(folder: &Path) -> PathBuf {
        let path = folder.join("t.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("create table item (id integer primary key, name text) strict").unwrap();
        (0..100).for_each(|id| {
            connection.execute("insert into item values (?1, 'item ' || ?1)", [id]).unwrap();
        });
        path
    }

    #[tokio::test]
    async fn of_many_who_ask_at_once_each_gets_the_own_answer_from_a_few_threads() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::new(database(folder.path()));
        for _ in 0..20 {
            let asked = (0..100_i64)
                .map(|id| readers.by_thread("select name from item where id = $1".into(), params![id]));
            for (id, rows) in (0..).zip(join_all(asked).await) {
                assert_eq!(rows.unwrap()[0].at::<String>(0).unwrap(), format!("item {id}"));
            }
        }
        let state = readers.queue.lock();
        assert!((1..=readers.most).contains(&state.threads), "{} threads", state.threads);
        assert!(state.jobs.is_empty());
    }

    #[tokio::test]
    async fn what_takes_a_moment_wakes_no_thread_and_what_takes_longer_is_answered_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::new(database(folder.path()));
        let count = "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) select count(*) as n from n";
        for (numbers, threads) in [(10_i64, 0), (100_000, 1)] {
            let rows = readers.query(count.into(), params![numbers]).await.unwrap();
            assert_eq!(rows[0].get::<i64>("n").unwrap(), numbers);
            assert_eq!(readers.queue.lock().threads, threads);
        }
    }

    #[tokio::test]
    async fn a_query_that_fails_ends_no_thread_and_threads_end_with_those_who_ask() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::new(database(folder.path()));
        for _ in 0..10 {
            assert!(readers.by_thread("select name from nothing".into(), params![]).await.is_err());
        }
        assert_eq!(readers.by_thread("select name from item".into(), params![]).await.unwrap().len(), 100);
        let queue = Arc::clone(&readers.queue);
        drop(readers);
        while queue.lock().threads > 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_said_to_each_who_asks() {
        let readers = Readers::new(PathBuf::from("/nowhere/t.db"));
        for _ in 0..3 {
            let refused = readers.by_thread("select 1".into(), params![]).await.unwrap_err();
            assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused}");
        }
    }
}

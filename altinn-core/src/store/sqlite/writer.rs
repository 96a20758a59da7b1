//! The one thread that writes: it takes every batch that waits, runs each as a whole, and syncs once.

use std::path::PathBuf;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::connection::{error_of, open_writer, run, run_prepared};
use crate::store::{Batch, Committed, Dialect, Migration, Row, Sql, Statement, StoreError, Value};

/// How many jobs may wait for the writer.
const WAITING: usize = 1_024;

/// How many batches share one sync at the most.
const GROUP: usize = 256;

/// How a job is answered.
type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// How a batch is answered. It goes back to its caller to be dropped there: the writer's time is what all wait for.
type BatchReply = oneshot::Sender<(Result<Committed, StoreError>, Batch)>;

/// What the writer can be asked.
pub(super) enum Job {
    Commit { batch: Batch, reply: BatchReply },
    Query { sql: Sql, params: Vec<Value>, reply: Reply<Vec<Row>> },
    Migrate { steps: Vec<Migration>, reply: Reply<()> },
}

/// A batch that waits for its sync.
struct Waiting {
    batch: Batch,
    reply: BatchReply,
}

impl Waiting {
    fn answer(self, outcome: Result<Committed, StoreError>) {
        let _ = self.reply.send((outcome, self.batch));
    }
}

/// The way to the thread that writes. The thread ends when this is dropped and all jobs are done.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the thread; `opened` tells whether the database could be opened.
    pub(super) fn start(path: PathBuf, opened: Reply<()>) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel(WAITING);
        let work = move || match open_writer(&path) {
            Ok(connection) => {
                let _ = opened.send(Ok(()));
                work(&connection, queue);
            }
            Err(error) => {
                let _ = opened.send(Err(error));
            }
        };
        let started = std::thread::Builder::new().name("altinn-sqlite-writer".to_owned()).spawn(work);
        started.map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
        Ok(Self { jobs })
    }

    /// Sends a job and waits for its answer.
    pub(super) async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }
}

/// The answer when the writer's thread is no more.
pub(super) fn gone() -> StoreError {
    StoreError::Unavailable { reason: "the writer has ended".to_owned() }
}

fn work(connection: &Connection, mut queue: mpsc::Receiver<Job>) {
    let mut next = queue.blocking_recv();
    let mut isolation = Isolation::Group;
    while let Some(job) = next.take() {
        match job {
            Job::Commit { batch, reply } => {
                let mut group = vec![Waiting { batch, reply }];
                next = gather(&mut queue, &mut group);
                let clean = commit_group(connection, group, isolation);
                isolation = if clean { Isolation::Group } else { Isolation::Savepoint };
            }
            Job::Query { sql, params, reply } => {
                let rows = run(connection, sql.text(Dialect::Sqlite), &params).map(|(_, rows)| rows);
                let _ = reply.send(rows);
            }
            Job::Migrate { steps, reply } => {
                let _ = reply.send(migrate(connection, &steps));
            }
        }
        next = next.or_else(|| queue.blocking_recv());
    }
}

/// Adds the batches that wait to the group; answers with the job of another kind that ended it, if one did.
fn gather(queue: &mut mpsc::Receiver<Job>, group: &mut Vec<Waiting>) -> Option<Job> {
    while group.len() < GROUP {
        match queue.try_recv() {
            Ok(Job::Commit { batch, reply }) => group.push(Waiting { batch, reply }),
            Ok(other) => return Some(other),
            Err(_) => break,
        }
    }
    None
}

/// Whether each batch of a group runs in a savepoint of its own.
#[derive(Clone, Copy, PartialEq)]
enum Isolation {
    /// The first batch that fails undoes the group. A savepoint costs a copy of every page that a batch touches, a
    /// third of the whole, so a group is run without as long as all goes well.
    Group,
    /// A batch that fails undoes itself alone.
    Savepoint,
}

/// Commits a group with one sync, and tells whether all of it succeeded. When a batch fails, or the whole transaction
/// is undone under the group (the disk is full, say), those that were not to blame run again, so that each gets the
/// answer that it would have got alone.
fn commit_group(connection: &Connection, mut group: Vec<Waiting>, mut isolation: Isolation) -> bool {
    let mut clean = true;
    loop {
        match try_group(connection, &group, isolation) {
            Ok(outcomes) => {
                for (waiting, outcome) in group.into_iter().zip(outcomes) {
                    clean &= outcome.is_ok();
                    waiting.answer(outcome);
                }
                return clean;
            }
            Err(undone) if group.len() == 1 => {
                for waiting in group {
                    waiting.answer(Err(undone.error.clone()));
                }
                return false;
            }
            Err(Undone { culprit: Some(_), .. }) if isolation == Isolation::Group => {
                isolation = Isolation::Savepoint;
            }
            Err(Undone { error, culprit: Some(index) }) => {
                group.remove(index).answer(Err(error));
            }
            Err(Undone { culprit: None, .. }) => {
                for waiting in group {
                    commit_group(connection, vec![waiting], Isolation::Group);
                }
                return false;
            }
        }
        clean = false;
    }
}

/// The whole transaction was undone, by the batch at this place if it is known.
struct Undone {
    error: StoreError,
    culprit: Option<usize>,
}

/// The outcome of every batch of a group, once all that succeeded are on the disk.
fn try_group(
    connection: &Connection,
    group: &[Waiting],
    isolation: Isolation,
) -> Result<Vec<Result<Committed, StoreError>>, Undone> {
    let undone = |culprit| move |error| Undone { error, culprit };
    control(connection, "begin immediate").map_err(undone(None))?;
    let mut outcomes = Vec::with_capacity(group.len());
    for (index, waiting) in group.iter().enumerate() {
        let outcome = match isolation {
            Isolation::Group => {
                let committed = run_batch(connection, &waiting.batch);
                Ok(committed.inspect_err(|_| roll_back(connection)).map_err(undone(Some(index)))?)
            }
            Isolation::Savepoint => run_in_savepoint(connection, &waiting.batch),
        };
        if connection.is_autocommit() {
            let ended = || StoreError::Unavailable { reason: "the transaction ended".to_owned() };
            return Err(Undone { error: outcome.err().unwrap_or_else(ended), culprit: Some(index) });
        }
        outcomes.push(outcome);
    }
    if let Err(error) = control(connection, "commit") {
        roll_back(connection);
        return Err(Undone { error, culprit: None });
    }
    Ok(outcomes)
}

/// Ends the transaction if SQLite has not done so itself.
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        let _ = control(connection, "rollback");
    }
}

fn run_in_savepoint(connection: &Connection, batch: &Batch) -> Result<Committed, StoreError> {
    control(connection, "savepoint batch")?;
    let outcome = run_batch(connection, batch);
    if outcome.is_err() && !connection.is_autocommit() {
        control(connection, "rollback to batch")?;
    }
    if !connection.is_autocommit() {
        control(connection, "release batch")?;
    }
    outcome
}

fn run_batch(connection: &Connection, batch: &Batch) -> Result<Committed, StoreError> {
    let rows = batch.statements().iter().map(|statement| run_statement(connection, statement));
    Ok(Committed::new(rows.collect::<Result<_, _>>()?))
}

fn run_statement(connection: &Connection, statement: &Statement) -> Result<Vec<Row>, StoreError> {
    match statement {
        Statement::Single { sql, params, keeps_rows, .. } => {
            let (count, rows) = run(connection, sql.text(Dialect::Sqlite), params)?;
            statement.check_rows(Dialect::Sqlite, count)?;
            Ok(if *keeps_rows { rows } else { Vec::new() })
        }
        Statement::Rows { insert, rows } => {
            let text = insert.text();
            let mut prepared = connection.prepare_cached(text).map_err(|error| error_of(text, &error))?;
            let mut count = 0;
            for row in rows {
                count += run_prepared(&mut prepared, (text, None), row)?.0;
            }
            statement.check_rows(Dialect::Sqlite, count)?;
            Ok(Vec::new())
        }
    }
}

/// Runs a statement that controls the transaction.
fn control(connection: &Connection, text: &str) -> Result<(), StoreError> {
    let run = || connection.prepare_cached(text)?.raw_execute();
    run().map(drop).map_err(|error| error_of(text, &error))
}

/// Applies the steps that have not been applied, under the lock that keeps every other process out.
fn migrate(connection: &Connection, steps: &[Migration]) -> Result<(), StoreError> {
    control(connection, "begin exclusive")?;
    let outcome = apply(connection, steps).and_then(|()| control(connection, "commit"));
    if outcome.is_err() {
        roll_back(connection);
    }
    outcome
}

fn apply(connection: &Connection, steps: &[Migration]) -> Result<(), StoreError> {
    let execute = |text| connection.execute_batch(text).map_err(|error| error_of(text, &error));
    execute(Migration::TABLE.sqlite)?;
    for step in steps {
        let recorded = run(connection, Migration::RECORDED, &step.key())?.1;
        if step.is_recorded(Dialect::Sqlite, recorded.first())? {
            continue;
        }
        execute(step.sqlite).map_err(|error| step.failed(&error))?;
        run(connection, Migration::RECORD, &step.record(Dialect::Sqlite))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ConflictCause, params};

    const INSERT: &str = "insert into item (id, data) values ($1, zeroblob($2))";

    fn database() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("create table item (id text primary key, data blob) strict").unwrap();
        connection
    }

    /// Commits one batch per (id, size) in one group and answers with what each was told.
    fn commit(connection: &Connection, rows: &[(&str, i64)]) -> Vec<Result<(), StoreError>> {
        let (group, answers): (Vec<_>, Vec<_>) = rows
            .iter()
            .map(|(id, size)| {
                let (reply, answer) = oneshot::channel();
                let mut batch = Batch::new();
                batch.execute_one(INSERT, params![*id, *size]);
                (Waiting { batch, reply }, answer)
            })
            .unzip();
        commit_group(connection, group, Isolation::Group);
        answers.into_iter().map(|mut answer| answer.try_recv().unwrap().0.map(drop)).collect()
    }

    fn stored(connection: &Connection) -> Vec<String> {
        let mut statement = connection.prepare("select id from item order by id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn a_full_disk_fails_the_batch_that_fills_it_and_no_other() {
        let connection = database();
        connection.execute_batch("pragma max_page_count = 50").unwrap();
        let answers =
            commit(&connection, &[("a", 1), ("large", 1_000_000), ("b", 1), ("larger", 2_000_000), ("c", 1)]);
        assert_eq!(stored(&connection), ["a", "b", "c"]);
        for (index, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(()) => assert!([0, 2, 4].contains(&index)),
                Err(error) => assert!(matches!(error, StoreError::Unavailable { .. }), "{index}: {error}"),
            }
        }
    }

    #[test]
    fn a_conflict_in_a_group_is_answered_to_its_own_batch() {
        let connection = database();
        let answers = commit(&connection, &[("a", 1), ("b", 1), ("a", 2), ("c", 1)]);
        assert_eq!(stored(&connection), ["a", "b", "c"]);
        let failed: Vec<_> = answers.into_iter().map(Result::err).collect();
        assert!(matches!(
            failed.as_slice(),
            [None, None, Some(StoreError::Conflict { cause: ConflictCause::DuplicateKey, .. }), None]
        ));
    }

    #[test]
    fn a_database_that_cannot_be_written_answers_everyone() {
        let connection = database();
        connection.execute_batch("pragma query_only = 1").unwrap();
        let answers = commit(&connection, &[("a", 1), ("b", 1)]);
        assert!(answers.iter().all(Result::is_err));
    }
}

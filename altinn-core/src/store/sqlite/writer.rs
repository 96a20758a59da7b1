//! The one thread that writes: it takes every batch that waits, runs each in its own savepoint, and syncs once.

use std::path::PathBuf;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::connection::{error_of, open_writer, run, run_prepared};
use crate::store::batch::Statement;
use crate::store::{Batch, Committed, Dialect, Migration, Row, Sql, StoreError, Value};

/// How many jobs may wait for the writer.
const WAITING: usize = 1_024;

/// How many batches share one sync at the most.
const GROUP: usize = 256;

/// How a job is answered.
type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the writer can be asked.
pub(super) enum Job {
    Commit { batch: Batch, reply: Reply<Committed> },
    Query { sql: Sql, params: Vec<Value>, reply: Reply<Vec<Row>> },
    Migrate { steps: Vec<Migration>, reply: Reply<()> },
}

/// A batch that waits for its sync.
struct Waiting {
    batch: Batch,
    reply: Reply<Committed>,
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
    pub(super) async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// The answer when the writer's thread is no more.
pub(super) fn gone() -> StoreError {
    StoreError::Unavailable { reason: "the writer has ended".to_owned() }
}

fn work(connection: &Connection, mut queue: mpsc::Receiver<Job>) {
    let mut next = queue.blocking_recv();
    while let Some(job) = next.take() {
        match job {
            Job::Commit { batch, reply } => {
                let mut group = vec![Waiting { batch, reply }];
                while group.len() < GROUP {
                    match queue.try_recv() {
                        Ok(Job::Commit { batch, reply }) => group.push(Waiting { batch, reply }),
                        Ok(other) => {
                            next = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                commit_group(connection, group);
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

/// Commits a group with one sync. When the whole transaction is undone under it (the disk is full, say), the batches
/// that were not to blame run again, so that each gets the answer that it would have got alone.
fn commit_group(connection: &Connection, mut group: Vec<Waiting>) {
    loop {
        match try_group(connection, &group) {
            Ok(outcomes) => {
                for (waiting, outcome) in group.into_iter().zip(outcomes) {
                    let _ = waiting.reply.send(outcome);
                }
                return;
            }
            Err(Undone { error, culprit: Some(index) }) if group.len() > 1 => {
                let _ = group.remove(index).reply.send(Err(error));
            }
            Err(Undone { .. }) if group.len() > 1 => {
                for waiting in group {
                    commit_group(connection, vec![waiting]);
                }
                return;
            }
            Err(Undone { error, .. }) => {
                for waiting in group {
                    let _ = waiting.reply.send(Err(error.clone()));
                }
                return;
            }
        }
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
) -> Result<Vec<Result<Committed, StoreError>>, Undone> {
    let undone = |culprit| move |error| Undone { error, culprit };
    control(connection, "begin immediate").map_err(undone(None))?;
    let mut outcomes = Vec::with_capacity(group.len());
    for (index, waiting) in group.iter().enumerate() {
        let outcome = run_in_savepoint(connection, &waiting.batch);
        if connection.is_autocommit() {
            let error = outcome
                .err()
                .unwrap_or_else(|| StoreError::Unavailable { reason: "the transaction ended".to_owned() });
            return Err(Undone { error, culprit: Some(index) });
        }
        outcomes.push(outcome);
    }
    if let Err(error) = control(connection, "commit") {
        if !connection.is_autocommit() {
            let _ = control(connection, "rollback");
        }
        return Err(Undone { error, culprit: None });
    }
    Ok(outcomes)
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
    let rows = batch.statements.iter().map(|statement| run_statement(connection, statement));
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
                count += run_prepared(&mut prepared, text, row)?.0;
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
    if outcome.is_err() && !connection.is_autocommit() {
        control(connection, "rollback")?;
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

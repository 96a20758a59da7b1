//! A back end that remembers what is committed through it, and the same batches on a store with nothing above it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use altinn_core::store::{
    Backend, Batch, Committed, Dialect, Migration, Row, Sql, Statement, Store, StoreError, Value,
};
use async_trait::async_trait;

use crate::Outcome;

tokio::task_local! {
    /// Which of the tasks that make submissions this is; the workers are none.
    pub(crate) static LANE: usize;
}

/// How many batches are replayed before the next ones begin.
const WINDOW: usize = 256;

/// The batches that were committed, in their order, each with the lane that committed it.
pub(crate) type Recorded = Vec<(Option<usize>, Batch)>;

/// A back end that remembers what is committed through it.
#[derive(Debug)]
pub(crate) struct Recorder<B> {
    below: Arc<B>,
    recorded: Arc<Mutex<Recorded>>,
}

impl<B> Clone for Recorder<B> {
    fn clone(&self) -> Self {
        Self { below: Arc::clone(&self.below), recorded: Arc::clone(&self.recorded) }
    }
}

impl<B: Backend> Recorder<B> {
    pub(crate) fn over(below: B) -> Self {
        Self { below: Arc::new(below), recorded: Arc::default() }
    }

    /// What was committed since this was last asked.
    pub(crate) fn take(&self) -> Recorded {
        std::mem::take(&mut *self.recorded.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl<B: Backend> Backend for Recorder<B> {
    fn dialect(&self) -> Dialect {
        self.below.dialect()
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        let copy = batch.clone();
        let committed = self.below.commit(batch).await?;
        let lane = LANE.try_with(|lane| *lane).ok();
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).push((lane, copy));
        Ok(committed)
    }

    async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.below.query(sql, params).await
    }

    async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        self.below.migrate(steps).await
    }
}

/// Commits recorded batches, those of each lane one after the other and those of different lanes at the same time;
/// gives the seconds that it took. What workers changed comes with the next window, after the rows that it is about.
pub(crate) async fn replay(store: &Store, recorded: &[(Option<usize>, Batch)]) -> Outcome<f64> {
    let mut windows: Vec<Lanes> = Vec::new();
    let mut of_workers = Vec::new();
    for window in recorded.chunks(WINDOW) {
        let mut lanes = lanes(window, store.dialect());
        let later = lanes.remove(&None).unwrap_or_default();
        lanes.insert(None, std::mem::replace(&mut of_workers, later));
        windows.push(lanes);
    }
    windows.push(Lanes::from([(None, of_workers)]));
    let begun = Instant::now();
    for lanes in windows {
        let tasks: Vec<_> =
            lanes.into_values().map(|batches| tokio::spawn(commit_all(store.clone(), batches))).collect();
        for task in tasks {
            task.await??;
        }
    }
    Ok(begun.elapsed().as_secs_f64())
}

type Lanes = BTreeMap<Option<usize>, Vec<Batch>>;

async fn commit_all(store: Store, batches: Vec<Batch>) -> Outcome<()> {
    for batch in batches {
        store.commit(batch).await?;
    }
    Ok(())
}

fn lanes(window: &[(Option<usize>, Batch)], dialect: Dialect) -> Lanes {
    let mut lanes = Lanes::new();
    for (lane, batch) in window {
        lanes.entry(*lane).or_default().push(writes_of(batch, dialect));
    }
    lanes
}

/// The statements that change rows, whatever number of them: what only looks or guards is left out.
fn writes_of(batch: &Batch, dialect: Dialect) -> Batch {
    let mut writes = Batch::new();
    for statement in batch.statements() {
        match statement {
            Statement::Single { sql, params, .. }
                if !sql.text(dialect).trim_start().starts_with("select") =>
            {
                writes.execute(sql, params.clone());
            }
            Statement::Single { .. } => {}
            Statement::Rows { insert, rows } => writes.insert_rows(insert, rows.clone()),
        }
    }
    writes
}

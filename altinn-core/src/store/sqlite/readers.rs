//! The connections that read, beside the one that writes.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection::{open_reader, run};
use crate::store::{Dialect, Row, Sql, StoreError, Value};

/// How many reads run at a time.
const READERS: usize = 8;

/// A few connections that read, opened when first needed.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    places: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, places: Arc::new(Semaphore::new(READERS)), idle: Arc::default() }
    }

    pub(super) async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let stopped = || StoreError::Unavailable { reason: "the program is stopping".to_owned() };
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| stopped())?;
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let read = move || {
            let _place = place;
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = kept.map_or_else(|| open_reader(&path), Ok)?;
            let rows = run(&connection, sql.text(Dialect::Sqlite), &params).map(|(_, rows)| rows);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            rows
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| stopped())?
    }
}

//! What has happened to an instance.

use altinn_core::InstanceId;
use altinn_core::store::{Batch, Store, StoreError, params};
use chrono::{DateTime, Utc};

use super::SubmissionError;
use super::author::Author;
use crate::process::{HistoryEntry, HistoryEventType};

/// How many entries one version of an instance may have: they are numbered from its version.
const ENTRIES: i64 = 1_000;

/// One entry of an instance's history, with the names of Altinn's `InstanceEvent`.
#[derive(Debug)]
pub(super) struct History {
    event_type: &'static str,
    at: DateTime<Utc>,
    element: Option<String>,
    process: Option<HistoryEntry>,
}

impl History {
    /// What happened to the instance itself: `Created`, `Saved`, `Signed`.
    pub(super) fn of_instance(event_type: &'static str, at: DateTime<Utc>) -> Self {
        Self { event_type, at, element: None, process: None }
    }

    /// What happened in its process.
    pub(super) fn of_process(entry: HistoryEntry) -> Self {
        let event_type = entry.event_type.name();
        Self { event_type, at: entry.created, element: Some(entry.element_id.clone()), process: Some(entry) }
    }

    /// Whether an instance has been in a task and left it.
    pub(super) async fn has_left(
        store: &Store,
        instance: &InstanceId,
        task: &str,
    ) -> Result<bool, StoreError> {
        let (ended, abandoned) = (HistoryEventType::EndTask.name(), HistoryEventType::AbandonTask.name());
        let sql = "select 1 as found from services_history where instance = $1 and element = $2 \
                   and type in ($3, $4) limit 1";
        let row = store.query_opt(sql, params![instance.guid, task, ended, abandoned]).await?;
        Ok(row.is_some())
    }

    /// Adds the entries of one version to a batch.
    pub(super) fn insert_all(
        entries: &[Self],
        batch: &mut Batch,
        instance: &InstanceId,
        version: i64,
        author: &Author,
    ) -> Result<(), SubmissionError> {
        for (entry, index) in entries.iter().zip(0..ENTRIES) {
            let info =
                serde_json::to_string(&entry.process.as_ref().map(|entry| &entry.process_info)).map_err(
                    |error| SubmissionError::Stored { column: "history".to_owned(), text: error.to_string() },
                )?;
            batch.execute_one(
                "insert into services_history (instance, sequence, type, at, actor, level, element, process) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                params![
                    instance.guid,
                    version * ENTRIES + index,
                    entry.event_type,
                    entry.at,
                    author.reference.as_str(),
                    u8::from(author.level),
                    entry.element.clone(),
                    info
                ],
            );
        }
        Ok(())
    }
}

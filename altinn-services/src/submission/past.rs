//! What has happened to an instance, as its readers are told.

use altinn_core::store::{Row, params};
use altinn_core::{Actor, AuthenticationLevel, InstanceId};
use chrono::{DateTime, Utc};

use super::{SubmissionError, Submissions};
use crate::process::ProcessState;

/// Something that happened to an instance: an entry of its history, which is only added to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PastEvent {
    /// The place in the history; later ones are greater.
    pub sequence: i64,
    /// What happened, by Altinn's names: `Created`, `Saved`, `process_EndTask`.
    pub event_type: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it, as [`Subject::reference`](altinn_core::Subject::reference).
    pub actor: String,
    /// How surely they were identified.
    pub level: AuthenticationLevel,
    /// The element of the process, where it is about one.
    pub element: Option<String>,
    /// Where the process stood, where it is about the process.
    pub process: Option<ProcessState>,
}

impl Submissions<'_> {
    /// All that has happened to an instance, in its order.
    ///
    /// # Errors
    /// As [`Submissions::get`].
    pub async fn history(&self, actor: &Actor, id: &InstanceId) -> Result<Vec<PastEvent>, SubmissionError> {
        self.get(actor, id).await?;
        let sql = "select sequence, type, at, actor, level, element, process from services_history \
                   where instance = $1 order by sequence";
        let rows = self.altinn.store().query(sql, params![id.guid]).await?;
        rows.iter().map(PastEvent::from_row).collect()
    }
}

impl PastEvent {
    fn from_row(row: &Row) -> Result<Self, SubmissionError> {
        let stored = |column: &str, text: String| SubmissionError::Stored { column: column.to_owned(), text };
        let level = AuthenticationLevel::try_from(row.get::<u8>("level")?);
        let process: String = row.get("process")?;
        Ok(Self {
            sequence: row.get("sequence")?,
            event_type: row.get("type")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            level: level.map_err(|_| stored("level", "no level".to_owned()))?,
            element: row.get("element")?,
            process: serde_json::from_str(&process).map_err(|error| stored("process", error.to_string()))?,
        })
    }
}

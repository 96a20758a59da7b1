//! What has happened in a case.

use altinn_core::store::{Row, StoreError};
use chrono::{DateTime, Utc};

use super::{CaseId, EventAnswer};

/// One event of a case, and what it came to. It names people by pseudonymous ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseHistory {
    /// When it came.
    pub at: DateTime<Utc>,
    /// What happened: `Archived of application`, `inspected`, `deadline apply`.
    pub happened: String,
    /// Whose doing it was, as [`Actor::reference`](altinn_core::Actor::reference).
    pub actor: String,
    /// What it came to.
    pub answer: EventAnswer,
}

impl CaseHistory {
    pub(super) fn from_row(case: CaseId, row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            at: row.get("at")?,
            happened: row.get("happened")?,
            actor: row.get("actor")?,
            answer: EventAnswer::from_row(case, row)?,
        })
    }
}

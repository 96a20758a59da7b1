//! What a lookup gives.

use std::fmt;

use altinn_archive::EntryId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// The answer of a lookup. `Debug` shows which one it is, not what it says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LookupAnswer {
    /// The lookup's id, as the trail has it.
    pub id: Uuid,
    /// When the register answered.
    pub at: DateTime<Utc>,
    /// What it says.
    pub answer: Value,
    /// The entry of the archive, where the service keeps its answers and this one was not kept before.
    pub entry: Option<EntryId>,
}

impl fmt::Debug for LookupAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupAnswer").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
    }
}

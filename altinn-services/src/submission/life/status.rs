//! How an instance stands beside its process.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How an instance stands beside its process, with the names of Altinn's `Instance` and `InstanceStatus`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct InstanceStatus {
    /// When it was put in the bin; none when it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft_deleted: Option<DateTime<Utc>>,
    /// When it was deleted for good; what was archived stays archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard_deleted: Option<DateTime<Utc>>,
    /// Whether its owner has read it.
    pub read_status: ReadStatus,
    /// What the agency says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub substatus: Option<Substatus>,
    /// The agencies that have taken over what was sent in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub complete_confirmations: Vec<CompleteConfirmation>,
    /// When it is to be sent in; it is told and not enforced, as in Altinn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_before: Option<DateTime<Utc>>,
    /// From when on it is shown in lists; it is told and not enforced, as in Altinn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_after: Option<DateTime<Utc>>,
    /// The fields of forms that are shown with it in lists (`presentationFields`), by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub presentation_texts: BTreeMap<String, String>,
    /// The fields of forms that are kept with it (`dataFields`), by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub data_values: BTreeMap<String, String>,
}

/// Whether the owner of an instance has read it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ReadStatus {
    /// Not yet.
    #[default]
    Unread,
    /// They have.
    Read,
    /// They had, before it was last changed.
    UpdatedSinceLastReview,
}

/// What the agency says of an instance: text resources of the app, or plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Substatus {
    /// In short.
    pub label: String,
    /// In full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// That an agency has taken over what was sent in, and does not need the instance any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompleteConfirmation {
    /// The agency's short name.
    pub stakeholder_id: String,
    /// When.
    pub confirmed_on: DateTime<Utc>,
}

impl std::fmt::Debug for InstanceStatus {
    /// Leaves out what comes from forms: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstanceStatus")
            .field("soft_deleted", &self.soft_deleted)
            .field("hard_deleted", &self.hard_deleted)
            .field("read_status", &self.read_status)
            .finish_non_exhaustive()
    }
}

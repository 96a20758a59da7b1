//! What an inbox is answered as.

use altinn_core::Text;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::inbox::{ElementKind, InboxCount, InboxItem, InboxPage, InboxStatus, Place};

/// A page of elements.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InboxList {
    items: Vec<InboxElementAnswer>,
    /// Whether there may be more.
    has_next_page: bool,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation_token: Option<String>,
}

/// An element of an inbox. `Debug` shows neither title nor labels.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "InboxElement")]
struct InboxElementAnswer {
    /// The id of what it is of: of the instance, correspondence, file transfer, case or lookup.
    id: Uuid,
    /// Whose inbox it is in: the party's id.
    party: i64,
    /// The service: `ttd/bakery-licence`.
    service_resource: String,
    /// The service's type.
    #[schema(value_type = KindName)]
    service_resource_type: ElementKind,
    /// What it is called, plain text by language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: Text,
    /// What it waits for.
    #[schema(value_type = StatusName)]
    status: InboxStatus,
    /// How it stands, by the name of its own type: a task, a status, a state.
    extended_status: String,
    /// Where the party has it.
    #[schema(value_type = PlaceName)]
    system_label: Place,
    /// The caller's own labels.
    labels: Vec<String>,
    /// Whether there is something that the caller has not seen.
    has_unopened_content: bool,
    /// Whether the caller wants it to be as if they had not seen it.
    is_marked_as_unopened: bool,
    /// Whether the party has sent it.
    is_sent: bool,
    /// Its entry in the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive_entry: Option<String>,
    created_at: DateTime<Utc>,
    content_updated_at: DateTime<Utc>,
    /// By when something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
}

/// How many elements there are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InboxCountAnswer {
    total: usize,
    /// In how many of them there is something that the caller has not seen.
    unread: usize,
    /// Whether there may be more: no more than 2,000 are looked at.
    is_more: bool,
}

/// The types of services.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "it describes `ElementKind`")]
pub(super) enum KindName {
    Submission,
    Correspondence,
    Broker,
    Collaboration,
    Lookup,
}

/// What elements wait for.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `InboxStatus`")]
pub(super) enum StatusName {
    NotApplicable,
    InProgress,
    Draft,
    Awaiting,
    RequiresAttention,
    Completed,
}

/// Where elements are.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `Place`")]
pub(super) enum PlaceName {
    Default,
    Archive,
    Bin,
}

impl From<InboxPage> for InboxList {
    fn from(page: InboxPage) -> Self {
        Self {
            items: page.items.into_iter().map(InboxElementAnswer::from).collect(),
            has_next_page: page.next.is_some(),
            continuation_token: page.next.map(|next| next.to_string()),
        }
    }
}

impl From<InboxItem> for InboxElementAnswer {
    fn from(item: InboxItem) -> Self {
        Self {
            id: item.id,
            party: item.party.get(),
            service_resource: item.service.to_string(),
            service_resource_type: item.kind,
            title: item.title,
            status: item.status,
            extended_status: item.state,
            system_label: item.place,
            labels: item.labels.iter().map(|label| label.as_str().to_owned()).collect(),
            has_unopened_content: item.is_unread,
            is_marked_as_unopened: item.is_marked_as_unopened,
            is_sent: item.is_sent,
            archive_entry: item.entry.map(|entry| entry.to_string()),
            created_at: item.created,
            content_updated_at: item.changed,
            due_at: item.due,
        }
    }
}

impl std::fmt::Debug for InboxElementAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboxElementAnswer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl From<InboxCount> for InboxCountAnswer {
    fn from(count: InboxCount) -> Self {
        Self { total: count.total, unread: count.unread, is_more: count.is_more }
    }
}

//! An element as it is shown.

use std::fmt;

use altinn_archive::EntryId;
use altinn_core::{InstanceId, PartyId, ServiceId, Text};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::seal::InboxKey;
use super::select::Found;
use super::{ElementKind, InboxCursor, InboxError, InboxStatus, OwnLabel, Place};

/// An element of an inbox. `Debug` shows neither title nor labels.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InboxItem {
    /// Whose inbox it is in.
    pub party: PartyId,
    /// The id of what it is of: of the instance, correspondence, transfer, case or lookup.
    pub id: Uuid,
    /// Its service.
    pub service: ServiceId,
    /// The service's type.
    pub kind: ElementKind,
    /// What it is called, plain text: whoever shows it escapes it.
    pub title: Text,
    /// What it waits for.
    pub status: InboxStatus,
    /// How it stands, by the name of its own type: a task, a status, a state.
    pub state: String,
    /// Where it is.
    pub place: Place,
    /// Whether there is something that the caller has not seen.
    pub is_unread: bool,
    /// Whether the caller wants it to be as if they had not seen it (`MarkedAsUnopened`).
    pub is_marked_as_unopened: bool,
    /// Whether the party has sent it.
    pub is_sent: bool,
    /// The caller's own labels.
    pub labels: Vec<OwnLabel>,
    /// Its entry in the archive, if it has one.
    pub entry: Option<EntryId>,
    /// When it came.
    pub created: DateTime<Utc>,
    /// When it last changed.
    pub changed: DateTime<Utc>,
    /// By when something is to be done.
    pub due: Option<DateTime<Utc>>,
}

impl InboxItem {
    pub(super) fn of(found: Found, key: &InboxKey, labels: Vec<OwnLabel>) -> Result<Self, InboxError> {
        Ok(Self {
            title: title_of(&found, key)?,
            is_unread: found.is_unread(),
            is_marked_as_unopened: found.is_marked_as_unopened(),
            party: found.party,
            id: found.id,
            kind: found.scope.kind,
            service: found.scope.service,
            status: found.status,
            state: found.state,
            place: found.place,
            is_sent: found.is_sent,
            labels,
            entry: found.entry,
            created: found.created,
            changed: found.changed,
            due: found.due,
        })
    }

    /// The name by which submissions and correspondences are asked for.
    pub fn instance_id(&self) -> InstanceId {
        InstanceId::new(self.party, self.id)
    }
}

/// The title of an element.
pub(super) fn title_of(found: &Found, key: &InboxKey) -> Result<Text, InboxError> {
    let title = key.open_title(found.party, found.id, &found.sealed_title);
    title.map_err(|_| InboxError::Stored { column: "title" })
}

impl fmt::Debug for InboxItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxItem")
            .field("party", &self.party)
            .field("id", &self.id)
            .field("service", &self.service)
            .field("status", &self.status)
            .field("place", &self.place)
            .field("is_unread", &self.is_unread)
            .finish_non_exhaustive()
    }
}

/// Some elements, in the order that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxPage {
    /// The elements.
    pub items: Vec<InboxItem>,
    /// Where the next page begins, if there may be one.
    pub next: Option<InboxCursor>,
}

/// How many elements there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InboxCount {
    /// How many.
    pub total: usize,
    /// In how many of them there is something that the caller has not seen.
    pub unread: usize,
    /// Whether there may be more: counting ends when so many elements have been looked at as a call looks at.
    pub is_more: bool,
}

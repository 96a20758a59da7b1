//! What the agency's systems are told of correspondences: Altinn's events.

use altinn_core::{IdSource, ServiceId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::CorrespondenceStatus;
use super::row::CorrespondenceRow;
use crate::event::{CloudEvent, EventError, NewEvent};

/// What Altinn's types of events begin with.
const PREFIX: &str = "no.altinn.correspondence.";

/// What is told of a correspondence beside its statuses. The numbers order what is told at one status.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    /// It has come to a status.
    Status(CorrespondenceStatus),
    /// Its recipient will be notified.
    NotificationCreated,
    /// Its recipient cannot be notified.
    NotificationFailed,
    /// It was due, and its recipient has not read it.
    NeverRead,
    /// It was due, and its recipient has not confirmed it.
    NeverConfirmed,
}

impl Told {
    /// The event's type, and its place among what is told at one status; none for what is not told.
    fn name(self) -> Option<(&'static str, i64)> {
        use CorrespondenceStatus as Status;
        Some(match self {
            Self::Status(Status::ReadyForPublish | Status::Fetched | Status::Forwarded) => return None,
            Self::Status(Status::Initialized) => ("correspondenceinitialized", 0),
            Self::Status(Status::Published) => ("correspondencepublished", 0),
            Self::Status(Status::Read) => ("correspondencereceiverread", 0),
            Self::Status(Status::Replied) => ("correspondencereceiverreplied", 0),
            Self::Status(Status::Confirmed) => ("correspondencereceiverconfirmed", 0),
            Self::Status(Status::PurgedByRecipient | Status::PurgedByAltinn) => ("correspondencepurged", 0),
            Self::Status(Status::Archived) => ("correspondencearchived", 0),
            Self::Status(Status::Reserved) => ("correspondencereceiverreserved", 0),
            Self::Status(Status::Failed) => ("correspondencepublishfailed", 0),
            Self::Status(Status::AttachmentsDownloaded) => ("attachmentdownloaded", 0),
            Self::NotificationCreated => ("notificationcreated", 1),
            Self::NotificationFailed => ("correspondencenotificationcreationfailed", 1),
            Self::NeverRead => ("correspondencereceiverneverread", 2),
            Self::NeverConfirmed => ("correspondencereceiverneverconfirmed", 3),
        })
    }
}

/// How many events one version of a correspondence may have.
const EVENTS: i64 = 10;

/// The event of what is told; none for what is not.
pub(super) fn event_of(
    ids: &dyn IdSource,
    (service, mailing): (&ServiceId, Uuid),
    row: &CorrespondenceRow,
    told: Told,
    now: DateTime<Utc>,
) -> Result<Option<NewEvent>, EventError> {
    let Some((name, place)) = told.name() else { return Ok(None) };
    let source = format!("/{service}/correspondences/{}", row.id);
    let mut event = CloudEvent::new(ids.next_id().to_string(), source, format!("{PREFIX}{name}"))?
        .with("resource", format!("urn:altinn:resource:{}", service.resource_id()))?
        .with_data(serde_json::json!({"mailing": mailing, "number": row.number}));
    if let Some(party) = row.party {
        event = event
            .with("subject", format!("/party/{party}"))?
            .with("resourceinstance", format!("{party}/{}", row.id))?;
    }
    NewEvent::in_sequence(event, now, row.version * EVENTS + place).map(Some)
}

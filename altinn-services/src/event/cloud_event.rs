//! An event in the form of CloudEvents 1.0, with Altinn's extensions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event in the form of CloudEvents 1.0 (JSON format), with the extensions `resource` and `resourceinstance` that
/// Altinn's events have.
///
/// The subject and the instance name a party by its id, never by a national identity number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudEvent {
    /// The version of CloudEvents: `1.0`.
    pub specversion: String,
    /// The event's id.
    pub id: Uuid,
    /// Where it happened: `/{org}/{app}/instances/{partyId}/{guid}`.
    pub source: String,
    /// What happened, as `app.instance.created`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Whom it is about: `/party/{partyId}`.
    pub subject: String,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// The service's resource: `urn:altinn:resource:app_{org}_{app}`.
    pub resource: String,
    /// The instance: `{partyId}/{guid}`.
    pub resourceinstance: String,
}

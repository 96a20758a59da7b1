//! Who is to sign, and what has become of it.

use altinn_core::PartyId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::CommunicationConfig;

/// Who is to sign, with what has become of it, by the names of Altinn's signee state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Signee {
    /// The party: a person, or an organisation for which somebody signs.
    pub party: PartyId,
    /// Who has a lower number signs first; those of one number sign in parallel.
    pub order: u32,
    /// What they are told, and where, if not as everybody is; [`Submissions::signees`](crate::submission::Submissions::signees)
    /// leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub communication_config: Option<CommunicationConfig>,
    /// Whether they have been given what they need to read and sign the instance, or need not be, since it is their own.
    #[serde(default)]
    pub is_access_delegated: bool,
    /// Why they have not been given it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation_failed_reason: Option<String>,
    /// Whether they have been told that their signature is waited for.
    #[serde(default)]
    pub has_been_messaged_for_call_to_sign: bool,
    /// The correspondence that told them, where the task sends one (`correspondenceResource`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta_correspondence_id: Option<Uuid>,
    /// Why they have not been told, or not by all that the task sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_to_sign_failed_reason: Option<String>,
    /// When they signed; none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_time: Option<DateTime<Utc>>,
}

/// Whether a signee has been told, by the names of Altinn's list of signees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum NotificationStatus {
    /// Not yet: others sign first, or they signed before they had to be told.
    NotSent,
    /// They have.
    Sent,
    /// It failed, and is tried again by itself.
    Failed,
}

impl NotificationStatus {
    /// The name: `NotSent`, `Sent`, `Failed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSent => "NotSent",
            Self::Sent => "Sent",
            Self::Failed => "Failed",
        }
    }
}

impl Signee {
    /// A party that signs at any time.
    pub fn new(party: PartyId) -> Self {
        Self {
            party,
            order: 0,
            communication_config: None,
            is_access_delegated: false,
            delegation_failed_reason: None,
            has_been_messaged_for_call_to_sign: false,
            cta_correspondence_id: None,
            call_to_sign_failed_reason: None,
            signed_time: None,
        }
    }

    /// The same, after all with a lower number.
    #[must_use]
    pub fn in_order(mut self, order: u32) -> Self {
        self.order = order;
        self
    }

    /// The same, told in this way.
    #[must_use]
    pub fn told(mut self, communication: CommunicationConfig) -> Self {
        self.communication_config = Some(communication);
        self
    }

    /// Whether they have signed.
    pub fn has_signed(&self) -> bool {
        self.signed_time.is_some()
    }

    /// Whether they have been told (`notificationStatus`).
    pub fn notification_status(&self) -> NotificationStatus {
        match (&self.call_to_sign_failed_reason, self.has_been_messaged_for_call_to_sign) {
            (_, true) => NotificationStatus::Sent,
            (Some(_), false) => NotificationStatus::Failed,
            (None, false) => NotificationStatus::NotSent,
        }
    }
}

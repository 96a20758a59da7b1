//! What is stored of how an order is to be carried out.

use altinn_core::{Digest, Language};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Attachment, Condition, Fallback, Texts};
use crate::channel::ChannelKind;
use crate::key::KeyKind;
use crate::rules::{SendingTimePolicy, SendingWindow};

/// How long after its time something is still worth sending: 48 hours, as in Altinn.
const TIME_TO_LIVE: TimeDelta = TimeDelta::hours(48);

/// How an order is to be carried out: all that dispatchers need beside its recipients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spec {
    pub(crate) texts: Texts,
    pub(crate) language: Language,
    pub(crate) sender: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sms_sender: Option<String>,
    pub(crate) email_policy: SendingTimePolicy,
    pub(crate) sms_policy: SendingTimePolicy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time_to_live_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<Condition>,
    pub(crate) fallback: Fallback,
    pub(crate) key: KeyKind,
    /// The digest of the order that was asked for, with its reminders.
    pub(crate) request: Digest,
}

impl Spec {
    /// At which hours a channel may be used; paper is printed at any.
    pub(crate) fn policy(&self, channel: ChannelKind) -> SendingTimePolicy {
        match channel {
            ChannelKind::Email => self.email_policy,
            ChannelKind::Sms => self.sms_policy,
            ChannelKind::Print => SendingTimePolicy::Anytime,
        }
    }

    /// When something whose time is `from` is sent at the earliest, and when it is given up.
    ///
    /// What waits for the window lives as long from its opening. For SMS that is Altinn's rule: 48 hours inside of the
    /// window, else 48 hours from the next opening.
    pub(crate) fn times(
        &self,
        channel: ChannelKind,
        window: &SendingWindow,
        from: DateTime<Utc>,
    ) -> (DateTime<Utc>, DateTime<Utc>) {
        let send_at = self.policy(channel).earliest(window, from);
        let lives = self.time_to_live_seconds.map_or(TIME_TO_LIVE, TimeDelta::seconds);
        (send_at, send_at.checked_add_signed(lives).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// When the order itself is given up, if it cannot be expanded.
    pub(crate) fn deadline(&self, send_at: DateTime<Utc>) -> DateTime<Utc> {
        let lives = self.time_to_live_seconds.map_or(TIME_TO_LIVE, TimeDelta::seconds);
        send_at.checked_add_signed(lives).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

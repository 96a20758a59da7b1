//! What follows from how an attempt ended: decided without I/O.

use chrono::{DateTime, Utc};

use super::backoff::{delay, jitter};
use super::job::Job;
use crate::channel::{ChannelKind, Outcome, Rejection, UnknownOutcome};
use crate::rules::SendingWindow;
use crate::{NotificationStatus, Reason};

/// How many attempts of unknown outcome a notification is given: one that ends every dispatcher is not sent for ever.
const MAX_UNKNOWN_OUTCOMES: u32 = 5;

/// Where a notification goes from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) status: NotificationStatus,
    pub(super) reason: Reason,
    /// When it is tried again; nothing when it has come to its end.
    pub(super) due_at: Option<DateTime<Utc>>,
    /// Whether it was given up in a way that somebody should look at.
    pub(super) parked: bool,
}

/// What a decision depends on beside the job.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) now: DateTime<Utc>,
    pub(super) unknown_outcome: UnknownOutcome,
    pub(super) window: &'a SendingWindow,
}

impl Step {
    fn last(status: NotificationStatus, reason: Reason) -> Self {
        Self { status, reason, due_at: None, parked: false }
    }

    fn parked(status: NotificationStatus, reason: Reason) -> Self {
        Self { parked: true, ..Self::last(status, reason) }
    }

    /// It waited too long for its turn, and is as it was.
    pub(super) fn given_back(terms: Terms<'_>) -> Self {
        let reason = Reason::new("given back untried: its lease had run too far");
        Self { due_at: Some(terms.now), ..Self::last(NotificationStatus::New, reason) }
    }

    /// What a claimed notification comes to without another attempt, if so; an attempt that was open is counted already.
    pub(super) fn before_attempt(job: &Job, terms: Terms<'_>) -> Option<Self> {
        if let Err(reason) = &job.opened {
            Some(Self::parked(NotificationStatus::Failed, Reason::new(&format!("parked: {reason}"))))
        } else if job.unknown_outcomes >= MAX_UNKNOWN_OUTCOMES {
            let times = job.unknown_outcomes;
            let reason = Reason::new(&format!("parked: the outcome of {times} attempts is unknown"));
            Some(Self::parked(NotificationStatus::Failed, reason))
        } else if job.status == NotificationStatus::OutcomeUnknown
            && terms.unknown_outcome == UnknownOutcome::Park
        {
            let reason = Reason::new("parked: the outcome of the attempt is unknown");
            Some(Self::parked(NotificationStatus::OutcomeUnknown, reason))
        } else if terms.now >= job.expires_at {
            Some(Self::parked(NotificationStatus::FailedTtl, Reason::new("no attempt succeeded in time")))
        } else {
            None
        }
    }

    /// What follows from the end of the attempt that began last; `job` counts it already.
    pub(super) fn after_attempt(job: &Job, outcome: Outcome, terms: Terms<'_>) -> Self {
        let again =
            |status, reason| Self { status, reason, due_at: Some(next_attempt(job, terms)), parked: false };
        match (outcome, terms.unknown_outcome) {
            (Outcome::Accepted { reference }, _) => Self::last(accepted(job.channel), reference),
            (Outcome::Rejected { rejection, reason }, _) => {
                Self::last(rejected(job.channel, rejection), reason)
            }
            (Outcome::Transient { reason }, _) => again(NotificationStatus::FailedTransientError, reason),
            (Outcome::Unknown { reason }, UnknownOutcome::SendAgain) => {
                again(NotificationStatus::OutcomeUnknown, reason)
            }
            (Outcome::Unknown { reason }, UnknownOutcome::Park) => {
                Self::parked(NotificationStatus::OutcomeUnknown, reason)
            }
        }
    }

    /// Whether the next route to the recipient is taken: the notification failed, and certainly did not arrive.
    pub(super) fn gives_way(&self) -> bool {
        self.due_at.is_none() && self.status.is_failure()
    }
}

fn accepted(channel: ChannelKind) -> NotificationStatus {
    match channel {
        ChannelKind::Sms => NotificationStatus::Accepted,
        ChannelKind::Email | ChannelKind::Print => NotificationStatus::Succeeded,
    }
}

fn rejected(channel: ChannelKind, rejection: Rejection) -> NotificationStatus {
    match (channel, rejection) {
        (ChannelKind::Sms, Rejection::InvalidAddress) => NotificationStatus::FailedInvalidRecipient,
        (ChannelKind::Sms, Rejection::Barred) => NotificationStatus::FailedBarredReceiver,
        (ChannelKind::Sms, _) => NotificationStatus::FailedRejected,
        (_, Rejection::InvalidAddress) => NotificationStatus::FailedInvalidEmailFormat,
        (_, Rejection::TooLarge) => NotificationStatus::FailedPayloadTooLarge,
        (_, Rejection::Refused | Rejection::Barred) => NotificationStatus::Failed,
    }
}

/// When the next attempt is due: after a back-off and inside of its hours, and when that ends too late, when it expires.
fn next_attempt(job: &Job, terms: Terms<'_>) -> DateTime<Utc> {
    let wait = delay(job.attempts, jitter(job.claim.id, job.attempts));
    let next = terms.now.checked_add_signed(wait).unwrap_or(job.expires_at);
    let policy = job.opened.as_ref().map(|opened| opened.order.spec.policy(job.channel));
    policy.map_or(next, |policy| policy.earliest(terms.window, next)).min(job.expires_at)
}

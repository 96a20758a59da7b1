//! What follows from how an attempt ended: decided without I/O.

use chrono::{DateTime, Utc};

use super::backoff::delay;
use super::job::Job;
use crate::channel::{Outcome, Rejection};
use crate::{NotificationStatus, Reason};

/// How many attempts of unknown outcome a mail is given: one that ends every dispatcher is not sent for ever.
const MAX_UNKNOWN_OUTCOMES: u32 = 5;

/// Where a notification goes from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) status: NotificationStatus,
    pub(super) reason: Reason,
    /// When it is tried again; nothing when it has come to its end.
    pub(super) due_at: Option<DateTime<Utc>>,
}

impl Step {
    fn last(status: NotificationStatus, reason: Reason) -> Self {
        Self { status, reason, due_at: None }
    }

    /// What a claimed notification comes to without another attempt, if so.
    pub(super) fn before_attempt(job: &Job, now: DateTime<Utc>) -> Option<Self> {
        if job.unknown_outcomes >= MAX_UNKNOWN_OUTCOMES {
            let times = job.unknown_outcomes;
            let reason = Reason::new(&format!("parked: the outcome of {times} attempts is unknown"));
            Some(Self::last(NotificationStatus::Failed, reason))
        } else if now >= job.expires_at {
            let reason = Reason::new("no attempt succeeded in time");
            Some(Self::last(NotificationStatus::FailedTtl, reason))
        } else {
            None
        }
    }

    /// What follows from the end of the attempt that began last; `job` counts it already.
    pub(super) fn after_attempt(job: &Job, outcome: Outcome, now: DateTime<Utc>) -> Self {
        match outcome {
            Outcome::Accepted { reference } => Self::last(NotificationStatus::Succeeded, reference),
            Outcome::Rejected { rejection, reason } => Self::last(rejected(rejection), reason),
            Outcome::Transient { reason } => Self {
                status: NotificationStatus::FailedTransientError,
                reason,
                due_at: Some(next_attempt(job, now)),
            },
            Outcome::Unknown { reason } => Self {
                status: NotificationStatus::OutcomeUnknown,
                reason,
                due_at: Some(next_attempt(job, now)),
            },
        }
    }
}

fn rejected(rejection: Rejection) -> NotificationStatus {
    match rejection {
        Rejection::InvalidAddress => NotificationStatus::FailedInvalidEmailFormat,
        Rejection::TooLarge => NotificationStatus::FailedPayloadTooLarge,
        Rejection::Refused => NotificationStatus::Failed,
    }
}

/// When the next attempt is due: after a back-off, and when that ends too late, when the mail expires.
fn next_attempt(job: &Job, now: DateTime<Utc>) -> DateTime<Utc> {
    let next = now.checked_add_signed(delay(job.claim.id, job.attempts)).unwrap_or(job.expires_at);
    next.min(job.expires_at)
}

//! One attempt: recorded before its first byte, carried out, and its end recorded.

use std::time::Duration;

use altinn_core::store::{Batch, StoreError, params};
use chrono::{DateTime, Utc};
use tokio::time::timeout;

use super::job::Job;
use super::step::Step;
use crate::channel::{Channel, Outcome, Rejection};
use crate::table::NOTIFICATIONS;
use crate::{NotificationStatus, Notifier, Reason};

/// How often the end of an attempt is offered to a store that is not available.
const RECORDINGS: u32 = 4;
/// How long to wait between them.
const RECORDING_PAUSE: Duration = Duration::from_millis(200);

/// What became of a claimed notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// A status was recorded.
    Recorded { status: NotificationStatus, recovered: bool, is_final: bool },
    /// The claim is another dispatcher's.
    Lost,
    /// The lease had run too far to begin.
    GivenBack,
}

const RECORD_STATUS: &str = "update notify_notification set status = $1, attempts = $2, unknown_outcomes = $3, \
    sequence = $4 where id = $5 and lease_generation = $6";

const RECORD_TRANSITION: &str = "insert into notify_transition (notification_id, sequence, at, status, reason) values ($1, $2, $3, $4, $5)";

impl Notifier {
    /// Tries once to send a claimed notification.
    pub(super) async fn attempt(&self, mut job: Job, channel: &dyn Channel) -> Result<Ending, StoreError> {
        if job.claimed_at.elapsed() > self.settings.lease / 2 {
            return self.give_back(&job).await;
        }
        let recovered = job.has_open_attempt();
        let now = self.clock().now();
        let mut batch = Batch::new();
        if recovered {
            let reason = Reason::new("the end of the attempt was not recorded");
            job.unknown_outcomes += 1;
            job.come_into(&mut batch, NotificationStatus::OutcomeUnknown, Some(&reason), now);
        }
        if let Some(step) = Step::before_attempt(&job, now) {
            return self.end(job, batch, step, recovered).await;
        }
        job.attempts += 1;
        job.come_into(&mut batch, NotificationStatus::Sending, None, now);
        job.record(&mut batch);
        if is_lost(self.store().commit(batch).await)? {
            return Ok(Ending::Lost);
        }
        let outcome = self.send(&job, channel).await;
        let step = Step::after_attempt(&job, outcome, self.clock().now());
        self.end(job, Batch::new(), step, recovered).await
    }

    /// Sends within half a lease, and never beyond its end. What cannot be read can never be sent.
    async fn send(&self, job: &Job, channel: &dyn Channel) -> Outcome {
        let message = match &job.message {
            Ok(message) => message,
            Err(reason) => {
                return Outcome::Rejected { rejection: Rejection::Refused, reason: reason.clone() };
            }
        };
        let lease = self.settings.lease;
        let left = lease.saturating_sub(job.claimed_at.elapsed());
        timeout(left.min(lease / 2), channel.send(message)).await.unwrap_or_else(|_| Outcome::Unknown {
            reason: Reason::new("the attempt took longer than half its lease"),
        })
    }

    /// Records where a notification goes from here, and frees it.
    async fn end(
        &self,
        mut job: Job,
        mut batch: Batch,
        step: Step,
        recovered: bool,
    ) -> Result<Ending, StoreError> {
        let Step { status, reason, due_at } = step;
        if status == NotificationStatus::OutcomeUnknown {
            job.unknown_outcomes += 1;
        }
        job.come_into(&mut batch, status, Some(&reason), self.clock().now());
        job.record(&mut batch);
        match due_at {
            Some(due_at) => NOTIFICATIONS.put_back(&mut batch, &job.claim, due_at),
            None => NOTIFICATIONS.finish(&mut batch, &job.claim),
        }
        if is_lost(self.commit_patiently(batch).await)? {
            return Ok(Ending::Lost);
        }
        let (id, attempts) = (job.claim.id, job.attempts);
        tracing::info!(notification = %id, attempts, status = status.as_str(), %reason, "notification came into a status");
        Ok(Ending::Recorded { status, recovered, is_final: due_at.is_none() })
    }

    async fn give_back(&self, job: &Job) -> Result<Ending, StoreError> {
        let mut batch = Batch::new();
        NOTIFICATIONS.put_back(&mut batch, &job.claim, self.clock().now());
        Ok(if is_lost(self.store().commit(batch).await)? { Ending::Lost } else { Ending::GivenBack })
    }

    /// Offers a batch several times to a store that does not answer: what it says has happened already.
    async fn commit_patiently(&self, batch: Batch) -> Result<(), StoreError> {
        for _ in 1..RECORDINGS {
            match self.store().commit(batch.clone()).await {
                Err(StoreError::Unavailable { .. } | StoreError::OutcomeUnknown { .. }) => {
                    tokio::time::sleep(RECORDING_PAUSE).await;
                }
                result => return result.map(drop),
            }
        }
        self.store().commit(batch).await.map(drop)
    }
}

impl Job {
    /// Adds a transition to the history.
    fn come_into(
        &mut self,
        batch: &mut Batch,
        status: NotificationStatus,
        reason: Option<&Reason>,
        now: DateTime<Utc>,
    ) {
        self.status = status;
        self.sequence += 1;
        batch.execute_one(
            RECORD_TRANSITION,
            params![self.claim.id, self.sequence, now, status.as_str(), reason.map(Reason::as_str)],
        );
    }

    /// Adds the state that the transitions led to, if the claim is still held, else the batch conflicts.
    fn record(&self, batch: &mut Batch) {
        let Self { claim, status, attempts, unknown_outcomes, sequence, .. } = self;
        batch.execute_one(
            RECORD_STATUS,
            params![status.as_str(), *attempts, *unknown_outcomes, *sequence, claim.id, claim.generation],
        );
    }
}

/// Whether a commit failed because another dispatcher holds the claim now.
fn is_lost<T>(result: Result<T, StoreError>) -> Result<bool, StoreError> {
    match result {
        Ok(_) => Ok(false),
        Err(error) if error.is_conflict() => Ok(true),
        Err(error) => Err(error),
    }
}

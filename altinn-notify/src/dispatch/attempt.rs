//! The beginning and the end of attempts, recorded for many at once.
//!
//! Each notification's rows are guarded by its claim. When a claim of a batch is another dispatcher's meanwhile, the
//! batch conflicts, and its notifications are recorded one by one.

use std::time::Duration;

use altinn_core::store::{Batch, StoreError, params};

use super::Ending;
use super::follow::Following;
use super::job::Job;
use super::step::{Step, Terms};
use crate::channel::{Lane, Outcome};
use crate::table::{
    NewNotification, NewTransition, WAKE_TOPIC, insert_notifications, insert_transitions, is_lost,
};
use crate::{NotificationStatus, Notifier, Reason};

/// How often the end of an attempt is offered to a store that is not available.
const RECORDINGS: u32 = 4;
/// How long to wait between them.
const RECORDING_PAUSE: Duration = Duration::from_millis(200);

const RECORD_BEGIN: &str = "update notify_notification set status = $1, attempts = $2, unknown_outcomes = $3, sequence = $4 \
    where id = $5 and lease_generation = $6";

const RECORD_END: &str = "update notify_notification set status = $1, unknown_outcomes = $2, sequence = $3, parked = $4, \
    due_at = $5, lease_until = 0 where id = $6 and lease_generation = $7";

/// A claimed notification, after the beginning of its attempt was recorded.
#[allow(clippy::large_enum_variant, reason = "it lives for a moment")]
pub(super) enum Begun {
    /// It is to be sent.
    Send(Job),
    /// It came to its end, or is not this dispatcher's.
    Ended(Ending),
}

/// What is to be recorded of one notification, put together before it is known whether its claim is still held.
#[derive(Default)]
struct Record {
    statements: Batch,
    transitions: Vec<NewTransition>,
    followers: Vec<NewNotification>,
}

impl Notifier {
    /// Records that attempts begin.
    pub(super) async fn begin(&self, jobs: Vec<Job>, lane: &Lane) -> Result<Vec<Begun>, StoreError> {
        let (mut begun, mut records) = (Vec::with_capacity(jobs.len()), Vec::with_capacity(jobs.len()));
        for job in jobs {
            let (next, record) = self.beginning(job, lane);
            begun.push(next);
            records.push(record);
        }
        let lost = self.commit_all(records).await?;
        let lose = |(begun, is_lost)| if is_lost { Begun::Ended(Ending::Lost) } else { begun };
        Ok(begun.into_iter().zip(lost).map(lose).collect())
    }

    fn beginning(&self, mut job: Job, lane: &Lane) -> (Begun, Record) {
        let (mut record, terms) = (Record::default(), self.terms(lane));
        let recovered = job.has_open_attempt();
        if recovered {
            let reason = Reason::new("the end of the attempt was not recorded");
            job.unknown_outcomes += 1;
            record.transition(&mut job, NotificationStatus::OutcomeUnknown, Some(reason), terms);
        }
        if let Some(step) = Step::before_attempt(&job, terms) {
            return (Begun::Ended(self.ending(job, step, recovered, terms, &mut record)), record);
        }
        job.attempts += 1;
        job.recovered = recovered;
        record.transition(&mut job, NotificationStatus::Sending, None, terms);
        let Job { claim, status, attempts, unknown_outcomes, sequence, .. } = &job;
        let params =
            params![status.as_str(), *attempts, *unknown_outcomes, *sequence, claim.id, claim.generation];
        record.statements.execute_one(RECORD_BEGIN, params);
        (Begun::Send(job), record)
    }

    /// Records how attempts ended; one without an outcome waited too long for its turn, and was not made.
    pub(super) async fn finish(
        &self,
        sent: Vec<(Job, Option<Outcome>)>,
        lane: &Lane,
    ) -> Result<Vec<Ending>, StoreError> {
        let (mut endings, mut records) = (Vec::with_capacity(sent.len()), Vec::with_capacity(sent.len()));
        for (job, outcome) in sent {
            let (mut record, terms) = (Record::default(), self.terms(lane));
            endings.push(match outcome {
                Some(outcome) => {
                    let (step, recovered) = (Step::after_attempt(&job, outcome, terms), job.recovered);
                    self.ending(job, step, recovered, terms, &mut record)
                }
                None => {
                    let step = Step::given_back(terms);
                    self.ending(job, step, false, terms, &mut record);
                    Ending::GivenBack
                }
            });
            records.push(record);
        }
        let lost = self.commit_all(records).await?;
        let lose = |(ending, is_lost)| if is_lost { Ending::Lost } else { ending };
        Ok(endings.into_iter().zip(lost).map(lose).collect())
    }

    /// Adds where a notification goes from here, and frees it; one that failed gives way to the next route.
    fn ending(
        &self,
        mut job: Job,
        step: Step,
        recovered: bool,
        terms: Terms<'_>,
        record: &mut Record,
    ) -> Ending {
        let (follower, is_stuck) = if step.gives_way() { self.follower(&job, terms) } else { (None, false) };
        let Step { status, reason, due_at, parked } = step;
        let parked = is_stuck || parked && follower.is_none();
        if status == NotificationStatus::OutcomeUnknown && job.status == NotificationStatus::Sending {
            job.unknown_outcomes += 1;
        }
        record.followers.extend(follower);
        let (id, attempts) = (job.claim.id, job.attempts);
        tracing::info!(notification = %id, attempts, status = status.as_str(), %reason, "notification comes into a status");
        if status != job.status || job.status != NotificationStatus::OutcomeUnknown {
            record.transition(&mut job, status, Some(reason), terms);
        }
        let Job { claim, unknown_outcomes, sequence, .. } = &job;
        record.statements.execute_one(
            RECORD_END,
            params![
                status.as_str(),
                *unknown_outcomes,
                *sequence,
                i64::from(parked),
                due_at,
                claim.id,
                claim.generation
            ],
        );
        Ending::Recorded { status, recovered, is_final: due_at.is_none() }
    }

    /// The notification that takes the next route, and whether there is one that cannot be sealed.
    fn follower(&self, job: &Job, terms: Terms<'_>) -> (Option<NewNotification>, bool) {
        let following = Following { keyring: &self.keyring, window: terms.window, now: terms.now };
        match job.follower(following) {
            Ok(follower) => (follower, false),
            Err(error) => {
                tracing::error!(notification = %job.claim.id, code = error.code(), "the next route is not taken");
                (None, true)
            }
        }
    }

    fn terms(&self, lane: &Lane) -> Terms<'_> {
        Terms { now: self.clock().now(), unknown_outcome: lane.unknown_outcome, window: &self.window }
    }

    /// Commits records together, and where a claim is lost one by one; says which were lost.
    async fn commit_all(&self, records: Vec<Record>) -> Result<Vec<bool>, StoreError> {
        let now = self.clock().now();
        let mut together = Batch::new();
        let (mut transitions, mut followers) = (Vec::new(), Vec::new());
        for record in &records {
            together.append(record.statements.clone());
            transitions.extend_from_slice(&record.transitions);
            followers.extend_from_slice(&record.followers);
        }
        insert_transitions(&mut together, transitions);
        if !followers.is_empty() {
            insert_notifications(&mut together, followers, now);
            together.wake(WAKE_TOPIC);
        }
        if !is_lost(self.commit_patiently(together).await)? {
            return Ok(vec![false; records.len()]);
        }
        let mut lost = Vec::with_capacity(records.len());
        for Record { mut statements, transitions, followers } in records {
            insert_transitions(&mut statements, transitions);
            insert_notifications(&mut statements, followers, now);
            lost.push(is_lost(self.commit_patiently(statements).await)?);
        }
        Ok(lost)
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

impl Record {
    /// Adds a transition to the history.
    fn transition(
        &mut self,
        job: &mut Job,
        status: NotificationStatus,
        reason: Option<Reason>,
        terms: Terms<'_>,
    ) {
        job.status = status;
        job.sequence += 1;
        self.transitions.push(NewTransition {
            subject: job.claim.id,
            sequence: job.sequence,
            order_id: job.order.as_uuid(),
            at: terms.now,
            status: status.as_str(),
            reason,
        });
    }
}

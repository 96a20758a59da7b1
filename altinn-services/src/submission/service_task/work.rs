//! The rows that say what is to be done.

use std::time::Duration;

use altinn_core::store::{Batch, Claim, Row, Store, StoreError, WorkTable, params};
use altinn_core::{InstanceId, PartyId, ServiceId};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::submission::author::Author;
use crate::submission::signing::CALL_TO_SIGN;
use crate::submission::{Instance, SubmissionError};

/// How long a worker holds a piece of work at most; an attempt is cut off after half of it.
pub(in crate::submission) const LEASE: Duration = Duration::from_secs(240);

/// How often work is tried by itself before it waits for a supporter.
const MAX_FAILURES: i64 = 10;

/// The longest wait between two attempts.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// The longest reason that is kept, in characters.
const MAX_REASON: usize = 500;

const WORK: WorkTable = WorkTable::new("services_task");

/// Wakes workers when there is work.
pub(crate) const TOPIC: &str = "services_task";

/// How a piece of work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceTaskState {
    /// It is to be done, for the first time or again.
    Waiting,
    /// It failed for good and waits for a supporter.
    Failed,
    /// It is done.
    Done,
    /// The process left the task in another way.
    Abandoned,
    /// What it did was undone by a supporter.
    Compensated,
}

impl ServiceTaskState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Failed, Self::Done, Self::Abandoned, Self::Compensated];

    /// The name: `waiting`, `failed`, `done`, `abandoned`, `compensated`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Done => "done",
            Self::Abandoned => "abandoned",
            Self::Compensated => "compensated",
        }
    }
}

/// A piece of work that is not stored yet.
#[derive(Debug)]
pub(in crate::submission) struct NewWork {
    pub(in crate::submission) id: Uuid,
    pub(in crate::submission) task: String,
    pub(in crate::submission) flow: u32,
    pub(in crate::submission) kind: String,
}

impl NewWork {
    /// Adds it to the batch of the step that came to the task.
    pub(in crate::submission) fn insert(&self, batch: &mut Batch, instance: &Instance, author: &Author) {
        batch.execute_one(
            "insert into services_task (id, due_at, lease_until, lease_generation, instance, party, service, task, flow, \
             kind, state, failures, author, author_party, author_level, created_at, changed_at) \
             values ($1, $2, 0, 0, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9, $10, $11, $2, $2)",
            params![
                self.id,
                instance.changed,
                instance.id.guid,
                instance.id.owner,
                instance.service.to_string(),
                self.task.as_str(),
                i64::from(self.flow),
                self.kind.as_str(),
                author.reference.as_str(),
                author.party,
                u8::from(author.level)
            ],
        );
        batch.wake(TOPIC);
    }
}

/// Adds to a batch that an instance's open work is not to be done any more.
pub(in crate::submission) fn abandon_open(batch: &mut Batch, instance: Uuid, now: DateTime<Utc>) {
    batch.execute(
        "update services_task set due_at = null, state = 'abandoned', changed_at = $1 \
         where instance = $2 and state in ('waiting', 'failed')",
        params![now, instance],
    );
}

/// A piece of work, as supporters see it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServiceTaskWork {
    /// The id, which is the idempotency key of every attempt.
    pub id: Uuid,
    /// The instance.
    pub instance: InstanceId,
    /// The service.
    pub service: ServiceId,
    /// The task, by id.
    pub task: String,
    /// The kind, by which the code is found.
    pub kind: String,
    /// How it stands.
    pub state: ServiceTaskState,
    /// How often an attempt was begun.
    pub attempts: i64,
    /// How often an attempt failed since it was last resumed.
    pub failures: i64,
    /// Why the last attempt failed.
    pub reason: Option<String>,
    /// When the process came to the task.
    pub created: DateTime<Utc>,
    /// When this last changed.
    pub changed: DateTime<Utc>,
    /// When it is tried next; none: not by itself.
    pub due: Option<DateTime<Utc>>,
    /// Which visit of the process to the task it is.
    pub(super) flow: i64,
    pub(in crate::submission) author: Author,
    pub(super) claim: Claim,
}

impl ServiceTaskWork {
    pub(in crate::submission) fn from_row(row: &Row) -> Result<Self, SubmissionError> {
        let stored = |column: &str, text: String| SubmissionError::Stored { column: column.to_owned(), text };
        let (service, state): (String, String) = (row.get("service")?, row.get("state")?);
        let party: PartyId = row.get("party")?;
        let claim = Claim::from_row(row)?;
        Ok(Self {
            id: claim.id,
            instance: InstanceId::new(party, row.get("instance")?),
            service: service.parse().map_err(|_| stored("service", service.clone()))?,
            task: row.get("task")?,
            kind: row.get("kind")?,
            state: ServiceTaskState::ALL
                .into_iter()
                .find(|known| known.name() == state)
                .ok_or_else(|| stored("state", state.clone()))?,
            attempts: claim.generation,
            failures: row.get("failures")?,
            reason: row.get("reason")?,
            created: row.get("created_at")?,
            changed: row.get("changed_at")?,
            due: row.get("due_at")?,
            flow: row.get("flow")?,
            author: Author::from_row(row)?,
            claim,
        })
    }

    /// Claims what is due, the longest due first.
    pub(super) async fn claim_due(
        store: &Store,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Self>, SubmissionError> {
        let mut batch = Batch::new();
        let claimed = WORK.claim(&mut batch, now, limit, LEASE);
        store.commit(batch).await?.rows(claimed).iter().map(Self::from_row).collect()
    }

    /// Claims the work that an instance waits for, if nobody else has it.
    pub(in crate::submission) async fn claim_of(
        store: &Store,
        instance: Uuid,
    ) -> Result<Option<Self>, SubmissionError> {
        let Some(id) = Self::waiting_of(store, instance).await? else { return Ok(None) };
        let mut batch = Batch::new();
        let claimed = WORK.claim_row(&mut batch, id, LEASE);
        store.commit(batch).await?.rows(claimed).first().map(Self::from_row).transpose()
    }

    async fn waiting_of(store: &Store, instance: Uuid) -> Result<Option<Uuid>, StoreError> {
        let sql = "select id from services_task where instance = $1 and state = 'waiting' limit 1";
        store.query_opt(sql, params![instance]).await?.map(|row| row.get("id")).transpose()
    }

    /// The last work of a service task of an instance.
    pub(in crate::submission) async fn last_of(
        store: &Store,
        instance: Uuid,
    ) -> Result<Option<Self>, SubmissionError> {
        let sql = "select * from services_task where instance = $1 and kind <> $2 \
                   order by created_at desc, id desc limit 1";
        store.query_opt(sql, params![instance, CALL_TO_SIGN]).await?.as_ref().map(Self::from_row).transpose()
    }

    /// All work of an instance, the latest first; at most 100.
    pub(in crate::submission) async fn all_of(
        store: &Store,
        instance: Uuid,
    ) -> Result<Vec<Self>, SubmissionError> {
        let sql =
            "select * from services_task where instance = $1 order by created_at desc, id desc limit 100";
        store.query(sql, params![instance]).await?.iter().map(Self::from_row).collect()
    }

    /// Whether an instance stands in the task, on the visit that the work is for.
    pub(in crate::submission) fn is_of(&self, instance: &Instance) -> bool {
        let current = instance.process.current_task();
        current.is_some_and(|task| task.element_id == self.task && i64::from(task.flow) == self.flow)
    }

    /// Adds to a batch that the work has come to its end, if the claim is still held.
    pub(in crate::submission) fn finish(
        &self,
        batch: &mut Batch,
        state: ServiceTaskState,
        now: DateTime<Utc>,
    ) {
        WORK.finish(batch, &self.claim);
        batch.execute_one(
            "update services_task set state = $1, reason = null, changed_at = $2 where id = $3",
            params![state.name(), now, self.id],
        );
    }

    /// Adds to a batch that the failed work of the task that an instance stands in is to be tried again; it conflicts
    /// when there is none.
    pub(in crate::submission) fn resume(batch: &mut Batch, instance: &Instance, now: DateTime<Utc>) {
        let current = instance.process.current_task();
        batch.execute_one(
            "update services_task set state = 'waiting', due_at = $1, failures = 0, changed_at = $1 \
             where instance = $2 and task = $3 and flow = $4 and state in ('waiting', 'failed')",
            params![
                now,
                instance.id.guid,
                current.map(|task| task.element_id.clone()).unwrap_or_default(),
                current.map_or(0, |task| i64::from(task.flow))
            ],
        );
        batch.wake(TOPIC);
    }

    /// Adds to a batch that the work is free to be done again, if the claim is still held.
    pub(in crate::submission) fn put_back(&self, batch: &mut Batch, now: DateTime<Utc>) {
        WORK.put_back(batch, &self.claim, now);
    }

    /// Adds to a batch that what the work did was undone; it conflicts when a worker has taken it up since.
    pub(in crate::submission) fn compensated(&self, batch: &mut Batch, now: DateTime<Utc>) {
        WORK.finish(batch, &self.claim);
        batch.execute_one(
            "update services_task set state = 'compensated', changed_at = $1 where id = $2",
            params![now, self.id],
        );
    }

    /// Adds to a batch that an attempt failed, if the claim is still held; gives whether it is tried again by itself.
    pub(in crate::submission) fn fail(
        &self,
        batch: &mut Batch,
        reason: &str,
        may_retry: bool,
        now: DateTime<Utc>,
    ) -> bool {
        let failures = self.failures.saturating_add(1);
        // Signees are called for as long as the process waits for them.
        let retried = may_retry && (failures < MAX_FAILURES || self.kind == CALL_TO_SIGN);
        let state = if retried { ServiceTaskState::Waiting } else { ServiceTaskState::Failed };
        if retried {
            WORK.put_back(batch, &self.claim, now + wait_after(failures));
        } else {
            WORK.finish(batch, &self.claim);
        }
        batch.execute_one(
            "update services_task set state = $1, failures = $2, reason = $3, changed_at = $4 where id = $5",
            params![
                state.name(),
                failures,
                reason.chars().take(MAX_REASON).collect::<String>(),
                now,
                self.id
            ],
        );
        retried
    }
}

/// Two seconds after the first failure, and twice as long after each further one.
fn wait_after(failures: i64) -> TimeDelta {
    let doublings = u32::try_from(failures.clamp(0, 20)).unwrap_or(20);
    TimeDelta::seconds(1_i64 << doublings).min(LONGEST_WAIT)
}

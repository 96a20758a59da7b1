//! What is to be done in cases, as it is kept.

use altinn_core::InstanceId;
use altinn_core::store::{Batch, Claim, Returned, Row, StoreError, WorkTable, params};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::{from_json, to_json};
use super::{Action, COLLABORATION_WORK, CaseId};

pub(super) static WORK: WorkTable = WorkTable::new("services_collaboration_work");

/// Something that is to be done in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Job {
    /// A deadline passes.
    Deadline(String),
    /// Something follows from a transition.
    Act(Action),
    /// Something has happened to an instance of a member.
    Look { member: String, instance: InstanceId },
}

/// A job that this worker holds.
#[derive(Debug, Clone)]
pub(super) struct ClaimedJob {
    pub(super) claim: Claim,
    pub(super) case: CaseId,
    pub(super) job: Job,
    pub(super) attempts: u32,
}

/// Something that is still to be done in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingWork {
    /// What: `start application`, `deadline apply`, ...
    pub what: String,
    /// When, or when it is tried again; nothing when it has been given up.
    pub due_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: u32,
    /// The stable code of what was wrong the last time.
    pub problem: Option<String>,
}

/// How often something is tried before it is given up: for most of a day.
const MOST_ATTEMPTS: u32 = 30;

/// When what has been given up is due: never.
pub(super) const NEVER: DateTime<Utc> = DateTime::from_timestamp_nanos(9_223_372_036_000_000_000);

impl Job {
    pub(super) fn insert(&self, batch: &mut Batch, id: Uuid, case: CaseId, due: DateTime<Utc>) {
        let deadline = match self {
            Self::Deadline(name) => Some(name.clone()),
            Self::Act(_) | Self::Look { .. } => None,
        };
        batch.execute_one(
            "insert into services_collaboration_work (id, case_id, deadline, job, attempts, due_at, lease_until, \
             lease_generation) values ($1, $2, $3, $4, 0, $5, 0, 0)",
            params![id, case, deadline, to_json(self), due],
        );
        batch.wake(COLLABORATION_WORK);
    }

    fn name(&self) -> String {
        match self {
            Self::Deadline(name) => format!("deadline {name}"),
            Self::Act(Action::Start(member)) => format!("start {member}"),
            Self::Act(Action::Message(message)) => format!("message {}", message.member),
            Self::Act(Action::Notify(notice)) => format!("notify {}", notice.to),
            Self::Act(_) => "change".to_owned(),
            Self::Look { member, .. } => format!("look at {member}"),
        }
    }
}

impl ClaimedJob {
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            claim: Claim::from_row(row)?,
            case: row.get("case_id")?,
            job: from_json(row, "job")?,
            attempts: row.get("attempts")?,
        })
    }

    /// Adds that it is done; nothing happens when another worker holds it, or when it is gone.
    pub(super) fn forget(&self, batch: &mut Batch) {
        batch.execute(
            "delete from services_collaboration_work where id = $1 and lease_generation = $2",
            params![self.claim.id, self.claim.generation],
        );
    }

    /// Adds that it is to be tried again, if it is still held; at the last attempt, that it is given up.
    pub(super) fn fail(&self, batch: &mut Batch, code: &str, due: DateTime<Utc>) {
        batch.execute(
            "update services_collaboration_work set attempts = attempts + 1, problem = $1 \
             where id = $2 and lease_generation = $3",
            params![code, self.claim.id, self.claim.generation],
        );
        let is_last = self.attempts.saturating_add(1) >= MOST_ATTEMPTS;
        WORK.put_back(batch, &self.claim, if is_last { NEVER } else { due });
    }
}

/// Adds to a batch that all that was given up in a case is tried again, from now on and from the beginning; and how much
/// that is.
pub(super) fn redrive(batch: &mut Batch, case: CaseId, now: DateTime<Utc>) -> Returned {
    let again = batch.returning(
        "update services_collaboration_work set attempts = 0, due_at = $1 \
         where case_id = $2 and due_at = $3 returning id",
        params![now, case, NEVER],
    );
    batch.wake(COLLABORATION_WORK);
    again
}

impl PendingWork {
    /// Whether it has been given up, and waits for [`Collaborations::redrive`](super::Collaborations::redrive).
    pub fn is_given_up(&self) -> bool {
        self.due_at.is_none()
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            what: from_json::<Job>(row, "job")?.name(),
            due_at: row.get::<Option<DateTime<Utc>>>("due_at")?.filter(|due| *due < NEVER),
            attempts: row.get("attempts")?,
            problem: row.get("problem")?,
        })
    }
}

//! A mailing (utsending): what one call sends, kept once for all its recipients, and the work that is left of it.

use std::time::Duration;

use altinn_archive::EntryId;
use altinn_auth::decision::Access;
use altinn_core::store::{Batch, Claim, Row, Store, WorkTable, params};
use altinn_core::{PartyId, ServiceId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CorrespondenceError, Notification, Terms};

/// How long a worker holds a mailing: much longer than it takes for the slices of one turn, and short enough that nobody
/// waits long for what a worker held that died. One that takes longer is refused by the guard.
const LEASE: Duration = Duration::from_secs(20);

/// The longest wait before a mailing that failed is tried again.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

const WORK: WorkTable = WorkTable::new("services_mailing");

/// Wakes workers when there is something to do.
pub(crate) const MAILINGS: &str = "services_mailing";

/// What is done next with the recipients of a mailing, one slice after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Each recipient gets a correspondence.
    Expand,
    /// What is not withheld is published.
    Publish,
    /// The sender is told who has not read or confirmed.
    Deadline,
    /// What is still there is deleted.
    Delete,
    /// Nothing.
    Done,
}

impl Phase {
    const ALL: [Self; 5] = [Self::Expand, Self::Publish, Self::Deadline, Self::Delete, Self::Done];

    fn name(self) -> &'static str {
        match self {
            Self::Expand => "expand",
            Self::Publish => "publish",
            Self::Deadline => "deadline",
            Self::Delete => "delete",
            Self::Done => "done",
        }
    }
}

/// How a mailing is to be carried out. Nothing of what it says stands here.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    pub(super) message_sender: String,
    pub(super) publish_at: DateTime<Utc>,
    pub(super) due_date_time: Option<DateTime<Utc>>,
    pub(super) allow_system_delete_after: Option<DateTime<Utc>>,
    pub(super) is_confirmation_needed: bool,
    pub(super) ignore_reservation: bool,
    pub(super) notification: Option<Notification>,
    #[serde(default)]
    pub(super) allow_forwarding: bool,
}

/// A mailing as its row holds it.
#[derive(Debug, Clone)]
pub(super) struct Mailing {
    pub(super) claim: Claim,
    pub(super) service: ServiceId,
    pub(super) sender: PartyId,
    pub(super) senders_reference: String,
    /// The entry of the archive that holds the message, its files and the list of recipients.
    pub(super) entry: EntryId,
    pub(super) recipients: i64,
    pub(super) phase: Phase,
    /// How far the phase is: in bytes of the list of recipients, then in numbers of recipients.
    pub(super) position: i64,
    /// How many recipients have their correspondence.
    pub(super) expanded: i64,
    failures: i64,
    pub(super) spec: Spec,
    pub(super) created: DateTime<Utc>,
}

/// What a mailing is made of.
pub(super) struct NewMailing {
    pub(super) id: Uuid,
    pub(super) service: ServiceId,
    pub(super) sender: PartyId,
    pub(super) senders_reference: String,
    pub(super) recipients: i64,
    pub(super) spec: Spec,
    pub(super) created: DateTime<Utc>,
}

impl Mailing {
    /// A mailing whose content is in an entry of the archive.
    pub(super) fn new(new: NewMailing, entry: EntryId) -> Self {
        Self {
            claim: Claim { id: new.id, generation: 0 },
            service: new.service,
            sender: new.sender,
            senders_reference: new.senders_reference,
            entry,
            recipients: new.recipients,
            phase: Phase::Expand,
            position: 0,
            expanded: 0,
            failures: 0,
            spec: new.spec,
            created: new.created,
        }
    }

    pub(super) fn id(&self) -> Uuid {
        self.claim.id
    }

    pub(super) fn terms(&self) -> Terms {
        Terms { is_confirmation_needed: self.spec.is_confirmation_needed, publish_at: self.spec.publish_at }
    }

    /// Adds it to a batch, to be worked on from `due` on.
    pub(super) fn insert(&self, batch: &mut Batch, due: DateTime<Utc>) -> Result<(), CorrespondenceError> {
        let spec = serde_json::to_string(&self.spec);
        let spec = spec.map_err(|_| CorrespondenceError::Stored { column: "spec" })?;
        batch.execute_one(
            "insert into services_mailing (id, due_at, lease_until, lease_generation, service, sender, \
             senders_reference, entry, recipients, phase, position, expanded, failures, spec, created_at) \
             values ($1, $2, 0, 0, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)",
            params![
                self.id(),
                due,
                self.service.to_string(),
                self.sender,
                self.senders_reference.as_str(),
                self.entry,
                self.recipients,
                self.phase.name(),
                self.position,
                self.expanded,
                spec,
                self.created
            ],
        );
        batch.wake(MAILINGS);
        Ok(())
    }

    fn from_row(row: &Row) -> Result<Self, CorrespondenceError> {
        let stored = |column| CorrespondenceError::Stored { column };
        let (service, phase, spec): (String, String, String) =
            (row.get("service")?, row.get("phase")?, row.get("spec")?);
        Ok(Self {
            claim: Claim::from_row(row)?,
            service: service.parse().map_err(|_| stored("service"))?,
            sender: row.get("sender")?,
            senders_reference: row.get("senders_reference")?,
            entry: row.get("entry")?,
            recipients: row.get("recipients")?,
            phase: Phase::ALL
                .into_iter()
                .find(|known| known.name() == phase)
                .ok_or_else(|| stored("phase"))?,
            position: row.get("position")?,
            expanded: row.get("expanded")?,
            failures: row.get("failures")?,
            spec: serde_json::from_str(&spec).map_err(|_| stored("spec"))?,
            created: row.get("created_at")?,
        })
    }

    pub(super) async fn load(store: &Store, id: Uuid) -> Result<Self, CorrespondenceError> {
        let row = store.query_opt("select * from services_mailing where id = $1", params![id]).await?;
        Self::from_row(&row.ok_or(CorrespondenceError::NotFound)?)
    }

    /// The mailing that was sent for the party and in the service that somebody has access to.
    pub(super) async fn of_sender(
        store: &Store,
        access: &Access,
        id: Uuid,
    ) -> Result<Self, CorrespondenceError> {
        let mailing = Self::load(store, id).await?;
        let is_theirs = mailing.sender == access.party() && mailing.service == *access.service();
        if is_theirs { Ok(mailing) } else { Err(CorrespondenceError::NotFound) }
    }

    /// Claims the mailing that has been due for the longest.
    pub(super) async fn claim_due(
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, CorrespondenceError> {
        let mut batch = Batch::new();
        let claimed = WORK.claim(&mut batch, now, 1, LEASE);
        store.commit(batch).await?.rows(claimed).first().map(Self::from_row).transpose()
    }

    /// Goes on in the phase, and records it if the claim is still held.
    pub(super) fn advance(&mut self, batch: &mut Batch, position: i64, expanded: i64) {
        (self.position, self.expanded) = (position, expanded);
        self.record(batch);
    }

    /// Goes on to the next phase that has something to do, and records it if the claim is still held.
    pub(super) fn end_phase(&mut self, batch: &mut Batch, now: DateTime<Utc>) {
        let due = self.next_phase(now);
        self.position = -1;
        self.record(batch);
        match due {
            Some(due) => WORK.put_back(batch, &self.claim, due),
            None => WORK.finish(batch, &self.claim),
        }
    }

    /// Gives up for a while because of an error, if the claim is still held.
    pub(super) fn fail(&self, batch: &mut Batch, problem: &str, now: DateTime<Utc>) {
        let doublings = u32::try_from(self.failures.clamp(0, 20)).unwrap_or(20);
        let wait = TimeDelta::seconds(1_i64 << doublings).min(LONGEST_WAIT);
        batch.execute_one(
            "update services_mailing set failures = failures + 1, problem = $1 where id = $2 and lease_generation = $3",
            params![problem, self.id(), self.claim.generation],
        );
        WORK.put_back(batch, &self.claim, now + wait);
    }

    /// Lets others go on with it, if the claim is still held.
    pub(super) fn put_back(&self, batch: &mut Batch, now: DateTime<Utc>) {
        WORK.put_back(batch, &self.claim, now);
    }

    /// Steps into the next phase; gives when it is due, or nothing at the end.
    pub(super) fn next_phase(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let spec = &self.spec;
        let later = [
            (Phase::Expand, Some(now)),
            (Phase::Publish, Some(spec.publish_at.max(now))),
            (Phase::Deadline, spec.due_date_time),
            (Phase::Delete, spec.allow_system_delete_after),
        ];
        let mut later = later.into_iter().skip_while(|(phase, _)| *phase != self.phase).skip(1);
        let next = later.find_map(|(phase, due)| Some((phase, due?)));
        self.phase = next.map_or(Phase::Done, |(phase, _)| phase);
        next.map(|(_, due)| due)
    }

    fn record(&self, batch: &mut Batch) {
        batch.execute_one(
            "update services_mailing set phase = $1, position = $2, expanded = $3, failures = 0, problem = null \
             where id = $4 and lease_generation = $5",
            params![self.phase.name(), self.position, self.expanded, self.id(), self.claim.generation],
        );
    }
}

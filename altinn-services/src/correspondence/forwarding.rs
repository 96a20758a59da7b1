//! A mail by which a correspondence is forwarded, until it is known what became of it.

use std::time::Duration;

use altinn_core::Actor;
use altinn_core::store::{Batch, Claim, Row, Store, WorkTable, params};
use altinn_notify::{NotificationStatus, OrderId, OrderState, OrderStatus};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::changes::{Changes, Circumstances, RecordedActor};
use super::mailing::{MAILINGS, Mailing};
use super::row::CorrespondenceRow;
use super::{CorrespondenceError, CorrespondenceEvent, Correspondences, Refusal};

/// How long a worker holds one.
const LEASE: Duration = Duration::from_secs(20);

/// The longest wait before it is looked at again.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

const WORK: WorkTable = WorkTable::new("services_forwarding");

/// A mail by which a correspondence is forwarded.
#[derive(Debug)]
pub(super) struct Forwarding {
    claim: Claim,
    correspondence: Uuid,
    mailing: Uuid,
    by: RecordedActor,
    /// How often it was looked what became of it.
    looks: i64,
}

impl Forwarding {
    pub(super) fn new(id: Uuid, row: &CorrespondenceRow, actor: &Actor) -> Self {
        let claim = Claim { id, generation: 0 };
        Self { claim, correspondence: row.id, mailing: row.mailing, by: actor.into(), looks: 0 }
    }

    pub(super) fn id(&self) -> Uuid {
        self.claim.id
    }

    /// The idempotency id of the order of its mail.
    pub(super) fn order_name(&self) -> String {
        format!("correspondence/{}/forwarding/{}", self.correspondence, self.id())
    }

    /// Whether a correspondence was forwarded to an address before, by the address's tag.
    pub(super) async fn is_known(
        store: &Store,
        correspondence: Uuid,
        address: &[u8],
    ) -> Result<bool, CorrespondenceError> {
        let sql = "select 1 as known from services_forwarding where correspondence = $1 and address = $2";
        Ok(store.query_opt(sql, params![correspondence, address.to_vec()]).await?.is_some())
    }

    /// Adds it to a batch, which conflicts where another has forwarded to the address meanwhile.
    pub(super) fn insert(&self, batch: &mut Batch, address: Vec<u8>, now: DateTime<Utc>) {
        batch.execute_one(
            "insert into services_forwarding (id, due_at, lease_until, lease_generation, correspondence, mailing, \
             address, actor, level, looks, created_at) values ($1, $2, 0, 0, $3, $4, $5, $6, $7, 0, $2) \
             on conflict (correspondence, address) do nothing",
            params![
                self.id(),
                now,
                self.correspondence,
                self.mailing,
                address,
                self.by.reference.as_str(),
                self.by.level
            ],
        );
        batch.wake(MAILINGS);
    }

    fn from_row(row: &Row) -> Result<Self, CorrespondenceError> {
        Ok(Self {
            claim: Claim::from_row(row)?,
            correspondence: row.get("correspondence")?,
            mailing: row.get("mailing")?,
            by: RecordedActor { reference: row.get("actor")?, level: row.get("level")? },
            looks: row.get("looks")?,
        })
    }

    /// The mailing whose message a forwarding brings, if there is such a forwarding.
    pub(super) async fn mailing_of(store: &Store, id: Uuid) -> Result<Option<Mailing>, CorrespondenceError> {
        let sql = "select mailing from services_forwarding where id = $1";
        let Some(row) = store.query_opt(sql, params![id]).await? else { return Ok(None) };
        Mailing::load(store, row.get("mailing")?).await.map(Some)
    }

    async fn claim_due(store: &Store, now: DateTime<Utc>) -> Result<Option<Self>, CorrespondenceError> {
        let mut batch = Batch::new();
        let claimed = WORK.claim(&mut batch, now, 1, LEASE);
        store.commit(batch).await?.rows(claimed).first().map(Self::from_row).transpose()
    }

    /// Looks again later, each time after a longer wait.
    fn look_later(&self, batch: &mut Batch, now: DateTime<Utc>) {
        let doublings = u32::try_from(self.looks.clamp(0, 20)).unwrap_or(20);
        let wait = TimeDelta::seconds(1_i64 << doublings).min(LONGEST_WAIT);
        batch.execute_one(
            "update services_forwarding set looks = looks + 1 where id = $1 and lease_generation = $2",
            params![self.id(), self.claim.generation],
        );
        WORK.put_back(batch, &self.claim, now + wait);
    }
}

/// What became of a mail.
enum Outcome {
    /// A mail server has taken it over.
    GoneOut,
    /// It will not be sent.
    NotSent,
    /// It is not known yet.
    Open,
}

impl Outcome {
    fn of(order: &OrderState) -> Self {
        let has_gone =
            |status| matches!(status, NotificationStatus::Succeeded | NotificationStatus::Delivered);
        if order.notifications.iter().any(|mail| has_gone(mail.status)) {
            return Self::GoneOut;
        }
        match order.status {
            OrderStatus::Registered | OrderStatus::Processing | OrderStatus::Processed => Self::Open,
            _ => Self::NotSent,
        }
    }
}

impl Correspondences<'_> {
    /// Looks what became of the mail that has been due for the longest, and writes it into the correspondence's history once
    /// it has gone out; gives whether there was any.
    pub(super) async fn follow_next_forwarding(&self) -> Result<bool, CorrespondenceError> {
        let now = self.altinn.clock().now();
        let Some(forwarding) = Forwarding::claim_due(self.altinn.store(), now).await? else {
            return Ok(false);
        };
        let mut batch = Batch::new();
        if let Err(error) = self.follow(&forwarding, &mut batch, now).await {
            tracing::warn!(code = error.code(), forwarding = %forwarding.id(), "a forwarding was not followed");
            batch = Batch::new();
            forwarding.look_later(&mut batch, now);
        }
        // Whoever has changed the correspondence meanwhile, or claimed this, leaves it for the next look.
        match self.altinn.store().commit(batch).await {
            Err(error) if !error.is_conflict() => Err(error.into()),
            _ => Ok(true),
        }
    }

    async fn follow(
        &self,
        forwarding: &Forwarding,
        batch: &mut Batch,
        now: DateTime<Utc>,
    ) -> Result<(), CorrespondenceError> {
        let order = self.altinn.notifier().status(OrderId::of(&forwarding.order_name())).await?;
        match Outcome::of(&order) {
            Outcome::Open => forwarding.look_later(batch, now),
            Outcome::NotSent => WORK.finish(batch, &forwarding.claim),
            Outcome::GoneOut => {
                self.write_down(forwarding, batch, now).await?;
                WORK.finish(batch, &forwarding.claim);
            }
        }
        Ok(())
    }

    /// Adds it to the correspondence's history, unless the correspondence is deleted by now.
    async fn write_down(
        &self,
        forwarding: &Forwarding,
        batch: &mut Batch,
        now: DateTime<Utc>,
    ) -> Result<(), CorrespondenceError> {
        let store = self.altinn.store();
        let found = CorrespondenceRow::found(store, "c.id = $1", params![forwarding.correspondence]).await?;
        let Some(mut row) = found.into_iter().next() else { return Ok(()) };
        let mailing = Mailing::load(store, forwarding.mailing).await?;
        let version = row.version;
        let mut changes = Changes::new(self.altinn.ids(), &mailing, now);
        let with = Circumstances { recorded: Some(&forwarding.by), ..Circumstances::default() };
        match changes.apply(&mut row, CorrespondenceEvent::Forward, with) {
            Err(CorrespondenceError::Refused(Refusal::Purged)) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => {
                changes.update(row, version);
                changes.add_to(batch);
                Ok(())
            }
        }
    }
}

//! Subscriptions as they are kept.

use std::collections::BTreeMap;

use altinn_core::store::{Batch, Claim, Row, Store, WorkTable, params};
use altinn_core::{AuthenticationLevel, InstanceId, PartyId, ServiceId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::subscriber::Subscriber;
use super::{Occasion, Schedule};
use crate::submission::SubmissionError;

pub(super) const WORK: WorkTable = WorkTable::new("services_instance_subscription");

/// Wakes workers when a subscription may be due.
pub(crate) const TOPIC: &str = "services_instance_subscription";

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub enum SubscriptionState {
    /// It makes an instance on its next occasion.
    Active,
    /// Its schedule is over.
    Done,
    /// Somebody ended it.
    Ended,
}

/// A subscription (abonnement): instances of a service are made for a party when they are due. Its `Debug` leaves the
/// prefill out.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct InstanceSubscription {
    /// Its id.
    pub id: Uuid,
    /// The service.
    #[cfg_attr(feature = "axum", schema(value_type = String))]
    pub service: ServiceId,
    /// The party.
    #[cfg_attr(feature = "axum", schema(value_type = i64))]
    pub party: PartyId,
    /// When it makes instances.
    pub schedule: Schedule,
    /// What the forms that are made hold from the start, by data type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "axum", schema(value_type = BTreeMap<String, Object>, required = false))]
    pub prefill: BTreeMap<String, Value>,
    /// Whether the party is told of each instance.
    pub notify: bool,
    /// How it stands.
    pub state: SubscriptionState,
    /// How many instances it has made.
    pub made: i64,
    /// When it makes the next one; later than its next occasion's day when an attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it was changed; what a writer read must still be so when it writes.
    pub version: i64,
    /// Who subscribed, as [`Subject::reference`](altinn_core::Subject::reference).
    pub by: String,
    /// When.
    pub created: DateTime<Utc>,
    /// The next occasion's number in the schedule.
    #[serde(skip)]
    pub(super) occasion: u32,
    /// The day of the last occasion that an instance was made on.
    #[serde(skip)]
    pub(super) last: Option<NaiveDate>,
    #[serde(skip)]
    pub(super) failures: i64,
    #[serde(skip)]
    pub(super) subscriber: Subscriber,
    #[serde(skip)]
    pub(super) level: AuthenticationLevel,
}

/// An instance that a subscription has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct MadeInstance {
    /// Which one it is, from 1.
    pub number: i64,
    /// The instance.
    #[cfg_attr(feature = "axum", schema(value_type = String))]
    pub instance: InstanceId,
    /// The day of its occasion in Norway.
    pub opens: NaiveDate,
    /// When it was made.
    pub made: DateTime<Utc>,
}

impl std::fmt::Debug for InstanceSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstanceSubscription")
            .field("id", &self.id)
            .field("service", &self.service)
            .field("party", &self.party)
            .field("schedule", &self.schedule)
            .field("state", &self.state)
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}

impl InstanceSubscription {
    /// The next occasion; none when the subscription is over.
    pub fn next_occasion(&self) -> Option<Occasion> {
        self.schedule.occasion(self.occasion).filter(|_| self.state == SubscriptionState::Active)
    }

    /// How the trail names it.
    pub(super) fn element(&self) -> String {
        format!("subscription/{}", self.id)
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, SubmissionError> {
        let state: String = row.get("state")?;
        let (service, last): (String, Option<String>) = (row.get("service")?, row.get("last_day")?);
        let level: u8 = row.get("author_level")?;
        let stored = |column: &str, text: String| SubmissionError::Stored { column: column.to_owned(), text };
        let day = |day: String| day.parse().map_err(|_| stored("last_day", day.clone()));
        Ok(Self {
            id: row.get("id")?,
            service: service.parse().map_err(|_| stored("service", service.clone()))?,
            party: row.get("party")?,
            schedule: from_json(row, "schedule")?,
            prefill: from_json(row, "prefill")?,
            notify: row.get("notify")?,
            state: match state.as_str() {
                "active" => SubscriptionState::Active,
                "done" => SubscriptionState::Done,
                "ended" => SubscriptionState::Ended,
                _ => return Err(stored("state", state)),
            },
            made: row.get("made")?,
            due: row.get("due_at")?,
            reason: row.get("reason")?,
            version: row.get("version")?,
            by: row.get("author")?,
            created: row.get("created_at")?,
            occasion: row.get("occasion")?,
            last: last.map(day).transpose()?,
            failures: row.get("failures")?,
            subscriber: from_json(row, "subscriber")?,
            level: AuthenticationLevel::try_from(level)
                .map_err(|_| stored("author_level", level.to_string()))?,
        })
    }

    pub(super) async fn load(store: &Store, id: Uuid) -> Result<Option<Self>, SubmissionError> {
        let select = "select * from services_instance_subscription where id = $1";
        store.query_opt(select, params![id]).await?.as_ref().map(Self::from_row).transpose()
    }

    /// Claims what is due, the longest due first.
    pub(super) async fn claim_due(
        store: &Store,
        now: DateTime<Utc>,
        limit: u32,
        lease: std::time::Duration,
    ) -> Result<Vec<(Claim, Self)>, SubmissionError> {
        let mut batch = Batch::new();
        let claimed = WORK.claim(&mut batch, now, limit, lease);
        let committed = store.commit(batch).await?;
        committed.rows(claimed).iter().map(|row| Ok((Claim::from_row(row)?, Self::from_row(row)?))).collect()
    }

    pub(super) fn insert(&self, batch: &mut Batch) -> Result<(), SubmissionError> {
        batch.execute_one(
            "insert into services_instance_subscription (id, due_at, lease_until, lease_generation, service, party, \
             schedule, prefill, notify, state, made, occasion, last_day, failures, reason, version, author, \
             author_level, subscriber, created_at) \
             values ($1, $2, 0, 0, $3, $4, $5, $6, $7, $8, $9, $10, null, 0, null, $11, $12, $13, $14, $15)",
            params![
                self.id,
                self.due,
                self.service.to_string(),
                self.party,
                to_json("schedule", &self.schedule)?,
                to_json("prefill", &self.prefill)?,
                self.notify,
                self.state_name(),
                self.made,
                self.occasion,
                self.version,
                self.by.as_str(),
                u8::from(self.level),
                to_json("subscriber", &self.subscriber)?,
                self.created
            ],
        );
        batch.wake(TOPIC);
        Ok(())
    }

    /// Adds what a caller changed, from the version before; the batch conflicts when another came first. A worker's claim
    /// ends with it.
    pub(super) fn change(&self, batch: &mut Batch) -> Result<(), SubmissionError> {
        batch.execute_one(
            "update services_instance_subscription set due_at = $1, lease_until = 0, \
             lease_generation = lease_generation + 1, schedule = $2, prefill = $3, notify = $4, state = $5, \
             occasion = $6, failures = 0, reason = null, version = $7, author = $8, author_level = $9, \
             subscriber = $10 where id = $11 and version = $12",
            params![
                self.due,
                to_json("schedule", &self.schedule)?,
                to_json("prefill", &self.prefill)?,
                self.notify,
                self.state_name(),
                self.occasion,
                self.version,
                self.by.as_str(),
                u8::from(self.level),
                to_json("subscriber", &self.subscriber)?,
                self.id,
                self.version - 1
            ],
        );
        batch.wake(TOPIC);
        Ok(())
    }

    /// Adds that an instance was made on an occasion, and when the next is due, if the claim is still held.
    pub(super) fn step(
        &self,
        batch: &mut Batch,
        claim: &Claim,
        instance: &InstanceId,
        occasion: &Occasion,
        now: DateTime<Utc>,
    ) {
        let next = self.occasion + 1;
        match self.schedule.occasion(next) {
            Some(next) => WORK.put_back(batch, claim, next.opens_at()),
            None => WORK.finish(batch, claim),
        }
        let state = if self.schedule.occasion(next).is_some() { "active" } else { "done" };
        batch.execute_one(
            "update services_instance_subscription set made = $1, occasion = $2, last_day = $3, state = $4, \
             failures = 0, reason = null where id = $5",
            params![self.made + 1, next, occasion.opens.to_string(), state, self.id],
        );
        batch.execute_one(
            "insert into services_subscribed_instance (subscription, number, instance, party, day, made_at) \
             values ($1, $2, $3, $4, $5, $6)",
            params![self.id, self.made + 1, instance.guid, instance.owner, occasion.opens.to_string(), now],
        );
    }

    /// Adds that an attempt failed and is made again later, if the claim is still held.
    pub(super) fn fail(&self, batch: &mut Batch, claim: &Claim, reason: &str, again: DateTime<Utc>) {
        WORK.put_back(batch, claim, again);
        batch.execute_one(
            "update services_instance_subscription set failures = failures + 1, reason = $1 where id = $2",
            params![reason.chars().take(500).collect::<String>(), self.id],
        );
    }

    fn state_name(&self) -> &'static str {
        match self.state {
            SubscriptionState::Active => "active",
            SubscriptionState::Done => "done",
            SubscriptionState::Ended => "ended",
        }
    }
}

impl MadeInstance {
    pub(super) fn from_row(row: &Row) -> Result<Self, SubmissionError> {
        let (party, day): (PartyId, String) = (row.get("party")?, row.get("day")?);
        let stored = || SubmissionError::Stored { column: "day".to_owned(), text: day.clone() };
        Ok(Self {
            number: row.get("number")?,
            instance: InstanceId::new(party, row.get("instance")?),
            opens: day.parse().map_err(|_| stored())?,
            made: row.get("made_at")?,
        })
    }
}

fn to_json(column: &str, value: &impl Serialize) -> Result<String, SubmissionError> {
    serde_json::to_string(value)
        .map_err(|error| SubmissionError::Stored { column: column.to_owned(), text: error.to_string() })
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<T, SubmissionError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| SubmissionError::Stored { column: column.to_owned(), text: error.to_string() })
}

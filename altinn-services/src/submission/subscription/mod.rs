//! Subscriptions (abonnement): instances of a service are made for a party when they are due.
//!
//! A subscription has a [`Schedule`]: once, at one distance (a periodic duty to report), or by deadlines. On each occasion
//! a worker makes an instance with the subscription's prefill and due date, and tells the party, all of it in one batch
//! with the step of the subscription: a worker that dies in between leaves nothing, and no occasion has two instances.
//!
//! **Who may**: whoever may start an instance for the party (`instantiate`) may subscribe, read, change and end, be it the
//! service's own agency, the party itself or somebody who acts for it. Each occasion is decided anew, as for the
//! subscriber at the level they had: who has lost the right makes no more instances. An occasion that could not be made is
//! tried again with a growing wait of up to an hour, and the reason stands with the subscription.
//!
//! **What was missed** while the system was down, or while the subscriber had no right, is made up: an instance for each
//! occasion, the earliest first, each with its own due date, also one that has passed. A duty to report does not go away
//! because nobody was reminded of it. What was over before the subscription was made, or changed, is not made up.

mod interval;
mod row;
mod run;
mod schedule;
mod subscriber;

use std::collections::BTreeMap;

use altinn_auth::decision::{Access, AccessRequest};
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, Idempotency, IdempotencyAnswer, PartyId, Subject, oslo};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use interval::Interval;
pub use row::{InstanceSubscription, MadeInstance, SubscriptionState};
pub use run::SubscriptionReport;
pub use schedule::{Occasion, Schedule, ScheduleError, SubscriptionTerms};

pub(crate) use row::TOPIC as INSTANCE_SUBSCRIPTIONS;

use super::start::is_for;
use super::{NOBODY, Service, SubmissionError, TRIES};
use crate::altinn::Altinn;

/// The most that one page lists.
const PAGE: u32 = 1_000;

/// The most bytes of a subscription's prefill.
const MAX_PREFILL_BYTES: usize = 1024 * 1024;

/// A subscription that is to be made, or what one is changed to. `Debug` shows of the prefill which forms it is for.
///
/// ```
/// use altinn_services::submission::{Interval, NewSubscription, Schedule};
///
/// let quarterly = Schedule::Periodic {
///     first: "2027-01-01".parse()?,
///     every: Interval::months(3),
///     due_after: Some(Interval::days(9)),
///     until: None,
/// };
/// let vat = NewSubscription::new(quarterly)
///     .with_prefill("vat-return", serde_json::json!({"kind": "general"}))
///     .once("vat-return-2027");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
#[must_use]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema), schema(as = InstanceSubscriptionTerms))]
pub struct NewSubscription {
    /// When it makes instances.
    pub schedule: Schedule,
    /// What the forms that are made hold from the start, by data type; the app's own prefill fills in the rest.
    #[serde(default)]
    #[cfg_attr(feature = "axum", schema(value_type = BTreeMap<String, Object>, required = false))]
    pub prefill: BTreeMap<String, Value>,
    /// Whether the party is told of each instance.
    #[serde(default = "told")]
    #[cfg_attr(feature = "axum", schema(required = false))]
    pub notify: bool,
    /// The same key twice makes one subscription, and gives it both times.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

fn told() -> bool {
    true
}

impl std::fmt::Debug for NewSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSubscription")
            .field("schedule", &self.schedule)
            .field("prefill", &self.prefill.keys())
            .field("notify", &self.notify)
            .field("idempotency_key", &self.idempotency_key)
            .finish()
    }
}

impl NewSubscription {
    /// A subscription by a schedule, of whose instances the party is told.
    pub fn new(schedule: Schedule) -> Self {
        Self { schedule, prefill: BTreeMap::new(), notify: true, idempotency_key: None }
    }

    /// The same with what a form holds from the start.
    pub fn with_prefill(mut self, data_type: impl Into<String>, data: Value) -> Self {
        self.prefill.insert(data_type.into(), data);
        self
    }

    /// The same without telling the party.
    pub fn untold(mut self) -> Self {
        self.notify = false;
        self
    }

    /// The same under an idempotency key.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }
}

/// The operations on subscriptions. Every one takes the caller, and decides whether they may.
#[derive(Debug, Clone, Copy)]
pub struct InstanceSubscriptions<'a> {
    altinn: &'a Altinn,
}

impl<'a> InstanceSubscriptions<'a> {
    pub(super) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn }
    }

    /// Subscribes a party to a service.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not start an instance for the party;
    /// [`SubmissionError::PartyKindNotAllowed`]; [`SubmissionError::OnlyForAgency`]; [`SubmissionError::Schedule`] when the schedule makes no sense or is over;
    /// [`SubmissionError::UnknownForm`] when the service does not have a form of the prefill.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn subscribe(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
        new: &NewSubscription,
    ) -> Result<InstanceSubscription, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_subscribe(actor, service, party, new).await {
                // The rights changed, or another call with the same key was first: both are seen by the next try.
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_subscribe(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
        new: &NewSubscription,
    ) -> Result<InstanceSubscription, SubmissionError> {
        let access = self.permit(actor, service, party).await?;
        let owner = self.altinn.register().party(party).await?.ok_or(SubmissionError::NotFound)?;
        is_for(actor, service, &owner)?;
        let (now, asked) = (self.altinn.clock().now(), asked(service, new)?);
        let once = new
            .idempotency_key
            .as_ref()
            .map(|key| Idempotency::new(actor.subject(), owner.uuid, "submission.subscribe", key, &asked));
        let once = once.transpose()?;
        if let Some(once) = &once
            && let IdempotencyAnswer::Repeated(id) = once.lookup(self.altinn.store(), now).await?
        {
            return self.load(id).await;
        }
        let occasion = self.check(service, new, None)?;
        let subscription = InstanceSubscription {
            id: self.altinn.ids().next_id(),
            service: service.id().clone(),
            party,
            schedule: new.schedule.clone(),
            prefill: new.prefill.clone(),
            notify: new.notify,
            state: SubscriptionState::Active,
            made: 0,
            due: new.schedule.occasion(occasion).map(|occasion| occasion.opens_at()),
            reason: None,
            version: 1,
            by: actor.reference(),
            created: now,
            occasion,
            last: None,
            failures: 0,
            subscriber: actor.subject().into(),
            level: actor.level(),
        };
        let mut batch = self.guarded(&access, &subscription, "subscribe");
        if let Some(once) = &once {
            once.claim(&mut batch, subscription.id, now);
        }
        subscription.insert(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok(subscription)
    }

    /// Reads a subscription.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when there is none that the caller may know of.
    pub async fn get(&self, actor: &Actor, id: Uuid) -> Result<InstanceSubscription, SubmissionError> {
        Ok(self.permitted(actor, id).await?.0)
    }

    /// The subscriptions of a party to a service, or of all parties for the service's own agency, the oldest first, at most
    /// 1,000 after an id.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not; [`SubmissionError::NotFound`] when all are asked for and the
    /// caller is not the service's agency.
    pub async fn list(
        &self,
        actor: &Actor,
        service: &Service,
        party: Option<PartyId>,
        after: Option<Uuid>,
    ) -> Result<Vec<InstanceSubscription>, SubmissionError> {
        let after = after.unwrap_or(Uuid::nil());
        let id = service.id().to_string();
        let rows = match party {
            Some(party) => {
                self.permit(actor, service, party).await?;
                let select = "select * from services_instance_subscription \
                              where service = $1 and party = $2 and id > $3 order by id limit $4";
                self.altinn.store().query(select, params![id, party, after, PAGE]).await?
            }
            None => {
                match actor.subject() {
                    Subject::ServiceOwner { org, .. } if org == service.id().org() => {}
                    _ => return Err(SubmissionError::NotFound),
                }
                let select = "select * from services_instance_subscription \
                              where service = $1 and id > $2 order by id limit $3";
                self.altinn.store().query(select, params![id, after, PAGE]).await?
            }
        };
        rows.iter().map(InstanceSubscription::from_row).collect()
    }

    /// The instances that a subscription has made, the first one first, at most 1,000 after a number.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn made(
        &self,
        actor: &Actor,
        id: Uuid,
        after: i64,
    ) -> Result<Vec<MadeInstance>, SubmissionError> {
        self.permitted(actor, id).await?;
        let select = "select * from services_subscribed_instance where subscription = $1 and number > $2 \
                      order by number limit $3";
        let rows = self.altinn.store().query(select, params![id, after, PAGE]).await?;
        rows.iter().map(MadeInstance::from_row).collect()
    }

    /// Changes a subscription that has not ended, if it still has the version that was read: its schedule, its prefill and
    /// whether the party is told. From now on it is the caller's. An occasion on or before the day of the last instance
    /// makes no other one.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe); [`SubmissionError::NotFound`] when there is none, or it has ended;
    /// [`SubmissionError::Changed`] when it is another version.
    pub async fn change(
        &self,
        actor: &Actor,
        id: Uuid,
        new: &NewSubscription,
        version: i64,
    ) -> Result<InstanceSubscription, SubmissionError> {
        let (before, access) = self.permitted(actor, id).await?;
        if before.state == SubscriptionState::Ended {
            return Err(SubmissionError::NotFound);
        }
        if before.version != version {
            return Err(SubmissionError::Changed);
        }
        let unknown = || SubmissionError::UnknownService(before.service.clone());
        let service = self.altinn.service(&before.service).ok_or_else(unknown)?;
        let occasion = self.check(&service, new, before.last)?;
        let changed = InstanceSubscription {
            schedule: new.schedule.clone(),
            prefill: new.prefill.clone(),
            notify: new.notify,
            state: SubscriptionState::Active,
            due: new.schedule.occasion(occasion).map(|occasion| occasion.opens_at()),
            reason: None,
            version: before.version + 1,
            by: actor.reference(),
            occasion,
            failures: 0,
            subscriber: actor.subject().into(),
            level: actor.level(),
            ..before
        };
        self.commit_change(&access, changed, "subscription.change").await
    }

    /// Ends a subscription: it makes no more instances. Those that it made stay. Once more does nothing.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn end(&self, actor: &Actor, id: Uuid) -> Result<InstanceSubscription, SubmissionError> {
        let mut tries = 1;
        loop {
            let (before, access) = self.permitted(actor, id).await?;
            if before.state == SubscriptionState::Ended {
                return Ok(before);
            }
            let version = before.version + 1;
            let ended =
                InstanceSubscription { state: SubscriptionState::Ended, due: None, version, ..before };
            match self.commit_change(&access, ended, "subscription.end").await {
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn commit_change(
        &self,
        access: &Access,
        changed: InstanceSubscription,
        action: &str,
    ) -> Result<InstanceSubscription, SubmissionError> {
        let mut batch = self.guarded(access, &changed, action);
        changed.change(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok(changed)
    }

    /// A batch that stands on a permission and leaves its line in the trail.
    fn guarded(&self, access: &Access, subscription: &InstanceSubscription, action: &str) -> Batch {
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::called(action).on(subscription.element()));
        batch
    }

    async fn load(&self, id: Uuid) -> Result<InstanceSubscription, SubmissionError> {
        InstanceSubscription::load(self.altinn.store(), id).await?.ok_or(SubmissionError::NotFound)
    }

    /// A subscription, if the caller may know of it, and by what right.
    async fn permitted(
        &self,
        actor: &Actor,
        id: Uuid,
    ) -> Result<(InstanceSubscription, Access), SubmissionError> {
        let found = InstanceSubscription::load(self.altinn.store(), id).await?;
        let Some(subscription) = found else {
            self.altinn.as_if_refused(actor, NOBODY, None).await?;
            return Err(SubmissionError::NotFound);
        };
        let request = AccessRequest::new("instantiate", subscription.service.clone(), subscription.party);
        let access = self.altinn.authorizer().decide(actor, &request).await;
        Ok((subscription, access.map_err(|_| SubmissionError::NotFound)?))
    }

    async fn permit(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
    ) -> Result<Access, SubmissionError> {
        let request = AccessRequest::new("instantiate", service.id().clone(), party);
        Ok(self.altinn.authorizer().decide(actor, &request).await?)
    }

    /// Refuses what is not in order; gives the number of the first occasion.
    fn check(
        &self,
        service: &Service,
        new: &NewSubscription,
        after: Option<chrono::NaiveDate>,
    ) -> Result<u32, SubmissionError> {
        new.schedule.check()?;
        for (data_type, data) in &new.prefill {
            let known = service.definition().metadata().data_type(data_type);
            if !known.is_some_and(crate::definition::DataType::is_form) {
                return Err(SubmissionError::UnknownForm { data_type: data_type.clone() });
            }
            if !data.is_object() || data.to_string().len() > MAX_PREFILL_BYTES {
                return Err(crate::form::FormDataError::NotAnObject.into());
            }
        }
        let today = oslo::local(self.altinn.clock().now()).date();
        Ok(new.schedule.next(today, after).ok_or(ScheduleError::Over)?)
    }
}

/// What tells a request from others, in one canonical form.
fn asked(service: &Service, new: &NewSubscription) -> Result<Vec<u8>, SubmissionError> {
    let value = serde_json::to_value(new).map_err(|error| SubmissionError::Stored {
        column: "subscription".to_owned(),
        text: error.to_string(),
    })?;
    let asked = serde_json::json!({"service": service.id().to_string(), "subscription": value});
    Ok(altinn_core::canonical_json(&asked))
}

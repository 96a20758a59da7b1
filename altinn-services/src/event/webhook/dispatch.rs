//! Who sends.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::http::{Destinations, HttpClient, HttpError, HttpRequest, header::HeaderName};
use altinn_core::store::{Batch, Claim, Row, Store, StoreError, params};
use altinn_core::{Clock, IdSource};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use uuid::Uuid;

use super::delivery::{self, DELIVERIES, Delivery};
use super::gate::EventGate;
use super::pauses;
use super::signature::WebhookKey;
use crate::event::feed::PAGE;
use crate::event::subscription::{Subscription, SubscriptionState};
use crate::event::{EventFeed, SubscriptionError, Subscriptions};

/// How many subscriptions are moved on, and how many deliveries are sent, in one go.
const AT_ONCE: u32 = 32;

/// How long an end point may take.
const TIME: Duration = Duration::from_secs(10);

/// How long a worker may hold deliveries: a time-out, and room for the commit.
const LEASE: Duration = Duration::from_secs(60);

/// How much of an answer is read: nobody looks at it.
const ANSWER: usize = 64 * 1024;

/// Sends events to those who subscribed. Any number of nodes may do so at once.
#[derive(Debug, Clone)]
pub struct Webhooks {
    store: Store,
    feed: EventFeed,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    destinations: Destinations,
    client: HttpClient,
    key: Arc<WebhookKey>,
    gate: Option<Arc<dyn EventGate>>,
}

/// What has become of an attempt.
enum Attempt {
    Accepted,
    /// The subscriber may not be told.
    Withheld,
    Refused(String),
}

impl Webhooks {
    /// Sends over a store's feed, signed with a key, to these destinations: [`Destinations::public`], unless the
    /// agency's subscribers stand inside its own network.
    ///
    /// # Errors
    /// [`HttpError::Settings`].
    pub fn new(
        store: Store,
        (clock, ids): (Arc<dyn Clock>, Arc<dyn IdSource>),
        destinations: Destinations,
        key: WebhookKey,
    ) -> Result<Self, HttpError> {
        let client = HttpClient::builder(destinations).timeout(TIME).max_answer_bytes(ANSWER).build()?;
        let feed = EventFeed::new(store.clone());
        Ok(Self { store, feed, clock, ids, destinations, client, key: Arc::new(key), gate: None })
    }

    /// The same, asking before each sending whether the subscriber may be told of the event.
    #[must_use]
    pub fn with_gate(mut self, gate: Arc<dyn EventGate>) -> Self {
        self.gate = Some(gate);
        self
    }

    /// The subscriptions that are served.
    pub fn subscriptions(&self) -> Subscriptions<'_> {
        Subscriptions {
            store: &self.store,
            clock: &*self.clock,
            ids: &*self.ids,
            destinations: self.destinations,
        }
    }

    /// Sends what is due, once; answers how many deliveries it made and sent. Nothing is due when it answers 0.
    ///
    /// # Errors
    /// A [`StoreError`]; what an end point answers is no error here.
    pub async fn run_once(&self) -> Result<usize, StoreError> {
        self.feed.number().await?;
        Ok(self.make().await? + self.send().await?)
    }

    /// Deliveries of a consumer's subscription that came to nothing, the oldest first, at most 1,000 after an id; none of another's.
    ///
    /// # Errors
    /// A [`StoreError`] when the store fails.
    pub async fn dead(
        &self,
        consumer: &str,
        subscription: Uuid,
        after: Option<Uuid>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let select = "select * from services_delivery where subscription = $1 and state = 'dead' and id > $2 \
                      and subscription in (select id from services_subscription where consumer = $3) \
                      order by id limit $4";
        let found = params![subscription, after.unwrap_or(Uuid::nil()), consumer, PAGE];
        let rows = self.store.query(select, found).await?;
        rows.iter().map(Delivery::stored).collect()
    }

    /// Sends a dead delivery again, with all its attempts before it.
    ///
    /// # Errors
    /// [`SubscriptionError::NotFound`] when it is not dead, or not of a subscription of this consumer.
    pub async fn redrive(&self, consumer: &str, delivery: Uuid) -> Result<(), SubscriptionError> {
        let mut batch = Batch::new();
        batch.execute_one(
            "update services_delivery set state = 'waiting', attempts = 0, due_at = $1 where id = $2 \
             and state = 'dead' and subscription in (select id from services_subscription where consumer = $3)",
            params![self.clock.now(), delivery, consumer],
        );
        batch.wake(EventFeed::TOPIC);
        match self.store.commit(batch).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => Err(SubscriptionError::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds to a batch that the events of an instance are sent again to the subscriptions of a consumer whose filters let
    /// them through; gives how many deliveries it makes. Each is a delivery of its own, with an id of its own: an end point
    /// that asked for it is not to take it for one that it has.
    ///
    /// # Errors
    /// A [`StoreError`] when the store fails.
    pub async fn deliver_again(
        &self,
        batch: &mut Batch,
        consumer: &str,
        instance: Uuid,
    ) -> Result<usize, StoreError> {
        self.feed.number().await?;
        let events = self.feed.of_instance(instance).await?;
        let select =
            "select * from services_subscription where consumer = $1 and state = 'valid' order by id";
        let mut rows = Vec::new();
        for row in self.store.query(select, params![consumer]).await? {
            let subscription = Subscription::stored(&row)?;
            let wanted = events.iter().filter(|(_, event)| subscription.filter.matches(event));
            rows.extend(wanted.map(|(position, _)| {
                delivery::row(self.ids.next_id(), subscription.id, Some(*position), self.clock.now())
            }));
        }
        let made = rows.len();
        delivery::insert_all(batch, rows);
        batch.wake(EventFeed::TOPIC);
        Ok(made)
    }

    /// Moves subscriptions on in the feed and makes the deliveries of what they passed.
    async fn make(&self) -> Result<usize, StoreError> {
        let head = self.feed.head().await?;
        let behind = "select * from services_subscription where state = 'valid' and position < $1 \
                      order by position limit $2";
        let mut made = 0;
        for row in self.store.query(behind, params![head, AT_ONCE]).await? {
            made += self.move_on(&Subscription::stored(&row)?, row.get("position")?).await?;
        }
        Ok(made)
    }

    async fn move_on(&self, subscription: &Subscription, from: i64) -> Result<usize, StoreError> {
        let passed = self.feed.numbered(from, PAGE).await?;
        let Some((to, _)) = passed.last() else { return Ok(0) };
        let mut batch = Batch::new();
        batch.execute_one(
            "update services_subscription set position = $1 where id = $2 and position = $3 and state = 'valid'",
            params![*to, subscription.id, from],
        );
        let now = self.clock.now();
        let wanted = passed.iter().filter(|(_, event)| subscription.filter.matches(event));
        let rows: Vec<_> = wanted
            .map(|(position, _)| delivery::row(self.ids.next_id(), subscription.id, Some(*position), now))
            .collect();
        // Moving on is work too, also when nothing is delivered.
        let made = rows.len().max(1);
        delivery::insert_all(&mut batch, rows);
        committed(self.store.commit(batch).await, made)
    }

    /// Sends the deliveries that are due.
    async fn send(&self) -> Result<usize, StoreError> {
        let mut batch = Batch::new();
        let claimed = DELIVERIES.claim(&mut batch, self.clock.now(), AT_ONCE, LEASE);
        let committed = self.store.commit(batch).await?;
        let rows = committed.rows(claimed);
        for outcome in join_all(rows.iter().map(|row| self.send_one(row))).await {
            outcome?;
        }
        Ok(rows.len())
    }

    async fn send_one(&self, row: &Row) -> Result<usize, StoreError> {
        let (claim, delivery) = (Claim::from_row(row)?, Delivery::stored(row)?);
        let select = "select * from services_subscription where id = $1";
        let row = self.store.query_one(select, params![delivery.subscription]).await?;
        let subscription = Subscription::stored(&row)?;
        let attempt = if subscription.state == SubscriptionState::Ended {
            Attempt::Refused("SUBSCRIPTION-ENDED".to_owned())
        } else {
            self.post(&subscription, &delivery).await?
        };
        let mut batch = Batch::new();
        match attempt {
            Attempt::Accepted => self.accepted(&mut batch, &claim, &subscription, &delivery).await?,
            Attempt::Withheld => withheld(&mut batch, &claim, &delivery),
            Attempt::Refused(reason) => failed(&mut batch, &claim, &delivery, &reason, self.clock.now()),
        }
        // Whoever has the claim now has seen, or will see, the same.
        committed(self.store.commit(batch).await, 1)
    }

    /// Sends a delivery, where the subscriber may be told.
    async fn post(&self, subscription: &Subscription, delivery: &Delivery) -> Result<Attempt, StoreError> {
        let event = match delivery.position {
            Some(position) => self.feed.at(position).await?,
            None => subscription.validation(),
        };
        if let (Some(gate), Some(_)) = (&self.gate, delivery.position) {
            match gate.lets_through(&subscription.consumer, &event).await {
                Some(true) => {}
                Some(false) => return Ok(Attempt::Withheld),
                None => return Ok(Attempt::Refused("SUBSCRIPTION-UNDECIDED".to_owned())),
            }
        }
        let body = serde_json::to_string(&event).unwrap_or_default();
        let answer = match self.request(&subscription.end_point, delivery.id, body) {
            Ok(request) => self.client.send(request).await,
            Err(error) => Err(error),
        };
        Ok(match answer {
            Ok(answer) if answer.status().is_success() => Attempt::Accepted,
            Ok(answer) => Attempt::Refused(format!("STATUS-{}", answer.status().as_u16())),
            Err(error) => Attempt::Refused(error.code().to_owned()),
        })
    }

    fn request(&self, end_point: &str, id: Uuid, body: String) -> Result<HttpRequest, HttpError> {
        let (id, now) = (id.to_string(), self.clock.now());
        let signature = self.key.sign(&id, now, &body);
        HttpRequest::post(end_point)?
            .header(HeaderName::from_static("webhook-id"), &id)?
            .header(HeaderName::from_static("webhook-timestamp"), &now.timestamp().to_string())?
            .header(HeaderName::from_static("webhook-signature"), &signature)
            .map(|request| request.body("application/cloudevents+json; charset=utf-8", body))
    }

    /// The end point has accepted: the delivery is done, and a subscription that it validated is served from here on.
    async fn accepted(
        &self,
        batch: &mut Batch,
        claim: &Claim,
        subscription: &Subscription,
        delivery: &Delivery,
    ) -> Result<(), StoreError> {
        DELIVERIES.finish(batch, claim);
        batch.execute_one(
            "update services_delivery set state = 'delivered', attempts = attempts + 1, reason = null where id = $1",
            params![delivery.id],
        );
        if delivery.position.is_none() {
            let head = self.feed.head().await?;
            batch.execute(
                "update services_subscription set state = 'valid', position = $1 where id = $2 and state = 'pending'",
                params![head, subscription.id],
            );
        }
        Ok(())
    }
}

/// The subscriber may not be told: nothing is sent, and it is not tried again.
fn withheld(batch: &mut Batch, claim: &Claim, delivery: &Delivery) {
    DELIVERIES.finish(batch, claim);
    batch.execute_one(
        "update services_delivery set state = 'delivered', reason = $1 where id = $2",
        params![delivery::WITHHELD, delivery.id],
    );
}

/// An attempt has failed: there is another one after a pause, or none.
fn failed(batch: &mut Batch, claim: &Claim, delivery: &Delivery, reason: &str, now: DateTime<Utc>) {
    let attempt = delivery.attempts + 1;
    let pause = pauses::after(attempt).filter(|_| reason != "SUBSCRIPTION-ENDED");
    match pause {
        Some(pause) => DELIVERIES.put_back(batch, claim, now + pause),
        None => DELIVERIES.finish(batch, claim),
    }
    let state = if pause.is_some() { "waiting" } else { "dead" };
    batch.execute_one(
        "update services_delivery set state = $1, attempts = $2, reason = $3 where id = $4",
        params![state, attempt, reason, delivery.id],
    );
}

/// How much was done: nothing when another node was first.
fn committed<T>(outcome: Result<T, StoreError>, done: usize) -> Result<usize, StoreError> {
    match outcome {
        Ok(_) => Ok(done),
        Err(error) if error.is_conflict() => Ok(0),
        Err(error) => Err(error),
    }
}

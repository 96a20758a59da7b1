//! Who is told of events.

use altinn_core::http::{Destinations, HttpError, Url};
use altinn_core::store::{Batch, Row, Store, StoreError, params};
use altinn_core::{Clock, IdSource};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::subscription_error::SubscriptionError;
use super::webhook::delivery;
use super::{CloudEvent, EventFeed, EventFilter};

/// Whether a subscription is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionState {
    /// The end point has not accepted its validation yet.
    Pending,
    /// The end point is told of every event that the filter lets through.
    Valid,
    /// Its consumer ended it.
    Ended,
}

/// What a consumer wants to be told of, and where.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// Who is told, as `/org/{org}` or `/organisation/{number}`.
    pub consumer: String,
    /// Where events are sent to. It may hold the consumer's secrets, so `Debug` shows the host only.
    pub end_point: String,
    /// Which events.
    #[serde(flatten)]
    pub filter: EventFilter,
    /// Whether it is served.
    pub state: SubscriptionState,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// The subscriptions of a store.
#[derive(Debug)]
pub struct Subscriptions<'a> {
    pub(crate) store: &'a Store,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) ids: &'a dyn IdSource,
    pub(crate) destinations: Destinations,
}

impl Subscriptions<'_> {
    /// Subscribes a consumer. Events are sent once the end point has accepted a first one of the type
    /// `platform.events.validatesubscription`, from those on that are committed after that. The same subscription again is the one that is there already.
    ///
    /// # Errors
    /// [`SubscriptionError::Filter`], and [`SubscriptionError::EndPoint`] when events may not be sent there.
    pub async fn subscribe(
        &self,
        consumer: &str,
        end_point: &str,
        filter: EventFilter,
    ) -> Result<Subscription, SubscriptionError> {
        check_filter(&filter)?;
        let url = Url::parse(end_point).map_err(|_| HttpError::Address)?;
        self.destinations.check(&url)?;
        let wanted = Subscription {
            id: self.ids.next_id(),
            consumer: consumer.to_owned(),
            end_point: url.into(),
            filter,
            state: SubscriptionState::Pending,
            created: self.clock.now(),
        };
        loop {
            if let Some(same) = self.same(&wanted).await? {
                return Ok(same);
            }
            match self.store.commit(self.insert(&wanted)).await {
                Ok(_) => return Ok(wanted),
                // Somebody else makes the same one at this moment.
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The subscriptions of a consumer that have not ended, the oldest first.
    ///
    /// # Errors
    /// [`SubscriptionError::Store`].
    pub async fn of(&self, consumer: &str) -> Result<Vec<Subscription>, SubscriptionError> {
        let select =
            "select * from services_subscription where consumer = $1 and state <> 'ended' order by id";
        let rows = self.store.query(select, params![consumer]).await?;
        Ok(rows.iter().map(Subscription::stored).collect::<Result<_, _>>()?)
    }

    /// Ends a subscription of a consumer: what is on its way is not sent any more.
    ///
    /// # Errors
    /// [`SubscriptionError::NotFound`] when the consumer has no such subscription.
    pub async fn end(&self, consumer: &str, id: Uuid) -> Result<(), SubscriptionError> {
        let mut batch = Batch::new();
        batch.execute_one(
            "update services_subscription set state = 'ended' where id = $1 and consumer = $2 and state <> 'ended'",
            params![id, consumer],
        );
        match self.store.commit(batch).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => Err(SubscriptionError::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    async fn same(&self, wanted: &Subscription) -> Result<Option<Subscription>, StoreError> {
        let select = "select * from services_subscription \
                      where consumer = $1 and end_point = $2 and filter = $3 and state <> 'ended'";
        let same = params![wanted.consumer.as_str(), wanted.end_point.as_str(), wanted.filter_json()];
        self.store.query_opt(select, same).await?.as_ref().map(Subscription::stored).transpose()
    }

    /// A subscription, and the delivery that validates it.
    fn insert(&self, subscription: &Subscription) -> Batch {
        let mut batch = Batch::new();
        batch.execute_one(
            "insert into services_subscription (id, consumer, end_point, filter, state, position, created_at) \
             values ($1, $2, $3, $4, 'pending', 0, $5)",
            params![
                subscription.id,
                subscription.consumer.as_str(),
                subscription.end_point.as_str(),
                subscription.filter_json(),
                subscription.created
            ],
        );
        delivery::insert(&mut batch, self.ids.next_id(), subscription.id, None, subscription.created);
        batch.wake(EventFeed::TOPIC);
        batch
    }
}

impl Subscription {
    /// The first event that the end point gets.
    pub(super) fn validation(&self) -> CloudEvent {
        let source = format!("/events/subscriptions/{}", self.id);
        CloudEvent::of_our_own([
            ("id", self.id.to_string()),
            ("source", source),
            ("type", "platform.events.validatesubscription".to_owned()),
            ("resource", "urn:altinn:resource:platform.events".to_owned()),
        ])
        .at(self.created)
    }

    pub(super) fn stored(row: &Row) -> Result<Self, StoreError> {
        let unreadable = |column: &str, expected| StoreError::Decode { column: column.to_owned(), expected };
        let state: String = row.get("state")?;
        let filter: String = row.get("filter")?;
        Ok(Self {
            id: row.get("id")?,
            consumer: row.get("consumer")?,
            end_point: row.get("end_point")?,
            filter: serde_json::from_str(&filter).map_err(|_| unreadable("filter", "a filter"))?,
            state: match state.as_str() {
                "pending" => SubscriptionState::Pending,
                "valid" => SubscriptionState::Valid,
                "ended" => SubscriptionState::Ended,
                _ => return Err(unreadable("state", "a state of a subscription")),
            },
            created: row.get("created_at")?,
        })
    }

    fn filter_json(&self) -> String {
        serde_json::to_string(&self.filter).unwrap_or_default()
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = Url::parse(&self.end_point).ok();
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .field("consumer", &self.consumer)
            .field("host", &url.as_ref().and_then(Url::host_str))
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Refuses a filter that no subscription may have: it must name a resource or a source, and a subject is one of a
/// resource or source.
fn check_filter(filter: &EventFilter) -> Result<(), SubscriptionError> {
    let parts = [
        &filter.resource_filter,
        &filter.source_filter,
        &filter.subject_filter,
        &filter.alternative_subject_filter,
        &filter.type_filter,
    ];
    if parts.into_iter().flatten().any(|part| part.trim_matches('/').is_empty() || part.len() > 1_000) {
        return Err(SubscriptionError::Filter("a part of it is empty, or longer than 1,000 bytes"));
    }
    if filter.resource_filter.is_none() && filter.source_filter.is_none() {
        return Err(SubscriptionError::Filter("it names neither `resourceFilter` nor `sourceFilter`"));
    }
    if filter.resource_filter.as_ref().is_some_and(|resource| !resource.starts_with("urn:altinn:resource:")) {
        return Err(SubscriptionError::Filter("`resourceFilter` does not begin with `urn:altinn:resource:`"));
    }
    Ok(())
}

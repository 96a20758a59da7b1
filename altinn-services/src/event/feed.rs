//! The feed of events.

use altinn_core::store::{Batch, Row, Store, StoreError, params};
#[cfg(feature = "correspondence")]
use altinn_core::store::{Column, ColumnKind, InsertRows};

use super::{CloudEvent, EventFilter, NewEvent};

/// How many events are numbered in one batch.
const NUMBERED_AT_ONCE: i64 = 500;

/// The most events that one page holds, as Altinn has it.
pub(super) const PAGE: u32 = 1_000;

#[cfg(feature = "correspondence")]
static EVENTS: InsertRows = InsertRows::new(
    "services_event",
    &[
        Column::new("key", ColumnKind::Uuid),
        Column::new("event", ColumnKind::Text),
        Column::new("sequence", ColumnKind::Int),
        Column::new("time", ColumnKind::Int),
    ],
);

/// Events of this store, in the order of their numbers.
#[derive(Debug, Clone)]
pub struct EventFeed {
    store: Store,
}

/// Some events, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events, in the order of the feed.
    pub events: Vec<CloudEvent>,
    /// What to ask for the next page after; the same as before when there is nothing new.
    pub next: i64,
}

impl EventFeed {
    /// The feed of a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Adds an event to the batch of its cause.
    pub fn publish(batch: &mut Batch, event: &NewEvent) {
        batch.execute_one(
            "insert into services_event (key, event, sequence, time, position, instance) \
             values ($1, $2, $3, $4, null, $5)",
            params![event.key, event.json.as_str(), event.sequence, event.time, event.instance],
        );
        batch.wake(Self::TOPIC);
    }

    /// Adds many events to the batch of their causes.
    #[cfg(feature = "correspondence")]
    pub(crate) fn publish_all(batch: &mut Batch, events: Vec<NewEvent>) {
        let row = |event: NewEvent| params![event.key, event.json, event.sequence, event.time];
        batch.insert_rows(&EVENTS, events.into_iter().map(row).collect());
        batch.wake(Self::TOPIC);
    }

    /// What a worker that numbers events waits for.
    pub const TOPIC: &'static str = "services_event";

    /// Gives the events that have been committed their numbers; answers how many it numbered. Any number of nodes may
    /// do so at once: those who lose the race number nothing.
    ///
    /// # Errors
    /// A [`StoreError`] when the store fails.
    pub async fn number(&self) -> Result<usize, StoreError> {
        let head = self.head().await?;
        let pending = self
            .store
            .query(
                "select key from services_event where position is null order by sequence, time, key limit $1",
                params![NUMBERED_AT_ONCE],
            )
            .await?;
        if pending.is_empty() {
            return Ok(0);
        }
        let mut batch = Batch::new();
        let after = head + pending.len() as i64;
        batch.execute_one(
            "update services_event_head set position = $1 where position = $2",
            params![after, head],
        );
        for (event, position) in pending.iter().zip(head + 1..) {
            batch.execute_one(
                "update services_event set position = $1 where key = $2 and position is null",
                params![position, event.get::<uuid::Uuid>("key")?],
            );
        }
        match self.store.commit(batch).await {
            Ok(_) => Ok(pending.len()),
            Err(error) if error.is_conflict() => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// The events after a place (0: from the start), at most `limit` and at most 1,000. What has been committed
    /// before the call is in this page or a later one.
    ///
    /// # Errors
    /// A [`StoreError`] when the store fails.
    pub async fn read(&self, after: i64, limit: u32) -> Result<EventPage, StoreError> {
        self.read_where(&EventFilter::default(), after, limit).await
    }

    /// Those of the next events after a place, at most `limit` and at most 1,000, that a filter lets through. A page
    /// may be empty and yet lead on: there is no more when `next` is what was asked after.
    ///
    /// # Errors
    /// A [`StoreError`] when the store fails.
    pub async fn read_where(
        &self,
        filter: &EventFilter,
        after: i64,
        limit: u32,
    ) -> Result<EventPage, StoreError> {
        self.number().await?;
        let numbered = self.numbered(after, limit.min(PAGE)).await?;
        let next = numbered.last().map_or(after, |(position, _)| *position);
        let events = numbered.into_iter().map(|(_, event)| event).filter(|event| filter.matches(event));
        Ok(EventPage { events: events.collect(), next })
    }

    /// The events after a place that have their numbers, with them.
    pub(super) async fn numbered(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, CloudEvent)>, StoreError> {
        let rows = self.store.query(
            "select position, event from services_event where position > $1 order by position limit $2",
            params![after, limit],
        );
        rows.await?.iter().map(|row| Ok((row.get("position")?, stored(row)?))).collect()
    }

    /// The events of an instance that have their numbers, with them; at most 1,000.
    #[cfg(feature = "webhooks")]
    pub(super) async fn of_instance(
        &self,
        instance: uuid::Uuid,
    ) -> Result<Vec<(i64, CloudEvent)>, StoreError> {
        let select = "select position, event from services_event where instance = $1 and position is not null \
                      order by position limit $2";
        let rows = self.store.query(select, params![instance, PAGE]).await?;
        rows.iter().map(|row| Ok((row.get("position")?, stored(row)?))).collect()
    }

    /// The event at a place.
    #[cfg(feature = "webhooks")]
    pub(super) async fn at(&self, position: i64) -> Result<CloudEvent, StoreError> {
        let select = "select event from services_event where position = $1";
        stored(&self.store.query_one(select, params![position]).await?)
    }

    /// The place of the last event that has one.
    pub(super) async fn head(&self) -> Result<i64, StoreError> {
        self.store.query_one("select position from services_event_head", params![]).await?.get("position")
    }
}

/// The event of a row.
fn stored(row: &Row) -> Result<CloudEvent, StoreError> {
    let json: String = row.get("event")?;
    serde_json::from_str(&json)
        .map_err(|_| StoreError::Decode { column: "event".to_owned(), expected: "an event" })
}

//! The feed of events.

use altinn_core::store::{Batch, Row, Store, StoreError, params};
use altinn_core::{IdSource, InstanceId, ServiceId};
use chrono::{DateTime, Utc};

use super::CloudEvent;

/// How many events are numbered in one batch.
const NUMBERED_AT_ONCE: i64 = 500;

/// The most events that one page holds, as Altinn has it.
const PAGE: u32 = 1_000;

/// Events of this store, in the order of their numbers.
#[derive(Debug, Clone)]
pub struct EventFeed {
    store: Store,
}

/// An event that is to be published.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// The service that it happened in.
    pub service: &'a ServiceId,
    /// The instance that it happened to.
    pub instance: &'a InstanceId,
    /// What happened, as `app.instance.created`.
    pub event_type: String,
    /// When.
    pub time: DateTime<Utc>,
    /// The event's place among those of its instance: each later one has a higher one.
    pub sequence: i64,
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
    pub fn publish(batch: &mut Batch, ids: &dyn IdSource, event: &NewEvent<'_>) {
        let NewEvent { service, instance, .. } = event;
        batch.execute_one(
            "insert into services_event (id, source, type, subject, time, resource, instance, sequence, position) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, null)",
            params![
                ids.next_id(),
                format!("/{service}/instances/{instance}"),
                event.event_type.as_str(),
                format!("/party/{}", instance.owner),
                event.time,
                format!("urn:altinn:resource:{}", service.resource_id()),
                instance.to_string(),
                event.sequence
            ],
        );
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
        let head: i64 = self
            .store
            .query_one("select position from services_event_head", params![])
            .await?
            .get("position")?;
        let pending = self
            .store
            .query(
                "select id from services_event where position is null order by sequence, time, id limit $1",
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
                "update services_event set position = $1 where id = $2 and position is null",
                params![position, event.get::<uuid::Uuid>("id")?],
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
        self.number().await?;
        let rows = self
            .store
            .query(
                "select * from services_event where position > $1 order by position limit $2",
                params![after, limit.min(PAGE)],
            )
            .await?;
        let next = rows.last().map_or(Ok(after), |row| row.get("position"))?;
        Ok(EventPage { events: rows.iter().map(event_of).collect::<Result<_, _>>()?, next })
    }
}

fn event_of(row: &Row) -> Result<CloudEvent, StoreError> {
    Ok(CloudEvent {
        specversion: "1.0".to_owned(),
        id: row.get("id")?,
        source: row.get("source")?,
        event_type: row.get("type")?,
        subject: row.get("subject")?,
        time: row.get("time")?,
        resource: row.get("resource")?,
        resourceinstance: row.get("instance")?,
    })
}

//! An event that is to be published.

use altinn_core::{Digest, IdSource, InstanceId, PartyId, ServiceId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{CloudEvent, EventError};

/// An event that is to be published, in the batch of its cause.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Names it in the store: the same for the same source and id.
    pub(super) key: Uuid,
    pub(super) event: CloudEvent,
    /// The event's JSON.
    pub(super) json: String,
    /// Its place among those of its subject: each later one has a higher one.
    pub(super) sequence: i64,
    pub(super) time: DateTime<Utc>,
    /// The instance that it happened to.
    pub(super) instance: Option<Uuid>,
}

impl NewEvent {
    /// An event that happened to an instance; `sequence` is its place among the instance's.
    ///
    /// # Errors
    /// [`EventError`] when the type cannot be one.
    pub fn of_instance(
        ids: &dyn IdSource,
        (service, instance): (&ServiceId, &InstanceId),
        event_type: &str,
        time: DateTime<Utc>,
        sequence: i64,
    ) -> Result<Self, EventError> {
        let id = ids.next_id();
        let event = CloudEvent::new(id.to_string(), format!("/{service}/instances/{instance}"), event_type)?
            .at(time)
            .with("subject", format!("/party/{}", instance.owner))?
            .with("resource", format!("urn:altinn:resource:{}", service.resource_id()))?
            .with("resourceinstance", instance.to_string())?;
        Ok(Self { instance: Some(instance.guid), ..Self::build(id, event, time, sequence)? })
    }

    /// An event that happened to an element of a service, such as a file transfer, for one of its parties; `sequence` is
    /// its place among the element's.
    ///
    /// # Errors
    /// [`EventError`] when the type cannot be one.
    pub fn of_element(
        ids: &dyn IdSource,
        (service, element): (&ServiceId, &str),
        party: PartyId,
        event_type: &str,
        (time, sequence): (DateTime<Utc>, i64),
    ) -> Result<Self, EventError> {
        let id = ids.next_id();
        let event = CloudEvent::new(id.to_string(), format!("/{service}/{element}"), event_type)?
            .at(time)
            .with("subject", format!("/party/{party}"))?
            .with("resource", format!("urn:altinn:resource:{}", service.resource_id()))?
            .with("resourceinstance", element)?;
        Self::build(id, event, time, sequence)
    }

    /// An event of the agency's own, whichever it is. Publishing the same source and id again conflicts.
    ///
    /// # Errors
    /// [`EventError`] when it names no `resource`, as Altinn asks of every event, or is too long.
    pub fn of(event: CloudEvent, now: DateTime<Utc>) -> Result<Self, EventError> {
        if event.resource().is_none() {
            return Err(EventError::Missing("resource"));
        }
        let name = format!("{}\n{}", event.source(), event.id());
        let mut key = [0; 16];
        key.iter_mut().zip(Digest::of(name.as_bytes()).as_bytes()).for_each(|(byte, digest)| *byte = *digest);
        let time = event.time().unwrap_or(now);
        let event = if event.attribute("time").is_some() { event } else { event.at(now) };
        Self::build(uuid::Builder::from_custom_bytes(key).into_uuid(), event, time, 0)
    }

    /// An event of something that has an order of its own: `sequence` is its place in it.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    #[cfg(feature = "correspondence")]
    pub(crate) fn in_sequence(
        event: CloudEvent,
        time: DateTime<Utc>,
        sequence: i64,
    ) -> Result<Self, EventError> {
        Ok(Self { sequence, ..Self::of(event.at(time), time)? })
    }

    fn build(key: Uuid, event: CloudEvent, time: DateTime<Utc>, sequence: i64) -> Result<Self, EventError> {
        let json = serde_json::to_string(&event).unwrap_or_default();
        if json.len() > CloudEvent::MAX_BYTES {
            return Err(EventError::TooLong { bytes: json.len(), limit: CloudEvent::MAX_BYTES });
        }
        Ok(Self { key, event, json, sequence, time, instance: None })
    }

    /// The event.
    pub fn event(&self) -> &CloudEvent {
        &self.event
    }
}

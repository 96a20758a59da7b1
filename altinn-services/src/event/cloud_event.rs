//! Events in the form of CloudEvents 1.0, with Altinn's extensions.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::attribute;
use super::error::EventError;

/// An event in the JSON format of CloudEvents 1.0, with the extensions `resource`, `resourceinstance` and
/// `alternativesubject` that Altinn's events have.
///
/// A value in hand is always valid; attributes that are not known here stay as they came. `Debug` shows what happened
/// and where, but not to whom: an alternative subject may be a national identity number.
///
/// ```
/// use altinn_services::event::CloudEvent;
///
/// let event = CloudEvent::new("17", "/bakeries", "bakery.inspected")?
///     .with("resource", "urn:altinn:resource:app_ttd_bakery-licence")?
///     .with_data(serde_json::json!({"outcome": "spotless"}));
/// let read: CloudEvent = serde_json::from_str(&serde_json::to_string(&event)?)?;
/// assert_eq!(read, event);
/// assert!(event.clone().with("Resource", "upper case").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct CloudEvent(Map<String, Value>);

impl CloudEvent {
    /// The most bytes of an event's JSON, as the standard asks intermediaries to forward (section 2.5): 64 KiB.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// An event with the attributes that every one has.
    ///
    /// # Errors
    /// [`EventError`] names the attribute that cannot be.
    pub fn new(
        id: impl Into<String>,
        source: impl Into<String>,
        event_type: impl Into<String>,
    ) -> Result<Self, EventError> {
        let mut event = Map::new();
        event.insert("specversion".to_owned(), "1.0".into());
        event.insert("id".to_owned(), id.into().into());
        event.insert("source".to_owned(), source.into().into());
        event.insert("type".to_owned(), event_type.into().into());
        Self::try_from(event)
    }

    /// An event whose every attribute is a word of our own or a UUID, and can be what it is.
    #[cfg(feature = "webhooks")]
    pub(super) fn of_our_own<const N: usize>(attributes: [(&str, String); N]) -> Self {
        let version = ("specversion", "1.0".to_owned());
        let all = std::iter::once(version).chain(attributes);
        Self(all.map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// Adds an attribute, or replaces it.
    ///
    /// # Errors
    /// [`EventError`] when its name or its value cannot be.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Result<Self, EventError> {
        let value = value.into();
        attribute::check(name, &value)?;
        self.0.insert(name.to_owned(), value);
        Ok(self)
    }

    /// Says when it happened.
    #[must_use]
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.0.insert("time".to_owned(), time.to_rfc3339_opts(SecondsFormat::Micros, true).into());
        self
    }

    /// Adds what the event says, as JSON.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.0.remove("data_base64");
        self.0.insert("data".to_owned(), data);
        self
    }

    /// The event's id: with its source it names the event.
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// Where it happened; an instance's is `/{org}/{app}/instances/{partyId}/{guid}`.
    pub fn source(&self) -> &str {
        self.text("source").unwrap_or_default()
    }

    /// What happened, as `app.instance.created`.
    pub fn event_type(&self) -> &str {
        self.text("type").unwrap_or_default()
    }

    /// Whom or what it is about, as `/party/{partyId}`.
    pub fn subject(&self) -> Option<&str> {
        self.text("subject")
    }

    /// When it happened.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(self.text("time")?).ok().map(|time| time.to_utc())
    }

    /// Which service it belongs to: `urn:altinn:resource:app_{org}_{app}`.
    pub fn resource(&self) -> Option<&str> {
        self.text("resource")
    }

    /// Which instance it happened to: `{partyId}/{guid}`.
    pub fn resource_instance(&self) -> Option<&str> {
        self.text("resourceinstance")
    }

    /// Whom it is about under another name, as `/organisation/{number}`. May be a personal number.
    pub fn alternative_subject(&self) -> Option<&str> {
        self.text("alternativesubject")
    }

    /// What the event says, when that is JSON.
    pub fn data(&self) -> Option<&Value> {
        self.0.get("data")
    }

    /// An attribute by its name.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

impl TryFrom<Map<String, Value>> for CloudEvent {
    type Error = EventError;

    /// Checks every attribute; one that is `null` is not there (section 2.2 of the JSON format).
    fn try_from(mut event: Map<String, Value>) -> Result<Self, EventError> {
        event.retain(|name, value| name == "data" || !value.is_null());
        for required in ["specversion", "id", "source", "type"] {
            if !event.contains_key(required) {
                return Err(EventError::Missing(required));
            }
        }
        if event.contains_key("data") && event.contains_key("data_base64") {
            return Err(EventError::TwoKindsOfData);
        }
        event.iter().try_for_each(|(name, value)| attribute::check(name, value))?;
        Ok(Self(event))
    }
}

impl fmt::Debug for CloudEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloudEvent({} {} of {})", self.event_type(), self.id(), self.source())
    }
}

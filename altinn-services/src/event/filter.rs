//! Which events somebody wants.

use serde::{Deserialize, Serialize};

use super::CloudEvent;

/// Which events somebody wants: those that fit every part that is given. Field names as Altinn's subscriptions have
/// them.
///
/// ```
/// use altinn_services::event::{CloudEvent, EventFilter};
///
/// let filter = EventFilter { source_filter: Some("/ttd/bakery-licence/".to_owned()), ..EventFilter::default() };
/// assert!(filter.matches(&CloudEvent::new("1", "/ttd/bakery-licence/instances/7", "app.instance.created")?));
/// assert!(!filter.matches(&CloudEvent::new("2", "/ttd/bakery-licence-old/instances/7", "app.instance.created")?));
/// # Ok::<(), altinn_services::event::EventError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventFilter {
    /// The service's resource: `urn:altinn:resource:app_{org}_{app}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_filter: Option<String>,
    /// The source, or a path above it; a slash at its end makes no difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_filter: Option<String>,
    /// The subject, as `/party/{partyId}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_filter: Option<String>,
    /// The subject under another name, as `/organisation/{number}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternative_subject_filter: Option<String>,
    /// What happened, as `app.instance.created`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_filter: Option<String>,
}

impl EventFilter {
    /// Whether an event is wanted.
    pub fn matches(&self, event: &CloudEvent) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        same(&self.resource_filter, event.resource())
            && same(&self.subject_filter, event.subject())
            && same(&self.alternative_subject_filter, event.alternative_subject())
            && same(&self.type_filter, Some(event.event_type()))
            && self.source_filter.as_deref().is_none_or(|wanted| is_below(wanted, event.source()))
    }
}

/// Whether a path is another one, or stands below it.
fn is_below(above: &str, path: &str) -> bool {
    path.strip_prefix(above.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

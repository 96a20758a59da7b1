//! What is looked for in inboxes.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use altinn_core::{PartyId, ServiceId};
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use super::{ElementKind, InboxStatus, OwnLabel, Place};

/// By what elements are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sort {
    /// What changed last comes first.
    #[default]
    Newest,
    /// What has not changed for longest comes first.
    Oldest,
    /// What is due next comes first; what is never due is left out.
    DueFirst,
}

/// What is looked for in inboxes: all that is in the place [`Place::Default`], newest first, 50 a page, unless it says
/// otherwise. `Debug` shows neither whose nor what.
///
/// ```
/// use altinn_core::PartyId;
/// use altinn_services::inbox::{ElementKind, InboxQuery, InboxStatus};
///
/// let query = InboxQuery::new()
///     .of(PartyId::new(50001))
///     .kind(ElementKind::Correspondence)
///     .status(InboxStatus::RequiresAttention)
///     .unread()
///     .title("vedtak")
///     .limit(20);
/// ```
#[derive(Clone)]
#[must_use]
pub struct InboxQuery {
    pub(super) parties: BTreeSet<PartyId>,
    pub(super) services: BTreeSet<ServiceId>,
    pub(super) kinds: BTreeSet<ElementKind>,
    pub(super) statuses: BTreeSet<InboxStatus>,
    pub(super) places: BTreeSet<Place>,
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) before: Option<DateTime<Utc>>,
    pub(super) is_unread: Option<bool>,
    pub(super) is_sent: bool,
    pub(super) label: Option<OwnLabel>,
    title: Vec<String>,
    pub(super) sort: Sort,
    pub(super) after: Option<InboxCursor>,
    limit: u32,
}

impl InboxQuery {
    /// The most elements of a page.
    pub const MAX_LIMIT: u32 = 100;

    /// All that is in the inboxes of those whom the caller represents.
    pub fn new() -> Self {
        Self {
            parties: BTreeSet::new(),
            services: BTreeSet::new(),
            kinds: BTreeSet::new(),
            statuses: BTreeSet::new(),
            places: BTreeSet::new(),
            from: None,
            before: None,
            is_unread: None,
            is_sent: false,
            label: None,
            title: Vec::new(),
            sort: Sort::default(),
            after: None,
            limit: 50,
        }
    }

    /// Only those of a party; said several times, of any of these.
    pub fn of(mut self, party: PartyId) -> Self {
        self.parties.insert(party);
        self
    }

    /// Only those of a service; said several times, of any of these.
    pub fn service(mut self, service: ServiceId) -> Self {
        self.services.insert(service);
        self
    }

    /// Only those of a type of services; said several times, of any of these.
    pub fn kind(mut self, kind: ElementKind) -> Self {
        self.kinds.insert(kind);
        self
    }

    /// Only those of a status; said several times, of any of these.
    pub fn status(mut self, status: InboxStatus) -> Self {
        self.statuses.insert(status);
        self
    }

    /// Only those in a place; said several times, in any of these.
    pub fn place(mut self, place: Place) -> Self {
        self.places.insert(place);
        self
    }

    /// Only those that changed last (by [`Sort::DueFirst`]: are due) from one time on and before another.
    pub fn between(mut self, from: DateTime<Utc>, before: DateTime<Utc>) -> Self {
        (self.from, self.before) = (Some(from), Some(before));
        self
    }

    /// Only those with something that the caller has not seen.
    pub fn unread(mut self) -> Self {
        self.is_unread = Some(true);
        self
    }

    /// Only those of which the caller has seen everything.
    pub fn read(mut self) -> Self {
        self.is_unread = Some(false);
        self
    }

    /// Only those that the party has sent.
    pub fn sent(mut self) -> Self {
        self.is_sent = true;
        self
    }

    /// Only those with a label of the caller's own.
    pub fn label(mut self, label: OwnLabel) -> Self {
        self.label = Some(label);
        self
    }

    /// Only those in whose title, in any language, a word begins with each word of this text, in any case.
    pub fn title(mut self, text: &str) -> Self {
        self.title = words(text).collect();
        self
    }

    /// Ordered otherwise than newest first.
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// Only what comes after an earlier page of the same order.
    pub fn after(mut self, cursor: InboxCursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// How many elements a page has at the most: 1 to 100.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.clamp(1, Self::MAX_LIMIT);
        self
    }

    pub(super) fn page(&self) -> usize {
        self.limit as usize
    }

    pub(super) fn places(&self) -> Vec<Place> {
        if self.places.is_empty() { vec![Place::Default] } else { self.places.iter().copied().collect() }
    }

    /// Whether not all that the index gives is asked for.
    pub(super) fn looks_closer(&self) -> bool {
        self.is_sent
            || self.is_unread.is_some()
            || self.label.is_some()
            || self.asks_for_title()
            || !self.statuses.is_empty()
    }

    pub(super) fn asks_for_title(&self) -> bool {
        !self.title.is_empty()
    }

    /// Whether a title is one that is looked for.
    pub(super) fn fits_title(&self, title: &altinn_core::Text) -> bool {
        let found: Vec<String> =
            title.languages().filter_map(|language| title.get(language)).flat_map(words).collect();
        self.title.iter().all(|wanted| found.iter().any(|word| word.starts_with(wanted.as_str())))
    }
}

impl Default for InboxQuery {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for InboxQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxQuery")
            .field("sort", &self.sort)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// The words of a text, in small letters.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Where a page ended.
///
/// ```
/// use altinn_services::inbox::InboxCursor;
///
/// let text = "1795000000000000-3f0b9f0c5a5c4e0e9d5e0f6a3a3e1f10-50001";
/// assert_eq!(text.parse::<InboxCursor>()?.to_string(), text);
/// # Ok::<(), altinn_services::inbox::InvalidCursor>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxCursor {
    pub(super) time: DateTime<Utc>,
    pub(super) id: Uuid,
    pub(super) party: PartyId,
}

/// A text that no page ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the cursor is not one that a page ended with")]
pub struct InvalidCursor;

impl fmt::Display for InboxCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.time.timestamp_micros(), self.id.simple(), self.party)
    }
}

impl FromStr for InboxCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(InvalidCursor);
        let (time, id, party) = (part()?, part()?, part()?);
        let time = time.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(InvalidCursor)?;
        let id = Uuid::try_parse(id).map_err(|_| InvalidCursor)?;
        Ok(Self { time, id, party: PartyId::new(party.parse().map_err(|_| InvalidCursor)?) })
    }
}

#[cfg(test)]
mod tests {
    use altinn_core::{Language, Text};

    use super::*;

    #[test]
    fn a_title_is_found_by_the_beginnings_of_its_words_in_any_language_and_case() {
        let title = Text::new(Language::Nb, "Søknad om bakeri: Ås").with(Language::En, "Bakery licence");
        for wanted in ["", "søk", "SØKNAD bak", "licence, søknad", "ås"] {
            assert!(InboxQuery::new().title(wanted).fits_title(&title), "{wanted}");
        }
        for wanted in ["knad", "søknad grill", "bakerier"] {
            assert!(!InboxQuery::new().title(wanted).fits_title(&title), "{wanted}");
        }
    }
}

//! What is looked for in a party's archive.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use altinn_core::store::{Value, params};
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use super::tag::{Tag, TagKey};
use super::words;
use crate::entry::EntryId;

/// What is looked for in a party's archive, newest first.
///
/// ```
/// use altinn_archive::Listing;
///
/// let listing = Listing::of("50001")
///     .service("ttd/bakery-licence")
///     .between("2026-01-01T00:00:00Z".parse()?, "2027-01-01T00:00:00Z".parse()?)
///     .title("bakeri")
///     .label("case", "2026/17")
///     .limit(20);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Listing {
    party: String,
    service: Option<String>,
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    title: String,
    labels: BTreeMap<String, String>,
    after: Option<Cursor>,
    limit: u32,
}

/// Where a page ended: what comes after it is older.
///
/// ```
/// use altinn_archive::Cursor;
///
/// let text = "1795000000000000-3f0b9f0c5a5c4e0e9d5e0f6a3a3e1f10";
/// assert_eq!(text.parse::<Cursor>()?.to_string(), text);
/// # Ok::<(), altinn_archive::InvalidCursor>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(super) time: DateTime<Utc>,
    pub(super) entry: EntryId,
}

/// A text that no page ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the cursor is not one that a page ended with")]
pub struct InvalidCursor;

impl Listing {
    /// The most entries of a page.
    pub const MAX_LIMIT: u32 = 1_000;

    /// All entries of a party, 100 a page.
    pub fn of(party: impl Into<String>) -> Self {
        Self {
            party: party.into(),
            service: None,
            from: None,
            before: None,
            title: String::new(),
            labels: BTreeMap::new(),
            after: None,
            limit: 100,
        }
    }

    /// Only those of a service.
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// Only those made from one time on and before another.
    pub fn between(mut self, from: DateTime<Utc>, before: DateTime<Utc>) -> Self {
        (self.from, self.before) = (Some(from), Some(before));
        self
    }

    /// Only those in whose title, in any language, a word begins with each word of this text. Ten letters of a word
    /// are looked at; one of fewer than three must be there whole.
    pub fn title(mut self, text: impl Into<String>) -> Self {
        self.title = text.into();
        self
    }

    /// Only those with this label.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Only what comes after an earlier page.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// How many entries a page has at the most: 1 to 1,000.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.clamp(1, Self::MAX_LIMIT);
        self
    }

    /// How many entries a page has at the most.
    pub(super) fn page(&self) -> usize {
        self.limit as usize
    }

    /// The condition on the rows `t` of the index, and its parameters: one tag leads, which a range of the index holds
    /// in order; the others are looked up by the whole key. With `offset` PostgreSQL does just that; without, it takes
    /// all that have the one tag, and all that have the other, and joins and sorts them.
    pub(super) fn condition(&self, key: &TagKey) -> (String, Vec<Value>) {
        let tags = self.tags(key);
        let end = self.before.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let (time, entry) = match self.after {
            Some(cursor) if cursor.time < end => (cursor.time, cursor.entry),
            _ => (end, EntryId::new(Uuid::nil())),
        };
        let from = self.from.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let mut values = params![tags.first().copied(), time, entry, from];
        let mut condition = "t.tag = $1 and (t.time, t.entry_id) < ($2, $3) and t.time >= $4".to_owned();
        for tag in tags.iter().skip(1) {
            values.push(Value::from(*tag));
            condition += &format!(
                " and exists (select 1 from archive_tag o where o.tag = ${} and o.time = t.time \
                 and o.entry_id = t.entry_id limit 1 offset 0)",
                values.len()
            );
        }
        condition += &format!(" order by t.time desc, t.entry_id desc limit ${}", values.len() + 1);
        values.push(Value::Int(i64::from(self.limit) + 1));
        (condition, values)
    }

    /// The tags that an entry must have, those that few have before others: at least one.
    pub(super) fn tags(&self, key: &TagKey) -> Vec<Tag> {
        let mut words: Vec<_> = words::wanted(&self.title).into_iter().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let labels = self.labels.iter().map(|(name, value)| key.label_of(&self.party, name, value));
        let words = words.iter().map(|word| key.word_of(&self.party, word));
        let service = self.service.iter().map(|service| key.service_of(&self.party, service));
        let tags: Vec<_> = labels.chain(words).chain(service).collect();
        if tags.is_empty() { vec![key.party(&self.party)] } else { tags }
    }
}

impl fmt::Debug for Listing {
    /// Shows neither whose archive nor what is looked for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl Cursor {
    /// The time and the entry that the page ended with.
    pub(crate) fn place(self) -> (DateTime<Utc>, EntryId) {
        (self.time, self.entry)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.time.timestamp_micros(), self.entry.uuid().simple())
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (time, entry) = text.rsplit_once('-').ok_or(InvalidCursor)?;
        let time = time.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(InvalidCursor)?;
        Ok(Self { time, entry: EntryId::new(Uuid::try_parse(entry).map_err(|_| InvalidCursor)?) })
    }
}

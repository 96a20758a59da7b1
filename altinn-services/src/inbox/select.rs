//! The rows that a caller may see, in order, some at a time.

use altinn_archive::EntryId;
use altinn_core::PartyId;
use altinn_core::store::{Row, Store, Value, params};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::scope::Scope;
use super::{InboxCursor, InboxError, InboxQuery, InboxStatus, Place, Sort};

/// How many ranges of the index one statement merges: SQLite takes 500 parts of a compound query.
const MERGED: usize = 150;

/// A range of the index, or one element, that a caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Visible {
    /// All elements of a party in a scope.
    Scope(PartyId, Scope),
    /// One element of a party.
    One(PartyId, Uuid),
}

impl Visible {
    fn party(&self) -> PartyId {
        match self {
            Self::Scope(party, _) | Self::One(party, _) => *party,
        }
    }
}

/// An element as its row holds it; its title is sealed.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) party: PartyId,
    pub(super) id: Uuid,
    pub(super) scope: Scope,
    pub(super) place: Place,
    pub(super) is_sent: bool,
    pub(super) status: InboxStatus,
    pub(super) state: String,
    pub(super) sealed_title: Vec<u8>,
    pub(super) entry: Option<EntryId>,
    pub(super) created: DateTime<Utc>,
    pub(super) changed: DateTime<Utc>,
    pub(super) due: Option<DateTime<Utc>>,
    news: i64,
    seen: Option<i64>,
    /// Whether it has the label that is asked for; so when none is asked for.
    pub(super) is_labelled: bool,
}

impl Found {
    fn from_row(row: &Row, asks_for_label: bool) -> Result<Self, InboxError> {
        let stored = |column| InboxError::Stored { column };
        let status: String = row.get("status")?;
        Ok(Self {
            party: row.get("party")?,
            id: row.get("id")?,
            scope: Scope::from_row(row)?,
            place: Place::numbered(row.get("place")?).ok_or_else(|| stored("place"))?,
            is_sent: row.get::<i64>("sent")? == 1,
            status: InboxStatus::named(&status).ok_or_else(|| stored("status"))?,
            state: row.get("state")?,
            sealed_title: row.get("title")?,
            entry: row.get("entry")?,
            created: row.get("created_at")?,
            changed: row.get("changed_at")?,
            due: row.get("due_at")?,
            news: row.get("news")?,
            seen: row.get("seen")?,
            is_labelled: !asks_for_label || row.get::<i64>("labelled")? == 1,
        })
    }

    /// Whether there is something that the reader has not seen.
    pub(super) fn is_unread(&self) -> bool {
        self.news > self.seen.unwrap_or(0)
    }

    /// Whether the reader wants it to be as if they had not seen it.
    pub(super) fn is_marked_as_unopened(&self) -> bool {
        self.seen.is_some_and(|seen| seen < 0)
    }

    /// Where it stands in an order.
    pub(super) fn cursor(&self, sort: Sort) -> InboxCursor {
        let time = match sort {
            Sort::Newest | Sort::Oldest => self.changed,
            Sort::DueFirst => self.due.unwrap_or(DateTime::<Utc>::MAX_UTC),
        };
        InboxCursor { time, id: self.id, party: self.party }
    }
}

/// Who reads, when, and which label of theirs is asked for.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) reference: String,
    pub(super) now: DateTime<Utc>,
    pub(super) tag: Option<Vec<u8>>,
}

impl Reader {
    /// The next elements in the order of a query, at most so many, of those that are visible.
    pub(super) async fn next(
        &self,
        store: &Store,
        visible: &[Visible],
        (query, after): (&InboxQuery, Option<InboxCursor>),
        limit: usize,
    ) -> Result<Vec<Found>, InboxError> {
        let mut found = Vec::new();
        for some in visible.chunks(MERGED) {
            let (sql, values) = self.statement(some, (query, after), limit);
            for row in &store.query(sql, values).await? {
                found.push(Found::from_row(row, self.tag.is_some())?);
            }
        }
        found.sort_by(|one, other| {
            let ordered = one.cursor(query.sort).cmp(&other.cursor(query.sort));
            if query.sort == Sort::Newest { ordered.reverse() } else { ordered }
        });
        found.truncate(limit);
        Ok(found)
    }

    /// The statement: each visible range in each place is a part of its own, read from the index in order up to the
    /// limit; what the parts give is merged. So no row is looked at that is not visible.
    pub(super) fn statement(
        &self,
        visible: &[Visible],
        (query, after): (&InboxQuery, Option<InboxCursor>),
        limit: usize,
    ) -> (String, Vec<Value>) {
        let (time, way, direction) = match query.sort {
            Sort::Newest => ("changed_at", "<", "desc"),
            Sort::Oldest => ("changed_at", ">", "asc"),
            Sort::DueFirst => ("due_at", ">", "asc"),
        };
        let end = after.unwrap_or(match query.sort {
            Sort::Newest => at_end(DateTime::<Utc>::MAX_UTC),
            Sort::Oldest | Sort::DueFirst => at_end(DateTime::<Utc>::MIN_UTC),
        });
        let from = query.from.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let before = query.before.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut values = params![self.reference.as_str()];
        values.extend(self.tag.clone().map(Value::from));
        let labelled = if self.tag.is_some() { LABELLED } else { "" };
        // What all parts share; the parameters are numbered in the order in which they first appear.
        let mut shared = None;
        let mut parts = Vec::new();
        for one in visible {
            for place in query.places() {
                let of = match one {
                    Visible::Scope(party, scope) => {
                        let at = values.len();
                        values.extend(params![*party, scope.service.to_string(), scope.text()]);
                        format!("e.party = ${} and e.service = ${} and e.scope = ${}", at + 1, at + 2, at + 3)
                    }
                    Visible::One(party, id) => {
                        let at = values.len();
                        values.extend(params![*party, *id]);
                        format!("e.party = ${} and e.id = ${}", at + 1, at + 2)
                    }
                };
                values.push(place.number().into());
                let place = values.len();
                let common = *shared.get_or_insert_with(|| {
                    values.extend(params![end.time, end.id, from, before, self.now, limit as i64]);
                    place
                });
                // Elements of several parties may have one id and one time: then the party decides.
                let beyond = if is_beyond(one.party(), end.party, query.sort) { "=" } else { "" };
                parts.push(format!(
                    "select * from (select e.*, s.news as seen{labelled} \
                     from services_inbox e left join services_inbox_seen s \
                     on s.party = e.party and s.id = e.id and s.reader = $1 \
                     where {of} and e.place = ${place} and (e.{time}, e.id) {way}{beyond} (${}, ${}) \
                     and e.{time} >= ${} and e.{time} < ${} \
                     and (e.visible_from is null or e.visible_from <= ${}) \
                     order by e.{time} {direction}, e.id {direction} limit ${}) part{}",
                    common + 1,
                    common + 2,
                    common + 3,
                    common + 4,
                    common + 5,
                    common + 6,
                    parts.len()
                ));
            }
        }
        let mut sql = parts.join(" union all ");
        if parts.len() > 1 {
            sql += &format!(
                " order by {time} {direction}, id {direction}, party {direction} limit ${}",
                shared.unwrap_or_default() + 6
            );
        }
        (sql, values)
    }
}

/// One more column: whether an element has the label `$2` of the reader `$1`.
const LABELLED: &str = ", (select count(*) from services_inbox_label l \
    where l.party = e.party and l.id = e.id and l.owner = $1 and l.tag = $2) as labelled";

fn at_end(time: DateTime<Utc>) -> InboxCursor {
    InboxCursor { time, id: Uuid::nil(), party: PartyId::new(0) }
}

/// Whether elements of a party come after those of another with the same id and time.
fn is_beyond(party: PartyId, end: PartyId, sort: Sort) -> bool {
    if sort == Sort::Newest { party < end } else { party > end }
}

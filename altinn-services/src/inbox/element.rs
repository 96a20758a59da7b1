//! What service types write into inboxes, in the batch of their own change.

use altinn_archive::EntryId;
use altinn_core::store::{Batch, Column, ColumnKind, InsertRows, Value, params};
use altinn_core::{PartyId, Text};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::scope::Scope;
use super::seal::InboxKey;
use super::{InboxStatus, Place};

/// An element as it stands in a party's inbox, on its way into a batch.
#[derive(Debug, Clone)]
pub(crate) struct InboxElement<'a> {
    pub(crate) party: PartyId,
    /// The id of the instance, correspondence, transfer, case or lookup.
    pub(crate) id: Uuid,
    pub(crate) scope: Scope,
    pub(crate) status: InboxStatus,
    /// How it stands, by the name of its own type.
    pub(crate) state: &'a str,
    pub(crate) title: &'a Text,
    /// Whether there is something that those who represent the party have not seen yet. It brings the element back into
    /// the inbox, wherever it was put away.
    pub(crate) is_news: bool,
    /// Whether the party has sent it.
    pub(crate) is_sent: bool,
    /// Where it belongs from now on; none: where it is, or in the inbox when it is new.
    pub(crate) place: Option<Place>,
    pub(crate) entry: Option<EntryId>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) changed: DateTime<Utc>,
    pub(crate) due: Option<DateTime<Utc>>,
    pub(crate) visible_from: Option<DateTime<Utc>>,
}

static ROWS: InsertRows = InsertRows::new(
    "services_inbox",
    &[
        Column::new("party", ColumnKind::Int),
        Column::new("id", ColumnKind::Uuid),
        Column::new("service", ColumnKind::Text),
        Column::new("scope", ColumnKind::Text),
        Column::new("kind", ColumnKind::Text),
        Column::new("place", ColumnKind::Int),
        Column::new("sent", ColumnKind::Int),
        Column::new("status", ColumnKind::Text),
        Column::new("state", ColumnKind::Text),
        Column::new("title", ColumnKind::Blob),
        Column::new("news", ColumnKind::Int),
        Column::new("entry", ColumnKind::Uuid),
        Column::new("created_at", ColumnKind::Int),
        Column::new("changed_at", ColumnKind::Int),
        Column::new("due_at", ColumnKind::Int),
        Column::new("visible_from", ColumnKind::Int),
    ],
);

/// What becomes of an element that is there; its place is left as it is, or is the new one.
const OR_UPDATE: &str = "on conflict (party, id) do update set scope = excluded.scope, sent = excluded.sent, \
    status = excluded.status, state = excluded.state, \
    title = case when services_inbox.place = 9 then services_inbox.title else excluded.title end, \
    news = services_inbox.news + excluded.news, entry = excluded.entry, changed_at = excluded.changed_at, \
    due_at = excluded.due_at, visible_from = excluded.visible_from";

impl<'a> InboxElement<'a> {
    /// Where an element is of which the entry was erased: nowhere that anybody looks. It stays as a row without a title, so
    /// that what comes later does not bring it back.
    pub(super) const ERASED: i64 = 9;

    /// An element of a party that nobody needs to look at, as it stands since a time.
    pub(crate) fn new(
        (party, id): (PartyId, Uuid),
        scope: Scope,
        (status, state): (InboxStatus, &'a str),
        title: &'a Text,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            party,
            id,
            scope,
            status,
            state,
            title,
            is_news: false,
            is_sent: false,
            place: None,
            entry: None,
            created: now,
            changed: now,
            due: None,
            visible_from: None,
        }
    }

    /// Adds it, or how it stands now.
    pub(crate) fn put(&self, key: &InboxKey, batch: &mut Batch) {
        self.scope_row(batch);
        let is_placed = self.place.is_some() || self.is_news;
        let place = if is_placed {
            ", place = case when services_inbox.place = 9 then 9 else excluded.place end"
        } else {
            ""
        };
        batch.execute_one(format!("{} {OR_UPDATE}{place}", ROWS.text()), self.values(key));
    }

    /// Adds many of one scope that were not there.
    #[cfg(any(feature = "broker", feature = "correspondence"))]
    pub(crate) fn insert_all(elements: &[Self], key: &InboxKey, batch: &mut Batch) {
        if let Some(first) = elements.first() {
            first.scope_row(batch);
            batch.insert_rows(&ROWS, elements.iter().map(|element| element.values(key)).collect());
        }
    }

    /// Adds that there are elements of this scope.
    fn scope_row(&self, batch: &mut Batch) {
        let scope = &self.scope;
        batch.execute(
            "insert into services_inbox_scope (service, scope, kind) values ($1, $2, $3) on conflict do nothing",
            params![scope.service.to_string(), scope.text(), scope.kind.as_str()],
        );
    }

    fn values(&self, key: &InboxKey) -> Vec<Value> {
        params![
            self.party,
            self.id,
            self.scope.service.to_string(),
            self.scope.text(),
            self.scope.kind.as_str(),
            self.place.unwrap_or_default().number(),
            i64::from(self.is_sent),
            self.status.as_str(),
            self.state,
            key.seal_title(self.party, self.id, self.title),
            i64::from(self.is_news),
            self.entry,
            self.created,
            self.changed,
            self.due,
            self.visible_from
        ]
    }

    /// Adds that an element stands otherwise now; nothing when there is no such element.
    #[cfg(any(feature = "broker", feature = "correspondence"))]
    pub(crate) fn stands(
        batch: &mut Batch,
        (party, id): (PartyId, Uuid),
        (status, state): (InboxStatus, &str),
    ) {
        batch.execute(
            "update services_inbox set status = $1, state = $2 where party = $3 and id = $4",
            params![status.as_str(), state, party, id],
        );
    }

    /// Adds that an element is gone, with all that anybody has said of it.
    pub(crate) fn forget(batch: &mut Batch, party: PartyId, id: Uuid) {
        for table in ["services_inbox", "services_inbox_seen", "services_inbox_label"] {
            batch.execute(format!("delete from {table} where party = $1 and id = $2"), params![party, id]);
        }
    }

    /// The elements of an entry, as a statement in which `$ENTRY` stands for the entry.
    pub(crate) const OF_ENTRY: &'static str = "select party, id from services_inbox where entry = $ENTRY";

    /// Adds that the entry was erased that the elements of a statement are of: they are gone for everybody, and so are
    /// their titles and what anybody has said of them.
    pub(crate) fn erase(batch: &mut Batch, elements: &str, entry: EntryId) {
        let at = |place: &str| elements.replace("$ENTRY", place);
        for table in ["services_inbox_seen", "services_inbox_label"] {
            batch.execute(format!("delete from {table} where (party, id) in ({})", at("$1")), params![entry]);
        }
        batch.execute(
            format!("update services_inbox set place = $1, title = $2 where (party, id) in ({})", at("$3")),
            params![Self::ERASED, Vec::<u8>::new(), entry],
        );
    }

    /// Adds where a party has an element.
    pub(crate) fn move_to(batch: &mut Batch, (party, id): (PartyId, Uuid), place: Place) {
        batch.execute(
            "update services_inbox set place = $1 where party = $2 and id = $3 and place <> $4",
            params![place.number(), party, id, Self::ERASED],
        );
    }

    /// Adds that somebody has seen all of an element, or wants it to be as if they had not.
    pub(crate) fn mark(batch: &mut Batch, (party, id): (PartyId, Uuid), reader: &str, is_read: bool) {
        let seen = if is_read { "news" } else { UNOPENED };
        batch.execute(
            format!(
                "insert into services_inbox_seen (party, id, reader, news) \
                 select party, id, $1, {seen} from services_inbox where party = $2 and id = $3 \
                 on conflict (party, id, reader) do update set news = excluded.news"
            ),
            params![reader, party, id],
        );
    }
}

/// How much somebody has seen who marked an element as unopened.
const UNOPENED: &str = "-1";

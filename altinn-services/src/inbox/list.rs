//! Listing and counting.

use std::collections::BTreeMap;

use altinn_core::store::{Sql, Value, params};
use altinn_core::{Actor, PartyId};
use uuid::Uuid;

use super::item::title_of;
use super::select::{Found, Reader, Visible};
use super::sight::sight;
use super::{Inbox, InboxCount, InboxCursor, InboxError, InboxItem, InboxPage, InboxQuery, OwnLabel};

/// How many elements one call looks at, at the most, to find those that are asked for.
const MOST_LOOKED_AT: usize = 2_000;
/// How many are fetched at once when not all of them may be asked for.
const AT_ONCE: usize = 500;

impl Inbox<'_> {
    /// The elements that the caller may see, of all whom they represent or of those that the query names.
    ///
    /// Whether the caller may see an element is decided for this call, by the policy of its service; what they may not see
    /// is not looked at. So a page is full as long as there are elements, with one limit: a call looks at 2,000
    /// elements at the most for what the query's status, title, label and reading ask for; when these are not enough, the page
    /// is not full and says where the search goes on.
    ///
    /// # Errors
    /// [`InboxError::NotFound`] when the query names a party that the caller does not represent, whether there is one or
    /// not; [`InboxError::TooManyParties`] when they represent more than 100 and the query does not say which.
    #[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn list(&self, actor: &Actor, query: &InboxQuery) -> Result<InboxPage, InboxError> {
        let visible = sight(self.altinn, actor, query).await?;
        let reader = self.reader(actor, query);
        let (found, next) = self.fitting(&reader, &visible, query, query.page()).await?;
        let shown = self.decided(actor, found, &visible).await;
        let mut labels = self.labels_of(&reader, &shown).await?;
        let item = |found: Found| {
            let labels = labels.remove(&(found.party, found.id)).unwrap_or_default();
            InboxItem::of(found, self.altinn.inbox_key(), labels)
        };
        Ok(InboxPage { items: shown.into_iter().map(item).collect::<Result<_, _>>()?, next })
    }

    /// How many elements there are that [`list`](Self::list) would give on all its pages, up to the first 2,000.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn count(&self, actor: &Actor, query: &InboxQuery) -> Result<InboxCount, InboxError> {
        let visible = sight(self.altinn, actor, query).await?;
        let reader = self.reader(actor, query);
        let (found, next) = self.fitting(&reader, &visible, query, MOST_LOOKED_AT).await?;
        let unread = found.iter().filter(|found| found.is_unread()).count();
        Ok(InboxCount { total: found.len(), unread, is_more: next.is_some() })
    }

    pub(super) fn reader(&self, actor: &Actor, query: &InboxQuery) -> Reader {
        let reference = actor.reference();
        let label = query.label.as_ref().map(|label| self.altinn.inbox_key().tag(&reference, label.as_str()));
        Reader { reference, now: self.altinn.clock().now(), tag: label }
    }

    /// The next elements that fit a query, at most so many, and where to go on.
    async fn fitting(
        &self,
        reader: &Reader,
        visible: &[Visible],
        query: &InboxQuery,
        limit: usize,
    ) -> Result<(Vec<Found>, Option<InboxCursor>), InboxError> {
        let (mut fitting, mut after, mut looked_at) = (Vec::new(), query.after, 0);
        let at_once = if query.looks_closer() { AT_ONCE } else { limit.saturating_add(1) };
        while looked_at < MOST_LOOKED_AT {
            let some = reader.next(self.altinn.store(), visible, (query, after), at_once).await?;
            let (is_last, fetched) = (some.len() < at_once, some.len());
            for (found, place) in some.into_iter().zip(1..) {
                let cursor = found.cursor(query.sort);
                after = Some(cursor);
                if self.fits(query, &found)? {
                    fitting.push(found);
                }
                if fitting.len() == limit {
                    let is_more = !is_last || place < fetched;
                    return Ok((fitting, is_more.then_some(cursor)));
                }
            }
            if is_last {
                return Ok((fitting, None));
            }
            looked_at += fetched;
        }
        Ok((fitting, after))
    }

    /// Whether an element is one that is asked for, in so far as the index does not say so.
    fn fits(&self, query: &InboxQuery, found: &Found) -> Result<bool, InboxError> {
        let fits = (query.statuses.is_empty() || query.statuses.contains(&found.status))
            && query.is_unread.is_none_or(|unread| found.is_unread() == unread)
            && (!query.is_sent || found.is_sent)
            && (query.label.is_none() || found.is_labelled);
        if !fits || !query.asks_for_title() {
            return Ok(fits);
        }
        Ok(query.fits_title(&title_of(found, self.altinn.inbox_key())?))
    }

    /// Those that the caller may see, decided with a line in the trail for each part of a service that is shown. What was
    /// revoked since the call began is left out.
    async fn decided(&self, actor: &Actor, found: Vec<Found>, visible: &[Visible]) -> Vec<Found> {
        let is_whole = |whole: &Visible| visible.contains(whole);
        let (mut decided, mut shown) = (BTreeMap::new(), Vec::new());
        for found in found {
            let scope = (found.party, found.scope.clone());
            let may = match decided.get(&scope) {
                Some(may) => *may,
                None if is_whole(&Visible::Scope(scope.0, scope.1.clone())) => {
                    let request = found.scope.request(found.party);
                    let may = self.altinn.authorizer().decide(actor, &request).await.is_ok();
                    decided.insert(scope, may);
                    may
                }
                None => {
                    let request = found.scope.request_of(found.party, found.id);
                    self.altinn.authorizer().decide(actor, &request).await.is_ok()
                }
            };
            if may {
                shown.push(found);
            }
        }
        shown
    }

    /// The caller's own labels of elements.
    pub(super) async fn labels_of(
        &self,
        reader: &Reader,
        shown: &[Found],
    ) -> Result<BTreeMap<(PartyId, Uuid), Vec<OwnLabel>>, InboxError> {
        let mut labels: BTreeMap<_, Vec<OwnLabel>> = BTreeMap::new();
        if shown.is_empty() {
            return Ok(labels);
        }
        let mut values: Vec<Value> = params![reader.reference.as_str()];
        let mut places = Vec::new();
        for found in shown {
            values.extend(params![found.party, found.id]);
            places.push(format!("(${}, ${})", values.len() - 1, values.len()));
        }
        let select = |places: String| {
            let of_owner = "select party, id, name from services_inbox_label where owner = $1";
            format!("{of_owner} and (party, id) in ({places})")
        };
        let places = places.join(", ");
        // SQLite takes a list of rows as values only, and PostgreSQL then takes them for texts.
        let select = Sql::by_dialect(select(format!("values {places}")), select(places));
        for row in &self.altinn.store().query(select, values).await? {
            let (party, id): (PartyId, Uuid) = (row.get("party")?, row.get("id")?);
            let sealed: Vec<u8> = row.get("name")?;
            let stored = || InboxError::Stored { column: "name" };
            let name = self.altinn.inbox_key().open(party, id, &sealed).map_err(|_| stored())?;
            let label = String::from_utf8(name).ok().and_then(|name| name.parse().ok()).ok_or_else(stored)?;
            labels.entry((party, id)).or_default().push(label);
        }
        labels.values_mut().for_each(|labels| labels.sort());
        Ok(labels)
    }
}

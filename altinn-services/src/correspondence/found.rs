//! Correspondences that are looked for, and whose they are.

use altinn_auth::decision::Access;
use altinn_core::store::{Store, params};
use altinn_core::{Actor, PartyId, ServiceId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::row::CorrespondenceRow;
use super::{
    CorrespondenceError, CorrespondenceService, CorrespondenceStatus, Correspondences, READ, Reached,
    RecipientOverview, SEND,
};

/// What a party is in a correspondence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It has sent it.
    Sender,
    /// It has got it.
    Recipient,
}

/// Which correspondences of a party are looked for: all that it has got or sent, the latest first, unless it says
/// otherwise.
///
/// ```
/// use altinn_services::correspondence::{CorrespondenceQuery, CorrespondenceStatus, Side};
///
/// let unread = CorrespondenceQuery::new(Side::Recipient).of_status(CorrespondenceStatus::Published).limit(20);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct CorrespondenceQuery {
    /// Both, where it is none.
    side: Option<Side>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    status: Option<CorrespondenceStatus>,
    senders_reference: Option<String>,
    before: Option<Uuid>,
    limit: u32,
}

impl CorrespondenceQuery {
    /// The most that one call finds.
    pub const MAX_LIMIT: u32 = 1_000;

    /// All that a party is on this side of, at most 1,000.
    pub fn new(side: Side) -> Self {
        Self { side: Some(side), ..Self::of_both_sides() }
    }

    /// All that a party has to do with, at most 1,000: what it has got, then what it has sent. What a caller may not see of
    /// the two is left out.
    pub fn of_both_sides() -> Self {
        Self {
            side: None,
            from: None,
            to: None,
            status: None,
            senders_reference: None,
            before: None,
            limit: Self::MAX_LIMIT,
        }
    }

    /// Only those that were sent from a time on.
    pub fn sent_from(mut self, time: DateTime<Utc>) -> Self {
        self.from = Some(time);
        self
    }

    /// Only those that were sent until a time.
    pub fn sent_until(mut self, time: DateTime<Utc>) -> Self {
        self.to = Some(time);
        self
    }

    /// Only those whose highest status is this one; those that are `Fetched` have no higher one than that.
    pub fn of_status(mut self, status: CorrespondenceStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Only those under this reference of the sender's.
    pub fn under(mut self, senders_reference: impl Into<String>) -> Self {
        self.senders_reference = Some(senders_reference.into());
        self
    }

    /// Only those that come after this one in the order of a page before.
    pub fn after(mut self, last: Uuid) -> Self {
        self.before = Some(last);
        self
    }

    /// At most so many: 1 to 1,000.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.clamp(1, Self::MAX_LIMIT);
        self
    }

    fn times(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.from.unwrap_or(DateTime::UNIX_EPOCH), self.to.unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// Which bits of the statuses that were reached say so, and how they must be.
    fn reached(&self) -> (i64, i64) {
        let Some(status) = self.status else { return (0, 0) };
        let from = status.number().min(CorrespondenceStatus::Published.number());
        let higher = |other: &CorrespondenceStatus| match status {
            CorrespondenceStatus::Fetched => other.number() >= from,
            _ => *other != CorrespondenceStatus::Fetched && other.number() >= status.number(),
        };
        let looked_at: Reached = CorrespondenceStatus::ALL.into_iter().filter(higher).collect();
        let wanted = Reached::default().with(status);
        let wanted = match status {
            CorrespondenceStatus::Fetched => wanted.with(CorrespondenceStatus::Published),
            _ => wanted,
        };
        (looked_at.bits(), wanted.bits())
    }
}

impl Correspondences<'_> {
    /// The correspondences that a party has got in a service and not deleted, or that it has sent, as the query asks.
    ///
    /// # Errors
    /// [`CorrespondenceError::Access`] when the caller represents the party and may not read or send them (of both sides:
    /// neither), [`CorrespondenceError::NotFound`] for all others, and when the query goes on after a correspondence that
    /// the party has not sent.
    pub async fn find(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        party: PartyId,
        query: &CorrespondenceQuery,
    ) -> Result<Vec<RecipientOverview>, CorrespondenceError> {
        let store = self.altinn.store();
        let rows = match query.side {
            Some(Side::Recipient) => {
                self.permit(actor, service, party, READ, None).await?;
                received(store, service.id(), party, query).await?
            }
            Some(Side::Sender) => {
                let access = self.permit(actor, service, party, SEND, None).await?;
                sent(store, &access, query, false).await?
            }
            None => self.of_both_sides(actor, service, party, query).await?,
        };
        Ok(rows.iter().map(RecipientOverview::of).collect())
    }

    /// What a party has got, and then what it has sent, each in its own order, so that a page costs what it costs of one
    /// side. What it has sent to itself is among what it has got.
    async fn of_both_sides(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        party: PartyId,
        query: &CorrespondenceQuery,
    ) -> Result<Vec<CorrespondenceRow>, CorrespondenceError> {
        let store = self.altinn.store();
        let reads = self.permit(actor, service, party, READ, None).await;
        let sends = self.permit(actor, service, party, SEND, None).await;
        let (reads, sends) = match (reads, sends) {
            (Err(refused), Err(_)) => return Err(refused),
            (reads, sends) => (unless_refused(reads)?, unless_refused(sends)?),
        };
        let goes_on_in_received = match query.before {
            _ if reads.is_none() => false,
            None => true,
            Some(last) => {
                self.service_of(party, last).await?.is_some_and(|(_, side)| side == Side::Recipient)
            }
        };
        let mut rows = Vec::new();
        if goes_on_in_received {
            rows = received(store, service.id(), party, query).await?;
        }
        let left = query.limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        if let Some(access) = sends.filter(|_| left > 0) {
            let before = query.before.filter(|_| !goes_on_in_received);
            let rest = CorrespondenceQuery { before, limit: left, ..query.clone() };
            rows.extend(sent(store, &access, &rest, reads.is_some()).await?);
        }
        Ok(rows)
    }

    /// The service of a correspondence that a party has got or sent, and on which side of it the party is; none of any other
    /// correspondence, and where the service is not published here.
    ///
    /// # Errors
    /// [`CorrespondenceError::Store`] when the store does not answer.
    pub async fn service_of(
        &self,
        party: PartyId,
        id: Uuid,
    ) -> Result<Option<(CorrespondenceService, Side)>, CorrespondenceError> {
        let sql = "select m.service, m.sender, c.party, c.reached from services_correspondence c \
                   join services_mailing m on m.id = c.mailing where c.id = $1 and (m.sender = $2 or c.party = $2)";
        let Some(row) = self.altinn.store().query_opt(sql, params![id, party]).await? else {
            return Ok(None);
        };
        let (service, sender): (String, PartyId) = (row.get("service")?, row.get("sender")?);
        let (recipient, reached): (Option<PartyId>, i64) = (row.get("party")?, row.get("reached")?);
        let reached = Reached::from_bits(reached).ok_or(CorrespondenceError::Stored { column: "reached" })?;
        let has_got = recipient == Some(party) && reached.contains(CorrespondenceStatus::Published);
        let side = if has_got || sender != party { Side::Recipient } else { Side::Sender };
        let service = service.parse().ok().and_then(|service| self.altinn.correspondence_service(&service));
        Ok(service.map(|service| (service, side)))
    }

    /// The service of a file that a party can send with its correspondences, where it is published here; none of any other
    /// file.
    ///
    /// # Errors
    /// [`CorrespondenceError::Store`] when the store does not answer.
    pub async fn service_of_attachment(
        &self,
        sender: PartyId,
        id: Uuid,
    ) -> Result<Option<CorrespondenceService>, CorrespondenceError> {
        let sql = "select service from services_shared_attachment where id = $1 and sender = $2";
        let Some(row) = self.altinn.store().query_opt(sql, params![id, sender]).await? else {
            return Ok(None);
        };
        let service: String = row.get("service")?;
        Ok(service.parse().ok().and_then(|service| self.altinn.correspondence_service(&service)))
    }
}

/// What somebody may do; none when they may not.
fn unless_refused(
    outcome: Result<Access, CorrespondenceError>,
) -> Result<Option<Access>, CorrespondenceError> {
    match outcome {
        Ok(access) => Ok(Some(access)),
        Err(CorrespondenceError::Access(_) | CorrespondenceError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn received(
    store: &Store,
    service: &ServiceId,
    party: PartyId,
    query: &CorrespondenceQuery,
) -> Result<Vec<CorrespondenceRow>, CorrespondenceError> {
    let bits = |status: CorrespondenceStatus| Reached::default().with(status).bits();
    let purged = bits(CorrespondenceStatus::PurgedByRecipient) | bits(CorrespondenceStatus::PurgedByAltinn);
    let published = bits(CorrespondenceStatus::Published);
    let ((looked_at, wanted), (from, to)) = (query.reached(), query.times());
    let condition = "c.party = $1 and c.id < $2 and m.service = $3 and c.reached & $4 = $5 and c.reached & $6 = $7 \
                     and m.created_at >= $8 and m.created_at <= $9 and ($10 = '' or m.senders_reference = $10) \
                     order by c.id desc limit $11";
    let values = params![
        party,
        query.before.unwrap_or(Uuid::max()),
        service.to_string(),
        published | purged,
        published,
        looked_at,
        wanted,
        from,
        to,
        query.senders_reference.as_deref().unwrap_or_default(),
        query.limit
    ];
    CorrespondenceRow::found(store, condition, values).await
}

/// What a party has sent; where it is so asked, without what it has got of that itself.
async fn sent(
    store: &Store,
    access: &Access,
    query: &CorrespondenceQuery,
    is_without_own: bool,
) -> Result<Vec<CorrespondenceRow>, CorrespondenceError> {
    // The recipients of a mailing come in their order, behind those of later mailings.
    let (mailing, number) = match query.before {
        Some(last) => {
            let (row, _) = CorrespondenceRow::of_sender(store, access, last).await?;
            (row.mailing, row.number)
        }
        None => (Uuid::max(), 0),
    };
    let ((looked_at, wanted), (from, to)) = (query.reached(), query.times());
    let condition = "m.sender = $1 and m.service = $2 and m.id <= $3 and (m.id < $3 or c.number > $4) \
                     and c.reached & $5 = $6 and m.created_at >= $7 and m.created_at <= $8 \
                     and ($9 = '' or m.senders_reference = $9) \
                     and ($10 = 0 or c.party is null or c.party <> $1 or c.reached & $11 = 0) \
                     order by m.id desc, c.number limit $12";
    let values = params![
        access.party(),
        access.service().to_string(),
        mailing,
        number,
        looked_at,
        wanted,
        from,
        to,
        query.senders_reference.as_deref().unwrap_or_default(),
        i64::from(is_without_own),
        Reached::default().with(CorrespondenceStatus::Published).bits(),
        query.limit
    ];
    CorrespondenceRow::found(store, condition, values).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_looked_for_by_what_was_reached() {
        use CorrespondenceStatus as Status;
        let published: Reached =
            [Status::Initialized, Status::ReadyForPublish, Status::Published].into_iter().collect();
        let fetched = published.with(Status::Fetched);
        let read = fetched.with(Status::Read);
        let fits = |reached: Reached, status| {
            let (looked_at, wanted) = CorrespondenceQuery::new(Side::Recipient).of_status(status).reached();
            reached.bits() & looked_at == wanted
        };
        for reached in [published, fetched, read] {
            let found: Vec<_> = Status::ALL.into_iter().filter(|status| fits(reached, *status)).collect();
            let highest = reached.highest().into_iter();
            let is_fetched = reached == fetched;
            let expected: Vec<_> = highest.chain(is_fetched.then_some(Status::Fetched)).collect();
            assert_eq!(found, expected);
        }
    }
}

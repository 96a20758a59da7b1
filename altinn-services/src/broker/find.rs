//! Transfers that are looked for.

use altinn_core::store::{StoreError, params};
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Broker, BrokerError, BrokerService, Place, RecipientStatus, TransferId, TransferPage, TransferStatus,
};

/// How many transfers a page has.
const PAGE: usize = 100;

/// Which transfers of a party are looked for: all of one side, the latest first, unless it says otherwise.
///
/// ```
/// use altinn_services::broker::{Place, TransferQuery, TransferStatus};
///
/// let waiting = TransferQuery::new(Place::Recipient).of_status(TransferStatus::Published);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct TransferQuery {
    place: Place,
    status: Option<TransferStatus>,
    recipient_status: Option<RecipientStatus>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    before: Option<TransferId>,
}

impl TransferQuery {
    /// All that a party is on this side of.
    pub fn new(place: Place) -> Self {
        Self { place, status: None, recipient_status: None, from: None, to: None, before: None }
    }

    /// Only those in this status.
    pub fn of_status(mut self, status: TransferStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Only those that a recipient has come so far with: of what a party receives, itself; of what it sends, any.
    pub fn of_recipient_status(mut self, status: RecipientStatus) -> Self {
        self.recipient_status = Some(status);
        self
    }

    /// Only those that were announced from a time on.
    pub fn announced_from(mut self, time: DateTime<Utc>) -> Self {
        self.from = Some(time);
        self
    }

    /// Only those that were announced until a time.
    pub fn announced_until(mut self, time: DateTime<Utc>) -> Self {
        self.to = Some(time);
        self
    }

    /// Only those before this one, with which the page before ended.
    pub fn before(mut self, last: TransferId) -> Self {
        self.before = Some(last);
        self
    }
}

impl Broker<'_> {
    /// The transfers of a party in a service that a query asks for, the latest first, page by page.
    ///
    /// # Errors
    /// [`BrokerError::NotFound`] when the caller has nothing to do with the party; [`BrokerError::Access`].
    pub async fn find(
        &self,
        actor: &Actor,
        service: &BrokerService,
        party: PartyId,
        query: &TransferQuery,
    ) -> Result<TransferPage, BrokerError> {
        self.permit_to_look(actor, service, party).await?;
        let sql = match query.place {
            Place::Sender => {
                "select t.id from services_broker_transfer t where t.sender = $1 and t.service = $2 and t.id < $3 \
                 and ($4 = '' or t.status = $4) and t.created_at >= $5 and t.created_at <= $6 \
                 and ($7 = '' or exists (select 1 from services_broker_recipient r where r.transfer = t.id \
                 and r.status = $7)) order by t.id desc limit $8"
            }
            Place::Recipient => {
                "select t.id from services_broker_recipient r join services_broker_transfer t on t.id = r.transfer \
                 where r.party = $1 and t.service = $2 and r.transfer < $3 and t.entry is not null \
                 and ($4 = '' or t.status = $4) and t.created_at >= $5 and t.created_at <= $6 \
                 and ($7 = '' or r.status = $7) order by r.transfer desc limit $8"
            }
        };
        let values = params![
            party,
            service.id().to_string(),
            query.before.map_or(Uuid::max(), TransferId::as_uuid),
            query.status.map_or("", TransferStatus::as_str),
            query.from.unwrap_or(DateTime::UNIX_EPOCH),
            query.to.unwrap_or(DateTime::<Utc>::MAX_UTC),
            query.recipient_status.map_or("", RecipientStatus::as_str),
            PAGE as i64 + 1
        ];
        let rows = self.altinn.store().query(sql, values).await?;
        let mut transfers =
            rows.iter().map(|row| row.get("id")).collect::<Result<Vec<TransferId>, StoreError>>()?;
        let has_more = transfers.len() > PAGE;
        transfers.truncate(PAGE);
        Ok(TransferPage { before: transfers.last().copied().filter(|_| has_more), transfers })
    }
}

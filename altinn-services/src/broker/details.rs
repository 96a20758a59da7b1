//! Looking at transfers.

use altinn_auth::decision::AccessRequest;
use altinn_core::store::{Row, StoreError, params};
use altinn_core::{Actor, PartyId};

use super::{Broker, BrokerError, BrokerService, Transfer, TransferId, TransferQuery, Transition};

/// Which side of its transfers a party looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Those that it sends.
    Sender,
    /// Those that it receives, once they are published.
    Recipient,
}

/// Some transfers of a party, the latest first.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransferPage {
    /// The ids, the latest first.
    pub transfers: Vec<TransferId>,
    /// Where the next page begins, if there is one.
    pub before: Option<TransferId>,
}

impl Broker<'_> {
    /// A transfer, as a party sees it that sends or receives it.
    ///
    /// # Errors
    /// [`BrokerError::NotFound`] for everybody else; [`BrokerError::Access`].
    pub async fn transfer(
        &self,
        actor: &Actor,
        service: &BrokerService,
        party: PartyId,
        id: TransferId,
    ) -> Result<Transfer, BrokerError> {
        self.permit_to_look(actor, service, party).await?;
        Transfer::of(self.altinn.store(), service.id(), id, party).await?.ok_or(BrokerError::NotFound)
    }

    /// The history of a transfer: for its sender all of it, for a recipient the transfer's steps and its own.
    ///
    /// # Errors
    /// As [`Broker::transfer`].
    pub async fn history(
        &self,
        actor: &Actor,
        service: &BrokerService,
        party: PartyId,
        id: TransferId,
    ) -> Result<Vec<Transition>, BrokerError> {
        let transfer = self.transfer(actor, service, party, id).await?;
        let sql = "select at, recipient, status, reason from services_broker_history where transfer = $1 order by version";
        let rows = self.altinn.store().query(sql, params![id]).await?;
        let mut transitions = rows.iter().map(transition).collect::<Result<Vec<_>, StoreError>>()?;
        if transfer.sender != party {
            transitions.retain(|transition| transition.recipient.is_none_or(|recipient| recipient == party));
        }
        Ok(transitions)
    }

    /// A party's transfers in a service, the latest first, page by page.
    ///
    /// # Errors
    /// [`BrokerError::NotFound`] when the caller has nothing to do with the party; [`BrokerError::Access`].
    pub async fn list(
        &self,
        actor: &Actor,
        service: &BrokerService,
        (party, place): (PartyId, Place),
        before: Option<TransferId>,
    ) -> Result<TransferPage, BrokerError> {
        let query = TransferQuery::new(place);
        let query = before.into_iter().fold(query, TransferQuery::before);
        self.find(actor, service, party, &query).await
    }

    /// The service of a transfer that a party sends or receives, where it is published here; none of any other transfer.
    ///
    /// # Errors
    /// [`BrokerError::Store`] when the store does not answer.
    pub async fn service_of(
        &self,
        party: PartyId,
        id: TransferId,
    ) -> Result<Option<BrokerService>, BrokerError> {
        let sql = "select t.service from services_broker_transfer t where t.id = $1 and (t.sender = $2 or exists \
                   (select 1 from services_broker_recipient r where r.transfer = t.id and r.party = $2))";
        let Some(row) = self.altinn.store().query_opt(sql, params![id, party]).await? else {
            return Ok(None);
        };
        let service: String = row.get("service")?;
        Ok(service.parse().ok().and_then(|service| self.altinn.broker_service(&service)))
    }

    /// Whoever may send or receive for a party may look.
    pub(super) async fn permit_to_look(
        &self,
        actor: &Actor,
        service: &BrokerService,
        party: PartyId,
    ) -> Result<(), BrokerError> {
        let read = AccessRequest::new("read", service.id().clone(), party);
        if self.altinn.permit(actor, &read).await.is_ok() {
            return Ok(());
        }
        let write = AccessRequest::new("write", service.id().clone(), party);
        self.altinn.permit(actor, &write).await?;
        Ok(())
    }
}

fn transition(row: &Row) -> Result<Transition, StoreError> {
    let recipient: Option<i64> = row.get("recipient")?;
    Ok(Transition {
        at: row.get("at")?,
        recipient: recipient.map(PartyId::new),
        status: row.get("status")?,
        reason: row.get("reason")?,
    })
}

//! The receipts of a transfer.

use altinn_archive::ReceiptState;
use altinn_core::{Actor, PartyId};

use super::{Broker, BrokerError, BrokerService, TransferId};

impl Broker<'_> {
    /// The receipt of a transfer, which anybody can verify: for its sender, that the file was published as it is; for a
    /// recipient, that it has confirmed.
    ///
    /// # Errors
    /// [`BrokerError::NoReceipt`] when it has not come so far; as [`Broker::transfer`].
    pub async fn receipt(
        &self,
        actor: &Actor,
        service: &BrokerService,
        party: PartyId,
        id: TransferId,
    ) -> Result<ReceiptState, BrokerError> {
        let transfer = self.transfer(actor, service, party, id).await?;
        let entry = if transfer.sender == party {
            transfer.entry
        } else {
            transfer.recipients.first().and_then(|own| own.confirmation)
        };
        Ok(self.altinn.archive().receipt(entry.ok_or(BrokerError::NoReceipt)?).await?)
    }
}

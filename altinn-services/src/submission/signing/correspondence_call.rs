//! Calls for signatures as correspondences of this program.

use altinn_auth::register::PartyRegister as _;
use altinn_core::store::Batch;
use altinn_core::{Actor, PartyId};
use async_trait::async_trait;
use uuid::Uuid;

use super::{Call, CallToSign, CallToSignError, SigningReceipt};
use crate::Altinn;
use crate::correspondence::{CorrespondenceService, Message, NewAttachment, NewCorrespondence, Recipient};

/// Correspondences of a service of this program, from the agency. Whoever plugs it in says who sends them.
///
/// ```
/// # use altinn_core::{Actor, PartyId};
/// # use altinn_services::{AltinnBuilder, correspondence::CorrespondenceService};
/// use altinn_services::submission::CorrespondenceCall;
///
/// # fn example(builder: AltinnBuilder, service: CorrespondenceService, agency: PartyId, by: Actor) -> AltinnBuilder {
/// builder.call_to_sign("ttd-signing", CorrespondenceCall::new(service, agency, by))
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct CorrespondenceCall {
    service: CorrespondenceService,
    sender: PartyId,
    by: Actor,
}

impl CorrespondenceCall {
    /// Correspondences of a service from a party, sent by somebody whom its policy lets send.
    pub fn new(service: CorrespondenceService, sender: PartyId, by: Actor) -> Self {
        Self { service, sender, by }
    }
}

#[async_trait]
impl CallToSign for CorrespondenceCall {
    async fn send(&self, call: &Call<'_>) -> Result<Uuid, CallToSignError> {
        let recipient = recipient(call.altinn, call.signee.party).await?;
        let message = Message::of_texts(call.title.clone(), call.summary.clone(), call.body.clone());
        let new = NewCorrespondence::new(call.instance.id().to_string(), recipient, message);
        let correspondences = call.altinn.correspondences();
        let sent = correspondences.send(&self.by, &self.service, self.sender, &new.once(&call.key)).await;
        let sent = sent.map_err(|error| CallToSignError::new(error.code()))?;
        let id = sent.recipients.first().and_then(|recipient| recipient.correspondence);
        let id = id.map(|id| id.guid);
        id.ok_or_else(|| CallToSignError::new("CORRESPONDENCE-NOT-FOUND"))
    }

    async fn receipt(&self, receipt: &SigningReceipt<'_>, batch: &mut Batch) -> Result<(), CallToSignError> {
        let recipient = recipient(receipt.altinn, receipt.to).await?;
        let message = Message::of_texts(receipt.title.clone(), receipt.summary.clone(), receipt.body.clone());
        let new = NewCorrespondence::new(receipt.instance.id().to_string(), recipient, message);
        let files = receipt.documents.iter();
        let files = files.filter(|document| NewAttachment::lets_through(&document.file_name));
        let new = files.fold(new, |new, document| {
            new.with_attachment(NewAttachment::new(&document.file_name, document.content.clone()))
        });
        let correspondences = receipt.altinn.correspondences();
        let sent = correspondences.send_with(batch, &self.by, &self.service, self.sender, &new).await;
        sent.map_err(|error| CallToSignError::new(error.code()))
    }
}

/// How a party is written to.
async fn recipient(altinn: &Altinn, party: PartyId) -> Result<Recipient, CallToSignError> {
    let party = altinn.register().party(party).await;
    let party = party.map_err(|error| CallToSignError::new(error.code()))?;
    let recipient = party.and_then(|party| Recipient::of(&party.identifier));
    recipient.ok_or_else(|| CallToSignError::new("the signee has no number"))
}

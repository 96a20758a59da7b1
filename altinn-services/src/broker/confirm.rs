//! Confirming that a file has arrived.

use altinn_archive::{EntryId, NewElement, NewEntry, Participant};
use altinn_auth::decision::Access;
use altinn_auth::register::PartyRegister as _;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, Party, PartyId, canonical_json};
use chrono::{DateTime, Utc};
use serde_json::json;

use super::{
    Broker, BrokerError, BrokerService, RecipientStatus, TRIES, Transfer, TransferId, TransferStatus, inbox,
};

/// The archive class of confirmations, which outlive the file.
const CLASS: &str = "broker-confirmation";

impl Broker<'_> {
    /// A recipient says that it has the file; gives the archive's entry that proves it. Saying it again gives the same
    /// one.
    ///
    /// # Errors
    /// [`BrokerError::NotDownloaded`] before a download has begun; [`BrokerError::Status`] when the file was purged
    /// before; [`BrokerError::NotFound`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), transfer = %id), err(level = "debug"))]
    pub async fn confirm(
        &self,
        actor: &Actor,
        service: &BrokerService,
        recipient: PartyId,
        id: TransferId,
    ) -> Result<EntryId, BrokerError> {
        let mut tries = 1;
        loop {
            match self.try_confirm(actor, service, recipient, id).await {
                Err(BrokerError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_confirm(
        &self,
        actor: &Actor,
        service: &BrokerService,
        recipient: PartyId,
        id: TransferId,
    ) -> Result<EntryId, BrokerError> {
        let (access, transfer) = self.of_recipient(actor, service, recipient, id).await?;
        let own = transfer.recipients.first().ok_or(BrokerError::NotFound)?;
        match (own.status, own.confirmation) {
            (_, Some(entry)) => return Ok(entry),
            _ if transfer.status != TransferStatus::Published => {
                return Err(BrokerError::Status { status: transfer.status });
            }
            (RecipientStatus::Initialized, None) => return Err(BrokerError::NotDownloaded),
            _ => {}
        }
        // The caller sees itself alone; who else has confirmed decides what becomes of the file.
        let mut transfer = Transfer::load(self.altinn.store(), id).await?;
        let party = self.altinn.register().party(recipient).await?.ok_or(BrokerError::NotFound)?;
        let now = self.altinn.clock().now();
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &id.deed());
        let kept = confirmation(&access, &transfer, &party, now);
        let entry = self.altinn.archive().stage(&mut batch, kept).await?;
        let confirmed = RecipientStatus::DownloadConfirmed.as_str();
        transfer.update(&mut batch);
        transfer.note(&mut batch, now, (Some(recipient), confirmed), None);
        batch.execute_one(
            "update services_broker_recipient set status = $1, at = $2, confirmation = $3 \
             where transfer = $4 and party = $5 and confirmation is null",
            params![confirmed, now, entry, id, recipient],
        );
        inbox::confirmed(&transfer, recipient, &mut batch);
        self.tell(&mut batch, &transfer, transfer.sender, "downloadconfirmed", now)?;
        let is_last = transfer
            .recipients
            .iter()
            .all(|other| other.party == recipient || other.status == RecipientStatus::DownloadConfirmed);
        if is_last {
            let after_grace = service.grace().map(|grace| now + grace);
            transfer.expires_at = transfer.expires_at.min(after_grace.or(transfer.expires_at));
            transfer.step(&mut batch, TransferStatus::AllConfirmedDownloaded, now, None);
            self.tell(&mut batch, &transfer, transfer.sender, "allconfirmeddownloaded", now)?;
        }
        self.commit(batch).await?;
        Ok(entry)
    }
}

/// What a recipient has confirmed, as the archive keeps it for that recipient.
fn confirmation(access: &Access, transfer: &Transfer, recipient: &Party, now: DateTime<Utc>) -> NewEntry {
    let actor = Participant::new(access.actor().reference(), "");
    let owner = Participant::new(recipient.id.to_string(), recipient.name.clone());
    let confirmed = json!({
        "fileTransferId": transfer.id.to_string(), "sender": transfer.sender.get(), "size": transfer.received,
        "sha256": transfer.sha256.map(|digest| digest.to_string()), "status": "DownloadConfirmed",
        "file": transfer.entry.map(|entry| entry.to_string()),
    });
    NewEntry::new(transfer.service.to_string(), owner, actor, access.actor().level())
        .at(now)
        .with_class(CLASS)
        .with_label("filetransfer", transfer.id.to_string())
        .with_element(NewElement::new("confirmation", "application/json", canonical_json(&confirmed)))
}

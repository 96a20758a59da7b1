//! How a transfer stands in the inboxes of its sender and its recipients.

use altinn_core::store::Batch;
use altinn_core::{Language, PartyId, Text};
use chrono::{DateTime, Utc};

use super::{RecipientStatus, Transfer, TransferStatus};
use crate::inbox::{ElementKind, InboxElement, InboxKey, InboxStatus, Scope};

/// Adds a transfer to the inbox of its sender, and once it is published to those of its recipients.
pub(super) fn show(transfer: &Transfer, key: &InboxKey, batch: &mut Batch, now: DateTime<Utc>) {
    let name = transfer.file_name.as_ref().map_or("", |name| name.as_str());
    let title = Text::new(Language::Nb, name);
    let id = transfer.id.as_uuid();
    let service = || transfer.service.clone();
    let sent = InboxElement {
        is_sent: true,
        entry: transfer.entry,
        created: transfer.created_at,
        ..InboxElement::new(
            (transfer.sender, id),
            Scope::write(service(), ElementKind::Broker),
            (status_of(transfer.status), transfer.status.as_str()),
            &title,
            now,
        )
    };
    sent.put(key, batch);
    if transfer.status == TransferStatus::Published {
        let received = |party| InboxElement {
            is_news: true,
            due: transfer.expires_at,
            ..InboxElement::new(
                (party, id),
                Scope::read(service(), ElementKind::Broker),
                (InboxStatus::RequiresAttention, RecipientStatus::Initialized.as_str()),
                &title,
                now,
            )
        };
        let received: Vec<_> =
            transfer.recipients.iter().map(|recipient| received(recipient.party)).collect();
        InboxElement::insert_all(&received, key, batch);
    }
}

/// Adds that a transfer has gone into another status: for its sender, or for all when nothing is left of it.
pub(super) fn step(transfer: &Transfer, batch: &mut Batch) {
    let id = transfer.id.as_uuid();
    if matches!(transfer.status, TransferStatus::Purged | TransferStatus::Cancelled) {
        let recipients = transfer.recipients.iter().map(|recipient| recipient.party);
        let parties = recipients.chain([transfer.sender]);
        return parties.for_each(|party| InboxElement::forget(batch, party, id));
    }
    let stands = (status_of(transfer.status), transfer.status.as_str());
    InboxElement::stands(batch, (transfer.sender, id), stands);
}

/// Adds that a recipient has the file.
pub(super) fn confirmed(transfer: &Transfer, recipient: PartyId, batch: &mut Batch) {
    let stands = (InboxStatus::Completed, RecipientStatus::DownloadConfirmed.as_str());
    InboxElement::stands(batch, (recipient, transfer.id.as_uuid()), stands);
}

/// What a transfer waits for, as its sender sees it.
fn status_of(status: TransferStatus) -> InboxStatus {
    match status {
        TransferStatus::Initialized | TransferStatus::UploadStarted => InboxStatus::Draft,
        TransferStatus::UploadProcessing => InboxStatus::InProgress,
        TransferStatus::Published => InboxStatus::Awaiting,
        TransferStatus::Failed => InboxStatus::RequiresAttention,
        TransferStatus::Cancelled | TransferStatus::AllConfirmedDownloaded | TransferStatus::Purged => {
            InboxStatus::Completed
        }
    }
}

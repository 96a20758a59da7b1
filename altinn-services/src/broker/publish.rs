//! Publishing what is complete, and giving up what will never be.

use altinn_archive::{NewElement, NewEntry, Participant, StoredContent};
use altinn_auth::decision::Access;
use altinn_auth::register::PartyRegister as _;
use altinn_core::store::Batch;
use altinn_core::{Language, Party, PartyId, Text, canonical_json};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use serde_json::json;

use super::checksum::{Hashed, Hasher};
use super::{Broker, BrokerError, BrokerService, Transfer, TransferStatus, inbox, segment};
use crate::event::{EventFeed, NewEvent};

/// The archive class of files in transfer.
const CLASS: &str = "broker";
/// The element that says what the segments are together.
pub(super) const MANIFEST: &str = "manifest";

impl Broker<'_> {
    /// Checks a file of which all bytes are there, archives it and publishes it, all at once.
    pub(super) async fn publish(
        &self,
        access: &Access,
        service: &BrokerService,
        mut transfer: Transfer,
        hasher: Option<Hasher>,
    ) -> Result<(), BrokerError> {
        let archive = self.altinn.archive();
        let segments = segment::kept(self.altinn.store(), archive, transfer.id).await?;
        let hashed = match hasher {
            Some(hasher) => hasher.finish(),
            None => self.hash(&segments, &transfer).await?,
        };
        let now = self.altinn.clock().now();
        let mut batch = Batch::new();
        if !hashed.is(transfer.checksum) {
            let reason = Some("the checksum is not the one that was announced");
            self.give_up(&mut batch, &mut transfer, TransferStatus::Failed, now, reason).await?;
            self.commit(batch).await?;
            return Err(BrokerError::Checksum);
        }
        let sender = self.altinn.register().party(transfer.sender).await?.ok_or(BrokerError::NotFound)?;
        access.guard_with(&mut batch, &transfer.id.deed());
        transfer.sha256 = Some(hashed.sha256);
        transfer.entry =
            Some(archive.stage(&mut batch, entry(access, &transfer, &sender, segments, now)).await?);
        transfer.expires_at = Some(now + service.time_to_live());
        transfer.step(&mut batch, TransferStatus::Published, now, None);
        inbox::show(&transfer, self.altinn.inbox_key(), &mut batch, now);
        segment::forget(&mut batch, transfer.id);
        self.tell(&mut batch, &transfer, transfer.sender, "published", now)?;
        for recipient in &transfer.recipients {
            self.tell(&mut batch, &transfer, recipient.party, "published", now)?;
        }
        self.commit(batch).await
    }

    /// The digest of what an upload has not seen as one: read again, segment by segment.
    async fn hash(&self, segments: &[StoredContent], transfer: &Transfer) -> Result<Hashed, BrokerError> {
        let mut hasher = Hasher::new(transfer.checksum);
        for content in segments {
            let mut pieces = std::pin::pin!(self.altinn.archive().read_stored(content)?.into_stream());
            while let Some(piece) = pieces.try_next().await? {
                hasher.update(&piece);
            }
        }
        Ok(hasher.finish())
    }

    /// Adds that a transfer comes to nothing, and that what was uploaded is removed.
    pub(super) async fn give_up(
        &self,
        batch: &mut Batch,
        transfer: &mut Transfer,
        status: TransferStatus,
        now: DateTime<Utc>,
        reason: Option<&str>,
    ) -> Result<(), BrokerError> {
        let archive = self.altinn.archive();
        for content in segment::kept(self.altinn.store(), archive, transfer.id).await? {
            archive.discard(batch, &content);
        }
        segment::forget(batch, transfer.id);
        transfer.step(batch, status, now, reason);
        if status == TransferStatus::Failed {
            self.tell(batch, transfer, transfer.sender, "uploadfailed", now)?;
        }
        Ok(())
    }

    /// Adds an event of Altinn's name, about a transfer and one of its parties.
    pub(super) fn tell(
        &self,
        batch: &mut Batch,
        transfer: &Transfer,
        party: PartyId,
        what: &str,
        now: DateTime<Utc>,
    ) -> Result<(), BrokerError> {
        let element = format!("filetransfer/{}", transfer.id);
        let what = format!("no.altinn.broker.{what}");
        let ids = self.altinn.ids();
        let event =
            NewEvent::of_element(ids, (&transfer.service, &element), party, &what, (now, transfer.version))?;
        EventFeed::publish(batch, &event);
        Ok(())
    }

    /// Commits; a conflict is another writer.
    pub(super) async fn commit(&self, batch: Batch) -> Result<(), BrokerError> {
        match self.altinn.store().commit(batch).await {
            Err(error) if error.is_conflict() => Err(BrokerError::Changed),
            outcome => Ok(outcome.map(drop)?),
        }
    }
}

/// The file and what is said of it, as the archive keeps it.
fn entry(
    access: &Access,
    transfer: &Transfer,
    sender: &Party,
    segments: Vec<StoredContent>,
    now: DateTime<Utc>,
) -> NewEntry {
    let actor = Participant::new(access.actor().reference(), "");
    let owner = Participant::new(sender.id.to_string(), sender.name.clone());
    let name = transfer.file_name.as_ref().map_or("", |name| name.as_str());
    let manifest = json!({
        "fileTransferId": transfer.id.to_string(), "fileName": name, "size": transfer.received,
        "sha256": transfer.sha256.map(|digest| digest.to_string()),
        "sendersFileTransferReference": transfer.reference, "propertyList": transfer.properties,
        "recipients": transfer.recipients.iter().map(|recipient| recipient.party.get()).collect::<Vec<_>>(),
    });
    let entry = NewEntry::new(transfer.service.to_string(), owner, actor, access.actor().level())
        .at(now)
        .with_class(CLASS)
        .with_title(Text::new(Language::Nb, name))
        .with_label("filetransfer", transfer.id.to_string())
        .with_element(NewElement::new(MANIFEST, "application/json", canonical_json(&manifest)));
    (0..).zip(segments).fold(entry, |entry, (number, content)| {
        let name = segment::element_name(number);
        entry.with_element(NewElement::new(name, "application/octet-stream", content))
    })
}
